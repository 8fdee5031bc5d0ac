package keep

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// moreScreen says what else a complaint needs of where something was kept. Nothing is required.
type moreScreen struct {
	after  string // exhibit that was just kept, or from which one came; empty: none
	at     string // platform that is shown; empty: that of the exhibit, or the newest
	list   []look.Exhibit
	loaded bool
	find   stage.Finder // of what is kept already
}

func (s *moreScreen) Open(w *stage.Stage) {
	w.Reload(func(r stage.Refreshed, err error) {
		s.list, s.loaded = r.Exhibits, true
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *moreScreen) Freshen(w *stage.Stage) { s.Open(w) }

// exhibit is one of the case.
func (s *moreScreen) exhibit(id string) (look.Exhibit, bool) {
	i := slices.IndexFunc(s.list, func(e look.Exhibit) bool { return e.Exhibit == id })
	if i < 0 {
		return look.Exhibit{}, false
	}
	return s.list[i], true
}

// place is the one that is shown, of those that there are.
func (s *moreScreen) place(m keep.More) (keep.Place, bool) {
	if len(m.Places) == 0 {
		return keep.Place{}, false
	}
	for _, p := range m.Places {
		holds := slices.Contains(p.Untold, s.after) ||
			slices.ContainsFunc(p.Pieces, func(x keep.Piece) bool { return slices.Contains(x.Exhibits, s.after) })
		if p.Platform == s.at || s.at == "" && s.after != "" && holds {
			return p, true
		}
	}
	return m.Places[0], true
}

func (s *moreScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(&homeScreen{}) }
	p := stage.Page{Title: w.T("keep.title"), Step: stage.StepKeep, Back: back}
	if !s.loaded {
		p.Body = widget.NewText(widget.Muted(w.T("loading")))
		return p
	}
	m := keep.MoreOf(s.list, w.Text().Lang())
	place, ok := s.place(m)
	paste := w.Button(widget.ButtonPlain, "more.paste", back)
	if !ok {
		p.Focus = paste
		p.Body = widget.Card(widget.NewText(widget.Head(w.T("more.title"))), widget.NewText(widget.Muted(w.T("more.none"))), widget.Row(0, paste))
		return p
	}
	left := []fyne.CanvasObject{s.kept(w), s.card(w, m, place, &p)}
	onward := w.Button(widget.ButtonPlain, "remove.title", func() { w.GoTo(w.At(stage.Remove)) })
	right := append(s.beside(w),
		widget.Card(widget.NewText(widget.Strong(w.T("more.other"))), widget.NewText(widget.Muted(w.T("more.other-how"))), widget.Row(0, paste)),
		widget.Card(widget.NewText(widget.Strong(w.T("more.next"))), widget.NewText(widget.Muted(w.T("more.next-how"))), widget.Row(0, onward)))
	p.Body = widget.Columns(20, 0.66, 760, widget.Stack(14, widget.Present(left)...), widget.Stack(12, right...))
	return p
}

// kept says that one may stop here, of what was kept.
func (s *moreScreen) kept(w *stage.Stage) fyne.CanvasObject {
	e, ok := s.exhibit(s.after)
	if !ok || !e.Kept() {
		return nil
	}
	return widget.Inset(14, widget.CardPadding, 14, widget.CardPadding,
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("more.fresh", "Exhibit", e.Exhibit)))),
		widget.Panel(widget.RoleOKSoft, "", widget.RadiusCard))
}

func placeTitle(w *stage.Stage, p keep.Place) string {
	if p.Name == "" {
		return w.T("more.on-site")
	}
	return w.T("more.on", "Name", p.Name)
}

func (s *moreScreen) card(w *stage.Stage, m keep.More, place keep.Place, p *stage.Page) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Head(placeTitle(w, place))), widget.NewText(widget.Muted(w.T("more.why")))}
	if len(m.Places) > 1 {
		var names []string
		chosen := 0
		for i, x := range m.Places {
			name := x.Name
			if name == "" {
				name = w.T("more.site")
			}
			if x.Platform == place.Platform {
				chosen = i
			}
			names = append(names, name)
		}
		objects = append(objects, widget.Row(0, widget.NewPicker(w.Keys(), names, chosen, func(i int) {
			s.at = m.Places[i].Platform
			w.Refresh()
		})))
	}
	for i, x := range place.Pieces {
		if i > 0 {
			objects = append(objects, widget.Rule())
		}
		objects = append(objects, s.row(w, place, x, p))
	}
	for _, id := range place.Untold {
		objects = append(objects, widget.Rule(), s.untold(w, place, id))
	}
	objects = append(objects, widget.Rule(), widget.NewText(widget.Strong(w.T("more.many")+" "), widget.Muted(w.T("more.many-how"))), s.marks(w, m))
	return widget.Card(objects...)
}

// pieceTone is how a state looks; a word says it too.
func pieceTone(state string) (widget.Tone, string) {
	switch state {
	case keep.PieceKept:
		return widget.ToneOK, "check"
	case keep.PiecePartial:
		return widget.ToneLook, "half"
	case keep.PieceFailed:
		return widget.ToneLook, "look"
	case keep.PieceNoted:
		return widget.ToneQuiet, "address"
	}
	return widget.ToneQuiet, "ring"
}

