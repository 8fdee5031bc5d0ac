package view

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/vault/vaulttest"
)

// script is an executor without goroutines: work runs at once, or when a test
// says so, and timers run when a test lets time pass.
type script struct {
	held   bool
	queue  []func()
	timers []*timer
}

type timer struct {
	f       func()
	every   time.Duration
	stopped bool
}

func (s *script) Go(work func()) {
	if s.held {
		s.queue = append(s.queue, work)
		return
	}
	work()
}

func (s *script) Do(update func()) { update() }

func (s *script) Every(d time.Duration, f func()) func() {
	t := &timer{f: f, every: d}
	s.timers = append(s.timers, t)
	return func() { t.stopped = true }
}

// finish runs what was held back, oldest first.
func (s *script) finish() {
	for len(s.queue) > 0 {
		work := s.queue[0]
		s.queue = s.queue[1:]
		work()
	}
}

// tick lets every running timer fire once.
func (s *script) tick() {
	for _, t := range append([]*timer(nil), s.timers...) {
		if !t.stopped {
			t.f()
		}
	}
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// rig is a window over a real application in a folder of the test's own.
type rig struct {
	t      *testing.T
	w      *Window
	win    fyne.Window
	app    *flow.App
	exec   *script
	clock  *clock
	clip   fyne.Clipboard
	opened []string
	quits  int
	home   string
}

const passphrase = "brume lanterne pivot cerise"

// deadAuthority answers nothing: port 1 of this device is closed.
var deadAuthority = evidence.Authority{Name: "nobody", URL: "http://127.0.0.1:1/"}

func newRig(t *testing.T, authorities ...evidence.Authority) *rig {
	t.Helper()
	if authorities == nil {
		authorities = []evidence.Authority{deadAuthority}
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(widget.Theme())
	r := &rig{t: t, exec: &script{}, clip: a.Clipboard(), home: t.TempDir()}
	r.clock = &clock{time.Date(2026, 11, 23, 11, 42, 7, 0, time.FixedZone("CET", 3600))}
	app, err := flow.New(flow.Config{
		DataDir: filepath.Join(r.home, "data"), Version: "test", Now: r.clock.now,
		Authorities: authorities, NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1", Browser: os.Getenv("CONSTAT_BROWSER"),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.app = app
	r.start()
	return r
}

// droppable is a window that keeps what a drop calls; Fyne's own for tests does not.
type droppable struct {
	fyne.Window
	drop func(fyne.Position, []fyne.URI)
}

func (d *droppable) SetOnDropped(f func(fyne.Position, []fyne.URI)) { d.drop = f }

func (r *rig) codeMark() string { return filepath.Join(r.home, "data", "code-shown") }

func (r *rig) start() {
	r.t.Helper()
	r.win = &droppable{Window: test.NewTempWindow(r.t, nil)}
	w, err := New(Config{
		App: r.app, Window: r.win, Clipboard: r.clip, Home: r.home, CodeMark: r.codeMark(), Locale: "fr_BE.UTF-8", Now: r.clock.now, Executor: r.exec,
		Open: func(p string) error { r.opened = append(r.opened, p); return nil },
		Quit: func() { r.quits++ },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.w = w
	r.win.Resize(Size)
	r.t.Cleanup(func() {
		if r.w.session != nil {
			if err := r.w.session.Lock(); err != nil {
				r.t.Error(err)
			}
		}
	})
}

// unlocked is a rig with an open vault and no case.
func unlocked(t *testing.T, authorities ...evidence.Authority) *rig {
	t.Helper()
	r := newRig(t, authorities...)
	vaulttest.Make(t, r.app.DefaultVault(), passphrase)
	r.start()
	r.typeInto(0, passphrase)
	r.press("window.unlock.open")
	return r
}

// inCase is a rig with an open case.
func inCase(t *testing.T, authorities ...evidence.Authority) *rig {
	t.Helper()
	r := unlocked(t, authorities...)
	r.typeInto(0, "Novembre")
	r.press("window.case.create")
	return r
}

// everything returns all objects of the window, drawn ones included.
func (r *rig) everything() []fyne.CanvasObject { return objectsOf(r.win.Content()) }

func objectsOf(o fyne.CanvasObject) []fyne.CanvasObject {
	if o == nil || !o.Visible() {
		return nil
	}
	all := []fyne.CanvasObject{o}
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			all = append(all, objectsOf(c)...)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			all = append(all, objectsOf(c)...)
		}
	}
	return all
}

// words is everything that can be read on the window, a space between pieces.
func (r *rig) words() string { return wordsIn(r.win.Content()) }

func wordsIn(o fyne.CanvasObject) string {
	var b strings.Builder
	for _, o := range objectsOf(o) {
		if t, ok := o.(*canvas.Text); ok {
			b.WriteString(t.Text)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// sees fails unless the text of every key can be read.
func (r *rig) sees(keys ...string) {
	r.t.Helper()
	have := r.words()
	for _, k := range keys {
		if want := strings.Join(strings.Fields(r.w.text.T(k)), " "); !strings.Contains(have, want) {
			r.t.Errorf("%s (%q) is not on the screen: %s", k, want, have)
		}
	}
}

// press presses what bears the text of a key.
func (r *rig) press(key string) {
	r.t.Helper()
	want := r.w.text.T(key)
	for _, o := range r.everything() {
		p, ok := o.(interface {
			fyne.Tappable
			fyne.Focusable
		})
		if !ok {
			continue
		}
		if _, list := o.(*widget.Picker); list {
			continue
		}
		label := wordsOf(p)
		if b, ok := o.(*widget.Button); ok && b.Disabled() && label == want {
			r.t.Fatalf("%s is disabled", key)
		}
		if label == want || isTick(o) && strings.HasPrefix(label, want+" ") {
			test.Tap(p)
			return
		}
	}
	r.t.Fatalf("nothing to press says %q (%s); screen: %s", want, key, r.words())
}

// fields returns the text fields in order.
func (r *rig) fields() []*widget.Field {
	var out []*widget.Field
	for _, o := range r.everything() {
		if f, ok := o.(*widget.Field); ok {
			out = append(out, f)
		}
	}
	return out
}

func (r *rig) typeInto(i int, s string) {
	r.t.Helper()
	f := r.fields()
	if i >= len(f) {
		r.t.Fatalf("no field %d; screen: %s", i, r.words())
	}
	test.Type(f[i], s)
}

// keep records an address without loading anything, and shows the case.
func (r *rig) keep(address string) flow.ExhibitView {
	r.t.Helper()
	e, err := r.w.session.Record(r.t.Context(), flow.RecordRequest{Case: r.w.matter.ID, Address: address}, evidence.NoProgress{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.w.show(&homeScreen{})
	return e
}

func rendererObjects(w fyne.Widget) []fyne.CanvasObject { return test.WidgetRenderer(w).Objects() }

func isTick(o fyne.CanvasObject) bool {
	_, ok := o.(*widget.Tick)
	return ok
}
