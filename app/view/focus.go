package view

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// refresh draws the present screen anew with what came in, and leaves the
// focus on what the person had it on, if that is still there.
func (w *Window) refresh() {
	name := nameOf(w.cfg.Window.Canvas())
	w.rebuild()
	w.focusOn(name)
}

// nameOf is the name of what has the focus; see named.
func nameOf(canvas fyne.Canvas) string {
	for n, f := range named(canvas.Content()) {
		if f == canvas.Focused() {
			return n
		}
	}
	return ""
}

// focusOn gives the focus to what has this name; nothing, if nothing has.
func (w *Window) focusOn(name string) {
	canvas := w.cfg.Window.Canvas()
	if f, ok := named(canvas.Content())[name]; ok && f != canvas.Focused() {
		w.building = true // what has the focus does not scroll the screen
		defer func() { w.building = false }()
		canvas.Focus(f)
	}
}

// toContent gives the focus to the first thing of the screen itself.
func (w *Window) toContent() { w.focusFirst(w.frame.body) }

// area goes with F6 from the screen itself to the ways around it, and back.
func (w *Window) area() {
	if w.left || w.frame.body == nil {
		return
	}
	if o, ok := w.cfg.Window.Canvas().Focused().(fyne.CanvasObject); ok && within(w.frame.body, o) {
		w.focusFirst(w.frame.root)
		return
	}
	w.toContent()
}

// focusFirst gives the focus to the first thing that can have it.
func (w *Window) focusFirst(root fyne.CanvasObject) {
	var find func(fyne.CanvasObject) fyne.Focusable
	find = func(o fyne.CanvasObject) fyne.Focusable {
		if !o.Visible() {
			return nil
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				if f := find(c); f != nil {
					return f
				}
			}
		case *container.Scroll:
			return find(o.Content)
		case fyne.Disableable:
			if f, ok := o.(fyne.Focusable); ok && !o.Disabled() {
				return f
			}
		case fyne.Focusable:
			if d, ok := o.(interface{ Disabled() bool }); !ok || !d.Disabled() {
				return o
			}
		}
		return nil
	}
	if f := find(root); f != nil {
		w.cfg.Window.Canvas().Focus(f)
	}
}

// named gives everything that can have the focus a name that is the same after
// the screen was drawn anew: its words, and its place among its like.
func named(root fyne.CanvasObject) map[string]fyne.Focusable {
	out := map[string]fyne.Focusable{}
	seen := map[string]int{}
	var visit func(fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				visit(c)
			}
		case *container.Scroll:
			visit(o.Content)
		case fyne.Focusable:
			name := fmt.Sprintf("%T %s", o, wordsOf(o))
			seen[name]++
			out[fmt.Sprintf("%s %d", name, seen[name])] = o
		}
	}
	visit(root)
	return out
}

// wordsOf is what is written on something that can be pressed.
func wordsOf(o fyne.Focusable) string {
	if o, ok := o.(interface{ Words() string }); ok {
		return o.Words()
	}
	return ""
}
