package view

import (
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// frame is what surrounds every screen: where one is at the left, language,
// lock and quick exit at the top right, who to call at the foot.
type frame struct {
	root   *fyne.Container
	scroll *container.Scroll
	body   *fyne.Container
	timer  *widget.Text
	main   *mainLayout
}

// prepare sets the window up. Its title says nothing but the program's name.
func (w *Window) prepare() {
	win := w.cfg.Window
	win.SetTitle(w.text.T("app.name"))
	win.SetPadded(false)
	w.frame.root = container.NewStack()
	win.SetContent(w.frame.root)
	win.Resize(Size)
	win.SetCloseIntercept(w.Exit)
	win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.dropped(uris) })
	c := win.Canvas()
	c.SetOnTypedKey(w.keys.Typed)
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(w.keys.Down)
		d.SetOnKeyUp(w.keys.Up)
	}
	if a := fyne.CurrentApp(); a != nil {
		// Light, dark or another scale: drawn anew.
		a.Settings().AddListener(func(fyne.Settings) { w.rebuild() })
	}
}

// fill draws a page into the frame; the same screen drawn anew stays where it
// was scrolled to.
func (f *frame) fill(w *Window, p stage.Page, same bool) {
	var at fyne.Position
	if same {
		at = f.scroll.Offset
	}
	f.body = widget.Stack(16, widget.Present([]fyne.CanvasObject{w.practiceBand(), w.noticeCard(), p.Body})...)
	if widget.Narrow() { // the title scrolls with the rest
		f.body.Objects = append([]fyne.CanvasObject{title(p)}, f.body.Objects...)
	}
	content := widget.Inset(0, widget.PageMargin, 24, widget.PageMargin, f.body)
	f.scroll = container.NewVScroll(content)
	w.keys.WheelTo(f.scroll.Scrolled)
	var all fyne.CanvasObject
	if widget.Narrow() {
		all = f.narrow(w, p)
	} else {
		if f.main == nil || !same {
			f.main = &mainLayout{}
		}
		f.main.head, f.main.lower = widget.Lowered(title(p))
		main := container.New(f.main, widget.Inset(widget.PageTop, widget.PageMargin, 0, widget.PageMargin, w.topBar(p, f.main.head)), f.scroll)
		all = container.New(&frameLayout{}, f.side(w, p), main)
	}
	f.root.Objects = []fyne.CanvasObject{
		canvas.NewRectangle(widget.Tint(widget.RolePaper)),
		widget.NewAttention(w.keys),
		all,
	}
	if w.cfg.Hearing {
		f.root.Add(widget.NewEar(func() fyne.CanvasObject { return all }))
	}
	f.root.Refresh()
	f.scroll.ScrollToOffset(at)
}

func (f *frame) toTop() {
	if f.scroll != nil {
		f.scroll.ScrollToTop()
	}
}

func title(p stage.Page) fyne.CanvasObject {
	return widget.NewText(widget.Span{Text: p.Title, Size: widget.SizeTitle, Bold: true})
}

// topBar is the first, the title, with language, lock and quick exit.
func (w *Window) topBar(p stage.Page, first fyne.CanvasObject) fyne.CanvasObject {
	labels := make([]string, len(words.Languages))
	chosen := 0
	for i, l := range words.Languages {
		labels[i] = words.Names[l]
		if l == w.text.Lang() {
			chosen = i
		}
	}
	objects := []fyne.CanvasObject{
		first,
		widget.NewPicker(w.keys, labels, chosen, func(i int) { w.speak(words.Languages[i]) }),
	}
	if w.session != nil && !p.Stay {
		b := w.stage.Button(widget.ButtonPlain, "lock", w.Lock)
		b.Small()
		objects = append(objects, b)
	}
	quit := w.stage.Button(widget.ButtonInk, "exit", w.Exit)
	quit.Small()
	quit.Marked("shift", "shift", "shift")
	w.keys.ExitAt(func(at fyne.Position) bool {
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(quit)
		return at.X >= top.X && at.Y >= top.Y && at.X <= top.X+quit.Size().Width && at.Y <= top.Y+quit.Size().Height
	})
	w.keys.Speak(
		widget.EditWords{
			Cut:   w.stage.T("edit.cut"),
			Copy:  w.stage.T("edit.copy"),
			Paste: w.stage.T("edit.paste"),
			All:   w.stage.T("edit.all"),
		},
	)
	return widget.RowGrow(widget.Gap, 0, append(objects, quit)...)
}

