package capture

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/sight"
	"constat/capture/tab"
	"constat/evidence"
)

// Window is a visible window of our own browser, in which the person goes where they
// want, signs in if they must, and keeps pages with [Window.Keep]. It is off the record and
// shares nothing with the person's own browser. It is safe for concurrent use.
//
// It ends when [Window.Close] is called, when the person closes its last tab, when the
// browser ends and when this program does. Then the session is gone: it was in memory
// only.
type Window struct {
	recorder *Recorder
	browser  *browser
	private  cdp.BrowserContextID
	turn     chan struct{} // holds the one that keeps a page
	done     chan struct{}
	ending   sync.Once
	left     error          // why the private folder could not be removed
	work     sync.WaitGroup // what runs beside; all of it ends with the browser

	mu     sync.Mutex
	opened bool // a first tab was there
	ended  bool
	tabs   map[target.ID]*seat
	wires  map[target.SessionID]*seat // by which the network of a tab is heard
}

// seat is a tab in its window.
type seat struct {
	*tab.Tab
	attached chan struct{} // closed when it can be asked
	wired    chan struct{} // closed when its network is listened to
}

// WindowPage is the page that a window shows.
type WindowPage struct {
	Address    string // without user name and password
	Title      string
	tab        target.ID
	NoFilms    bool // as in [evidence.Request]; the caller's to set
	FilmStills int  // the same
}

// frontLimit is how long a tab may take to say whether it is in front.
const frontLimit = time.Second

// OpenWindow opens a visible window at the address, or an empty one without. It needs a screen:
// without one the error is a [*chrome.StartError] with [chrome.HintDisplay]. The others are those
// of [Recorder.Capture]. The window stays when ctx ends; ctx is for the opening.
func (r *Recorder) OpenWindow(ctx context.Context, start string) (_ *Window, err error) {
	if start != "" {
		u, err := ParseAddress(start)
		if err != nil {
			return nil, err
		}
		start = u.String()
	}
	b, err := r.start(ctx, evidence.Request{Window: true})
	if err != nil {
		return nil, err
	}
	w := &Window{recorder: r, browser: b, turn: make(chan struct{}, 1), done: make(chan struct{}),
		tabs: map[target.ID]*seat{}, wires: map[target.SessionID]*seat{}}
	unhook := context.AfterFunc(ctx, w.end)
	err = w.open(ctx, start)
	if !unhook() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		w.end()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	go func() {
		select {
		case <-b.Gone():
			w.end()
		case <-w.done:
		}
	}()
	return w, nil
}

// open makes the off-the-record context and the first tab.
func (w *Window) open(ctx context.Context, start string) error {
	call, stop := tab.Within(ctx, w.browser.Context(), w.recorder.config.Limits.Launch)
	defer stop()
	made, err := chromedp.CallBrowser(call, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return err
	}
	w.private = made.BrowserContextID
	if err := chromedp.ListenBrowser(w.browser.Context(), w.hear); err != nil {
		return err
	}
	yes := true
	if _, err := chromedp.CallBrowser(call, protocol.SetDownloadBehavior, protocol.SetDownloadBehaviorParams{
		Behavior: protocol.SetDownloadBehaviorBehaviorDeny, BrowserContextID: w.private, EventsEnabled: &yes,
	}); err != nil {
		return err
	}
	if _, err := chromedp.CallBrowser(call, target.SetDiscoverTargets, target.SetDiscoverTargetsParams{Discover: true}); err != nil {
		return err
	}
	first, err := chromedp.CallBrowser(call, target.CreateTarget, target.CreateTargetParams{
		URL: "about:blank", BrowserContextID: w.private, NewWindow: &yes,
	})
	if err != nil {
		return err
	}
	t := w.tabOpened(first.TargetID)
	if t == nil {
		return &BrowserGoneError{What: "browser"}
	}
	for _, ready := range []<-chan struct{}{t.attached, t.wired} {
		select {
		case <-ready:
		case <-call.Done():
			return t.Failure(ctx, call.Err())
		}
	}
	if start != "" {
		// What comes of it the person sees.
		_, err = chromedp.CallBrowser(call, target.ActivateTarget, target.ActivateTargetParams(first))
		go func() {
			limit, done := context.WithTimeout(t.Alive(), w.recorder.config.Limits.Load)
			defer done()
			_, _ = chromedp.Call(limit, page.Navigate, page.NavigateParams{URL: start})
		}()
	}
	return err
}

// hear takes in events of the browser. It runs in chromedp's loop: it must be quick.
func (w *Window) hear(event any) {
	switch e := event.(type) {
	case *target.EventTargetCreated:
		if e.TargetInfo.Type == "page" {
			go w.arrived(e.TargetInfo)
		}
	case *target.EventReceivedMessageFromTarget:
		w.mu.Lock()
		t := w.wires[e.SessionID]
		w.mu.Unlock()
		if t != nil {
			t.HearNetwork(e.Message)
		}
	case *target.EventTargetDestroyed:
		w.tabClosed(e.TargetID)
	case *protocol.EventDownloadWillBegin:
		w.mu.Lock()
		t := w.tabs[target.ID(e.FrameID)]
		w.mu.Unlock()
		if t != nil {
			t.HearBrowser(event)
		}
	}
}

