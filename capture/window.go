package capture

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

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
	tabs   map[target.ID]*tab
	wires  map[target.SessionID]*tab // by which the network of a tab is heard
}

// tab is a tab of a window.
type tab struct {
	*session
	attached chan struct{} // closed when its session can be asked
	wired    chan struct{} // closed when its network is listened to
	detach   func()
}

// WindowPage is the page that a window shows.
type WindowPage struct {
	Address string // without user name and password
	Title   string
	tab     target.ID
}

// frontLimit is how long a tab may take to say whether it is in front.
const frontLimit = time.Second

// OpenWindow opens a visible window at the address, or an empty one without. It needs a
// screen: without one the error is a [*chrome.StartError] with [chrome.HintDisplay]. The others are those of
// [Recorder.Capture]. The window stays when ctx ends; ctx is for the opening.
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
		tabs: map[target.ID]*tab{}, wires: map[target.SessionID]*tab{}}
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
	call, stop := within(ctx, w.browser.Context(), w.recorder.config.Limits.Launch)
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
			return t.failure(ctx, call.Err())
		}
	}
	if start != "" {
		// What comes of it the person sees.
		_, err = chromedp.CallBrowser(call, target.ActivateTarget, target.ActivateTargetParams{TargetID: first.TargetID})
		go func() {
			limit, done := context.WithTimeout(t.alive, w.recorder.config.Limits.Load)
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
			t.hearWire(e.Message)
		}
	case *target.EventTargetDestroyed:
		w.tabClosed(e.TargetID)
	case *protocol.EventDownloadWillBegin:
		w.mu.Lock()
		t := w.tabs[target.ID(e.FrameID)]
		w.mu.Unlock()
		if t != nil {
			t.hearBrowser(event)
		}
	}
}

// arrived takes in a new tab. Its network is listened to in a session of its own, because chromedp's asks
// the page first, and a page answers only when it has come.
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
		SessionID: wire.SessionID, Message: `{"id":1,"method":"Network.enable","params":{"maxTotalBufferSize":0,"maxResourceBufferSize":0}}`,
	})
	close(t.wired)
}

// wrapped is a message for a session that is not flat.
type wrapped struct {
	SessionID target.SessionID `json:"sessionId"`
	Message   string           `json:"message"`
}

// hearWire takes in what a tab's network tells.
func (t *tab) hearWire(message string) {
	var m cdproto.Message
	if jsonv2.Unmarshal([]byte(message), &m, chromedp.DefaultUnmarshalOptions) != nil || !strings.HasPrefix(string(m.Method), "Network.") {
		return
	}
	if event, err := cdproto.UnmarshalMessage(&m, chromedp.DefaultUnmarshalOptions); err == nil {
		t.hear(event)
	}
}

// hearPage takes in all else: what its session tells of the network is known already.
func (t *tab) hearPage(event any) {
	switch event.(type) {
	case *network.EventRequestWillBeSent, *network.EventRequestWillBeSentExtraInfo, *network.EventResponseReceived,
		*network.EventResponseReceivedExtraInfo, *network.EventDataReceived, *network.EventLoadingFinished, *network.EventLoadingFailed:
	default:
		t.hear(event)
	}
}

// tabOpened begins to listen to a tab. It returns nil when the window is ending.
func (w *Window) tabOpened(id target.ID) *tab {
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

// listenTo makes a session of a tab; the lock is held. A page that is loading already goes on
// meanwhile: what is missed of it is said when it is kept.
func (w *Window) listenTo(id target.ID) *tab {
	t := &tab{session: w.recorder.session(w.browser, nil), attached: make(chan struct{}), wired: make(chan struct{})}
	s := t.session
	s.visible, s.main, s.private, s.lastShown = true, cdp.FrameID(id), w.private, time.Now()
	ctx, detach := chromedp.NewContext(w.browser.Context(), chromedp.WithTargetID(id), chromedp.WithDetachOnCancel(), chromedp.WithListener(func(event any) {
		t.hearPage(event)
		if _, crashed := event.(*inspector.EventTargetCrashed); crashed {
			go w.again(id, t)
		}
	}))
	s.live(ctx)
	t.detach = detach
	w.work.Go(func() {
		// A tab whose process has ended answers when the person loads it again.
		if chromedp.Do(ctx) != nil || hearOnly(ctx) != nil {
			return
		}
		if tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{}); err == nil && tree.FrameTree != nil {
			s.joined(tree.FrameTree.Frame)
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
	maps.DeleteFunc(w.wires, func(_ target.SessionID, of *tab) bool { return of == t })
	t.die()
	last := w.opened && len(w.tabs) == 0
	go func() {
		t.detach()
		if last {
			w.end()
		}
	}()
}

// again listens anew to a tab whose process has ended, for when it is loaded again.
func (w *Window) again(id target.ID, crashed *tab) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.tabs[id] != crashed {
		return
	}
	go crashed.detach()
	t := w.listenTo(id)
	w.tabs[id] = t
	for wire, of := range w.wires {
		if of == crashed {
			w.wires[wire] = t
		}
	}
}

// Done is closed when the window has ended, the browser with it and its private folder.
func (w *Window) Done() <-chan struct{} { return w.done }

// Close ends the window, whatever it shows. A page that is being kept ends as with a
// browser that is gone. The error says that the private folder could not be removed yet; [chrome.Sweep] tries again.
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
	p := WindowPage{Address: t.shown(), tab: target.ID(t.main)}
	if !keepable(p.Address) {
		return WindowPage{}, ErrNoPage
	}
	limit, done := within(ctx, t.alive, w.recorder.config.Limits.Record)
	defer done()
	list, err := chromedp.CallBrowser(limit, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return WindowPage{}, t.failure(ctx, err)
	}
	for _, one := range list.TargetInfos {
		if one.TargetID == p.tab {
			p.Title = one.Title
		}
	}
	return p, nil
}

// seat is what a tab says of its place.
type seat struct {
	tab              *tab
	Visible, Focused bool
	active           time.Time
}

func (s seat) rank() int {
	switch {
	case s.Visible && s.Focused:
		return 2
	case s.Visible:
		return 1
	}
	return 0
}

// front finds the tab in front: the one that has the focus; else, because the focus may be
// on this program, one that can be seen; of several the one where something happened last.
func (w *Window) front(ctx context.Context) (*tab, error) {
	w.mu.Lock()
	var seats []*seat
	for _, t := range w.tabs {
		select {
		case <-t.attached:
			seats = append(seats, &seat{tab: t, active: t.activity()})
		default: // it shows nothing yet, or its process has ended
		}
	}
	ended := w.ended
	w.mu.Unlock()
	if ended {
		return nil, &BrowserGoneError{What: "browser"}
	}
	var asked sync.WaitGroup
	for _, s := range seats {
		asked.Go(func() {
			limit, done := within(ctx, s.tab.alive, frontLimit)
			defer done()
			_ = s.tab.ask(limit, frontScript, s) // one that does not answer is not known to be seen
		})
	}
	asked.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(seats) == 0 {
		return nil, ErrNoPage
	}
	return slices.MaxFunc(seats, func(a, b *seat) int {
		if d := a.rank() - b.rank(); d != 0 {
			return d
		}
		return a.active.Compare(b.active)
	}).tab, nil
}