// side is the column at the left.
func (f *frame) side(w *Window, p stage.Page) fyne.CanvasObject {
	name, detail := w.stage.T("side.name"), w.stage.T("side.locked")
	var steps []fyne.CanvasObject
	if w.session != nil {
		detail = w.stage.T("side.encrypted")
	}
	if w.desk.Case.ID != "" {
		name = w.stage.T("side.case", "Title", evidence.Shorten(w.desk.Case.Title, 60))
		if w.desk.Case.Practice {
			name = w.stage.T("practice.case")
		}
		detail = w.stage.N("side.exhibits", w.desk.Case.Exhibits)
		for i, s := range w.steps() {
			state := widget.StepOpen
			switch {
			case i+1 == p.Step:
				state = widget.StepHere
			case s.done:
				state = widget.StepDone
			}
			item := widget.NewStepItem(w.keys, i+1, s.name, s.detail, state, s.open)
			item.Disable(w.work.Busy())
			steps = append(steps, item)
		}
	}
	column := container.New(&sideLayout{})
	top := []fyne.CanvasObject{
		widget.NewSkip(w.keys, w.stage.T("side.skip"), w.toContent, column.Refresh),
		widget.NewText(widget.Head(name)), widget.NewText(widget.SmallMute(detail)),
	}
	if len(steps) > 0 {
		top = append(top, widget.Space(12), widget.Stack(6, steps...))
	}
	f.timer = widget.NewText(widget.SmallMute(""))
	foot := []fyne.CanvasObject{}
	if w.session != nil && !p.Stay {
		if w.desk.Case.ID != "" {
			foot = append(foot, w.sideLink("cases.all", stage.Cases))
		}
		foot = append(foot, w.sideLink("settings.title", stage.Settings))
	}
	// A passer-by must not learn from a locked window what it is about: a word, and no more.
	if w.app != nil {
		help := widget.NewButton(w.keys, widget.ButtonQuiet, w.stage.T("side.help"), w.help)
		help.Small()
		foot = append(foot, widget.Row(0, help))
	}
	if w.session != nil {
		foot = append(foot, widget.Space(4), widget.RowTop(6, 1, widget.Inset(3, 0, 0, 0, widget.Mark("phone", widget.RoleMute, 13)),
			widget.NewText(widget.SmallMute(w.stage.T("side.call")))))
	}
	foot = append(foot, f.timer)
	if w.session != nil {
		f.countdown(w)
	}
	line := canvas.NewRectangle(widget.Tint(widget.RoleLine))
	column.Objects = []fyne.CanvasObject{canvas.NewRectangle(widget.Tint(widget.RoleSide)), line, widget.Stack(2, top...), widget.Stack(widget.GapSmall, foot...)}
	return column
}

// sideLink is a quiet way to another screen, at the foot of the column.
func (w *Window) sideLink(key string, to stage.Place) fyne.CanvasObject {
	b := widget.NewButton(w.keys, widget.ButtonQuiet, w.stage.T(key), func() { w.goTo(w.at(to)) })
	b.Small()
	return widget.Row(0, b)
}

// countdown says when the vault locks by itself.
func (f *frame) countdown(w *Window) {
	left := w.lockIn()
	words := w.stage.N("side.lock-minutes", int((left+time.Minute-1)/time.Minute))
	if left < time.Minute {
		words = w.stage.N("side.lock-seconds", max(int(left/time.Second), 0))
	}
	if f.timer.Content() != words {
		f.timer.Set(widget.SmallMute(words))
	}
}

// practiceBand marks every screen of a practice case.
func (w *Window) practiceBand() fyne.CanvasObject {
	if !w.desk.Case.Practice {
		return nil
	}
	return widget.Inset(8, widget.CardPadding, 8, widget.CardPadding,
		widget.RowTop(
			10,
			1,
			widget.Inset(4, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
			widget.NewText(
				widget.Span{Text: w.text.T("practice.mark"), Role: widget.RoleWarn, Bold: true},
				widget.Span{Text: " · " + w.stage.T("practice.band"), Role: widget.RoleWarn},
			),
		),
		widget.Panel(widget.RoleWarnSoft, widget.RoleWarnLine, widget.RadiusField))
}

// noticeCard is the one way to show an error: beside the work, not over it, so
// that quick exit stays in reach.
func (w *Window) noticeCard() fyne.CanvasObject {
	if w.notice == nil {
		return nil
	}
	m := *w.notice
	return widget.LookCard(
		widget.RowTop(12, 1, widget.Inset(3, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)), widget.NewText(widget.Strong(m.What))),
		widget.NewText(widget.Plain(m.Do)),
		widget.Wrap(widget.GapSmall,
			w.stage.Button(widget.ButtonPlain, "notice.copy", func() {
				w.cfg.Clipboard.SetContent(m.What + "\n" + m.Do + "\n" + m.Detail + "\n")
			}),
			w.stage.Button(widget.ButtonPlain, "notice.close", w.dismiss)),
	)
}

