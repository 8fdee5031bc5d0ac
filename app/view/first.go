package view

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
)

// firstScreen explains the program and makes the vault.
type firstScreen struct {
	secret secretPair
	busy   bool
}

// secretPair is a new passphrase, typed twice, with its strength in words.
// What is typed goes to flow and nowhere else.
type secretPair struct {
	first, again *field
	bar          *bar
	words, match *text
	changed      func()
}

func (p *secretPair) init(w *Window, changed func()) {
	p.changed = changed
	if p.first != nil {
		p.first.SetPlaceHolder(w.t("passphrase.new"))
		p.again.SetPlaceHolder(w.t("passphrase.again"))
		p.update(w)
		return
	}
	p.first, p.again = newSecret(w.keys, w.t("passphrase.new")), newSecret(w.keys, w.t("passphrase.again"))
	p.first.submit = func() { w.cfg.Window.Canvas().Focus(p.again) }
	p.bar, p.words, p.match = newBar(), newText(), newText()
	update := func(string) { p.update(w) }
	p.first.OnChanged, p.again.OnChanged = update, update
	p.update(w)
}

var strengths = map[flow.Strength]struct {
	key   string
	share float32
	tone  tone
}{
	flow.TooShort: {"passphrase.too-short", 0.12, toneLook},
	flow.Weak:     {"passphrase.weak", 0.35, toneLook},
	flow.Enough:   {"passphrase.enough", 0.7, toneOK},
	flow.Good:     {"passphrase.good", 1, toneOK},
}

func (p *secretPair) update(w *Window) {
	if p.first.Text == "" {
		p.bar.role = roleLine
		p.bar.set(0)
		p.words.set(smallMute(w.t("passphrase.advice")))
	} else {
		s := strengths[flow.RatePassphrase(p.first.Text)]
		role, _ := s.tone.roles()
		p.bar.role = role
		p.bar.set(s.share)
		p.words.set(span{text: w.t(s.key), size: sizeSmall, role: role, bold: true})
	}
	switch {
	case p.again.Text == "":
		p.match.set(small(" "))
	case p.again.Text == p.first.Text:
		p.match.set(span{text: w.t("passphrase.same"), size: sizeSmall, role: roleOK, bold: true})
	default:
		p.match.set(span{text: w.t("passphrase.differ"), size: sizeSmall, role: roleWarn, bold: true})
	}
	if p.changed != nil {
		p.changed()
	}
}

// ready reports whether a vault can be made with it.
func (p *secretPair) ready() bool {
	return p.first.Text != "" && p.first.Text == p.again.Text && flow.RatePassphrase(p.first.Text) >= flow.Enough
}

func (p *secretPair) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.first, p.bar, p.words, p.again, p.match}
}

func (s *firstScreen) build(w *Window) page {
	create := w.button(buttonPrimary, "first.create", func() { s.create(w) })
	s.secret.init(w, func() { create.disable(s.busy || w.locking || !s.secret.ready()) })
	if s.busy {
		create.rename(w.t("busy"))
	}
	form := []fyne.CanvasObject{newText(head(w.t("first.passphrase"))), newText(muted(w.t("first.passphrase-why")))}
	form = append(form, s.secret.objects()...)
	form = append(form, row(0, create))
	can := card(
		newText(head(w.t("first.what"))),
		point(toneOK, "check", newText(plain(w.t("first.what-1")))),
		point(toneOK, "check", newText(plain(w.t("first.what-2")))),
		point(toneOK, "check", newText(plain(w.t("first.what-3")))),
	)
	cannot := lookCard(
		newText(strong(w.t("first.hide"))),
		point(toneLook, "look", newText(plain(w.t("first.hide-1")))),
		point(toneLook, "look", newText(plain(w.t("first.hide-2")))),
		rule(), newText(small(w.t("first.exit"))),
	)
	return page{
		title: w.t("first.title"),
		body:  columns(20, 0.52, 620, stack(14, can, cannot), card(form...)),
		focus: s.secret.first,
		enter: func() { s.create(w) },
	}
}

type newVault struct {
	session *flow.Session
	code    string
}

func (s *firstScreen) create(w *Window) {
	if s.busy || w.locking || !s.secret.ready() {
		return
	}
	s.busy = true
	passphrase := s.secret.first.Text
	run(w.work, w.life, func(ctx context.Context) (newVault, error) {
		session, code, err := w.app.CreateVault(ctx, w.cfg.Vault, passphrase)
		return newVault{session, code}, err
	}, func(v newVault, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		s.secret = secretPair{}
		w.enter(v.session)
		err = w.code.set()
		w.show(&codeScreen{code: v.code})
		w.explain(err)
	})
	if s.busy {
		w.rebuild()
	}
}
