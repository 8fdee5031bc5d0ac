package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// field is a text field that passes every key on, so that quick exit, Escape
// and Enter work while one types.
type field struct {
	widget.Entry
	keys   *keys
	submit func() // Enter in a field of one line
}

func newField(k *keys, placeholder string) *field {
	f := &field{keys: k}
	f.PlaceHolder = placeholder
	f.Wrapping = fyne.TextWrapOff
	f.Scroll = fyne.ScrollHorizontalOnly
	f.ExtendBaseWidget(f)
	f.OnSubmitted = func(string) {
		if f.submit != nil {
			f.submit()
		} else if f.keys.enter != nil {
			f.keys.enter()
		}
	}
	return f
}

// newAddress is a field for an address: one line in monospace.
func newAddress(k *keys, placeholder string) *field {
	f := newField(k, placeholder)
	f.TextStyle = fyne.TextStyle{Monospace: true}
	return f
}

// newSecret is a field whose text is hidden until the eye is pressed.
func newSecret(k *keys, placeholder string) *field {
	f := newField(k, placeholder)
	f.Password = true
	return f
}

// newNote is a field of several lines.
func newNote(k *keys, placeholder string, rows int) *field {
	f := newField(k, placeholder)
	f.MultiLine = true
	f.Wrapping = fyne.TextWrapWord
	f.Scroll = fyne.ScrollVerticalOnly
	f.SetMinRowsVisible(rows)
	return f
}

func (f *field) FocusGained() {
	f.Entry.FocusGained()
	f.keys.reveal()
}

func (f *field) KeyDown(e *fyne.KeyEvent) {
	f.Entry.KeyDown(e)
	// In a field V is a letter; only the keys that mean the same everywhere pass.
	if e.Name != fyne.KeyV {
		f.keys.down(e)
	} else {
		f.keys.active()
		f.keys.shifts = 0
	}
}

func (f *field) KeyUp(e *fyne.KeyEvent) {
	f.Entry.KeyUp(e)
	f.keys.up(e)
}

func (f *field) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		f.keys.typed(e)
		return
	}
	f.Entry.TypedKey(e)
}

func (f *field) MouseMoved(e *desktop.MouseEvent) { f.keys.active() }
func (f *field) MouseIn(*desktop.MouseEvent)      {}
func (f *field) MouseOut()                        {}

// MinSize keeps fields from making their screen wide.
func (f *field) MinSize() fyne.Size {
	s := f.Entry.MinSize()
	return fyne.NewSize(80, max(s.Height, 40))
}
