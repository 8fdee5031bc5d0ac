package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// PressCard is a card that leads somewhere: the whole of it can be pressed.
type PressCard struct {
	pressable
	content fyne.CanvasObject
}

func NewPressCard(k *Keys, content fyne.CanvasObject, press func()) *PressCard {
	c := &PressCard{content: content}
	c.keys, c.press = k, press
	c.ExtendBaseWidget(c)
	return c
}

func (c *PressCard) heightFor(width float32) float32 {
	return HeightOf(c.content, width-2*CardPadding) + 2*16
}

func (c *PressCard) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = RadiusCard
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, c.content}}
	r.refresh = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = Tint(RoleCard), Tint(RoleLine), Hairline
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
