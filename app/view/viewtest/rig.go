package viewtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/vault/vaulttest"
)

// Rig is a window over a real application in a folder of the test's own.
type Rig struct {
	T      testing.TB
	Window *view.Window
	W      *stage.Stage // the same, as its screens see it
	Win    fyne.Window
	App    *flow.App
	Exec   *Script
	Clock  *Clock
	Clip   fyne.Clipboard
	Opened []string
	Quits  int
	Home   string
	// Offline: the device has no network.
	Offline bool
	// Sticks are the folders that stand for what is plugged in.
	Sticks []string
	rooms  stage.Rooms
}

// Passphrase opens the vault of a test.
const Passphrase = "brume lanterne pivot cerise"

// DeadAuthority answers nothing: port 1 of this device is closed.
var DeadAuthority = evidence.Authority{Name: "nobody", URL: "http://127.0.0.1:1/"}

// New is a rig that shows the first start.
func New(t testing.TB, rooms stage.Rooms, authorities ...evidence.Authority) *Rig {
	t.Helper()
	if authorities == nil {
		authorities = []evidence.Authority{DeadAuthority}
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(widget.Theme())
	r := &Rig{T: t, rooms: rooms, Exec: &Script{}, Clip: a.Clipboard(), Home: t.TempDir()}
	r.Clock = &Clock{time.Date(2026, 11, 23, 11, 42, 7, 0, time.FixedZone("CET", 3600))}
	app, err := flow.New(flow.Config{
		DataDir: filepath.Join(r.Home, "data"), Version: "test", Cost: vaulttest.Cost(), Now: r.Clock.Now, Offline: func() bool { return r.Offline }, Sticks: func() []string { return r.Sticks },
		Authorities: authorities, NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1", Browser: os.Getenv("CONSTAT_BROWSER"),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.App = app
	r.Start()
	return r
}

// droppable is a window that keeps what a drop calls; Fyne's own for tests does not.
type droppable struct {
	fyne.Window
	drop func(fyne.Position, []fyne.URI)
}

func (d *droppable) SetOnDropped(f func(fyne.Position, []fyne.URI)) { d.drop = f }

// CodeMark is the file that remembers a code that may not have been read.
func (r *Rig) CodeMark() string { return filepath.Join(r.Home, "data", "code-shown") }

// Start opens the window, once more if it was left.
func (r *Rig) Start() {
	r.T.Helper()
	r.Win = &droppable{Window: test.NewTempWindow(r.T, nil)}
	w, err := view.New(view.Config{
		App: r.App, Window: r.Win, Clipboard: r.Clip, Rooms: r.rooms, Home: r.Home, CodeMark: r.CodeMark(), Hearing: true,
		Locale: "fr_BE.UTF-8", Now: r.Clock.Now, Executor: r.Exec,
		Open: func(p string) error { r.Opened = append(r.Opened, p); return nil },
		Quit: func() { r.Quits++ },
	})
	if err != nil {
		r.T.Fatal(err)
	}
	r.Window, r.W = w, w.Stage()
	r.Win.Resize(view.Size)
	r.T.Cleanup(func() {
		if s := w.Stage().Session(); s != nil {
			if err := s.Lock(); err != nil {
				r.T.Error(err)
			}
		}
	})
}

// Unlocked is a rig with an open vault and no case.
func Unlocked(t testing.TB, rooms stage.Rooms, authorities ...evidence.Authority) *Rig {
	t.Helper()
	r := New(t, rooms, authorities...)
	vaulttest.Make(t, r.App.DefaultVault(), Passphrase)
	r.Start()
	r.TypeInto(0, Passphrase)
	r.Press("window.unlock.open")
	return r
}

// InCase is a rig with an open case.
func InCase(t testing.TB, rooms stage.Rooms, authorities ...evidence.Authority) *Rig {
	t.Helper()
	r := Unlocked(t, rooms, authorities...)
	r.TypeInto(0, "Novembre")
	r.Press("window.case.create")
	return r
}

// Everything returns all objects of the window, drawn ones included.
func (r *Rig) Everything() []fyne.CanvasObject { return ObjectsOf(r.Win.Content()) }

// ObjectsOf returns an object and what is in it.
func ObjectsOf(o fyne.CanvasObject) []fyne.CanvasObject {
	if o == nil || !o.Visible() {
		return nil
	}
	all := []fyne.CanvasObject{o}
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			all = append(all, ObjectsOf(c)...)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			all = append(all, ObjectsOf(c)...)
		}
	}
	return all
}

// Words is everything that can be read on the window, a space between pieces.
func (r *Rig) Words() string { return WordsIn(r.Win.Content()) }

// WordsIn is the same for a part of it.
func WordsIn(o fyne.CanvasObject) string {
	var b strings.Builder
	for _, o := range ObjectsOf(o) {
		if t, ok := o.(*canvas.Text); ok {
			b.WriteString(t.Text)
			b.WriteByte(' ')
		}
	}
	raw := strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' }), " ")
	flat := strings.Join(strings.Fields(raw), " ")
	if raw == flat {
		return flat
	}
	return flat + "\n" + raw // once more with its no-break spaces, for whoever looks for a text of the catalogues
}

// Sees fails unless the text of every key can be read.
func (r *Rig) Sees(keys ...string) {
	r.T.Helper()
	have := r.Words()
	for _, k := range keys {
		if want := strings.Join(strings.Fields(r.W.Text().T(k)), " "); !strings.Contains(have, want) {
			r.T.Errorf("%s (%q) is not on the screen: %s", k, want, have)
		}
	}
}

// Noticed reports whether an error is shown.
func (r *Rig) Noticed() bool { return strings.Contains(r.Words(), r.W.T("notice.copy")) }

// Press presses what bears the text of a key.
func (r *Rig) Press(key string) {
	r.T.Helper()
	want := r.W.Text().T(key)
	for _, o := range r.Everything() {
		p, ok := o.(interface {
			fyne.Tappable
			fyne.Focusable
			Words() string
		})
		if !ok {
			continue
		}
		if _, list := o.(*widget.Picker); list {
			continue
		}
		label := p.Words()
		if b, ok := o.(*widget.Button); ok && b.Disabled() && label == want {
			r.T.Fatalf("%s is disabled", key)
		}
		_, tick := o.(*widget.Tick)
		if label == want || tick && strings.HasPrefix(label, want+" ") {
			test.Tap(p)
			return
		}
	}
	r.T.Fatalf("nothing to press says %q (%s); screen: %s", want, key, r.Words())
}

// Tick presses the box whose label has these words.
func (r *Rig) Tick(words string) {
	r.T.Helper()
	for _, o := range r.Everything() {
		if b, ok := o.(*widget.Tick); ok && strings.Contains(b.Words(), words) {
			test.Tap(b)
			return
		}
	}
	r.T.Fatalf("no box says %q; screen: %s", words, r.Words())
}

// Fields returns the text fields in order.
func (r *Rig) Fields() []*widget.Field {
	var out []*widget.Field
	for _, o := range r.Everything() {
		if f, ok := o.(*widget.Field); ok {
			out = append(out, f)
		}
	}
	return out
}

// TypeInto types into a text field.
func (r *Rig) TypeInto(i int, s string) {
	r.T.Helper()
	f := r.Fields()
	if i >= len(f) {
		r.T.Fatalf("no field %d; screen: %s", i, r.Words())
	}
	test.Type(f[i], s)
}

// Escape presses Escape where the focus is.
func (r *Rig) Escape() { r.Key(fyne.KeyEscape) }

// Key presses a key where the focus is.
func (r *Rig) Key(name fyne.KeyName) {
	if f := r.Win.Canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	r.Win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// ButtonOf returns the button with the text of a key.
func (r *Rig) ButtonOf(key string) *widget.Button {
	r.T.Helper()
	for _, o := range r.Everything() {
		if b, ok := o.(*widget.Button); ok && b.Words() == r.W.Text().T(key) {
			return b
		}
	}
	r.T.Fatalf("no button %s on: %s", key, r.Words())
	return nil
}

// Marked reports whether a button has marks behind its label.
func Marked(b *widget.Button) bool { return len(test.WidgetRenderer(b).Objects()) > 3 }

// Pick chooses an entry of the first list that offers it.
func (r *Rig) Pick(label string) {
	r.T.Helper()
	for _, o := range r.Everything() {
		if p, ok := o.(*widget.Picker); ok {
			if i := slices.Index(p.Choices(), label); i >= 0 {
				p.Pick(i)
				return
			}
		}
	}
	r.T.Fatalf("no list offers %q", label)
}

// Drop drags files into the window.
func (r *Rig) Drop(uris ...string) {
	r.T.Helper()
	var list []fyne.URI
	for _, u := range uris {
		parsed, err := storage.ParseURI(u)
		if err != nil {
			r.T.Fatal(err)
		}
		list = append(list, parsed)
	}
	r.Win.(*droppable).drop(fyne.NewPos(600, 400), list)
}

// Scroll is what the screen scrolls in.
func (r *Rig) Scroll() *container.Scroll {
	r.T.Helper()
	for _, o := range r.Everything() {
		if s, ok := o.(*container.Scroll); ok {
			return s
		}
	}
	r.T.Fatal("nothing scrolls")
	return nil
}

// Keep records an address without loading anything, and shows the case.
func (r *Rig) Keep(address string) look.Exhibit {
	r.T.Helper()
	e, err := r.W.Session().Keep.Record(
		r.T.Context(),
		keep.RecordRequest{Case: r.W.Desk().Case.ID, Address: address},
		evidence.NoProgress{},
	)
	if err != nil {
		r.T.Fatal(err)
	}
	r.W.Show(r.W.At(stage.Kept))
	return e
}

// Exhibits are those of the open case.
func (r *Rig) Exhibits() []look.Exhibit {
	r.T.Helper()
	list, err := r.W.Session().Look.Exhibits(r.T.Context(), r.W.Desk().Case.ID)
	if err != nil {
		r.T.Fatal(err)
	}
	return list
}
