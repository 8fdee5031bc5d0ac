package keep

import (
	"context"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

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
	only      bool // the addresses alone, at the person's wish: nobody is asked about age
	unsure    map[string]bool
	job       stage.Job
}

// open has a browser start while the person thinks. It loads nothing.
func (s *listScreen) Open(w *stage.Stage) {
	if !s.only {
		startAhead(w)
	}
}

func (s *listScreen) Build(w *stage.Stage) stage.Page {
	back := func() {
		if !s.job.Busy() {
			w.Show(s.from)
		}
	}
	list := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.N("list.what", len(s.addresses)))),
		widget.NewText(widget.Muted(w.T("list.why"))),
	}
	if s.twice > 0 {
		list = append(list, widget.NewText(widget.SmallMute(w.N("list.twice", s.twice))))
	}
	mark := func(on bool) func() {
		return func() {
			s.unsure = allOf(s.addresses, on)
			w.Refresh()
		}
	}
	if !s.only {
		all, none := w.Button(widget.ButtonPlain, "list.all", mark(true)), w.Button(widget.ButtonPlain, "list.none", mark(false))
		all.Small()
		none.Small()
		list = append(list, widget.RowGrow(8, 0, widget.NewText(widget.Small(w.T("list.unsure"))), all, none))
	}
	for i, a := range s.addresses {
		remove := w.Button(widget.ButtonPlain, "import.remove", func() {
			s.addresses = slices.Delete(s.addresses, i, i+1)
			if len(s.addresses) == 0 {
				w.Show(s.from)
				return
			}
			w.Rebuild()
		})
		remove.Small()
		var line fyne.CanvasObject = widget.NewText(widget.Mono(evidence.Shorten(a, 300)))
		if !s.only {
			line = widget.NewCheck(w.Keys(), s.unsure[a], func(on bool) {
				s.unsure[a] = on
				w.Refresh()
			}, widget.Mono(evidence.Shorten(a, 300)))
		}
		list = append(list, widget.RowGrow(12, 0, line, remove))
	}
	if s.only {
		note := widget.NewButton(w.Keys(), widget.ButtonPrimary, w.N("list.note", len(s.addresses)), func() { s.begin(w) })
		s.job.Wait(w, note)
		return stage.Page{
			Title: w.T("list.title"), Step: stage.StepKeep, Back: back, Focus: note,
			Body: widget.Stack(16, widget.Card(list...), widget.Card(widget.NewText(widget.Muted(w.T("list.note-why"))),
				widget.Wrap(widget.GapSmall, note, w.Button(widget.ButtonQuiet, "back", back)))),
		}
	}
	toLoad := len(s.addresses) - len(slices.DeleteFunc(slices.Clone(s.addresses), func(a string) bool { return !s.unsure[a] }))
	adult := w.Button(widget.ButtonPlain, "age.no", func() { s.begin(w) })
	adult.Disable(s.job.Busy() || toLoad == 0)
	young := func(key string) *widget.Button {
		b := w.Button(widget.ButtonPlain, key, func() {
			s.unsure = allOf(s.addresses, true)
			s.begin(w)
		})
		b.Disable(s.job.Busy())
		return b
	}
	question := widget.Card(
		widget.NewText(widget.Head(w.T("age.question"))), widget.NewText(widget.Muted(w.T("list.question-why"))), widget.Space(4),
		widget.Wrap(widget.GapSmall, young("age.yes"), young("age.unsure"), adult),
		widget.NewText(widget.SmallMute(w.N("list.then", toLoad, "Noted", w.Text().Number(int64(len(s.addresses)-toLoad))))),
		widget.Space(2), widget.Row(0, w.Button(widget.ButtonQuiet, "back", back)))
	return stage.Page{
		Title: w.T("list.title"), Step: stage.StepKeep, Back: back,
		Body: widget.Stack(16, widget.Card(list...), widget.Columns(20, 0.62, 620, question,
			widget.Card(widget.NewText(widget.Strong(w.T("age.law"))), widget.NewText(widget.Muted(w.T("age.law-why")))))),
	}
}