func pieceTitle(w *stage.Stage, x keep.Piece) string {
	if x.Account != "" {
		return w.T("more.profile", "Account", evidence.Shorten(x.Account, 40))
	}
	return x.Title
}

// row is one thing to keep: what it is good for, what there is of it, and one button.
func (s *moreScreen) row(w *stage.Stage, place keep.Place, x keep.Piece, p *stage.Page) fyne.CanvasObject {
	tone, mark := pieceTone(x.State)
	state := w.T("more.state." + x.State)
	if len(x.Exhibits) > 0 {
		state += " · " + x.Exhibits[0]
		if n := len(x.Exhibits); n > 1 {
			state += " +" + w.Text().Number(int64(n-1))
		}
	}
	words := []fyne.CanvasObject{widget.NewText(widget.Strong(pieceTitle(w, x))), widget.NewText(widget.SmallMute(x.Text))}
	if x.Basis == keep.FromPerson {
		words = append(words, widget.NewText(widget.SmallMute(w.T("more.from-person"))))
	}
	ways := map[string]string{"page": "more.keep", "window": "more.keep", "files": "more.files"}
	key := ways[x.Way]
	press := func() { s.keep(w, place, x) }
	switch x.State {
	case keep.PieceKept:
		key, press = "more.open", func() { w.GoTo(&exhibitScreen{id: x.Exhibits[0]}) }
	case keep.PiecePartial, keep.PieceFailed:
		if x.Way != "files" {
			key = "more.again"
		}
	}
	kind := widget.ButtonPlain
	if p.Focus == nil && x.State == keep.PieceNotYet {
		kind = widget.ButtonPrimary
	}
	b := w.Button(kind, key, press)
	b.Small()
	if kind == widget.ButtonPrimary {
		p.Focus = b
	}
	ends := widget.Wrap(widget.GapSmall, widget.Inset(6, 0, 0, 0, widget.Chip(tone, mark, state)), b)
	return widget.Columns(12, 0.56, 420, widget.Point(tone, mark, widget.Stack(0, words...)), ends)
}

// keep begins to keep a piece: where its address is known, with the question about age; else where
// an address or files are given.
func (s *moreScreen) keep(w *stage.Stage, place keep.Place, x keep.Piece) {
	home := &homeScreen{meant: keep.Meant{Piece: x.ID, Platform: place.Platform}, meantAs: pieceTitle(w, x), how: x.How}
	switch x.Way {
	case "files":
		home.way = wayFiles
		(&importScreen{from: home}).chooseFile(w, func() { w.Show(s) })
		return
	case "window":
		home.way = wayWindow
	}
	if x.Address != "" {
		home.begin(w)
		home.address.SetText(x.Address)
		w.Show(&ageScreen{address: x.Address, window: home.way == wayWindow, from: home})
		return
	}
	w.Show(home)
}

// untold asks what an exhibit shows.
func (s *moreScreen) untold(w *stage.Stage, place keep.Place, id string) fyne.CanvasObject {
	e, _ := s.exhibit(id)
	labels := make([]string, len(place.Pieces))
	for i, x := range place.Pieces {
		labels[i] = pieceTitle(w, x)
	}
	pick := widget.NewPicker(w.Keys(), labels, -1, func(i int) { s.tell(w, e, evidence.FactShows, place.Pieces[i].ID) })
	pick.Rename(w.T("more.shows"))
	return widget.Columns(12, 0.56, 420,
		widget.Point(widget.ToneQuiet, "ring", widget.Stack(0, widget.NewText(widget.Strong(w.ExhibitTitle(e, 60))),
			widget.NewText(widget.SmallMute(w.T("more.untold"))))),
		widget.Row(0, pick))
}

// marks are the first, the latest and the worst: the person chooses which exhibit that is.
func (s *moreScreen) marks(w *stage.Stage, m keep.More) fyne.CanvasObject {
	var list []look.Exhibit
	var labels []string
	for _, e := range s.list {
		if e.Recheck == nil && !e.Closed {
			list = append(list, e)
			labels = append(labels, w.ExhibitTitle(e, 40))
		}
	}
	var out []fyne.CanvasObject
	for _, x := range m.Marks {
		pick := widget.NewPicker(w.Keys(), labels, -1, func(i int) { s.tell(w, list[i], priorityField, x.Mark) })
		at := w.T("more.choose")
		if len(x.Exhibits) > 0 {
			at = strings.Join(x.Exhibits, ", ")
		}
		pick.Rename(w.T(priorityWords[x.Mark]) + " · " + evidence.Shorten(at, 30))
		out = append(out, pick)
	}
	return widget.Wrap(widget.GapSmall, out...)
}

// tell keeps one chosen fact of an exhibit, and lists the case anew.
func (s *moreScreen) tell(w *stage.Stage, e look.Exhibit, name, value string) {
	session := w.Session()
	stage.Run(w.Aside(), func(ctx context.Context) (look.Exhibit, error) {
		return session.Keep.SaveFacts(ctx, e.Case, e.Exhibit, map[string]string{name: value})
	}, func(_ look.Exhibit, err error) {
		if err != nil {
			w.Explain(err)
			return
		}
		s.Open(w)
	})
}
