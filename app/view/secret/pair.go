package secret

import (
	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/widget"
)

// Pair is a new passphrase, typed twice, with its strength in words.
// What is typed goes to flow and nowhere else.
type Pair struct {
	First, again *widget.Field
	bar          *widget.Bar
	words, match *widget.Text
	changed      func()
}

func (p *Pair) Init(w *stage.Stage, changed func()) {
	p.changed = changed
	if p.First != nil {
		p.First.SetPlaceHolder(w.T("passphrase.new"))
		p.again.SetPlaceHolder(w.T("passphrase.again"))
		p.update(w)
		return
	}
	p.First, p.again = widget.NewSecret(w.Keys(), w.T("passphrase.new")), widget.NewSecret(w.Keys(), w.T("passphrase.again"))
	p.First.Submit = func() { w.Focus(p.again) }
	p.bar, p.words, p.match = widget.NewBar(), widget.NewText(), widget.NewText()
	update := func(string) { p.update(w) }
	p.First.OnChanged, p.again.OnChanged = update, update
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

func (p *Pair) update(w *stage.Stage) {
	if p.First.Text == "" {
		p.bar.Set(0, widget.RoleLine)
		p.words.Set(widget.SmallMute(w.T("passphrase.advice")))
	} else {
		s := strengths[flow.RatePassphrase(p.First.Text)]
		role, _ := s.tone.Roles()
		p.bar.Set(s.share, role)
		p.words.Set(widget.Span{Text: w.T(s.key), Size: widget.SizeSmall, Role: role, Bold: true})
	}
	switch {
	case p.again.Text == "":
		p.match.Set(widget.Small(" "))
	case p.again.Text == p.First.Text:
		p.match.Set(widget.Span{Text: w.T("passphrase.same"), Size: widget.SizeSmall, Role: widget.RoleOK, Bold: true})
	default:
		p.match.Set(widget.Span{Text: w.T("passphrase.differ"), Size: widget.SizeSmall, Role: widget.RoleWarn, Bold: true})
	}
	if p.changed != nil {
		p.changed()
	}
}

// Ready reports whether a vault can be made with it.
func (p *Pair) Ready() bool {
	return p.First.Text != "" && p.First.Text == p.again.Text && flow.RatePassphrase(p.First.Text) >= flow.Enough
}

func (p *Pair) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.First, p.bar, p.words, p.again, p.match}
}