// begin puts the list into the vault and goes on with it.
func (s *listScreen) begin(w *stage.Stage) {
	var list []keep.ListAddress
	for _, a := range s.addresses {
		subject := keep.SubjectAdult
		switch {
		case s.only:
			subject = keep.SubjectUnasked
		case s.unsure[a]:
			subject = keep.SubjectUnsure
		}
		list = append(list, keep.ListAddress{Address: a, Subject: subject})
	}
	session, id, options := w.Session(), w.Desk().Case.ID, s.from.options.list()
	stage.Start(w, &s.job, stage.Task[keep.List]{
		Work: func(ctx context.Context, _ evidence.Progress) (keep.List, error) {
			return session.Keep.MakeList(ctx, id, list, options)
		},
		Done: func(v keep.List) {
			w.Show(&keepListScreen{list: v, begin: true})
		},
	})
}

// keepListScreen keeps a list, address by address, and shows how far it is.
type keepListScreen struct {
	list  keep.List
	begin bool // it begins when the screen is shown
	job   stage.Job
	heard *listMeter
	bar   *widget.Bar
	rows  []*fyne.Container
	said  []string // what the rows say, so that only what changed is drawn
	sum   *fyne.Container
}

// listMeter hears a list; its methods are called from several goroutines.
type listMeter struct {
	mu     sync.Mutex
	now    func() time.Time
	items  []keep.ListItem
	meters []*stage.Meter
}

func newListMeter(items []keep.ListItem, now func() time.Time) *listMeter {
	m := &listMeter{now: now, items: slices.Clone(items), meters: make([]*stage.Meter, len(items))}
	for i := range m.meters {
		m.meters[i] = stage.NewMeter(now)
	}
	return m
}

func (m *listMeter) Item(i int, item keep.ListItem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[i] = item
}

func (m *listMeter) At(i int) evidence.Progress { return m.meters[i] }

// snapshot returns the list, and the step that each address is at.
func (m *listMeter) snapshot() (v keep.List, steps []evidence.Step) {
	m.mu.Lock()
	v.Items = slices.Clone(m.items)
	m.mu.Unlock()
	for _, one := range m.meters {
		steps = append(steps, one.At())
	}
	return v, steps
}

func (s *keepListScreen) Open(w *stage.Stage) {
	s.heard = newListMeter(s.list.Items, w.Now)
	if s.begin {
		s.start(w)
	}
}

func (s *keepListScreen) start(w *stage.Stage) {
	s.begin, s.heard = false, newListMeter(s.list.Items, w.Now)
	session, heard := w.Session(), s.heard
	request := keep.KeepListRequest{Case: w.Desk().Case.ID, List: s.list.ID}
	var last keep.List // also of a list that was stopped
	ended := func() {
		if last.ID != "" {
			s.list = last
			s.heard = newListMeter(last.Items, w.Now)
		}
		w.Stamps().Soon()
	}
	stage.Watch(w, &s.job, stage.Task[struct{}]{
		Work: func(ctx context.Context, _ evidence.Progress) (_ struct{}, err error) {
			last, err = session.Keep.KeepList(ctx, request, heard)
			return struct{}{}, err
		},
		Done: func(struct{}) {
			ended()
			w.Rebuild()
		},
		Failed: func(err error) error {
			ended()
			return err
		},
		Sample: func() { s.draw(w) },
	})
}

func (s *keepListScreen) Build(w *stage.Stage) stage.Page {
	home := func() { w.Show(&homeScreen{}) }
	s.bar, s.sum = widget.NewBar(), widget.Stack(0)
	s.rows, s.said = nil, nil
	var rows []fyne.CanvasObject
	for range s.list.Items {
		r := widget.Stack(0)
		s.rows, s.said = append(s.rows, r), append(s.said, "")
		rows = append(rows, r)
	}
	s.draw(w)
	title := w.T("list.running")
	var buttons fyne.CanvasObject
	var focus fyne.Focusable
	back := home
	switch left := s.list.Left(); {
	case s.job.Busy():
		stop, halt := s.job.Stopper(w)
		back = halt
		buttons, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.T("capture.safe")))), nil
	case left > 0:
		title = w.T("list.paused")
		on := w.Button(widget.ButtonPrimary, "list.go-on", func() {
			w.ClearNotice()
			s.start(w)
		})
		buttons, focus = widget.Wrap(widget.GapSmall, on, w.Button(widget.ButtonPlain, "list.home", home)), on
	default:
		title = w.T("list.done")
		done := w.Button(widget.ButtonPrimary, "list.home", home)
		buttons, focus = widget.Row(0, done), done
	}
	return stage.Page{
		Title: w.T("list.title"),
		Step:  stage.StepKeep,
		Focus: focus,
		Back:  back,
		Body: widget.Stack(
			16,
			widget.Card(widget.NewText(widget.Head(title)), s.sum, s.bar, widget.Space(2), buttons),
			widget.Card(rows...),
		),
	}
}

