package view

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"fyne.io/fyne/v2"

	"constat/app/view/widget"
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
	return widget.LookCard(
		widget.RowTop(12, 1, widget.Inset(3, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)), widget.NewText(widget.Strong(w.t("renew.unseen")))),
		widget.NewText(widget.Plain(w.t("renew.unseen-how"))),
		widget.Wrap(widget.GapSmall,
			w.button(widget.ButtonPlain, "secret.code", func() { w.goTo(&renewScreen{}) }),
			w.button(widget.ButtonPlain, "renew.have", func() {
				err := w.code.clear()
				w.rebuild()
				w.explain(err)
			})))
}

// secrets is the part of the settings that changes what opens the vault.
func (s *settingsScreen) secrets(w *Window) fyne.CanvasObject {
	passphrase := w.button(widget.ButtonPlain, "secret.passphrase", func() { w.goTo(&passphraseScreen{}) })
	code := w.button(widget.ButtonPlain, "secret.code", func() { w.goTo(&renewScreen{}) })
	access := w.button(widget.ButtonPlain, "access.open", func() { w.goTo(&accessScreen{}) })
	passphrase.Small()
	code.Small()
	access.Small()
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.t("secret.title"))),
		widget.Columns(14, 264, 420, widget.Row(0, passphrase), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.t("secret.passphrase-how"))))),
		widget.Columns(14, 264, 420, widget.Row(0, code), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.t("secret.code-how"))))),
		widget.Columns(14, 264, 420, widget.Row(0, access), widget.Inset(9, 0, 0, 0, widget.NewText(widget.SmallMute(w.t("access.open-how"))))),
	}
	if s.changed {
		objects = append(objects, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Small(w.t("secret.changed")))))
	}
	return widget.Card(objects...)
}

// passphraseScreen changes the passphrase of the open vault.
type passphraseScreen struct {
	secret secretPair
	busy   bool
}

func (s *passphraseScreen) build(w *Window) page {
	change := w.button(widget.ButtonPrimary, "secret.change", func() { s.change(w) })
	s.secret.init(w, func() { change.Disable(s.busy || !s.secret.ready()) })
	if s.busy {
		change.Rename(w.t("busy"))
	}
	back := func() {
		if !s.busy {
			w.show(&settingsScreen{})
		}
	}
	form := append([]fyne.CanvasObject{widget.NewText(widget.Head(w.t("secret.new"))), widget.NewText(widget.Muted(w.t("secret.new-why")))}, s.secret.objects()...)
	form = append(form, widget.Wrap(widget.GapSmall, change, w.button(widget.ButtonPlain, "back", back)))
	return page{
		title: w.t("settings.title"),
		body:  widget.Columns(20, 0.62, 620, widget.Card(form...), widget.Card(widget.NewText(widget.Strong(w.t("code.lost"))), widget.NewText(widget.Muted(w.t("code.lost-how"))))),
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
	create := w.button(widget.ButtonPrimary, "renew.make", func() { s.renew(w) })
	create.Disable(s.busy)
	if s.busy {
		create.Rename(w.t("busy"))
	}
	stay := w.button(widget.ButtonPlain, "back", back)
	return page{
		title: w.t("renew.title"), back: back, focus: stay,
		body: widget.Columns(20, 0.62, 620,
			widget.Card(widget.NewText(widget.Head(w.t("renew.what"))), widget.NewText(widget.Plain(w.t("renew.why"))), widget.Space(4), widget.Wrap(widget.GapSmall, create, stay)),
			widget.LookCard(widget.NewText(widget.Strong(w.t("code.where"))), widget.NewText(widget.Plain(w.t("code.where-how"))))),
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
