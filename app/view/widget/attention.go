package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// attention lies behind everything and notices that the person is there.
type attention struct {
	widget.BaseWidget
	keys *Keys
}

func NewAttention(k *Keys) *attention {
	a := &attention{keys: k}
	a.ExtendBaseWidget(a)
	return a
}

func (a *attention) MouseIn(*desktop.MouseEvent)    { a.keys.active() }
func (a *attention) MouseMoved(*desktop.MouseEvent) { a.keys.active() }
func (a *attention) MouseOut()                      {}

func (a *attention) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(Transparent))
}
