package view

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

type buttonKind int

const (
	buttonPlain   buttonKind = iota // white, hairline
	buttonPrimary                   // petrol: the one main action of a screen
	buttonInk                       // quick exit
	buttonQuiet                     // words in petrol only
)

// button is a button of at least 36 pixels.
type button struct {
	pressable
	label string
	kind  buttonKind
	size  float32
	after []string // marks behind the label
}

func newButton(k *keys, kind buttonKind, label string, press func()) *button {
	b := &button{label: label, kind: kind, size: sizeBody}
	b.keys, b.press = k, press
	b.ExtendBaseWidget(b)
	return b
}

func (b *button) colours() (fill, stroke, ink color.Color) {
	switch b.kind {
	case buttonPrimary:
		fill, ink = tint(roleAccent), tint(roleOnAccent)
		if b.hovered {
			fill = tint(roleAccentOver)
		}
		stroke = fill
	case buttonInk:
		fill, ink = tint(roleInk), tint(roleOnInk)
		if b.hovered {
			fill = tint(roleInkOver)
		}
		stroke = fill
	case buttonQuiet:
		fill, stroke, ink = color.Transparent, color.Transparent, tint(roleAccent)
		if b.hovered {
			fill = tint(roleAccentSoft)
		}
	default:
		fill, stroke, ink = tint(roleCard), tint(roleLine), tint(roleInk)
		if b.hovered {
			fill = tint(roleHover)
		}
	}
	if b.disabled {
		fill, stroke, ink = tint(roleSide), tint(roleLine), tint(roleMute)
	}
	return fill, stroke, ink
}

func (b *button) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth = radiusField+3, 2
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius, back.StrokeWidth = radiusField, hairline
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
		if b.kind == buttonQuiet {
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
			ring.StrokeColor = tint(roleAccent)
		}
		role := roleInk
		switch {
		case b.disabled:
			role = roleMute
		case b.kind == buttonInk:
			role = roleOnInk
		case b.kind == buttonPrimary:
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
		if b.kind == buttonQuiet {
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

// rename shows another label.
func (b *button) rename(label string) {
	b.label = label
	b.Refresh()
}
