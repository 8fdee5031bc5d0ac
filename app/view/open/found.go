package open

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// foundScreen says what was found when the vault was opened, and asks the question that a vault of
// version 1 needs. It is shown once after unlocking, and again whenever the settings ask for it.
type foundScreen struct {
	again  bool        // from the settings
	list   []look.Case // of a vault of version 1
	loaded bool
	done   bool // the vault was migrated a moment ago
	job    stage.Job
}

// opened takes the person on from an unlocked vault: past what was found, if something was.
func opened(w *stage.Stage) {
	session := w.Session()
	if session.Old() || len(session.Notices(w.Text())) > 0 {
		w.Show(&foundScreen{})
	} else {
		w.Show(w.At(stage.Cases))
	}
	w.Explain(session.Tried())
}

// Open implements [stage.Opener].
func (s *foundScreen) Open(w *stage.Stage) {
	session := w.Session()
	if !session.Old() {
		return
	}
	stage.Run(w.Aside(), session.Look.Cases, func(list []look.Case, err error) {
		s.list, s.loaded = list, err == nil
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *foundScreen) Build(w *stage.Stage) stage.Page {
	session := w.Session()
	if session == nil { // the vault is being locked
		return stage.Page{Title: w.T("found.title"), Body: widget.Space(1)}
	}
	var body []fyne.CanvasObject
	if notices := session.Notices(w.Text()); len(notices) > 0 {
		objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("found.what"))), widget.NewText(widget.Muted(w.T("found.why")))}
		for _, n := range notices {
			objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(n))))
		}
		body = append(body, widget.Card(objects...))
	}
	old := session.Old()
	if old {
		body = append(body, s.question(w))
	}
	if s.done {
		body = append(body, widget.Card(widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("found.migrated"))))))
	}
	if len(body) == 0 {
		body = append(body, widget.Card(widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("found.nothing"))))))
	}
	on := func() {
		if s.job.Busy() {
			return
		}
		if s.again {
			w.Show(w.At(stage.Settings))
			return
		}
		w.Show(w.At(stage.Cases))
	}
	name := "found.next"
	if old {
		name = "found.later"
	} else if s.again {
		name = "back"
	}
	next := w.Button(widget.ButtonPlain, name, on)
	next.Disable(s.job.Busy())
	buttons := []fyne.CanvasObject{next}
	if old {
		mine := w.Button(widget.ButtonPrimary, "found.mine", func() { s.migrate(w) })
		mine.Disable(s.job.Busy() || !s.loaded)
		s.job.Wait(w, mine)
		buttons = []fyne.CanvasObject{mine, next}
	}
	body = append(body, widget.Wrap(widget.GapSmall, buttons...))
	return stage.Page{Title: w.T("found.title"), Body: widget.Stack(14, body...), Focus: next, Back: on}
}

// question shows the cases of a vault of version 1, and what follows from saying that they are
// one's own.
func (s *foundScreen) question(w *stage.Stage) fyne.CanvasObject {
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("found.old"))), widget.NewText(widget.Plain(w.T("found.old-why"))), widget.Space(2),
	}
	if !s.loaded {
		objects = append(objects, widget.NewText(widget.Muted(w.T("loading"))))
	}
	for _, c := range s.list {
		made := w.Text().Date(c.CreatedAt.In(w.Now().Location()))
		objects = append(
			objects,
			widget.Point(
				widget.ToneQuiet,
				"address",
				widget.Stack(0, widget.NewText(widget.Strong(evidence.Shorten(evidence.Clean(c.Title), 120))),
					widget.NewText(widget.SmallMute(w.N("side.exhibits", c.Exhibits)+" · "+w.T("cases.made", "Date", made)))),
			),
		)
	}
	return widget.LookCard(append(objects, widget.Rule(), widget.NewText(widget.Strong(w.T("found.ask"))),
		widget.Point(widget.ToneQuiet, "check", widget.NewText(widget.Plain(w.T("found.ask-yes")))),
		widget.Point(widget.ToneQuiet, "clock", widget.NewText(widget.Plain(w.T("found.ask-no")))))...)
}

func (s *foundScreen) migrate(w *stage.Stage) {
	if s.job.Busy() || !s.loaded {
		return
	}
	session := w.Session()
	stage.Start(w, &s.job, stage.Task[struct{}]{
		Work: func(ctx context.Context, _ evidence.Progress) (struct{}, error) {
			return struct{}{}, session.Migrate(ctx)
		},
		Done: func(struct{}) {
			s.done = true
			w.ClearNotice()
			w.Rebuild()
		},
	})
}
