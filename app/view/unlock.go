package view

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
)

// unlockScreen asks for the passphrase of the vault.
type unlockScreen struct {
	secret *field
	busy   bool
}

func (s *unlockScreen) build(w *Window) page {
	if s.secret == nil {
		s.secret = newSecret(w.keys, "")
	}
	s.secret.SetPlaceHolder(w.t("unlock.passphrase"))
	open := w.button(buttonPrimary, "unlock.open", func() { s.unlock(w) })
	if s.busy || w.locking {
		open.disable(true)
		open.rename(w.t("busy"))
	}
	form := card(
		newText(head(w.t("unlock.what"))),
		newText(muted(w.t("unlock.why"))),
		space(4),
		rowGrow(10, 0, s.secret, open),
		row(0, w.button(buttonQuiet, "unlock.code", func() {
			if !s.busy {
				w.show(&recoverScreen{})
			}
		})),
	)
	help := stack(14,
		card(newText(strong(w.t("unlock.calm"))), newText(muted(w.t("unlock.calm-how")))),
	)
	return page{
		title: w.t("unlock.title"),
		body:  columns(20, 0.62, 620, form, help),
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
	code   *field
	secret secretPair
	busy   bool
}

func (s *recoverScreen) build(w *Window) page {
	if s.code == nil {
		s.code = newAddress(w.keys, "")
	}
	s.code.SetPlaceHolder(w.t("recover.code"))
	open := w.button(buttonPrimary, "recover.open", func() { s.unlock(w) })
	ready := func() { open.disable(s.busy || w.locking || s.code.Text == "" || !s.secret.ready()) }
	s.secret.init(w, ready)
	s.code.OnChanged = func(string) { ready() }
	s.code.submit = func() { w.cfg.Window.Canvas().Focus(s.secret.first) }
	if s.busy {
		open.rename(w.t("busy"))
	}
	back := func() {
		if !s.busy { // an unlocked vault must not arrive where nobody takes it
			w.show(&unlockScreen{})
		}
	}
	form := []fyne.CanvasObject{
		newText(head(w.t("recover.what"))), newText(muted(w.t("recover.why"))), s.code, space(4),
		newText(strong(w.t("recover.new"))),
	}
	form = append(form, s.secret.objects()...)
	form = append(form, wrap(gapSmall, open, w.button(buttonPlain, "back", back)))
	return page{
		title: w.t("recover.title"),
		body:  columns(20, 0.62, 620, card(form...), card(newText(strong(w.t("code.lost"))), newText(muted(w.t("code.lost-how"))))),
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
	return page{title: w.text.T("app.name"), body: newText(muted(w.t("broken.nothing-lost")))}
}