// draw takes a sample of what the list has said.
func (s *keepListScreen) draw(w *stage.Stage) {
	if s.bar == nil { // not built yet
		return
	}
	v, steps := s.heard.snapshot()
	done := v.Count(keep.ListKept) + v.Count(keep.ListNoted)
	s.bar.Set(float32(done+v.Count(keep.ListFailed))/float32(max(len(v.Items), 1)), widget.RoleAccent)
	words := w.T("list.sum", "Done", w.Text().Number(int64(done)), "Total", w.Text().Number(int64(len(v.Items))))
	if n := v.Count(keep.ListFailed); n > 0 {
		words += " · " + w.N("list.failed", n)
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
func listLine(w *stage.Stage, item keep.ListItem, step evidence.Step) fyne.CanvasObject {
	name := widget.NewText(widget.Mono(evidence.Shorten(item.Address, 300)))
	word := listState(w, item.State)
	switch item.State {
	case keep.ListKept:
		tone, markName := widget.ToneOK, "check"
		if !item.Outcome.Usable() {
			tone, markName = widget.ToneLook, "look"
		} else if item.Outcome == evidence.Partial {
			tone, markName = widget.ToneLook, "half"
		}
		return widget.Point(tone, markName, widget.Stack(0, name, widget.NewText(widget.Small(item.Exhibit+" · "+w.Shared("outcome."+string(item.Outcome), string(item.Outcome))))))
	case keep.ListNoted:
		return widget.Point(widget.ToneQuiet, "address", widget.Stack(0, name, widget.NewText(widget.Small(item.Exhibit+" · "+word))))
	case keep.ListFailed:
		return widget.Point(widget.ToneLook, "look", widget.Stack(0, name, widget.NewText(widget.Small(word+" · "+w.Shared("error."+item.Cause+".what", evidence.Shorten(item.Detail, 200))))))
	case keep.ListRunning:
		if step != "" {
			word = w.Shared("step."+string(step), word)
		}
		return widget.Point(widget.ToneQuiet, "dot", widget.Stack(0, name, widget.NewText(widget.Small(word))))
	}
	return widget.Point(widget.ToneQuiet, "ring", widget.Stack(0, name, widget.NewText(widget.SmallMute(word))))
}

func listState(w *stage.Stage, s keep.ListState) string {
	switch s {
	case keep.ListRunning:
		return w.T("list.state.running")
	case keep.ListKept:
		return w.T("list.state.kept")
	case keep.ListNoted:
		return w.T("list.state.noted")
	case keep.ListFailed:
		return w.T("list.state.failed")
	}
	return w.T("list.state.waiting")
}

// unfinished is the newest list of the case that something is left of.
func unfinished(lists []keep.List) (keep.List, bool) {
	for _, v := range slices.Backward(lists) {
		if v.Left() > 0 {
			return v, true
		}
	}
	return keep.List{}, false
}

// unfinishedCard offers to go on with a list.
func unfinishedCard(w *stage.Stage, lists []keep.List) fyne.CanvasObject {
	v, ok := unfinished(lists)
	if !ok {
		return nil
	}
	words := w.N("list.left", v.Left(), "Total", w.Text().Number(int64(len(v.Items))))
	on := w.Button(widget.ButtonPlain, "list.look", func() { w.GoTo(&keepListScreen{list: v}) })
	return widget.Card(widget.RowGrow(12, 0, widget.Point(widget.ToneQuiet, "half", widget.NewText(widget.Plain(words))), on))
}
