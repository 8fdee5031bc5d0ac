package open

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/secret"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// unlockScreen asks for the passphrase of the vault.
type unlockScreen struct {
	secret *widget.Field
	job    stage.Job
}

func (s *unlockScreen) Build(w *stage.Stage) stage.Page {
	if s.secret == nil {
		s.secret = widget.NewSecret(w.Keys(), "")
	}
	s.secret.SetPlaceHolder(w.T("unlock.passphrase"))
	open := w.Button(widget.ButtonPrimary, "unlock.open", func() { s.unlock(w) })
	if s.job.Busy() || w.Locking() {
		open.Disable(true)
		open.Rename(w.T("busy"))
	}
	form := widget.Card(
		widget.NewText(widget.Head(w.T("unlock.what"))),
		widget.NewText(widget.Muted(w.T("unlock.why"))),
		widget.Space(4),
		widget.RowGrow(10, 0, s.secret, open),
		widget.Row(0, w.Button(widget.ButtonQuiet, "unlock.code", func() {
			if !s.job.Busy() {
				w.Show(&recoverScreen{})
			}
		})),
	)
	help := widget.Stack(14,
		widget.Card(widget.NewText(widget.Strong(w.T("unlock.calm"))), widget.NewText(widget.Muted(w.T("unlock.calm-how")))),
		widget.Row(0, checkButton(w, s)),
	)
	return stage.Page{
		Title: w.T("unlock.title"),
		Body:  widget.Columns(20, 0.62, 620, form, help),
		Focus: s.secret,
		Enter: func() { s.unlock(w) },
	}
}

func (s *unlockScreen) unlock(w *stage.Stage) {
	if s.job.Busy() || w.Locking() || s.secret.Text == "" {
		return
	}
	passphrase := s.secret.Text
	stage.Start(w, &s.job, stage.Task[*flow.Session]{
		Work: func(ctx context.Context, _ evidence.Progress) (*flow.Session, error) {
			return w.App().Unlock(ctx, w.Folder(), passphrase)
		},
		Done: func(session *flow.Session) {
			s.secret.SetText("")
			w.Enter(session)
			opened(w)
		},
		Failed: func(err error) error {
			s.secret.SetText("")
			return err
		},
	})
}

// recoverScreen opens the vault with the recovery code and sets a new passphrase.
type recoverScreen struct {
	code   *widget.Field
	secret secret.Pair
	job    stage.Job
}

func (s *recoverScreen) Build(w *stage.Stage) stage.Page {
	if s.code == nil {
		s.code = widget.NewAddress(w.Keys(), "")
	}
	s.code.SetPlaceHolder(w.T("recover.code"))
	open := w.Button(widget.ButtonPrimary, "recover.open", func() { s.unlock(w) })
	ready := func() { open.Disable(s.job.Busy() || w.Locking() || s.code.Text == "" || !s.secret.Ready()) }
	s.secret.Init(w, ready)
	s.code.OnChanged = func(string) { ready() }
	s.code.Submit = func() { w.Focus(s.secret.First) }
	if s.job.Busy() {
		open.Rename(w.T("busy"))
	}
	back := func() {
		if !s.job.Busy() { // an unlocked vault must not arrive where nobody takes it
			w.Show(&unlockScreen{})
		}
	}
	form := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("recover.what"))), widget.NewText(widget.Muted(w.T("recover.why"))), s.code, widget.Space(4),
		widget.NewText(widget.Strong(w.T("recover.new"))),
	}
	form = append(form, s.secret.Objects()...)
	form = append(form, widget.Wrap(widget.GapSmall, open, w.Button(widget.ButtonPlain, "back", back)))
	return stage.Page{
		Title: w.T("recover.title"),
		Body: widget.Columns(
			20,
			0.62,
			620,
			widget.Card(form...),
			widget.Card(widget.NewText(widget.Strong(w.T("code.lost"))), widget.NewText(widget.Muted(w.T("code.lost-how")))),
		),
		Focus: s.code,
		Enter: func() { s.unlock(w) },
		Back:  back,
	}
}

func (s *recoverScreen) unlock(w *stage.Stage) {
	if s.job.Busy() || w.Locking() || s.code.Text == "" || !s.secret.Ready() {
		return
	}
	code, passphrase := s.code.Text, s.secret.First.Text
	stage.Start(w, &s.job, stage.Task[*flow.Session]{
		Work: func(ctx context.Context, _ evidence.Progress) (*flow.Session, error) {
			return w.App().UnlockWithCode(ctx, w.Folder(), code, passphrase)
		},
		Done: func(session *flow.Session) {
			w.Enter(session)
			opened(w)
		},
	})
}

// brokenScreen stands below why the program cannot work at all.
type brokenScreen struct{}

func (s *brokenScreen) Build(w *stage.Stage) stage.Page {
	return stage.Page{Title: w.Text().T("app.name"), Body: widget.NewText(widget.Muted(w.T("broken.nothing-lost")))}
}
