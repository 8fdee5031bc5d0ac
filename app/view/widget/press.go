package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// pressable is what every widget of ours that can be pressed shares: it is
// reached with Tab, pressed with Space, Enter or the pointer, and shows where
// the focus and the pointer are.
type pressable struct {
	widget.BaseWidget
	keys     *Keys
	press    func()
	redraw   func()
	hovered  bool
	focused  bool
	disabled bool
}

func (p *pressable) Tapped(*fyne.PointEvent) { p.pressed() }

func (p *pressable) pressed() {
	p.keys.active()
	if !p.disabled && p.press != nil {
		p.press()
	}
}

func (p *pressable) changed() {
	if p.redraw != nil {
		p.redraw()
	}
}

func (p *pressable) FocusGained() {
	p.focused = true
	p.changed()
	p.keys.reveal()
}

func (p *pressable) FocusLost() {
	p.focused = false
	p.changed()
}

func (p *pressable) TypedRune(rune) {}

func (p *pressable) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.pressed()
	default:
		p.keys.Typed(e)
	}
}

func (p *pressable) KeyDown(e *fyne.KeyEvent) { p.keys.Down(e) }
func (p *pressable) KeyUp(e *fyne.KeyEvent)   { p.keys.Up(e) }

func (p *pressable) MouseIn(*desktop.MouseEvent) {
	p.hovered = true
	p.changed()
}

func (p *pressable) MouseMoved(*desktop.MouseEvent) { p.keys.active() }

func (p *pressable) MouseOut() {
	p.hovered = false
	p.changed()
}

func (p *pressable) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Disable greys the widget; it stays where it is and says nothing when pressed.
func (p *pressable) Disable(off bool) {
	p.disabled = off
	p.changed()
}

// Disabled reports whether it says nothing when pressed.
func (p *pressable) Disabled() bool { return p.disabled }

// simpleRenderer draws fixed objects with functions for the rest.
type simpleRenderer struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	refresh func()
}

func (r *simpleRenderer) Layout(s fyne.Size)           { r.layout(s) }
func (r *simpleRenderer) MinSize() fyne.Size           { return r.min() }
func (r *simpleRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *simpleRenderer) Destroy()                     {}

func (r *simpleRenderer) Refresh() {
	if r.refresh != nil {
		r.refresh()
	}
}
