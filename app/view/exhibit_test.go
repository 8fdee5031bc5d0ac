package view

import (
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

func TestPictureIsShownOnlyWhileHeld(t *testing.T) {
	r := inCase(t)
	asked := 0
	c := newCover(r.w.keys, fyne.NewSize(330, 430), []string{"x"}, func(on bool) {
		if on {
			asked++
		}
	})
	r.win.SetContent(c)
	tall := image.NewNRGBA(image.Rect(0, 0, 1280, 4000))
	shown := func() bool { return c.shown.Visible() && c.shown.Image != nil }

	c.uncovered(tall)
	if shown() {
		t.Fatal("shown without being held")
	}
	c.MouseDown(&desktop.MouseEvent{})
	c.uncovered(tall)
	if !shown() || asked != 1 {
		t.Fatal("not shown while held")
	}
	if got := c.shown.Image.Bounds().Dy(); got != 4000 && got > 1700 {
		t.Errorf("%d rows are drawn at once", got)
	}
	c.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -100}})
	if c.offset == 0 {
		t.Error("the wheel does not move the picture")
	}
	c.MouseUp(&desktop.MouseEvent{})
	if shown() || c.pic != nil {
		t.Fatal("still shown after release")
	}
	c.uncovered(tall) // comes late
	if shown() {
		t.Fatal("a picture that came late is shown")
	}
	space := &fyne.KeyEvent{Name: fyne.KeySpace}
	c.KeyDown(space)
	c.uncovered(tall)
	if !shown() {
		t.Fatal("Space does not hold")
	}
	c.FocusLost()
	if shown() {
		t.Fatal("still shown after the focus went")
	}
	c.grip(true)
	c.uncovered(tall)
	c.MouseOut()
	if shown() {
		t.Fatal("still shown after the pointer left")
	}
}

func TestKeyVHoldsThePictureOfTheExhibit(t *testing.T) {
	r := inCase(t)
	s := &exhibitScreen{id: "E-003", e: madeUp(), loaded: true, part: 1}
	r.exec.held = true
	r.put(s)
	v := &fyne.KeyEvent{Name: fyne.KeyV}
	r.w.keys.down(v)
	r.w.keys.down(v) // the system repeats it
	if s.cover.held != 1 || !r.w.aside.busy() {
		t.Errorf("held %d, busy %v", s.cover.held, r.w.aside.busy())
	}
	r.w.keys.up(v)
	if s.cover.held != 0 || r.w.aside.busy() {
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
