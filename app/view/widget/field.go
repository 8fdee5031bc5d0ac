package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Field is a text field that passes every key on, so that quick exit, Escape
// and Enter work while one types.
type Field struct {
	widget.Entry
	keys   *Keys
	Submit func() // Enter in a field of one line
}

func NewField(k *Keys, placeholder string) *Field {
	f := &Field{keys: k}
	f.PlaceHolder = placeholder
	f.Wrapping = fyne.TextWrapOff
	f.Scroll = fyne.ScrollHorizontalOnly
	f.ExtendBaseWidget(f)
	f.OnSubmitted = func(string) {
		if f.Submit != nil {
			f.Submit()
		} else if f.keys.enter != nil {
			f.keys.enter()
		}
	}
	return f
}

// NewAddress is a field for an address: one line in monospace.
func NewAddress(k *Keys, placeholder string) *Field {
	f := NewField(k, placeholder)
	f.TextStyle = fyne.TextStyle{Monospace: true}
	return f
}

// NewSecret is a field whose text is hidden until the eye is pressed.
func NewSecret(k *Keys, placeholder string) *Field {
	f := NewField(k, placeholder)
	f.Password = true
	return f
}

// NewNote is a field of several lines.
func NewNote(k *Keys, placeholder string, rows int) *Field {
	f := NewField(k, placeholder)
	f.MultiLine = true
	f.Wrapping = fyne.TextWrapWord
	f.Scroll = fyne.ScrollVerticalOnly
	f.SetMinRowsVisible(rows)
	return f
}

// CreateRenderer lays something over Fyne's field that takes the wheel: a field would keep it, and a
// screen full of fields could not be scrolled.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	r := &fieldRenderer{WidgetRenderer: f.Entry.CreateRenderer(), wheel: &wheel{field: f}}
	r.wheel.ExtendBaseWidget(r.wheel)
	for _, o := range r.WidgetRenderer.Objects() {
		if s, ok := o.(fyne.Scrollable); ok {
			r.wheel.inner = s
		}
	}
	return r
}

type fieldRenderer struct {
	fyne.WidgetRenderer
	wheel *wheel
}

func (r *fieldRenderer) Objects() []fyne.CanvasObject {
	return append(append([]fyne.CanvasObject{}, r.WidgetRenderer.Objects()...), r.wheel)
}

func (r *fieldRenderer) Layout(s fyne.Size) {
	r.WidgetRenderer.Layout(s)
	r.wheel.Resize(s)
}

// wheel draws nothing, and hears nothing but the wheel.
type wheel struct {
	widget.BaseWidget
	field *Field
	inner fyne.Scrollable // what scrolls inside of the field
}

func (x *wheel) CreateRenderer() fyne.WidgetRenderer {
	return &simpleRenderer{layout: func(fyne.Size) {}, min: func() fyne.Size { return fyne.Size{} }}
}

// Scrolled scrolls the screen; a long note in which one writes scrolls itself.
func (x *wheel) Scrolled(e *fyne.ScrollEvent) {
	f := x.field
	c := fyne.CurrentApp().Driver().CanvasForObject(f)
	if f.MultiLine && x.inner != nil && c != nil && c.Focused() == f && f.overflows() {
		x.inner.Scrolled(e)
		return
	}
	if f.keys.wheel != nil {
		f.keys.active()
		f.keys.wheel(e)
	}
}

// overflows reports whether a note holds more than it shows.
func (f *Field) overflows() bool {
	const padding = 20
	return HeightOf(NewText(Plain(f.Text)), f.Size().Width-2*padding) > f.Size().Height-padding
}

// TappedSecondary opens a menu of ours: Fyne's speaks the system's language, and quick exit is dead
// under it.
func (f *Field) TappedSecondary(e *fyne.PointEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(f)
	if c == nil {
		return
	}
	f.keys.active()
	clipboard := fyne.CurrentApp().Clipboard()
	var items []MenuItem
	add := func(label string, s fyne.Shortcut) {
		items = append(items, MenuItem{Label: label, Press: func() {
			c.Focus(f)
			f.TypedShortcut(s)
		}})
	}
	if !f.Password {
		add(f.keys.edit.Cut, &fyne.ShortcutCut{Clipboard: clipboard})
		add(f.keys.edit.Copy, &fyne.ShortcutCopy{Clipboard: clipboard})
	}
	add(f.keys.edit.Paste, &fyne.ShortcutPaste{Clipboard: clipboard})
	add(f.keys.edit.All, &fyne.ShortcutSelectAll{})
	ShowMenu(f.keys, c, e.AbsolutePosition, items)
}

func (f *Field) FocusGained() {
	f.Entry.FocusGained()
	f.keys.reveal()
}

func (f *Field) KeyDown(e *fyne.KeyEvent) {
	f.Entry.KeyDown(e)
	// In a field V is a letter; only the keys that mean the same everywhere pass.
	if e.Name != fyne.KeyV {
		f.keys.Down(e)
	} else {
		f.keys.active()
		f.keys.shifts = 0
	}
}

func (f *Field) KeyUp(e *fyne.KeyEvent) {
	f.Entry.KeyUp(e)
	f.keys.Up(e)
}

func (f *Field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.keys.Typed(e)
		return
	}
	f.Entry.TypedKey(e)
}

func (f *Field) MouseMoved(e *desktop.MouseEvent) { f.keys.active() }
func (f *Field) MouseIn(*desktop.MouseEvent)      {}
func (f *Field) MouseOut()                        {}

// MinSize keeps fields from making their screen wide.
func (f *Field) MinSize() fyne.Size {
	s := f.Entry.MinSize()
	return fyne.NewSize(80, max(s.Height, 40))
}
