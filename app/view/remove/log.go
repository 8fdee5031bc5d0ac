package remove

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/flow/remove"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// dayWords says a date of the data, YYYY-MM or YYYY-MM-DD, as people here write it.
func dayWords(w *stage.Stage, date string) string {
	if at, err := time.Parse(time.DateOnly, date); err == nil {
		return w.Text().Day(at)
	}
	if at, err := time.Parse("2006-01", date); err == nil {
		return at.Format("01.2006")
	}
	return evidence.Shorten(date, 20)
}

// logCard lists the reports that were noted; those to look at again first say so.
func (s *removeScreen) logCard(w *stage.Stage) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("remove.log")))}
	if len(s.reports) == 0 {
		objects = append(objects, widget.NewText(widget.Muted(w.T("remove.log-empty"))))
	}
	due := map[string]bool{}
	for _, r := range remove.Due(s.reports, w.Now()) {
		due[r.Entry] = true
	}
	for _, r := range s.reports {
		tone, mark := widget.ToneQuiet, "clock"
		switch r.State {
		case "removed":
			tone, mark = widget.ToneOK, "check"
		case "refused":
			tone, mark = widget.ToneLook, "cross"
		}
		words := []fyne.CanvasObject{
			widget.NewText(widget.Strong(evidence.Shorten(r.To, 60))),
			widget.NewText(widget.SmallMute(strings.TrimSuffix(dayWords(w, r.On)+" · "+strings.Join(r.Exhibits, ", "), " · "))),
		}
		if r.Reference != "" {
			words = append(words, widget.NewText(widget.SmallMute(w.Text().T("reported.reference")+" "+evidence.Shorten(r.Reference, 80))))
		}
		if due[r.Entry] {
			words = append(
				words,
				widget.NewText(
					widget.Span{
						Text: w.T("remove.due", "Date", dayWords(w, r.NextOn)),
						Size: widget.SizeSmall,
						Role: widget.RoleWarn,
						Bold: true,
					},
				),
			)
		}
		line := widget.RowGrow(8, 0, widget.Stack(0, words...), widget.Chip(tone, mark, w.Text().T("reported.state."+r.State)))
		objects = append(objects, widget.NewPressCard(w.Keys(), line, func() { w.GoTo(&reportScreen{from: s, entry: r}) }))
	}
	return widget.Card(objects...)
}

// reportScreen notes a report, or what came of one.
type reportScreen struct {
	from    *removeScreen
	entry   look.Report // of one that is there
	to      string      // of a new one
	exhibit string

	fields map[string]*widget.Field
	state  int
	wrong  string // the field whose day cannot be read
	job    stage.Job
}

// dates are the fields that hold a day.
var dates = []string{"on", "answered-on", "next-on"}

func (s *reportScreen) init(w *stage.Stage) {
	if s.fields != nil {
		return
	}
	s.fields = map[string]*widget.Field{}
	values := map[string]string{"to": s.to, "on": w.Text().Day(w.Now())}
	if e := s.entry; e.Entry != "" {
		values = map[string]string{"to": e.To, "reference": e.Reference, "answer": e.Answer}
		for name, day := range map[string]string{"on": e.On, "answered-on": e.AnsweredOn, "next-on": e.NextOn} {
			if day != "" {
				values[name] = dayWords(w, day)
			}
		}
		for i, state := range evidence.ReportStates() {
			if state == e.State {
				s.state = i
			}
		}
	}
	for _, name := range []string{"to", "on", "reference", "answer", "answered-on", "next-on"} {
		s.fields[name] = widget.NewField(w.Keys(), "")
		s.fields[name].SetText(values[name])
	}
}

func (s *reportScreen) Build(w *stage.Stage) stage.Page {
	s.init(w)
	back := func() { w.Show(&removeScreen{exhibit: s.from.exhibit}) }
	line := func(name string) fyne.CanvasObject {
		field := fyne.CanvasObject(s.fields[name])
		if s.wrong == name {
			field = widget.Stack(
				2,
				field,
				widget.NewText(widget.Span{Text: w.T("report-log.no-day"), Size: widget.SizeSmall, Role: widget.RoleWarn}),
			)
		}
		return widget.FormLine(w.T("report-log."+name), field)
	}
	var labels [][]widget.Span
	for _, state := range evidence.ReportStates() {
		labels = append(labels, []widget.Span{widget.Small(w.Text().T("reported.state." + state))})
	}
	var states []fyne.CanvasObject
	for _, t := range widget.NewChoice(w.Keys(), s.state, func(i int) { s.state = i }, labels...) {
		states = append(states, t)
	}
	save := w.Button(widget.ButtonPrimary, "report-log.save", func() { s.save(w, back) })
	s.job.Wait(w, save)
	form := widget.Card(
		widget.NewText(widget.Head(w.T("report-log.title"))), widget.NewText(widget.Muted(w.T("report-log.why"))),
		line("to"), line("on"), line("reference"),
		widget.FormLine(w.T("report-log.state"), widget.Wrap(12, states...)),
		line("answer"), line("answered-on"), line("next-on"), widget.NewText(widget.SmallMute(w.T("report-log.next-how"))),
		widget.Space(2), widget.Wrap(widget.GapSmall, save, w.Button(widget.ButtonPlain, "back", back)))
	return stage.Page{
		Title: w.T("remove.title"), Step: stage.StepRemove, Back: back, Focus: s.fields["to"], Body: widget.Columns(20, 0.62, 620, form,
			widget.Card(widget.NewText(widget.Strong(w.T("report-log.goes"))), widget.NewText(widget.Muted(w.T("report-log.goes-how"))))),
	}
}

func (s *reportScreen) save(w *stage.Stage, then func()) {
	fields := map[string]string{"state": evidence.ReportStates()[s.state]}
	for name, f := range s.fields {
		fields[name] = strings.TrimSpace(f.Text)
	}
	for _, name := range dates {
		day, ok := remove.Day(fields[name])
		if !ok {
			s.wrong = name
			w.Rebuild()
			return
		}
		fields[name] = day
	}
	s.wrong = ""
	if s.entry.Entry != "" {
		fields["entry"] = s.entry.Entry
	} else {
		fields["exhibits"] = s.exhibit
	}
	session, id := w.Session(), w.Desk().Case.ID
	stage.Start(w, &s.job, stage.Task[look.Report]{
		Work: func(ctx context.Context, _ evidence.Progress) (look.Report, error) {
			return session.Remove.Report(ctx, id, fields)
		},
		Done: func(look.Report) { then() },
	})
}
