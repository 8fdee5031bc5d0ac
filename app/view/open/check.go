package open

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	asks   bool   // the ZIP at path wants its password
	said   string // key of what is to be known before one chooses; empty: nothing
	job    stage.Job
	result *proof.CheckResult
	open   map[string]bool // what is unfolded of the result
	saved  string          // the page with the result, once it was made
	added  renewing
	lies   lies
}

// lies is how the bundle lies on the disk, as it was when it was checked: the disk may be a stick, or
// of a network, and is not asked while the window draws.
type lies struct {
	there  bool
	folder bool
	report string // that of a bundle that is a folder; empty: none that is to be opened from here
}

func lieOf(path string) (l lies) {
	if info, err := os.Stat(path); err == nil {
		l.there, l.folder = true, info.IsDir()
	}
	report := filepath.Join(path, "data", "report.pdf")
	if info, err := os.Lstat(report); err == nil && info.Mode().IsRegular() {
		l.report = report
	}
	return l
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
		steps := s.job.Steps(w, []evidence.Step{evidence.StepCheck, evidence.StepTimestamp}, func(evidence.Step, int64, int64) string { return "" })
		p.Body = widget.Columns(20, 0.62, 620, widget.Card(steps, widget.Row(0, stop)), widget.Space(1))
		return p
	case s.result != nil:
		p.Body = widget.Columns(20, 0.62, 620, s.answer(w, &p), s.limits(w))
		p.Back = back
		return p
	}
	if s.zip == nil {
		s.zip = widget.NewSecret(w.Keys(), "")
	}
	s.zip.SetPlaceHolder(w.T("check.password"))
	s.zip.Submit = nil
	p.Back = back
	if s.asks {
		p.Body = widget.Columns(20, 0.62, 620, s.password(w, &p), widget.Card(widget.NewText(widget.Muted(w.T("check.nothing-leaves")))))
		return p
	}
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
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("check.what"))), widget.NewText(widget.Muted(w.T("check.why")))}
	if s.said != "" {
		objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.T(s.said)))))
	}
	objects = append(objects, widget.Space(4),
		widget.Row(0, choice("check.folder", "check.folder-hint", false)), widget.Rule(),
		widget.NewText(widget.Plain(w.T("check.zip-why"))), s.zip,
		widget.Row(0, choice("check.zip", "check.zip-hint", true)), widget.Rule(),
		widget.NewText(widget.Muted(w.T("check.drop"))), widget.Space(4),
		widget.Row(0, w.Button(widget.ButtonPlain, "back", back)))
	p.Body = widget.Columns(20, 0.62, 620, widget.Card(objects...), widget.Card(widget.NewText(widget.Muted(w.T("check.nothing-leaves")))))
	return p
}

// password asks for that of the ZIP that was chosen.
func (s *checkScreen) password(w *stage.Stage, p *stage.Page) fyne.CanvasObject {
	on := func() { s.check(w, s.path) }
	p.Focus, p.Enter = s.zip, on
	s.zip.Submit = on
	return widget.Card(
		widget.NewText(widget.Head(w.T("check.what"))),
		widget.NewText(widget.MonoMute(evidence.Shorten(s.path, 200))),
		widget.NewText(widget.Plain(w.T("check.locked"))), s.zip,
		widget.Wrap(widget.GapSmall, w.Button(widget.ButtonPrimary, "check.go", on),
			w.Button(widget.ButtonPlain, "check.again", func() { w.Show(&checkScreen{from: s.from}) })))
}

// Dropped takes a bundle that is dragged into the window.
func (s *checkScreen) Dropped(w *stage.Stage, files []string, foreign bool) {
	if s.job.Busy() || w.Locking() {
		return
	}
	next := &checkScreen{from: s.from, zip: s.zip}
	if foreign {
		next.said = "check.one"
	}
	w.Show(next)
	if foreign {
		return
	}
	bundleIn(w, files, func(path string) {
		if path == "" {
			next.said = "check.one"
			w.Refresh()
			return
		}
		next.check(w, path)
	})
}

// bundleIn finds the one bundle among what was dragged: its folder, its ZIP, or the page that says to
// read it first; empty: none. It is looked at beside the window: a path of a network may never answer.
func bundleIn(w *stage.Stage, files []string, found func(path string)) {
	stage.Run(w.Aside(), func(context.Context) (string, error) {
		if len(files) != 1 {
			return "", nil
		}
		path := files[0]
		switch info, err := os.Stat(path); {
		case err != nil:
			return "", nil
		case info.IsDir() || strings.EqualFold(filepath.Ext(path), ".zip"):
			return path, nil
		case slices.Contains(firstPages, filepath.Base(path)):
			return filepath.Dir(path), nil
		}
		return "", nil
	}, func(path string, _ error) { found(path) })
}

// firstPages lie at the top of a bundle, to be opened by people.
var firstPages = []string{"index.html", "READ-ME-FIRST.html"}

// droppedBundle leads to the check from where no vault is open, if a bundle is what was dragged there.
func droppedBundle(w *stage.Stage, from stage.Screen, files []string) {
	bundleIn(w, files, func(path string) {
		if path != "" && !w.Work().Busy() {
			(&checkScreen{from: from}).Dropped(w, files, false)
		}
	})
}

