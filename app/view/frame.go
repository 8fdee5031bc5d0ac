package view

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"constat/assets/words"
)

// frame is what surrounds every screen: where one is at the left, language,
// lock and quick exit at the top right, who to call at the foot.
type frame struct {
	root   *fyne.Container
	scroll *container.Scroll
	body   *fyne.Container
	timer  *text
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
	c.SetOnTypedKey(w.keys.typed)
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(w.keys.down)
		d.SetOnKeyUp(w.keys.up)
	}
	if a := fyne.CurrentApp(); a != nil {
		// Light, dark or another scale: drawn anew.
		a.Settings().AddListener(func(fyne.Settings) { w.rebuild() })
	}
}

// fill draws a page into the frame; the same screen drawn anew stays where it
// was scrolled to.
func (f *frame) fill(w *Window, p page, same bool) {
	var at fyne.Position
	if same {
		at = f.scroll.Offset
	}
	f.body = stack(16, present([]fyne.CanvasObject{w.practiceBand(), w.noticeCard(), p.body})...)
	content := inset(0, pageMargin, 24, pageMargin, f.body)
	f.scroll = container.NewVScroll(content)
	main := container.New(&mainLayout{}, inset(pageTop, pageMargin, 0, pageMargin, w.topBar(p)), f.scroll)
	f.root.Objects = []fyne.CanvasObject{
		canvas.NewRectangle(tint(rolePaper)),
		newAttention(w.keys),
		container.New(&frameLayout{}, f.side(w, p), main),
	}
	f.root.Refresh()
	f.scroll.ScrollToOffset(at)
}

func (f *frame) toTop() {
	if f.scroll != nil {
		f.scroll.ScrollToTop()
	}
}

// topBar is the title with language, lock and quick exit.
func (w *Window) topBar(p page) fyne.CanvasObject {
	labels := make([]string, len(words.Languages))
	chosen := 0
	for i, l := range words.Languages {
		labels[i] = words.Names[l]
		if l == w.text.Lang() {
			chosen = i
		}
	}
	objects := []fyne.CanvasObject{
		newText(span{text: p.title, size: sizeTitle, bold: true}),
		newPicker(w.keys, labels, chosen, func(i int) { w.speak(words.Languages[i]) }),
	}
	if w.session != nil && !p.stay {
		b := w.button(buttonPlain, "lock", w.Lock)
		b.size = sizeSmall
		objects = append(objects, b)
	}
	quit := w.button(buttonInk, "exit", w.Exit)
	quit.size, quit.after = sizeSmall, []string{"shift", "shift", "shift"}
	return rowGrow(gap, 0, append(objects, quit)...)
}

// side is the column at the left.
func (f *frame) side(w *Window, p page) fyne.CanvasObject {
	name, detail := w.t("side.name"), w.t("side.locked")
	var steps []fyne.CanvasObject
	if w.session != nil {
		detail = w.t("side.encrypted")
	}
	if w.matter.ID != "" {
		name = w.t("side.case", "Title", shown(w.matter.Title, 60))
		if w.matter.Practice {
			name = w.t("practice.case")
		}
		detail = w.n("side.exhibits", w.matter.Exhibits)
		for i, s := range w.steps() {
			state := stepOpen
			switch {
			case i+1 == p.step:
				state = stepHere
			case s.done:
				state = stepDone
			}
			item := newStepItem(w.keys, i+1, s.name, s.detail, state, s.open)
			item.disabled = w.work.busy()
			steps = append(steps, item)
		}
	}
	top := []fyne.CanvasObject{newText(head(name)), newText(smallMute(detail))}
	if len(steps) > 0 {
		top = append(top, space(12), stack(6, steps...))
	}
	f.timer = newText(smallMute(""))
	foot := []fyne.CanvasObject{}
	if w.session != nil && !p.stay {
		if w.matter.ID != "" {
			foot = append(foot, w.sideLink("cases.all", func() screen { return &casesScreen{} }))
		}
		foot = append(foot, w.sideLink("settings.title", func() screen { return &settingsScreen{} }))
	}
	foot = append(foot, space(4),
		rowTop(6, 1, inset(3, 0, 0, 0, mark("phone", roleMute, 13)), newText(smallMute(w.t("side.call")))), f.timer)
	if w.session != nil {
		f.countdown(w)
	}
	line := canvas.NewRectangle(tint(roleLine))
	return container.New(&sideLayout{}, canvas.NewRectangle(tint(roleSide)), line, stack(2, top...), stack(gapSmall, foot...))
}

