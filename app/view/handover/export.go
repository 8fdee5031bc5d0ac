package handover

import (
	"context"
	"fmt"
	"image"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/flow/handover"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// exportScreen makes the bundle that goes to the police.
type exportScreen struct {
	list     []look.Exhibit
	loaded   bool
	language int // of the report; chosen apart from that of the screen
	zip      bool
	hide     bool // the ZIP shows no names
	age      bool // a file for whoever has a key, unless zip
	key      *widget.Field
	mask     map[string]handover.Masking
	out      map[string]bool // exhibits that stay in the vault, by choice
	dir      string
	name     *widget.Field
	password *widget.Field
	again    *widget.Field
	made     string // the password that was made here; empty: the person's own
	slip     bool   // a sheet with the password is made, too
	slipDir  string // where; empty: the desktop

	find   stage.Finder // where there are many
	folded bool         // what did not pass is unfolded

	answer string // the page with the result of the check, once it was made

	job  stage.Job
	done *handover.ExportResult

	place error // what is to be known of dir, before anything is written there

	sticks []flow.Stick
	thumbs map[string]image.Image // covered pictures, by exhibit

	keyRead *keyRead // nil: none was looked at
}

func (s *exportScreen) Open(w *stage.Stage) {
	if s.mask == nil {
		s.mask, s.out = map[string]handover.Masking{}, map[string]bool{}
		s.language = max(slices.Index(words.Languages, w.Text().Lang()), 0)
		s.zip = true
		s.thumbs = map[string]image.Image{}
		s.name = widget.NewField(w.Keys(), "")
		s.name.SetText(w.Text().T("window.export.name") + "-" + w.Now().Format("2006-01-02"))
		s.password, s.again = widget.NewSecret(w.Keys(), ""), widget.NewSecret(w.Keys(), "")
	}
	w.Reload(func(r stage.Refreshed, err error) {
		s.list, s.loaded = r.Exhibits, true
		w.Rebuild()
		w.Explain(err)
		s.look(w)
	})
}

// freeName is a name that nothing in the folder has, with or without .zip and .zip.age.
func freeName(dir, name string) string {
	taken := func(n string) bool {
		_, a := os.Lstat(filepath.Join(dir, n))
		_, b := os.Lstat(filepath.Join(dir, n+".zip"))
		_, c := os.Lstat(filepath.Join(dir, n+".zip.age"))
		return a == nil || b == nil || c == nil
	}
	for i := 2; i < 1000 && taken(name); i++ {
		base, _, _ := strings.Cut(name, " ")
		name = fmt.Sprintf("%s %d", base, i)
	}
	return name
}

// openWords say who can read files that have no password, by where they go.
func (s *exportScreen) openWords() string {
	if slices.ContainsFunc(s.sticks, func(x flow.Stick) bool { return x.Path == s.dir }) {
		return "export.open-stick"
	}
	return "export.open"
}

func (s *exportScreen) Build(w *stage.Stage) stage.Page {
	p := stage.Page{Title: w.T("export.title"), Step: stage.StepHandover, Back: func() { w.Show(w.At(stage.Kept)) }}
	switch {
	case !s.loaded:
		p.Body = widget.NewText(widget.Muted(w.T("loading")))
	case len(s.list) == 0:
		keep := w.Button(widget.ButtonPrimary, "keep.title", func() { w.Show(w.At(stage.Kept)) })
		p.Body, p.Focus = widget.Card(
			widget.NewText(widget.Head(w.T("export.empty"))),
			widget.NewText(widget.Muted(w.T("export.empty-do"))),
			widget.Row(0, keep),
		), keep
	case s.job.Busy():
		s.progress(w, &p)
	case s.done != nil:
		s.result(w, &p)
	default:
		s.form(w, &p)
	}
	return p
}

// kept reports whether there is evidence: an address that was noted, or a visit, is none.
func (s *exportScreen) kept() bool { return slices.ContainsFunc(s.list, look.Exhibit.Kept) }

func (s *exportScreen) help(w *stage.Stage) fyne.CanvasObject {
	day := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("day.title")))}
	for _, x := range []struct {
		key  string
		done bool // what is seen here; the rest only the person knows
	}{
		{"day.kept", s.kept()},
		{"day.bundle", s.done != nil || w.Desk().Case.Exported},
		{"day.stick", s.onStick()},
		{"day.report", false}, {"day.card", false}, {"day.trusted", false}, {"day.phone", false},
	} {
		t, name := widget.ToneQuiet, "ring"
		if x.done {
			t, name = widget.ToneOK, "check"
		}
		day = append(day, widget.Point(t, name, widget.NewText(widget.Plain(w.T(x.key)))))
	}
	return widget.Stack(
		14,
		widget.Card(day...),
		widget.Card(widget.NewText(widget.Strong(w.T("know.title"))), widget.NewText(widget.Muted(w.T("know.how")))),
	)
}

