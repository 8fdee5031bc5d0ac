package view

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

type stepState int

const (
	stepOpen stepState = iota
	stepHere
	stepDone
)

// stepItem is one step of the list at the left: its number, its name and what
// was done in it. It leads to the step's screen.
type stepItem struct {
	pressable
	number int
	name   string
	detail string
	state  stepState
}

func newStepItem(k *keys, number int, name, detail string, state stepState, press func()) *stepItem {
	s := &stepItem{number: number, name: name, detail: detail, state: state}
	s.keys, s.press = k, press
	s.ExtendBaseWidget(s)
	return s
}

const stepMark = 26

func (s *stepItem) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 10
	disc := canvas.NewRectangle(color.Transparent)
	disc.CornerRadius, disc.StrokeWidth = stepMark/2, 2
	number := canvas.NewText(strconv.Itoa(s.number), tint(roleMute))
	number.TextSize, number.TextStyle.Bold = sizeSmall, true
	name, detail := newText(strong(s.name)), newText(smallMute(s.detail))
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, disc, number, name, detail}}
	r.refresh = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = color.Transparent, color.Transparent, hairline
		disc.FillColor, disc.StrokeColor = tint(roleCard), tint(roleLine)
		number.Color = tint(roleMute)
		switch s.state {
		case stepHere:
			back.FillColor, back.StrokeColor = tint(roleCard), tint(roleLine)
			disc.FillColor, disc.StrokeColor = tint(roleAccent), tint(roleAccent)
			number.Color = tint(roleOnAccent)
		case stepDone:
			disc.FillColor, disc.StrokeColor = tint(roleOKSoft), tint(roleOKSoft)
			number.Color = tint(roleOK)
		}
		if s.hovered && s.state != stepHere && !s.disabled {
			back.FillColor = tint(roleLine)
		}
		if s.focused {
			back.StrokeColor, back.StrokeWidth = tint(roleAccent), 2
		}
		for _, o := range r.objects {
			o.Refresh()
		}
	}
	textWidth := func(w float32) float32 { return w - 10 - stepMark - 14 - 10 }
	r.layout = func(size fyne.Size) {
		back.Resize(size)
		disc.Move(fyne.NewPos(10, 10))
		disc.Resize(fyne.NewSquareSize(stepMark))
		m := number.MinSize()
		number.Move(fyne.NewPos(10+(stepMark-m.Width)/2, 10+(stepMark-m.Height)/2))
		number.Resize(m)
		w := textWidth(size.Width)
		h := name.heightFor(w)
		name.Move(fyne.NewPos(10+stepMark+14, 10))
		name.Resize(fyne.NewSize(w, h))
		detail.Move(fyne.NewPos(10+stepMark+14, 10+h+1))
		detail.Resize(fyne.NewSize(w, detail.heightFor(w)))
	}
	r.min = func() fyne.Size {
		w := textWidth(max(s.Size().Width, sideWidth-32))
		return fyne.NewSize(160, 10+name.heightFor(w)+1+detail.heightFor(w)+10)
	}
	s.redraw = r.refresh
	r.refresh()
	return r
}
