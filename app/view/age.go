package view

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/evidence"
)

// addressCard shows the address that this is about.
func addressCard(address string) fyne.CanvasObject {
	return inset(14, cardPadding, 14, cardPadding, newText(mono(shown(address, 400))), panel(roleCard, roleLine, radiusCard))
}

// ageScreen asks about age before anything is loaded.
type ageScreen struct {
	address string
	window  bool // the page is gone to in a window, to sign in
	from    *homeScreen
}

// open has a browser start while the person thinks. It loads nothing.
func (s *ageScreen) open(w *Window) { w.startAhead() }

// startAhead has the browser of the next capture ready.
func (w *Window) startAhead() {
	run(w.ahead, w.life, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.app.Prepare(ctx)
	}, func(struct{}, error) {}) // what is wrong with the browser is said by the capture
}

func (s *ageScreen) build(w *Window) page {
	back := func() { w.show(s.from) }
	no := w.button(buttonPlain, "age.no", func() {
		if s.window {
			w.show(&signinScreen{address: s.address, from: s.from})
			return
		}
		w.show(&captureScreen{request: s.from.options.request(w.matter.ID, s.address), from: s.from})
	})
	stop := func(subject flow.Subject) func() {
		return func() {
			w.refuse(s.address, subject)
			w.show(&recordScreen{address: s.address, from: s.from, subject: subject})
		}
	}
	question := card(
		newText(head(w.t("age.question"))), newText(muted(w.t("age.why"))), space(4),
		wrap(gapSmall,
			w.button(buttonPlain, "age.yes", stop(flow.SubjectMinor)),
			w.button(buttonPlain, "age.unsure", stop(flow.SubjectUnsure)),
			no),
		space(2), row(0, w.button(buttonQuiet, "back", back)))
	help := stack(14, card(newText(strong(w.t("age.law"))), newText(muted(w.t("age.law-why")))))
	return page{
		title: w.t("age.title"), step: stepKeep, back: back, focus: nil,
		body: stack(16, addressCard(s.address), columns(20, 0.62, 620, question, help)),
	}
}

// refuse tells flow the answer about age. It holds until the lock: asking again
// would be a way around it. Nothing is loaded.
func (w *Window) refuse(address string, subject flow.Subject) {
	if address == "" {
		return
	}
	_, err := w.session.Preserve(w.life, flow.PreserveRequest{Case: w.matter.ID, Address: address, Subject: subject}, evidence.NoProgress{})
	if !errors.Is(err, flow.ErrSubject) {
		w.explain(err)
	}
}

// recordScreen notes an address and loads nothing: because the person wants
// that, or because someone under 18 is or may be shown.
type recordScreen struct {
	address string
	from    *homeScreen
	subject flow.Subject // empty: the person's own wish
	note    *field
	busy    bool
}

func (s *recordScreen) build(w *Window) page {
	if s.note == nil {
		s.note = newNote(w.keys, "", 4)
	}
	s.note.SetPlaceHolder(w.t("record.note"))
	back := func() {
		if !s.busy {
			w.show(s.from)
		}
	}
	record := w.button(buttonPrimary, "record.button", func() { s.record(w) })
	if s.busy {
		record.disable(true)
		record.rename(w.t("busy"))
	}
	form := card(
		newText(head(w.t("record.what"))), newText(muted(w.t("record.why"))), space(2),
		s.note, space(2),
		wrap(gapSmall, record, w.button(buttonPlain, "back", back)))
	var left, right fyne.CanvasObject = form, nil
	if s.subject != "" {
		left = stack(14, lookCard(
			rowTop(12, 1, inset(5, 0, 0, 0, mark("look", roleWarn, 16)), newText(head(w.t("age.stop")))),
			newText(plain(w.t("age.stop-why")))), form)
		right = card(hotlines(w)...)
	} else {
		right = stack(14, card(newText(strong(w.t("record.when"))), newText(muted(w.t("record.when-how")))))
	}
	return page{
		title: w.t("record.title"), step: stepKeep, back: back, focus: s.note,
		body: stack(16, addressCard(s.address), columns(20, 0.62, 620, left, right)),
	}
}

// hotlines says who helps, for under 18 first.
func hotlines(w *Window) []fyne.CanvasObject {
	out := []fyne.CanvasObject{newText(strong(w.t("help.title")))}
	for _, h := range []struct{ number, key string }{
		{"116 000", "help.child-focus"}, {"101", "help.police"}, {"0800 12 800", "help.institute"},
	} {
		out = append(out, rowTop(12, 1, inset(4, 0, 0, 0, mark("phone", roleAccent, 15)),
			stack(0, newText(strong(h.number)), newText(smallMute(w.t(h.key))))))
	}
	return out
}

func (s *recordScreen) record(w *Window) {
	if s.busy {
		return
	}
	s.busy = true
	session := w.session
	request := flow.RecordRequest{Case: w.matter.ID, Address: s.address, Note: s.note.Text}
	run(w.work, w.life, func(ctx context.Context) (flow.ExhibitView, error) {
		return session.Record(ctx, request, evidence.NoProgress{})
	}, func(e flow.ExhibitView, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		w.show(&exhibitScreen{id: e.Exhibit, fresh: true})
	})
	if s.busy {
		w.rebuild()
	}
}

