package widget

import "fyne.io/fyne/v2"

// NewFold is one line that says what is below it, and shows it when it is pressed. What is folded
// away is not built.
func NewFold(k *Keys, open bool, t Tone, markName, title, right string, toggle func(), content func() []fyne.CanvasObject) fyne.CanvasObject {
	arrow := "right"
	if open {
		arrow = "down"
	}
	line := []fyne.CanvasObject{Mark(arrow, RoleAccent, 12), NewText(Strong(title))}
	if markName != "" {
		line = []fyne.CanvasObject{line[0], Point(t, markName, line[1])}
	}
	head := RowGrow(Gap, 1, line...)
	if right != "" {
		head = RowGrow(Gap, 0, Columns(Gap, 0.56, 420, head, NewText(SmallMute(right))))
	}
	card := NewPressCard(k, head, toggle)
	card.Name(title)
	if !open {
		return card
	}
	return Stack(6, card, Card(content()...))
}
