package view

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
)

// Config is everything that the window needs from outside.
type Config struct {
	App       *flow.App
	Problem   error       // why there is no App; the window then only says so
	Window    fyne.Window // empty; its title and content are set here
	Clipboard fyne.Clipboard
	Vault     string           // folder; empty: the default one
	CodeMark  string           // file that remembers a recovery code that may not have been read; empty: none
	Home      string           // the person's home folder, where choosing a folder begins
	Locale    string           // of the system, e.g. "nl_BE.UTF-8"; used until a language is chosen
	Now       func() time.Time // nil: time.Now
	Executor  Executor         // nil: goroutines and fyne.Do
	Memory    Memory           // nil: that of Go's runtime
	Rooms     stage.Rooms      // which screen stands where; one for every place
	Hearing   bool             // Fyne tells assistive technology what is in the window
	// Open shows a file or folder with the system's own program.
	Open func(path string) error
	// Quit ends the program. It is called once, with the vault locked.
	Quit func()
}

// Size is the window's size at the start. It is made for 1000 by 680 and more.
var Size = fyne.NewSize(1200, 760)

// DefaultLockMinutes is how long the window stays open without the person.
const DefaultLockMinutes = 10

// exitLimit is how long quick exit waits for running work to end.
const exitLimit = 5 * time.Second

// Window is the desktop window. All its methods belong to Fyne's goroutine.
type Window struct {
	cfg    Config
	app    *flow.App
	stage  *stage.Stage // this window, as its screens see it
	text   *words.Text
	keys   *widget.Keys
	exec   Executor
	work   *lane // what the present screen waits for
	aside  *lane // pictures, and small things beside it
	ahead  *lane // the browser that starts ahead of a capture
	stamps stamps
	pushes pushes
	thrift thrift
	group  sync.WaitGroup

	// life ends with the session: locking cancels whatever still runs.
	life context.Context
	end  context.CancelFunc

	session  *flow.Session
	desk     *stage.Desk // what lies open until the lock
	screen   stage.Screen
	drawn    stage.Screen // the one that is in the frame
	cover    *cover       // what lies over it
	stay     bool         // of the page that was drawn last, but for what lies over it: it cannot be shown again
	step     int          // and its step
	building bool
	frame    frame
	notice   *flow.Message
	leaving  bool          // the present screen is told that it goes
	unsaid   *flow.Message // what went wrong then, for the next one
	locking  bool
	left     bool
	code     stage.CodeMark // a recovery code that may not have been read

	lastSeen time.Time // when the person last did something
	copied   time.Time // when the recovery code was put on the clipboard
	ticking  func()
}

