package settings

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"constat/app/view/secret"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// secrets is the part of the settings that changes what opens the vault.
func (s *settingsScreen) secrets(w *stage.Stage) fyne.CanvasObject {
	passphrase := w.Button(widget.ButtonPlain, "secret.passphrase", func() { w.GoTo(&passphraseScreen{}) })
	code := w.Button(widget.ButtonPlain, "secret.code", func() { w.GoTo(&renewScreen{}) })
	access := w.Button(widget.ButtonPlain, "access.open", func() { w.GoTo(&accessScreen{}) })
	passphrase.Small()
	code.Small()
	copied := w.Button(widget.ButtonPlain, "copies.open", func() { w.GoTo(&copiesScreen{}) })
	access.Small()
	copied.Small()
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("secret.title"))),
		widget.Columns(14, 264, 420, widget.Row(0, passphrase), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.T("secret.passphrase-how"))))),
		widget.Columns(14, 264, 420, widget.Row(0, code), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.T("secret.code-how"))))),
		widget.Columns(14, 264, 420, widget.Row(0, access), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.T("access.open-how"))))),
		widget.Columns(14, 264, 420, widget.Row(0, copied), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.T("copies.open-how"))))),
	}
	// While the vault is being locked there is none.
	if session := w.Session(); session != nil && (session.Old() || len(session.Notices(w.Text())) > 0) {
		found := w.Button(widget.ButtonPlain, "found.open", func() { w.GoTo(w.At(stage.Found)) })
		found.Small()
		objects = append(
			objects,
			widget.Columns(
				14,
				264,
				420,
				widget.Row(0, found),
				widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.T("found.open-how")))),
			),
		)
	}
	if s.changed {
		objects = append(objects, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Small(w.T("secret.changed")))))
	}
	return widget.Card(objects...)
}

// passphraseScreen changes the passphrase of the open vault.
type passphraseScreen struct {
	secret secret.Pair
	job    stage.Job
}

func (s *passphraseScreen) Build(w *stage.Stage) stage.Page {
	change := w.Button(widget.ButtonPrimary, "secret.change", func() { s.change(w) })
	s.secret.Init(w, func() { change.Disable(s.job.Busy() || !s.secret.Ready()) })
	if s.job.Busy() {
		change.Rename(w.T("busy"))
	}
	back := func() {
		if !s.job.Busy() {
			w.Show(&settingsScreen{})
		}
	}
	form := append(
		[]fyne.CanvasObject{widget.NewText(widget.Head(w.T("secret.new"))), widget.NewText(widget.Muted(w.T("secret.new-why")))},
		s.secret.Objects()...)
	form = append(form, widget.Wrap(widget.GapSmall, change, w.Button(widget.ButtonPlain, "back", back)))
	return stage.Page{
		Title: w.T("settings.title"),
		Body: widget.Columns(
			20,
			0.62,
			620,
			widget.Card(form...),
			widget.Card(widget.NewText(widget.Strong(w.T("code.lost"))), widget.NewText(widget.Muted(w.T("code.lost-how")))),
		),
		Focus: s.secret.First,
		Enter: func() { s.change(w) },
		Back:  back,
	}
}

func (s *passphraseScreen) change(w *stage.Stage) {
	if s.job.Busy() || !s.secret.Ready() {
		return
	}
	session, passphrase := w.Session(), s.secret.First.Text
	stage.Start(w, &s.job, stage.Task[struct{}]{
		Work: func(ctx context.Context, _ evidence.Progress) (struct{}, error) {
			return struct{}{}, session.ChangePassphrase(ctx, passphrase)
		},
		Done: func(_ struct{}) {
			s.secret = secret.Pair{}
			w.Show(&settingsScreen{changed: true})
		},
	})
}

// renewScreen makes a new recovery code, which ends the old one.
type renewScreen struct{ job stage.Job }

func (s *renewScreen) Build(w *stage.Stage) stage.Page {
	back := func() {
		if !s.job.Busy() {
			w.Show(&settingsScreen{})
		}
	}
	create := w.Button(widget.ButtonPrimary, "renew.make", func() { s.renew(w) })
	create.Disable(s.job.Busy())
	if s.job.Busy() {
		create.Rename(w.T("busy"))
	}
	stay := w.Button(widget.ButtonPlain, "back", back)
	return stage.Page{
		Title: w.T("renew.title"), Back: back, Focus: stay,
		Body: widget.Columns(
			20,
			0.62,
			620,
			widget.Card(
				widget.NewText(widget.Head(w.T("renew.what"))),
				widget.NewText(widget.Plain(w.T("renew.why"))),
				widget.Space(4),
				widget.Wrap(widget.GapSmall, create, stay),
			),
			widget.LookCard(widget.NewText(widget.Strong(w.T("code.where"))), widget.NewText(widget.Plain(w.T("code.where-how")))),
		),
	}
}

func (s *renewScreen) renew(w *stage.Stage) {
	if s.job.Busy() {
		return
	}
	// Marked before it is made: a lock in between must not hide that the old one ended.
	before := w.CodeMark().On()
	if err := w.CodeMark().Set(); err != nil {
		w.Explain(err)
		return
	}
	session := w.Session()
	stage.Start(w, &s.job, stage.Task[string]{
		Work: func(ctx context.Context, _ evidence.Progress) (string, error) { return session.NewRecoveryCode(ctx) },
		Done: func(code string) { w.Show(secret.NewCode(code, &settingsScreen{})) },
		Failed: func(err error) error {
			if before {
				return err
			}
			return errors.Join(err, w.CodeMark().Clear())
		},
	})
}
