package keep

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// signinScreen is beside a window of the browser in which the person signs in and goes to the
// page. It closes that window when it is left.
type signinScreen struct {
	address string // where the window begins; may be empty
	from    *homeScreen
	window  browserWindow    // nil: none is open
	page    *keep.WindowPage // of which the question about age is asked
	kept    []look.Exhibit
	opening stage.Job
	keeping stage.Job // of the page
	over    bool      // the window is closed, or did not open
}

// browserWindow is what this screen needs of a window of the browser.
type browserWindow interface {
	Page(context.Context) (keep.WindowPage, error)
	Keep(context.Context, keep.KeepRequest, evidence.Progress) (look.Exhibit, error)
	Done() <-chan struct{}
}

// keepSteps are what is to come when a page of a window is kept.
var keepSteps = []evidence.Step{evidence.StepFirstView, evidence.StepFullPage, evidence.StepRecord, evidence.StepDated,
	evidence.StepEncrypt, evidence.StepTimestamp}

func (s *signinScreen) Open(w *stage.Stage) {
	s.over = false
	session, request := w.Session(), keep.WindowRequest{Case: w.Desk().Case.ID, Address: s.address, Subject: keep.SubjectAdult}
	stage.Start(w, &s.opening, stage.Task[*keep.Window]{
		Work: func(ctx context.Context, _ evidence.Progress) (*keep.Window, error) {
			return session.Keep.OpenWindow(ctx, request)
		},
		Done: func(opened *keep.Window) {
			s.window = opened
			w.Rebuild()
		},
		Failed: func(err error) error {
			s.over = true
			if errors.Is(err, keep.ErrSubject) { // answered otherwise before
				w.Show(&recordScreen{address: s.address, from: s.from, subject: keep.SubjectUnsure})
				return nil
			}
			return err
		},
	})
}

// Leave closes the window at once, beside this one, also one that is only opening:
// nothing goes on behind the person's back.
func (s *signinScreen) Leave(w *stage.Stage) {
	if w.Session() == nil {
		return // it was left before, by the lock
	}
	w.Work().Abort()
	s.window = nil
	session := w.Session()
	w.Beside(session.Keep.CloseWindow, func(error) {}) // a folder that cannot be removed yet is swept at the next start
}

// Tick notices that the person has closed the window, or that its browser ended.
func (s *signinScreen) Tick(w *stage.Stage) {
	if s.window == nil || w.Work().Busy() {
		return
	}
	select {
	case <-s.window.Done():
		s.window, s.page, s.over = nil, nil, true
		w.Rebuild()
	default:
	}
}

// Patience is how long the vault stays open at least while the browser's window is:
// what the person does there is not seen here.
func (s *signinScreen) Patience() time.Duration {
	if s.window == nil {
		return 0
	}
	return signinLock
}

func (s *signinScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(s.from) }
	p := stage.Page{Title: w.T("signin.title"), Step: stage.StepKeep, Back: back}
	var job fyne.CanvasObject
	switch {
	case s.opening.Busy():
		stop := w.Button(widget.ButtonPlain, "capture.stop", w.Work().Abort)
		p.Back, p.Focus = w.Work().Abort, stop
		job = widget.Card(widget.NewText(widget.Head(w.T("signin.opening"))), widget.Space(4), widget.Row(0, stop))
	case s.over:
		again := w.Button(widget.ButtonPlain, "signin.another", func() {
			w.ClearNotice()
			s.Open(w)
			w.Refresh()
		})
		done := w.Button(widget.ButtonPrimary, "signin.done", back)
		p.Focus, p.Enter = done, back
		job = widget.Card(
			widget.NewText(widget.Head(w.T("signin.over"))),
			widget.NewText(widget.Muted(w.T("signin.over-why"))),
			widget.Space(4),
			widget.Wrap(widget.GapSmall, done, again),
		)
	case s.keeping.Busy():
		job = s.progress(w, &p)
	case s.page != nil:
		job = s.question(w, &p)
	default:
		keep := w.Button(widget.ButtonPrimary, "keep.button", func() { s.ask(w) })
		closing := w.Button(widget.ButtonPlain, "signin.close", back)
		p.Focus, p.Enter = keep, func() { s.ask(w) }
		job = widget.Card(
			widget.NewText(widget.Head(w.T("signin.what"))),
			widget.NewText(widget.Plain(w.T("signin.how"))),
			widget.Space(4),
			widget.Wrap(widget.GapSmall, keep, closing),
		)
	}
	left := []fyne.CanvasObject{job}
	if len(s.kept) > 0 {
		left = append(left, widget.Inset(4, 0, 0, 0, widget.NewText(widget.Head(w.T("signin.kept")))))
	}
	for i := len(s.kept) - 1; i >= 0; i-- {
		e := s.kept[i]
		left = append(left, widget.NewPressCard(w.Keys(), exhibitLine(w, e), func() { w.GoTo(&exhibitScreen{id: e.Exhibit}) }))
	}
	help := widget.Stack(14,
		widget.Card(widget.NewText(widget.Strong(w.T("signin.session"))), widget.NewText(widget.Muted(w.T("signin.session-how")))),
		widget.Card(widget.NewText(widget.Strong(w.T("signin.leaving"))), widget.NewText(widget.Muted(w.T("signin.leaving-how")))))
	p.Body = widget.Columns(20, 0.62, 620, widget.Stack(14, left...), help)
	return p
}

