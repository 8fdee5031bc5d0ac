package keep

import (
	"context"
	"maps"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// priorityField is the one fact that is chosen, not typed; other words that
// were typed elsewhere stay as they are.
const priorityField = "priority"

// priorities are its values; "" takes the mark back.
var priorities = []string{"", "first", "latest", "worst"}

var priorityWords = map[string]string{"first": "mark.first", "latest": "mark.latest", "worst": "mark.worst"}

// factValue is a fact as it is shown: as typed, a chosen one in words.
func factValue(w *stage.Stage, name, value string) string {
	if key, ok := priorityWords[value]; ok && name == priorityField {
		return w.T(key)
	}
	return value
}

// toldLines are the facts of some groups that the person told, in the order of the schema.
func toldLines(w *stage.Stage, facts map[string]string, wanted func(evidence.FactGroup) bool) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, f := range evidence.FactFields() {
		if v := facts[f.Name]; v != "" && wanted(f.Group) {
			label := "fact." + f.Name
			if f.Name == priorityField {
				label = "fact-group." + string(f.Group) // its own label lists the choices
			}
			out = append(out, widget.Fact(w.Text().T(label), widget.Small(evidence.Shorten(factValue(w, f.Name, v), 600))))
		}
	}
	return out
}

func isSuspicion(g evidence.FactGroup) bool { return g == evidence.FactSuspicion }
func isFact(g evidence.FactGroup) bool      { return !isSuspicion(g) }

// suspicionCard keeps a suspicion apart from the facts; nil without one.
func suspicionCard(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	lines := toldLines(w, e.Facts, isSuspicion)
	if len(lines) == 0 {
		return nil
	}
	return widget.Card(
		append([]fyne.CanvasObject{widget.NewText(widget.Strong(w.Text().T("fact-group." + string(evidence.FactSuspicion))))}, lines...)...)
}

// factsScreen asks what the person knows of an exhibit. Nothing is required,
// nothing is saved by itself, and nothing typed is lost without a question.
type factsScreen struct {
	of     *exhibitScreen
	fields map[string]*widget.Field
	mark   string // the chosen priority
	begun  map[string]string
	asking func() // where the person wants to go although something is not saved
	job    stage.Job
}

func (s *factsScreen) init(w *stage.Stage) {
	if s.fields != nil {
		return
	}
	s.begun = maps.Clone(s.of.e.Facts)
	s.mark = s.begun[priorityField]
	s.fields = map[string]*widget.Field{}
	for _, f := range evidence.FactFields() {
		switch {
		case f.Name == priorityField:
			continue
		case f.Long:
			s.fields[f.Name] = widget.NewNote(w.Keys(), "", 3)
		default:
			s.fields[f.Name] = widget.NewField(w.Keys(), "")
		}
		s.fields[f.Name].SetText(s.begun[f.Name])
	}
}

// typed is everything as it stands in the form.
func (s *factsScreen) typed() map[string]string {
	out := map[string]string{priorityField: s.mark}
	for name, f := range s.fields {
		out[name] = f.Text
	}
	return out
}

func (s *factsScreen) unsaved() bool {
	for name, value := range s.typed() {
		if value != s.begun[name] {
			return true
		}
	}
	return false
}

// mayLeave asks before something typed is lost.
func (s *factsScreen) MayLeave(w *stage.Stage, then func()) bool {
	if s.job.Busy() {
		return false
	}
	if !s.unsaved() {
		return true
	}
	s.asking = then
	w.Rebuild()
	w.ToTop()
	return false
}

// Leave keeps what is not saved yet, beside the window: a lock and quick exit wait for it.
func (s *factsScreen) Leave(w *stage.Stage) {
	if s.fields == nil || s.job.Busy() || !s.unsaved() || w.Session() == nil {
		return
	}
	session, e, facts := w.Session(), s.of.e, s.typed()
	s.begun = facts
	w.Beside(func() { _, _ = session.Keep.SaveFacts(context.Background(), e.Case, e.Exhibit, facts) })
}

