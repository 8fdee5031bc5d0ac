package view

import (
	"context"
	"maps"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/evidence"
)

// priorityField is the one fact that is chosen, not typed; other words that
// were typed elsewhere stay as they are.
const priorityField = "priority"

// priorities are its values; "" takes the mark back.
var priorities = []string{"", "first", "latest", "worst"}

var priorityWords = map[string]string{"first": "mark.first", "latest": "mark.latest", "worst": "mark.worst"}

// factValue is a fact as it is shown: as typed, a chosen one in words.
func factValue(w *Window, name, value string) string {
	if key, ok := priorityWords[value]; ok && name == priorityField {
		return w.t(key)
	}
	return value
}

// toldLines are the facts of some groups that the person told, in the order of the schema.
func toldLines(w *Window, facts map[string]string, wanted func(evidence.FactGroup) bool) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, f := range evidence.FactFields() {
		if v := facts[f.Name]; v != "" && wanted(f.Group) {
			label := "fact." + f.Name
			if f.Name == priorityField {
				label = "fact-group." + string(f.Group) // its own label lists the choices
			}
			out = append(out, fact(w.text.T(label), small(shown(factValue(w, f.Name, v), 600))))
		}
	}
	return out
}

func isSuspicion(g evidence.FactGroup) bool { return g == evidence.FactSuspicion }
func isFact(g evidence.FactGroup) bool      { return !isSuspicion(g) }

// suspicionCard keeps a suspicion apart from the facts; nil without one.
func suspicionCard(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	lines := toldLines(w, e.Facts, isSuspicion)
	if len(lines) == 0 {
		return nil
	}
	return card(append([]fyne.CanvasObject{newText(strong(w.text.T("fact-group." + string(evidence.FactSuspicion))))}, lines...)...)
}

// factsScreen asks what the person knows of an exhibit. Nothing is required,
// nothing is saved by itself, and nothing typed is lost without a question.
type factsScreen struct {
	of     *exhibitScreen
	fields map[string]*field
	mark   string // the chosen priority
	begun  map[string]string
	asking func() // where the person wants to go although something is not saved
	busy   bool
}

