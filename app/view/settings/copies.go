package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/flow/copies"
	"constat/app/view/place"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// copiesScreen has encrypted copies of the vault at other places: adds one, pushes, checks, forgets.
type copiesScreen struct {
	form    place.Form // of the place that is being added
	loaded  bool
	list    []copies.View
	said    []string // what the last push or check came to
	bad     bool     // and whether anything is wrong
	spoiled string   // id of the copy of which a check found something missing or damaged
	job     stage.Job

	proposed proposed // by the file of an organisation
	filled   bool     // what it proposes stands in the form
}

func (s *copiesScreen) Build(w *stage.Stage) stage.Page {
	s.form.Days = true
	s.form.Init(w)
	if !s.loaded {
		s.loaded = true
		s.load(w)
	}
	back := func() {
		if !s.job.Busy() {
			w.Show(&settingsScreen{})
		}
	}
	objects := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("copies.title"))),
		widget.NewText(widget.Muted(w.T("copies.what"))),
		widget.Space(2),
	}
	if len(s.list) == 0 {
		objects = append(objects, widget.NewText(widget.Plain(w.T("copies.none"))))
	}
	for _, v := range s.list {
		objects = append(objects, s.one(w, v))
	}
	if len(s.list) > 0 {
		objects = append(objects, widget.NewText(widget.SmallMute(w.T("copies.later"))))
	}
	tone, icon := widget.ToneOK, "check"
	if s.bad {
		tone, icon = widget.ToneBad, "cross"
	}
	for _, line := range s.said {
		objects = append(objects, widget.Point(tone, icon, widget.NewText(widget.Plain(line))))
	}
	add := w.Button(widget.ButtonPlain, "copies.add", func() { s.add(w) })
	add.Disable(s.job.Busy())
	if c := s.proposal(w); c != nil && !s.filled {
		objects = append(objects, c)
	}
	objects = append(objects, widget.Rule())
	if s.filled {
		objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.T("proposed.filled")))))
	}
	objects = append(objects, s.form.Objects(w, s)...)
	objects = append(objects, widget.Row(0, add))
	return stage.Page{
		Title: w.T("settings.title"), Back: back,
		Body: widget.Columns(20, 0.62, 620, widget.Card(append(objects, widget.Row(0, w.Button(widget.ButtonQuiet, "back", back)))...),
			widget.LookCard(widget.NewText(widget.Strong(w.T("copies.ask"))), widget.NewText(widget.Plain(w.T("copies.ask-how"))), widget.Space(4),
				widget.NewText(widget.Strong(w.T("copies.learns"))), widget.NewText(widget.Plain(w.T("copies.learns-how"))), widget.Space(4),
				widget.NewText(widget.Strong(w.T("copies.back"))), widget.NewText(widget.Plain(w.T("copies.back-how"))))),
	}
}

// one is a copy, with what can be done about it.
func (s *copiesScreen) one(w *stage.Stage, v copies.View) fyne.CanvasObject {
	state := w.T("copies.never")
	if v.Pushed != nil {
		state = w.T("copies.pushed", "When", w.KeptAt(*v.Pushed), "N", v.Files)
	}
	lines := []fyne.CanvasObject{
		widget.NewText(widget.Strong(w.T("copies.kind." + v.Kind))),
		widget.NewText(widget.MonoMute(evidence.Shorten(v.Address, 200))),
		widget.NewText(widget.Small(state)),
	}
	if v.Failed != nil {
		lines = append(lines, widget.Point(widget.ToneBad, "cross", widget.NewText(widget.Small(
			w.T("copies.failed", "What", flow.Explain(v.Failed, w.Text()).What, "When", w.Text().Clock(v.Next))))))
	}
	if v.LockedFirst != nil {
		lines = append(lines, widget.NewText(widget.Small(w.T("copies.locked-first", "When", w.KeptAt(*v.LockedFirst)))))
	} else if v.LockedUntil != nil {
		lines = append(lines, widget.NewText(widget.Small(w.T("copies.locked", "When", w.KeptAt(*v.LockedUntil)))))
	}
	push := w.Button(widget.ButtonPlain, "copies.push", func() { s.push(w, v.ID) })
	check := w.Button(widget.ButtonPlain, "copies.check", func() { s.check(w, v.ID) })
	forget := w.Button(widget.ButtonQuiet, "copies.forget", func() { s.forget(w, v.ID) })
	buttons := []*widget.Button{push, check, forget}
	if s.spoiled == v.ID {
		buttons = []*widget.Button{w.Button(widget.ButtonPlain, "copies.mend", func() { s.mend(w, v.ID) }), push, check, forget}
	}
	var row []fyne.CanvasObject
	for _, b := range buttons {
		b.Small()
		b.Disable(s.job.Busy())
		row = append(row, b)
	}
	if s.job.Busy() {
		push.Rename(w.T("busy"))
	}
	return widget.Stack(4, widget.Stack(0, lines...), widget.Wrap(widget.GapSmall, row...))
}