// ask looks which page is in front, and asks the question about age of it.
func (s *signinScreen) ask(w *stage.Stage) {
	of := s.window
	if of == nil || w.Work().Busy() {
		return
	}
	w.ClearNotice()
	stage.Run(w.Work(), of.Page, func(p keep.WindowPage, err error) {
		if err == nil {
			s.page = &p
		}
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *signinScreen) question(w *stage.Stage, p *stage.Page) fyne.CanvasObject {
	back := func() {
		s.page = nil
		w.Rebuild()
	}
	p.Back = back
	answer := func(subject keep.Subject) func() { return func() { s.keep(w, subject) } }
	return widget.Stack(
		14,
		widget.Inset(
			14,
			widget.CardPadding,
			14,
			widget.CardPadding,
			widget.Stack(
				2,
				widget.NewText(widget.Strong(evidence.Shorten(s.page.Title, 120))),
				widget.NewText(widget.Mono(evidence.Shorten(s.page.Address, 400))),
			),
			widget.Panel(widget.RoleCard, widget.RoleLine, widget.RadiusCard),
		),
		widget.Card(
			widget.NewText(widget.Head(w.T("age.question"))), widget.NewText(widget.Muted(w.T("signin.ask-why"))), widget.Space(4),
			widget.Wrap(widget.GapSmall,
				w.Button(widget.ButtonPlain, "age.yes", answer(keep.SubjectMinor)),
				w.Button(widget.ButtonPlain, "age.unsure", answer(keep.SubjectUnsure)),
				w.Button(widget.ButtonPlain, "age.no", answer(keep.SubjectAdult))),
			widget.Space(2), widget.Row(0, w.Button(widget.ButtonQuiet, "back", back))),
	)
}

// keep keeps the page; another answer than 'adult' closes the window instead.
func (s *signinScreen) keep(w *stage.Stage, subject keep.Subject) {
	if w.Work().Busy() || s.page == nil {
		return
	}
	of, request := s.window, keep.KeepRequest{Page: *s.page, Subject: subject, Meant: s.from.meant}
	stage.Watch(w, &s.keeping, stage.Task[look.Exhibit]{
		Work: func(ctx context.Context, p evidence.Progress) (look.Exhibit, error) {
			return of.Keep(ctx, request, p)
		},
		Done: func(e look.Exhibit) {
			s.page = nil
			s.kept = append(s.kept, e)
			w.Desk().Case.Exhibits++
			if e.Kept() {
				w.Desk().Case.Kept++
			}
			if e.Pending() {
				w.Stamps().Soon()
			}
			w.Rebuild()
		},
		Failed: func(err error) error {
			s.page = nil
			if errors.Is(err, keep.ErrSubject) {
				w.Show(&recordScreen{address: request.Page.Address, from: s.from, subject: subject})
				return nil
			}
			return err
		},
	})
}

func (s *signinScreen) progress(w *stage.Stage, p *stage.Page) fyne.CanvasObject {
	stop, halt := s.keeping.Stopper(w)
	p.Back, p.Focus = halt, stop
	return widget.Card(widget.NewText(widget.Head(w.T("capture.running"))), widget.Space(2),
		s.keeping.Steps(w, keepSteps, stepAmount(w)), widget.Space(4),
		widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.T("signin.hands-off")))))
}

const signinLock = 30 * time.Minute
