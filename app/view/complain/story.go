package complain

import (
	"context"
	"io"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow/complain"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// storyGroups are the pages on which the account is told: a few questions at a time.
var storyGroups = []string{"story", "people", "wish", "cover", "appointment"}

// storyScreen asks for the account of the whole case, a few questions a page. Nothing is required.
type storyScreen struct {
	page   int
	fields map[string]*widget.Field
	draft  stage.Draft
	job    stage.Job
	loaded bool
}

// told are the fields that are typed, of some groups.
func told(groups ...string) (list []evidence.AccountField) {
	for _, f := range evidence.AccountFields() {
		if slices.Contains(groups, f.Group) {
			list = append(list, f)
		}
	}
	return list
}

func (s *storyScreen) Open(w *stage.Stage) {
	if s.loaded {
		return
	}
	session, id := w.Session(), w.Desk().Case.ID
	stage.Run(w.Aside(), func(ctx context.Context) (map[string]string, error) { return session.Complain.Fields(ctx, id) },
		func(values map[string]string, err error) {
			if err == nil {
				s.begin(w, values)
			}
			w.Rebuild()
			w.Explain(err)
		})
}

func (s *storyScreen) begin(w *stage.Stage, values map[string]string) {
	session, id := w.Session(), w.Desk().Case.ID
	s.loaded, s.fields = true, map[string]*widget.Field{}
	for _, f := range told(storyGroups...) {
		if f.Long {
			s.fields[f.Name] = widget.NewNote(w.Keys(), "", 3)
		} else {
			s.fields[f.Name] = widget.NewField(w.Keys(), "")
		}
		s.fields[f.Name].SetText(values[f.Name])
	}
	s.draft = stage.Draft{
		Typed: func() map[string]string {
			out := map[string]string{}
			for name, f := range s.fields {
				out[name] = f.Text
			}
			return out
		},
		Save: func(ctx context.Context, fields map[string]string) error {
			return session.Complain.Set(ctx, id, fields)
		},
	}
	s.draft.Begin(values)
}

func (s *storyScreen) Tick(w *stage.Stage)  { s.draft.Tick(w) }
func (s *storyScreen) Leave(w *stage.Stage) { s.draft.Leave(w) }

func (s *storyScreen) MayLeave(w *stage.Stage, then func()) bool {
	if len(s.draft.Changed()) == 0 {
		return true
	}
	s.draft.Then(w, &s.job, then)
	return false
}

func (s *storyScreen) Build(w *stage.Stage) stage.Page {
	home := func() { w.GoTo(w.At(stage.Complain)) }
	p := stage.Page{Title: w.T("complain.title"), Step: stage.StepComplain, Back: home}
	if !s.loaded {
		p.Body = widget.NewText(widget.Muted(w.T("loading")))
		return p
	}
	group := storyGroups[s.page]
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("story." + group))),
		widget.NewText(widget.Muted(w.T("story." + group + "-why"))),
	}
	for _, f := range told(group) {
		if p.Focus == nil {
			p.Focus = s.fields[f.Name]
		}
		objects = append(objects, widget.NewText(widget.Strong(w.T("story.ask."+f.Name))), s.fields[f.Name])
	}
	turn := func(to int) func() {
		return func() {
			s.page = to
			w.Rebuild()
			w.ToTop()
		}
	}
	next := w.Button(widget.ButtonPrimary, "story.done", home)
	if s.page+1 < len(storyGroups) {
		next = w.Button(widget.ButtonPrimary, "story.next", turn(s.page+1))
	}
	s.job.Wait(w, next)
	buttons := []fyne.CanvasObject{next}
	if s.page > 0 {
		buttons = append(buttons, w.Button(widget.ButtonPlain, "story.before", turn(s.page-1)))
	}
	buttons = append(buttons, w.Button(widget.ButtonQuiet, "story.later", home))
	objects = append(objects, widget.Space(2), widget.Wrap(widget.GapSmall, buttons...))
	p.Body = widget.Columns(20, 0.62, 620, widget.Card(objects...),
		widget.Card(widget.NewText(widget.Strong(w.T("story.kept"))), widget.NewText(widget.Muted(w.T("story.kept-how")))))
	return p
}

// choices are the answers to a circumstance, as they are kept.
var choices = []string{"yes", "no", "unsure"}

// questionScreen asks one circumstance, gently, with what was noted with the exhibits as example.
type questionScreen struct {
	at      int
	account complain.Account
	lang    string
	choice  string
	words   *widget.Field
	draft   stage.Draft
	job     stage.Job
	loaded  bool
}

func (s *questionScreen) Open(w *stage.Stage) { s.read(w) }

func (s *questionScreen) read(w *stage.Stage) {
	session, id, lang := w.Session(), w.Desk().Case.ID, w.Text().Lang()
	s.lang = lang
	stage.Run(w.Aside(), func(ctx context.Context) (complain.Account, error) { return session.Complain.Show(ctx, id, lang) },
		func(a complain.Account, err error) {
			if err == nil {
				s.begin(w, a)
			}
			w.Rebuild()
			w.Explain(err)
		})
}

func (s *questionScreen) begin(w *stage.Stage, a complain.Account) {
	s.account = a
	if s.loaded { // read again in another language: what is typed stays
		return
	}
	session, id, q := w.Session(), w.Desk().Case.ID, a.Questions[s.at]
	s.loaded, s.choice = true, q.Choice
	s.words = widget.NewNote(w.Keys(), "", 3)
	s.words.SetText(q.Answer)
	s.draft = stage.Draft{
		Typed: func() map[string]string { return map[string]string{q.ID: complain.Answer(s.choice, s.words.Text)} },
		Save: func(ctx context.Context, fields map[string]string) error {
			return session.Complain.Set(ctx, id, fields)
		},
	}
	s.draft.Begin(map[string]string{q.ID: complain.Answer(q.Choice, q.Answer)})
}

