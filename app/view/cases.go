package view

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
)

// casesScreen lists the cases. With none it goes straight to a new one.
type casesScreen struct {
	list   []flow.CaseView
	loaded bool
}

func (s *casesScreen) open(w *Window) {
	w.stopPractice()
	w.matter = flow.CaseView{}
	session := w.session
	run(w.aside, w.life, session.Cases, func(list []flow.CaseView, err error) {
		s.list, s.loaded = list, true
		if err == nil && len(list) == 0 {
			w.show(&newCaseScreen{first: true})
			return
		}
		w.rebuild()
		w.explain(err)
	})
}

func (s *casesScreen) build(w *Window) page {
	var cards []fyne.CanvasObject
	var focus fyne.Focusable
	for _, c := range s.list {
		item := widget.NewPressCard(w.keys, caseLine(w, c), func() { w.openCase(c) })
		if focus == nil {
			focus = item
		}
		cards = append(cards, item)
	}
	if !s.loaded {
		cards = append(cards, widget.NewText(widget.Muted(w.t("loading"))))
	}
	create := func() { w.show(&newCaseScreen{}) }
	buttons := widget.Wrap(widget.GapSmall,
		w.button(widget.ButtonPrimary, "cases.new", create),
		w.button(widget.ButtonPlain, "practice.start", func() { startPractice(w) }))
	return page{
		title: w.t("cases.title"),
		body: widget.Stack(16, widget.Present([]fyne.CanvasObject{w.unseenCode(), widget.NewText(widget.Muted(w.t("cases.why"))), widget.Stack(10, cards...), buttons,
			widget.NewText(widget.SmallMute(w.t("practice.what")))})...),
		focus: focus,
		enter: create,
	}
}

func caseLine(w *Window, c flow.CaseView) fyne.CanvasObject {
	title := shown(c.Title, 120)
	var chips []fyne.CanvasObject
	if c.Practice {
		title = w.t("practice.case")
		chips = append(chips, widget.Chip(widget.ToneLook, "look", w.text.T("practice.mark")))
	}
	if c.Pending > 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "clock", w.n("cases.pending", c.Pending)))
	}
	if c.Exported {
		chips = append(chips, widget.Chip(widget.ToneOK, "check", w.t("cases.exported")))
	}
	made := c.CreatedAt.In(w.cfg.Now().Location())
	words := widget.Stack(2,
		widget.NewText(widget.Strong(title)),
		widget.NewText(widget.Small(w.n("side.exhibits", c.Exhibits)+" · "+w.t("cases.made", "Date", w.text.Date(made)))))
	return widget.RowGrow(12, 0, append([]fyne.CanvasObject{words}, chips...)...)
}

// openCase makes a case the present one and shows it.
func (w *Window) openCase(c flow.CaseView) {
	if w.practice.caseID != c.ID {
		w.stopPractice()
	}
	w.matter = c
	w.show(&homeScreen{})
}

// newCaseScreen asks for a title and makes a case.
type newCaseScreen struct {
	first bool // there is no case yet: no way back
	title *widget.Field
	busy  bool
}

func (s *newCaseScreen) build(w *Window) page {
	if s.title == nil {
		s.title = widget.NewField(w.keys, "")
	}
	s.title.SetPlaceHolder(w.t("case.placeholder"))
	create := w.button(widget.ButtonPrimary, "case.create", func() { s.create(w) })
	ready := func() { create.Disable(s.busy || s.title.Text == "") }
	s.title.OnChanged = func(string) { ready() }
	ready()
	buttons := []fyne.CanvasObject{}
	var back func()
	if !s.first {
		back = func() { w.show(&casesScreen{}) }
		buttons = append(buttons, w.button(widget.ButtonPlain, "back", back))
	}
	form := widget.Card(
		widget.NewText(widget.Head(w.t("case.what"))), widget.NewText(widget.Muted(w.t("case.why"))),
		widget.RowGrow(10, 0, s.title, create), widget.Wrap(widget.GapSmall, buttons...))
	practise := widget.Card(
		widget.NewText(widget.Strong(w.t("practice.first"))), widget.NewText(widget.Muted(w.t("practice.what"))),
		widget.Row(0, w.button(widget.ButtonPlain, "practice.start", func() { startPractice(w) })))
	return page{
		title: w.t("case.title"),
		body:  widget.Stack(16, widget.Present([]fyne.CanvasObject{w.unseenCode(), widget.Columns(20, 0.62, 620, form, practise)})...),
		focus: s.title,
		enter: func() { s.create(w) },
		back:  back,
	}
}

func (s *newCaseScreen) create(w *Window) {
	if s.busy || s.title.Text == "" {
		return
	}
	s.busy = true
	title, session := s.title.Text, w.session
	run(w.work, w.life, func(ctx context.Context) (flow.CaseView, error) {
		return session.CreateCase(ctx, title)
	}, func(c flow.CaseView, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		w.openCase(c)
	})
	if s.busy {
		w.rebuild()
	}
}

type started struct {
	matter flow.CaseView
	practice
}

// startPractice opens the built-in page in a case that is marked as practice.
func startPractice(w *Window) {
	session := w.session
	run(w.work, w.life, func(ctx context.Context) (started, error) {
		c, address, stop, err := session.StartPractice(ctx)
		return started{c, practice{caseID: c.ID, address: address, stop: stop}}, err
	}, func(s started, err error) {
		if err != nil {
			w.explain(err)
			return
		}
		w.stopPractice()
		w.practice = s.practice
		w.openCase(s.matter)
	})
}

// refreshed reads the exhibits of the open case and the case itself anew.
type refreshed struct {
	matter   flow.CaseView
	exhibits []flow.ExhibitView
	lists    []flow.ListView // of addresses
}

func (w *Window) reload(done func(refreshed, error)) {
	session, id := w.session, w.matter.ID
	run(w.aside, w.life, func(ctx context.Context) (refreshed, error) {
		var r refreshed
		cases, err := session.Cases(ctx)
		if err != nil {
			return r, err
		}
		if i := slices.IndexFunc(cases, func(c flow.CaseView) bool { return c.ID == id }); i >= 0 {
			r.matter = cases[i]
		}
		if r.exhibits, err = session.Exhibits(ctx, id); err != nil {
			return r, err
		}
		r.lists, err = session.Lists(ctx, id)
		return r, err
	}, func(r refreshed, err error) {
		if err == nil && r.matter.ID != "" {
			w.matter = r.matter
		}
		done(r, err)
	})
}

// step is one entry of the list at the left. Steps are numbered in this order.
type step struct {
	name, detail string
	done         bool
	open         func()
}

const (
	stepKeep = iota + 1
	stepExport
)

func (w *Window) steps() []step {
	exported := w.t("step.not-exported")
	if w.matter.Exported {
		exported = w.t("step.exported")
	}
	return []step{
		{w.t("keep.title"), w.n("side.kept", w.matter.Exhibits), w.matter.Exhibits > 0, func() { w.goTo(&homeScreen{}) }},
		{w.t("export.title"), exported, w.matter.Exported, func() { w.goTo(&exportScreen{}) }},
	}
}

// goTo is show, but not while something runs, or was typed, that the person would lose.
func (w *Window) goTo(s screen) {
	if w.work.busy() {
		return
	}
	if k, ok := w.screen.(keeper); ok && !k.mayLeave(w, func() { w.show(s) }) {
		return
	}
	w.show(s)
}
