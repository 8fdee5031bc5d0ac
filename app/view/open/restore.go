package open

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/place"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/replica"
)

// restoreScreen makes the vault of a safe copy, and says what of it is back.
type restoreScreen struct {
	form   place.Form
	code   bool // the secret is the recovery code
	secret *widget.Field
	job    stage.Job
	back   *flow.RestoredCopy // when it is done
}

func (s *restoreScreen) Build(w *stage.Stage) stage.Page {
	switch {
	case s.job.Busy():
		return s.progress(w)
	case s.back != nil:
		return s.done(w)
	}
	s.form.Init(w)
	if s.secret == nil {
		s.secret = widget.NewSecret(w.Keys(), "")
	}
	which := 0
	if s.code {
		which = 1
	}
	kind := widget.NewPicker(w.Keys(), []string{w.T("restore.passphrase"), w.T("restore.code")}, which, func(i int) {
		if s.code != (i == 1) {
			s.code = i == 1
			s.secret.SetText("")
			w.Rebuild()
		}
	})
	back := func() { w.Show(&firstScreen{looked: true}) }
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.T("restore.what"))), widget.NewText(widget.Muted(w.T("restore.why")))}
	objects = append(objects, s.form.Objects(w, s)...)
	objects = append(objects,
		widget.Rule(),
		widget.FormLine(w.T("restore.opens"), widget.Row(0, kind)),
		widget.FormLine("", s.secret),
		widget.Wrap(widget.GapSmall,
			w.Button(widget.ButtonPrimary, "restore.start", func() { s.start(w) }), w.Button(widget.ButtonPlain, "back", back)),
	)
	return stage.Page{
		Title: w.T("restore.title"),
		Body: widget.Columns(20, 0.62, 620, widget.Card(objects...),
			widget.Card(widget.NewText(widget.Strong(w.T("restore.limits"))), widget.NewText(widget.Muted(w.T("restore.limits-how"))))),
		Focus: s.form.First(),
		Enter: func() { s.start(w) },
		Back:  back,
	}
}

func (s *restoreScreen) progress(w *stage.Stage) (p stage.Page) {
	steps := s.job.Steps(w, []evidence.Step{evidence.StepCopy}, func(_ evidence.Step, done, total int64) string {
		return w.T("progress.of", "Done", w.Text().Bytes(done), "Total", w.Text().Bytes(total))
	})
	var stop *widget.Button
	stop, p.Back = s.job.Stopper(w)
	p.Title = w.T("restore.title")
	p.Body = widget.Columns(20, 0.62, 620, widget.Card(steps, widget.Row(0, stop)),
		widget.Card(widget.NewText(widget.Muted(w.T("restore.stop-how")))))
	return p
}

// done says what is back and what is known not to be.
func (s *restoreScreen) done(w *stage.Stage) stage.Page {
	r := s.back
	missing := len(r.Missing) + len(r.Damaged)
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("restore.back"))),
		widget.NewText(widget.Plain(w.T("restore.back-how", "When", w.KeptAt(r.Time), "Cases", len(r.Cases), "N", r.Files-missing))),
		widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.T("restore.later")))),
	}
	bad := func(text string) {
		objects = append(objects, widget.Point(widget.ToneBad, "cross", widget.NewText(widget.Plain(text))))
	}
	lines, exhibits := 0, 0
	for _, c := range r.Cases {
		lines, exhibits = lines+int(c.Lost), exhibits+c.LostExhibits
	}
	if lines > 0 {
		bad(w.T("restore.lost", "Lines", lines, "Exhibits", exhibits))
	}
	if missing > 0 {
		bad(w.T("restore.missing", "Missing", len(r.Missing), "Damaged", len(r.Damaged)))
	}
	if r.Gaps+r.Foreign > 0 {
		bad(w.T("restore.heads", "Gaps", r.Gaps, "Foreign", r.Foreign))
	}
	on := func() { w.Show(w.At(stage.Unlock)) }
	objects = append(objects, widget.Row(0, w.Button(widget.ButtonPrimary, "restore.open", on)))
	return stage.Page{Title: w.T("restore.title"), Body: widget.Columns(20, 0.62, 620, widget.Card(objects...), widget.Space(1)), Enter: on}
}

func (s *restoreScreen) start(w *stage.Stage) {
	at, ok := s.form.Place()
	text := strings.TrimSpace(s.secret.Text)
	if !s.code {
		text = s.secret.Text
	}
	if s.job.Busy() || w.Locking() || !ok || text == "" {
		return
	}
	secret := replica.Secret{Text: text, Code: s.code}
	stage.Watch(w, &s.job, stage.Task[flow.RestoredCopy]{
		Work: func(ctx context.Context, p evidence.Progress) (flow.RestoredCopy, error) {
			return w.App().RestoreCopy(ctx, at, secret, w.Folder(), p)
		},
		Done: func(r flow.RestoredCopy) {
			s.form.Clear()
			s.secret.SetText("")
			s.back = &r
			w.Rebuild()
		},
		Failed: func(err error) error {
			s.secret.SetText("")
			return err
		},
	})
}
