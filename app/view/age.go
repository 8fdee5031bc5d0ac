package view

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/assets/help"
	"constat/evidence"
)

// addressCard shows the address that this is about.
func addressCard(address string) fyne.CanvasObject {
	return widget.Inset(14, widget.CardPadding, 14, widget.CardPadding, widget.NewText(widget.Mono(shown(address, 400))), widget.Panel(widget.RoleCard, widget.RoleLine, widget.RadiusCard))
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
	no := w.button(widget.ButtonPlain, "age.no", func() {
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
	question := widget.Card(
		widget.NewText(widget.Head(w.t("age.question"))), widget.NewText(widget.Muted(w.t("age.why"))), widget.Space(4),
		widget.Wrap(widget.GapSmall,
			w.button(widget.ButtonPlain, "age.yes", stop(flow.SubjectMinor)),
			w.button(widget.ButtonPlain, "age.unsure", stop(flow.SubjectUnsure)),
			no),
		widget.Space(2), widget.Row(0, w.button(widget.ButtonQuiet, "back", back)))
	help := widget.Stack(14, widget.Card(widget.NewText(widget.Strong(w.t("age.law"))), widget.NewText(widget.Muted(w.t("age.law-why")))))
	return page{
		title: w.t("age.title"), step: stepKeep, back: back, focus: nil,
		body: widget.Stack(16, addressCard(s.address), widget.Columns(20, 0.62, 620, question, help)),
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
	note    *widget.Field
	busy    bool
}

func (s *recordScreen) build(w *Window) page {
	if s.note == nil {
		s.note = widget.NewNote(w.keys, "", 4)
	}
	s.note.SetPlaceHolder(w.t("record.note"))
	back := func() {
		if !s.busy {
			w.show(s.from)
		}
	}
	record := w.button(widget.ButtonPrimary, "record.button", func() { s.record(w) })
	if s.busy {
		record.Disable(true)
		record.Rename(w.t("busy"))
	}
	form := widget.Card(
		widget.NewText(widget.Head(w.t("record.what"))), widget.NewText(widget.Muted(w.t("record.why"))), widget.Space(2),
		s.note, widget.Space(2),
		widget.Wrap(widget.GapSmall, record, w.button(widget.ButtonPlain, "back", back)))
	var left, right fyne.CanvasObject = form, nil
	if s.subject != "" {
		left = widget.Stack(14, widget.LookCard(
			widget.RowTop(12, 1, widget.Inset(5, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)), widget.NewText(widget.Head(w.t("age.stop")))),
			widget.NewText(widget.Plain(w.t("age.stop-why")))), form)
		right = widget.Card(hotlines(w)...)
	} else {
		right = widget.Stack(14, widget.Card(widget.NewText(widget.Strong(w.t("record.when"))), widget.NewText(widget.Muted(w.t("record.when-how")))))
	}
	return page{
		title: w.t("record.title"), step: stepKeep, back: back, focus: s.note,
		body: widget.Stack(16, addressCard(s.address), widget.Columns(20, 0.62, 620, left, right)),
	}
}

// hotlines says who helps, for under 18 first.
func hotlines(w *Window) []fyne.CanvasObject {
	out := []fyne.CanvasObject{widget.NewText(widget.Strong(w.t("help.title")))}
	for _, line := range help.Under18(help.Home) {
		out = append(out, widget.RowTop(12, 1, widget.Inset(4, 0, 0, 0, widget.Mark("phone", widget.RoleAccent, 15)),
			widget.Stack(0, widget.NewText(widget.Strong(line.Number)), widget.NewText(widget.SmallMute(w.t("help."+line.ID))))))
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
	closing := w.button(widget.ButtonPlain, "minor.close", func() { s.close(w) })
	closing.Disable(s.busy)
	stay := w.button(widget.ButtonPlain, "back", back)
	return page{
		title: w.t("minor.title"), step: stepKeep, back: back, focus: stay,
		body: widget.Columns(20, 0.62, 620,
			widget.Card(widget.NewText(widget.Head(w.t("minor.what"))), widget.NewText(widget.Plain(w.t("minor.how"))), widget.Space(4), widget.Wrap(widget.GapSmall, closing, stay)),
			widget.Card(hotlines(w)...)),
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
		s.list.sample()
	}
}

func (s *captureScreen) build(w *Window) page {
	s.list = newProgressList(w.text, s.meter, captureSteps, w.stepAmount)
	back := func() { w.show(s.from) }
	var focus fyne.Focusable
	var below fyne.CanvasObject
	title := w.t("capture.running")
	if s.over {
		again := w.button(widget.ButtonPrimary, "capture.again", func() {
			w.notice = nil
			s.start(w)
		})
		title = w.t("capture.not-kept")
		if s.stopped {
			title = w.t("capture.stopped")
		}
		below, focus = widget.Wrap(widget.GapSmall, again, w.button(widget.ButtonPlain, "back", back)), again
	} else {
		var stop *widget.Button
		stop, back = w.stopper(&s.stopped)
		below, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.t("capture.safe")))), stop
	}
	job := widget.Card(widget.NewText(widget.Head(title)), widget.Space(2), s.list.Progress, widget.Space(4), below)
	help := widget.Stack(14,
		widget.Card(widget.NewText(widget.Strong(w.t("calm.wrong"))), widget.NewText(widget.Muted(w.t("calm.look")))),
		widget.Card(widget.NewText(widget.Strong(w.t("calm.then"))), widget.NewText(widget.Muted(w.t("calm.then-how")))))
	return page{
		title: w.t("capture.title"), step: stepKeep, focus: focus, back: back,
		body: widget.Stack(16, addressCard(s.request.Address), widget.Columns(20, 0.56, 620, job, help)),
	}
}

// problemsOf lists what went wrong, in words.
func problemsOf(w *Window, problems []evidence.Problem) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, p := range problems {
		spans := []widget.Span{widget.Plain(w.shared("problem."+p.Code, p.Code))}
		if p.Detail != "" {
			spans = append(spans, widget.SmallMute(" · "+shown(flow.ProblemDetail(w.text, p), 240)))
		}
		out = append(out, widget.Point(widget.ToneLook, "look", widget.NewText(spans...)))
	}
	return out
}
