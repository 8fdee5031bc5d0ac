package view

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
)

// firstScreen explains the program and makes the vault.
type firstScreen struct {
	secret secretPair
	busy   bool
}

// secretPair is a new passphrase, typed twice, with its strength in words.
// What is typed goes to flow and nowhere else.
type secretPair struct {
	first, again *widget.Field
	bar          *widget.Bar
	words, match *widget.Text
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
	p.first, p.again = widget.NewSecret(w.keys, w.t("passphrase.new")), widget.NewSecret(w.keys, w.t("passphrase.again"))
	p.first.Submit = func() { w.cfg.Window.Canvas().Focus(p.again) }
	p.bar, p.words, p.match = widget.NewBar(), widget.NewText(), widget.NewText()
	update := func(string) { p.update(w) }
	p.first.OnChanged, p.again.OnChanged = update, update
	p.update(w)
}

var strengths = map[flow.Strength]struct {
	key   string
	share float32
	tone  widget.Tone
}{
	flow.TooShort: {"passphrase.too-short", 0.12, widget.ToneLook},
	flow.Weak:     {"passphrase.weak", 0.35, widget.ToneLook},
	flow.Enough:   {"passphrase.enough", 0.7, widget.ToneOK},
	flow.Good:     {"passphrase.good", 1, widget.ToneOK},
}

func (p *secretPair) update(w *Window) {
	if p.first.Text == "" {
		p.bar.Set(0, widget.RoleLine)
		p.words.Set(widget.SmallMute(w.t("passphrase.advice")))
	} else {
		s := strengths[flow.RatePassphrase(p.first.Text)]
		role, _ := s.tone.Roles()
		p.bar.Set(s.share, role)
		p.words.Set(widget.Span{Text: w.t(s.key), Size: widget.SizeSmall, Role: role, Bold: true})
	}
	switch {
	case p.again.Text == "":
		p.match.Set(widget.Small(" "))
	case p.again.Text == p.first.Text:
		p.match.Set(widget.Span{Text: w.t("passphrase.same"), Size: widget.SizeSmall, Role: widget.RoleOK, Bold: true})
	default:
		p.match.Set(widget.Span{Text: w.t("passphrase.differ"), Size: widget.SizeSmall, Role: widget.RoleWarn, Bold: true})
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
	create := w.button(widget.ButtonPrimary, "first.create", func() { s.create(w) })
	s.secret.init(w, func() { create.Disable(s.busy || w.locking || !s.secret.ready()) })
	if s.busy {
		create.Rename(w.t("busy"))
	}
	form := []fyne.CanvasObject{widget.NewText(widget.Head(w.t("first.passphrase"))), widget.NewText(widget.Muted(w.t("first.passphrase-why")))}
	form = append(form, s.secret.objects()...)
	form = append(form, widget.Row(0, create))
	can := widget.Card(
		widget.NewText(widget.Head(w.t("first.what"))),
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.t("first.what-1")))),
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.t("first.what-2")))),
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.t("first.what-3")))),
	)
	cannot := widget.LookCard(
		widget.NewText(widget.Strong(w.t("first.hide"))),
		widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.t("first.hide-1")))),
		widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.t("first.hide-2")))),
		widget.Rule(), widget.NewText(widget.Small(w.t("first.exit"))),
	)
	return page{
		title: w.t("first.title"),
		body:  widget.Columns(20, 0.52, 620, widget.Stack(14, can, cannot), widget.Card(form...)),
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
