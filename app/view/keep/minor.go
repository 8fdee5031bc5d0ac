package keep

import (
	"context"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// minorScreen closes an exhibit for which the answer about age has changed.
type minorScreen struct {
	of  *exhibitScreen
	job stage.Job
}

func (s *minorScreen) Build(w *stage.Stage) stage.Page {
	back := func() {
		if !s.job.Busy() {
			w.Show(&exhibitScreen{id: s.of.id})
		}
	}
	closing := w.Button(widget.ButtonPlain, "minor.close", func() { s.close(w) })
	closing.Disable(s.job.Busy())
	stay := w.Button(widget.ButtonPlain, "back", back)
	return stage.Page{
		Title: w.T("minor.title"), Step: stage.StepKeep, Back: back, Focus: stay,
		Body: widget.Columns(
			20,
			0.62,
			620,
			widget.Card(
				widget.NewText(widget.Head(w.T("minor.what"))),
				widget.NewText(widget.Plain(w.T("minor.how"))),
				widget.NewText(widget.Plain(w.T("minor.reach"))),
				widget.Space(4),
				widget.Wrap(widget.GapSmall, closing, stay),
			),
			widget.Card(hotlines(w)...),
		),
	}
}

func (s *minorScreen) close(w *stage.Stage) {
	session, e := w.Session(), s.of.e
	stage.Start(w, &s.job, stage.Task[look.Exhibit]{
		Work: func(ctx context.Context, _ evidence.Progress) (look.Exhibit, error) {
			return session.Keep.MarkMinor(ctx, e.Case, e.Exhibit)
		},
		Done: func(closed look.Exhibit) {
			refuse(w, e.Address, keep.SubjectMinor)
			w.Show(&exhibitScreen{id: e.Exhibit, with: closed.ClosedWith, unread: closed.ClosedUnread})
		},
	})
}
