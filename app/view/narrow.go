package view

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// narrow is the frame for large text: the column at the left becomes a bar, its foot a line, and
// the rest scrolls between them. Quick exit stays top right.
func (f *frame) narrow(w *Window, p stage.Page) fyne.CanvasObject {
	name := w.stage.T("side.name")
	type way struct {
		label string
		open  func()
	}
	var ways []way
	if w.desk.Case.ID != "" {
		name = w.stage.T("side.case", "Title", evidence.Shorten(w.desk.Case.Title, 30))
		for i, s := range w.steps() {
			if i+1 == p.Step {
				name = strconv.Itoa(i+1) + " · " + s.name
			}
			ways = append(ways, way{strconv.Itoa(i+1) + " · " + s.name, s.open})
		}
	}
	to := func(key string, at stage.Place) {
		ways = append(ways, way{w.stage.T(key), func() { w.goTo(w.at(at)) }})
	}
	if w.session != nil && !p.Stay {
		if w.desk.Case.ID != "" {
			to("cases.all", stage.Cases)
		}
		to("settings.title", stage.Settings)
	}
	help := -1
	if w.app != nil {
		help = len(ways)
		ways = append(ways, way{w.stage.T("side.help"), w.help})
	}
	bar := []fyne.CanvasObject{widget.NewText(widget.Strong(name))}
	if len(ways) > 0 {
		labels := make([]string, len(ways))
		for i, x := range ways {
			labels[i] = x.label
		}
		pick := widget.NewPicker(w.keys, labels, -1, func(i int) {
			if i == help || !w.work.Busy() {
				ways[i].open()
			}
		})
		pick.Rename(w.stage.T("side.steps"))
		bar = append(bar, pick)
	}
	f.timer = widget.NewText(widget.SmallMute(""))
	foot := []fyne.CanvasObject{f.timer}
	if w.session != nil {
		f.countdown(w)
		foot = append([]fyne.CanvasObject{widget.NewText(widget.SmallMute(w.stage.T("side.call")))}, foot...)
	}
	strip := func(top float32, o fyne.CanvasObject) fyne.CanvasObject {
		return widget.Inset(top, widget.PageMargin, 8, widget.PageMargin, o, canvas.NewRectangle(widget.Tint(widget.RoleSide)))
	}
	return container.New(&narrowLayout{}, strip(12, w.topBar(p, widget.NewText())), strip(4, widget.RowGrow(widget.Gap, 0, bar...)), f.scroll,
		strip(8, widget.Wrap(20, foot...)))
}

// narrowLayout puts bars above what scrolls, and a line below it.
type narrowLayout struct{}

func (narrowLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(880, 560) }

func (narrowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var y float32
	for _, o := range objects[:2] {
		h := widget.HeightOf(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
	foot := objects[3]
	h := widget.HeightOf(foot, size.Width)
	foot.Move(fyne.NewPos(0, size.Height-h))
	foot.Resize(fyne.NewSize(size.Width, h))
	scroll := objects[2].(*container.Scroll)
	widget.HeightOf(scroll.Content, size.Width)
	scroll.Move(fyne.NewPos(0, y+12))
	scroll.Resize(fyne.NewSize(size.Width, max(0, size.Height-h-y-12)))
}