func (s *factsScreen) init(w *Window) {
	if s.fields != nil {
		return
	}
	s.begun = maps.Clone(s.of.e.Facts)
	s.mark = s.begun[priorityField]
	s.fields = map[string]*field{}
	for _, f := range evidence.FactFields() {
		switch {
		case f.Name == priorityField:
			continue
		case f.Long:
			s.fields[f.Name] = newNote(w.keys, "", 3)
		default:
			s.fields[f.Name] = newField(w.keys, "")
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
func (s *factsScreen) mayLeave(w *Window, then func()) bool {
	if s.busy {
		return false
	}
	if !s.unsaved() {
		return true
	}
	s.asking = then
	w.rebuild()
	w.frame.toTop()
	return false
}

func (s *factsScreen) build(w *Window) page {
	s.init(w)
	back := func() { w.goTo(&exhibitScreen{id: s.of.id}) }
	if s.asking != nil {
		return s.question(w)
	}
	var first fyne.Focusable
	var cards []fyne.CanvasObject
	for _, group := range factGroups() {
		objects := []fyne.CanvasObject{newText(strong(w.text.T("fact-group." + string(group))))}
		if isSuspicion(group) {
			objects = append(objects, newText(smallMute(w.t("facts.suspicion-why"))))
		}
		for _, f := range evidence.FactFields() {
			if f.Group != group {
				continue
			}
			label := newText(small(w.text.T("fact." + f.Name)))
			if f.Name == priorityField {
				objects = append(objects, s.marks(w))
				continue
			}
			if first == nil {
				first = s.fields[f.Name]
			}
			objects = append(objects, columns(14, 240, 420, inset(9, 0, 0, 0, label), s.fields[f.Name]))
		}
		if isSuspicion(group) {
			cards = append(cards, lookCard(objects...))
		} else {
			cards = append(cards, card(objects...))
		}
	}
	buttons := func() fyne.CanvasObject {
		save := w.button(buttonPrimary, "facts.save", func() { s.save(w, back) })
		save.disable(s.busy)
		return row(gapSmall, save, w.button(buttonPlain, "back", back))
	}
	head := rowGrow(14, 0, stack(4, newText(muted(w.t("facts.form-why"))), newText(smallMute(w.t("facts.form-save")))), buttons())
	body := append([]fyne.CanvasObject{head}, cards...)
	return page{
		title: w.t("facts.form"), step: stepKeep, focus: first, back: back,
		body: stack(14, append(body, buttons())...),
	}
}

// marks chooses the priority.
func (s *factsScreen) marks(w *Window) fyne.CanvasObject {
	values := priorities
	if !slices.Contains(values, s.mark) {
		values = append(slices.Clone(values), s.mark)
	}
	var labels [][]span
	for _, v := range values {
		switch {
		case v == "":
			labels = append(labels, []span{small(w.t("mark.none"))})
		default:
			labels = append(labels, []span{small(shown(factValue(w, priorityField, v), 60))})
		}
	}
	group := newChoice(w.keys, slices.Index(values, s.mark), func(i int) { s.mark = values[i] }, labels...)
	objects := make([]fyne.CanvasObject, len(group))
	for i, t := range group {
		objects[i] = t
	}
	return wrap(14, objects...)
}

// question is asked when something typed would be lost.
func (s *factsScreen) question(w *Window) page {
	then := s.asking
	stay := func() {
		s.asking = nil
		w.rebuild()
	}
	save := w.button(buttonPrimary, "facts.save", func() {
		s.asking = nil
		s.save(w, then)
	})
	return page{
		title: w.t("facts.form"), step: stepKeep, focus: save, back: stay,
		body: lookCard(
			rowTop(12, 1, inset(5, 0, 0, 0, mark("look", roleWarn, 16)), newText(head(w.t("facts.lose")))),
			newText(plain(w.t("facts.lose-how"))),
			wrap(gapSmall, save,
				w.button(buttonPlain, "facts.stay", stay),
				w.button(buttonPlain, "facts.discard", func() {
					s.asking = nil
					s.begun = s.typed()
					then()
				}))),
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

func (s *factsScreen) save(w *Window, then func()) {
	if s.busy {
		return
	}
	s.busy = true
	session, e, facts := w.session, s.of.e, s.typed()
	run(w.work, w.life, func(ctx context.Context) (flow.ExhibitView, error) {
		return session.SaveFacts(ctx, e.Case, e.Exhibit, facts)
	}, func(_ flow.ExhibitView, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		s.begun = facts
		then()
	})
	if s.busy {
		w.rebuild()
	}
}

// markButtons mark an exhibit with one press; pressed again, the mark goes.
func (s *exhibitScreen) markButtons(w *Window) fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, m := range []struct{ value, key string }{{"first", "mark.as-first"}, {"worst", "mark.worst"}} {
		value := m.value
		b := w.button(buttonPlain, m.key, nil)
		b.size = sizeSmall
		if s.e.Facts[priorityField] == m.value {
			b.after = []string{"check"}
			value = ""
		}
		b.press = func() { s.setMark(w, value) }
		out = append(out, b)
	}
	return wrap(gapSmall, out...)
}

func (s *exhibitScreen) setMark(w *Window, value string) {
	session, e := w.session, s.e
	run(w.aside, w.life, func(ctx context.Context) (flow.ExhibitView, error) {
		return session.SaveFacts(ctx, e.Case, e.Exhibit, map[string]string{priorityField: value})
	}, func(e flow.ExhibitView, err error) {
		if err != nil {
			w.explain(err)
			return
		}
		s.e = e
		w.refresh()
	})
}
