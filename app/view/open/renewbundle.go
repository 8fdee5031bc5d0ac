package open

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// renewing is what was added to the bundle that is being checked, and what was asked for.
type renewing struct {
	other    bool // the evidence record by another hash too
	renewed  *proof.BundleRenewal
	calendar *proof.CalendarResult
}

// otherHash is by what an evidence record is renewed where somebody wants it by another hash: of
// another family than SHA-2, and of the length that most lists of algorithms have.
const otherHash = "sha3-256"

// offer is what can be added to a bundle that holds: new timestamps over the old ones, and, where
// somebody wants such proofs, the rest of one that needs no authority.
func (s *checkScreen) offer(w *stage.Stage) []fyne.CanvasObject {
	r := s.result
	if !s.lies.folder && s.lies.there && !r.Practice && r.StandsUntil != nil {
		return []fyne.CanvasObject{widget.Rule(), widget.NewText(widget.SmallMute(w.T("check.renew-zip")))}
	}
	if !s.lies.folder || r.Practice || r.Verdict != proof.Valid && r.Verdict != proof.TimeNotProven {
		return nil
	}
	var out []fyne.CanvasObject
	if r.StandsUntil != nil {
		key, all := "check.renew", false
		if x := s.added.renewed; x != nil && !x.Due && (x.Record == nil || !x.Record.Due) {
			key, all = "check.renew-anyway", true
		}
		out = append(out, widget.Rule(), widget.NewText(widget.SmallMute(w.T("check.renew-how"))))
		if len(r.Records) > 0 {
			out = append(out, widget.NewCheck(w.Keys(), s.added.other, func(on bool) { s.added.other = on }, widget.Plain(w.T("check.renew-other"))))
		}
		out = append(out, widget.Row(0, w.Button(widget.ButtonPlain, key, func() { s.renew(w, all) })))
	}
	if r.Calendar != nil && len(r.Calendar.Blocks) == 0 || r.Calendar == nil && len(w.App().Proof.Calendars()) > 0 {
		out = append(out, widget.Row(0, w.Button(widget.ButtonPlain, "check.calendar", func() { s.askCalendars(w) })))
	}
	return out
}

// changed reports whether there are files in the folder that were not.
func (x renewing) changed() bool {
	return x.renewed != nil && len(x.renewed.Added) > 0 || x.calendar != nil && (x.calendar.Changed || x.calendar.Aside != "")
}

// told is what came of it, in words.
func (x renewing) told(w *stage.Stage) (out []fyne.CanvasObject) {
	say := func(good bool, text string) {
		tone, icon := widget.ToneLook, "look"
		if good {
			tone, icon = widget.ToneOK, "check"
		}
		out = append(out, widget.Point(tone, icon, widget.NewText(widget.Plain(text))))
	}
	if r := x.renewed; r != nil {
		switch {
		case r.Renewed && r.StandsUntil != nil:
			say(true, w.T("check.renewed", "Day", w.Text().Day(*r.StandsUntil)))
		case r.Due && r.Reason == proof.Nobody:
			say(false, w.T("check.renew-nobody"))
		case r.Due:
			say(false, w.T("check.renew-not-longer"))
		case r.Record == nil || !r.Record.Due:
			say(false, w.T("check.renew-not-due"))
		}
		if k := r.Record; k != nil && k.Due {
			if k.Renewed {
				say(true, w.T("check.record-renewed", "File", k.File))
			} else {
				say(false, w.T("check.record-not-renewed"))
			}
		}
	}
	if c := x.calendar; c != nil {
		switch {
		case c.Aside != "":
			say(false, w.T("check.calendar-aside", "Path", evidence.Shorten(c.Aside, 300)))
		case c.Unread != "":
			say(false, w.T("check.calendar-unread"))
		}
		switch {
		case c.Proof == nil:
			say(false, w.T("check.calendar-none"))
		case len(c.Proof.Blocks) == 0 && !c.Asked():
			say(false, w.T("check.calendar-unasked"))
		case len(c.Proof.Blocks) == 0 && !c.Promised():
			say(false, w.T("check.calendar-silent"))
		case len(c.Proof.Blocks) == 0:
			say(false, w.T("check.calendar-pending"))
		default:
			say(false, w.T("check.calendar-block", "Block", w.Text().Number(int64(c.Proof.Blocks[0].Height))))
		}
	}
	return out
}

// added is what came, and the bundle checked again with it.
type added struct {
	renewing
	result proof.CheckResult
}

// renew has the bundle's timestamps renewed, and checks it again.
func (s *checkScreen) renew(w *stage.Stage, all bool) {
	o := proof.BundleRenewOptions{All: all}
	if s.added.other {
		o.Hash, _ = proof.RecordHash(otherHash)
	}
	s.add(w, func(ctx context.Context, p evidence.Progress) (x renewing, err error) {
		r, err := w.App().Proof.RenewBundle(ctx, s.path, o, p)
		return renewing{renewed: &r}, err
	})
}

// askCalendars has it taken in by calendars, or asks them for the rest.
func (s *checkScreen) askCalendars(w *stage.Stage) {
	s.add(w, func(ctx context.Context, p evidence.Progress) (x renewing, err error) {
		r, err := w.App().Proof.Calendar(ctx, s.path, proof.CalendarOptions{RootsPEM: w.App().Proof.ChosenRoots()}, p)
		return renewing{calendar: &r}, err
	})
}

func (s *checkScreen) add(w *stage.Stage, do func(context.Context, evidence.Progress) (renewing, error)) {
	if s.job.Busy() || w.Locking() {
		return
	}
	s.saved = ""
	var came renewing
	stage.Watch(w, &s.job, stage.Task[added]{
		Work: func(ctx context.Context, p evidence.Progress) (a added, err error) {
			came, err = do(ctx, p)
			if a.renewing = came; err != nil {
				return a, err
			}
			p.Step(evidence.StepCheck)
			a.result, err = w.App().Proof.VerifyBundle(ctx, s.path, proof.VerifyOptions{RootsPEM: w.App().Proof.ChosenRoots()})
			return a, err
		},
		Done: func(a added) {
			s.added, s.result = a.renewing, &a.result
			w.Rebuild()
			w.ToTop()
		},
		Failed: func(err error) error {
			if came.changed() { // the answer on the screen was about the folder as it was
				s.result, s.added, s.said = nil, renewing{}, "check.unfinished"
			}
			return err
		},
	})
}
