package complain

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/complain"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/help"
	"constat/evidence"
)

// complainScreen is the account as the case knows it, with all that belongs to a complaint around it.
type complainScreen struct {
	job     stage.Job // saving notes before one goes elsewhere
	account complain.Account
	lang    string
	loaded  bool
	notes   *widget.Field
	draft   stage.Draft // of the notes
	open    map[string]bool
	copied  string
	all     bool // every line of the chronology
}

// reading is what the screen reads at once.
type reading struct {
	matter  look.Case
	account complain.Account
	notes   string
}

func (s *complainScreen) Open(w *stage.Stage) {
	s.open = map[string]bool{}
	s.read(w)
}

func (s *complainScreen) read(w *stage.Stage) {
	session, id, lang := w.Session(), w.Desk().Case.ID, w.Text().Lang()
	s.lang = lang
	stage.Run(w.Aside(), func(ctx context.Context) (r reading, err error) {
		if r.account, err = session.Complain.Show(ctx, id, lang); err == nil {
			r.notes, err = session.Complain.Notes(ctx, id)
		}
		if err == nil {
			r.matter, err = stage.Matter(ctx, session, id)
		}
		return r, err
	}, func(r reading, err error) {
		w.Holds(r.matter)
		if err == nil {
			s.account, s.loaded = r.account, true
			if s.notes == nil {
				s.begin(w, r.notes)
			}
		}
		w.Rebuild()
		w.Explain(err)
	})
}

// begin puts the notes on the screen.
func (s *complainScreen) begin(w *stage.Stage, notes string) {
	session, id := w.Session(), w.Desk().Case.ID
	s.notes = widget.NewNote(w.Keys(), "", 4)
	s.notes.SetText(notes)
	s.draft = stage.Draft{
		Typed: func() map[string]string { return map[string]string{"notes": s.notes.Text} },
		Save: func(ctx context.Context, fields map[string]string) error {
			return session.Complain.SaveNotes(ctx, id, fields["notes"])
		},
	}
	s.draft.Begin(map[string]string{"notes": notes})
}

func (s *complainScreen) Tick(w *stage.Stage)  { s.draft.Tick(w) }
func (s *complainScreen) Leave(w *stage.Stage) { s.draft.Leave(w) }

// MayLeave saves first; what cannot be saved stays on the screen, with why.
func (s *complainScreen) MayLeave(w *stage.Stage, then func()) bool {
	if len(s.draft.Changed()) == 0 {
		return true
	}
	s.draft.Then(w, &s.job, then)
	return false
}

func (s *complainScreen) Build(w *stage.Stage) stage.Page {
	p := stage.Page{Title: w.T("complain.title"), Step: stage.StepComplain, Back: func() { w.GoTo(w.At(stage.Kept)) }}
	if !s.loaded {
		p.Body = widget.NewText(widget.Muted(w.T("loading")))
		return p
	}
	if s.lang != w.Text().Lang() {
		s.read(w)
	}
	tell := w.Button(widget.ButtonPrimary, "complain.tell", func() { w.GoTo(&storyScreen{}) })
	left := widget.Stack(14, s.storyCard(w, tell), s.notesCard(w))
	right := widget.Stack(14, s.questionsCard(w), s.aboutCard(w), s.appointmentCard(w))
	p.Body, p.Focus = widget.Columns(18, 0.44, 640, left, right), tell
	return p
}

// eventsMost is how much of a long chronology is drawn at first.
const eventsMost = 12