func (s *questionScreen) Tick(w *stage.Stage)  { s.draft.Tick(w) }
func (s *questionScreen) Leave(w *stage.Stage) { s.draft.Leave(w) }

func (s *questionScreen) MayLeave(w *stage.Stage, then func()) bool {
	if len(s.draft.Changed()) == 0 {
		return true
	}
	s.draft.Then(w, &s.job, then)
	return false
}

func (s *questionScreen) Build(w *stage.Stage) stage.Page {
	home := func() { w.GoTo(w.At(stage.Complain)) }
	p := stage.Page{Title: w.T("complain.title"), Step: stage.StepComplain, Back: home}
	if !s.loaded {
		p.Body = widget.NewText(widget.Muted(w.T("loading")))
		return p
	}
	if s.lang != w.Text().Lang() {
		s.read(w)
	}
	q := s.account.Questions[s.at]
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(q.Question)), widget.NewText(widget.Muted(q.Example))}
	for _, quote := range q.Quotes {
		objects = append(
			objects,
			widget.Point(
				widget.ToneQuiet,
				"dot",
				widget.NewText(
					widget.Small("« "+evidence.Shorten(quote.Text, 300)+" » "),
					widget.SmallMute(w.T("complain.quote", "Exhibit", quote.Exhibit)),
				),
			),
		)
	}
	var labels [][]widget.Span
	for _, c := range choices {
		labels = append(labels, []widget.Span{widget.Plain(w.Text().T("account.answer." + c))})
	}
	var ticks []fyne.CanvasObject
	for i, t := range widget.NewChoice(w.Keys(), slices.Index(choices, s.choice), func(i int) { s.choice = choices[i] }, labels...) {
		if i == 0 {
			p.Focus = t
		}
		ticks = append(ticks, t)
	}
	next := w.Button(widget.ButtonPrimary, "story.done", home)
	if s.at+1 < len(s.account.Questions) {
		next = w.Button(widget.ButtonPrimary, "story.next", func() { w.GoTo(&questionScreen{at: s.at + 1}) })
	}
	s.job.Wait(w, next)
	objects = append(objects, widget.Wrap(16, ticks...), widget.NewText(widget.Small(w.T("complain.words"))), s.words, widget.Space(2),
		widget.Wrap(widget.GapSmall, next, w.Button(widget.ButtonQuiet, "story.later", home)))
	law := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("complain.law"))), widget.NewText(widget.Plain(q.Law.Text)),
		widget.NewText(widget.SmallMute(w.T("complain.law-from", "Articles", q.Law.Reference, "Date", dayWords(w, q.Law.ValidFrom))))}
	if !q.Law.Confirmed {
		law = append(law, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Span{Text: w.T("complain.not-confirmed"), Size: widget.SizeSmall, Role: widget.RoleWarn})))
	}
	p.Body = widget.Columns(20, 0.6, 620, widget.Card(objects...), widget.Stack(14, widget.Card(law...), widget.Card(widget.NewText(widget.Strong(w.T("complain.no-proof"))), widget.NewText(widget.Muted(w.T("complain.no-proof-how"))))))
	return p
}

// readScreen shows the account as it will be printed, to be read, copied or saved.
type readScreen struct {
	account complain.Account
	copied  bool
	saved   string
	job     stage.Job
}

func (s *readScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(w.At(stage.Complain)) }
	text, err := s.account.Text(w.Now())
	if err != nil {
		text = err.Error()
	}
	copying := w.Button(widget.ButtonPlain, "letter.copy", func() {
		w.Copy(text)
		s.copied = true
		w.Refresh()
	})
	if s.copied {
		copying.Marked("check")
	}
	pdf := w.Button(widget.ButtonPrimary, "letter.pdf", func() { s.save(w) })
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.Text().T("account.title"))),
		widget.Wrap(widget.GapSmall, pdf, copying, w.Button(widget.ButtonPlain, "back", back)),
	}
	if s.saved != "" {
		objects = append(
			objects,
			widget.Point(
				widget.ToneOK,
				"check",
				widget.NewText(widget.Plain(w.T("letter.saved")+" "), widget.Mono(evidence.Shorten(s.saved, 200))),
			),
			widget.NewText(widget.SmallMute(w.T("letter.open"))),
		)
	}
	objects = append(objects, widget.Rule())
	objects = append(objects, lines(text)...)
	return stage.Page{Title: w.T("complain.title"), Step: stage.StepComplain, Back: back, Focus: pdf, Body: widget.Card(objects...)}
}

func (s *readScreen) save(w *stage.Stage) {
	w.Show(&choose.Screen{
		Title: w.T("letter.where"), Hint: w.T("letter.where-hint"), At: w.Home(),
		Back: func() { w.Show(s) },
		Done: func(dir string) {
			w.Show(s)
			target := filepath.Join(dir, choose.FreeName(dir, w.T("complain.file"), ".pdf"))
			session, a, at := w.Session(), s.account, w.Now()
			stage.Start(w, &s.job, stage.Task[string]{
				Work: func(context.Context, evidence.Progress) (string, error) {
					return target, session.WriteOut(target, func(out io.Writer, _ bool) error { return a.WritePDF(out, at) })
				},
				Done: func(name string) {
					s.saved = name
					w.Rebuild()
				},
			})
		},
	})
}
