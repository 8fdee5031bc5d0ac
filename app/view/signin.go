package view

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// signinScreen is beside a window of the browser in which the person signs in and goes to the
// page. It closes that window when it is left.
type signinScreen struct {
	address string // where the window begins; may be empty
	from    *homeScreen
	window  *flow.Window
	page    *flow.WindowPage // of which the question about age is asked
	kept    []flow.ExhibitView
	meter   *meter // of the page that is being kept
	list    *progressList
	opening bool
	stopped bool
	over    bool // the window is closed, or did not open
}

// keepSteps are what is to come when a page of a window is kept.
var keepSteps = []evidence.Step{evidence.StepFirstView, evidence.StepFullPage, evidence.StepRecord, evidence.StepDated,
	evidence.StepEncrypt, evidence.StepTimestamp}

func (s *signinScreen) open(w *Window) {
	s.opening, s.over = true, false
	session, request := w.session, flow.WindowRequest{Case: w.matter.ID, Address: s.address, Subject: flow.SubjectAdult}
	run(w.work, w.life, func(ctx context.Context) (*flow.Window, error) {
		return session.OpenWindow(ctx, request)
	}, func(opened *flow.Window, err error) {
		s.opening, s.over = false, err != nil
		if errors.Is(err, flow.ErrSubject) { // answered otherwise before
			w.show(&recordScreen{address: s.address, from: s.from, subject: flow.SubjectUnsure})
			return
		}
		s.window, w.window = opened, opened
		w.rebuild()
		w.explain(err)
	})
}

// leave closes the window: nothing goes on behind the person's back.
func (s *signinScreen) leave(w *Window) { w.closeWindow() }

// closeWindow closes the browser's window at once, beside this one, also one that is only opening.
func (w *Window) closeWindow() {
	if _, here := w.screen.(*signinScreen); w.session == nil || !here && w.window == nil {
		return
	}
	w.work.abort()
	w.window = nil
	session := w.session
	w.group.Add(1)
	w.exec.Go(func() {
		defer w.group.Done()
		_ = session.CloseWindow() // a folder that cannot be removed yet is swept at the next start
	})
}

// windowTick notices that the person has closed the window, or that its browser ended.
func (w *Window) windowTick() {
	s, ok := w.screen.(*signinScreen)
	if !ok || w.window == nil || w.work.busy() {
		return
	}
	select {
	case <-w.window.Done():
		w.window, s.window, s.page, s.over = nil, nil, nil, true
		w.rebuild()
	default:
	}
}

func (s *signinScreen) build(w *Window) page {
	back := func() { w.show(s.from) }
	p := page{title: w.t("signin.title"), step: stepKeep, back: back}
	var job fyne.CanvasObject
	switch {
	case s.opening:
		stop := w.button(widget.ButtonPlain, "capture.stop", w.work.abort)
		p.back, p.focus = w.work.abort, stop
		job = widget.Card(widget.NewText(widget.Head(w.t("signin.opening"))), widget.Space(4), widget.Row(0, stop))
	case s.over:
		again := w.button(widget.ButtonPlain, "signin.another", func() {
			w.notice = nil
			s.open(w)
			w.refresh()
		})
		done := w.button(widget.ButtonPrimary, "signin.done", back)
		p.focus, p.enter = done, back
		job = widget.Card(widget.NewText(widget.Head(w.t("signin.over"))), widget.NewText(widget.Muted(w.t("signin.over-why"))), widget.Space(4), widget.Wrap(widget.GapSmall, done, again))
	case s.meter != nil:
		job = s.keeping(w, &p)
	case s.page != nil:
		job = s.question(w, &p)
	default:
		keep := w.button(widget.ButtonPrimary, "keep.button", func() { s.ask(w) })
		closing := w.button(widget.ButtonPlain, "signin.close", back)
		p.focus, p.enter = keep, func() { s.ask(w) }
		job = widget.Card(widget.NewText(widget.Head(w.t("signin.what"))), widget.NewText(widget.Plain(w.t("signin.how"))), widget.Space(4), widget.Wrap(widget.GapSmall, keep, closing))
	}
	left := []fyne.CanvasObject{job}
	if len(s.kept) > 0 {
		left = append(left, widget.Inset(4, 0, 0, 0, widget.NewText(widget.Head(w.t("signin.kept")))))
	}
	for i := len(s.kept) - 1; i >= 0; i-- {
		e := s.kept[i]
		left = append(left, widget.NewPressCard(w.keys, exhibitLine(w, e), func() { w.goTo(&exhibitScreen{id: e.Exhibit}) }))
	}
	help := widget.Stack(14,
		widget.Card(widget.NewText(widget.Strong(w.t("signin.session"))), widget.NewText(widget.Muted(w.t("signin.session-how")))),
		widget.Card(widget.NewText(widget.Strong(w.t("signin.leaving"))), widget.NewText(widget.Muted(w.t("signin.leaving-how")))))
	p.body = widget.Columns(20, 0.62, 620, widget.Stack(14, left...), help)
	return p
}

