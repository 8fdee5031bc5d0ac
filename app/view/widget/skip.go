package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Skip leads past the ways to other screens, for who uses the keys. It takes room only while it has
// the focus; around lays out what it lies in.
type Skip struct {
	Button
	around func()
}

// NewSkip makes one; it is the first thing in its column.
func NewSkip(k *Keys, label string, press, around func()) *Skip {
	s := &Skip{Button: Button{label: label, kind: ButtonPlain, size: SizeSmall}, around: around}
	s.keys, s.press = k, press
	s.ExtendBaseWidget(s)
	return s
}

func (s *Skip) FocusGained() {
	s.focused = true
	s.changed()
	s.around()
}

func (s *Skip) FocusLost() {
	s.focused = false
	s.changed()
	s.around()
}

func (s *Skip) heightFor(width float32) float32 {
	if !s.focused {
		return 0
	}
	return s.Button.heightFor(width)
}

func (s *Skip) MinSize() fyne.Size {
	if !s.focused {
		return fyne.Size{}
	}
	return fyne.NewSize(NewText(s.span()).natural()+1+s.sides(), minTarget)
}

func (s *Skip) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius, back.StrokeWidth = RadiusField, 2
	label := NewText(s.span())
	label.centre = true
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, label}, min: s.MinSize}
	r.layout = func(size fyne.Size) {
		back.Resize(size)
		w := max(1, min(label.natural()+1, size.Width-s.sides()))
		h := label.heightFor(w)
		label.Move(fyne.NewPos((size.Width-w)/2, (size.Height-h)/2))
		label.Resize(fyne.NewSize(w, h))
	}
	r.refresh = func() {
		back.FillColor, back.StrokeColor = Tint(RoleCard), Tint(RoleAccent)
		for _, o := range r.objects {
			if s.focused {
				o.Show()
			} else {
				o.Hide()
			}
			o.Refresh()
		}
	}
	s.redraw = r.refresh
	r.refresh()
	return r
}
