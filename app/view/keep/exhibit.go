package keep

import (
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// exhibitScreen shows one exhibit: the covered picture, what is proven and
// what is not, the facts, and only then the hashes.
type exhibitScreen struct {
	id     string
	fresh  bool     // just kept
	with   []string // closed together with this one, just now
	unread []string // not looked into for that
	e      look.Exhibit
	loaded bool
	part   int
	cover  *widget.Cover
	open   map[string]bool // what is unfolded
}

func (s *exhibitScreen) Open(w *stage.Stage) {
	s.part = 1
	w.Reload(func(r stage.Refreshed, err error) {
		for _, e := range r.Exhibits {
			if e.Exhibit == s.id {
				s.e, s.loaded = e, true
			}
		}
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *exhibitScreen) Leave(*stage.Stage) {
	if s.cover != nil {
		s.cover.LetGo()
	}
}

func (s *exhibitScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(&homeScreen{}) }
	if !s.loaded {
		return stage.Page{Title: s.id, Step: stage.StepKeep, Back: back, Body: widget.NewText(widget.Muted(w.T("loading")))}
	}
	e := s.e
	s.cover = nil
	var left fyne.CanvasObject
	if e.Closed {
		left = widget.Stack(12, widget.Thumb(330, 200, w.T("minor.closed")), s.markButtons(w))
	} else if len(e.Pictures()) > 0 {
		left = s.picture(w)
	} else {
		key := "exhibit.no-picture"
		if e.Kind == evidence.AddressOnly {
			key = "exhibit.address-only"
		} else if e.Kind == evidence.Import {
			key = "import.no-picture"
		}
		left = widget.Stack(12, widget.Present([]fyne.CanvasObject{widget.Thumb(330, 200, w.T(key)), s.underEighteen(w), s.markButtons(w)})...)
	}
	more := w.Button(widget.ButtonPlain, "exhibit.more", func() { w.GoTo(&moreScreen{after: e.Exhibit}) })
	if e.Closed { // nothing more of it is to be loaded
		more = w.Button(widget.ButtonPlain, "exhibit.home", back)
	}
	main := w.Button(widget.ButtonPrimary, "exhibit.report", func() {
		w.Desk().Target = e.Exhibit
		w.GoTo(w.At(stage.Remove))
	})
	buttons := widget.Wrap(10, main, more)
	// Reporting comes next only where something was kept.
	if e.Recheck != nil || e.Kind == evidence.Import || e.Kind == evidence.WebCapture && !e.Outcome.Usable() || e.Damage != "" {
		main = w.Button(widget.ButtonPrimary, "export.title", func() { w.GoTo(w.At(stage.Handover)) })
		buttons = widget.Wrap(10, main, more)
	}
	if e.Kind == evidence.AddressOnly { // nothing is kept, so nothing comes next by itself
		main = w.Button(widget.ButtonPlain, "remove.title", func() {
			w.Desk().Target = e.Exhibit
			w.GoTo(w.At(stage.Remove))
		})
		buttons = widget.Wrap(10, more, main)
		main = more
	}
	if e.Closed {
		main, buttons = more, widget.Wrap(10, more)
	}
	cards := []fyne.CanvasObject{s.what(w)}
	if warning := s.warning(w); warning != nil {
		cards = append(cards, warning)
	}
	if len(s.with) > 0 {
		cards = append(cards, widget.Card(widget.NewText(widget.Plain(w.T("minor.with", "List", strings.Join(s.with, ", "))))))
	}
	if n := len(s.unread); n > 0 {
		cards = append(cards, widget.Card(widget.NewText(widget.Plain(w.N("minor.unread", n, "List", evidence.ShowIDs(s.unread, 24))))))
	}
	if c := visitCard(w, e); c != nil {
		cards = append(cards, c)
	}
	cards = append(cards, widget.Columns(14, 0.6, 520, provenCard(w, e), notProvenCard(w, e)),
		widget.Card(widget.NewText(widget.Strong(w.T("exhibit.now"))), buttons))
	if c := recheckCard(w, e); c != nil {
		cards = append(cards, c)
	}
	cards = append(cards, s.factsCard(w))
	if c := suspicionCard(w, e); c != nil {
		cards = append(cards, c)
	}
	cards = append(cards, widget.Present([]fyne.CanvasObject{
		s.stampsCard(w), s.preconditionsCard(w), s.filesCard(w), s.claimsCard(w), s.notedCard(w)})...)
	p := stage.Page{
		Title: w.ExhibitTitle(e, 60), Step: stage.StepKeep, Back: back,
		Focus: main, // not the picture: Space must not show it by accident
		Body:  widget.Columns(22, 330, 640, left, widget.Stack(14, cards...)),
	}
	if s.cover != nil {
		p.Hold = s.cover.Grip
	}
	return p
}

// what is what the exhibit is: its address, and how it was kept.
func (s *exhibitScreen) what(w *stage.Stage) fyne.CanvasObject {
	e := s.e
	chips := widget.Wrap(widget.GapSmall, append([]fyne.CanvasObject{outcomeChip(w, e)}, stampChips(w, e)...)...)
	if e.Address == "" {
		return chips
	}
	return widget.Stack(6, widget.NewText(widget.Mono(shortAddress(e.Address, 200))), chips)
}

// underEighteen is near the top: it is urgent when it is so.
func (s *exhibitScreen) underEighteen(w *stage.Stage) fyne.CanvasObject {
	if s.e.Closed || s.e.Kind == evidence.AddressOnly {
		return nil // nothing to show or export
	}
	mark := w.Button(widget.ButtonPlain, "minor.mark", func() { w.Show(&minorScreen{of: s}) })
	mark.Small()
	return widget.LookCard(widget.NewText(widget.Strong(w.T("minor.ask"))), widget.NewText(widget.Small(w.T("minor.ask-how"))), widget.Row(0, mark))
}

// warning says what to do when what came is not, or not quite, what was asked for.
func (s *exhibitScreen) warning(w *stage.Stage) fyne.CanvasObject {
	e := s.e
	switch {
	case e.Closed:
		return widget.Stack(14, widget.LookCard(
			widget.RowTop(
				12,
				1,
				widget.Inset(3, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
				widget.NewText(widget.Strong(w.Text().T("error.minor.what"))),
			),
			widget.NewText(widget.Plain(w.Text().T("error.minor.do"))),
		), widget.Card(hotlines(w)...))
	case e.Damage != "":
		return widget.LossCard(
			widget.RowTop(
				12,
				1,
				widget.Inset(3, 0, 0, 0, widget.Mark("cross", widget.RoleBad, 16)),
				widget.NewText(widget.Strong(w.T("exhibit.damaged"))),
			),
			widget.NewText(widget.Plain(w.T("exhibit.damaged-do"))),
			widget.NewText(widget.SmallMute(evidence.Shorten(e.Damage, 300))),
		)
	case e.Kind == evidence.AddressOnly, e.Kind == evidence.Rechecked:
		return nil
	case !e.Outcome.Usable():
		objects := []fyne.CanvasObject{
			widget.RowTop(
				12,
				1,
				widget.Inset(3, 0, 0, 0, widget.Mark("look", widget.RoleWarn, 16)),
				widget.NewText(widget.Strong(w.T("outcome."+string(e.Outcome)+".what"))),
			),
			widget.NewText(widget.Plain(w.T("outcome." + string(e.Outcome) + ".do"))),
		}
		objects = append(objects, problemsOf(w, e.Problems)...)
		return widget.LookCard(append(objects, s.next(w)...)...)
	case e.Outcome == evidence.Partial:
		what, do := w.T("outcome.partial.what"), widget.NewText(widget.Plain(w.T("outcome.partial.do")))
		if e.Kind == evidence.Import {
			what, do = w.T("import.partial"), widget.NewText(widget.Plain(w.T("import.fresh")))
		}
		objects := []fyne.CanvasObject{
			widget.RowTop(12, 1, widget.Inset(3, 0, 0, 0, widget.Mark("half", widget.RoleWarn, 16)), widget.NewText(widget.Strong(what))),
		}
		objects = append(objects, problemsOf(w, e.Problems)...)
		return widget.LookCard(append(append(objects, do), s.next(w)...)...)
	case s.fresh:
		words := w.T("exhibit.fresh")
		if e.Kind == evidence.Import {
			words = w.T("import.fresh")
		}
		return widget.Inset(
			14,
			widget.CardPadding,
			14,
			widget.CardPadding,
			widget.Point(
				widget.ToneOK,
				"check",
				widget.NewText(widget.Plain(words)),
			),
			widget.Panel(widget.RoleOKSoft, "", widget.RadiusCard),
		)
	}
	return nil
}

// next is what one can do when a page did not come as it was asked for: what came is kept in
// any case; try again, or sign in.
func (s *exhibitScreen) next(w *stage.Stage) []fyne.CanvasObject {
	e := s.e
	if e.Kind != evidence.WebCapture || e.Address == "" {
		return nil
	}
	ask := func(window bool) func() {
		return func() { w.Show(&ageScreen{address: e.Address, window: window, from: &homeScreen{}}) }
	}
	again, window := w.Button(widget.ButtonPlain, "capture.again", ask(false)), w.Button(widget.ButtonPlain, "signin.open", ask(true))
	again.Small()
	window.Small()
	buttons := []fyne.CanvasObject{again, window}
	switch e.Outcome {
	case evidence.LoginPage, evidence.BotCheck:
		buttons = []fyne.CanvasObject{window, again}
	case evidence.Removed:
		buttons = []fyne.CanvasObject{again}
	}
	return []fyne.CanvasObject{
		widget.NewText(widget.SmallMute(w.T("outcome.kept", "Exhibit", e.Exhibit))),
		widget.Wrap(widget.GapSmall, buttons...),
	}
}

// problemsOf lists what went wrong, in words.
func problemsOf(w *stage.Stage, problems []evidence.Problem) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, p := range problems {
		spans := []widget.Span{widget.Plain(w.Shared("problem."+p.Code, p.Code))}
		if p.Detail != "" {
			spans = append(spans, widget.SmallMute(" · "+evidence.Shorten(look.ProblemDetail(w.Text(), p), 240)))
		}
		out = append(out, widget.Point(widget.ToneLook, "look", widget.NewText(spans...)))
	}
	return out
}