// ask looks which page is in front, and asks the question about age of it.
func (s *signinScreen) ask(w *Window) {
	of := s.window
	if of == nil || w.work.busy() {
		return
	}
	w.notice = nil
	run(w.work, w.life, of.Page, func(p flow.WindowPage, err error) {
		if err == nil {
			s.page = &p
		}
		w.rebuild()
		w.explain(err)
	})
}

func (s *signinScreen) question(w *Window, p *page) fyne.CanvasObject {
	back := func() {
		s.page = nil
		w.rebuild()
	}
	p.back = back
	answer := func(subject flow.Subject) func() { return func() { s.keep(w, subject) } }
	return widget.Stack(14,
		widget.Inset(14, widget.CardPadding, 14, widget.CardPadding, widget.Stack(2, widget.NewText(widget.Strong(shown(s.page.Title, 120))), widget.NewText(widget.Mono(shown(s.page.Address, 400)))),
			widget.Panel(widget.RoleCard, widget.RoleLine, widget.RadiusCard)),
		widget.Card(
			widget.NewText(widget.Head(w.t("age.question"))), widget.NewText(widget.Muted(w.t("signin.ask-why"))), widget.Space(4),
			widget.Wrap(widget.GapSmall,
				w.button(widget.ButtonPlain, "age.yes", answer(flow.SubjectMinor)),
				w.button(widget.ButtonPlain, "age.unsure", answer(flow.SubjectUnsure)),
				w.button(widget.ButtonPlain, "age.no", answer(flow.SubjectAdult))),
			widget.Space(2), widget.Row(0, w.button(widget.ButtonQuiet, "back", back))))
}

// keep keeps the page; another answer than 'adult' closes the window instead.
func (s *signinScreen) keep(w *Window, subject flow.Subject) {
	if w.work.busy() || s.page == nil {
		return
	}
	of, request := s.window, flow.KeepRequest{Page: *s.page, Subject: subject}
	s.meter, s.stopped = &meter{now: w.cfg.Now}, false
	ended := false
	runMeter(w.work, w.life, s.meter, s.draw, func(ctx context.Context, p evidence.Progress) (flow.ExhibitView, error) {
		return of.Keep(ctx, request, p)
	}, func(e flow.ExhibitView, err error) {
		ended = true
		s.page, s.meter, s.list = nil, nil, nil
		if errors.Is(err, flow.ErrSubject) {
			w.show(&recordScreen{address: request.Page.Address, from: s.from, subject: subject})
			return
		}
		if err == nil {
			s.kept = append(s.kept, e)
			w.matter.Exhibits++
			if e.Pending() {
				w.stampsSoon()
			}
		}
		w.rebuild()
		w.explain(err)
	})
	if !ended {
		w.rebuild()
	}
}

func (s *signinScreen) draw() {
	if s.list != nil {
		s.list.sample()
	}
}

func (s *signinScreen) keeping(w *Window, p *page) fyne.CanvasObject {
	s.list = newProgressList(w.text, s.meter, keepSteps, w.stepAmount)
	stop, halt := w.stopper(&s.stopped)
	p.back, p.focus = halt, stop
	return widget.Card(widget.NewText(widget.Head(w.t("capture.running"))), widget.Space(2), s.list.Progress, widget.Space(4),
		widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.t("signin.hands-off")))))
}

// signinLock is how long the vault stays open at least while the browser's window is: what the
// person does there is not seen here.
const signinLock = 30 * time.Minute
