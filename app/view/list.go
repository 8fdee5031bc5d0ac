package view

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// pasted returns the addresses of a text that was pasted into the address
// field, which makes one line of several; nil if it is one address.
func pasted(text string) (addresses, twice []string, err error) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return nil, nil, nil
	}
	return flow.ParseList(strings.NewReader(strings.Join(words, "\n")))
}

// allOf gives every address the same mark.
func allOf(addresses []string, on bool) map[string]bool {
	marks := map[string]bool{}
	for _, a := range addresses {
		marks[a] = on
	}
	return marks
}

// listScreen shows a pasted list and asks about age before any of it is loaded:
// for the list as a whole, with 'not sure' for single addresses.
type listScreen struct {
	from      *homeScreen
	addresses []string
	twice     int
	unsure    map[string]bool
	busy      bool
}

// open has a browser start while the person thinks. It loads nothing.
func (s *listScreen) open(w *Window) { w.startAhead() }

func (s *listScreen) build(w *Window) page {
	back := func() {
		if !s.busy {
			w.show(s.from)
		}
	}
	list := []fyne.CanvasObject{widget.NewText(widget.Head(w.n("list.what", len(s.addresses)))), widget.NewText(widget.Muted(w.t("list.why")))}
	if s.twice > 0 {
		list = append(list, widget.NewText(widget.SmallMute(w.n("list.twice", s.twice))))
	}
	for i, a := range s.addresses {
		check := widget.NewCheck(w.keys, s.unsure[a], func(on bool) {
			s.unsure[a] = on
			w.rebuild()
		}, widget.Small(w.t("list.unsure")))
		remove := w.button(widget.ButtonPlain, "import.remove", func() {
			s.addresses = slices.Delete(s.addresses, i, i+1)
			if len(s.addresses) == 0 {
				w.show(s.from)
				return
			}
			w.rebuild()
		})
		remove.Small()
		list = append(list, widget.Stack(2, widget.NewText(widget.Mono(shown(a, 300))), widget.RowGrow(12, 0, check, remove)))
	}
	toLoad := len(s.addresses) - len(slices.DeleteFunc(slices.Clone(s.addresses), func(a string) bool { return !s.unsure[a] }))
	adult := w.button(widget.ButtonPrimary, "list.adult", func() { s.begin(w) })
	adult.Disable(s.busy || toLoad == 0)
	none := w.button(widget.ButtonPlain, "list.none", func() {
		for _, a := range s.addresses {
			s.unsure[a] = true
		}
		s.begin(w)
	})
	none.Disable(s.busy)
	question := widget.Card(
		widget.NewText(widget.Head(w.t("list.question"))), widget.NewText(widget.Muted(w.t("list.question-why"))), widget.Space(4),
		widget.Wrap(widget.GapSmall, none, adult), widget.Space(2), widget.Row(0, w.button(widget.ButtonQuiet, "back", back)))
	return page{
		title: w.t("list.title"), step: stepKeep, back: back,
		body: widget.Stack(16, widget.Card(list...), widget.Columns(20, 0.62, 620, question,
			widget.Card(widget.NewText(widget.Strong(w.t("age.law"))), widget.NewText(widget.Muted(w.t("age.law-why")))))),
	}
}

// begin puts the list into the vault and goes on with it.
func (s *listScreen) begin(w *Window) {
	if s.busy {
		return
	}
	s.busy = true
	var list []flow.ListAddress
	for _, a := range s.addresses {
		subject := flow.SubjectAdult
		if s.unsure[a] {
			subject = flow.SubjectUnsure
		}
		list = append(list, flow.ListAddress{Address: a, Subject: subject})
	}
	session, id, options := w.session, w.matter.ID, s.from.options.list()
	run(w.work, w.life, func(ctx context.Context) (flow.ListView, error) {
		return session.MakeList(ctx, id, list, options)
	}, func(v flow.ListView, err error) {
		s.busy = false
		if err != nil {
			w.rebuild()
			w.explain(err)
			return
		}
		w.show(&keepListScreen{list: v, going: true})
	})
	if s.busy {
		w.rebuild()
	}
}

