package view

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// shown makes text from outside safe for one line and cuts it to a length.
func shown(s string, n int) string { return evidence.Shorten(s, n) }

// homeScreen takes an address and lists what is kept.
type homeScreen struct {
	address *widget.Field
	way     int // how to keep: wayPage, wayFiles or wayOnly
	options options
	list    []flow.ExhibitView
	lists   []flow.ListView // of addresses
	loaded  bool
	oldest  bool // sort
	more    int  // exhibits that are shown besides the first homeMost
	asking  bool // for timestamps
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
const homeMost = 100

func (s *homeScreen) open(w *Window) {
	w.reload(func(r refreshed, err error) {
		s.list, s.lists, s.loaded = r.exhibits, r.lists, true
		if missing(s.list) > 0 {
			w.stampsSoon()
		}
		w.rebuild()
		w.explain(err)
	})
}

func (s *homeScreen) build(w *Window) page {
	if s.address == nil {
		s.address = widget.NewAddress(w.keys, "https://")
		if w.practice.caseID == w.matter.ID {
			s.address.SetText(w.practice.address)
		}
	}
	keep := w.button(widget.ButtonPrimary, wayButtons[s.way], func() { s.next(w) })
	group := widget.NewChoice(w.keys, s.way, func(i int) {
		s.way = i
		w.refresh()
	}, []widget.Span{widget.Small(w.t("keep.visible"))}, []widget.Span{widget.Small(w.t("keep.signin"))}, []widget.Span{widget.Small(w.t("keep.files"))}, []widget.Span{widget.Small(w.t("keep.only") + " "), widget.SmallMute(w.t("keep.only-how"))})
	ask := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.t("keep.what"))), widget.NewText(widget.Muted(w.t("keep.why"))), widget.Space(2),
		widget.RowGrow(10, 0, s.address, keep),
		widget.Wrap(18, group[0], group[1], group[2], group[3]),
	}
	switch s.way {
	case wayFiles:
		ask = append(ask, widget.NewText(widget.SmallMute(w.t("import.drop"))))
	case wayPage:
		ask = append(ask, widget.NewText(widget.SmallMute(w.t("keep.many"))), s.options.fold(w))
	}

	body := []fyne.CanvasObject{widget.Card(ask...)}
	body = append(body, s.kept(w)...)
	body = append(body, widget.NewText(widget.SmallMute(w.t("keep.sent"))))
	return page{
		title: w.t("keep.title"), step: stepKeep, focus: s.address,
		body:  widget.Stack(14, body...),
		enter: func() { s.next(w) },
		back:  func() { w.show(&casesScreen{}) },
	}
}

// next asks the question about age, or notes the address alone.
func (s *homeScreen) next(w *Window) {
	if s.way == wayFiles {
		(&importScreen{from: s}).chooseFile(w, func() { w.show(s) })
		return
	}
	if list, twice, err := pasted(s.address.Text); err != nil {
		w.explain(err)
		return
	} else if list != nil {
		w.show(&listScreen{from: s, addresses: list, twice: len(twice), unsure: allOf(list, s.way == wayOnly)})
		return
	}
	address := strings.TrimSpace(s.address.Text)
	if err := flow.CheckAddress(address); err != nil {
		w.explain(err)
		return
	}
	if s.way == wayOnly {
		w.show(&recordScreen{address: address, from: s})
		return
	}
	w.show(&ageScreen{address: address, window: s.way == wayWindow, from: s})
}

func (s *homeScreen) kept(w *Window) []fyne.CanvasObject {
	if !s.loaded {
		return []fyne.CanvasObject{widget.NewText(widget.Muted(w.t("loading")))}
	}
	if len(s.list) == 0 {
		return widget.Present([]fyne.CanvasObject{unfinishedCard(w, s.lists)})
	}
	chosen := 0
	if s.oldest {
		chosen = 1
	}
	sort := widget.NewPicker(w.keys, []string{w.t("keep.newest"), w.t("keep.oldest")}, chosen, func(i int) {
		s.oldest = i == 1
		w.rebuild()
	})
	out := []fyne.CanvasObject{widget.Inset(4, 0, 0, 0, widget.RowGrow(12, 0, widget.NewText(widget.Head(w.t("keep.kept"))), sort))}
	if n := missing(s.list); n > 0 {
		words := w.missingWords(n)
		again := w.button(widget.ButtonPlain, "stamps.again", func() { s.askAgain(w) })
		if s.asking {
			words = w.t("stamps.asking")
			again = w.button(widget.ButtonPlain, "capture.stop", w.work.abort)
		}
		out = append(out, widget.LookCard(widget.RowGrow(12, 0, widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Plain(words))), again)))
	}
	if c := unfinishedCard(w, s.lists); c != nil {
		out = append(out, c)
	}
	var cards []fyne.CanvasObject
	// A visit stands with the exhibit that it is about.
	list := slices.DeleteFunc(slices.Clone(s.list), func(e flow.ExhibitView) bool { return e.Recheck != nil })
	if !s.oldest {
		slices.Reverse(list)
	}
	most := min(len(list), homeMost+s.more)
	for _, e := range list[:most] {
		cards = append(cards, widget.NewPressCard(w.keys, exhibitLine(w, e), func() { w.goTo(&exhibitScreen{id: e.Exhibit}) }))
	}
	out = append(out, widget.Stack(10, cards...))
	if rest := min(len(list)-most, homeMost); rest > 0 {
		more := widget.NewButton(w.keys, widget.ButtonPlain, w.n("keep.more", rest), func() {
			s.more += homeMost
			w.rebuild()
		})
		out = append(out, widget.Row(0, more))
	}
	if slices.ContainsFunc(list, func(e flow.ExhibitView) bool { return e.Kind == evidence.WebCapture && !e.Closed }) {
		all := w.button(widget.ButtonQuiet, "recheck.all", func() { w.goTo(&recheckScreen{}) })
		all.Small()
		out = append(out, widget.Row(0, all))
	}
	return out
}

