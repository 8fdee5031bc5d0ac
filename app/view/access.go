package view

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// accessScreen lets the key of an organisation that helps read the vault, and
// ends that. Nothing is done without being asked once more.
type accessScreen struct {
	name, key *widget.Field
	ask       *flow.RecipientView // what is to be done is asked about; nil: nothing
	remove    bool                // to end the access instead of giving it
	busy      bool
}

func (s *accessScreen) build(w *Window) page {
	if s.name == nil {
		s.name, s.key = widget.NewField(w.keys, ""), widget.NewAddress(w.keys, "age1pq1…")
	}
	if s.ask != nil {
		return s.question(w)
	}
	back := func() { w.show(&settingsScreen{}) }
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(w.t("access.title"))), widget.NewText(widget.Muted(w.t("access.what"))), widget.Space(2)}
	list, err := w.session.Recipients()
	if err != nil {
		objects = append(objects, widget.Point(widget.ToneBad, "cross", widget.NewText(widget.Plain(w.t("access.damaged")))))
	} else if len(list) == 0 {
		objects = append(objects, widget.NewText(widget.Plain(w.t("access.none"))))
	}
	for _, r := range list {
		end := w.button(widget.ButtonPlain, "access.remove", func() { s.about(w, r, true) })
		end.Small()
		objects = append(objects, widget.RowGrow(12, 0, widget.Stack(0, widget.NewText(widget.Strong(shown(r.Name, 200))), s.since(w, r)), end))
	}
	add := w.button(widget.ButtonPlain, "access.add", func() { s.give(w) })
	s.key.Submit = func() { s.give(w) }
	objects = append(objects, widget.Rule(), formLine(w.t("access.name"), s.name), formLine(w.t("access.key"), s.key), widget.Row(0, add))
	return page{
		title: w.t("settings.title"), back: back, focus: s.name,
		body: widget.Columns(20, 0.62, 620, widget.Card(append(objects, widget.Row(0, w.button(widget.ButtonQuiet, "back", back)))...),
			widget.LookCard(widget.NewText(widget.Strong(w.t("access.means"))), widget.NewText(widget.Plain(w.t("access.means-how"))))),
	}
}

// since says from when, and by what the key can be compared.
func (s *accessScreen) since(w *Window, r flow.RecipientView) fyne.CanvasObject {
	return widget.Stack(0, widget.NewText(widget.SmallMute(w.t("access.since", "When", keptAt(w, r.Added)))), widget.NewText(widget.MonoMute(r.Fingerprint.Grouped())))
}

// give asks about the key that was typed.
func (s *accessScreen) give(w *Window) {
	name, key := strings.TrimSpace(s.name.Text), strings.TrimSpace(s.key.Text)
	if name == "" || key == "" {
		return
	}
	s.about(w, flow.NewRecipient(name, key), false)
}

func (s *accessScreen) about(w *Window, r flow.RecipientView, remove bool) {
	w.notice = nil
	s.ask, s.remove = &r, remove
	w.rebuild()
	w.frame.toTop()
}

func (s *accessScreen) question(w *Window) page {
	back := func() {
		if !s.busy {
			s.ask = nil
			w.rebuild()
		}
	}
	sure, ask, why := w.button(widget.ButtonPlain, "access.add-sure", func() { s.act(w) }), "access.add-ask", "access.add-why"
	if s.remove {
		sure, ask, why = w.button(widget.ButtonPlain, "access.remove-sure", func() { s.act(w) }), "access.remove-ask", "access.remove-why"
	}
	sure.Disable(s.busy)
	if s.busy {
		sure.Rename(w.t("busy"))
	}
	stay := w.button(widget.ButtonPlain, "back", back)
	return page{
		title: w.t("settings.title"), back: back, focus: stay,
		body: widget.Card(widget.NewText(widget.Head(w.t(ask, "Name", shown(s.ask.Name, 200)))), widget.NewText(widget.Plain(w.t(why))),
			widget.NewText(widget.Mono(s.ask.Fingerprint.Grouped())), widget.Space(4), widget.Wrap(widget.GapSmall, sure, stay)),
	}
}

func (s *accessScreen) act(w *Window) {
	if s.busy {
		return
	}
	s.busy = true
	session, r, remove := w.session, *s.ask, s.remove
	run(w.work, w.life, func(ctx context.Context) (struct{}, error) {
		if remove {
			return struct{}{}, session.RemoveRecipient(ctx, r.Recipient, evidence.NoProgress{})
		}
		return struct{}{}, session.AddRecipient(ctx, r.Recipient, r.Name, evidence.NoProgress{})
	}, func(_ struct{}, err error) {
		s.busy, s.ask = false, nil
		if err == nil {
			s.name.SetText("")
			s.key.SetText("")
		}
		w.rebuild()
		w.explain(err)
	})
	if s.busy {
		w.rebuild()
	}
}
