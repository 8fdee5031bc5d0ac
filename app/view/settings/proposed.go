package settings

import (
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// proposed is what the file of an organisation proposes: a key, and a place of copies. It is taken by
// who types how the fingerprint of the key begins, which they have from that organisation itself; the
// fingerprint is not on the screen before that, for whoever put the file there could have put another.
type proposed struct {
	signs *widget.Field
	wrong bool // what was typed last is not how it begins
}

// card proposes, with what is to be known; take is what is done then.
func (x *proposed) card(w *stage.Stage, p *flow.Proposal, title string, words []fyne.CanvasObject, take func()) fyne.CanvasObject {
	if x.signs == nil {
		x.signs = widget.NewAddress(w.Keys(), "")
	}
	x.signs.SetPlaceHolder("0000 0000 0000 0000")
	on := func() {
		if x.wrong = !p.Known(x.signs.Text); x.wrong {
			w.Refresh()
			return
		}
		x.signs.SetText("")
		take()
	}
	x.signs.Submit = on
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(title))}
	objects = append(append(objects, words...),
		widget.NewText(widget.Plain(w.T("proposed.why"))), widget.FormLine(w.T("proposed.signs"), x.signs))
	if x.wrong {
		objects = append(objects, widget.Point(widget.ToneBad, "cross", widget.NewText(widget.Plain(w.T("proposed.wrong")))))
	}
	return widget.LookCard(append(objects, widget.Row(0, w.Button(widget.ButtonPlain, "proposed.take", on)))...)
}

// proposal is what the access screen proposes; nil: nothing, or it is let in already.
func (s *accessScreen) proposal(w *stage.Stage, list []flow.RecipientView) fyne.CanvasObject {
	p := w.App().Organisation().Proposed
	if p == nil {
		return nil
	}
	for _, r := range list {
		if r.Recipient == p.Recipient().Recipient {
			return nil
		}
	}
	return s.proposed.card(w, p, w.T("proposed.key", "Name", evidence.Shorten(p.Name, 100)), nil, func() { s.about(w, p.Recipient(), false) })
}

// proposal is what the screen of copies proposes; nil: nothing, or a copy goes there already.
func (s *copiesScreen) proposal(w *stage.Stage) fyne.CanvasObject {
	p := w.App().Organisation().Proposed
	if p == nil || p.Copies == nil {
		return nil
	}
	for _, v := range s.list {
		if v.Kind == p.Copies.Kind && v.Address == strings.TrimSpace(p.Copies.Address) {
			return nil
		}
	}
	where := []fyne.CanvasObject{
		widget.NewText(widget.Small(w.T("copies.kind." + p.Copies.Kind))),
		widget.NewText(widget.MonoMute(evidence.Shorten(p.Copies.Address, 200))),
	}
	return s.proposed.card(w, p, w.T("proposed.place", "Name", evidence.Shorten(p.Name, 100)), where, func() {
		s.form.Propose(p.Copies.Kind, strings.TrimSpace(p.Copies.Address), p.Copies.LockDays)
		s.filled = true
		w.Rebuild()
	})
}
