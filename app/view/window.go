package view

import (
	"context"
	"errors"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
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
	text   *words.Text
	keys   *widget.Keys
	exec   Executor
	work   *lane  // what the present screen waits for
	aside  *lane  // pictures, and small things beside it
	ahead  *lane  // the browser that starts ahead of a capture
	stamps stamps // timestamps in the background
	group  sync.WaitGroup

	// life ends with the session: locking cancels whatever still runs.
	life context.Context
	end  context.CancelFunc

	session  *flow.Session
	matter   flow.CaseView // the open case; its ID is empty if none is
	practice practice
	screen   screen
	drawn    screen // the one that is in the frame
	building bool
	frame    frame
	notice   *flow.Message
	locking  bool
	left     bool
	young    []string     // files that are not imported until the vault is locked
	window   *flow.Window // of the browser, in which the person signs in; nil if none is open
	code     codeMark     // a recovery code that may not have been read

	lastSeen time.Time // when the person last did something
	copied   time.Time // when the recovery code was put on the clipboard
	ticking  func()
}

// practice is the running practice page, if any.
type practice struct {
	caseID  string
	address string
	stop    func()
}

// screen is one thing to see and do. Its fields keep what was typed; build
// draws it anew, also in another language.
type screen interface {
	build(w *Window) page
}

// opener is a screen that starts something when it is first shown.
type opener interface{ open(w *Window) }

// leaver is a screen that has something to end when another one comes.
type leaver interface{ leave(w *Window) }

// keeper is a screen with something typed that is not saved yet. mayLeave
// reports whether one may go; if not, it asks the person, and then calls then.
type keeper interface {
	mayLeave(w *Window, then func()) bool
}

// page is a screen as it is drawn.
type page struct {
	title string
	body  fyne.CanvasObject
	focus fyne.Focusable
	enter func()       // the main action
	back  func()       // one step back
	hold  func(b bool) // the key V
	step  int          // of the list at the left; 0: none
	stay  bool         // what is shown cannot be shown again: no way aside but quick exit
}

// New builds the window and shows the screen that fits: first start, unlock,
// or what went wrong.
func New(cfg Config) (*Window, error) {
	if cfg.Window == nil || cfg.App == nil && cfg.Problem == nil {
		return nil, errors.New("view: no window or no application")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Executor == nil {
		cfg.Executor = background{}
	}
	w := &Window{cfg: cfg, app: cfg.App, exec: cfg.Executor}
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
	w.code = codeMark{path: cfg.CodeMark, vault: w.cfg.Vault}
	w.work, w.aside = newLane(w.exec, &w.group), newLane(w.exec, &w.group)
	w.ahead = newLane(w.exec, &w.group)
	w.stamps.lane = newLane(w.exec, &w.group)
	w.life, w.end = context.WithCancel(context.Background())
	w.keys = widget.NewKeys(cfg.Now, w.seen, w.Exit, w.reveal)
	w.seen()
	w.prepare()
	switch {
	case w.app == nil:
		w.show(&brokenScreen{err: cfg.Problem})
	case w.app.VaultExists(w.cfg.Vault):
		w.show(&unlockScreen{})
	default:
		w.show(&firstScreen{})
	}
	w.ticking = w.exec.Every(time.Second, w.tick)
	return w, nil
}

// seen notes that the person is there.
func (w *Window) seen() { w.lastSeen = w.cfg.Now() }

// show goes to a screen. What the one before was waiting for is cancelled.
func (w *Window) show(s screen) {
	if w.left {
		return
	}
	if l, ok := w.screen.(leaver); ok {
		l.leave(w)
	}
	w.work.stop()
	w.aside.stop()
	w.keys.Release()
	w.notice = nil
	w.screen = s
	if o, ok := s.(opener); ok {
		o.open(w)
	}
	if w.screen == s {
		w.rebuild()
		w.frame.toTop()
	}
}

// rebuild draws the present screen anew: in another language, or with what came in.
func (w *Window) rebuild() {
	if w.left || w.screen == nil {
		return
	}
	p := w.screen.build(w)
	w.keys.Set(p.enter, p.back, p.hold)
	w.frame.fill(w, p, w.drawn == w.screen)
	w.drawn = w.screen
	w.building = true // the first focus does not scroll: a screen begins at its top
	defer func() { w.building = false }()
	if p.focus != nil {
		w.cfg.Window.Canvas().Focus(p.focus)
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
	if w.window != nil {
		limit = max(limit, signinLock)
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
	if w.session == nil {
		return
	}
	if w.work.busy() {
		w.seen() // a running capture is not interrupted by a lock
	}
	if w.lockIn() <= 0 {
		w.Lock()
		return
	}
	w.stampsTick()
	w.windowTick()
	w.frame.countdown(w)
}

// enter makes an unlocked vault the window's own.
func (w *Window) enter(s *flow.Session) {
	w.session = s
	w.seen()
	w.stampsSoon()
	w.code.read()
}

// endSession cancels what runs, closes the vault when it has ended, and calls then.
func (w *Window) endSession(then func(error)) {
	w.closeWindow()
	w.work.stop()
	w.aside.stop()
	w.ahead.stop()
	w.stampsStop()
	w.keys.Release()
	w.stopPractice()
	w.end()
	w.life, w.end = context.WithCancel(context.Background())
	s := w.session
	w.session, w.matter, w.young = nil, flow.CaseView{}, nil
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
	w.show(&unlockScreen{})
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

func (w *Window) stopPractice() {
	if w.practice.stop != nil {
		w.practice.stop()
	}
	w.practice = practice{}
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

// Short names for what every screen uses.

func (w *Window) t(key string, pairs ...any) string { return w.text.T("window."+key, pairs...) }

func (w *Window) n(key string, n int, pairs ...any) string {
	return w.text.N("window."+key, n, pairs...)
}

// shared is the text of a key that window and report have in common; the
// fallback stands for a value that a later version may bring.
func (w *Window) shared(key, fallback string) string {
	if w.text.Has(key) {
		return w.text.T(key)
	}
	return shown(fallback, 120)
}

func (w *Window) button(kind widget.ButtonKind, key string, press func()) *widget.Button {
	return widget.NewButton(w.keys, kind, w.t(key), press)
}
