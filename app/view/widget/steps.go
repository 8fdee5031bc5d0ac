package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

type StepState int

const (
	StepOpen StepState = iota
	StepHere
	StepDone
)

// StepItem is one step of the list at the left: its number, its name and what
// was done in it. It leads to the step's screen.
type StepItem struct {
	pressable
	number int
	name   string
	detail string
	state  StepState
}

func NewStepItem(k *Keys, number int, name, detail string, state StepState, press func()) *StepItem {
	s := &StepItem{number: number, name: name, detail: detail, state: state}
	s.keys, s.press = k, press
	s.ExtendBaseWidget(s)
	return s
}

func (s *StepItem) Words() string { return s.name }

// stepMark() is the side of a step's circle.
func stepMark() float32 { return 26 * Scale() }

func (s *StepItem) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 10
	disc := canvas.NewRectangle(color.Transparent)
	disc.CornerRadius, disc.StrokeWidth = stepMark()/2, 2
	number := canvas.NewText(strconv.Itoa(s.number), Tint(RoleMute))
	number.TextSize, number.TextStyle.Bold = SizeSmall*Scale(), true
	name, detail := NewText(Strong(s.name)), NewText(SmallMute(s.detail))
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, disc, number, name, detail}}
	r.refresh = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = color.Transparent, color.Transparent, Hairline
		disc.FillColor, disc.StrokeColor = Tint(RoleCard), Tint(roleFieldLine)
		number.Color = Tint(RoleMute)
		switch s.state {
		case StepHere:
			back.FillColor, back.StrokeColor = Tint(RoleCard), Tint(roleFieldLine)
			disc.FillColor, disc.StrokeColor = Tint(RoleAccent), Tint(RoleAccent)
			number.Color = Tint(roleOnAccent)
		case StepDone:
			disc.FillColor, disc.StrokeColor = Tint(RoleOKSoft), Tint(RoleOKSoft)
			number.Color = Tint(RoleOK)
		}
		if s.hovered && s.state != StepHere && !s.disabled {
			back.FillColor = Tint(RoleLine)
		}
		if s.focused {
			back.StrokeColor, back.StrokeWidth = Tint(RoleAccent), 2
		}
		for _, o := range r.objects {
			o.Refresh()
		}
	}
	textWidth := func(w float32) float32 { return w - 10 - stepMark() - 14 - 10 }
	r.layout = func(size fyne.Size) {
		back.Resize(size)
		disc.Move(fyne.NewPos(10, 10))
		disc.Resize(fyne.NewSquareSize(stepMark()))
		m := number.MinSize()
		number.Move(fyne.NewPos(10+(stepMark()-m.Width)/2, 10+(stepMark()-m.Height)/2))
		number.Resize(m)
		w := textWidth(size.Width)
		h := name.heightFor(w)
		name.Move(fyne.NewPos(10+stepMark()+14, 10))
		name.Resize(fyne.NewSize(w, h))
		detail.Move(fyne.NewPos(10+stepMark()+14, 10+h+1))
		detail.Resize(fyne.NewSize(w, detail.heightFor(w)))
	}
	r.min = func() fyne.Size {
		w := textWidth(max(s.Size().Width, SideWidth-32))
		return fyne.NewSize(160, 10+name.heightFor(w)+1+detail.heightFor(w)+10)
	}
	s.redraw = r.refresh
	r.refresh()
	return r
}
