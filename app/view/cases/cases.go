package cases

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/secret"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// casesScreen lists the cases. With none it goes straight to a new one.
type casesScreen struct {
	list   []look.Case
	loaded bool
	search *widget.Field
	byName bool // sort
}

func (s *casesScreen) Open(w *stage.Stage) {
	w.Desk().StopPractice()
	w.Desk().Case = look.Case{}
	session := w.Session()
	stage.Run(w.Aside(), session.Look.Cases, func(list []look.Case, err error) {
		s.list, s.loaded = list, true
		if err == nil && len(list) == 0 {
			w.Show(&newCaseScreen{first: true})
			return
		}
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *casesScreen) Build(w *stage.Stage) stage.Page {
	var cards []fyne.CanvasObject
	var focus fyne.Focusable
	for _, c := range s.shown() {
		if c.Foreign {
			cards = append(cards, foreignCase(w, c))
			continue
		}
		item := widget.NewPressCard(w.Keys(), caseLine(w, c), func() { openCase(w, c) })
		if focus == nil {
			focus = item
		}
		cards = append(cards, item)
	}
	if !s.loaded {
		cards = append(cards, widget.NewText(widget.Muted(w.T("loading"))))
	}
	create := func() { w.Show(&newCaseScreen{}) }
	buttons := widget.Wrap(widget.GapSmall,
		w.Button(widget.ButtonPrimary, "cases.new", create),
		w.Button(widget.ButtonPlain, "practice.start", func() { startPractice(w) }))
	return stage.Page{
		Title: w.T("cases.title"),
		Body: widget.Stack(16, widget.Present([]fyne.CanvasObject{secret.Unseen(w), widget.NewText(widget.Muted(w.T("cases.why"))), s.finder(w), widget.Stack(10, cards...), buttons,
			widget.NewText(widget.SmallMute(w.T("practice.what")))})...),
		Focus: focus,
		Enter: create,
	}
}

// findFrom is how many cases need looking for.
const findFrom = 4

// finder looks for cases by title, reference and tag; nil while there are few.
func (s *casesScreen) finder(w *stage.Stage) fyne.CanvasObject {
	if len(s.list) < findFrom {
		return nil
	}
	if s.search == nil {
		s.search = widget.NewField(w.Keys(), "")
		s.search.Submit = func() {}
	}
	s.search.SetPlaceHolder(w.T("find.cases"))
	s.search.OnChanged = func(string) { w.Refresh() }
	chosen := 0
	if s.byName {
		chosen = 1
	}
	sort := widget.NewPicker(w.Keys(), []string{w.T("keep.newest"), w.T("find.by-name")}, chosen, func(i int) {
		s.byName = i == 1
		w.Refresh()
	})
	return widget.RowGrow(10, 0, s.search, sort)
}

// shown are the cases that are looked for; those that are not this vault's always are.
func (s *casesScreen) shown() []look.Case {
	list := slices.Clone(s.list)
	if s.search != nil {
		list = slices.DeleteFunc(list, func(c look.Case) bool { return !c.Foreign && !c.Matches(s.search.Text) })
	}
	if s.byName {
		slices.SortStableFunc(list, func(a, b look.Case) int {
			return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
		})
	}
	return list
}

func caseLine(w *stage.Stage, c look.Case) fyne.CanvasObject {
	title := evidence.Shorten(c.Title, 120)
	var chips []fyne.CanvasObject
	if c.Practice {
		title = w.T("practice.case")
		chips = append(chips, widget.Chip(widget.ToneLook, "look", w.Text().T("practice.mark")))
	}
	if c.Pending > 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "clock", w.N("cases.pending", c.Pending)))
	}
	if c.Exported {
		chips = append(chips, widget.Chip(widget.ToneOK, "check", w.T("cases.exported")))
	}
	chips = append(chips, faultChips(w, c)...)
	made := c.CreatedAt.In(w.Now().Location())
	if c.Reference != "" {
		title += " · " + evidence.Shorten(c.Reference, 60)
	}
	for _, tag := range c.Tags {
		chips = append(chips, widget.Chip(widget.ToneQuiet, "dot", tag))
	}
	words := widget.Stack(2,
		widget.NewText(widget.Strong(title)),
		widget.NewText(widget.Small(w.N("side.exhibits", c.Exhibits)+" · "+w.T("cases.made", "Date", w.Text().Date(made)))))
	if len(chips) > 2 {
		return widget.Stack(6, words, widget.Wrap(widget.GapSmall, chips...))
	}
	return widget.RowGrow(12, 0, append([]fyne.CanvasObject{words}, chips...)...)
}

