package settings

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// accessScreen lets the key of an organisation that helps read the vault, and
// ends that. Nothing is done without being asked once more.
type accessScreen struct {
	name, key *widget.Field
	ask       *flow.RecipientView // what is to be done is asked about; nil: nothing
	remove    bool                // to end the access instead of giving it
	job       stage.Job
	proposed  proposed // by the file of an organisation
}

func (s *accessScreen) Build(w *stage.Stage) stage.Page {
	if s.name == nil {
		s.name, s.key = widget.NewField(w.Keys(), ""), widget.NewAddress(w.Keys(), "age1pq1…")
	}
	if s.ask != nil {
		return s.question(w)
	}
	back := func() { w.Show(&settingsScreen{}) }
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("access.title"))),
		widget.NewText(widget.Muted(w.T("access.what"))),
		widget.Space(2),
	}
	list, err := w.Session().Recipients()
	if err != nil {
		objects = append(objects, widget.Point(widget.ToneBad, "cross", widget.NewText(widget.Plain(w.T("access.damaged")))))
	} else if len(list) == 0 {
		objects = append(objects, widget.NewText(widget.Plain(w.T("access.none"))))
	}
	if w.Session().RecipientsUnfinished() {
		finish := w.Button(widget.ButtonPlain, "access.finish", func() { s.finish(w) })
		finish.Disable(s.job.Busy())
		if s.job.Busy() {
			finish.Rename(w.T("busy"))
		}
		objects = append(objects, widget.Point(widget.ToneBad, "cross", widget.NewText(widget.Plain(w.T("access.unfinished")))), widget.Row(0, finish))
	}
	for _, r := range list {
		end := w.Button(widget.ButtonPlain, "access.remove", func() { s.about(w, r, true) })
		end.Small()
		objects = append(
			objects,
			widget.RowGrow(12, 0, widget.Stack(0, widget.NewText(widget.Strong(evidence.Shorten(r.Name, 200))), s.since(w, r)), end),
		)
	}
	if c := s.proposal(w, list); c != nil {
		objects = append(objects, c)
	}
	add := w.Button(widget.ButtonPlain, "access.add", func() { s.give(w) })
	s.key.Submit = func() { s.give(w) }
	objects = append(
		objects,
		widget.Rule(),
		widget.FormLine(w.T("access.name"), s.name),
		widget.FormLine(w.T("access.key"), s.key),
		widget.Row(0, add),
	)
	return stage.Page{
		Title: w.T("settings.title"), Back: back, Focus: s.name,
		Body: widget.Columns(20, 0.62, 620, widget.Card(append(objects, widget.Row(0, w.Button(widget.ButtonQuiet, "back", back)))...),
			widget.LookCard(widget.NewText(widget.Strong(w.T("access.means"))), widget.NewText(widget.Plain(w.T("access.means-how"))))),
	}
}

// since says from when, and by what the key can be compared.
func (s *accessScreen) since(w *stage.Stage, r flow.RecipientView) fyne.CanvasObject {
	return widget.Stack(
		0,
		widget.NewText(widget.SmallMute(w.T("access.since", "When", w.KeptAt(r.Added)))),
		widget.NewText(widget.MonoMute(r.Fingerprint.Grouped())),
	)
}

// give asks about the key that was typed.
func (s *accessScreen) give(w *stage.Stage) {
	name, key := strings.TrimSpace(s.name.Text), strings.TrimSpace(s.key.Text)
	if name == "" || key == "" {
		return
	}
	s.about(w, flow.NewRecipient(name, key), false)
}

func (s *accessScreen) about(w *stage.Stage, r flow.RecipientView, remove bool) {
	w.ClearNotice()
	s.ask, s.remove = &r, remove
	w.Rebuild()
	w.ToTop()
}

func (s *accessScreen) question(w *stage.Stage) stage.Page {
	back := func() {
		if !s.job.Busy() {
			s.ask = nil
			w.Rebuild()
		}
	}
	sure, ask, why := w.Button(widget.ButtonPlain, "access.add-sure", func() { s.act(w) }), "access.add-ask", "access.add-why"
	if s.remove {
		sure, ask, why = w.Button(widget.ButtonPlain, "access.remove-sure", func() { s.act(w) }), "access.remove-ask", "access.remove-why"
	}
	sure.Disable(s.job.Busy())
	if s.job.Busy() {
		sure.Rename(w.T("busy"))
	}
	stay := w.Button(widget.ButtonPlain, "back", back)
	return stage.Page{
		Title: w.T("settings.title"),
		Back:  back,
		Focus: stay,
		Body: widget.Card(
			widget.NewText(widget.Head(w.T(ask, "Name", evidence.Shorten(s.ask.Name, 200)))),
			widget.NewText(widget.Plain(w.T(why))),
			widget.NewText(widget.Mono(s.ask.Fingerprint.Grouped())),
			widget.Space(4),
			widget.Wrap(widget.GapSmall, sure, stay),
		),
	}
}

// finish goes on with what was interrupted.
func (s *accessScreen) finish(w *stage.Stage) {
	session := w.Session()
	stage.Start(w, &s.job, stage.Task[struct{}]{
		Work: func(ctx context.Context, p evidence.Progress) (struct{}, error) {
			return struct{}{}, session.FinishRecipients(ctx, p)
		},
		Done: func(struct{}) { w.Rebuild() },
	})
}

func (s *accessScreen) act(w *stage.Stage) {
	session, r, remove := w.Session(), *s.ask, s.remove
	stage.Start(w, &s.job, stage.Task[struct{}]{
		Work: func(ctx context.Context, p evidence.Progress) (struct{}, error) {
			if remove {
				return struct{}{}, session.RemoveRecipient(ctx, r.Recipient, p)
			}
			return struct{}{}, session.AddRecipient(ctx, r.Recipient, r.Name, p)
		},
		Done: func(struct{}) {
			s.ask = nil
			s.name.SetText("")
			s.key.SetText("")
			w.Rebuild()
		},
		Failed: func(err error) error {
			s.ask = nil
			return err
		},
	})
}