func (s *complainScreen) storyCard(w *stage.Stage, tell *widget.Button) fyne.CanvasObject {
	a := s.account
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("complain.story"))),
		widget.NewText(widget.Muted(w.T("complain.story-why"))),
	}
	if v := a.Fields["happened"]; v != "" {
		objects = append(objects, widget.NewText(widget.Plain(evidence.Shorten(v, 400))))
	}
	events := a.Chronology
	if !s.all {
		events = events[:min(len(events), eventsMost)]
	}
	if len(events) == 0 {
		objects = append(objects, widget.NewText(widget.Muted(w.T("complain.no-events"))))
	}
	for _, e := range events {
		objects = append(objects, eventLine(w, e))
	}
	if rest := len(a.Chronology) - len(events); rest > 0 {
		more := widget.NewButton(w.Keys(), widget.ButtonQuiet, w.N("complain.more", rest), func() {
			s.all = true
			w.Refresh()
		})
		more.Small()
		objects = append(objects, widget.Row(0, more))
	}
	if a.Closed > 0 {
		objects = append(objects, widget.NewText(widget.SmallMute(w.Text().N("account.closed", a.Closed))))
	}
	read := w.Button(widget.ButtonPlain, "complain.read", func() { w.GoTo(&readScreen{account: a}) })
	return widget.Card(append(objects, widget.Space(2), widget.Wrap(widget.GapSmall, tell, read), widget.NewText(widget.SmallMute(w.T("complain.printed"))))...)
}

// eventLine is one line of the chronology: when, what, and what the time rests on.
func eventLine(w *stage.Stage, e complain.Event) fyne.CanvasObject {
	when := w.Text().T("account.undated")
	switch {
	case e.Time != nil && e.Day:
		when = w.Text().Day(*e.Time)
	case e.Time != nil:
		when = w.Text().Minute(e.Time.In(w.Now().Location()))
	case e.Told != "":
		when = evidence.Shorten(e.Told, 60)
	}
	mark := "ring"
	if e.Kind == "published" {
		mark = "dot"
	}
	return widget.Columns(10, 118, 260, widget.NewText(widget.Span{Text: when, Size: widget.SizeSmall, Bold: true}),
		widget.Point(widget.ToneQuiet, mark, widget.Stack(0, widget.NewText(widget.Small(evidence.Shorten(e.Text, 200))), widget.NewText(widget.SmallMute(w.Text().T("account.basis."+e.Basis))))))
}

func (s *complainScreen) notesCard(w *stage.Stage) fyne.CanvasObject {
	return widget.Card(
		widget.RowGrow(
			12,
			0,
			widget.NewText(widget.Head(w.T("complain.notes"))),
			widget.Chip(widget.ToneOK, "check", w.T("complain.notes-never")),
		),
		widget.NewText(widget.SmallMute(w.T("complain.notes-why"))),
		s.notes,
	)
}

// questionsCard shows what was answered; the questions themselves come one after the other.
func (s *complainScreen) questionsCard(w *stage.Stage) fyne.CanvasObject {
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("complain.questions"))),
		widget.NewText(widget.Muted(w.T("complain.questions-why"))),
	}
	for i, q := range s.account.Questions {
		if i == 2 && !s.open["questions"] && !answered(s.account.Questions[2:]) {
			break
		}
		state := w.T("complain.not-answered")
		tone, mark := widget.ToneQuiet, "ring"
		if q.Choice != "" || q.Answer != "" {
			tone, mark = widget.ToneOK, "check"
			state = q.Answer
			if q.Choice != "" {
				state = strings.TrimSuffix(w.Text().T("account.answer."+q.Choice)+" · "+q.Answer, " · ")
			}
		}
		line := widget.Point(tone, mark, widget.Stack(0, widget.NewText(widget.Strong(w.Text().T("account."+q.ID))), widget.NewText(widget.SmallMute(evidence.Shorten(state, 160)))))
		objects = append(objects, widget.NewPressCard(w.Keys(), line, func() { w.GoTo(&questionScreen{at: i}) }))
	}
	if !s.open["questions"] && !answered(s.account.Questions[2:]) {
		more := w.Button(widget.ButtonQuiet, "complain.more-questions", func() {
			s.open["questions"] = true
			w.Refresh()
		})
		more.Small()
		objects = append(objects, widget.Row(0, more))
	}
	return widget.Card(objects...)
}

