package keep

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// homeScreen takes an address and lists what is kept.
type homeScreen struct {
	address *widget.Field
	way     int // how to keep: wayPage, wayFiles or wayOnly
	options options
	list    []look.Exhibit
	lists   []keep.List // of addresses
	loaded  bool
	oldest  bool // sort
	find    stage.Finder
	asking  stage.Job // for timestamps, also new ones over old ones

	ready stage.Ready

	notRenewed int // exhibits that the last renewal could not help

	meant   keep.Meant // what of a matter is to be kept, chosen by its name
	meantAs string     // that name
	how     string     // how to get at it
}

// The ways to keep something, in the order in which they are offered.
const (
	wayPage   = iota // the page at the address
	wayWindow        // the same, in a window to sign in
	wayFiles         // files of this device
	wayOnly          // the address alone
)

var wayButtons = []string{wayPage: "keep.button", wayWindow: "signin.open", wayFiles: "import.button", wayOnly: "record.button"}

// homeMost is how many exhibits are drawn at once: thousands would take longer
// to draw than to read.
const homeMost = 40

func (s *homeScreen) Open(w *stage.Stage) {
	s.ready.Look(w)
	w.Reload(func(r stage.Refreshed, err error) {
		s.list, s.lists, s.loaded = r.Exhibits, r.Lists, true
		if missing(s.list) > 0 {
			w.Stamps().Soon()
		}
		w.Rebuild()
		w.Explain(err)
	})
}

// begin makes the field for the address.
func (s *homeScreen) begin(w *stage.Stage) {
	if s.address != nil {
		return
	}
	s.address = widget.NewAddress(w.Keys(), "https://")
	if w.Desk().Practice.CaseID == w.Desk().Case.ID && s.meant.Piece == "" {
		s.address.SetText(w.Desk().Practice.Address)
	}
}

func (s *homeScreen) Build(w *stage.Stage) stage.Page {
	s.begin(w)
	keep := w.Button(widget.ButtonPrimary, wayButtons[s.way], func() { s.next(w) })
	group := widget.NewChoice(w.Keys(), s.way, func(i int) {
		s.way = i
		w.Refresh()
	}, []widget.Span{widget.Small(w.T("keep.visible"))}, []widget.Span{widget.Small(w.T("keep.signin"))}, []widget.Span{widget.Small(w.T("keep.files"))}, []widget.Span{widget.Small(w.T("keep.only") + " "), widget.SmallMute(w.T("keep.only-how"))})
	head, why := w.T("keep.what"), w.T("keep.why")
	if s.meant.Piece != "" {
		head, why = w.T("more.meant", "Piece", s.meantAs), s.how
	}
	ask := []fyne.CanvasObject{
		widget.NewText(widget.Head(head)), widget.NewText(widget.Muted(why)), widget.Space(2),
		widget.RowGrow(10, 0, s.address, keep),
		widget.Wrap(18, group[0], group[1], group[2], group[3]),
	}
	switch s.way {
	case wayFiles:
		ask = append(ask, widget.NewText(widget.SmallMute(w.T("import.drop"))))
	case wayPage:
		ask = append(ask, widget.NewText(widget.SmallMute(w.T("keep.many"))), s.options.fold(w))
	}

	if s.meant.Piece != "" {
		other := w.Button(widget.ButtonQuiet, "more.else", func() { w.Show(&homeScreen{}) })
		other.Small()
		ask = append(ask, widget.Row(0, other))
	}

	body := widget.Present([]fyne.CanvasObject{s.ready.Card(w), widget.Card(ask...)})
	body = append(body, faults(w)...)
	body = append(body, s.kept(w)...)
	body = append(body, widget.NewText(widget.SmallMute(w.T("keep.sent"))))
	return stage.Page{
		Title: w.T("keep.title"), Step: stage.StepKeep, Focus: s.address,
		Body:  widget.Stack(14, body...),
		Enter: func() { s.next(w) },
		Back:  func() { w.Show(w.At(stage.Cases)) },
	}
}

// next asks the question about age, or notes the address alone.
func (s *homeScreen) next(w *stage.Stage) {
	if s.way == wayFiles {
		(&importScreen{from: s}).chooseFile(w, func() { w.Show(s) })
		return
	}
	list, twice := keep.Addresses(s.address.Text)
	if len(list) > keep.MaxList {
		w.Explain(&keep.ListError{Count: len(list)})
		return
	}
	for _, a := range list {
		if err := keep.CheckAddress(a); err != nil {
			w.Explain(err)
			return
		}
	}
	if len(list) > 1 {
		w.Show(&listScreen{from: s, addresses: list, twice: len(twice), only: s.way == wayOnly, unsure: map[string]bool{}})
		return
	}
	if len(list) == 0 {
		w.Explain(keep.CheckAddress(""))
		return
	}
	address := list[0]
	if s.way == wayOnly {
		w.Show(&recordScreen{address: address, from: s})
		return
	}
	w.Show(&ageScreen{address: address, window: s.way == wayWindow, from: s})
}

