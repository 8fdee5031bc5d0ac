package keep

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// importScreen lists the files that become one exhibit and asks about age
// before any of them is opened.
type importScreen struct {
	files   []string
	from    *homeScreen
	copies  bool // a copy of each photo without what it says of itself
	stopped bool // the answer was not 'adult'
	foreign bool // something dropped was no file
}

// add takes files in, each once.
func (s *importScreen) add(files []string) {
	for _, f := range files {
		if !slices.Contains(s.files, f) {
			s.files = append(s.files, f)
		}
	}
}

// Dropped takes files that are dragged on the case.
func (s *homeScreen) Dropped(w *stage.Stage, files []string, foreign bool) {
	if !w.Work().Busy() && w.Desk().Case.ID != "" {
		(&importScreen{from: s}).Dropped(w, files, foreign)
	}
}

// Dropped takes files that are dragged on the list of files.
func (s *importScreen) Dropped(w *stage.Stage, files []string, foreign bool) {
	if s.stopped {
		return
	}
	s.foreign = foreign
	s.add(files)
	if len(s.files) > 0 || s.foreign {
		w.Show(s)
	}
}

// chooseFile adds a file with the program's own chooser.
func (s *importScreen) chooseFile(w *stage.Stage, back func()) {
	at := w.Home()
	if n := len(s.files); n > 0 {
		at = filepath.Dir(s.files[n-1])
	}
	w.Show(&choose.Screen{
		Title: w.T("import.choose"), Hint: w.T("import.hint"), At: at, File: true, Back: back,
		Done: func(path string) {
			s.add([]string{path})
			w.Show(s)
		},
	})
}

func (s *importScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(s.from) }
	if s.stopped {
		return stage.Page{
			Title: w.T("import.title"), Step: stage.StepKeep, Back: back,
			Body: widget.Columns(20, 0.62, 620, widget.LookCard(
				widget.RowTop(
					12,
					1,
					widget.Inset(5, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
					widget.NewText(widget.Head(w.T("import.stop"))),
				),
				widget.NewText(widget.Plain(w.T("import.stop-why"))),
				widget.Wrap(
					widget.GapSmall,
					w.Button(widget.ButtonPlain, "back", back),
					w.Button(widget.ButtonPlain, "age.mistake", func() { s.takeBack(w) }),
				),
			),
				widget.Card(hotlines(w)...)),
		}
	}
	add := w.Button(widget.ButtonPlain, "import.add", func() { s.chooseFile(w, func() { w.Show(s) }) })
	add.Small()
	list := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.N("import.what", len(s.files)))),
		widget.NewText(widget.Muted(w.T("import.why"))),
	}
	for i, f := range s.files {
		remove := w.Button(widget.ButtonPlain, "import.remove", func() {
			s.files = slices.Delete(s.files, i, i+1)
			w.Rebuild()
		})
		remove.Small()
		list = append(list, widget.RowGrow(12, 0, widget.NewText(widget.Mono(evidence.Shorten(f, 300))), remove))
	}
	if s.foreign {
		list = append(list, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Small(w.T("import.no-file")))))
	}
	list = append(list, widget.Row(0, add), widget.NewText(widget.SmallMute(w.T("import.drop"))),
		widget.NewCheck(w.Keys(), s.copies, func(on bool) { s.copies = on }, widget.Small(w.T("import.copies")+" "), widget.SmallMute(w.T("import.copies-how"))))
	answer := func(key string, subject keep.Subject) *widget.Button {
		b := w.Button(widget.ButtonPlain, key, func() { s.answered(w, subject) })
		b.Disable(len(s.files) == 0)
		return b
	}
	question := widget.Card(
		widget.NewText(widget.Head(w.T("age.question"))),
		widget.NewText(widget.Muted(w.T("import.question-why"))),
		widget.Space(4),
		widget.Wrap(
			widget.GapSmall,
			answer("age.yes", keep.SubjectMinor),
			answer("age.unsure", keep.SubjectUnsure),
			answer("age.no", keep.SubjectAdult),
		),
		widget.NewText(widget.SmallMute(w.T("import.then"))),
		widget.Space(2),
		widget.Row(0, w.Button(widget.ButtonQuiet, "back", back)),
	)
	return stage.Page{
		Title: w.T("import.title"), Step: stage.StepKeep, Back: back,
		Body: widget.Stack(16, widget.Card(list...), widget.Columns(20, 0.62, 620, question,
			widget.Card(widget.NewText(widget.Strong(w.T("age.law"))), widget.NewText(widget.Muted(w.T("age.law-why")))))),
	}
}