// sideLink is a quiet way to another screen, at the foot of the column.
func (w *Window) sideLink(key string, to func() screen) fyne.CanvasObject {
	b := newButton(w.keys, buttonQuiet, w.t(key), func() { w.goTo(to()) })
	b.size = sizeSmall
	return row(0, b)
}

// countdown says when the vault locks by itself.
func (f *frame) countdown(w *Window) {
	left := w.lockIn()
	words := w.n("side.lock-minutes", int((left+time.Minute-1)/time.Minute))
	if left < time.Minute {
		words = w.n("side.lock-seconds", max(int(left/time.Second), 0))
	}
	if f.timer.content() != words {
		f.timer.set(smallMute(words))
	}
}

// practiceBand marks every screen of a practice case.
func (w *Window) practiceBand() fyne.CanvasObject {
	if !w.matter.Practice {
		return nil
	}
	return inset(8, cardPadding, 8, cardPadding,
		rowTop(10, 1, inset(4, 0, 0, 0, mark("look", roleWarn, 16)),
			newText(span{text: w.text.T("practice.mark"), role: roleWarn, bold: true}, span{text: " · " + w.t("practice.band"), role: roleWarn})),
		panel(roleWarnSoft, roleWarnLine, radiusField))
}

// noticeCard is the one way to show an error: beside the work, not over it, so
// that quick exit stays in reach.
func (w *Window) noticeCard() fyne.CanvasObject {
	if w.notice == nil {
		return nil
	}
	m := *w.notice
	return lookCard(
		rowTop(12, 1, inset(3, 0, 0, 0, mark("look", roleWarn, 16)), newText(strong(m.What))),
		newText(plain(m.Do)),
		wrap(gapSmall,
			w.button(buttonPlain, "notice.copy", func() {
				w.cfg.Clipboard.SetContent(m.What + "\n" + m.Do + "\n" + m.Detail + "\n")
			}),
			w.button(buttonPlain, "notice.close", w.dismiss)),
	)
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
	objects[0].Resize(fyne.NewSize(sideWidth, size.Height))
	objects[1].Move(fyne.NewPos(sideWidth, 0))
	objects[1].Resize(fyne.NewSize(size.Width-sideWidth, size.Height))
}

// mainLayout puts the top bar above what scrolls.
type mainLayout struct{}

func (mainLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(600, 400) }

func (mainLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := heightOf(objects[0], size.Width)
	objects[0].Resize(fyne.NewSize(size.Width, h))
	scroll := objects[1].(*container.Scroll)
	heightOf(scroll.Content, size.Width) // so that its minimal height is that for this width
	scroll.Move(fyne.NewPos(0, h+18))
	scroll.Resize(fyne.NewSize(size.Width, size.Height-h-18))
}

// sideLayout puts what one does at the top of the column and help at its foot.
type sideLayout struct{}

func (sideLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(sideWidth, 400) }

func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Move(fyne.NewPos(size.Width-hairline, 0))
	objects[1].Resize(fyne.NewSize(hairline, size.Height))
	width := size.Width - 32
	objects[2].Move(fyne.NewPos(16, pageTop))
	objects[2].Resize(fyne.NewSize(width, heightOf(objects[2], width)))
	h := heightOf(objects[3], width)
	objects[3].Move(fyne.NewPos(16, size.Height-20-h))
	objects[3].Resize(fyne.NewSize(width, h))
}

// attention lies behind everything and notices that the person is there.
type attention struct {
	widget.BaseWidget
	keys *keys
}

func newAttention(k *keys) *attention {
	a := &attention{keys: k}
	a.ExtendBaseWidget(a)
	return a
}

func (a *attention) MouseIn(*desktop.MouseEvent)    { a.keys.active() }
func (a *attention) MouseMoved(*desktop.MouseEvent) { a.keys.active() }
func (a *attention) MouseOut()                      {}

func (a *attention) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(transparent))
}