// faults say what of the open case is damaged or lost.
func faults(w *stage.Stage) (cards []fyne.CanvasObject) {
	loss := func(what, do string) {
		cards = append(cards, widget.LossCard(
			widget.RowTop(12, 1, widget.Inset(3, 0, 0, 0, widget.Mark("cross", widget.RoleBad, 16)), widget.NewText(widget.Strong(what))),
			widget.NewText(widget.Plain(do))))
	}
	c := w.Desk().Case
	if c.Damage != "" {
		loss(w.T("cases.damaged-log"), w.T("cases.damaged-do"))
	}
	for _, l := range c.Lost {
		what := w.T("exhibit.lost", "Exhibit", l.First)
		if l.N > 1 {
			what = w.T("exhibit.lost-many", "First", l.First, "Last", l.Last)
		}
		loss(what, w.T("exhibit.lost-do"))
	}
	return cards
}

func (s *homeScreen) kept(w *stage.Stage) []fyne.CanvasObject {
	if !s.loaded {
		return []fyne.CanvasObject{widget.NewText(widget.Muted(w.T("loading")))}
	}
	if len(s.list) == 0 {
		return widget.Present([]fyne.CanvasObject{unfinishedCard(w, s.lists), s.firstCard(w)})
	}
	chosen := 0
	if s.oldest {
		chosen = 1
	}
	sort := widget.NewPicker(w.Keys(), []string{w.T("keep.newest"), w.T("keep.oldest")}, chosen, func(i int) {
		s.oldest = i == 1
		w.Rebuild()
	})
	out := []fyne.CanvasObject{s.moreCard(w), s.finder(w), widget.Inset(4, 0, 0, 0, widget.RowGrow(12, 0, widget.NewText(widget.Head(w.T("keep.kept"))), sort))}
	if n := missing(s.list); n > 0 {
		words := missingWords(w, n)
		again := w.Button(widget.ButtonPlain, "stamps.again", func() { s.askAgain(w) })
		if s.asking.Busy() {
			words = w.T("stamps.asking")
			again = w.Button(widget.ButtonPlain, "capture.stop", w.Work().Abort)
		}
		out = append(out, widget.LookCard(widget.RowGrow(12, 0, widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(words))), again)))
	}
	if c := s.renewCard(w); c != nil {
		out = append(out, c)
	}
	if c := unfinishedCard(w, s.lists); c != nil {
		out = append(out, c)
	}
	var cards []fyne.CanvasObject
	list := slices.DeleteFunc(slices.Clone(s.find.Of(w, s.list)), isVisit)
	if len(list) == 0 {
		out = append(out, widget.NewText(widget.Muted(w.T("find.none"))))
	}
	if !s.oldest {
		slices.Reverse(list)
	}
	most := min(len(list), homeMost+s.find.More)
	for _, e := range list[:most] {
		cards = append(cards, widget.NewPressCard(w.Keys(), exhibitLine(w, e), func() { w.GoTo(&exhibitScreen{id: e.Exhibit}) }))
	}
	out = append(out, widget.Stack(10, cards...))
	if rest := min(len(list)-most, homeMost); rest > 0 {
		more := widget.NewButton(w.Keys(), widget.ButtonPlain, w.N("keep.more", rest), func() {
			s.find.More += homeMost
			w.Rebuild()
		})
		out = append(out, widget.Row(0, more))
	}
	if slices.ContainsFunc(list, func(e look.Exhibit) bool { return e.Kind == evidence.WebCapture && !e.Closed }) {
		all := w.Button(widget.ButtonQuiet, "recheck.all", func() { w.GoTo(&recheckScreen{}) })
		all.Small()
		out = append(out, widget.Row(0, all))
	}
	return widget.Present(out)
}

// firstCard says, before anything is kept, what helps a complaint.
func (s *homeScreen) firstCard(w *stage.Stage) fyne.CanvasObject {
	if s.meant.Piece != "" {
		return nil
	}
	var left, right []fyne.CanvasObject
	list := keep.Helpful(w.Text().Lang())
	for i, x := range list {
		line := widget.Point(widget.ToneQuiet, "ring", widget.Stack(0, widget.NewText(widget.Strong(x.Title)), widget.NewText(widget.SmallMute(x.Text))))
		if i < (len(list)+1)/2 {
			left = append(left, line)
		} else {
			right = append(right, line)
		}
	}
	return widget.Card(widget.NewText(widget.Head(w.T("keep.helps"))), widget.NewText(widget.Muted(w.T("more.why"))),
		widget.Columns(24, 0.5, 560, widget.Stack(10, left...), widget.Stack(10, right...)))
}

// finder looks for exhibits by word and sort; nil while there are few.
func (s *homeScreen) finder(w *stage.Stage) fyne.CanvasObject {
	if len(s.list) < findFrom && s.find.Field == nil {
		return nil
	}
	list := slices.DeleteFunc(slices.Clone(s.list), isVisit)
	return widget.RowGrow(10, 0, s.find.Entry(w, w.Refresh), s.find.Sorts(w, list, w.Refresh))
}

// findFrom is how many exhibits need looking for.
const findFrom = 6

