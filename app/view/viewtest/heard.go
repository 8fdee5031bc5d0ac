package viewtest

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"constat/app/view/widget"
)

// heard is one element of what assistive technology is told.
type heard struct {
	label string
	role  fyne.AccessibleRole
	x, y  int
}

// Heard is what Fyne 2.8.1 tells assistive technology of a tree, in its walk's own order: the words of
// collectAccessibleElements in its accessibility_windows.go. macOS reads the same objects.
func Heard(o fyne.CanvasObject, at fyne.Position, list []heard) []heard {
	if o == nil || !o.Visible() {
		return list
	}
	at = at.Add(o.Position())
	if a, ok := o.(fyne.Accessible); ok && a.AccessibilityRole() != fyne.AccessibleRoleContainer {
		list = append(list, heard{a.AccessibilityLabel(), a.AccessibilityRole(), int(at.X), int(at.Y)})
	}
	if c, ok := o.(*fyne.Container); ok {
		for _, child := range c.Objects {
			list = Heard(child, at, list)
		}
	}
	return list
}

// Hears holds that all that speaks on the screen is told, once, at the place where it is now.
func (r *Rig) Hears(t *testing.T, where string) {
	t.Helper()
	told := map[heard]int{}
	for _, h := range Heard(r.Win.Content(), fyne.Position{}, nil) {
		told[h]++
	}
	d := fyne.CurrentApp().Driver()
	for _, a := range widget.Spoken(r.Win.Content()) {
		at := d.AbsolutePositionForObject(a.(fyne.CanvasObject))
		h := heard{a.AccessibilityLabel(), a.AccessibilityRole(), int(at.X), int(at.Y)}
		if told[h] != 1 {
			t.Errorf("%s: %T %q at %v,%v is told %d times%s", where, a, h.label, h.x, h.y, told[h], nearby(told, h))
		}
	}
}

func nearby(told map[heard]int, h heard) string {
	for x := range told {
		if x.label == h.label {
			return fmt.Sprintf(", and at %v,%v", x.x, x.y)
		}
	}
	return ""
}
