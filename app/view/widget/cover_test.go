package widget

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

func TestPictureIsShownOnlyWhileHeld(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme())
	win := test.NewTempWindow(t, nil)
	asked, nothing := 0, func() {}
	c := NewCover(NewKeys(time.Now, nothing, nothing, nothing), fyne.NewSize(330, 430), []string{"x"}, func(on bool) {
		if on {
			asked++
		}
	})
	win.SetContent(c)
	tall := image.NewNRGBA(image.Rect(0, 0, 1280, 4000))
	shown := func() bool { return c.shown.Visible() && c.shown.Image != nil }

	c.Reveal(tall)
	if shown() {
		t.Fatal("shown without being held")
	}
	c.MouseDown(&desktop.MouseEvent{})
	c.Reveal(tall)
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
	c.Reveal(tall) // comes late
	if shown() {
		t.Fatal("a picture that came late is shown")
	}
	space := &fyne.KeyEvent{Name: fyne.KeySpace}
	c.KeyDown(space)
	c.Reveal(tall)
	if !shown() {
		t.Fatal("Space does not hold")
	}
	c.FocusLost()
	if shown() {
		t.Fatal("still shown after the focus went")
	}
	c.Grip(true)
	c.Reveal(tall)
	c.MouseOut()
	if shown() {
		t.Fatal("still shown after the pointer left")
	}
}
