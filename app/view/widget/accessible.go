package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// What assistive technology hears of our widgets. Fyne knows four roles; what a check box or a radio
// button is and whether it is on, it cannot say, so their labels say it.

func (b *Button) AccessibilityLabel() string                { return b.label }
func (b *Button) AccessibilityRole() fyne.AccessibleRole    { return fyne.AccessibleRoleButton }
func (c *PressCard) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
func (b *RowButton) AccessibilityLabel() string             { return b.Words() }
func (b *RowButton) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
func (s *StepItem) AccessibilityLabel() string              { return s.name + ", " + s.detail }
func (s *StepItem) AccessibilityRole() fyne.AccessibleRole  { return fyne.AccessibleRoleButton }
func (t *Text) AccessibilityLabel() string                  { return t.Content() }
func (t *Text) AccessibilityRole() fyne.AccessibleRole      { return fyne.AccessibleRoleText }
func (c *Cover) AccessibilityLabel() string                 { return strings.Join(c.words, " ") }
func (c *Cover) AccessibilityRole() fyne.AccessibleRole     { return fyne.AccessibleRoleButton }

// AccessibilityLabel says whether the line is on by the sign that readers speak.
func (t *Tick) AccessibilityLabel() string {
	if t.on {
		return "✓ " + t.Words()
	}
	return t.Words()
}
func (t *Tick) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is what is typed, never of a secret, or else what is asked for.
func (f *Field) AccessibilityLabel() string {
	if f.Password || f.Text == "" {
		return f.PlaceHolder
	}
	return f.Text
}
func (f *Field) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Spoken is what a tree of objects says to assistive technology, in order: one entry a widget.
func Spoken(root fyne.CanvasObject) (list []fyne.Accessible) {
	if root == nil || !root.Visible() {
		return nil
	}
	switch o := root.(type) {
	case *container.Scroll:
		return Spoken(o.Content)
	case *fyne.Container:
		for _, c := range o.Objects {
			list = append(list, Spoken(c)...)
		}
		return list
	}
	if a, ok := root.(fyne.Accessible); ok && strings.TrimSpace(a.AccessibilityLabel()) != "" {
		return []fyne.Accessible{a}
	}
	return nil
}
