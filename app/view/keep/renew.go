package keep

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// renewCard reminds of timestamps that are to be renewed, with the one button
// that does it; nil if there is nothing to do or to say.
func (s *homeScreen) renewCard(w *stage.Stage) fyne.CanvasObject {
	var r proof.Reminder
	for _, e := range s.list {
		r.Add(e.Timestamps, w.Now())
	}
	var lines []fyne.CanvasObject
	if r.Due > 0 {
		button := w.Button(widget.ButtonPlain, "stamps.renew", func() { s.renew(w) })
		words := w.N("stamps.due", r.Due, "Date", w.Text().Day(r.Before))
		if s.asking.Busy() {
			button = w.Button(widget.ButtonPlain, "capture.stop", w.Work().Abort)
		}
		if s.notRenewed > 0 && !s.asking.Busy() {
			words += " " + w.N("stamps.not-renewed", s.notRenewed)
		}
		lines = append(lines, widget.RowGrow(12, 0, widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(words))), button))
	}
	if r.Lapsed > 0 {
		lines = append(lines, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.N("stamps.lapsed", r.Lapsed)))))
	}
	if len(lines) == 0 {
		return nil
	}
	return widget.LookCard(lines...)
}

// renew asks for new timestamps over the old ones, where they are due.
func (s *homeScreen) renew(w *stage.Stage) {
	if s.asking.Busy() {
		return
	}
	w.Stamps().Stop()
	session, id := w.Session(), w.Desk().Case.ID
	soon := w.Stamps().Soon
	type done struct {
		list []look.Exhibit
		not  int
	}
	stage.Start(w, &s.asking, stage.Task[done]{
		Work: func(ctx context.Context, p evidence.Progress) (d done, err error) {
			results, err := session.Proof.Renew(ctx, id, proof.RenewOptions{}, p)
			if err != nil {
				return d, err
			}
			for _, r := range results {
				if r.Due && !r.Renewed {
					d.not++
				}
			}
			d.list, err = session.Look.Exhibits(ctx, id)
			return d, err
		},
		Done: func(d done) {
			soon()
			s.list, s.notRenewed = d.list, d.not
			w.Rebuild()
		},
		Failed: func(err error) error {
			soon()
			return err
		},
	})
}
