package view

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// pressCard is a card that leads somewhere: the whole of it can be pressed.
type pressCard struct {
	pressable
	content fyne.CanvasObject
}

func newPressCard(k *keys, content fyne.CanvasObject, press func()) *pressCard {
	c := &pressCard{content: content}
	c.keys, c.press = k, press
	c.ExtendBaseWidget(c)
	return c
}

func (c *pressCard) heightFor(width float32) float32 {
	return heightOf(c.content, width-2*cardPadding) + 2*16
}

func (c *pressCard) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = radiusCard
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, c.content}}
	r.refresh = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = tint(roleCard), tint(roleLine), hairline
		if c.hovered {
			back.FillColor = tint(roleHover)
		}
		if c.focused {
			back.StrokeColor, back.StrokeWidth = tint(roleAccent), 2
		}
		back.Refresh()
	}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		c.content.Move(fyne.NewPos(cardPadding, 16))
		c.content.Resize(fyne.NewSize(s.Width-2*cardPadding, s.Height-2*16))
	}
	r.min = func() fyne.Size {
		w := c.content.MinSize().Width + 2*cardPadding
		return fyne.NewSize(w, c.heightFor(max(c.Size().Width, w)))
	}
	c.redraw = r.refresh
	r.refresh()
	return r
}
