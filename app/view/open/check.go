package open

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow/proof"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// checkScreen checks a bundle that somebody received. It needs no vault.
type checkScreen struct {
	from   stage.Screen // where one came from
	zip    *widget.Field
	path   string // of the bundle
	job    stage.Job
	result *proof.CheckResult
	all    bool   // every check is shown, not only those that did not pass
	saved  string // the page with the result, once it was made
}

// maxShown bounds how many checks are drawn; the page and the terminal have the rest.
const maxShown = 60

func (s *checkScreen) Build(w *stage.Stage) (p stage.Page) {
	p.Title = w.T("check.title")
	back := func() { w.Show(s.from) }
	switch {
	case s.job.Busy():
		var stop *widget.Button
		stop, p.Back = s.job.Stopper(w)
		steps := s.job.Steps(w, []evidence.Step{evidence.StepCheck}, func(evidence.Step, int64, int64) string { return "" })
		p.Body = widget.Columns(20, 0.62, 620, widget.Card(steps, widget.Row(0, stop)), widget.Space(1))
		return p
	case s.result != nil:
		p.Body = widget.Columns(20, 0.62, 620, s.answer(w), s.limits(w))
		p.Back = back
		return p
	}
	if s.zip == nil {
		s.zip = widget.NewSecret(w.Keys(), "")
	}
	s.zip.SetPlaceHolder(w.T("check.password"))
	choice := func(key, hint string, file bool) *widget.Button {
		return w.Button(widget.ButtonPrimary, key, func() {
			c := &choose.Screen{Title: w.T("check.title"), Hint: w.T(hint), At: w.Home(), File: file, Back: func() { w.Show(s) }, Done: func(path string) {
				w.Show(s)
				s.check(w, path)
			}}
			if file {
				c.Kinds = []string{".zip"}
			}
			w.Show(c)
		})
	}
	p.Body = widget.Columns(20, 0.62, 620,
		widget.Card(
			widget.NewText(widget.Head(w.T("check.what"))), widget.NewText(widget.Muted(w.T("check.why"))), widget.Space(4),
			widget.Row(0, choice("check.folder", "check.folder-hint", false)), widget.Rule(),
			widget.NewText(widget.Plain(w.T("check.zip-why"))), s.zip,
			widget.Row(0, choice("check.zip", "check.zip-hint", true)), widget.Space(4),
			widget.Row(0, w.Button(widget.ButtonPlain, "back", back))),
		widget.Card(widget.NewText(widget.Muted(w.T("check.nothing-leaves")))))
	p.Back = back
	return p
}