func (s *firstScreen) Dropped(w *stage.Stage, files []string, _ bool)  { droppedBundle(w, s, files) }
func (s *unlockScreen) Dropped(w *stage.Stage, files []string, _ bool) { droppedBundle(w, s, files) }

// answer is the verdict in words, and what failed; the rest is folded.
func (s *checkScreen) answer(w *stage.Stage, p *stage.Page) fyne.CanvasObject {
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
	var failed, rest []evidence.Check
	for _, k := range r.Checks {
		count[k.State]++
		switch k.State {
		case evidence.Passed:
		case evidence.Failed:
			failed = append(failed, k)
		default:
			rest = append(rest, k)
		}
	}
	counts := t.T("answer.counts", "Passed", count[evidence.Passed], "Failed", count[evidence.Failed], "NotDone", count[evidence.NotDone])
	objects = append(append(objects, widget.Rule(), widget.NewText(widget.Strong(counts))), checkLines(w, failed, false)...)
	objects = append(objects, s.added.told(w)...)
	if s.saved != "" {
		objects = append(objects, widget.Point(widget.ToneOK, "check",
			widget.NewText(widget.Plain(w.T("export.page-made", "Path", evidence.Shorten(s.saved, 300))))))
	}
	save := w.Button(widget.ButtonPrimary, "check.save", func() { s.save(w) })
	buttons := []fyne.CanvasObject{save}
	if report := s.report(); report != "" {
		buttons = append(buttons, w.Button(widget.ButtonPlain, "check.report", func() { w.Explain(w.OpenFile(report)) }))
	}
	p.Focus = save
	objects = append(append(objects, s.offer(w)...), widget.Space(4), widget.Wrap(widget.GapSmall, append(buttons,
		w.Button(widget.ButtonPlain, "check.again", func() { w.Show(&checkScreen{from: s.from}) }),
		w.Button(widget.ButtonQuiet, "back", func() { w.Show(s.from) }))...))
	out := []fyne.CanvasObject{widget.Card(objects...)}
	if details := append(slices.Clone(failed), rest...); len(details) > 0 {
		out = append(out, s.fold(w, "check.details", details))
	}
	return widget.Stack(12, append(out, s.fold(w, "check.every", r.Checks))...)
}

// fold is a list of checks behind one line.
func (s *checkScreen) fold(w *stage.Stage, key string, list []evidence.Check) fyne.CanvasObject {
	return widget.NewFold(w.Keys(), s.open[key], widget.ToneQuiet, "", w.T(key), w.Text().Number(int64(len(list))), func() {
		if s.open == nil {
			s.open = map[string]bool{}
		}
		s.open[key] = !s.open[key]
		w.Refresh()
	}, func() []fyne.CanvasObject {
		return append(checkLines(w, list, true), widget.NewText(widget.SmallMute(w.Text().T("answer.english"))))
	})
}

// checkLines are checks, one a line: what each is of, or that with its technical detail.
func checkLines(w *stage.Stage, list []evidence.Check, technical bool) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, k := range list[:min(len(list), maxShown)] {
		tone, icon := widget.ToneLook, "look"
		switch k.State {
		case evidence.Passed:
			tone, icon = widget.ToneOK, "check"
		case evidence.Failed:
			tone, icon = widget.ToneBad, "cross"
		}
		line := proof.CheckName(w.Text(), k)
		if technical {
			line = proof.CheckWords(w.Text(), k)
		}
		out = append(out, widget.Point(tone, icon, widget.NewText(widget.Small(line))))
	}
	if more := len(list) - maxShown; more > 0 {
		out = append(out, widget.NewText(widget.Small(w.Text().N("answer.more", more))))
	}
	return out
}

// report is the report of a bundle that is a folder and matches itself; empty: none that is to be opened from here.
func (s *checkScreen) report() string {
	if s.result.Verdict == proof.NotValid {
		return ""
	}
	return s.lies.report
}

func (s *checkScreen) limits(w *stage.Stage) fyne.CanvasObject {
	t := w.Text()
	return widget.LookCard(widget.NewText(widget.Strong(t.T("answer.limits"))), widget.NewText(widget.Plain(t.T("report.shows-not.text"))))
}

func (s *checkScreen) check(w *stage.Stage, path string) {
	if s.job.Busy() || w.Locking() {
		return
	}
	if s.zip == nil {
		s.zip = widget.NewSecret(w.Keys(), "")
	}
	s.path = path
	password := s.zip.Text
	var found lies
	stage.Watch(w, &s.job, stage.Task[proof.CheckResult]{
		Work: func(ctx context.Context, p evidence.Progress) (proof.CheckResult, error) {
			p.Step(evidence.StepCheck)
			found = lieOf(path)
			return w.App().Proof.VerifyBundle(ctx, path, proof.VerifyOptions{ZipPassword: password, RootsPEM: w.App().Proof.ChosenRoots()})
		},
		Done: func(r proof.CheckResult) {
			s.zip.SetText("")
			s.result, s.asks, s.lies = &r, false, found
			w.Rebuild()
			w.ToTop()
		},
		Failed: func(err error) error {
			if asked := s.asks; proof.WantsPassword(err) {
				s.asks = true
				if !asked && password == "" {
					return nil // it is asked for in words
				}
			}
			return err
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
