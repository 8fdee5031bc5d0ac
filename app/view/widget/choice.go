package widget

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Tick is a line that can be on or off: one of several (a radio button), or by
// itself (a check box). The words are part of the target.
type Tick struct {
	pressable
	label   *Text
	on      bool
	onMark  string
	offMark string
	group   []*Tick // of radio buttons: one stop for Tab, arrows go on inside
	breaks  bool    // the label breaks early
}

// Disabled keeps Tab from stopping at every button of a group: it stops at the one that is on, or
// at the first where none is.
func (t *Tick) Disabled() bool {
	if len(t.group) == 0 {
		return false
	}
	for _, other := range t.group {
		if other.on {
			return !t.on
		}
	}
	return t.group[0] != t
}

// Enable and Disable are there for Fyne, which asks with them whether Tab stops here.
func (t *Tick) Enable()  {}
func (t *Tick) Disable() {}

// TypedKey moves inside a group with the arrows, which choose as they go.
func (t *Tick) TypedKey(e *fyne.KeyEvent) {
	step := map[fyne.KeyName]int{fyne.KeyDown: 1, fyne.KeyRight: 1, fyne.KeyUp: -1, fyne.KeyLeft: -1}[e.Name]
	if step == 0 || len(t.group) < 2 {
		t.pressable.TypedKey(e)
		return
	}
	t.keys.active()
	at := slices.Index(t.group, t)
	to := t.group[(at+step+len(t.group))%len(t.group)]
	to.on, t.on = true, false // so that it can take the focus
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(to)
	}
	to.press()
}

func newTick(k *Keys, onMark, offMark string, on bool, words ...Span) *Tick {
	t := &Tick{label: NewText(words...), on: on, onMark: onMark, offMark: offMark}
	t.keys = k
	t.ExtendBaseWidget(t)
	return t
}

// NewCheck is a check box.
func NewCheck(k *Keys, on bool, changed func(bool), words ...Span) *Tick {
	t := newTick(k, "boxed", "box", on, words...)
	t.press = func() {
		t.set(!t.on)
		changed(t.on)
	}
	return t
}

// widestLabel is what a label asks for at most before it breaks into lines.
const widestLabel = 480

// NewChoice is a group of radio buttons; changed hears the index.
func NewChoice(k *Keys, chosen int, changed func(int), labels ...[]Span) []*Tick {
	group := make([]*Tick, len(labels))
	for i, words := range labels {
		t := newTick(k, "radioed", "radio", i == chosen, words...)
		t.press = func() {
			for _, other := range group {
				other.set(other == t)
			}
			if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil && c.Focused() != nil && c.Focused() != t &&
				slices.ContainsFunc(group, func(other *Tick) bool { return c.Focused() == other }) {
				c.Focus(t)
			}
			changed(i)
		}
		group[i] = t
	}
	for _, t := range group {
		t.group = group
	}
	return group
}

// Breaks lets the label break into lines early, where it stands beside something in a row.
func (t *Tick) Breaks() { t.breaks = true }

func (t *Tick) set(on bool) {
	t.on = on
	t.changed()
}

func (t *Tick) Words() string { return t.label.Content() }

// tickMark is the side of the mark in front of a line.
func tickMark() float32 { return 18 * Scale() }

func (t *Tick) heightFor(width float32) float32 {
	return max(minTarget, t.label.heightFor(width-tickMark()-GapSmall-2*gapTiny)+2*gapTiny)
}

func (t *Tick) MinSize() fyne.Size {
	// A long label breaks: it must not make its screen wider.
	widest := float32(widestLabel)
	if t.breaks {
		widest = 150
	}
	w := min(t.label.natural(), widest) + 1 + tickMark() + GapSmall + 2*gapTiny
	at := t.Size().Width
	if at <= 0 {
		at = w
	}
	return fyne.NewSize(w, t.heightFor(at))
}

func (t *Tick) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeWidth = RadiusField, 2
	m := &canvas.Image{FillMode: canvas.ImageFillContain}
	r := &simpleRenderer{objects: []fyne.CanvasObject{ring, m, t.label}}
	r.refresh = func() {
		name, role := t.offMark, RoleMute
		if t.on {
			name, role = t.onMark, RoleAccent
		}
		m.Resource = markResource(name, role)
		ring.StrokeColor, ring.FillColor = color.Transparent, color.Transparent
		if t.hovered {
			ring.FillColor = Tint(roleHover)
		}
		if t.focused {
			ring.StrokeColor = Tint(RoleAccent)
		}
		ring.Refresh()
		m.Refresh()
		t.label.Refresh()
	}
	r.layout = func(s fyne.Size) {
		ring.Resize(s)
		first := t.label.laidOut(s.Width - tickMark() - GapSmall - 2*gapTiny)[0].height
		h := t.label.heightFor(s.Width - tickMark() - GapSmall - 2*gapTiny)
		top := (s.Height - h) / 2
		m.Move(fyne.NewPos(gapTiny, top+(first-tickMark())/2))
		m.Resize(fyne.NewSquareSize(tickMark()))
		t.label.Move(fyne.NewPos(gapTiny+tickMark()+GapSmall, top))
		t.label.Resize(fyne.NewSize(s.Width-tickMark()-GapSmall-2*gapTiny, h))
	}
	r.min = t.MinSize
	t.redraw = r.refresh
	r.refresh()
	return r
}

// Picker is a button that opens a list to choose one from.
type Picker struct {
	Button
	labels  []string
	chosen  int
	changed func(int)
}

func NewPicker(k *Keys, labels []string, chosen int, changed func(int)) *Picker {
	p := &Picker{labels: labels, chosen: chosen, changed: changed}
	p.keys, p.kind, p.size = k, ButtonPlain, SizeSmall
	p.after = []string{"down"}
	if chosen >= 0 && chosen < len(labels) {
		p.label = labels[chosen]
	}
	p.press = p.open
	p.ExtendBaseWidget(p)
	return p
}

func (p *Picker) open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(p)
	if c == nil {
		return
	}
	items := make([]MenuItem, len(p.labels))
	for i, l := range p.labels {
		items[i] = MenuItem{Label: l, Checked: i == p.chosen, Press: func() {
			p.keys.active()
			p.Pick(i)
		}}
	}
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(p)
	ShowMenu(p.keys, c, pos.AddXY(0, p.Size().Height+gapTiny), items)
}

// Choices are what can be chosen.
func (p *Picker) Choices() []string { return p.labels }

// Pick chooses an entry, as the person does.
func (p *Picker) Pick(i int) {
	p.chosen = i
	p.Rename(p.labels[i])
	p.changed(i)
}
