package widget

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// The wheel scrolls the screen over a field, whatever is in it; only a long note in which one writes
// scrolls itself.
func TestTheWheelScrollsOverFields(t *testing.T) {
	test.NewTempApp(t)
	keys := NewKeys(time.Now, func() {}, func() {}, func() {})
	scrolled := 0
	keys.WheelTo(func(*fyne.ScrollEvent) { scrolled++ })
	line, note := NewField(keys, ""), NewNote(keys, "", 3)
	win := test.NewTempWindow(t, Stack(8, line, note))
	win.Resize(fyne.NewSize(400, 300))
	over := func(f *Field) fyne.Scrollable {
		var last fyne.Scrollable
		for _, o := range test.WidgetRenderer(f).Objects() { // the driver takes the topmost
			if s, ok := o.(fyne.Scrollable); ok && o.Visible() {
				last = s
			}
		}
		return last
	}
	turn := func(f *Field) bool {
		before := scrolled
		over(f).Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -20)})
		return scrolled > before
	}
	line.SetText(strings.Repeat("une longue ligne ", 40))
	for _, f := range []*Field{line, note} {
		if !turn(f) {
			t.Errorf("the screen stands still over %q", f.Text)
		}
		win.Canvas().Focus(f)
		if !turn(f) {
			t.Errorf("the screen stands still over %q while one writes", f.Text)
		}
	}
	note.SetText(strings.Repeat("beaucoup de mots ", 60))
	if turn(note) {
		t.Error("a long note in which one writes cannot be read to its end")
	}
	win.Canvas().Unfocus()
	if !turn(note) {
		t.Error("the screen stands still over a long note that only lies in the way")
	}
}
