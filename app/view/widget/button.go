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
		fill, stroke, ink = Tint(RoleCard), Tint(roleFieldLine), Tint(RoleInk)
		if b.hovered {
			fill = Tint(roleHover)
		}
	}
	if b.disabled {
		fill, stroke, ink = Tint(RoleSide), Tint(RoleLine), Tint(RoleMute)
	}
	return fill, stroke, ink
}

// role is the colour of what is written on it.
func (b *Button) role() fyne.ThemeColorName {
	switch {
	case b.disabled:
		return RoleMute
	case b.kind == ButtonInk:
		return roleOnInk
	case b.kind == ButtonPrimary:
		return roleOnAccent
	case b.kind == ButtonQuiet:
		return RoleAccent
	}
	return RoleInk
}

// span is what is written on it.
func (b *Button) span() Span { return Span{Text: b.label, Size: b.size, Role: b.role(), Bold: true} }

func (b *Button) sides() float32 {
	side := float32(16)
	if b.kind == ButtonQuiet {
		side = 0
	}
	return 2*side + b.marksWidth()
}

func (b *Button) markSide() float32 { return b.size * Scale() }

func (b *Button) marksWidth() float32 {
	if len(b.after) == 0 {
		return 0
	}
	return float32(len(b.after))*(b.markSide()+1) + 6
}

// heightFor breaks a label that is too long for its place.
func (b *Button) heightFor(width float32) float32 {
	return max(minTarget, NewText(b.span()).heightFor(width-b.sides())+2*buttonMargin)
}

const buttonMargin float32 = 7

func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth = RadiusField+3, 2
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius, back.StrokeWidth = RadiusField, Hairline
	label := NewText(b.span())
	label.centre = true
	objects := []fyne.CanvasObject{ring, back, label}
	var marks []*canvas.Image
	for range b.after {
		m := &canvas.Image{FillMode: canvas.ImageFillContain}
		marks = append(marks, m)
		objects = append(objects, m)
	}
	r := &simpleRenderer{objects: objects}
	r.layout = func(s fyne.Size) {
		var out float32 // the field behind quiet words reaches over them
		if b.kind == ButtonQuiet {
			out = 6
		}
		back.Move(fyne.NewPos(-out, 0))
		back.Resize(s.AddWidthHeight(2*out, 0))
		ring.Move(fyne.NewPos(-3-out, -3))
		ring.Resize(s.AddWidthHeight(6+2*out, 6))
		w := max(1, min(label.natural()+1, s.Width-b.sides()))
		h := label.heightFor(w)
		x := (s.Width - w - b.marksWidth()) / 2
		label.Move(fyne.NewPos(x, (s.Height-h)/2))
		label.Resize(fyne.NewSize(w, h))
		x += w + 6
		side := b.markSide()
		for _, mark := range marks {
			mark.Move(fyne.NewPos(x, (s.Height-side)/2))
			mark.Resize(fyne.NewSquareSize(side))
			x += side + 1
		}
	}
	r.refresh = func() {
		fill, stroke, _ := b.colours()
		back.FillColor, back.StrokeColor = fill, stroke
		ring.StrokeColor = color.Transparent
		if b.focused {
			ring.StrokeColor = Tint(RoleAccent)
		}
		for i, name := range b.after {
			if i < len(marks) {
				marks[i].Resource = markResource(name, b.role())
				marks[i].Refresh()
			}
		}
		label.Set(b.span())
		if b.Size().Width > 0 {
			r.layout(b.Size())
		}
		ring.Refresh()
		back.Refresh()
	}
	r.min = func() fyne.Size {
		w := NewText(b.span()).natural() + 1 + b.sides()
		at := b.Size().Width
		if at <= 0 || at >= w {
			return fyne.NewSize(w, max(minTarget, lineHeight*b.size*Scale()+2*buttonMargin))
		}
		return fyne.NewSize(w, b.heightFor(at))
	}
	b.redraw = r.refresh
	r.refresh()
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
