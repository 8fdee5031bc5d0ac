package view_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

// The first thing that Tab reaches leads past the ways around the screen, shows itself only then, and
// F6 goes there and back; from every place.
func TestKeysLeadPastTheWaysAround(t *testing.T) {
	for _, place := range []stage.Place{stage.Cases, stage.Kept, stage.Remove, stage.Complain, stage.Handover, stage.Settings} {
		r := inCase(t)
		r.Keep("https://example.org/1")
		r.W.Show(r.W.At(place))
		r.Win.Canvas().Unfocus()
		r.Win.Canvas().FocusNext()
		skip, ok := r.Win.Canvas().Focused().(*widget.Skip)
		if !ok {
			t.Fatalf("%s: Tab begins at %T", place, r.Win.Canvas().Focused())
		}
		if skip.Size().Height < 30 {
			t.Errorf("%s: it is not to be seen: %v", place, skip.Size())
		}
		skip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		in := inBody(r)
		if !in() || skip.Size().Height > 1 {
			t.Errorf("%s: the focus is on %T, and the way past has %v", place, r.Win.Canvas().Focused(), skip.Size())
		}
		f6 := func() {
			r.Win.Canvas().Focused().(desktop.Keyable).KeyDown(&fyne.KeyEvent{Name: fyne.KeyF6})
		}
		if f6(); in() {
			t.Errorf("%s: F6 stays in the screen", place)
		}
		if f6(); !in() {
			t.Errorf("%s: F6 does not lead back", place)
		}
	}
}

// inBody tells whether the focus is on something that scrolls: the screen itself.
func inBody(r *viewtest.Rig) func() bool {
	return func() bool {
		o, ok := r.Win.Canvas().Focused().(fyne.CanvasObject)
		if !ok {
			return false
		}
		d, scroll := fyne.CurrentApp().Driver(), r.Scroll()
		return d.AbsolutePositionForObject(o).X >= d.AbsolutePositionForObject(scroll).X &&
			d.AbsolutePositionForObject(o).Y >= d.AbsolutePositionForObject(scroll).Y-1
	}
}
