package view_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/view"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

// In a tall window a short screen is not glued to its top, and quick exit stays where it is; in one
// of the usual size, and for a screen that fills the window, all begins at the top.
func TestAShortScreenStandsLowerInATallWindow(t *testing.T) {
	r := viewtest.InCase(t, rooms())
	where := func(o fyne.CanvasObject) fyne.Position {
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	}
	titled := func() float32 {
		t.Helper()
		for _, o := range r.Everything() {
			if x, ok := o.(*widget.Text); ok && where(x).X > widget.SideWidth && x.Content() == r.W.T("keep.title") {
				return where(x).Y
			}
		}
		t.Fatal("no title")
		return 0
	}
	show := func(size fyne.Size, at stage.Place) (scroll, exit float32) {
		r.Win.Resize(size)
		r.W.Show(r.W.At(at))
		return where(r.Scroll()).Y, where(r.ButtonOf("window.exit")).Y
	}
	usual, exit := show(view.Size, stage.Kept)
	top := titled()
	for _, c := range []struct {
		size  fyne.Size
		at    stage.Place
		most  float32
		least float32
	}{
		{fyne.NewSize(1280, 800), stage.Kept, 0, 0},
		{fyne.NewSize(1920, 1080), stage.Kept, 120, 60},
		{fyne.NewSize(1920, 1080), stage.Help, 120, 0},
		{fyne.NewSize(2560, 1440), stage.Kept, 120, 100},
	} {
		scroll, out := show(c.size, c.at)
		if got := scroll - usual; got < c.least || got > c.most {
			t.Errorf("%v, %v: stands %v lower", c.size, c.at, got)
		}
		if out != exit {
			t.Errorf("%v: quick exit went from %v to %v", c.size, exit, out)
		}
		if c.at == stage.Kept && titled()-top != scroll-usual {
			t.Errorf("%v: the title stands %v lower, the screen %v", c.size, titled()-top, scroll-usual)
		}
	} // What comes in on a screen does not push it up, until it needs the room.
	r.Win.Resize(fyne.NewSize(1920, 1080))
	p := &growing{lines: 3}
	r.W.Show(p)
	before := where(r.Scroll()).Y
	p.lines = 12
	r.W.Refresh()
	if after := where(r.Scroll()).Y; after != before || before-usual < 100 {
		t.Errorf("a screen that grew went from %v to %v", before, after)
	}
	p.lines = 200
	r.W.Refresh()
	if after := where(r.Scroll()).Y; after != usual {
		t.Errorf("a long screen begins at %v", after)
	}
}

// The wheel over a note of several lines scrolls the screen that it stands on.
func TestTheWheelOverANoteScrollsItsScreen(t *testing.T) {
	r := viewtest.InCase(t, rooms())
	r.Win.Resize(viewtest.Least)
	p := &growing{lines: 100, note: widget.NewNote(r.W.Keys(), "", 4)}
	r.W.Show(p)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.note).AddXY(40, 40)
	for _, focused := range []bool{false, true} {
		r.Scroll().ScrollToTop()
		if focused {
			r.Win.Canvas().Focus(p.note)
		}
		test.Scroll(r.Win.Canvas(), at, 0, -50)
		if y := r.Scroll().Offset.Y; y != 50 {
			t.Errorf("focused %v: scrolled by %v", focused, y)
		}
	}
}

// growing is a screen of so many lines, below a note or not.
type growing struct {
	lines int
	note  *widget.Field
}

func (g *growing) Build(*stage.Stage) stage.Page {
	lines := make([]fyne.CanvasObject, g.lines)
	for i := range lines {
		lines[i] = widget.NewText(widget.Plain("—"))
	}
	if g.note != nil {
		lines = append([]fyne.CanvasObject{g.note}, lines...)
	}
	return stage.Page{Title: "·", Body: widget.Stack(8, lines...)}
}
