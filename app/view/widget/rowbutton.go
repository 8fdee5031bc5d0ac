package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// RowButton is one line of a list that can be pressed: a mark and a name.
type RowButton struct {
	pressable
	mark  string
	label *Text
}

func NewRowButton(k *Keys, markName, label string, press func()) *RowButton {
	b := &RowButton{mark: markName, label: NewText(Plain(label))}
	b.keys, b.press = k, press
	b.ExtendBaseWidget(b)
	return b
}

func (b *RowButton) Words() string { return b.label.Content() }

func (b *RowButton) heightFor(width float32) float32 {
	return max(minTarget, b.label.heightFor(width-40)+8)
}

func (b *RowButton) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = RadiusField
	m := canvas.NewImageFromResource(markResource(b.mark, RoleMute))
	m.FillMode = canvas.ImageFillContain
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, m, b.label}}
	r.refresh = func() {
		back.FillColor, back.StrokeColor, back.StrokeWidth = color.Transparent, color.Transparent, 2
		if b.hovered {
			back.FillColor = Tint(roleHover)
		}
		if b.focused {
			back.StrokeColor = Tint(RoleAccent)
		}
		back.Refresh()
	}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		m.Move(fyne.NewPos(8, (s.Height-16)/2))
		m.Resize(fyne.NewSquareSize(16))
		h := b.label.heightFor(s.Width - 40)
		b.label.Move(fyne.NewPos(34, (s.Height-h)/2))
		b.label.Resize(fyne.NewSize(s.Width-40, h))
	}
	r.min = func() fyne.Size { return fyne.NewSize(120, b.heightFor(max(b.Size().Width, 120))) }
	b.redraw = r.refresh
	r.refresh()
	return r
}
