package remove

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/flow/remove"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// removeScreen shows how one exhibit is taken down, or asks which one.
type removeScreen struct {
	exhibit string // empty: to be chosen
	list    []look.Exhibit
	reports []look.Report
	guide   remove.Guide
	lang    string // of the guide that was read
	loaded  bool
	all     bool            // every platform's advice is unfolded
	copied  string          // what was copied last
	shown   map[string]bool // how to find something is shown
}

// reading is all that the screen reads at once.
type reading struct {
	matter  look.Case
	list    []look.Exhibit
	reports []look.Report
	guide   remove.Guide
	exhibit string
}

func (s *removeScreen) Open(w *stage.Stage) {
	if s.exhibit == "" {
		s.exhibit, w.Desk().Target = w.Desk().Target, ""
	}
	s.read(w)
}

func (s *removeScreen) read(w *stage.Stage) {
	session, id, exhibit, lang := w.Session(), w.Desk().Case.ID, s.exhibit, w.Text().Lang()
	s.lang = lang
	stage.Run(w.Aside(), func(ctx context.Context) (reading, error) {
		r := reading{exhibit: exhibit}
		var err error
		if r.list, err = session.Look.Exhibits(ctx, id); err != nil {
			return r, err
		}
		r.list = slices.DeleteFunc(r.list, func(e look.Exhibit) bool { return e.Recheck != nil || e.Address == "" })
		if r.reports, err = session.Remove.Reports(ctx, id); err != nil {
			return r, err
		}
		if r.matter, err = stage.Matter(ctx, session, id); err != nil {
			return r, err
		}
		if r.exhibit == "" && len(r.list) == 1 {
			r.exhibit = r.list[0].Exhibit
		}
		if r.exhibit != "" {
			r.guide, err = session.Remove.Guide(ctx, remove.Request{Case: id, Exhibit: r.exhibit, Language: lang})
		}
		return r, err
	}, func(r reading, err error) {
		w.Holds(r.matter)
		s.list, s.reports, s.guide, s.exhibit, s.loaded = r.list, r.reports, r.guide, r.exhibit, true
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *removeScreen) Build(w *stage.Stage) stage.Page {
	p := stage.Page{Title: w.T("remove.title"), Step: stage.StepRemove, Back: func() { w.Show(w.At(stage.Kept)) }}
	switch {
	case !s.loaded:
		p.Body = widget.NewText(widget.Muted(w.T("loading")))
	case len(s.list) == 0:
		keep := w.Button(widget.ButtonPrimary, "keep.title", func() { w.Show(w.At(stage.Kept)) })
		p.Body, p.Focus = widget.Stack(
			14,
			widget.Card(
				widget.NewText(widget.Head(w.T("remove.empty"))),
				widget.NewText(widget.Muted(w.T("remove.empty-do"))),
				widget.Row(0, keep),
			),
		), keep
	case s.exhibit == "":
		s.choose(w, &p)
	default:
		if s.lang != w.Text().Lang() { // another language was chosen: its words are in the guide
			s.read(w)
		}
		s.steps(w, &p)
	}
	return p
}

// choose asks which exhibit it is about.
func (s *removeScreen) choose(w *stage.Stage, p *stage.Page) {
	cards := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("remove.which"))), widget.NewText(widget.Muted(w.T("remove.which-why")))}
	for _, e := range slices.Backward(s.list) {
		address := widget.NewLine(widget.MonoMute(evidence.Shorten(e.Address, 90)))
		line := widget.RowGrow(
			12,
			0,
			widget.Stack(0, widget.NewText(widget.Strong(w.ExhibitTitle(e, 70))), address),
			s.keptChip(w, stateOf(e)),
		)
		b := widget.NewPressCard(w.Keys(), line, func() { w.GoTo(&removeScreen{exhibit: e.Exhibit}) })
		if p.Focus == nil {
			p.Focus = b
		}
		cards = append(cards, b)
	}
	p.Body = widget.Columns(20, 0.6, 620, widget.Stack(10, cards...), s.logCard(w))
}

// stateOf says how much of a page is kept, as a guide does.
func stateOf(e look.Exhibit) string {
	if e.Kind == evidence.AddressOnly {
		return string(evidence.AddressOnly)
	}
	return string(e.Outcome)
}

func (s *removeScreen) keptChip(w *stage.Stage, state string) fyne.CanvasObject {
	switch state {
	case string(evidence.Complete):
		return widget.Chip(widget.ToneOK, "check", w.T("remove.kept"))
	case string(evidence.Partial):
		return widget.Chip(widget.ToneLook, "half", w.T("remove.kept-partial"))
	case string(evidence.AddressOnly):
		return widget.Chip(widget.ToneLook, "address", w.T("remove.kept-address"))
	}
	return widget.Chip(widget.ToneLook, "look", w.T("remove.kept-not"))
}