// keepListScreen keeps a list, address by address, and shows how far it is.
type keepListScreen struct {
	list    flow.ListView
	going   bool // it begins when the screen is shown
	stopped bool
	heard   *listMeter
	bar     *widget.Bar
	rows    []*fyne.Container
	said    []string // what the rows say, so that only what changed is drawn
	sum     *fyne.Container
}

// listMeter hears a list; its methods are called from several goroutines.
type listMeter struct {
	mu     sync.Mutex
	now    func() time.Time
	items  []flow.ListItem
	meters []*meter
}

func newListMeter(items []flow.ListItem, now func() time.Time) *listMeter {
	m := &listMeter{now: now, items: slices.Clone(items), meters: make([]*meter, len(items))}
	for i := range m.meters {
		m.meters[i] = &meter{now: now}
	}
	return m
}

func (m *listMeter) Item(i int, item flow.ListItem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[i] = item
}

func (m *listMeter) At(i int) evidence.Progress { return m.meters[i] }

// snapshot returns the list, and the step that each address is at.
func (m *listMeter) snapshot() (v flow.ListView, steps []evidence.Step) {
	m.mu.Lock()
	v.Items = slices.Clone(m.items)
	m.mu.Unlock()
	for _, one := range m.meters {
		var step evidence.Step
		if seen := one.snapshot(); len(seen) > 0 {
			step = seen[len(seen)-1].step
		}
		steps = append(steps, step)
	}
	return v, steps
}

func (s *keepListScreen) open(w *Window) {
	s.heard = newListMeter(s.list.Items, w.cfg.Now)
	if s.going {
		s.start(w)
	}
}

func (s *keepListScreen) start(w *Window) {
	s.going, s.stopped = true, false
	s.heard = newListMeter(s.list.Items, w.cfg.Now)
	session, heard := w.session, s.heard
	request := flow.KeepListRequest{Case: w.matter.ID, List: s.list.ID}
	runMeter(w.work, w.life, &meter{now: w.cfg.Now}, func() { s.draw(w) }, func(ctx context.Context, _ evidence.Progress) (flow.ListView, error) {
		return session.KeepList(ctx, request, heard)
	}, func(v flow.ListView, err error) {
		s.going = false
		if v.ID != "" {
			s.list = v
			s.heard = newListMeter(v.Items, w.cfg.Now)
		}
		w.stampsSoon()
		w.rebuild()
		w.explain(err)
	})
	if s.going {
		w.rebuild()
	}
}

func (s *keepListScreen) build(w *Window) page {
	home := func() { w.show(&homeScreen{}) }
	s.bar, s.sum = widget.NewBar(), widget.Stack(0)
	s.rows, s.said = nil, nil
	var rows []fyne.CanvasObject
	for range s.list.Items {
		r := widget.Stack(0)
		s.rows, s.said = append(s.rows, r), append(s.said, "")
		rows = append(rows, r)
	}
	s.draw(w)
	title := w.t("list.running")
	var buttons fyne.CanvasObject
	var focus fyne.Focusable
	back := home
	switch left := s.list.Left(); {
	case s.going:
		stop, halt := w.stopper(&s.stopped)
		back = halt
		buttons, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.t("capture.safe")))), stop
	case left > 0:
		title = w.t("list.paused")
		on := w.button(widget.ButtonPrimary, "list.go-on", func() {
			w.notice = nil
			s.start(w)
		})
		buttons, focus = widget.Wrap(widget.GapSmall, on, w.button(widget.ButtonPlain, "list.home", home)), on
	default:
		title = w.t("list.done")
		done := w.button(widget.ButtonPrimary, "list.home", home)
		buttons, focus = widget.Row(0, done), done
	}
	return page{
		title: w.t("list.title"), step: stepKeep, focus: focus, back: back,
		body: widget.Stack(16, widget.Card(widget.NewText(widget.Head(title)), s.sum, s.bar, widget.Space(2), buttons), widget.Card(rows...)),
	}
}

