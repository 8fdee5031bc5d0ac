package view

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/flow"
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
			body: columns(20, 0.62, 620, lookCard(
				rowTop(12, 1, inset(5, 0, 0, 0, mark("look", roleWarn, 16)), newText(head(w.t("import.stop")))),
				newText(plain(w.t("import.stop-why"))), row(0, w.button(buttonPlain, "back", back))),
				card(hotlines(w)...)),
		}
	}
	add := w.button(buttonPlain, "import.add", func() { s.chooseFile(w, func() { w.show(s) }) })
	add.size = sizeSmall
	list := []fyne.CanvasObject{newText(head(w.n("import.what", len(s.files)))), newText(muted(w.t("import.why")))}
	for i, f := range s.files {
		remove := w.button(buttonPlain, "import.remove", func() {
			s.files = slices.Delete(s.files, i, i+1)
			w.rebuild()
		})
		remove.size = sizeSmall
		list = append(list, rowGrow(12, 0, newText(mono(shown(f, 300))), remove))
	}
	if s.foreign {
		list = append(list, point(toneLook, "look", newText(small(w.t("import.no-file")))))
	}
	list = append(list, row(0, add), newText(smallMute(w.t("import.drop"))))
	answer := func(key string, subject flow.Subject) *button {
		b := w.button(buttonPlain, key, func() { s.answered(w, subject) })
		b.disable(len(s.files) == 0)
		return b
	}
	question := card(
		newText(head(w.t("import.question"))), newText(muted(w.t("import.question-why"))), space(4),
		wrap(gapSmall, answer("age.yes", flow.SubjectMinor), answer("age.unsure", flow.SubjectUnsure), answer("age.no", flow.SubjectAdult)),
		space(2), row(0, w.button(buttonQuiet, "back", back)))
	return page{
		title: w.t("import.title"), step: stepKeep, back: back,
		body: stack(16, card(list...), columns(20, 0.62, 620, question,
			card(newText(strong(w.t("age.law"))), newText(muted(w.t("age.law-why")))))),
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
		s.list.draw()
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
		again := w.button(buttonPrimary, "capture.again", func() {
			w.notice = nil
			s.start(w)
		})
		below, focus = wrap(gapSmall, again, w.button(buttonPlain, "back", back)), again
	} else {
		stop := w.button(buttonPlain, "capture.stop", nil)
		halt := func() {
			s.stopped = true
			stop.disable(true)
			stop.rename(w.t("capture.stopping"))
			w.work.abort()
		}
		stop.press, back = halt, halt
		if s.stopped {
			stop.disable(true)
			stop.rename(w.t("capture.stopping"))
		}
		below, focus = rowGrow(14, 1, stop, newText(smallMute(w.t("capture.safe")))), stop
	}
	files := []fyne.CanvasObject{newText(strong(w.n("files.title", len(s.request.Files))))}
	for _, f := range s.request.Files {
		files = append(files, newText(mono(shown(f, 300))))
	}
	return page{
		title: w.t("import.title"), step: stepKeep, focus: focus, back: back,
		body: columns(20, 0.56, 620, card(newText(head(title)), space(2), s.list, space(4), below),
			stack(14, card(newText(strong(w.t("calm.wrong"))), newText(muted(w.t("import.why")))), card(files...))),
	}
}
