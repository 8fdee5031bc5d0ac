package view

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
)

// unlockScreen asks for the passphrase of the vault.
type unlockScreen struct {
	secret *widget.Field
	busy   bool
}

func (s *unlockScreen) build(w *Window) page {
	if s.secret == nil {
		s.secret = widget.NewSecret(w.keys, "")
	}
	s.secret.SetPlaceHolder(w.t("unlock.passphrase"))
	open := w.button(widget.ButtonPrimary, "unlock.open", func() { s.unlock(w) })
	if s.busy || w.locking {
		open.Disable(true)
		open.Rename(w.t("busy"))
	}
	form := widget.Card(
		widget.NewText(widget.Head(w.t("unlock.what"))),
		widget.NewText(widget.Muted(w.t("unlock.why"))),
		widget.Space(4),
		widget.RowGrow(10, 0, s.secret, open),
		widget.Row(0, w.button(widget.ButtonQuiet, "unlock.code", func() {
			if !s.busy {
				w.show(&recoverScreen{})
			}
		})),
	)
	help := widget.Stack(14,
		widget.Card(widget.NewText(widget.Strong(w.t("unlock.calm"))), widget.NewText(widget.Muted(w.t("unlock.calm-how")))),
	)
	return page{
		title: w.t("unlock.title"),
		body:  widget.Columns(20, 0.62, 620, form, help),
		focus: s.secret,
		enter: func() { s.unlock(w) },
	}
}

func (s *unlockScreen) unlock(w *Window) {
	if s.busy || w.locking || s.secret.Text == "" {
		return
	}
	s.busy = true
	passphrase := s.secret.Text
	run(w.work, w.life, func(ctx context.Context) (*flow.Session, error) {
		return w.app.Unlock(ctx, w.cfg.Vault, passphrase)
	}, func(session *flow.Session, err error) {
		s.busy = false
		s.secret.SetText("")
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		w.enter(session)
		w.show(&casesScreen{})
	})
	if s.busy {
		w.rebuild()
	}
}

// recoverScreen opens the vault with the recovery code and sets a new passphrase.
type recoverScreen struct {
	code   *widget.Field
	secret secretPair
	busy   bool
}

func (s *recoverScreen) build(w *Window) page {
	if s.code == nil {
		s.code = widget.NewAddress(w.keys, "")
	}
	s.code.SetPlaceHolder(w.t("recover.code"))
	open := w.button(widget.ButtonPrimary, "recover.open", func() { s.unlock(w) })
	ready := func() { open.Disable(s.busy || w.locking || s.code.Text == "" || !s.secret.ready()) }
	s.secret.init(w, ready)
	s.code.OnChanged = func(string) { ready() }
	s.code.Submit = func() { w.cfg.Window.Canvas().Focus(s.secret.first) }
	if s.busy {
		open.Rename(w.t("busy"))
	}
	back := func() {
		if !s.busy { // an unlocked vault must not arrive where nobody takes it
			w.show(&unlockScreen{})
		}
	}
	form := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.t("recover.what"))), widget.NewText(widget.Muted(w.t("recover.why"))), s.code, widget.Space(4),
		widget.NewText(widget.Strong(w.t("recover.new"))),
	}
	form = append(form, s.secret.objects()...)
	form = append(form, widget.Wrap(widget.GapSmall, open, w.button(widget.ButtonPlain, "back", back)))
	return page{
		title: w.t("recover.title"),
		body:  widget.Columns(20, 0.62, 620, widget.Card(form...), widget.Card(widget.NewText(widget.Strong(w.t("code.lost"))), widget.NewText(widget.Muted(w.t("code.lost-how"))))),
		focus: s.code,
		enter: func() { s.unlock(w) },
		back:  back,
	}
}

func (s *recoverScreen) unlock(w *Window) {
	if s.busy || w.locking || s.code.Text == "" || !s.secret.ready() {
		return
	}
	s.busy = true
	code, passphrase := s.code.Text, s.secret.first.Text
	run(w.work, w.life, func(ctx context.Context) (*flow.Session, error) {
		return w.app.UnlockWithCode(ctx, w.cfg.Vault, code, passphrase)
	}, func(session *flow.Session, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		w.enter(session)
		w.show(&casesScreen{})
	})
	if s.busy {
		w.rebuild()
	}
}

// brokenScreen says why the program cannot work at all.
type brokenScreen struct{ err error }

func (s *brokenScreen) build(w *Window) page {
	m := flow.Explain(s.err, w.text)
	w.notice = &m
	return page{title: w.text.T("app.name"), body: widget.NewText(widget.Muted(w.t("broken.nothing-lost")))}
}