// draw takes a sample of what the list has said.
func (s *keepListScreen) draw(w *Window) {
	if s.bar == nil { // not built yet
		return
	}
	v, steps := s.heard.snapshot()
	done := v.Count(flow.ListKept) + v.Count(flow.ListNoted)
	s.bar.Set(float32(done+v.Count(flow.ListFailed))/float32(max(len(v.Items), 1)), widget.RoleAccent)
	words := w.t("list.sum", "Done", w.text.Number(int64(done)), "Total", w.text.Number(int64(len(v.Items))))
	if n := v.Count(flow.ListFailed); n > 0 {
		words += " · " + w.n("list.failed", n)
	}
	s.sum.Objects = []fyne.CanvasObject{widget.NewText(widget.Plain(words))}
	s.sum.Refresh()
	for i, item := range v.Items {
		said := string(item.State) + item.Exhibit + item.Cause + string(steps[i])
		if s.said[i] == said {
			continue
		}
		s.said[i] = said
		s.rows[i].Objects = []fyne.CanvasObject{listLine(w, item, steps[i])}
		s.rows[i].Refresh()
	}
}

// listLine says one address of a list and how far it is.
func listLine(w *Window, item flow.ListItem, step evidence.Step) fyne.CanvasObject {
	name := widget.NewText(widget.Mono(shown(item.Address, 300)))
	word := listState(w, item.State)
	switch item.State {
	case flow.ListKept:
		tone, markName := widget.ToneOK, "check"
		if !item.Outcome.Usable() {
			tone, markName = widget.ToneLook, "look"
		} else if item.Outcome == evidence.Partial {
			tone, markName = widget.ToneLook, "half"
		}
		return widget.Point(tone, markName, widget.Stack(0, name, widget.NewText(widget.Small(item.Exhibit+" · "+w.shared("outcome."+string(item.Outcome), string(item.Outcome))))))
	case flow.ListNoted:
		return widget.Point(widget.ToneQuiet, "address", widget.Stack(0, name, widget.NewText(widget.Small(item.Exhibit+" · "+word))))
	case flow.ListFailed:
		return widget.Point(widget.ToneLook, "look", widget.Stack(0, name, widget.NewText(widget.Small(word+" · "+w.shared("error."+item.Cause+".what", shown(item.Detail, 200))))))
	case flow.ListRunning:
		if step != "" {
			word = w.shared("step."+string(step), word)
		}
		return widget.Point(widget.ToneQuiet, "dot", widget.Stack(0, name, widget.NewText(widget.Small(word))))
	}
	return widget.Point(widget.ToneQuiet, "ring", widget.Stack(0, name, widget.NewText(widget.SmallMute(word))))
}

func listState(w *Window, s flow.ListState) string {
	switch s {
	case flow.ListRunning:
		return w.t("list.state.running")
	case flow.ListKept:
		return w.t("list.state.kept")
	case flow.ListNoted:
		return w.t("list.state.noted")
	case flow.ListFailed:
		return w.t("list.state.failed")
	}
	return w.t("list.state.waiting")
}

// unfinished is the newest list of the case that something is left of.
func unfinished(lists []flow.ListView) (flow.ListView, bool) {
	for _, v := range slices.Backward(lists) {
		if v.Left() > 0 {
			return v, true
		}
	}
	return flow.ListView{}, false
}

// unfinishedCard offers to go on with a list.
func unfinishedCard(w *Window, lists []flow.ListView) fyne.CanvasObject {
	v, ok := unfinished(lists)
	if !ok {
		return nil
	}
	words := w.n("list.left", v.Left(), "Total", w.text.Number(int64(len(v.Items))))
	on := w.button(widget.ButtonPlain, "list.look", func() { w.goTo(&keepListScreen{list: v}) })
	return widget.Card(widget.RowGrow(12, 0, widget.Point(widget.ToneQuiet, "half", widget.NewText(widget.Plain(words))), on))
}