// Follow shows the places anew after the background was there.
func (s *copiesScreen) Follow(w *stage.Stage) {
	if !s.job.Busy() {
		s.load(w)
	}
}

func (s *copiesScreen) load(w *stage.Stage) {
	session := w.Session()
	if session == nil {
		return
	}
	stage.Run(w.Aside(), session.Copies.List, func(list []copies.View, err error) {
		s.list = list
		w.Refresh()
		w.Explain(err)
	})
}

func (s *copiesScreen) add(w *stage.Stage) {
	p, ok := s.form.Place()
	if !ok {
		return
	}
	session := w.Session()
	stage.Start(w, &s.job, stage.Task[copies.View]{
		Work: func(ctx context.Context, _ evidence.Progress) (copies.View, error) { return session.Copies.Add(ctx, p) },
		Done: func(copies.View) {
			s.form.Clear()
			s.filled = false
			s.again(w, nil, false)
		},
	})
}

// again shows the list as it then is, with what was done.
func (s *copiesScreen) again(w *stage.Stage, said []string, bad bool) {
	s.said, s.bad, s.loaded = said, bad, false
	w.Rebuild()
}

func (s *copiesScreen) forget(w *stage.Stage, id string) {
	session := w.Session()
	stage.Start(w, &s.job, stage.Task[struct{}]{
		Work: func(ctx context.Context, _ evidence.Progress) (struct{}, error) {
			return struct{}{}, session.Copies.Remove(ctx, id)
		},
		Done: func(struct{}) { s.again(w, nil, false) },
	})
}

func (s *copiesScreen) push(w *stage.Stage, id string) { s.bring(w, id, w.Session().Copies.Push) }

func (s *copiesScreen) mend(w *stage.Stage, id string) { s.bring(w, id, w.Session().Copies.Mend) }

func (s *copiesScreen) bring(w *stage.Stage, id string, push func(context.Context, string, evidence.Progress) ([]copies.Push, error)) {
	stage.Start(w, &s.job, stage.Task[copies.Push]{
		Work: func(ctx context.Context, p evidence.Progress) (copies.Push, error) {
			list, err := push(ctx, id, p)
			if err != nil {
				return copies.Push{}, err
			}
			return list[0], list[0].Err
		},
		Done: func(p copies.Push) {
			said := []string{w.T("copies.done", "N", p.Files)}
			s.spoiled = ""
			if n := len(p.Unmended); n > 0 {
				said = append(said, w.T("copies.unmended", "N", n))
			}
			if p.PlaceBehind {
				said = append(said, w.T("copies.behind"))
			}
			here := len(p.MissingHere) + len(p.ChangedHere)
			if here > 0 {
				said = append(said, w.T("copies.here", "N", here))
			}
			if p.Foreign > 0 {
				said = append(said, w.T("copies.foreign", "N", p.Foreign))
			}
			s.again(w, said, len(said) > 1)
		},
	})
}

func (s *copiesScreen) check(w *stage.Stage, id string) {
	session := w.Session()
	stage.Start(w, &s.job, stage.Task[copies.Check]{
		Work: func(ctx context.Context, p evidence.Progress) (copies.Check, error) {
			list, err := session.Copies.Check(ctx, id, true, p)
			if err != nil {
				return copies.Check{}, err
			}
			return list[0], list[0].Err
		},
		Done: func(c copies.Check) {
			said, bad := found(w, c)
			if s.spoiled = ""; len(c.Missing)+len(c.Damaged) > 0 {
				s.spoiled = id
			}
			s.again(w, said, bad)
		},
	})
}

// found puts a check into words.
func found(w *stage.Stage, c copies.Check) (said []string, bad bool) {
	switch {
	case c.Number == 0 && !c.PlaceBehind:
		return []string{w.T("copies.nothing")}, true
	case c.Whole:
		said = []string{w.T("copies.whole", "N", c.Read)}
	default:
		said = []string{w.T("copies.not-whole", "Missing", len(c.Missing)+c.Gaps, "Damaged", len(c.Damaged))}
	}
	if c.PlaceBehind {
		said = append(said, w.T("copies.behind"))
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"copies.forks", len(c.Forks)}, {"copies.here", len(c.MissingHere) + len(c.ChangedHere)}, {"copies.foreign", c.Foreign}, {"copies.ahead", c.Ahead}, {"copies.unlocked", c.Unlocked}} {
		if x.n > 0 {
			said = append(said, w.T(x.key, "N", x.n))
		}
	}
	return said, !c.Whole
}
