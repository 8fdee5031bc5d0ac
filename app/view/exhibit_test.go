package view

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

func TestKeyVHoldsThePictureOfTheExhibit(t *testing.T) {
	r := inCase(t)
	s := &exhibitScreen{id: "E-003", e: madeUp(), loaded: true, part: 1}
	r.exec.held = true
	r.put(s)
	v := &fyne.KeyEvent{Name: fyne.KeyV}
	r.w.keys.Down(v)
	r.w.keys.Down(v) // the system repeats it
	if !s.cover.Held() || !r.w.aside.busy() {
		t.Errorf("held %v, busy %v", s.cover.Held(), r.w.aside.busy())
	}
	r.w.keys.Up(v)
	if s.cover.Held() || r.w.aside.busy() {
		t.Error("still held after release")
	}
	r.exec.finish()
}

// TestAnExhibitCanBeClosedLater: the answer about age may change after a capture.
func TestAnExhibitCanBeClosedLater(t *testing.T) {
	r := inCase(t)
	e := r.keep("https://exemple.be/p/1")
	shown := madeUp()
	shown.Exhibit, shown.Case = e.Exhibit, e.Case
	r.put(&exhibitScreen{id: e.Exhibit, e: shown, loaded: true, part: 1})
	r.press("window.minor.mark")
	r.sees("window.minor.what", "window.minor.how", "window.help.child-focus")
	r.press("window.minor.close")
	r.sees("error.minor.what", "error.minor.do", "window.help.child-focus")
	if y := r.w.frame.scroll.Offset.Y; y != 0 {
		t.Errorf("the screen begins %v below its top, where the warning is", y)
	}
	s := r.w.screen.(*exhibitScreen)
	if !s.e.Closed || s.cover != nil {
		t.Errorf("closed %v, picture %v", s.e.Closed, s.cover)
	}
	if strings.Contains(r.words(), r.w.t("minor.mark")) {
		t.Error("a closed exhibit can be closed again")
	}
	r.press("window.export.title") // the step at the left
	r.sees("window.minor.not-exported")
}
