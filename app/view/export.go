package view

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/assets/words"
	"constat/evidence"
)

// exportScreen makes the bundle that goes to the police.
type exportScreen struct {
	list     []flow.ExhibitView
	loaded   bool
	language int // of the report; chosen apart from that of the screen
	zip      bool
	mask     map[string]bool
	dir      string
	name     *field
	password *field

	running bool
	halting bool
	meter   *meter
	steps   *progressList
	done    *flow.ExportResult
}

func (s *exportScreen) open(w *Window) {
	if s.mask == nil {
		s.mask = map[string]bool{}
		s.language = max(slices.Index(words.Languages, w.text.Lang()), 0)
		s.dir = exportFolder(w.cfg.Home)
		s.zip = true
		s.name = newField(w.keys, "")
		s.name.SetText(freeName(s.dir, w.text.T("window.export.name")+"-"+w.cfg.Now().Format("2006-01-02")))
		s.password = newSecret(w.keys, "")
	}
	w.reload(func(r refreshed, err error) {
		s.list, s.loaded = r.exhibits, true
		w.rebuild()
		w.explain(err)
	})
}

// exportFolder is the desktop if there is one, else the home folder.
func exportFolder(home string) string {
	for _, name := range []string{"Desktop", "Bureau", "Bureaublad", "Schreibtisch"} {
		if dir := filepath.Join(home, name); isDir(dir) {
			return dir
		}
	}
	return home
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// freeName is a name that nothing in the folder has, with or without .zip.
func freeName(dir, name string) string {
	taken := func(n string) bool {
		_, a := os.Lstat(filepath.Join(dir, n))
		_, b := os.Lstat(filepath.Join(dir, n+".zip"))
		return a == nil || b == nil
	}
	for i := 2; i < 1000 && taken(name); i++ {
		base, _, _ := strings.Cut(name, " ")
		name = fmt.Sprintf("%s %d", base, i)
	}
	return name
}

func (s *exportScreen) build(w *Window) page {
	p := page{title: w.t("export.title"), step: stepExport, back: func() { w.show(&homeScreen{}) }}
	switch {
	case !s.loaded:
		p.body = newText(muted(w.t("loading")))
	case len(s.list) == 0:
		keep := w.button(buttonPrimary, "keep.title", func() { w.show(&homeScreen{}) })
		p.body, p.focus = card(newText(head(w.t("export.empty"))), newText(muted(w.t("export.empty-do"))), row(0, keep)), keep
	case s.running:
		s.progress(w, &p)
	case s.done != nil:
		s.result(w, &p)
	default:
		s.form(w, &p)
	}
	return p
}

func (s *exportScreen) help(w *Window) fyne.CanvasObject {
	day := []fyne.CanvasObject{newText(strong(w.t("day.title")))}
	for i, key := range []string{"day.kept", "day.report", "day.card", "day.trusted", "day.phone"} {
		t, name := toneQuiet, "ring"
		if i == 0 || i == 1 && (s.done != nil || w.matter.Exported) {
			t, name = toneOK, "check"
		}
		day = append(day, point(t, name, newText(plain(w.t(key)))))
	}
	return stack(14, card(day...), card(newText(strong(w.t("know.title"))), newText(muted(w.t("know.how")))))
}

// line is a name beside what is chosen.
func formLine(name string, o fyne.CanvasObject) fyne.CanvasObject {
	return columns(14, 150, 340, inset(8, 0, 0, 0, newText(muted(name))), o)
}

func (s *exportScreen) form(w *Window, p *page) {
	objects := []fyne.CanvasObject{newText(head(w.t("export.what")))}
	for _, e := range s.list {
		objects = append(objects, s.exhibitRow(w, e))
	}
	objects = append(objects, rule())

	var names []string
	for _, l := range words.Languages {
		names = append(names, words.Names[l])
	}
	language := newPicker(w.keys, names, s.language, func(i int) { s.language = i })
	objects = append(objects, formLine(w.t("export.language"), stack(2, row(0, language), newText(smallMute(w.t("export.language-how"))))))

	chosen := 1
	if s.zip {
		chosen = 0
	}
	form := newChoice(w.keys, chosen, func(i int) {
		s.zip = i == 0
		w.rebuild()
	}, []span{plain(w.t("export.zip"))}, []span{plain(w.t("export.folder"))})
	objects = append(objects, formLine(w.t("export.form"), stack(0, form[0], form[1])))
	if s.zip {
		s.password.SetPlaceHolder(w.t("export.password"))
		objects = append(objects, formLine(w.t("export.password"), stack(4, s.password, newText(smallMute(w.t("export.password-how"))))))
	} else {
		objects = append(objects, formLine("", newText(span{text: w.t("export.open"), size: sizeSmall, role: roleWarn})))
	}
	choose := w.button(buttonPlain, "choose", func() {
		w.show(&chooseScreen{
			title: w.t("export.where"), hint: w.t("export.where-hint"), at: s.dir,
			back: func() { w.show(s) },
			done: func(dir string) {
				s.dir = dir
				s.name.SetText(freeName(dir, s.name.Text))
				w.show(s)
			},
		})
	})
	choose.size = sizeSmall
	objects = append(objects,
		formLine(w.t("export.where"), rowGrow(10, 0, newText(mono(shown(s.dir, 200))), choose)),
		formLine(w.t("export.named"), s.name))

	create := w.button(buttonPrimary, "export.create", func() { s.start(w) })
	ready := func() { create.disable(strings.TrimSpace(s.name.Text) == "" || s.zip && s.password.Text == "") }
	s.name.OnChanged = func(string) { ready() }
	s.password.OnChanged = func(string) { ready() }
	ready()
	objects = append(objects, space(2), rowGrow(12, 1, create, newText(smallMute(w.t("export.then")))))
	p.body = columns(20, 0.58, 620, card(objects...), s.help(w))
	p.focus = create
	p.enter = func() { s.start(w) }
	if s.zip && s.password.Text == "" {
		p.focus = s.password
	}
}

func (s *exportScreen) exhibitRow(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	title := newText(small(exhibitTitle(w, e, 70)))
	if e.Closed {
		return rowGrow(12, 1, thumb(60, 42, ""), title, line(smallMute(w.t("minor.not-exported"))))
	}
	if len(e.Pictures()) == 0 {
		return rowGrow(12, 1, thumb(60, 42, ""), title, line(smallMute(w.t("thumb.no-picture"))))
	}
	chosen := 0
	if s.mask[e.Exhibit] {
		chosen = 1
	}
	paper := newPicker(w.keys, []string{w.t("export.show"), w.t("export.mask")}, chosen, func(i int) { s.mask[e.Exhibit] = i == 1 })
	return rowGrow(12, 1, thumb(60, 42, ""), title, paper)
}

// request is what the form says.
func (s *exportScreen) request(w *Window) flow.ExportRequest {
	r := flow.ExportRequest{Case: w.matter.ID, Language: words.Languages[s.language]}
	name := strings.TrimSpace(s.name.Text)
	if s.zip {
		r.ZipPassword = s.password.Text
		name = strings.TrimSuffix(name, ".zip") + ".zip"
	}
	r.Target = filepath.Join(s.dir, filepath.Base(name))
	for id, on := range s.mask {
		if on {
			r.Mask = append(r.Mask, id)
		}
	}
	slices.Sort(r.Mask)
	return r
}

func (s *exportScreen) start(w *Window) {
	if s.running || strings.TrimSpace(s.name.Text) == "" || s.zip && s.password.Text == "" {
		return
	}
	s.running, s.halting = true, false
	w.notice = nil
	s.meter = &meter{now: w.cfg.Now}
	session, request := w.session, s.request(w)
	runMeter(w.work, w.life, s.meter, func() {
		if s.steps != nil {
			s.steps.draw()
		}
	}, func(ctx context.Context, p evidence.Progress) (flow.ExportResult, error) {
		return session.Export(ctx, request, p)
	}, func(r flow.ExportResult, err error) {
		s.running = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		s.done = &r
		s.password.SetText("")
		w.matter.Exported = true
		w.rebuild()
		w.frame.toTop()
	})
	if s.running {
		w.rebuild()
	}
}

var exportSteps = []evidence.Step{evidence.StepCollect, evidence.StepReport, evidence.StepSeal, evidence.StepCheck}

func (s *exportScreen) progress(w *Window, p *page) {
	s.steps = newProgressList(w.text, s.meter, exportSteps, func(step evidence.Step, done, total int64) string {
		if step == evidence.StepCollect || step == evidence.StepCheck {
			return w.t("progress.of", "Done", w.text.Bytes(done), "Total", w.text.Bytes(total))
		}
		return w.t("progress.of", "Done", w.text.Number(done), "Total", w.text.Number(total))
	})
	stop := w.button(buttonPlain, "capture.stop", nil)
	halt := func() {
		s.halting = true
		stop.disable(true)
		stop.rename(w.t("capture.stopping"))
		w.work.abort()
	}
	stop.press, p.back = halt, halt
	if s.halting {
		stop.disable(true)
		stop.rename(w.t("capture.stopping"))
	}
	p.body = columns(20, 0.58, 620, card(newText(head(w.t("export.running"))), space(2), s.steps, space(4),
		rowGrow(14, 1, stop, newText(smallMute(w.t("export.safe"))))), s.help(w))
	p.focus = stop
}

func (s *exportScreen) result(w *Window, p *page) {
	r := *s.done
	state := point(toneOK, "check", newText(plain(w.t("export.checked"))))
	if !r.Valid {
		state = point(toneLook, "look", newText(plain(w.t("export.not-all"))))
	}
	objects := []fyne.CanvasObject{
		newText(head(w.t("export.ready"))), newText(mono(shown(r.Target, 300))),
		newText(smallMute(w.n("export.size", r.Files, "Bytes", w.text.Bytes(r.Bytes)) + " · " + w.n("export.pages", r.Pages))),
		space(2), state,
	}
	for _, t := range r.Timestamps {
		if t.State == flow.StampVerified && t.Time != nil {
			objects = append(objects, point(toneOK, "check", newText(plain(w.t("export.stamped", "When", keptAt(w, *t.Time))),
				smallMute(" · "+shown(t.Authority, 60)))))
		} else {
			objects = append(objects, point(toneLook, "clock", newText(plain(w.t("export.not-stamped")), smallMute(" · "+shown(t.Authority, 60)))))
		}
	}
	open := func(path string) func() {
		return func() { w.explain(w.cfg.Open(path)) }
	}
	var buttons []fyne.CanvasObject
	main := w.button(buttonPrimary, "export.folder-open", open(filepath.Dir(r.Target)))
	if r.Report != "" {
		main = w.button(buttonPrimary, "export.report-open", open(r.Report))
		buttons = append(buttons, main, w.button(buttonPlain, "export.folder-open", open(r.Target)))
	} else {
		buttons = append(buttons, main)
	}
	buttons = append(buttons, w.button(buttonPlain, "export.another", func() { w.show(&exportScreen{}) }))
	objects = append(objects, space(2), wrap(10, buttons...), newText(smallMute(w.t("export.open-note"))))
	for _, c := range r.Checks {
		if c.State != evidence.Passed {
			objects = append(objects, newText(small(w.shared("check."+c.Name, c.Name)+" · "+w.shared("check.state."+string(c.State), string(c.State))),
				smallMute(" · "+shown(c.Detail, 200))))
		}
	}
	warn := lookCard(newText(strong(w.t("export.plain"))), newText(plain(w.t("export.plain-how"))))
	if strings.HasSuffix(r.Target, ".zip") {
		warn = lookCard(newText(strong(w.t("export.sealed"))), newText(plain(w.t("export.sealed-how"))))
	}
	print := card(newText(strong(w.t("export.fingerprint"))), newText(smallMute(w.t("export.fingerprint-how"))), newText(mono(r.Fingerprint.Grouped())))
	p.body = columns(20, 0.58, 620, stack(14, card(objects...), warn, print), s.help(w))
	p.focus = main
}
