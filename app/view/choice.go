package view

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// tick is a line that can be on or off: one of several (a radio button), or by
// itself (a check box). The words are part of the target.
type tick struct {
	pressable
	label   *text
	on      bool
	onMark  string
	offMark string
}

func newTick(k *keys, onMark, offMark string, on bool, words ...span) *tick {
	t := &tick{label: newText(words...), on: on, onMark: onMark, offMark: offMark}
	t.keys = k
	t.ExtendBaseWidget(t)
	return t
}

// newCheck is a check box.
func newCheck(k *keys, on bool, changed func(bool), words ...span) *tick {
	t := newTick(k, "boxed", "box", on, words...)
	t.press = func() {
		t.set(!t.on)
		changed(t.on)
	}
	return t
}

// newChoice is a group of radio buttons; changed hears the index.
func newChoice(k *keys, chosen int, changed func(int), labels ...[]span) []*tick {
	group := make([]*tick, len(labels))
	for i, words := range labels {
		t := newTick(k, "radioed", "radio", i == chosen, words...)
		t.press = func() {
			for _, other := range group {
				other.set(other == t)
			}
			changed(i)
		}
		group[i] = t
	}
	return group
}

func (t *tick) set(on bool) {
	t.on = on
	t.changed()
}

const tickMark = 18

func (t *tick) heightFor(width float32) float32 {
	return max(minTarget, t.label.heightFor(width-tickMark-gapSmall-2*gapTiny)+2*gapTiny)
}

func (t *tick) MinSize() fyne.Size {
	w := t.label.natural() + 1 + tickMark + gapSmall + 2*gapTiny
	at := t.Size().Width
	if at <= 0 {
		at = w
	}
	return fyne.NewSize(w, t.heightFor(at))
}

func (t *tick) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth = radiusField, 2
	m := &canvas.Image{FillMode: canvas.ImageFillContain}
	r := &simpleRenderer{objects: []fyne.CanvasObject{ring, m, t.label}}
	r.refresh = func() {
		name, role := t.offMark, roleMute
		if t.on {
			name, role = t.onMark, roleAccent
		}
		m.Resource = markResource(name, role)
		ring.StrokeColor, ring.FillColor = color.Transparent, color.Transparent
		if t.hovered {
			ring.FillColor = tint(roleHover)
		}
		if t.focused {
			ring.StrokeColor = tint(roleAccent)
		}
		ring.Refresh()
		m.Refresh()
		t.label.Refresh()
	}
	r.layout = func(s fyne.Size) {
		ring.Resize(s)
		first := t.label.laidOut(s.Width - tickMark - gapSmall - 2*gapTiny)[0].height
		h := t.label.heightFor(s.Width - tickMark - gapSmall - 2*gapTiny)
		top := (s.Height - h) / 2
		m.Move(fyne.NewPos(gapTiny, top+(first-tickMark)/2))
		m.Resize(fyne.NewSquareSize(tickMark))
		t.label.Move(fyne.NewPos(gapTiny+tickMark+gapSmall, top))
		t.label.Resize(fyne.NewSize(s.Width-tickMark-gapSmall-2*gapTiny, h))
	}
	r.min = t.MinSize
	t.redraw = r.refresh
	r.refresh()
	return r
}

// picker is a button that opens a list to choose one from.
type picker struct {
	button
	labels  []string
	chosen  int
	changed func(int)
}

func newPicker(k *keys, labels []string, chosen int, changed func(int)) *picker {
	p := &picker{labels: labels, chosen: chosen, changed: changed}
	p.keys, p.kind, p.size = k, buttonPlain, sizeSmall
	p.after = []string{"down"}
	if chosen >= 0 && chosen < len(labels) {
		p.label = labels[chosen]
	}
	p.press = p.open
	p.ExtendBaseWidget(p)
	return p
}

func (p *picker) open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	items := make([]*fyne.MenuItem, len(p.labels))
	for i, l := range p.labels {
		items[i] = fyne.NewMenuItem(l, func() {
			p.keys.active()
			p.pick(i)
		})
		items[i].Checked = i == p.chosen
	}
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, pos.AddXY(0, p.Size().Height+gapTiny))
}

func (p *picker) pick(i int) {
	p.chosen = i
	p.rename(p.labels[i])
	p.changed(i)
}