// dropped is what was dragged into the window; the present screen may take it.
func (w *Window) dropped(uris []fyne.URI) {
	if w.left || w.app == nil || w.cover != nil {
		return
	}
	w.seen()
	at, ok := w.screen.(stage.Dropper)
	if !ok {
		return
	}
	var files []string
	foreign := false
	for _, u := range uris {
		if u.Scheme() == "file" {
			files = append(files, filepath.FromSlash(u.Path()))
		} else {
			foreign = true
		}
	}
	at.Dropped(w.stage, files, foreign)
}

// reveal scrolls to the widget that got the focus.
func (w *Window) reveal() {
	f := &w.frame
	o, ok := w.cfg.Window.Canvas().Focused().(fyne.CanvasObject)
	if !ok || f.scroll == nil || w.building {
		return
	}
	d := fyne.CurrentApp().Driver()
	if d.CanvasForObject(o) == nil || !within(f.body, o) {
		return
	}
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(f.scroll).Y
	bottom := top + o.Size().Height
	offset := f.scroll.Offset
	switch {
	case top < 0:
		offset.Y += top - 24
	case bottom > f.scroll.Size().Height:
		offset.Y += bottom - f.scroll.Size().Height + 24
	default:
		return
	}
	f.scroll.ScrollToOffset(offset)
}

// within reports whether a container holds an object of its own kind, at any depth.
func within(c *fyne.Container, o fyne.CanvasObject) bool {
	for _, child := range c.Objects {
		if child == o {
			return true
		}
		if inner, ok := child.(*fyne.Container); ok && within(inner, o) {
			return true
		}
	}
	return false
}

// frameLayout puts the column at the left and gives the rest to the screen.
type frameLayout struct{}

func (frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(880, 560) }

func (frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(widget.SideWidth, size.Height))
	objects[1].Move(fyne.NewPos(widget.SideWidth, 0))
	objects[1].Resize(fyne.NewSize(size.Width-widget.SideWidth, size.Height))
}

// mainLayout puts the top bar above what scrolls. In a window so tall that a short screen would be
// glued to its top, title and screen stand a little lower; lock and quick exit stay where they are.
type mainLayout struct {
	head   *fyne.Container // the title, in the top bar
	lower  *widget.Lower
	given  fyne.Size // for which lead was chosen
	lead   float32   // how much lower; stays while a screen grows, until it needs the room
	chosen bool
}

const (
	tallWindow float32 = 900 // from this height on
	mostLead   float32 = 120
)

func (*mainLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(600, 400) }

func (l *mainLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := widget.HeightOf(objects[0], size.Width)
	scroll := objects[1].(*container.Scroll)
	// Asked for this width, so that its minimal height is that for it.
	spare := size.Height - h - 18 - widget.HeightOf(scroll.Content, size.Width)
	if !l.chosen || l.given != size {
		l.chosen, l.given = true, size
		l.lead = min(spare/4, mostLead, size.Height-tallWindow)
	}
	lead := max(0, min(l.lead, spare))
	l.lower.By(lead)
	objects[0].Resize(fyne.NewSize(size.Width, h))
	l.lower.Layout(l.head.Objects, l.head.Size())
	scroll.Move(fyne.NewPos(0, h+18+lead))
	scroll.Resize(fyne.NewSize(size.Width, size.Height-h-18-lead))
}

// sideLayout puts what one does at the top of the column and help at its foot.
type sideLayout struct{}

func (sideLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(widget.SideWidth, 400) }

func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Move(fyne.NewPos(size.Width-widget.Hairline, 0))
	objects[1].Resize(fyne.NewSize(widget.Hairline, size.Height))
	width := size.Width - 32
	objects[2].Move(fyne.NewPos(16, widget.PageTop))
	objects[2].Resize(fyne.NewSize(width, widget.HeightOf(objects[2], width)))
	h := widget.HeightOf(objects[3], width)
	objects[3].Move(fyne.NewPos(16, size.Height-20-h))
	objects[3].Resize(fyne.NewSize(width, h))
}
