package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// tall is what knows its height for a width before it is laid out. Fyne asks
// for one minimal size only, which wrapped text cannot answer.
type tall interface{ heightFor(width float32) float32 }

// tallLayout is the same for a layout.
type tallLayout interface {
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

func HeightOf(o fyne.CanvasObject, width float32) float32 {
	if !o.Visible() {
		return 0
	}
	if t, ok := o.(tall); ok {
		return t.heightFor(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(tallLayout); ok {
			return l.heightFor(c.Objects, width)
		}
	}
	return o.MinSize().Height
}

func naturalWidth(o fyne.CanvasObject) float32 {
	if t, ok := o.(*Text); ok {
		return t.natural() + 1
	}
	return o.MinSize().Width
}

// stackLayout puts objects below each other, each over the whole width.
type stackLayout struct {
	gap   float32
	width float32 // last given, for MinSize
}

// Stack puts objects below each other.
func Stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stackLayout{gap: gap}, Present(objects)...)
}

// Present drops nil objects, so that screens can leave something out.
func Present(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, o := range objects {
		if o != nil {
			out = append(out, o)
		}
	}
	return out
}

func (l *stackLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	l.width = width
	var h float32
	n := 0
	for _, o := range objects {
		if o.Visible() {
			h += HeightOf(o, width)
			n++
		}
	}
	return h + l.gap*float32(max(n-1, 0))
}

func (l *stackLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	var y float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := HeightOf(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

func (l *stackLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w float32
	for _, o := range objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	return fyne.NewSize(w, l.heightFor(objects, max(l.width, w)))
}

// rowLayout puts objects beside each other. One of them may take what is left.
type rowLayout struct {
	gap   float32
	grow  int  // index of the object that takes what is left; -1: none
	top   bool // aligned at the top instead of the middle
	width float32
}

// Row puts objects beside each other; none grows.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&rowLayout{gap: gap, grow: -1}, objects...)
}

// RowGrow is a row in which one object takes what the others leave.
func RowGrow(gap float32, grow int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&rowLayout{gap: gap, grow: grow}, objects...)
}

// RowTop is rowGrow, aligned at the top.
func RowTop(gap float32, grow int, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&rowLayout{gap: gap, grow: grow, top: true}, objects...)
}

func (l *rowLayout) widths(objects []fyne.CanvasObject, width float32) []float32 {
	ws := make([]float32, len(objects))
	left := width - l.gap*float32(max(len(objects)-1, 0))
	for i, o := range objects {
		if i != l.grow {
			ws[i] = naturalWidth(o)
			left -= ws[i]
		}
	}
	if l.grow >= 0 && l.grow < len(objects) {
		ws[l.grow] = max(left, objects[l.grow].MinSize().Width)
	}
	return ws
}

// below reports whether there is no room for all beside each other: they go below each other then.
func (l *rowLayout) below(objects []fyne.CanvasObject, width float32) bool {
	if width <= 0 {
		return false
	}
	need := l.gap * float32(max(len(objects)-1, 0))
	for i, o := range objects {
		if i == l.grow {
			need += o.MinSize().Width
			if Narrow() { // a column of single words is no help
				need += max(0, min(naturalWidth(o), width/3)-o.MinSize().Width)
			}
		} else {
			need += naturalWidth(o)
		}
	}
	return need > width+0.5
}

func (l *rowLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	l.width = width
	if l.below(objects, width) {
		var h float32
		for i, o := range objects {
			h += HeightOf(o, l.belowWidth(i, o, width))
		}
		return h + GapSmall*float32(len(objects)-1)
	}
	var h float32
	for i, w := range l.widths(objects, width) {
		h = max(h, HeightOf(objects[i], w))
	}
	return h
}

// belowWidth is the width of an object that stands below another.
func (l *rowLayout) belowWidth(i int, o fyne.CanvasObject, width float32) float32 {
	if i == l.grow {
		return width
	}
	return min(naturalWidth(o), width)
}

func (l *rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	if l.below(objects, size.Width) {
		var y float32
		for i, o := range objects {
			w := l.belowWidth(i, o, size.Width)
			h := HeightOf(o, w)
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(w, h))
			y += h + GapSmall
		}
		return
	}
	var x float32
	for i, w := range l.widths(objects, size.Width) {
		h := HeightOf(objects[i], w)
		y := float32(0)
		if !l.top {
			y = (size.Height - h) / 2
		}
		objects[i].Move(fyne.NewPos(x, y))
		objects[i].Resize(fyne.NewSize(w, h))
		x += w + l.gap
	}
}

func (l *rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := l.gap * float32(max(len(objects)-1, 0))
	for i, o := range objects {
		if i == l.grow {
			w += o.MinSize().Width
		} else {
			w += naturalWidth(o)
		}
	}
	return fyne.NewSize(w, l.heightFor(objects, max(l.width, w)))
}

