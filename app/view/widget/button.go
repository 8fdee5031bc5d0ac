package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

type ButtonKind int

const (
	ButtonPlain   ButtonKind = iota // white, hairline
	ButtonPrimary                   // petrol: the one main action of a screen
	ButtonInk                       // quick exit
	ButtonQuiet                     // words in petrol only
)

// Button is a button of at least 36 pixels.
type Button struct {
	pressable
	label string
	kind  ButtonKind
	size  float32
	after []string // marks behind the label

	deaf bool // to Space
}

func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if b.deaf && e.Name == fyne.KeySpace {
		b.keys.active()
		return
	}
	b.pressable.TypedKey(e)
}

func NewButton(k *Keys, kind ButtonKind, label string, press func()) *Button {
	b := &Button{label: label, kind: kind, size: sizeBody}
	b.keys, b.press = k, press
	b.ExtendBaseWidget(b)
	return b
}

func (b *Button) colours() (fill, stroke, ink color.Color) {
	switch b.kind {
	case ButtonPrimary:
		fill, ink = Tint(RoleAccent), Tint(roleOnAccent)
		if b.hovered {
			fill = Tint(roleAccentOver)
		}
		stroke = fill
	case ButtonInk:
		fill, ink = Tint(RoleInk), Tint(roleOnInk)
		if b.hovered {
			fill = Tint(roleInkOver)
		}
		stroke = fill
	case ButtonQuiet:
		fill, stroke, ink = color.Transparent, color.Transparent, Tint(RoleAccent)
		if b.hovered {
			fill = Tint(roleAccentSoft)
		}
	default:
		fill, stroke, ink = Tint(RoleCard), Tint(RoleLine), Tint(RoleInk)
		if b.hovered {
			fill = Tint(roleHover)
		}
	}
	if b.disabled {
		fill, stroke, ink = Tint(RoleSide), Tint(RoleLine), Tint(RoleMute)
	}
	return fill, stroke, ink
}

func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth = RadiusField+3, 2
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius, back.StrokeWidth = RadiusField, Hairline
	label := canvas.NewText(b.label, color.Black)
	label.TextStyle.Bold = true
	objects := []fyne.CanvasObject{ring, back, label}
	var marks []*canvas.Image
	for range b.after {
		m := &canvas.Image{FillMode: canvas.ImageFillContain}
		marks = append(marks, m)
		objects = append(objects, m)
	}
	side := func() float32 {
		if b.kind == ButtonQuiet {
			return 0
		}
		return 16
	}
	marksWidth := func() float32 {
		if len(marks) == 0 {
			return 0
		}
		return float32(len(marks))*(b.size+1) + 6
	}
	refresh := func() {
		fill, stroke, ink := b.colours()
		back.FillColor, back.StrokeColor = fill, stroke
		ring.StrokeColor = color.Transparent
		if b.focused {
			ring.StrokeColor = Tint(RoleAccent)
		}
		role := RoleInk
		switch {
		case b.disabled:
			role = RoleMute
		case b.kind == ButtonInk:
			role = roleOnInk
		case b.kind == ButtonPrimary:
			role = roleOnAccent
		}
		for i, name := range b.after {
			marks[i].Resource = markResource(name, role)
			marks[i].Refresh()
		}
		label.Text, label.Color, label.TextSize = b.label, ink, b.size
		ring.Refresh()
		back.Refresh()
		label.Refresh()
	}
	r := &simpleRenderer{objects: objects, refresh: refresh}
	r.layout = func(s fyne.Size) {
		var out float32 // the field behind quiet words reaches over them
		if b.kind == ButtonQuiet {
			out = 6
		}
		back.Move(fyne.NewPos(-out, 0))
		back.Resize(s.AddWidthHeight(2*out, 0))
		ring.Move(fyne.NewPos(-3-out, -3))
		ring.Resize(s.AddWidthHeight(6+2*out, 6))
		m := label.MinSize()
		x := (s.Width - m.Width - marksWidth()) / 2
		label.Move(fyne.NewPos(x, (s.Height-m.Height)/2))
		label.Resize(m)
		x += m.Width + 6
		for _, mark := range marks {
			mark.Move(fyne.NewPos(x, (s.Height-b.size)/2))
			mark.Resize(fyne.NewSquareSize(b.size))
			x += b.size + 1
		}
	}
	r.min = func() fyne.Size {
		label.Text, label.TextSize = b.label, b.size
		m := label.MinSize()
		return fyne.NewSize(m.Width+marksWidth()+2*side(), max(minTarget, m.Height+2*9))
	}
	b.redraw = refresh
	refresh()
	return r
}

// DeafToSpace makes Space do nothing on a button that has the focus: it ends something, and Space is
// often meant for what was there before.
func (b *Button) DeafToSpace() { b.deaf = true }

// Small makes a button beside something of its words' size.
func (b *Button) Small() { b.size = SizeSmall }

// Marked draws marks behind the label.
func (b *Button) Marked(names ...string) { b.after = names }

// SetPress says what the button does.
func (b *Button) SetPress(press func()) { b.press = press }

// Words is what is written on it.
func (b *Button) Words() string { return b.label }

// Rename shows another label.
func (b *Button) Rename(label string) {
	b.label = label
	b.Refresh()
}