// arrived takes in a new tab. Its network is listened to in a session of its own, because
// chromedp's asks the page first, and a page answers only when it has come.
func (w *Window) arrived(tab *target.Info) {
	ctx, cancel := context.WithTimeout(w.browser.Context(), w.recorder.config.Limits.Record)
	defer cancel()
	if tab.BrowserContextID != w.private {
		// "New window" of the browser's menu would be one that keeps a history.
		_, _ = chromedp.CallBrowser(ctx, target.CloseTarget, target.CloseTargetParams{TargetID: tab.TargetID})
		return
	}
	flat := false // its messages come wrapped, to the browser's own session
	wire, err := chromedp.CallBrowser(ctx, target.AttachToTarget, target.AttachToTargetParams{TargetID: tab.TargetID, Flatten: &flat})
	if err != nil {
		return // it is gone again
	}
	t := w.tabOpened(tab.TargetID)
	if t == nil {
		return
	}
	w.mu.Lock()
	w.wires[wire.SessionID] = t
	w.mu.Unlock()
	send := cdp.Command[wrapped, cdp.Empty]{Method: "Target.sendMessageToTarget"}
	_, _ = chromedp.CallBrowser(ctx, send, wrapped{
		SessionID: wire.SessionID,
		Message:   `{"id":1,"method":"Network.enable","params":{"maxTotalBufferSize":0,"maxResourceBufferSize":0}}`,
	})
	close(t.wired)
}

// wrapped is a message for a session that is not flat.
type wrapped struct {
	SessionID target.SessionID `json:"sessionId"`
	Message   string           `json:"message"`
}

// tabOpened begins to listen to a tab. It returns nil when the window is ending.
func (w *Window) tabOpened(id target.ID) *seat {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.tabs[id] != nil {
		return w.tabs[id]
	}
	w.opened = true
	t := w.listenTo(id)
	w.tabs[id] = t
	return t
}

// listenTo makes a seat of a tab; the lock is held.
func (w *Window) listenTo(id target.ID) *seat {
	c := w.recorder.config
	t := &seat{attached: make(chan struct{}), wired: make(chan struct{})}
	t.Tab = tab.Attach(tab.Options{Browser: w.browser.Browser, Limits: c.Limits.tab(), Now: c.Now}, id, w.private, func(crashed *tab.Tab) { w.again(id, crashed) })
	w.work.Go(func() {
		if t.Join() {
			close(t.attached)
		}
	})
	return t
}

func (w *Window) tabClosed(id target.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.tabs[id]
	if t == nil {
		return
	}
	delete(w.tabs, id)
	maps.DeleteFunc(w.wires, func(_ target.SessionID, of *seat) bool { return of == t })
	t.Die()
	last := w.opened && len(w.tabs) == 0
	go func() {
		t.Detach()
		if last {
			w.end()
		}
	}()
}

// again listens anew to a tab whose process has ended, for when it is loaded again.
func (w *Window) again(id target.ID, crashed *tab.Tab) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.tabs[id]
	if w.ended || before == nil || before.Tab != crashed {
		return
	}
	go crashed.Detach()
	t := w.listenTo(id)
	w.tabs[id] = t
	for wire, of := range w.wires {
		if of == before {
			w.wires[wire] = t
		}
	}
}

// Done is closed when the window has ended, the browser with it and its private folder.
func (w *Window) Done() <-chan struct{} { return w.done }

// Close ends the window, whatever it shows. A page that is being kept ends as with a browser that
// is gone. The error says that the private folder could not be removed yet; [chrome.Sweep] tries
// again.
func (w *Window) Close() error {
	w.end()
	<-w.done
	return w.left
}

func (w *Window) end() {
	w.ending.Do(func() {
		w.mu.Lock()
		w.ended = true
		w.mu.Unlock()
		w.browser.End()
		w.work.Wait()
		w.left = w.browser.Close()
		close(w.done)
	})
}

// Front tells which page [Window.Keep] would keep: that of the tab in front. The error is
// [ErrNoPage] when it is none of the web's, and a [*BrowserGoneError] when the window has ended.
func (w *Window) Front(ctx context.Context) (WindowPage, error) {
	t, err := w.front(ctx)
	if err != nil {
		return WindowPage{}, err
	}
	p := WindowPage{Address: t.Shown().Address, tab: t.ID()}
	if !keepable(p.Address) {
		return WindowPage{}, ErrNoPage
	}
	limit, done := t.Within(ctx, w.recorder.config.Limits.Record)
	defer done()
	list, err := chromedp.CallBrowser(limit, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return WindowPage{}, t.Failure(ctx, err)
	}
	for _, one := range list.TargetInfos {
		if one.TargetID == p.tab {
			p.Title = one.Title
		}
	}
	return p, nil
}

// spot is what a tab says of its place.
type spot struct {
	of               *seat
	Visible, Focused bool
	active           time.Time
}

func (p spot) rank() int {
	switch {
	case p.Visible && p.Focused:
		return 2
	case p.Visible:
		return 1
	}
	return 0
}

// front finds the tab in front: the one that has the focus; else, because the focus may be
// on this program, one that can be seen; of several the one where something happened last.
func (w *Window) front(ctx context.Context) (*seat, error) {
	w.mu.Lock()
	var places []*spot
	for _, t := range w.tabs {
		select {
		case <-t.attached:
			places = append(places, &spot{of: t, active: t.Activity()})
		default: // it shows nothing yet, or its process has ended
		}
	}
	ended := w.ended
	w.mu.Unlock()
	if ended {
		return nil, &BrowserGoneError{What: "browser"}
	}
	var asked sync.WaitGroup
	for _, p := range places {
		asked.Go(func() {
			limit, done := p.of.Within(ctx, frontLimit)
			defer done()
			_ = p.of.Ask(limit, sight.FrontScript, p) // one that does not answer is not known to be seen
		})
	}
	asked.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(places) == 0 {
		return nil, ErrNoPage
	}
	return slices.MaxFunc(places, func(a, b *spot) int {
		if d := a.rank() - b.rank(); d != 0 {
			return d
		}
		return a.active.Compare(b.active)
	}).of, nil
}