// foreignCase is a case that this vault did not write: it is named, and nothing of it is shown.
func foreignCase(w *stage.Stage, c look.Case) fyne.CanvasObject {
	words := widget.Stack(2,
		widget.NewText(widget.Strong(w.T("cases.foreign-title", "Case", c.ID))),
		widget.NewText(widget.Small(w.T("cases.foreign-how"))))
	return widget.LossCard(widget.RowGrow(12, 0, words, widget.Chip(widget.ToneBad, "cross", w.T("cases.foreign"))))
}

// faultChips say what of a case is not as it was recorded.
func faultChips(w *stage.Stage, c look.Case) (chips []fyne.CanvasObject) {
	lost := 0
	for _, l := range c.Lost {
		lost += l.N
	}
	if c.Damage != "" {
		chips = append(chips, widget.Chip(widget.ToneBad, "cross", w.T("cases.damaged-log")))
	}
	if c.Damaged > 0 {
		chips = append(chips, widget.Chip(widget.ToneBad, "cross", w.N("cases.damaged", c.Damaged)))
	}
	if lost > 0 {
		chips = append(chips, widget.Chip(widget.ToneBad, "cross", w.N("cases.lost", lost)))
	}
	if c.ForeignFiles > 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "look", w.N("cases.foreign-files", c.ForeignFiles)))
	}
	if c.Unproven > 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "look", w.T("cases.unproven")))
	}
	return chips
}

// openCase makes a case the present one and shows it.
func openCase(w *stage.Stage, c look.Case) {
	if w.Desk().Practice.CaseID != c.ID {
		w.Desk().StopPractice()
	}
	w.Desk().Case = c
	w.Show(w.At(stage.Kept))
}

// newCaseScreen asks for a title and makes a case.
type newCaseScreen struct {
	first bool // there is no case yet: no way back
	title *widget.Field
	job   stage.Job
	ready stage.Ready
}

func (s *newCaseScreen) Open(w *stage.Stage) { s.ready.Look(w) }

func (s *newCaseScreen) Build(w *stage.Stage) stage.Page {
	if s.title == nil {
		s.title = widget.NewField(w.Keys(), "")
	}
	s.title.SetPlaceHolder(w.T("case.placeholder"))
	create := w.Button(widget.ButtonPrimary, "case.create", func() { s.create(w) })
	ready := func() { create.Disable(s.job.Busy() || s.title.Text == "") }
	s.title.OnChanged = func(string) { ready() }
	ready()
	buttons := []fyne.CanvasObject{}
	var back func()
	if !s.first {
		back = func() { w.Show(&casesScreen{}) }
		buttons = append(buttons, w.Button(widget.ButtonPlain, "back", back))
	}
	form := widget.Card(
		widget.NewText(widget.Head(w.T("case.what"))), widget.NewText(widget.Muted(w.T("case.why"))),
		widget.RowGrow(10, 0, s.title, create), widget.Wrap(widget.GapSmall, buttons...))
	practise := widget.Card(
		widget.NewText(widget.Strong(w.T("practice.first"))), widget.NewText(widget.Muted(w.T("practice.what"))),
		widget.Row(0, w.Button(widget.ButtonPlain, "practice.start", func() { startPractice(w) })))
	return stage.Page{
		Title: w.T("case.title"),
		Body:  widget.Stack(16, widget.Present([]fyne.CanvasObject{secret.Unseen(w), s.ready.Card(w), widget.Columns(20, 0.62, 620, form, practise)})...),
		Focus: s.title,
		Enter: func() { s.create(w) },
		Back:  back,
	}
}

func (s *newCaseScreen) create(w *stage.Stage) {
	if s.job.Busy() || s.title.Text == "" {
		return
	}
	title, session := s.title.Text, w.Session()
	stage.Start(w, &s.job, stage.Task[look.Case]{
		Work: func(ctx context.Context, _ evidence.Progress) (look.Case, error) {
			return session.Keep.CreateCase(ctx, title)
		},
		Done: func(c look.Case) {
			openCase(w, c)
		},
	})
}

type started struct {
	matter   look.Case
	practice stage.Practice
}

// startPractice opens the built-in page in a case that is marked as practice.
func startPractice(w *stage.Stage) {
	session := w.Session()
	stage.Run(w.Work(), func(ctx context.Context) (started, error) {
		c, address, stop, err := session.Keep.StartPractice(ctx)
		return started{c, stage.Practice{CaseID: c.ID, Address: address, Stop: stop}}, err
	}, func(s started, err error) {
		if err != nil {
			w.Explain(err)
			return
		}
		w.Desk().StopPractice()
		w.Desk().Practice = s.practice
		openCase(w, s.matter)
	})
}