// answer is the verdict in words, and what did not pass.
func (s *checkScreen) answer(w *stage.Stage) fyne.CanvasObject {
	r, t := s.result, w.Text()
	tone, icon := widget.ToneLook, "look"
	switch r.Verdict {
	case proof.Valid:
		tone, icon = widget.ToneOK, "check"
	case proof.NotValid:
		tone, icon = widget.ToneBad, "cross"
	}
	key := "answer." + string(r.Verdict)
	objects := []fyne.CanvasObject{
		widget.Point(tone, icon, widget.NewText(widget.Head(t.T(key)))), widget.NewText(widget.Plain(t.T(key + "-means"))),
		widget.NewText(widget.MonoMute(evidence.Shorten(s.path, 200))),
	}
	if r.Practice {
		mark := evidence.PracticeMark
		if own := t.T("report.practice"); own != mark {
			mark += " · " + own
		}
		objects = append(objects, widget.NewText(widget.Strong(mark)))
	}
	if r.Fingerprint != "" {
		objects = append(objects, widget.NewText(widget.Small(t.T("answer.fingerprint", "Fingerprint", r.Fingerprint))))
	}
	if r.StandsUntil != nil {
		objects = append(objects, widget.NewText(widget.Small(t.T("answer.stands", "Day", t.Day(*r.StandsUntil)))))
	}
	if said := proof.ShareWords(t, *r); said != "" {
		objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(said))))
	}
	count := map[evidence.CheckState]int{}
	shown, more := 0, 0
	objects = append(objects, widget.Rule())
	var list []fyne.CanvasObject
	for _, k := range r.Checks {
		count[k.State]++
		if k.State == evidence.Passed && !s.all {
			continue
		}
		if shown++; shown > maxShown {
			more++
			continue
		}
		tone, icon := widget.ToneLook, "look"
		switch k.State {
		case evidence.Passed:
			tone, icon = widget.ToneOK, "check"
		case evidence.Failed:
			tone, icon = widget.ToneBad, "cross"
		}
		list = append(list, widget.Point(tone, icon, widget.NewText(widget.Small(proof.CheckWords(t, k)))))
	}
	objects = append(objects, widget.NewText(widget.Strong(t.T("answer.counts",
		"Passed", count[evidence.Passed], "Failed", count[evidence.Failed], "NotDone", count[evidence.NotDone]))))
	objects = append(objects, list...)
	if more > 0 {
		objects = append(objects, widget.NewText(widget.Small(t.N("answer.more", more))))
	}
	if s.saved != "" {
		objects = append(objects, widget.Point(widget.ToneOK, "check",
			widget.NewText(widget.Plain(w.T("export.page-made", "Path", evidence.Shorten(s.saved, 300))))))
	}
	fold := "check.all"
	if s.all {
		fold = "check.fewer"
	}
	again := w.Button(widget.ButtonPlain, "check.again", func() { w.Show(&checkScreen{from: s.from}) })
	return widget.Card(append(objects, widget.Space(4), widget.Wrap(widget.GapSmall,
		w.Button(widget.ButtonPlain, fold, func() { s.all = !s.all; w.Rebuild() }),
		w.Button(widget.ButtonPlain, "check.save", func() { s.save(w) }), again,
		w.Button(widget.ButtonQuiet, "back", func() { w.Show(s.from) })))...)
}

func (s *checkScreen) limits(w *stage.Stage) fyne.CanvasObject {
	t := w.Text()
	return widget.LookCard(widget.NewText(widget.Strong(t.T("answer.limits"))), widget.NewText(widget.Plain(t.T("report.shows-not.text"))))
}

func (s *checkScreen) check(w *stage.Stage, path string) {
	if s.job.Busy() || w.Locking() {
		return
	}
	s.path = path
	password := s.zip.Text
	stage.Watch(w, &s.job, stage.Task[proof.CheckResult]{
		Work: func(ctx context.Context, p evidence.Progress) (proof.CheckResult, error) {
			p.Step(evidence.StepCheck)
			return w.App().Proof.VerifyBundle(ctx, path, proof.VerifyOptions{ZipPassword: password})
		},
		Done: func(r proof.CheckResult) {
			s.zip.SetText("")
			s.result = &r
			w.Rebuild()
			w.ToTop()
		},
	})
}

// save writes the answer as one page, where the person says.
func (s *checkScreen) save(w *stage.Stage) {
	w.Show(&choose.Screen{Title: w.T("check.title"), Hint: w.T("check.save-hint"), At: w.Home(), Back: func() { w.Show(s) }, Done: func(dir string) {
		w.Show(s)
		name, lang, path, r := w.T("export.page-name"), w.Text().Lang(), s.path, *s.result
		stage.Run(w.Aside(), func(context.Context) (string, error) {
			return w.App().Proof.SaveAnswer(dir, name, lang, path, r)
		}, func(saved string, err error) {
			if err == nil {
				s.saved = saved
				w.Rebuild()
			}
			w.Explain(err)
		})
	}})
}

// checkButton leads to the check of a bundle, from where no vault is open.
func checkButton(w *stage.Stage, from stage.Screen) *widget.Button {
	return w.Button(widget.ButtonQuiet, "check.open", func() {
		if !w.Work().Busy() && !w.Locking() {
			w.Show(&checkScreen{from: from})
		}
	})
}
