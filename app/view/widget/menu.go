package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// MenuItem is one line of a menu.
type MenuItem struct {
	Label   string
	Checked bool
	Press   func()
}

// ShowMenu opens a list at a place of the window. Unlike Fyne's own it hears the keys that mean the
// same everywhere, so that quick exit works over it, and a press on what lies at the exit's place
// reaches it.
func ShowMenu(k *Keys, c fyne.Canvas, at fyne.Position, items []MenuItem) {
	k.CloseMenu()
	m := &menu{keys: k}
	m.ExtendBaseWidget(m)
	var rows []fyne.CanvasObject
	var focus *menuRow
	for i, item := range items {
		row := &menuRow{RowButton: RowButton{label: NewLine(Plain(item.Label)), mark: "ring"}, at: i, of: m}
		if item.Checked {
			row.mark = "check"
			focus = row
		}
		row.keys = k
		row.press = func() {
			k.CloseMenu()
			item.Press()
		}
		row.ExtendBaseWidget(row)
		m.rows = append(m.rows, row)
		rows = append(rows, row)
	}
	if focus == nil && len(m.rows) > 0 {
		focus = m.rows[0]
	}
	list := Inset(6, 6, 6, 6, Stack(0, rows...), Panel(RoleCard, roleFieldLine, RadiusField))
	width := float32(120)
	for _, r := range m.rows {
		width = max(width, r.label.natural()+40+14)
	}
	size := c.Size()
	height := HeightOf(list, width)
	pos := fyne.NewPos(max(0, min(at.X, size.Width-width-8)), max(0, min(at.Y, size.Height-height-8)))
	all := container.NewWithoutLayout(m, list)
	m.Resize(size)
	list.Move(pos)
	list.Resize(fyne.NewSize(width, height))
	all.Resize(size)
	c.Overlays().Add(all)
	k.menu = func() { c.Overlays().Remove(all) }
	if focus != nil {
		c.Focus(focus)
	}
}

// menu lies behind the list, over the whole window: a press beside the list closes it.
type menu struct {
	widget.BaseWidget
	keys *Keys
	rows []*menuRow
}

func (m *menu) Tapped(e *fyne.PointEvent) {
	m.keys.active()
	m.keys.CloseMenu()
	if m.keys.exitAt != nil && m.keys.exitAt(e.AbsolutePosition) {
		m.keys.quit()
	}
}

func (m *menu) TappedSecondary(e *fyne.PointEvent) { m.Tapped(e) }
func (m *menu) MouseIn(*desktop.MouseEvent)        { m.keys.active() }
func (m *menu) MouseMoved(*desktop.MouseEvent)     { m.keys.active() }
func (m *menu) MouseOut()                          {}
func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// menuRow is one line; up and down go to its neighbours.
type menuRow struct {
	RowButton
	at int
	of *menu
}

func (r *menuRow) TypedKey(e *fyne.KeyEvent) {
	step := 0
	switch e.Name {
	case fyne.KeyEscape:
		r.keys.CloseMenu()
		return
	case fyne.KeyDown:
		step = 1
	case fyne.KeyUp:
		step = len(r.of.rows) - 1
	default:
		r.RowButton.TypedKey(e)
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
		c.Focus(r.of.rows[(r.at+step)%len(r.of.rows)])
	}
}

// ExitAt says where quick exit is, for a press while a menu lies over it.
func (k *Keys) ExitAt(at func(fyne.Position) bool) { k.exitAt = at }

// CloseMenu closes the menu that is open, if any.
func (k *Keys) CloseMenu() {
	if close := k.menu; close != nil {
		k.menu = nil
		close()
	}
}

// EditWords are the words of a field's menu, in the language of the screen.
type EditWords struct{ Cut, Copy, Paste, All string }

// Speak gives the words of menus.
func (k *Keys) Speak(words EditWords) { k.edit = words }