// steps shows the way of one exhibit.
func (s *removeScreen) steps(w *stage.Stage, p *stage.Page) {
	g := s.guide
	head := []fyne.CanvasObject{
		widget.RowGrow(12, 0, widget.NewText(widget.Head(g.Exhibit+" · "+evidence.Shorten(g.Name, 60))), s.keptChip(w, g.Kept)),
		widget.NewLine(widget.MonoMute(evidence.Shorten(g.Address, 200))),
		widget.NewText(widget.SmallMute(w.T("remove.checked", "Date", dayWords(w, newest(g))))),
	}
	way, n := "", 0
	for _, step := range g.Steps {
		if step.Title != way {
			way, n = step.Title, 0
			head = append(head, widget.Space(4), widget.NewText(widget.Strong(way)))
		}
		n++
		head = append(head, s.step(w, step, n)...)
	}
	note := w.Button(widget.ButtonPrimary, "remove.note", func() { w.GoTo(&reportScreen{from: s, to: g.Name, exhibit: g.Exhibit}) })
	head = append(head, widget.Space(6), widget.RowGrow(12, 1, note, widget.NewText(widget.SmallMute(w.T("remove.note-why")))))
	other := w.Button(widget.ButtonQuiet, "remove.other", func() { w.Show(&removeScreen{list: s.list, reports: s.reports, loaded: true}) })
	other.Small()
	left := []fyne.CanvasObject{widget.Card(head...)}
	if len(s.list) > 1 {
		left = append(left, widget.Row(0, other))
	}
	p.Body = widget.Columns(20, 0.6, 620, widget.Stack(14, left...), widget.Stack(14, s.beside(w)...))
	p.Focus = note
}

// step draws one step: its warning first, what it says, where, and what to copy.
func (s *removeScreen) step(w *stage.Stage, step remove.Step, n int) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if step.Warning != "" {
		out = append(out, widget.Inset(8, widget.Gap, 8, widget.Gap, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Span{Text: step.Warning, Role: widget.RoleWarn, Bold: true})),
			widget.Panel(widget.RoleWarnSoft, widget.RoleWarnLine, widget.RadiusField)))
	}
	number := widget.Sized(22*widget.Scale(), 22*widget.Scale(), widget.NewText(widget.Strong(w.Text().Number(int64(n)))))
	text := widget.NewText(widget.Plain(step.Text))
	line := widget.RowTop(8, 1, number, text)
	if step.Where != "" {
		line = widget.RowTop(
			8,
			1,
			number,
			widget.Stack(4, text, widget.NewText(widget.MonoMute(evidence.Shorten(step.Where, 200)))),
			s.copyButton(w, step.ID+"/where", step.Where, "remove.copy-address"),
		)
	}
	out = append(out, line)
	var values []string
	for _, c := range step.Copies {
		out = append(out, widget.Inset(0, 0, 0, 30, s.copyLine(w, step, c)))
		if c.Value != "" && c.State != remove.WrongForm {
			values = append(values, c.Label+": "+c.Value)
		}
	}
	if len(values) > 1 {
		all := ""
		for _, v := range values {
			all += v + "\n"
		}
		out = append(out, widget.Inset(0, 0, 0, 30, widget.Row(0, s.copyButton(w, step.ID+"/all", all, "remove.copy-all"))))
	}
	return out
}

func (s *removeScreen) copyButton(w *stage.Stage, id, value, key string) *widget.Button {
	b := w.Button(widget.ButtonPlain, key, nil)
	b.Small()
	if s.copied == id {
		b.Marked("check")
	}
	b.SetPress(func() {
		w.Copy(value)
		s.copied = id
		w.Refresh()
	})
	return b
}

// copyLeast is the width from which the name of what is missing stands beside what is said of it.
const copyLeast = 480