func (s *exportScreen) form(w *stage.Stage, p *stage.Page) {
	if s.out == nil {
		s.out = map[string]bool{}
	}
	objects := append(s.choice(w), widget.Rule())

	var names []string
	for _, l := range words.Languages {
		names = append(names, words.Names[l])
	}
	language := widget.NewPicker(w.Keys(), names, s.language, func(i int) { s.language = i })
	objects = append(
		objects,
		widget.FormLine(
			w.T("export.language"),
			widget.Stack(2, widget.Row(0, language), widget.NewText(widget.SmallMute(w.T("export.language-how")))),
		),
	)

	objects = append(objects, s.closing(w))
	if s.again == nil {
		s.again = widget.NewSecret(w.Keys(), "")
	}
	if s.key == nil {
		s.key = widget.NewField(w.Keys(), "")
	}
	said := widget.NewText(widget.SmallMute(""))
	if s.zip {
		s.password.SetPlaceHolder(w.T("export.password"))
		s.again.SetPlaceHolder(w.T("export.again"))
		make := w.Button(widget.ButtonPlain, "export.generate", func() {
			s.made = handover.NewPassword()
			s.password.SetText(s.made)
			s.again.SetText(s.made)
			w.Rebuild()
		})
		make.Small()
		form := []fyne.CanvasObject{s.password, s.again, said, widget.Row(0, make)}
		if s.made != "" && s.password.Text == s.made {
			copying := w.Button(widget.ButtonPlain, "copy", func() { w.CopySecret(s.made) })
			copying.Small()
			form = []fyne.CanvasObject{
				widget.RowGrow(8, 0, widget.NewText(widget.Span{Text: s.made, Size: widget.SizeHead, Mono: true}), copying),
				widget.NewText(widget.Span{Text: w.T("export.generated"), Size: widget.SizeSmall, Role: widget.RoleWarn}),
			}
		}
		objects = append(
			objects,
			widget.FormLine(
				w.T("export.password"),
				widget.Stack(4, append(form, widget.NewText(widget.SmallMute(w.T("export.password-how"))))...),
			),
		)
		objects = append(objects, widget.FormLine("", s.hideForm(w)), widget.FormLine("", s.slipForm(w)))
	} else if s.age {
		objects = append(objects, s.keyForm(w, said))
	} else {
		objects = append(
			objects,
			widget.FormLine("", widget.NewText(widget.Span{Text: w.T(s.openWords()), Size: widget.SizeSmall, Role: widget.RoleWarn})),
		)
	}
	objects = append(objects, widget.FormLine(w.T("export.where"), s.where(w)),
		widget.FormLine(w.T("export.named"), s.name))
	if s.place != nil {
		m := flow.Explain(s.place, w.Text())
		objects = append(
			objects,
			widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(evidence.Shorten(m.What, 300)+" "+m.Do))),
		)
	}

	create := w.Button(widget.ButtonPrimary, "export.create", func() { s.start(w) })
	ready := func() {
		fault := s.fault()
		create.Disable(!s.complete())
		words := ""
		if fault != "" && s.typed() {
			words = w.T(fault)
		}
		said.Set(widget.Span{Text: words, Size: widget.SizeSmall, Role: widget.RoleWarn})
	}
	s.name.OnChanged = func(string) { ready() }
	s.password.OnChanged = func(string) { ready() }
	s.again.OnChanged = func(string) { ready() }
	s.key.OnChanged = func(string) { ready() }
	ready()
	objects = append(objects, widget.Space(2), widget.RowGrow(12, 1, create, widget.NewText(widget.SmallMute(w.T("export.then")))))
	p.Body = widget.Columns(20, 0.58, 620, widget.Card(objects...), s.help(w))
	p.Focus = create
	p.Enter = func() { s.start(w) }
	if s.zip && s.password.Text == "" {
		p.Focus = s.password
	}
}