// answered goes on only with 'adult', and not with a file for which the answer
// was another one before: that holds until the lock.
func (s *importScreen) answered(w *stage.Stage, subject keep.Subject) {
	for _, f := range s.files {
		if subject != keep.SubjectAdult {
			w.Desk().Refused = append(w.Desk().Refused, f)
		}
	}
	if slices.ContainsFunc(s.files, func(f string) bool { return slices.Contains(w.Desk().Refused, f) }) {
		s.stopped = true
		w.Rebuild()
		w.ToTop()
		return
	}
	w.Show(&importingScreen{request: keep.ImportRequest{Case: w.Desk().Case.ID, Files: s.files, Subject: subject, Meant: s.from.meant, Copies: s.copies}, from: s})
}

// takeBack takes back an answer that was a mis-click: nothing of these files is recorded yet. A
// file that is closed in the vault is refused again.
func (s *importScreen) takeBack(w *stage.Stage) {
	w.Desk().Refused = slices.DeleteFunc(w.Desk().Refused, func(f string) bool { return slices.Contains(s.files, f) })
	s.stopped = false
	w.Rebuild()
}

// importSteps are what is to come for every file, in order; unpacking is shown
// when it happens.
var importSteps = []evidence.Step{"import-store", "import-facts", evidence.StepEncrypt, evidence.StepTimestamp}

// importingScreen shows an import step by step.
type importingScreen struct {
	request keep.ImportRequest
	from    *importScreen
	job     stage.Job
}

func (s *importingScreen) Open(w *stage.Stage) { s.start(w) }

func (s *importingScreen) start(w *stage.Stage) {
	session, request := w.Session(), s.request
	makeExhibit(w, &s.job, func(ctx context.Context, p evidence.Progress) (look.Exhibit, error) {
		return session.Keep.Import(ctx, request, p)
	}, func(err error) error {
		if errors.Is(err, look.ErrMinor) { // one of the files is known to be closed
			s.from.stopped = true
			w.Show(s.from)
		}
		return err
	})
}

func (s *importingScreen) Build(w *stage.Stage) stage.Page {
	steps := s.job.Steps(w, importSteps, func(step evidence.Step, done, total int64) string {
		if step == evidence.StepTimestamp {
			return w.T("progress.of", "Done", w.Text().Number(done), "Total", w.Text().Number(total))
		}
		return w.T("import.bytes", "Done", w.Text().Bytes(done), "Total", w.Text().Bytes(total))
	})
	back := func() { w.Show(s.from) }
	var focus fyne.Focusable
	var below fyne.CanvasObject
	title := w.T("import.running")
	if s.job.Over() {
		title = w.T("import.not-kept")
		if s.job.Stopped() {
			title = w.T("import.stopped")
		}
		again := w.Button(widget.ButtonPrimary, "capture.again", func() {
			w.ClearNotice()
			s.start(w)
		})
		below, focus = widget.Wrap(widget.GapSmall, again, w.Button(widget.ButtonPlain, "back", back)), again
	} else {
		var stop *widget.Button
		stop, back = s.job.Stopper(w)
		below, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.T("capture.safe")))), nil
	}
	files := []fyne.CanvasObject{widget.NewText(widget.Strong(w.N("files.title", len(s.request.Files))))}
	for _, f := range s.request.Files {
		files = append(files, widget.NewText(widget.Mono(evidence.Shorten(f, 300))))
	}
	return stage.Page{
		Title: w.T("import.title"), Step: stage.StepKeep, Focus: focus, Back: back,
		Body: widget.Columns(
			20,
			0.56,
			620,
			widget.Card(widget.NewText(widget.Head(title)), widget.Space(2), steps, widget.Space(4), below),
			widget.Stack(
				14,
				widget.Card(widget.NewText(widget.Strong(w.T("calm.wrong"))), widget.NewText(widget.Muted(w.T("import.why")))),
				widget.Card(files...),
			),
		),
	}
}
