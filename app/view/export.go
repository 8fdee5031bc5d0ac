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
	"constat/app/view/widget"
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
	name     *widget.Field
	password *widget.Field

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
		s.name = widget.NewField(w.keys, "")
		s.name.SetText(freeName(s.dir, w.text.T("window.export.name")+"-"+w.cfg.Now().Format("2006-01-02")))
		s.password = widget.NewSecret(w.keys, "")
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
		p.body = widget.NewText(widget.Muted(w.t("loading")))
	case len(s.list) == 0:
		keep := w.button(widget.ButtonPrimary, "keep.title", func() { w.show(&homeScreen{}) })
		p.body, p.focus = widget.Card(widget.NewText(widget.Head(w.t("export.empty"))), widget.NewText(widget.Muted(w.t("export.empty-do"))), widget.Row(0, keep)), keep
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
	day := []fyne.CanvasObject{widget.NewText(widget.Strong(w.t("day.title")))}
	for i, key := range []string{"day.kept", "day.report", "day.card", "day.trusted", "day.phone"} {
		t, name := widget.ToneQuiet, "ring"
		if i == 0 || i == 1 && (s.done != nil || w.matter.Exported) {
			t, name = widget.ToneOK, "check"
		}
		day = append(day, widget.Point(t, name, widget.NewText(widget.Plain(w.t(key)))))
	}
	return widget.Stack(14, widget.Card(day...), widget.Card(widget.NewText(widget.Strong(w.t("know.title"))), widget.NewText(widget.Muted(w.t("know.how")))))
}

// line is a name beside what is chosen.
func formLine(name string, o fyne.CanvasObject) fyne.CanvasObject {
	return widget.Columns(14, 150, 340, widget.Inset(8, 0, 0, 0, widget.NewText(widget.Muted(name))), o)
}

func (s *exportScreen) form(w *Window, p *page) {
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.t("export.what")))}
	for _, e := range s.list {
		objects = append(objects, s.exhibitRow(w, e))
	}
	objects = append(objects, widget.Rule())

	var names []string
	for _, l := range words.Languages {
		names = append(names, words.Names[l])
	}
	language := widget.NewPicker(w.keys, names, s.language, func(i int) { s.language = i })
	objects = append(objects, formLine(w.t("export.language"), widget.Stack(2, widget.Row(0, language), widget.NewText(widget.SmallMute(w.t("export.language-how"))))))

	chosen := 1
	if s.zip {
		chosen = 0
	}
	form := widget.NewChoice(w.keys, chosen, func(i int) {
		s.zip = i == 0
		w.rebuild()
	}, []widget.Span{widget.Plain(w.t("export.zip"))}, []widget.Span{widget.Plain(w.t("export.folder"))})
	objects = append(objects, formLine(w.t("export.form"), widget.Stack(0, form[0], form[1])))
	if s.zip {
		s.password.SetPlaceHolder(w.t("export.password"))
		objects = append(objects, formLine(w.t("export.password"), widget.Stack(4, s.password, widget.NewText(widget.SmallMute(w.t("export.password-how"))))))
	} else {
		objects = append(objects, formLine("", widget.NewText(widget.Span{Text: w.t("export.open"), Size: widget.SizeSmall, Role: widget.RoleWarn})))
	}
	choose := w.button(widget.ButtonPlain, "choose", func() {
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
	choose.Small()
	objects = append(objects,
		formLine(w.t("export.where"), widget.RowGrow(10, 0, widget.NewText(widget.Mono(shown(s.dir, 200))), choose)),
		formLine(w.t("export.named"), s.name))

	create := w.button(widget.ButtonPrimary, "export.create", func() { s.start(w) })
	ready := func() { create.Disable(strings.TrimSpace(s.name.Text) == "" || s.zip && s.password.Text == "") }
	s.name.OnChanged = func(string) { ready() }
	s.password.OnChanged = func(string) { ready() }
	ready()
	objects = append(objects, widget.Space(2), widget.RowGrow(12, 1, create, widget.NewText(widget.SmallMute(w.t("export.then")))))
	p.body = widget.Columns(20, 0.58, 620, widget.Card(objects...), s.help(w))
	p.focus = create
	p.enter = func() { s.start(w) }
	if s.zip && s.password.Text == "" {
		p.focus = s.password
	}
}

func (s *exportScreen) exhibitRow(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	title := widget.NewText(widget.Small(exhibitTitle(w, e, 70)))
	if e.Closed {
		return widget.RowGrow(12, 1, widget.Thumb(60, 42, ""), title, widget.NewLine(widget.SmallMute(w.t("minor.not-exported"))))
	}
	if len(e.Pictures()) == 0 {
		return widget.RowGrow(12, 1, widget.Thumb(60, 42, ""), title, widget.NewLine(widget.SmallMute(w.t("thumb.no-picture"))))
	}
	chosen := 0
	if s.mask[e.Exhibit] {
		chosen = 1
	}
	paper := widget.NewPicker(w.keys, []string{w.t("export.show"), w.t("export.mask")}, chosen, func(i int) { s.mask[e.Exhibit] = i == 1 })
	return widget.RowGrow(12, 1, widget.Thumb(60, 42, ""), title, paper)
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
			s.steps.sample()
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
	var stop *widget.Button
	stop, p.back = w.stopper(&s.halting)
	p.body = widget.Columns(20, 0.58, 620, widget.Card(widget.NewText(widget.Head(w.t("export.running"))), widget.Space(2), s.steps.Progress, widget.Space(4),
		widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.t("export.safe"))))), s.help(w))
	p.focus = stop
}