// fault is what is wrong with the password of a ZIP, or with a key; empty: nothing.
func (s *exportScreen) fault() string {
	switch {
	case !s.zip && s.age:
		return s.keyFault()
	case !s.zip:
		return ""
	case flow.RatePassphrase(s.password.Text) < flow.Enough:
		return "export.weak"
	case s.again != nil && s.again.Text != s.password.Text:
		return "export.differ"
	}
	return ""
}

// complete reports whether the form says all that it takes.
func (s *exportScreen) complete() bool {
	ids := s.chosen()
	return strings.TrimSpace(s.name.Text) != "" && s.dir != "" && s.fault() == "" && (ids == nil || len(ids) > 0)
}

// request is what the form says.
func (s *exportScreen) request(w *stage.Stage) handover.ExportRequest {
	r := handover.ExportRequest{Case: w.Desk().Case.ID, Language: words.Languages[s.language], Exhibits: s.chosen()}
	name := strings.TrimSpace(s.name.Text)
	if s.zip {
		r.ZipPassword, r.HideNames = s.password.Text, s.hide
		name = strings.TrimSuffix(name, ".zip") + ".zip"
		if s.slip {
			stem := strings.TrimSuffix(filepath.Base(name), ".zip")
			r.Slip = filepath.Join(s.sheetDir(w), freeFile(s.sheetDir(w), stem+"-"+w.T("export.slip-name"), ".pdf"))
		}
	}
	if s.age && !s.zip {
		r.Recipients = []string{strings.TrimSpace(s.key.Text)}
		name = stem(name) + ".zip.age"
	}
	r.Target = filepath.Join(s.dir, filepath.Base(name))
	r.Mask = maps.Clone(s.mask)
	return r
}

func (s *exportScreen) start(w *stage.Stage) {
	if s.job.Busy() || !s.complete() {
		return
	}
	w.ClearNotice()
	session, request := w.Session(), s.request(w)
	stage.Watch(w, &s.job, stage.Task[handover.ExportResult]{
		Work: func(ctx context.Context, p evidence.Progress) (handover.ExportResult, error) {
			return session.Handover.Export(ctx, request, p)
		},
		Done: func(r handover.ExportResult) {
			s.done = &r
			s.password.SetText("")
			if s.again != nil {
				s.again.SetText("")
			}
			s.made = ""
			w.Desk().Case.Exported = true
			w.Rebuild()
			w.ToTop()
		},
	})
}

var exportSteps = []evidence.Step{evidence.StepCollect, evidence.StepReport, evidence.StepSeal, evidence.StepCheck}

func (s *exportScreen) progress(w *stage.Stage, p *stage.Page) {
	list := exportSteps
	if s.chosen() != nil {
		list = append([]evidence.Step{evidence.StepCompare}, list...)
	}
	steps := s.job.Steps(w, list, func(step evidence.Step, done, total int64) string {
		if step == evidence.StepCollect || step == evidence.StepCheck {
			return w.T("progress.of", "Done", w.Text().Bytes(done), "Total", w.Text().Bytes(total))
		}
		return w.T("progress.of", "Done", w.Text().Number(done), "Total", w.Text().Number(total))
	})
	var stop *widget.Button
	stop, p.Back = s.job.Stopper(w)
	p.Body = widget.Columns(
		20,
		0.58,
		620,
		widget.Card(widget.NewText(widget.Head(w.T("export.running"))), widget.Space(2), steps, widget.Space(4),
			widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.T("export.safe"))))),
		s.help(w),
	)
	p.Focus = stop
}

