package view

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
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
	meter   *meter
	list    *progressList
	over    bool // it ended without an answer
	stopped bool
}

func (s *recheckScreen) open(w *Window) { s.start(w) }

// back goes to where the visit was asked for.
func (s *recheckScreen) back(w *Window) {
	if s.exhibit == "" {
		w.show(&homeScreen{})
		return
	}
	w.show(&exhibitScreen{id: s.exhibit})
}

func (s *recheckScreen) start(w *Window) {
	s.meter = &meter{now: w.cfg.Now}
	s.over, s.stopped = false, false
	session, request := w.session, flow.RecheckRequest{Case: w.matter.ID}
	if s.exhibit != "" {
		request.Exhibits = []string{s.exhibit}
	}
	ended := false
	runMeter(w.work, w.life, s.meter, s.draw, func(ctx context.Context, p evidence.Progress) ([]flow.ExhibitView, error) {
		return session.Recheck(ctx, request, p)
	}, func(_ []flow.ExhibitView, err error) {
		ended = true
		if err == nil {
			w.stampsSoon()
			s.back(w)
			return
		}
		s.over = true
		w.rebuild()
		w.explain(err)
	})
	if !ended {
		w.rebuild()
	}
}

func (s *recheckScreen) draw() {
	if s.list != nil {
		s.list.sample()
	}
}

func (s *recheckScreen) build(w *Window) page {
	s.list = newProgressList(w.text, s.meter, recheckSteps, func(step evidence.Step, done, total int64) string {
		if step != evidence.StepTimestamp {
			return ""
		}
		return w.t("progress.of", "Done", w.text.Number(done), "Total", w.text.Number(total))
	})
	back := func() { s.back(w) }
	title := w.t("recheck.running")
	var below fyne.CanvasObject
	var focus fyne.Focusable
	if s.over {
		title = w.t("recheck.not-visited")
		if s.stopped {
			title = w.t("recheck.stopped")
		}
		again := w.button(widget.ButtonPrimary, "capture.again", func() {
			w.notice = nil
			s.start(w)
		})
		below, focus = widget.Wrap(widget.GapSmall, again, w.button(widget.ButtonPlain, "back", back)), again
	} else {
		stop, halt := w.stopper(&s.stopped)
		back = halt
		below, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.t("capture.safe")))), stop
	}
	job := widget.Card(widget.NewText(widget.Head(title)), widget.Space(2), s.list.Progress, widget.Space(4), below)
	help := widget.Card(widget.NewText(widget.Strong(w.t("recheck.what"))), widget.NewText(widget.Muted(w.t("recheck.how"))))
	var above fyne.CanvasObject
	if s.address != "" {
		above = addressCard(s.address)
	}
	return page{
		title: w.t("recheck.title"), step: stepKeep, focus: focus, back: back,
		body: widget.Stack(16, widget.Present([]fyne.CanvasObject{above, widget.Columns(20, 0.56, 620, job, help)})...),
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
func recheckWords(w *Window, at time.Time, reason, detail string) string {
	if key := "recheck.reason." + reason; w.text.Has(key) {
		return w.text.T(key, "When", keptAt(w, at), "Detail", shown(detail, 200))
	}
	return keptAt(w, at) + " · " + shown(reason+" "+detail, 200)
}

func recheckState(w *Window, state evidence.RecheckState) string {
	return w.shared("recheck.state."+string(state), shown(string(state), 40))
}

// recheckCard lists the visits to an exhibit, the oldest first, and offers another.
func recheckCard(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	if e.Kind != evidence.WebCapture || e.Closed {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.t("recheck.what")))}
	for _, v := range e.Rechecks {
		tone, markName := recheckTone(v.State)
		look := w.button(widget.ButtonQuiet, "recheck.look", func() { w.goTo(&exhibitScreen{id: v.Exhibit}) })
		look.Small()
		objects = append(objects, widget.RowGrow(12, 0, widget.Point(tone, markName, widget.Stack(0, widget.NewText(widget.Strong(recheckState(w, v.State))),
			widget.NewText(widget.Small(recheckWords(w, v.Time, v.Reason, v.Detail))))), look))
	}
	if len(e.Rechecks) == 0 {
		objects = append(objects, widget.NewText(widget.Muted(w.t("recheck.how"))))
	}
	visit := w.button(widget.ButtonPlain, "recheck.button", func() { w.goTo(&recheckScreen{exhibit: e.Exhibit, address: e.Address}) })
	return widget.Card(append(objects, widget.Row(0, visit))...)
}

// visitCard says what a visit told, and leads to what it visited.
func visitCard(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	r := e.Recheck
	if r == nil {
		return nil
	}
	tone, markName := recheckTone(r.State)
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Strong(w.t("recheck.what"))),
		widget.Point(tone, markName, widget.Stack(0, widget.NewText(widget.Strong(recheckState(w, r.State))), widget.NewText(widget.Plain(recheckWords(w, e.Started.UTC, r.Reason, r.Detail))))),
		widget.Row(0, w.button(widget.ButtonPlain, "recheck.original", func() { w.goTo(&exhibitScreen{id: r.Exhibit}) })),
	}
	return widget.Card(objects...)
}

// lastVisit is a line about the latest visit, for the list of exhibits.
func lastVisit(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	if len(e.Rechecks) == 0 {
		return nil
	}
	v := e.Rechecks[len(e.Rechecks)-1]
	return widget.NewText(widget.Small(w.t("recheck.last", "When", keptAt(w, v.Time), "State", recheckState(w, v.State))))
}