func (s *homeScreen) askAgain(w *Window) {
	if s.asking {
		return
	}
	s.asking = true
	w.stampsStop()
	session, id := w.session, w.matter.ID
	run(w.work, w.life, func(ctx context.Context) ([]flow.ExhibitView, error) {
		return session.Restamp(ctx, id, evidence.NoProgress{})
	}, func(list []flow.ExhibitView, err error) {
		s.asking = false
		w.stampsSoon() // to know when the next question is due
		if err == nil {
			s.list = list
		}
		w.rebuild()
		w.explain(err)
	})
	if s.asking {
		w.rebuild()
	}
}

// exhibitTitle names an exhibit: its number and the page's own title.
func exhibitTitle(w *Window, e flow.ExhibitView, n int) string {
	title := shown(e.Title, n)
	if e.Recheck != nil {
		title = w.t("recheck.of", "Exhibit", shown(e.Recheck.Exhibit, 20))
	}
	if strings.TrimSpace(title) == "" {
		title = shown(fileNames(e), n)
	}
	if strings.TrimSpace(title) == "" {
		title = w.shared("kind."+string(e.Kind), string(e.Kind))
	}
	return e.Exhibit + " · " + title
}

// shortAddress is an address as people read it, without scheme.
func shortAddress(address string, n int) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		address = strings.TrimSuffix(strings.TrimPrefix(address, u.Scheme+"://"), "/")
	}
	return shown(address, n)
}

// keptAt says when, on this device's clock, with its zone.
func keptAt(w *Window, at time.Time) string {
	at = at.In(w.cfg.Now().Location())
	return w.text.DateTime(at) + " (" + w.text.Zone(at) + ")"
}

func exhibitLine(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	cover := w.t("thumb.covered")
	key := "keep.kept-at"
	if e.Closed {
		cover = w.t("minor.closed")
	} else if e.Kind == evidence.AddressOnly {
		cover, key = w.t("thumb.none"), "keep.noted-at"
	} else if len(e.Pictures()) == 0 {
		cover = w.t("thumb.no-picture")
	}
	below := shortAddress(e.Address, 90)
	if e.Kind == evidence.Import {
		below = w.shared("kind."+string(e.Kind), string(e.Kind)) + " · " + w.n("files.title", len(e.Artifacts))
	}
	words := widget.Stack(0, widget.Present([]fyne.CanvasObject{
		widget.NewText(widget.Strong(exhibitTitle(w, e, 80))),
		widget.NewLine(widget.MonoMute(below)),
		widget.NewText(widget.Small(w.t(key, "When", keptAt(w, e.Started.UTC)))), lastVisit(w, e)})...)
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
func outcomeChip(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	word := w.shared("outcome."+string(e.Outcome), string(e.Outcome))
	switch {
	case e.Closed:
		return widget.Chip(widget.ToneLook, "look", w.t("minor.closed"))
	case e.Damage != "":
		return widget.Chip(widget.ToneBad, "cross", w.t("exhibit.damaged"))
	case e.Kind == evidence.AddressOnly:
		return widget.Chip(widget.ToneQuiet, "address", w.shared("kind."+string(e.Kind), string(e.Kind)))
	case e.Outcome == evidence.Complete:
		return widget.Chip(widget.ToneOK, "check", word)
	case e.Outcome == evidence.Partial:
		return widget.Chip(widget.ToneLook, "half", word)
	}
	return widget.Chip(widget.ToneLook, "look", word)
}

// stampChips says how many authorities confirmed the time, and how many have not.
func stampChips(w *Window, e flow.ExhibitView) []fyne.CanvasObject {
	count := map[flow.TimestampState]int{}
	for _, t := range e.Timestamps {
		count[t.State]++
	}
	var chips []fyne.CanvasObject
	if n := count[flow.StampVerified]; n > 0 {
		word := w.text.T("timestamp.state.verified")
		if n > 1 {
			word += " ×" + w.text.Number(int64(n))
		}
		chips = append(chips, widget.Chip(widget.ToneOK, "check", word))
	}
	if count[flow.StampRejected] > 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "look", w.text.T("timestamp.state.rejected")))
	}
	if count[flow.StampPending] > 0 || len(e.Timestamps) == 0 {
		chips = append(chips, widget.Chip(widget.ToneLook, "clock", w.text.T("timestamp.state.pending")))
	}
	return chips
}