// wrapLayout puts objects beside each other and goes on below when there is no
// room: buttons and chips, whose words are longer in some languages.
type wrapLayout struct {
	gap   float32
	width float32
}

func Wrap(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&wrapLayout{gap: gap}, Present(objects)...)
}

func (l *wrapLayout) place(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	var x, y, rowHeight float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		w := min(naturalWidth(o), width)
		h := HeightOf(o, w)
		if x > 0 && x+w > width {
			x, y = 0, y+rowHeight+min(l.gap, GapSmall) // rows of choices belong together
			rowHeight = 0
		}
		if put != nil {
			put(o, x, y, w, h)
		}
		x += w + l.gap
		rowHeight = max(rowHeight, h)
	}
	return y + rowHeight
}

func (l *wrapLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	l.width = width
	return l.place(objects, width, nil)
}

func (l *wrapLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.place(objects, size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}

func (l *wrapLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var w float32
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	return fyne.NewSize(w, l.heightFor(objects, max(l.width, w)))
}

// columnsLayout puts two objects beside each other in a proportion, or below
// each other when the window is too narrow for both.
type columnsLayout struct {
	gap   float32
	left  float32 // share of the width, or a fixed width if above 1
	least float32 // below this width the second goes under the first
	width float32
}

func Columns(gap, left, least float32, a, b fyne.CanvasObject) *fyne.Container {
	return container.New(&columnsLayout{gap: gap, left: left, least: least}, a, b)
}

func (l *columnsLayout) split(width float32) (a, b float32, beside bool) {
	if width < l.least*Scale() {
		return width, width, false
	}
	a = l.left * Scale()
	if l.left <= 1 {
		a = (width - l.gap) * l.left
	}
	return a, width - l.gap - a, true
}

func (l *columnsLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	l.width = width
	a, b, beside := l.split(width)
	ha, hb := HeightOf(objects[0], a), HeightOf(objects[1], b)
	if beside {
		return max(ha, hb)
	}
	return ha + l.gap + hb
}

func (l *columnsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	a, b, beside := l.split(size.Width)
	ha, hb := HeightOf(objects[0], a), HeightOf(objects[1], b)
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(fyne.NewSize(a, ha))
	if beside {
		objects[1].Move(fyne.NewPos(a+l.gap, 0))
	} else {
		objects[1].Move(fyne.NewPos(0, ha+l.gap))
	}
	objects[1].Resize(fyne.NewSize(b, hb))
}

func (l *columnsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := max(objects[0].MinSize().Width, objects[1].MinSize().Width)
	return fyne.NewSize(w, l.heightFor(objects, max(l.width, w)))
}

// insetLayout leaves a margin around one object; further objects fill the
// whole area behind it.
type insetLayout struct {
	top, right, bottom, left float32
	width                    float32
}

// Inset leaves a margin around content, over backgrounds that fill everything.
func Inset(top, right, bottom, left float32, content fyne.CanvasObject, behind ...fyne.CanvasObject) *fyne.Container {
	return container.New(&insetLayout{top: top, right: right, bottom: bottom, left: left}, append(behind, content)...)
}

func (l *insetLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	l.width = width
	return HeightOf(objects[len(objects)-1], width-l.left-l.right) + l.top + l.bottom
}

func (l *insetLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	for _, o := range objects[:len(objects)-1] {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	c := objects[len(objects)-1]
	c.Move(fyne.NewPos(l.left, l.top))
	c.Resize(fyne.NewSize(size.Width-l.left-l.right, size.Height-l.top-l.bottom))
}

func (l *insetLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := objects[len(objects)-1].MinSize().Width + l.left + l.right
	return fyne.NewSize(w, l.heightFor(objects, max(l.width, w)))
}

// sizedLayout gives its objects a fixed size; a width of 0 takes what there is.
type sizedLayout struct{ width, height float32 }

func Sized(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&sizedLayout{width, height}, o)
}

func (l *sizedLayout) heightFor([]fyne.CanvasObject, float32) float32 { return l.height }

func (l *sizedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func (l *sizedLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(l.width, l.height) }

// Lower lets an object stand lower than its place, without asking for more room.
type Lower struct{ by float32 }

// Lowered puts an object where it can be let stand lower.
func Lowered(o fyne.CanvasObject) (*fyne.Container, *Lower) {
	l := &Lower{}
	return container.New(l, o), l
}

// By says how much lower; the next layout obeys.
func (l *Lower) By(d float32) { l.by = d }

func (l *Lower) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return HeightOf(objects[0], width)
}

func (l *Lower) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(0, l.by))
	objects[0].Resize(size)
}

func (l *Lower) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
