package view

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// importScreen lists the files that become one exhibit and asks about age
// before any of them is opened.
type importScreen struct {
	files   []string
	from    *homeScreen
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

// dropped is what was dragged into the window: on the case, or on the list of
// files. Anywhere else nothing happens.
func (w *Window) dropped(uris []fyne.URI) {
	if w.left || w.session == nil || w.matter.ID == "" {
		return
	}
	w.seen()
	var s *importScreen
	switch at := w.screen.(type) {
	case *homeScreen:
		if w.work.busy() {
			return
		}
		s = &importScreen{from: at}
	case *importScreen:
		if at.stopped {
			return
		}
		s = at
	default:
		return
	}
	var files []string
	s.foreign = false
	for _, u := range uris {
		if u.Scheme() == "file" {
			files = append(files, filepath.FromSlash(u.Path()))
		} else {
			s.foreign = true
		}
	}
	s.add(files)
	if len(s.files) == 0 && !s.foreign {
		return
	}
	w.show(s)
}

// chooseFile adds a file with the program's own chooser.
func (s *importScreen) chooseFile(w *Window, back func()) {
	at := w.cfg.Home
	if n := len(s.files); n > 0 {
		at = filepath.Dir(s.files[n-1])
	}
	w.show(&chooseScreen{
		title: w.t("import.choose"), hint: w.t("import.hint"), at: at, file: true, back: back,
		done: func(path string) {
			s.add([]string{path})
			w.show(s)
		},
	})
}

func (s *importScreen) build(w *Window) page {
	back := func() { w.show(s.from) }
	if s.stopped {
		return page{
			title: w.t("import.title"), step: stepKeep, back: back,
			body: widget.Columns(20, 0.62, 620, widget.LookCard(
				widget.RowTop(12, 1, widget.Inset(5, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)), widget.NewText(widget.Head(w.t("import.stop")))),
				widget.NewText(widget.Plain(w.t("import.stop-why"))), widget.Row(0, w.button(widget.ButtonPlain, "back", back))),
				widget.Card(hotlines(w)...)),
		}
	}
	add := w.button(widget.ButtonPlain, "import.add", func() { s.chooseFile(w, func() { w.show(s) }) })
	add.Small()
	list := []fyne.CanvasObject{widget.NewText(widget.Head(w.n("import.what", len(s.files)))), widget.NewText(widget.Muted(w.t("import.why")))}
	for i, f := range s.files {
		remove := w.button(widget.ButtonPlain, "import.remove", func() {
			s.files = slices.Delete(s.files, i, i+1)
			w.rebuild()
		})
		remove.Small()
		list = append(list, widget.RowGrow(12, 0, widget.NewText(widget.Mono(shown(f, 300))), remove))
	}
	if s.foreign {
		list = append(list, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Small(w.t("import.no-file")))))
	}
	list = append(list, widget.Row(0, add), widget.NewText(widget.SmallMute(w.t("import.drop"))))
	answer := func(key string, subject flow.Subject) *widget.Button {
		b := w.button(widget.ButtonPlain, key, func() { s.answered(w, subject) })
		b.Disable(len(s.files) == 0)
		return b
	}
	question := widget.Card(
		widget.NewText(widget.Head(w.t("import.question"))), widget.NewText(widget.Muted(w.t("import.question-why"))), widget.Space(4),
		widget.Wrap(widget.GapSmall, answer("age.yes", flow.SubjectMinor), answer("age.unsure", flow.SubjectUnsure), answer("age.no", flow.SubjectAdult)),
		widget.Space(2), widget.Row(0, w.button(widget.ButtonQuiet, "back", back)))
	return page{
		title: w.t("import.title"), step: stepKeep, back: back,
		body: widget.Stack(16, widget.Card(list...), widget.Columns(20, 0.62, 620, question,
			widget.Card(widget.NewText(widget.Strong(w.t("age.law"))), widget.NewText(widget.Muted(w.t("age.law-why")))))),
	}
}

// answered goes on only with 'adult', and not with a file for which the answer
// was another one before: that holds until the lock.
func (s *importScreen) answered(w *Window, subject flow.Subject) {
	for _, f := range s.files {
		if subject != flow.SubjectAdult {
			w.young = append(w.young, f)
		}
	}
	if slices.ContainsFunc(s.files, func(f string) bool { return slices.Contains(w.young, f) }) {
		s.stopped = true
		w.rebuild()
		w.frame.toTop()
		return
	}
	w.show(&importingScreen{request: flow.ImportRequest{Case: w.matter.ID, Files: s.files, Subject: subject}, from: s})
}

// importSteps are what is to come for every file, in order; unpacking is shown
// when it happens.
var importSteps = []evidence.Step{"import-store", "import-facts", evidence.StepEncrypt, evidence.StepTimestamp}

// importingScreen shows an import step by step.
type importingScreen struct {
	request flow.ImportRequest
	from    *importScreen
	meter   *meter
	list    *progressList
	over    bool // it ended without an exhibit
	stopped bool
}

func (s *importingScreen) open(w *Window) { s.start(w) }

func (s *importingScreen) start(w *Window) {
	s.meter = &meter{now: w.cfg.Now}
	s.over, s.stopped = false, false
	session, request := w.session, s.request
	w.makeExhibit(s.meter, s.draw, func(ctx context.Context, p evidence.Progress) (flow.ExhibitView, error) {
		return session.Import(ctx, request, p)
	}, func(err error) {
		if errors.Is(err, flow.ErrMinor) { // one of the files is known to be closed
			s.from.stopped = true
			w.show(s.from)
			w.explain(err)
			return
		}
		s.over = true
		w.rebuild()
		w.explain(err)
	})
}

func (s *importingScreen) draw() {
	if s.list != nil {
		s.list.sample()
	}
}

func (s *importingScreen) build(w *Window) page {
	s.list = newProgressList(w.text, s.meter, importSteps, func(step evidence.Step, done, total int64) string {
		if step == evidence.StepTimestamp {
			return w.t("progress.of", "Done", w.text.Number(done), "Total", w.text.Number(total))
		}
		return w.t("import.bytes", "Done", w.text.Bytes(done), "Total", w.text.Bytes(total))
	})
	back := func() { w.show(s.from) }
	var focus fyne.Focusable
	var below fyne.CanvasObject
	title := w.t("import.running")
	if s.over {
		title = w.t("import.not-kept")
		if s.stopped {
			title = w.t("import.stopped")
		}
		again := w.button(widget.ButtonPrimary, "capture.again", func() {
			w.notice = nil
			s.start(w)
		})
		below, focus = widget.Wrap(widget.GapSmall, again, w.button(widget.ButtonPlain, "back", back)), again
	} else {
		var stop *widget.Button
		stop, back = w.stopper(&s.stopped)
		below, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.t("capture.safe")))), stop
	}
	files := []fyne.CanvasObject{widget.NewText(widget.Strong(w.n("files.title", len(s.request.Files))))}
	for _, f := range s.request.Files {
		files = append(files, widget.NewText(widget.Mono(shown(f, 300))))
	}
	return page{
		title: w.t("import.title"), step: stepKeep, focus: focus, back: back,
		body: widget.Columns(20, 0.56, 620, widget.Card(widget.NewText(widget.Head(title)), widget.Space(2), s.list.Progress, widget.Space(4), below),
			widget.Stack(14, widget.Card(widget.NewText(widget.Strong(w.t("calm.wrong"))), widget.NewText(widget.Muted(w.t("import.why")))), widget.Card(files...))),
	}
}
