package view_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/app/view"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

func TestBrokenStartSaysWhatAndWhatToDo(t *testing.T) {
	a := test.NewTempApp(t)
	a.Settings().SetTheme(widget.Theme())
	win := test.NewTempWindow(t, nil)
	quits := 0
	w, err := view.New(view.Config{Rooms: rooms(), Problem: fmt.Errorf("settings: %w", io.ErrUnexpectedEOF), Window: win, Clipboard: a.Clipboard(),
		Executor: &viewtest.Script{}, Quit: func() { quits++ }})
	if err != nil {
		t.Fatal(err)
	}
	r := &viewtest.Rig{T: t, Window: w, W: w.Stage(), Win: win}
	r.Sees("window.broken.nothing-lost", "window.exit", "window.notice.copy")
	r.Press("window.exit")
	if quits != 1 {
		t.Error("one cannot leave")
	}
}

// A file that stands there by chance, as in a folder of downloads, is said once and stops nothing.
func TestAnOrganisationThatCannotBeUsedIsSaidAndStopsNothing(t *testing.T) {
	r := viewtest.New(t, rooms())
	path := filepath.Join(r.Home, "data", flow.OrganisationFile)
	if err := os.WriteFile(path, []byte(`{"format":"constat-organisation/1","lok_minutes":5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := flow.New(flow.Config{DataDir: filepath.Dir(path)})
	if err != nil {
		t.Fatal(err)
	}
	r.App = a
	r.Start()
	if have := r.Words(); !r.Noticed() || !strings.Contains(have, flow.OrganisationFile) {
		t.Errorf("it is not said: %s", have)
	}
	r.W.Show(r.W.At(stage.First))
	if r.Noticed() {
		t.Error("it is said again")
	}
}

func TestNewNeedsAWindow(t *testing.T) {
	if _, err := view.New(view.Config{Rooms: rooms(), Problem: errors.New("x")}); err == nil {
		t.Error("New without a window succeeded")
	}
}

func TestNewNeedsAScreenForEveryPlace(t *testing.T) {
	test.NewTempApp(t)
	for _, p := range stage.Places() {
		some := rooms()
		delete(some, p)
		_, err := view.New(view.Config{Rooms: some, Problem: errors.New("x"), Window: test.NewTempWindow(t, nil)})
		if err == nil || !strings.Contains(err.Error(), string(p)) {
			t.Errorf("nothing stands at %q: %v", p, err)
		}
	}
}

func TestEnterIsTheMainActionAndEscapeAWayBack(t *testing.T) {
	r := inCase(t)
	r.TypeInto(0, "https://exemple.be/p/1")
	r.Key(fyne.KeyReturn)
	r.Sees("window.age.question")
	r.Escape()
	r.Sees("window.keep.what")
	if got := r.Fields()[0].Text; got != "https://exemple.be/p/1" {
		t.Errorf("going back lost the address: %q", got)
	}
	r.Escape()
	r.Sees("window.cases.why")
	r.Key(fyne.KeyReturn) // the first case has the focus
	r.Sees("window.keep.what")
}