// copyLine is something that a form asks for: there and of the right form, there and not, or missing. What can
// be copied has a whole line: beside its name and its button, an address would be broken every few letters.
func (s *removeScreen) copyLine(w *stage.Stage, step remove.Step, c remove.Copy) fyne.CanvasObject {
	name := widget.NewText(widget.SmallMute(c.Label))
	beside := func(what fyne.CanvasObject) fyne.CanvasObject { return widget.Columns(12, 150, copyLeast, name, what) }
	value := evidence.Shorten(c.Value, 400)
	switch c.State {
	case remove.NotNeeded:
		return beside(widget.NewText(widget.SmallMute(w.T("remove.not-needed"))))
	case remove.Missing, remove.WrongForm:
		words := w.T("remove.missing")
		if c.State == remove.WrongForm {
			words = value + " · " + w.T("remove.wrong-form")
		}
		what := []fyne.CanvasObject{
			widget.Point(widget.ToneLook, "look", widget.NewText(widget.Span{Text: words, Size: widget.SizeSmall, Role: widget.RoleWarn})),
		}
		if c.How != "" {
			id := step.ID + "/" + c.Name
			if s.shown[id] {
				what = append(what, widget.NewText(widget.Small(c.How)))
			} else {
				how := w.Button(widget.ButtonQuiet, "remove.show-how", func() {
					if s.shown == nil {
						s.shown = map[string]bool{}
					}
					s.shown[id] = true
					w.Refresh()
				})
				how.Small()
				what = append(what, widget.Row(0, how))
			}
		}
		return beside(widget.Stack(2, what...))
	}
	mono := widget.Span{Text: value, Size: widget.SizeMono, Mono: c.State != remove.Ready}
	return widget.Stack(2, widget.RowGrow(8, 0, name, s.copyButton(w, step.ID+"/"+c.Name, c.Value, "copy")),
		widget.Point(widget.ToneOK, "check", widget.NewText(mono)))
}

// beside is what stands beside the steps.
func (s *removeScreen) beside(w *stage.Stage) []fyne.CanvasObject {
	g := s.guide
	var out []fyne.CanvasObject
	if g.Under18 {
		out = append(out, widget.LookCard(widget.NewText(widget.Strong(w.Text().T("error.minor.what"))), widget.NewText(widget.Plain(w.Text().T("error.minor.do")))))
	}
	before := "remove.before-kept"
	if g.Kept != string(evidence.Complete) && g.Kept != string(evidence.Partial) {
		before = "remove.before-not"
	}
	card := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("remove.before"))), widget.NewText(widget.Plain(w.T(before)))}
	for _, n := range g.Learns {
		card = append(card, widget.NewText(widget.Small(n.Text)))
	}
	out = append(out, widget.LookCard(card...))
	if len(g.Changed) > 0 {
		changed := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("remove.changed")))}
		for _, n := range g.Changed {
			changed = append(
				changed,
				widget.NewText(widget.Plain(n.Text)),
				widget.NewText(widget.SmallMute(w.T("remove.as-of", "Date", dayWords(w, n.Date)))),
			)
		}
		out = append(out, widget.Card(changed...))
	}
	if !g.Under18 {
		letters := []fyne.CanvasObject{
			widget.NewText(widget.Strong(w.T("remove.letters"))),
			widget.NewText(widget.Muted(w.T("remove.letters-why"))),
		}
		for _, kind := range remove.NoticeKinds() {
			b := w.Button(
				widget.ButtonPlain,
				"remove.letter."+kind,
				func() { w.GoTo(&letterScreen{from: s, kind: kind, exhibit: g.Exhibit}) },
			)
			b.Small()
			letters = append(letters, widget.Row(0, b))
		}
		out = append(out, widget.Card(letters...))
	}
	return append(out, s.logCard(w), s.moreCard(w))
}

// moreCard is what holds for every platform; its titles first, all of it on request.
func (s *removeScreen) moreCard(w *stage.Stage) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("remove.more")))}
	for _, n := range s.guide.More {
		if !s.all {
			objects = append(objects, widget.Point(widget.ToneQuiet, "dot", widget.NewText(widget.Small(n.Title))))
			continue
		}
		objects = append(objects, widget.NewText(widget.Strong(n.Title)), widget.NewText(widget.Small(n.Text)))
		if n.Where != "" {
			objects = append(
				objects,
				widget.RowGrow(
					8,
					0,
					widget.NewText(widget.MonoMute(evidence.Shorten(n.Where, 120))),
					s.copyButton(w, "more/"+n.ID, n.Where, "copy"),
				),
			)
		}
	}
	key := "remove.unfold"
	if s.all {
		key = "remove.fold"
	}
	b := w.Button(widget.ButtonQuiet, key, func() {
		s.all = !s.all
		w.Refresh()
	})
	b.Small()
	return widget.Card(append(objects, widget.Row(0, b))...)
}

// newest is the date of the newest source of the steps.
func newest(g remove.Guide) (date string) {
	for _, s := range g.Sources {
		date = max(date, s.Date)
	}
	return date
}