func (s *factsScreen) Build(w *stage.Stage) stage.Page {
	s.init(w)
	back := func() { w.GoTo(&exhibitScreen{id: s.of.id}) }
	if s.asking != nil {
		return s.question(w)
	}
	var first fyne.Focusable
	var cards []fyne.CanvasObject
	for _, group := range factGroups() {
		objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.Text().T("fact-group." + string(group))))}
		if isSuspicion(group) {
			objects = append(objects, widget.NewText(widget.SmallMute(w.T("facts.suspicion-why"))))
		}
		for _, f := range evidence.FactFields() {
			if f.Group != group {
				continue
			}
			label := widget.NewText(widget.Small(w.Text().T("fact." + f.Name)))
			if f.Name == priorityField {
				objects = append(objects, s.marks(w))
				continue
			}
			if first == nil {
				first = s.fields[f.Name]
			}
			objects = append(objects, widget.Columns(14, 240, 420, widget.Inset(9, 0, 0, 0, label), s.fields[f.Name]))
		}
		if isSuspicion(group) {
			cards = append(cards, widget.LookCard(objects...))
		} else {
			cards = append(cards, widget.Card(objects...))
		}
	}
	buttons := func() fyne.CanvasObject {
		save := w.Button(widget.ButtonPrimary, "facts.save", func() { s.save(w, back) })
		save.Disable(s.job.Busy())
		return widget.Row(widget.GapSmall, save, w.Button(widget.ButtonPlain, "back", back))
	}
	head := widget.RowGrow(
		14,
		0,
		widget.Stack(4, widget.NewText(widget.Muted(w.T("facts.form-why"))), widget.NewText(widget.SmallMute(w.T("facts.form-save")))),
		buttons(),
	)
	body := append([]fyne.CanvasObject{head}, cards...)
	return stage.Page{
		Title: w.T("facts.form"), Step: stage.StepKeep, Focus: first, Back: back,
		Body: widget.Stack(14, append(body, buttons())...),
	}
}

// marks chooses the priority.
func (s *factsScreen) marks(w *stage.Stage) fyne.CanvasObject {
	values := priorities
	if !slices.Contains(values, s.mark) {
		values = append(slices.Clone(values), s.mark)
	}
	var labels [][]widget.Span
	for _, v := range values {
		switch {
		case v == "":
			labels = append(labels, []widget.Span{widget.Small(w.T("mark.none"))})
		default:
			labels = append(labels, []widget.Span{widget.Small(evidence.Shorten(factValue(w, priorityField, v), 60))})
		}
	}
	group := widget.NewChoice(w.Keys(), slices.Index(values, s.mark), func(i int) { s.mark = values[i] }, labels...)
	objects := make([]fyne.CanvasObject, len(group))
	for i, t := range group {
		objects[i] = t
	}
	return widget.Wrap(14, objects...)
}

// question is asked when something typed would be lost.
func (s *factsScreen) question(w *stage.Stage) stage.Page {
	then := s.asking
	stay := func() {
		s.asking = nil
		w.Rebuild()
	}
	save := w.Button(widget.ButtonPrimary, "facts.save", func() {
		s.asking = nil
		s.save(w, then)
	})
	return stage.Page{
		Title: w.T("facts.form"), Step: stage.StepKeep, Focus: save, Back: stay,
		Body: widget.LookCard(
			widget.RowTop(
				12,
				1,
				widget.Inset(5, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
				widget.NewText(widget.Head(w.T("facts.lose"))),
			),
			widget.NewText(widget.Plain(w.T("facts.lose-how"))),
			widget.Wrap(widget.GapSmall, save,
				w.Button(widget.ButtonPlain, "facts.stay", stay),
				w.Button(widget.ButtonPlain, "facts.discard", func() {
					s.asking = nil
					s.begun = s.typed()
					then()
				})),
		),
	}
}

// factGroups are the groups in the order of the schema.
func factGroups() []evidence.FactGroup {
	var out []evidence.FactGroup
	for _, f := range evidence.FactFields() {
		if !slices.Contains(out, f.Group) {
			out = append(out, f.Group)
		}
	}
	return out
}

func (s *factsScreen) save(w *stage.Stage, then func()) {
	session, e, facts := w.Session(), s.of.e, s.typed()
	stage.Start(w, &s.job, stage.Task[look.Exhibit]{
		Work: func(ctx context.Context, _ evidence.Progress) (look.Exhibit, error) {
			return session.Keep.SaveFacts(ctx, e.Case, e.Exhibit, facts)
		},
		Done: func(_ look.Exhibit) {
			s.begun = facts
			then()
		},
	})
}

// markButtons mark an exhibit with one press; pressed again, the mark goes.
func (s *exhibitScreen) markButtons(w *stage.Stage) fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, m := range []struct{ value, key string }{{"first", "mark.as-first"}, {"worst", "mark.worst"}} {
		value := m.value
		b := w.Button(widget.ButtonPlain, m.key, nil)
		b.Small()
		if s.e.Facts[priorityField] == m.value {
			b.Marked("check")
			value = ""
		}
		b.SetPress(func() { s.setMark(w, value) })
		out = append(out, b)
	}
	return widget.Wrap(widget.GapSmall, out...)
}

func (s *exhibitScreen) setMark(w *stage.Stage, value string) {
	session, e := w.Session(), s.e
	stage.Run(w.Aside(), func(ctx context.Context) (look.Exhibit, error) {
		return session.Keep.SaveFacts(ctx, e.Case, e.Exhibit, map[string]string{priorityField: value})
	}, func(e look.Exhibit, err error) {
		if err != nil {
			w.Explain(err)
			return
		}
		s.e = e
		w.Refresh()
	})
}
