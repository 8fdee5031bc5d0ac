package widget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// PressCard is a card that leads somewhere: the whole of it can be pressed.
type PressCard struct {
	pressable
	content fyne.CanvasObject
	name    string
}

func NewPressCard(k *Keys, content fyne.CanvasObject, press func()) *PressCard {
	c := &PressCard{content: content}
	c.keys, c.press = k, press
	c.ExtendBaseWidget(c)
	return c
}

// Name says what the card is called, where its words do not.
func (c *PressCard) Name(name string) { c.name = name }

// Words is what it is called; empty if it was given no name: what is written on it may change.
func (c *PressCard) Words() string { return c.name }

// AccessibilityLabel is its name, or all that is written on it.
func (c *PressCard) AccessibilityLabel() string {
	if c.name != "" {
		return c.name
	}
	return strings.Join(written(c.content), ", ")
}

// written is every text in an object, in order.
func written(o fyne.CanvasObject) (list []string) {
	switch o := o.(type) {
	case *Text:
		if s := strings.TrimSpace(o.Content()); s != "" {
			list = append(list, s)
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			list = append(list, written(c)...)
		}
	}
	return list
}

func (c *PressCard) heightFor(width float32) float32 {
	return HeightOf(c.content, width-2*CardPadding) + 2*16
}

func (c *PressCard) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = RadiusCard
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, c.content}}
	r.refresh = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = Tint(RoleCard), Tint(roleFieldLine), Hairline
		if c.hovered {
			back.FillColor = Tint(roleHover)
		}
		if c.focused {
			back.StrokeColor, back.StrokeWidth = Tint(RoleAccent), 2
		}
		back.Refresh()
	}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		c.content.Move(fyne.NewPos(CardPadding, 16))
		c.content.Resize(fyne.NewSize(s.Width-2*CardPadding, s.Height-2*16))
	}
	r.min = func() fyne.Size {
		w := c.content.MinSize().Width + 2*CardPadding
		return fyne.NewSize(w, c.heightFor(max(c.Size().Width, w)))
	}
	c.redraw = r.refresh
	r.refresh()
	return r
}