// New builds the window and shows the screen that fits: first start, unlock,
// or what went wrong.
func New(cfg Config) (*Window, error) {
	if cfg.Window == nil || cfg.App == nil && cfg.Problem == nil {
		return nil, errors.New("view: no window or no application")
	}
	for _, p := range stage.Places() {
		if cfg.Rooms[p] == nil {
			return nil, fmt.Errorf("view: nothing stands at %q", p)
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Memory == nil {
		cfg.Memory = heap{}
	}
	if cfg.Executor == nil {
		cfg.Executor = background{}
	}
	w := &Window{cfg: cfg, app: cfg.App, exec: cfg.Executor, desk: &stage.Desk{}}
	w.stage = &stage.Stage{Shell: shell{w}}
	lang := words.Match(cfg.Locale)
	if w.app != nil {
		if s := w.app.Settings(); s.Language != "" {
			lang = s.Language
		}
		if w.cfg.Vault == "" {
			w.cfg.Vault = w.app.DefaultVault()
		}
	}
	text, err := words.For(lang)
	if err != nil {
		return nil, err
	}
	w.text = text
	w.code = stage.CodeMark{Path: cfg.CodeMark, Vault: w.cfg.Vault}
	lane := func() *lane { return newLane(w.exec, &w.group, func() context.Context { return w.life }) }
	w.work, w.aside, w.ahead = lane(), lane(), lane()
	w.stamps = stamps{w: w, lane: lane()}
	w.pushes = pushes{w: w, lane: lane()}
	w.thrift.w = w
	w.life, w.end = context.WithCancel(context.Background())
	w.keys = widget.NewKeys(cfg.Now, w.seen, w.Exit, w.reveal)
	w.keys.AreaTo(w.area)
	w.seen()
	w.prepare()
	switch {
	case w.app == nil:
		w.show(w.at(stage.Broken))
	case w.app.VaultExists(w.cfg.Vault):
		w.show(w.at(stage.Unlock))
	default:
		w.show(w.at(stage.First))
	}
	if w.app != nil {
		w.explain(w.app.LeftOut())
	}
	w.ticking = w.exec.Every(time.Second, w.tick)
	return w, nil
}

// seen notes that the person is there.
func (w *Window) seen() { w.lastSeen = w.cfg.Now() }

// Warn says what went wrong beside the work, on the screen that is shown.
func (w *Window) Warn(err error) { w.stage.Explain(err) }

// Stage is the window as its screens see it.
func (w *Window) Stage() *stage.Stage { return w.stage }

// at makes the screen that stands at a place.
func (w *Window) at(p stage.Place) stage.Screen { return w.cfg.Rooms[p]() }

// show goes to a screen. What the one before was waiting for is cancelled.
func (w *Window) show(s stage.Screen) {
	if w.left {
		return
	}
	if s == stage.Screen(below{}) {
		if w.cover != nil {
			w.uncover()
		}
		return
	}
	w.leave()
	w.work.Stop()
	w.aside.Stop()
	w.keys.Release()
	w.notice, w.unsaid = w.unsaid, nil
	w.screen = s
	if o, ok := s.(stage.Opener); ok {
		o.Open(w.stage)
	}
	if w.screen == s {
		w.rebuild()
		if w.cover == nil {
			w.frame.toTop()
		}
	}
}

// leave tells the present screen that it goes. What cannot be saved at once is said on the next one.
func (w *Window) leave() {
	if l, ok := w.screen.(stage.Leaver); ok {
		w.leaving = true
		l.Leave(w.stage)
		w.leaving = false
	}
}

// goTo is show, but not while something runs, or was typed, that the person would lose.
func (w *Window) goTo(s stage.Screen) {
	if w.work.Busy() {
		return
	}
	w.cover = nil
	if k, ok := w.screen.(stage.Keeper); ok && !k.MayLeave(w.stage, func() { w.show(s) }) {
		return
	}
	w.show(s)
}

// rebuild draws the present screen anew: in another language, or with what came in.
func (w *Window) rebuild() {
	if w.left || w.screen == nil {
		return
	}
	if w.app == nil {
		m := flow.Explain(w.cfg.Problem, w.text)
		w.notice = &m
	}
	screen := w.screen
	if w.cover != nil {
		screen = w.cover.screen
		w.cover.led(w)
	}
	p := screen.Build(w.stage)
	if w.cover != nil {
		p.Stay, p.Step = w.cover.stay, w.cover.step
	} else {
		w.stay, w.step = p.Stay, p.Step
	}
	w.keys.Set(p.Enter, p.Back, p.Hold)
	w.frame.fill(w, p, w.drawn == screen)
	w.drawn = screen
	w.thrift.Drawn()
	w.building = true // the first focus does not scroll: a screen begins at its top
	defer func() { w.building = false }()
	if p.Focus != nil {
		w.cfg.Window.Canvas().Focus(p.Focus)
	} else {
		w.cfg.Window.Canvas().Unfocus()
	}
}

// explain shows an error: what happened, what to do, and the details to copy.
// This is the one way to show one. A cancelled job is not an error.
func (w *Window) explain(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	m := flow.Explain(err, w.text)
	if w.leaving {
		w.unsaid = &m
		return
	}
	w.notice = &m
	w.rebuild()
	w.frame.toTop()
}

// dismiss takes the notice away.
func (w *Window) dismiss() {
	w.notice = nil
	w.rebuild()
}

// speak changes the language of the screen, at once and for the next time.
func (w *Window) speak(lang string) {
	text, err := words.For(lang)
	if err != nil {
		return
	}
	w.text = text
	w.notice = nil
	w.rebuild()
	if w.app == nil {
		return
	}
	s := w.app.Settings()
	s.Language = lang
	if err := w.app.SaveSettings(s); err != nil {
		w.explain(err)
	}
}

// lockMinutes is how long the window stays open without the person.
func (w *Window) lockMinutes() int {
	if n := w.app.Settings().LockMinutes; n > 0 {
		return n
	}
	return DefaultLockMinutes
}

// lockIn is how long it still takes until the vault locks by itself.
func (w *Window) lockIn() time.Duration {
	limit := time.Duration(w.lockMinutes()) * time.Minute
	if p, ok := w.screen.(stage.Patient); ok {
		limit = max(limit, p.Patience())
	}
	return min(limit-w.cfg.Now().Sub(w.lastSeen), limit)
}

// tick runs every second: the countdown, the lock, the clipboard.
func (w *Window) tick() {
	if w.left {
		return
	}
	if now := w.cfg.Now(); !w.copied.IsZero() && now.Sub(w.copied) >= clipboardLimit {
		w.clearClipboard()
	}
	w.thrift.tick()
	if w.session == nil {
		return
	}
	if w.work.Busy() {
		w.seen() // a running capture is not interrupted by a lock
	}
	if w.lockIn() <= 0 {
		w.Lock()
		return
	}
	w.stamps.tick()
	w.pushes.tick()
	if t, ok := w.screen.(stage.Ticker); ok {
		t.Tick(w.stage)
	}
	w.frame.countdown(w)
}

// enter makes an unlocked vault the window's own.
func (w *Window) enter(s *flow.Session) {
	w.session = s
	w.seen()
	w.stamps.Soon()
	w.code.Read()
}

// endSession cancels what runs, closes the vault when it has ended, and calls then.
func (w *Window) endSession(then func(error)) {
	w.leave()
	w.work.Stop()
	w.aside.Stop()
	w.ahead.Stop()
	w.stamps.Stop()
	w.pushes.Stop()
	w.keys.Release()
	w.cover = nil
	w.desk.StopPractice()
	w.end()
	w.life, w.end = context.WithCancel(context.Background())
	s := w.session
	w.session, w.desk = nil, &stage.Desk{}
	w.exec.Go(func() {
		w.group.Wait()
		var err error
		if s != nil {
			err = s.Lock()
		}
		w.exec.Do(func() { then(err) })
	})
}

// Lock closes the vault and asks for the passphrase again.
func (w *Window) Lock() {
	if w.session == nil || w.left {
		return
	}
	w.locking = true
	w.endSession(func(err error) {
		w.locking = false
		if !w.left {
			w.rebuild()
			w.explain(err)
		}
	})
	w.show(w.at(stage.Unlock))
}

// Exit leaves at once: the window goes, then the work is cancelled, the vault
// locked and the program ended. It may be called again and does nothing then.
func (w *Window) Exit() {
	if w.left {
		return
	}
	w.left = true
	w.cfg.Window.Hide()
	w.clearClipboard()
	if w.ticking != nil {
		w.ticking()
	}
	quit := sync.OnceFunc(w.cfg.Quit)
	w.endSession(func(error) { quit() })
	w.exec.Every(exitLimit, quit)
}

// clipboardLimit is how long the recovery code stays on the clipboard.
const clipboardLimit = time.Minute

func (w *Window) copySecret(s string) {
	w.cfg.Clipboard.SetContent(s)
	w.copied = w.cfg.Now()
}

func (w *Window) clearClipboard() {
	if !w.copied.IsZero() {
		w.cfg.Clipboard.SetContent("")
		w.copied = time.Time{}
	}
}
