package keep

import (
	"context"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// priorityField is a fact that is chosen, not typed; other words that were typed
// elsewhere stay as they are.
const priorityField = "priority"

// priorities are its values; "" takes the mark back.
var priorities = []string{"", "first", "latest", "worst"}

var priorityWords = map[string]string{"first": "mark.first", "latest": "mark.latest", "worst": "mark.worst"}

// factValue is a fact as it is shown: as typed, a chosen one in words.
func factValue(w *stage.Stage, name, value string) string {
	if key, ok := priorityWords[value]; ok && name == priorityField {
		return w.T(key)
	}
	if name == evidence.FactShows {
		return w.Shared("shows."+value, value)
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

// factsScreen asks what the person knows of an exhibit, a few questions a page. Nothing is required,
// what is known is not asked, and every word is kept as it is typed.
type factsScreen struct {
	of      *exhibitScreen
	page    int
	correct bool // what is known by itself is asked, too
	fields  map[string]*widget.Field
	chosen  map[string]string // facts that are chosen, not typed
	draft   stage.Draft
	saved   *widget.Text
	job     stage.Job
}

// chosenFacts are the facts that are chosen.
var chosenFacts = []string{priorityField, evidence.FactShows}

func (s *factsScreen) init(w *stage.Stage) {
	if s.fields != nil {
		return
	}
	e, session := s.of.e, w.Session()
	s.fields, s.chosen = map[string]*widget.Field{}, map[string]string{}
	for _, f := range evidence.FactFields() {
		if slices.Contains(chosenFacts, f.Name) {
			s.chosen[f.Name] = e.Facts[f.Name]
			continue
		}
		if f.Long {
			s.fields[f.Name] = widget.NewNote(w.Keys(), "", 3)
		} else {
			s.fields[f.Name] = widget.NewField(w.Keys(), "")
		}
		s.fields[f.Name].SetText(e.Facts[f.Name])
	}
	s.draft = stage.Draft{
		Typed: s.typed,
		Save: func(ctx context.Context, fields map[string]string) error {
			_, err := session.Keep.SaveFacts(ctx, e.Case, e.Exhibit, fields)
			return err
		},
	}
	s.draft.Begin(e.Facts)
}

// typed is everything as it stands in the form.
func (s *factsScreen) typed() map[string]string {
	out := maps.Clone(s.chosen)
	for name, f := range s.fields {
		out[name] = f.Text
	}
	return out
}

func (s *factsScreen) Tick(w *stage.Stage) {
	s.draft.Tick(w)
	s.say(w)
}

func (s *factsScreen) Leave(w *stage.Stage) { s.draft.Leave(w) }

// MayLeave saves first; what cannot be saved stays on the screen, with why.
func (s *factsScreen) MayLeave(w *stage.Stage, then func()) bool {
	if len(s.draft.Changed()) == 0 {
		return true
	}
	s.draft.Then(w, &s.job, then)
	return false
}

// say says whether what is typed is in the vault.
func (s *factsScreen) say(w *stage.Stage) {
	if s.saved == nil {
		return
	}
	key, role := "facts.saved", widget.RoleOK
	if len(s.draft.Changed()) > 0 {
		key, role = "facts.saving", widget.RoleMute
	}
	if s.saved.Content() != w.T(key) {
		s.saved.Set(widget.Span{Text: w.T(key), Size: widget.SizeSmall, Role: role, Bold: true})
	}
}

func (s *factsScreen) Build(w *stage.Stage) stage.Page {
	s.init(w)
	done := func() { w.GoTo(&exhibitScreen{id: s.of.id}) }
	list := keep.Questions(s.of.e, s.correct)
	s.page = min(s.page, len(list)-1)
	here := list[s.page]
	p := stage.Page{Title: w.T("facts.form"), Step: stage.StepKeep, Back: done}
	turn := func(to int) func() {
		return func() {
			s.page = to
			w.Rebuild()
			w.ToTop()
		}
	}
	next, onward := w.Button(widget.ButtonPrimary, "story.done", done), done
	if s.page+1 < len(list) {
		onward = turn(s.page + 1)
		next = widget.NewButton(w.Keys(), widget.ButtonPrimary, w.T("facts.next", "Page", w.T("facts.page."+list[s.page+1].ID)), onward)
	}
	s.job.Wait(w, next)
	s.saved = widget.NewText()
	s.say(w)
	bar := widget.NewBar()
	bar.Set(float32(s.page+1)/float32(len(list)), widget.RoleAccent)
	objects := []fyne.CanvasObject{
		widget.RowGrow(12, 0, widget.NewText(widget.SmallMute(w.T("facts.where", "Exhibit", s.of.id,
			"Page", w.Text().Number(int64(s.page+1)), "Pages", w.Text().Number(int64(len(list)))))), s.saved),
		bar,
		widget.NewText(widget.Head(w.T("facts.page." + here.ID))),
		widget.NewText(widget.Muted(w.T("facts.form-why"))),
	}
	for i, name := range here.Fields {
		skip := onward
		if i+1 < len(here.Fields) {
			after := here.Fields[i+1]
			skip = func() { s.focus(w, after) }
		}
		objects = append(objects, s.question(w, name, skip, &p)...)
	}
	buttons := []fyne.CanvasObject{next}
	if s.page > 0 {
		buttons = append(buttons, w.Button(widget.ButtonPlain, "story.before", turn(s.page-1)))
	}
	buttons = append(buttons, w.Button(widget.ButtonQuiet, "story.later", done))
	objects = append(objects, widget.Space(2), widget.Wrap(widget.Gap, buttons...))
	left := widget.Card(objects...)
	if here.ID == "suspicion" {
		left = widget.LookCard(objects...)
	}
	p.Body = widget.Columns(20, 0.66, 720, left, widget.Stack(14, widget.Present([]fyne.CanvasObject{
		s.pages(w, list, turn), s.known(w),
		widget.Card(widget.NewText(widget.Strong(w.T("story.kept"))), widget.NewText(widget.Muted(w.T("story.kept-how"))))})...))
	return p
}

// question is one question with its field, and a way past it.
func (s *factsScreen) question(w *stage.Stage, name string, skip func(), p *stage.Page) []fyne.CanvasObject {
	past := w.Button(widget.ButtonQuiet, "facts.skip", skip)
	past.Small()
	out := []fyne.CanvasObject{widget.RowGrow(12, 0, widget.NewText(widget.Strong(w.T("ask."+name))), past)}
	if how := "window.ask." + name + "-how"; w.Text().Has(how) {
		out = append(out, widget.NewText(widget.SmallMute(w.Text().T(how))))
	}
	if slices.Contains(chosenFacts, name) {
		return append(out, s.choices(w, name, p))
	}
	if p.Focus == nil {
		p.Focus = s.fields[name]
	}
	return append(out, s.fields[name])
}

// focus goes to a question.
func (s *factsScreen) focus(w *stage.Stage, name string) {
	if f, ok := s.fields[name]; ok {
		w.Focus(f)
	}
}

// choices are the answers of a fact that is chosen; words that were typed elsewhere stay one of them.
func (s *factsScreen) choices(w *stage.Stage, name string, p *stage.Page) fyne.CanvasObject {
	values := slices.Clone(priorities)
	if name == evidence.FactShows {
		values = append([]string{""}, keep.PieceIDs()...)
	}
	if !slices.Contains(values, s.chosen[name]) {
		values = append(values, s.chosen[name])
	}
	var labels [][]widget.Span
	for _, v := range values {
		words := w.T("mark.none")
		if v != "" {
			words = evidence.Shorten(factValue(w, name, v), 60)
		} else if name == evidence.FactShows {
			words = w.T("facts.not-said")
		}
		labels = append(labels, []widget.Span{widget.Small(words)})
	}
	group := widget.NewChoice(w.Keys(), slices.Index(values, s.chosen[name]), func(i int) { s.chosen[name] = values[i] }, labels...)
	objects := make([]fyne.CanvasObject, len(group))
	for i, t := range group {
		objects[i] = t
	}
	if p.Focus == nil {
		p.Focus = group[0]
	}
	return widget.Wrap(14, objects...)
}

// pages lists all pages, with what is answered of each.
func (s *factsScreen) pages(w *stage.Stage, list []keep.Page, turn func(int) func()) fyne.CanvasObject {
	typed := s.typed()
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.N("facts.pages", len(list))))}
	for i, page := range list {
		n := 0
		for _, f := range page.Fields {
			if typed[f] != "" {
				n++
			}
		}
		mark := "ring"
		if n > 0 {
			mark = "check"
		}
		if i == s.page {
			mark = "dot"
		}
		objects = append(objects, widget.NewRowButton(w.Keys(), mark, w.T("facts.page."+page.ID), turn(i)))
	}
	return widget.Card(objects...)
}

// known shows what nobody needs to be asked; nil if that is nothing.
func (s *factsScreen) known(w *stage.Stage) fyne.CanvasObject {
	list := keep.KnownOf(s.of.e)
	if len(list) == 0 {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("facts.known")))}
	for _, k := range list {
		value := evidence.Shorten(k.Value, 200)
		switch k.Field {
		case "kind":
			value = w.Shared("platform.kind."+k.Value, k.Value)
		case "date-absolute":
			if at, err := time.Parse(time.RFC3339, k.Value); err == nil {
				value = w.KeptAt(at)
			}
		}
		objects = append(objects, widget.Stack(0, widget.NewText(widget.SmallMute(w.Text().T("fact."+k.Field))),
			widget.NewText(widget.Small(value)), widget.NewText(widget.Span{Text: w.T("facts." + k.Basis), Size: widget.SizeSmall, Role: widget.RoleAccent})))
	}
	if !s.correct {
		wrong := w.Button(widget.ButtonQuiet, "facts.correct", func() {
			s.correct, s.page = true, 0
			w.Rebuild()
			w.ToTop()
		})
		wrong.Small()
		objects = append(objects, widget.Row(0, wrong))
	}
	return widget.Card(objects...)
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