// minorScreen closes an exhibit for which the answer about age has changed.
type minorScreen struct {
	of   *exhibitScreen
	busy bool
}

func (s *minorScreen) build(w *Window) page {
	back := func() {
		if !s.busy {
			w.show(&exhibitScreen{id: s.of.id})
		}
	}
	closing := w.button(buttonPlain, "minor.close", func() { s.close(w) })
	closing.disable(s.busy)
	stay := w.button(buttonPlain, "back", back)
	return page{
		title: w.t("minor.title"), step: stepKeep, back: back, focus: stay,
		body: columns(20, 0.62, 620,
			card(newText(head(w.t("minor.what"))), newText(plain(w.t("minor.how"))), space(4), wrap(gapSmall, closing, stay)),
			card(hotlines(w)...)),
	}
}

func (s *minorScreen) close(w *Window) {
	if s.busy {
		return
	}
	s.busy = true
	session, e := w.session, s.of.e
	run(w.work, w.life, func(ctx context.Context) (flow.ExhibitView, error) {
		return session.MarkMinor(ctx, e.Case, e.Exhibit)
	}, func(_ flow.ExhibitView, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		w.refuse(e.Address, flow.SubjectMinor)
		w.show(&exhibitScreen{id: e.Exhibit})
	})
}

// captureScreen shows a capture step by step.
type captureScreen struct {
	request flow.PreserveRequest
	from    *homeScreen
	meter   *meter
	list    *progressList
	over    bool // it ended without an exhibit
	stopped bool
}

// captureSteps are what is to come, in order.
var captureSteps = []evidence.Step{
	evidence.StepBrowser, evidence.StepLoad, evidence.StepFirstView, evidence.StepFullPage,
	evidence.StepRecord, evidence.StepDated, evidence.StepEncrypt, evidence.StepTimestamp,
}

func (s *captureScreen) open(w *Window) { s.start(w) }

func (s *captureScreen) start(w *Window) {
	s.meter = &meter{now: w.cfg.Now}
	s.over, s.stopped = false, false
	session, request := w.session, s.request
	w.makeExhibit(s.meter, s.draw, func(ctx context.Context, p evidence.Progress) (flow.ExhibitView, error) {
		return session.Preserve(ctx, request, p)
	}, func(err error) {
		if errors.Is(err, flow.ErrSubject) { // answered otherwise before
			w.show(&recordScreen{address: request.Address, from: s.from, subject: flow.SubjectUnsure})
			return
		}
		s.over = true
		w.rebuild()
		w.explain(err)
	})
}

// makeExhibit runs the use case that makes an exhibit and shows what came of it.
func (w *Window) makeExhibit(m *meter, draw func(), work func(context.Context, evidence.Progress) (flow.ExhibitView, error), failed func(error)) {
	ended := false
	runMeter(w.work, w.life, m, draw, work, func(e flow.ExhibitView, err error) {
		ended = true
		if err != nil {
			failed(err)
			return
		}
		w.show(&exhibitScreen{id: e.Exhibit, fresh: true})
	})
	if !ended {
		w.rebuild()
	}
}

// stepAmount says how far a step of a capture is.
func (w *Window) stepAmount(step evidence.Step, done, total int64) string {
	switch step {
	case evidence.StepFullPage:
		return w.t("progress.pixels", "Done", w.text.Number(done), "Total", w.text.Number(total))
	case evidence.StepTimestamp:
		return w.t("progress.of", "Done", w.text.Number(done), "Total", w.text.Number(total))
	}
	return ""
}

func (s *captureScreen) draw() {
	if s.list != nil {
		s.list.draw()
	}
}

func (s *captureScreen) build(w *Window) page {
	s.list = newProgressList(w.text, s.meter, captureSteps, w.stepAmount)
	back := func() { w.show(s.from) }
	var focus fyne.Focusable
	var below fyne.CanvasObject
	title := w.t("capture.running")
	if s.over {
		again := w.button(buttonPrimary, "capture.again", func() {
			w.notice = nil
			s.start(w)
		})
		title = w.t("capture.not-kept")
		if s.stopped {
			title = w.t("capture.stopped")
		}
		below, focus = wrap(gapSmall, again, w.button(buttonPlain, "back", back)), again
	} else {
		var stop *button
		stop, back = w.stopper(&s.stopped)
		below, focus = rowGrow(14, 1, stop, newText(smallMute(w.t("capture.safe")))), stop
	}
	job := card(newText(head(title)), space(2), s.list, space(4), below)
	help := stack(14,
		card(newText(strong(w.t("calm.wrong"))), newText(muted(w.t("calm.look")))),
		card(newText(strong(w.t("calm.then"))), newText(muted(w.t("calm.then-how")))))
	return page{
		title: w.t("capture.title"), step: stepKeep, focus: focus, back: back,
		body: stack(16, addressCard(s.request.Address), columns(20, 0.56, 620, job, help)),
	}
}

// problemsOf lists what went wrong, in words.
func problemsOf(w *Window, problems []evidence.Problem) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, p := range problems {
		spans := []span{plain(w.shared("problem."+p.Code, p.Code))}
		if p.Detail != "" {
			spans = append(spans, smallMute(" · "+shown(flow.ProblemDetail(w.text, p), 240)))
		}
		out = append(out, point(toneLook, "look", newText(spans...)))
	}
	return out
}
