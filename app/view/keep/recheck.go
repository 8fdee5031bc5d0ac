package keep

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// recheckSteps are what is to come at each visit, in order.
var recheckSteps = []evidence.Step{
	evidence.StepBrowser, evidence.StepLoad, evidence.StepFirstView, evidence.StepRecord, evidence.StepEncrypt, evidence.StepTimestamp,
}

// recheckScreen visits kept pages again.
type recheckScreen struct {
	exhibit string // empty: every page of the case that may be visited
	address string
	job     stage.Job
}

func (s *recheckScreen) Open(w *stage.Stage) { s.start(w) }

// back goes to where the visit was asked for.
func (s *recheckScreen) back(w *stage.Stage) {
	if s.exhibit == "" {
		w.Show(&homeScreen{})
		return
	}
	w.Show(&exhibitScreen{id: s.exhibit})
}

func (s *recheckScreen) start(w *stage.Stage) {
	session, request := w.Session(), keep.RecheckRequest{Case: w.Desk().Case.ID}
	if s.exhibit != "" {
		request.Exhibits = []string{s.exhibit}
	}
	stage.Watch(w, &s.job, stage.Task[[]look.Exhibit]{
		Work: func(ctx context.Context, p evidence.Progress) ([]look.Exhibit, error) {
			return session.Keep.Recheck(ctx, request, p)
		},
		Done: func([]look.Exhibit) {
			w.Stamps().Soon()
			s.back(w)
		},
	})
}

func (s *recheckScreen) Build(w *stage.Stage) stage.Page {
	steps := s.job.Steps(w, recheckSteps, func(step evidence.Step, done, total int64) string {
		if step != evidence.StepTimestamp {
			return ""
		}
		return w.T("progress.of", "Done", w.Text().Number(done), "Total", w.Text().Number(total))
	})
	back := func() { s.back(w) }
	title := w.T("recheck.running")
	var below fyne.CanvasObject
	var focus fyne.Focusable
	if s.job.Over() {
		title = w.T("recheck.not-visited")
		if s.job.Stopped() {
			title = w.T("recheck.stopped")
		}
		again := w.Button(widget.ButtonPrimary, "capture.again", func() {
			w.ClearNotice()
			s.start(w)
		})
		below, focus = widget.Wrap(widget.GapSmall, again, w.Button(widget.ButtonPlain, "back", back)), again
	} else {
		stop, halt := s.job.Stopper(w)
		back = halt
		below, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.T("capture.safe")))), stop
	}
	job := widget.Card(widget.NewText(widget.Head(title)), widget.Space(2), steps, widget.Space(4), below)
	help := widget.Card(widget.NewText(widget.Strong(w.T("recheck.what"))), widget.NewText(widget.Muted(w.T("recheck.how"))))
	var above fyne.CanvasObject
	if s.address != "" {
		above = addressCard(s.address)
	}
	return stage.Page{
		Title: w.T("recheck.title"), Step: stage.StepKeep, Focus: focus, Back: back,
		Body: widget.Stack(16, widget.Present([]fyne.CanvasObject{above, widget.Columns(20, 0.56, 620, job, help)})...),
	}
}

// recheckTone is how an answer is marked. That something is gone is no failure.
func recheckTone(state evidence.RecheckState) (widget.Tone, string) {
	switch state {
	case evidence.Gone:
		return widget.ToneOK, "check"
	case evidence.CannotTell:
		return widget.ToneQuiet, "ring"
	}
	return widget.ToneLook, "look"
}

// recheckWords says what a visit showed, with its time, and nothing more.
func recheckWords(w *stage.Stage, at time.Time, reason, detail string) string {
	if key := "recheck.reason." + reason; w.Text().Has(key) {
		return w.Text().T(key, "When", w.KeptAt(at), "Detail", evidence.Shorten(detail, 200))
	}
	return w.KeptAt(at) + " · " + evidence.Shorten(reason+" "+detail, 200)
}

func recheckState(w *stage.Stage, state evidence.RecheckState) string {
	return w.Shared("recheck.state."+string(state), evidence.Shorten(string(state), 40))
}

// recheckCard lists the visits to an exhibit, the oldest first, and offers another.
func recheckCard(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	if e.Kind != evidence.WebCapture || e.Closed {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("recheck.what")))}
	for _, v := range e.Rechecks {
		tone, markName := recheckTone(v.State)
		look := w.Button(widget.ButtonQuiet, "recheck.look", func() { w.GoTo(&exhibitScreen{id: v.Exhibit}) })
		look.Small()
		objects = append(
			objects,
			widget.RowGrow(12, 0, widget.Point(tone, markName, widget.Stack(0, widget.NewText(widget.Strong(recheckState(w, v.State))),
				widget.NewText(widget.Small(recheckWords(w, v.Time, v.Reason, v.Detail))))), look),
		)
	}
	if len(e.Rechecks) == 0 {
		objects = append(objects, widget.NewText(widget.Muted(w.T("recheck.how"))))
	}
	visit := w.Button(widget.ButtonPlain, "recheck.button", func() { w.GoTo(&recheckScreen{exhibit: e.Exhibit, address: e.Address}) })
	return widget.Card(append(objects, widget.Row(0, visit))...)
}

// visitCard says what a visit told, and leads to what it visited.
func visitCard(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	r := e.Recheck
	if r == nil {
		return nil
	}
	tone, markName := recheckTone(r.State)
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Strong(w.T("recheck.what"))),
		widget.Point(tone, markName, widget.Stack(0, widget.NewText(widget.Strong(recheckState(w, r.State))), widget.NewText(widget.Plain(recheckWords(w, e.Started.UTC, r.Reason, r.Detail))))),
		widget.Row(0, w.Button(widget.ButtonPlain, "recheck.original", func() { w.GoTo(&exhibitScreen{id: r.Exhibit}) })),
	}
	return widget.Card(objects...)
}

// lastVisit is a line about the latest visit, for the list of exhibits.
func lastVisit(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	if len(e.Rechecks) == 0 {
		return nil
	}
	v := e.Rechecks[len(e.Rechecks)-1]
	return widget.NewText(widget.Small(w.T("recheck.last", "When", w.KeptAt(v.Time), "State", recheckState(w, v.State))))
}
