package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Ear lets assistive technology hear what scrolls. Fyne's walk for it reads a container's objects and
// goes into nothing else, so into no scroll. An ear lies beside the rest in a container: it is drawn
// nowhere, and its objects say label, role and place of the widgets in every scroll below root, as
// they are at the moment of the walk. Nothing is kept twice: the widgets themselves are asked.
func NewEar(root func() fyne.CanvasObject) fyne.CanvasObject {
	e := &ear{root: root, inner: container.NewWithoutLayout()}
	return container.NewWithoutLayout(e, e.inner)
}

// ear comes before what it fills, and is asked whether it can be seen before that is read.
type ear struct {
	silent
	root  func() fyne.CanvasObject
	inner *fyne.Container
	spare []*echo
	next  []fyne.CanvasObject
}

// Visible fills what comes next in the walk. Itself it is never seen.
func (e *ear) Visible() bool {
	e.next = e.next[:0]
	if o := e.root(); o != nil {
		e.collect(o, fyne.Position{}, false)
	}
	if !slices.Equal(e.inner.Objects, e.next) {
		e.inner.Objects = slices.Clone(e.next)
	}
	return false
}

func (e *ear) collect(o fyne.CanvasObject, at fyne.Position, scrolls bool) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch o := o.(type) {
	case *container.Scroll:
		e.collect(o.Content, at, true)
	case *fyne.Container:
		for _, c := range o.Objects {
			e.collect(c, at, scrolls)
		}
	case fyne.Accessible:
		if scrolls {
			n := len(e.next)
			if n == len(e.spare) {
				e.spare = append(e.spare, &echo{})
			}
			x := e.spare[n]
			x.of, x.at = o, at
			x.size = o.(fyne.CanvasObject).Size()
			e.next = append(e.next, x)
		}
	}
}

// echo says what a widget says, where it is.
type echo struct {
	silent
	of   fyne.Accessible
	at   fyne.Position
	size fyne.Size
}

func (e *echo) Visible() bool                          { return true }
func (e *echo) Position() fyne.Position                { return e.at }
func (e *echo) Size() fyne.Size                        { return e.size }
func (e *echo) AccessibilityLabel() string             { return e.of.AccessibilityLabel() }
func (e *echo) AccessibilityRole() fyne.AccessibleRole { return e.of.AccessibilityRole() }

// silent is an object that takes no room and draws nothing.
type silent struct{}

// Unseen tells it from what is drawn.
func (silent) Unseen() {}

func (silent) MinSize() fyne.Size      { return fyne.Size{} }
func (silent) Move(fyne.Position)      {}
func (silent) Position() fyne.Position { return fyne.Position{} }
func (silent) Resize(fyne.Size)        {}
func (silent) Size() fyne.Size         { return fyne.Size{} }
func (silent) Hide()                   {}
func (silent) Visible() bool           { return false }
func (silent) Show()                   {}
func (silent) Refresh()                {}
