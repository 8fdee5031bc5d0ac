package view

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"fyne.io/fyne/v2"
)

// codeMark remembers, across an end of the program, that a recovery code was
// made and perhaps never read: a file that holds nothing but the vault's folder.
type codeMark struct {
	path  string // empty: remembered only while the program runs
	vault string
	on    bool
}

func (m *codeMark) read() {
	if b, err := os.ReadFile(m.path); err == nil && string(b) == m.vault {
		m.on = true
	}
}

func (m *codeMark) set() error {
	m.on = true
	if m.path == "" {
		return nil
	}
	return os.WriteFile(m.path, []byte(m.vault), 0o600)
}

func (m *codeMark) clear() error {
	m.on = false
	if m.path == "" {
		return nil
	}
	if err := os.Remove(m.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// unseenCode says after unlocking that a code was shown and perhaps not noted.
func (w *Window) unseenCode() fyne.CanvasObject {
	if !w.code.on {
		return nil
	}
	return lookCard(
		rowTop(12, 1, inset(3, 0, 0, 0, mark("look", roleWarn, 16)), newText(strong(w.t("renew.unseen")))),
		newText(plain(w.t("renew.unseen-how"))),
		wrap(gapSmall,
			w.button(buttonPlain, "secret.code", func() { w.goTo(&renewScreen{}) }),
			w.button(buttonPlain, "renew.have", func() {
				err := w.code.clear()
				w.rebuild()
				w.explain(err)
			})))
}

// secrets is the part of the settings that changes what opens the vault.
func (s *settingsScreen) secrets(w *Window) fyne.CanvasObject {
	passphrase := w.button(buttonPlain, "secret.passphrase", func() { w.goTo(&passphraseScreen{}) })
	code := w.button(buttonPlain, "secret.code", func() { w.goTo(&renewScreen{}) })
	access := w.button(buttonPlain, "access.open", func() { w.goTo(&accessScreen{}) })
	passphrase.size, code.size, access.size = sizeSmall, sizeSmall, sizeSmall
	objects := []fyne.CanvasObject{
		newText(head(w.t("secret.title"))),
		columns(14, 264, 420, row(0, passphrase), inset(9, 0, 0, 0, newText(smallMute(w.t("secret.passphrase-how"))))),
		columns(14, 264, 420, row(0, code), inset(9, 0, 0, 0, newText(smallMute(w.t("secret.code-how"))))),
		columns(14, 264, 420, row(0, access), inset(9, 0, 0, 0, newText(smallMute(w.t("access.open-how"))))),
	}
	if s.changed {
		objects = append(objects, point(toneOK, "check", newText(small(w.t("secret.changed")))))
	}
	return card(objects...)
}

// passphraseScreen changes the passphrase of the open vault.
type passphraseScreen struct {
	secret secretPair
	busy   bool
}

func (s *passphraseScreen) build(w *Window) page {
	change := w.button(buttonPrimary, "secret.change", func() { s.change(w) })
	s.secret.init(w, func() { change.disable(s.busy || !s.secret.ready()) })
	if s.busy {
		change.rename(w.t("busy"))
	}
	back := func() {
		if !s.busy {
			w.show(&settingsScreen{})
		}
	}
	form := append([]fyne.CanvasObject{newText(head(w.t("secret.new"))), newText(muted(w.t("secret.new-why")))}, s.secret.objects()...)
	form = append(form, wrap(gapSmall, change, w.button(buttonPlain, "back", back)))
	return page{
		title: w.t("settings.title"),
		body:  columns(20, 0.62, 620, card(form...), card(newText(strong(w.t("code.lost"))), newText(muted(w.t("code.lost-how"))))),
		focus: s.secret.first,
		enter: func() { s.change(w) },
		back:  back,
	}
}

func (s *passphraseScreen) change(w *Window) {
	if s.busy || !s.secret.ready() {
		return
	}
	s.busy = true
	session, passphrase := w.session, s.secret.first.Text
	run(w.work, w.life, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, session.ChangePassphrase(ctx, passphrase)
	}, func(_ struct{}, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		s.secret = secretPair{}
		w.show(&settingsScreen{changed: true})
	})
	if s.busy {
		w.rebuild()
	}
}

// renewScreen makes a new recovery code, which ends the old one.
type renewScreen struct{ busy bool }

func (s *renewScreen) build(w *Window) page {
	back := func() {
		if !s.busy {
			w.show(&settingsScreen{})
		}
	}
	create := w.button(buttonPrimary, "renew.make", func() { s.renew(w) })
	create.disable(s.busy)
	if s.busy {
		create.rename(w.t("busy"))
	}
	stay := w.button(buttonPlain, "back", back)
	return page{
		title: w.t("renew.title"), back: back, focus: stay,
		body: columns(20, 0.62, 620,
			card(newText(head(w.t("renew.what"))), newText(plain(w.t("renew.why"))), space(4), wrap(gapSmall, create, stay)),
			lookCard(newText(strong(w.t("code.where"))), newText(plain(w.t("code.where-how"))))),
	}
}

func (s *renewScreen) renew(w *Window) {
	if s.busy {
		return
	}
	// Marked before it is made: a lock in between must not hide that the old one ended.
	before := w.code.on
	if err := w.code.set(); err != nil {
		w.explain(err)
		return
	}
	s.busy = true
	session := w.session
	run(w.work, w.life, session.NewRecoveryCode, func(code string, err error) {
		s.busy = false
		if err != nil {
			if !before {
				err = errors.Join(err, w.code.clear())
			}
			w.rebuild()
			w.explain(err)
			return
		}
		w.show(&codeScreen{code: code, after: &settingsScreen{}})
	})
	if s.busy {
		w.rebuild()
	}
}
