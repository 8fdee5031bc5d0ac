package view

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
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
		s.list.draw()
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
		again := w.button(buttonPrimary, "capture.again", func() {
			w.notice = nil
			s.start(w)
		})
		below, focus = wrap(gapSmall, again, w.button(buttonPlain, "back", back)), again
	} else {
		stop, halt := w.stopper(&s.stopped)
		back = halt
		below, focus = rowGrow(14, 1, stop, newText(smallMute(w.t("capture.safe")))), stop
	}
	job := card(newText(head(title)), space(2), s.list, space(4), below)
	help := card(newText(strong(w.t("recheck.what"))), newText(muted(w.t("recheck.how"))))
	var above fyne.CanvasObject
	if s.address != "" {
		above = addressCard(s.address)
	}
	return page{
		title: w.t("recheck.title"), step: stepKeep, focus: focus, back: back,
		body: stack(16, present([]fyne.CanvasObject{above, columns(20, 0.56, 620, job, help)})...),
	}
}

// recheckTone is how an answer is marked. That something is gone is no failure.
func recheckTone(state evidence.RecheckState) (tone, string) {
	switch state {
	case evidence.Gone:
		return toneOK, "check"
	case evidence.CannotTell:
		return toneQuiet, "ring"
	}
	return toneLook, "look"
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
	objects := []fyne.CanvasObject{newText(strong(w.t("recheck.what")))}
	for _, v := range e.Rechecks {
		tone, markName := recheckTone(v.State)
		look := w.button(buttonQuiet, "recheck.look", func() { w.goTo(&exhibitScreen{id: v.Exhibit}) })
		look.size = sizeSmall
		objects = append(objects, rowGrow(12, 0, point(tone, markName, stack(0, newText(strong(recheckState(w, v.State))),
			newText(small(recheckWords(w, v.Time, v.Reason, v.Detail))))), look))
	}
	if len(e.Rechecks) == 0 {
		objects = append(objects, newText(muted(w.t("recheck.how"))))
	}
	visit := w.button(buttonPlain, "recheck.button", func() { w.goTo(&recheckScreen{exhibit: e.Exhibit, address: e.Address}) })
	return card(append(objects, row(0, visit))...)
}

// visitCard says what a visit told, and leads to what it visited.
func visitCard(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	r := e.Recheck
	if r == nil {
		return nil
	}
	tone, markName := recheckTone(r.State)
	objects := []fyne.CanvasObject{
		newText(strong(w.t("recheck.what"))),
		point(tone, markName, stack(0, newText(strong(recheckState(w, r.State))), newText(plain(recheckWords(w, e.Started.UTC, r.Reason, r.Detail))))),
		row(0, w.button(buttonPlain, "recheck.original", func() { w.goTo(&exhibitScreen{id: r.Exhibit}) })),
	}
	return card(objects...)
}

// lastVisit is a line about the latest visit, for the list of exhibits.
func lastVisit(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	if len(e.Rechecks) == 0 {
		return nil
	}
	v := e.Rechecks[len(e.Rechecks)-1]
	return newText(small(w.t("recheck.last", "When", keptAt(w, v.Time), "State", recheckState(w, v.State))))
}