// isVisit reports whether an exhibit is a later visit of another, with which it stands.
func isVisit(e look.Exhibit) bool { return e.Recheck != nil }

// moreCard leads to what else can be kept of the newest place.
func (s *homeScreen) moreCard(w *stage.Stage) fyne.CanvasObject {
	m := keep.MoreOf(s.list, w.Text().Lang())
	if len(m.Places) == 0 {
		return nil
	}
	p, kept := m.Places[0], 0
	for _, x := range p.Pieces {
		if x.State == keep.PieceKept || x.State == keep.PiecePartial {
			kept++
		}
	}
	count := w.T("more.count", "Kept", w.Text().Number(int64(kept)), "All", w.Text().Number(int64(len(p.Pieces))))
	see := w.Button(widget.ButtonPlain, "more.open", func() { w.GoTo(&moreScreen{}) })
	see.Small()
	return widget.Card(widget.RowGrow(12, 0,
		widget.Stack(0, widget.NewText(widget.Strong(placeTitle(w, p))), widget.NewText(widget.SmallMute(count+" · "+w.T("more.why")))), see))
}

func (s *homeScreen) askAgain(w *stage.Stage) {
	if s.asking.Busy() {
		return
	}
	w.Stamps().Stop()
	session, id := w.Session(), w.Desk().Case.ID
	soon := w.Stamps().Soon // to know when the next question is due
	stage.Start(w, &s.asking, stage.Task[[]look.Exhibit]{
		Work: func(ctx context.Context, p evidence.Progress) ([]look.Exhibit, error) {
			if err := session.Proof.Restamp(ctx, id, nil, p); err != nil {
				return nil, err
			}
			return session.Look.Exhibits(ctx, id)
		},
		Done: func(list []look.Exhibit) {
			soon()
			s.list = list
			w.Rebuild()
		},
		Failed: func(err error) error {
			soon()
			return err
		},
	})
}

// shortAddress is an address as people read it, without scheme.
func shortAddress(address string, n int) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		address = strings.TrimSuffix(strings.TrimPrefix(address, u.Scheme+"://"), "/")
	}
	return evidence.Shorten(address, n)
}

func exhibitLine(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	cover, key := coverWords(w, e)
	below := shortAddress(e.Address, 90)
	if e.Kind == evidence.Import {
		below = w.Shared("kind."+string(e.Kind), string(e.Kind)) + " · " + w.N("files.title", len(e.Artifacts))
	}
	words := widget.Stack(0, widget.Present([]fyne.CanvasObject{
		widget.NewText(widget.Strong(w.ExhibitTitle(e, 80))),
		widget.NewLine(widget.MonoMute(below)),
		widget.NewText(widget.Small(w.T(key, "When", w.KeptAt(e.Started.UTC)))), lastVisit(w, e)})...)
	chips := append([]fyne.CanvasObject{outcomeChip(w, e)}, stampChips(w, e)...)
	return widget.RowGrow(16, 1, widget.Thumb(96, 72, cover), words, chipBlock(chips))
}

// chipBlock puts two chips beside each other, more below each other, so that
// titles keep their room.
func chipBlock(chips []fyne.CanvasObject) fyne.CanvasObject {
	if len(chips) <= 2 {
		return widget.Row(6, chips...)
	}
	var rows []fyne.CanvasObject
	for _, c := range chips {
		rows = append(rows, widget.Row(0, c))
	}
	return widget.Stack(6, rows...)
}

// outcomeChip says honestly what was kept.
func outcomeChip(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	word := w.Shared("outcome."+string(e.Outcome), string(e.Outcome))
	switch {
	case e.Closed:
		return widget.Chip(widget.ToneLook, "look", w.T("minor.closed"))
	case e.Damage != "":
		return widget.Chip(widget.ToneBad, "cross", w.T("exhibit.damaged"))
	case e.Kind == evidence.AddressOnly:
		return widget.Chip(widget.ToneQuiet, "address", w.Shared("kind."+string(e.Kind), string(e.Kind)))
	case e.Outcome == evidence.Complete:
		return widget.Chip(widget.ToneOK, "check", word)
	case e.Outcome == evidence.Partial:
		return widget.Chip(widget.ToneLook, "half", word)
	}
	return widget.Chip(widget.ToneLook, "look", word)
}

// stampChips says how many authorities confirmed the time, and how many have not.
func stampChips(w *stage.Stage, e look.Exhibit) []fyne.CanvasObject {
	count := map[proof.State]int{}
	for _, t := range e.Timestamps {
		count[t.State]++
	}
	var chips []fyne.CanvasObject
	if n := count[proof.Verified]; n > 0 {
		word := w.Text().T("timestamp.state.verified")
		if n > 1 {
			word += " ×" + w.Text().Number(int64(n))
		}
		chips = append(chips, widget.Chip(widget.ToneOK, "check", word))
	}
	if count[proof.Rejected] > 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "look", w.Text().T("timestamp.state.rejected")))
	}
	if count[proof.Pending] > 0 || len(e.Timestamps) == 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "clock", w.Text().T("timestamp.state.pending")))
	}
	return chips
}
