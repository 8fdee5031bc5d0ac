package keep

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/help"
	"constat/evidence"
)

// addressCard shows the address that this is about.
func addressCard(address string) fyne.CanvasObject {
	return widget.Inset(
		14,
		widget.CardPadding,
		14,
		widget.CardPadding,
		widget.NewText(widget.Mono(evidence.Shorten(address, 400))),
		widget.Panel(widget.RoleCard, widget.RoleLine, widget.RadiusCard),
	)
}

// ageScreen asks about age before anything is loaded.
type ageScreen struct {
	address string
	window  bool // the page is gone to in a window, to sign in
	from    *homeScreen
}

// open has a browser start while the person thinks. It loads nothing.
func (s *ageScreen) Open(w *stage.Stage) { startAhead(w) }

// startAhead has the browser of the next capture ready.
func startAhead(w *stage.Stage) {
	stage.Run(w.Ahead(), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.App().Prepare(ctx)
	}, func(struct{}, error) {}) // what is wrong with the browser is said by the capture
}

func (s *ageScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(s.from) }
	no := w.Button(widget.ButtonPlain, "age.no", func() {
		if s.window {
			w.Show(&signinScreen{address: s.address, from: s.from})
			return
		}
		request := s.from.options.request(w.Desk().Case.ID, s.address)
		request.Meant = s.from.meant
		w.Show(&captureScreen{request: request, from: s.from})
	})
	stop := func(subject keep.Subject) func() {
		return func() {
			refuse(w, s.address, subject)
			w.Show(&recordScreen{address: s.address, from: s.from, subject: subject})
		}
	}
	question := widget.Card(
		widget.NewText(widget.Head(w.T("age.question"))), widget.NewText(widget.Muted(w.T("age.why"))), widget.Space(4),
		widget.Wrap(widget.GapSmall,
			w.Button(widget.ButtonPlain, "age.yes", stop(keep.SubjectMinor)),
			w.Button(widget.ButtonPlain, "age.unsure", stop(keep.SubjectUnsure)),
			no),
		widget.NewText(widget.SmallMute(w.T("age.then"))),
		widget.Space(2), widget.Row(0, w.Button(widget.ButtonQuiet, "back", back)))
	help := widget.Stack(14, widget.Card(widget.NewText(widget.Strong(w.T("age.law"))), widget.NewText(widget.Muted(w.T("age.law-why")))))
	return stage.Page{
		Title: w.T("age.title"), Step: stage.StepKeep, Back: back, Focus: nil,
		Body: widget.Stack(16, addressCard(s.address), widget.Columns(20, 0.62, 620, question, help)),
	}
}

// refuse tells flow the answer about age. It holds until the lock: asking again
// would be a way around it. Nothing is loaded.
func refuse(w *stage.Stage, address string, subject keep.Subject) {
	if address == "" {
		return
	}
	_, err := w.Session().Keep.Preserve(
		w.Life(),
		keep.PreserveRequest{Case: w.Desk().Case.ID, Address: address, Subject: subject},
		evidence.NoProgress{},
	)
	if !errors.Is(err, keep.ErrSubject) {
		w.Explain(err)
	}
}

// recordScreen notes an address and loads nothing: because the person wants
// that, or because someone under 18 is or may be shown.
type recordScreen struct {
	address string
	from    *homeScreen
	subject keep.Subject // empty: the person's own wish
	earlier bool         // the answer was given before, and stands
	note    *widget.Field
	job     stage.Job
}

func (s *recordScreen) Build(w *stage.Stage) stage.Page {
	if s.note == nil {
		s.note = widget.NewNote(w.Keys(), "", 4)
	}
	s.note.SetPlaceHolder(w.T("record.note"))
	back := func() {
		if !s.job.Busy() {
			w.Show(s.from)
		}
	}
	record := w.Button(widget.ButtonPrimary, "record.button", func() { s.record(w) })
	if s.job.Busy() {
		record.Disable(true)
		record.Rename(w.T("busy"))
	}
	form := widget.Card(
		widget.NewText(widget.Head(w.T("record.what"))), widget.NewText(widget.Muted(w.T("record.why"))), widget.Space(2),
		s.note, widget.Space(2),
		widget.Wrap(widget.GapSmall, record, w.Button(widget.ButtonPlain, "back", back)))
	var left, right fyne.CanvasObject = form, nil
	if s.subject != "" {
		left = widget.Stack(14, widget.LookCard(append([]fyne.CanvasObject{
			widget.RowTop(
				12,
				1,
				widget.Inset(5, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
				widget.NewText(widget.Head(w.T("age.stop"))),
			),
		}, s.why(w)...)...), form)
		right = widget.Card(hotlines(w)...)
	} else {
		right = widget.Stack(
			14,
			widget.Card(widget.NewText(widget.Strong(w.T("record.when"))), widget.NewText(widget.Muted(w.T("record.when-how")))),
		)
	}
	return stage.Page{
		Title: w.T("record.title"), Step: stage.StepKeep, Back: back, Focus: s.note,
		Body: widget.Stack(16, addressCard(s.address), widget.Columns(20, 0.62, 620, left, right)),
	}
}

// why says why nothing is loaded, and lets a mis-click be taken back while nothing is recorded.
func (s *recordScreen) why(w *stage.Stage) []fyne.CanvasObject {
	if s.earlier {
		return []fyne.CanvasObject{widget.NewText(widget.Plain(w.T("age.earlier"))), widget.NewText(widget.Plain(w.T("age.stop-why")))}
	}
	mistake := w.Button(widget.ButtonPlain, "age.mistake", func() {
		if !s.job.Busy() && w.Session().Keep.TakeBack(s.address) {
			w.Show(&ageScreen{address: s.address, from: s.from})
		}
	})
	mistake.Small()
	return []fyne.CanvasObject{widget.NewText(widget.Plain(w.T("age.stop-why"))), widget.Row(0, mistake)}
}

// hotlines says who helps, for under 18 first.
func hotlines(w *stage.Stage) []fyne.CanvasObject {
	out := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("help.title")))}
	for _, line := range help.Under18(help.Home) {
		out = append(out, widget.RowTop(12, 1, widget.Inset(4, 0, 0, 0, widget.Mark("phone", widget.RoleAccent, 15)),
			widget.Stack(0, widget.NewText(widget.Strong(line.Number)), widget.NewText(widget.SmallMute(w.T("help."+line.ID))))))
	}
	return out
}

func (s *recordScreen) record(w *stage.Stage) {
	session := w.Session()
	request := keep.RecordRequest{Case: w.Desk().Case.ID, Address: s.address, Note: s.note.Text, Meant: s.from.meant}
	stage.Start(w, &s.job, stage.Task[look.Exhibit]{
		Work: func(ctx context.Context, p evidence.Progress) (look.Exhibit, error) {
			return session.Keep.Record(ctx, request, p)
		},
		Done: func(e look.Exhibit) {
			w.Show(&exhibitScreen{id: e.Exhibit, fresh: true})
		},
	})
}