func (s *exportScreen) result(w *Window, p *page) {
	r := *s.done
	state := widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.t("export.checked"))))
	switch {
	case r.Verdict == flow.NotTimestamped:
		state = widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(w.t("export.no-time"))))
	case !r.Valid:
		state = widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.t("export.not-all"))))
	}
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.t("export.ready"))), widget.NewText(widget.Mono(shown(r.Target, 300))),
		widget.NewText(widget.SmallMute(w.n("export.size", r.Files, "Bytes", w.text.Bytes(r.Bytes)) + " · " + w.n("export.pages", r.Pages))),
		widget.Space(2), state,
	}
	for _, t := range r.Timestamps {
		if t.State == flow.StampVerified && t.Time != nil {
			objects = append(objects, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.t("export.stamped", "When", keptAt(w, *t.Time))),
				widget.SmallMute(" · "+shown(t.Authority, 60)))))
		} else {
			objects = append(objects, widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(w.t("export.not-stamped")), widget.SmallMute(" · "+shown(t.Authority, 60)))))
		}
	}
	open := func(path string) func() {
		return func() { w.explain(w.cfg.Open(path)) }
	}
	var buttons []fyne.CanvasObject
	main := w.button(widget.ButtonPrimary, "export.folder-open", open(filepath.Dir(r.Target)))
	if r.Report != "" {
		main = w.button(widget.ButtonPrimary, "export.report-open", open(r.Report))
		buttons = append(buttons, main, w.button(widget.ButtonPlain, "export.folder-open", open(r.Target)))
	} else {
		buttons = append(buttons, main)
	}
	buttons = append(buttons, w.button(widget.ButtonPlain, "export.another", func() { w.show(&exportScreen{}) }))
	objects = append(objects, widget.Space(2), widget.Wrap(10, buttons...), widget.NewText(widget.SmallMute(w.t("export.open-note"))))
	for _, c := range r.Checks {
		if c.State != evidence.Passed {
			objects = append(objects, widget.NewText(widget.Small(w.shared("check."+c.Name, c.Name)+" · "+w.shared("check.state."+string(c.State), string(c.State))),
				widget.SmallMute(" · "+shown(c.Detail, 200))))
		}
	}
	warn := widget.LookCard(widget.NewText(widget.Strong(w.t("export.plain"))), widget.NewText(widget.Plain(w.t("export.plain-how"))))
	if strings.HasSuffix(r.Target, ".zip") {
		warn = widget.LookCard(widget.NewText(widget.Strong(w.t("export.sealed"))), widget.NewText(widget.Plain(w.t("export.sealed-how"))))
	}
	print := widget.Card(widget.NewText(widget.Strong(w.t("export.fingerprint"))), widget.NewText(widget.SmallMute(w.t("export.fingerprint-how"))), widget.NewText(widget.Mono(r.Fingerprint.Grouped())))
	p.body = widget.Columns(20, 0.58, 620, widget.Stack(14, widget.Card(objects...), warn, print), s.help(w))
	p.focus = main
}