func (s *exportScreen) result(w *stage.Stage, p *stage.Page) {
	r := *s.done
	state := widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("export.checked"))))
	switch {
	case r.Verdict == proof.TimeNotProven:
		state = widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(w.T("export.no-time"))))
	case !r.Valid:
		state = widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.T("export.not-all"))))
	}
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("export.ready"))),
		widget.NewText(widget.Mono(evidence.Shorten(r.Target, 300))),
		widget.NewText(
			widget.SmallMute(w.N("export.size", r.Files, "Bytes", w.Text().Bytes(r.Bytes)) + " · " + w.N("export.pages", r.Pages)),
		),
		widget.Space(2),
		state,
	}
	for _, t := range r.Timestamps {
		if t.State == proof.Verified && t.Time != nil {
			objects = append(
				objects,
				widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("export.stamped", "When", w.KeptAt(*t.Time))),
					widget.SmallMute(" · "+evidence.Shorten(t.Authority, 60)))),
			)
		} else {
			objects = append(
				objects,
				widget.Point(
					widget.ToneLook,
					"clock",
					widget.NewText(widget.Plain(w.T("export.not-stamped")), widget.SmallMute(" · "+evidence.Shorten(t.Authority, 60))),
				),
			)
		}
	}
	objects = append(objects, calendars(w, r)...)
	objects = append(append(objects, leftOut(w, r)...), s.beside(w)...)
	open := func(path string) func() {
		return func() { w.Explain(w.OpenFile(path)) }
	}
	var buttons []fyne.CanvasObject
	main := w.Button(widget.ButtonPrimary, "export.folder-open", open(filepath.Dir(r.Target)))
	if r.Report != "" {
		main = w.Button(widget.ButtonPrimary, "export.report-open", open(r.Report))
		buttons = append(buttons, main, w.Button(widget.ButtonPlain, "export.folder-open", open(r.Target)))
	} else {
		buttons = append(buttons, main)
	}
	if r.Slip != "" {
		buttons = append(buttons, w.Button(widget.ButtonPlain, "export.slip-open", open(r.Slip)))
	}
	buttons = append(buttons, w.Button(widget.ButtonPlain, "export.page", func() { s.page(w) }))
	buttons = append(buttons, w.Button(widget.ButtonPlain, "export.another", func() { w.Show(&exportScreen{}) }))
	objects = append(objects, widget.Space(2), widget.Wrap(10, buttons...), widget.NewText(widget.SmallMute(w.T("export.open-note"))))
	var details []fyne.CanvasObject
	for _, c := range r.Checks {
		if c.State != evidence.Passed {
			objects = append(objects, widget.NewText(
				widget.Small(w.Shared("check."+c.Name, c.Name)+" · "+w.Shared("check.state."+string(c.State), string(c.State)))))
			details = append(details, widget.NewText(widget.Small(proof.CheckWords(w.Text(), c))))
		}
	}
	warn := openness(w, r, s.hide)
	print := widget.Card(
		widget.NewText(widget.Strong(w.T("export.fingerprint"))),
		widget.NewText(widget.SmallMute(w.T("export.fingerprint-how"))),
		widget.NewText(widget.Mono(r.Fingerprint.Grouped())),
	)
	left := []fyne.CanvasObject{widget.Card(objects...), warn, print}
	if len(details) > 0 {
		left = append(left, widget.NewFold(w.Keys(), s.folded, widget.ToneQuiet, "", w.T("check.details"), w.Text().Number(int64(len(details))), func() {
			s.folded = !s.folded
			w.Refresh()
		}, func() []fyne.CanvasObject {
			return append(details, widget.NewText(widget.SmallMute(w.Text().T("answer.english"))))
		}))
	}
	p.Body = widget.Columns(20, 0.58, 620, widget.Stack(14, left...), s.help(w))
	p.Focus = main
}