func answered(list []complain.Question) bool {
	return slices.ContainsFunc(list, func(q complain.Question) bool { return q.Choice != "" || q.Answer != "" })
}

// plain are what is not to be looked for: that one did nothing wrong, who decides, and that the other
// person learns of it, with whom to call first. The rest unfolds.
var plain = []string{"not-your-fault", "decides", "suspect-learns"}

// aboutCard is what happens: what is not to be looked for, then a heading a line, of which each unfolds.
func (s *complainScreen) aboutCard(w *stage.Stage) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("complain.about")))}
	for _, id := range plain {
		i := slices.IndexFunc(s.account.About, func(n complain.Note) bool { return n.ID == id })
		if i < 0 {
			continue
		}
		n := s.account.About[i]
		said := widget.Stack(0, widget.NewText(widget.Strong(n.Title)), widget.NewText(widget.Small(n.Text)))
		if id != "suspect-learns" {
			objects = append(objects, said)
			continue
		}
		number := help.Numbers(help.Home)["institute"]
		copying := w.Button(widget.ButtonPlain, "copy", func() {
			w.Copy(number)
			s.copied = number
			w.Refresh()
		})
		copying.Small()
		if s.copied == number {
			copying.Marked("check")
		}
		objects = append(objects, widget.Inset(8, widget.Gap, 8, widget.Gap, widget.Stack(6, said,
			widget.Row(10, widget.NewText(widget.Strong(w.T("complain.learns", "Number", number))), copying)),
			widget.Panel(widget.RoleWarnSoft, widget.RoleWarnLine, widget.RadiusField)))
	}
	for _, n := range s.account.About {
		if slices.Contains(plain, n.ID) {
			continue
		}
		objects = append(objects, widget.NewRowButton(w.Keys(), "down", n.Title, func() {
			s.open[n.ID] = !s.open[n.ID]
			w.Refresh()
		}))
		if s.open[n.ID] {
			objects = append(objects, widget.Inset(0, 0, 4, 34, widget.NewText(widget.Plain(n.Text))))
		}
	}
	return widget.Card(objects...)
}

// appointmentCard is what to say on the phone and what to bring; only the person ticks.
func (s *complainScreen) appointmentCard(w *stage.Stage) fyne.CanvasObject {
	a := s.account
	say := w.Button(widget.ButtonPlain, "copy", func() {
		w.Copy(a.Say)
		s.copied = "say"
		w.Refresh()
	})
	say.Small()
	if s.copied == "say" {
		say.Marked("check")
	}
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("complain.appointment"))), widget.NewText(widget.Muted(w.T("complain.say"))),
		widget.RowTop(12, 0, widget.NewText(widget.Plain("« "+a.Say+" »")), say), widget.Space(2), widget.NewText(widget.Strong(w.T("complain.bring"))),
	}
	for _, b := range a.Bring {
		spans := []widget.Span{widget.Small(b.Text)}
		if b.Ready != "" {
			spans = append(spans, widget.SmallMute(" · "+b.Ready))
		}
		objects = append(objects, widget.NewCheck(w.Keys(), b.Ticked, func(on bool) { s.tick(w, b.ID, on) }, spans...))
	}
	return widget.Card(append(objects, widget.NewText(widget.SmallMute(w.T("complain.bring-how"))))...)
}

// tick keeps what the person ticked.
func (s *complainScreen) tick(w *stage.Stage, thing string, on bool) {
	var ticked []string
	for i, b := range s.account.Bring {
		if b.ID == thing {
			s.account.Bring[i].Ticked = on
		}
		if s.account.Bring[i].Ticked {
			ticked = append(ticked, b.ID)
		}
	}
	session, id := w.Session(), w.Desk().Case.ID
	stage.Run(w.Aside(), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, session.Complain.Set(ctx, id, map[string]string{"ticked": strings.Join(ticked, " ")})
	}, func(_ struct{}, err error) { w.Explain(err) })
}
