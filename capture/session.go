package capture

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	protolog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/names"
	"constat/capture/record"
	"constat/evidence"
)

// session is one tab in an off-the-record context, and what its events told.
type session struct {
	tab    context.Context // chromedp's context of the tab
	alive  context.Context // the same, until the page's process ends
	die    context.CancelFunc
	lost   <-chan struct{} // closed when the browser is gone
	limits Limits
	now    func() time.Time
	main   cdp.FrameID
	// private is the off-the-record context that the tab is in.
	private cdp.BrowserContextID
	window  [2]int // width and height, CSS pixels

	first    *glimpse    // of the page as it had settled, if there was time for one
	decoding atomic.Bool // the page is decoding pictures ahead

	// drawing is held while the browser makes a picture: it moves its view for that.
	drawing sync.Mutex

	// poke has room for one and wakes the goroutine that drives the capture.
	poke chan struct{}

	mu          sync.Mutex
	navigations []*navigation // of the main frame, in order
	early       map[network.RequestID]*navigation
	reason      page.ClientNavigationReason       // of the navigation that was announced last
	pending     bool                              // a navigation has begun and shows nothing yet
	turned      chan struct{}                     // closed when another document is shown, and replaced
	committed   *cdp.Frame                        // the document that is shown
	worldOf     *cdp.Frame                        // the document that questions were last asked in
	inWorld     runtime.ExecutionContextID        // and its isolated world
	address     string                            // of it, with fragment and script changes
	ready       bool                              // its DOM is complete
	loaded      bool                              // its load event fired
	inflight    map[network.RequestID]cdp.FrameID // the frame that waits for it
	lastTraffic time.Time
	received    int64
	failures    map[string]int // "Image net::ERR_…" -> count
	dialogs     int
	windows     int
	downloads   int
	programs    int
	hosts       []string // whose answers came over TLS, in order
	moreHosts   bool     // than are remembered
	answering   []string // names of hosts that answered; not in a window
	silenced    bool     // no script runs any more
	crashed     bool
	notes       *record.Notes // nil in a window as long as nothing is kept

	// A tab of a window that the person uses. Nothing that happens there is anybody's
	// business until they keep a page of it.
	visible bool
	shots   sync.WaitGroup // those that are under way
	asking  bool           // a dialog waits for the person
	// lastShown is when a document was shown last.
	lastShown time.Time
	opened    map[target.ID]bool // what was open when keeping began
	lens      lens               // how large the window shows the page
}

// Bounds on what a hostile page can make us remember.
const (
	maxNavigations  = 100
	maxEarly        = 256
	maxFailureKinds = 20
	maxDialogs      = 10
	maxDialogText   = 2000
)

// open makes the tab: private context, fixed view, no downloads.
func (r *Recorder) open(ctx context.Context, b *browser, req evidence.Request) (*session, error) {
	if s := b.tab; s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.limits, s.now = r.config.Limits, r.config.Now
		return s, nil
	}
	tab, closeTab := chromedp.NewContext(b.Context(), chromedp.WithNewBrowserContext())
	b.OnEnd(closeTab)
	s := r.session(b, &record.Notes{})
	s.window = [2]int{req.ViewWidth, req.ViewHeight}
	s.live(tab)
	b.OnEnd(s.die)
	// The first call opens the tab and binds its life to the context that it
	// is given, so that this cannot be one with a limit of its own.
	opened := make(chan error, 1)
	go func() { opened <- chromedp.Do(tab) }()
	limit, stop := context.WithTimeout(ctx, r.config.Limits.Launch)
	defer stop()
	select {
	case err := <-opened:
		if err != nil {
			return nil, s.failure(ctx, err)
		}
	case <-limit.Done():
		return nil, s.failure(ctx, limit.Err())
	}
	b.resolver = names.Begin(b.Context())
	c := chromedp.FromContext(tab)
	s.main, s.private = cdp.FrameID(c.Target.TargetID), c.BrowserContextID
	if err := chromedp.Listen(tab, s.hear); err != nil {
		return nil, s.failure(ctx, err)
	}
	if err := chromedp.ListenBrowser(tab, s.hearBrowser); err != nil {
		return nil, s.failure(ctx, err)
	}
	call, done := within(ctx, s.alive, r.config.Limits.Launch)
	defer done()
	yes := true
	err := errors.Join(
		hearOnly(call),
		send(call, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(req.ViewWidth), Height: int64(req.ViewHeight), DeviceScaleFactor: float64(req.Scale), Mobile: req.Phone,
		}),
	)
	if err == nil && req.Phone {
		b.Facts.UserAgent, err = emulatePhone(call, b.Facts.Product)
	}
	if err == nil {
		_, err = chromedp.CallBrowser(call, protocol.SetDownloadBehavior, protocol.SetDownloadBehaviorParams{
			Behavior: protocol.SetDownloadBehaviorBehaviorDeny, BrowserContextID: c.BrowserContextID, EventsEnabled: &yes,
		})
	}
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	return s, nil
}

// session is a tab that is not attached yet.
func (r *Recorder) session(b *browser, notes *record.Notes) *session {
	return &session{
		lost:   b.Gone(),
		limits: r.config.Limits, now: r.config.Now,
		poke:     make(chan struct{}, 1),
		turned:   make(chan struct{}),
		early:    map[network.RequestID]*navigation{},
		inflight: map[network.RequestID]cdp.FrameID{},
		failures: map[string]int{}, notes: notes,
	}
}

func (s *session) live(tab context.Context) {
	s.tab = tab
	s.alive, s.die = context.WithCancel(tab)
}

// hearOnly leaves of what chromedp switches on what is listened to. The rest is for its
// selectors, which nothing here uses, and a page that writes to the console without
// end would flood us. Answers are the server's, not those of a worker of the page.
func hearOnly(ctx context.Context) error {
	return errors.Join(
		send(ctx, runtime.Disable, cdp.Empty{}),
		send(ctx, css.Disable, cdp.Empty{}),
		send(ctx, dom.Disable, cdp.Empty{}),
		send(ctx, protolog.Disable, cdp.Empty{}),
		send(ctx, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}),
	)
}

// send sends a command whose answer holds nothing of interest.
func send[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

// failure turns an error of a call into what it means for the caller.
func (s *session) failure(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.browserGone():
		return &BrowserGoneError{What: "browser"}
	case s.pageCrashed():
		return &BrowserGoneError{What: "page"}
	}
	return err
}

func (s *session) browserGone() bool {
	select {
	case <-s.lost:
		return true
	default:
		return false
	}
}

func (s *session) pageCrashed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crashed
}

// problem notes one of the capture that is under way.
func (s *session) problem(code, format string, args ...any) {
	s.mu.Lock()
	notes := s.notes
	s.mu.Unlock()
	notes.Add(code, format, args...)
}

// hear takes in one event. It runs in chromedp's loop: it must be quick, and
// must not call the browser.
func (s *session) hear(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.requestSent(e)
	case *network.EventRequestWillBeSentExtraInfo:
		if n := s.extraFor(e.RequestID); n != nil {
			n.rawRequests = append(n.rawRequests, e.Headers)
		}
	case *network.EventResponseReceivedExtraInfo:
		if n := s.extraFor(e.RequestID); n != nil {
			n.rawResponses = append(n.rawResponses, rawResponse{e.Headers, e.HeadersText, int(e.StatusCode)})
		}
	case *network.EventResponseReceived:
		s.answeredBy(e.Response)
		if n := s.navigation(e.RequestID); n != nil {
			n.answer(e.Response, e.HasExtraInfo, s.now())
		} else if s.visible && e.FrameID == s.main && e.Type == network.ResourceTypeDocument && string(e.LoaderID) == string(e.RequestID) {
			s.answerAlone(e)
		} else if e.Response.Status >= 400 && counts(e.Type) {
			s.failed(fmt.Sprintf("%s %d", e.Type, e.Response.Status))
		}
	case *network.EventDataReceived:
		s.received += e.DataLength
		s.lastTraffic = time.Now()
		return // too many to wake anybody
	case *network.EventLoadingFinished:
		s.finished(e.RequestID)
	case *network.EventLoadingFailed:
		if n := s.navigation(e.RequestID); n != nil {
			n.broken = e.ErrorText
			if n.hops[len(n.hops)-1].response == nil || s.committed == nil || s.committed.LoaderID != n.loader {
				s.pending = false
			}
		} else if !e.Canceled && counts(e.Type) {
			s.failed(fmt.Sprintf("%s %s", e.Type, e.ErrorText))
		}
		s.finished(e.RequestID)
	case *page.EventFrameRequestedNavigation:
		if e.FrameID == s.main {
			s.reason = e.Reason
		}
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			s.documentShown(e.Frame)
		}
	case *page.EventFrameDetached:
		s.frameGone(e.FrameID)
	case *page.EventNavigatedWithinDocument:
		if e.FrameID == s.main {
			s.address = e.URL
		}
	case *page.EventDomContentEventFired:
		s.ready = true
	case *page.EventLoadEventFired:
		s.loaded = true
	case *page.EventFrameStoppedLoading:
		// No load event comes when loading ended with an address for another program.
		if e.FrameID == s.main && s.programs > 0 && s.committed != nil {
			s.loaded = true
		}
	case *page.EventJavascriptDialogOpening:
		s.asking = true
		if s.notes != nil {
			s.dialog(e)
		}
	case *page.EventJavascriptDialogClosed:
		s.asking = false
	case *page.EventWindowOpen:
		if s.notes != nil {
			s.windowOpened(e)
		}
	case *inspector.EventTargetCrashed:
		s.crashed = true
		s.die() // commands to a crashed page are never answered
	default:
		return
	}
	s.wake()
}

func (s *session) wake() {
	select {
	case s.poke <- struct{}{}:
	default:
	}
}

func (s *session) requestSent(e *network.EventRequestWillBeSent) {
	s.answeredBy(e.RedirectResponse)
	s.lastTraffic = time.Now()
	if e.FrameID == s.main && e.Type == network.ResourceTypeDocument && string(e.LoaderID) == string(e.RequestID) {
		if other := e.Request.URL; !loadable(other) {
			s.programAsked(other)
			return
		}
		s.mainRequest(e)
		return
	}
	delete(s.early, e.RequestID)
	if waitedFor(e.Type) && strings.HasPrefix(e.Request.URL, "http") {
		s.inflight[e.RequestID] = e.FrameID
	}
}

func (s *session) mainRequest(e *network.EventRequestWillBeSent) {
	n := s.navigation(e.RequestID)
	if n == nil {
		if n = s.early[e.RequestID]; n == nil {
			n = &navigation{}
		}
		clear(s.early)
		n.loader, n.request, n.reason = e.LoaderID, e.RequestID, s.reason
		s.reason = ""
		if len(s.navigations) == maxNavigations {
			// A page that redirects itself for ever: keep its beginning.
			s.navigations = s.navigations[:maxNavigations-1]
		}
		s.navigations = append(s.navigations, n)
	} else if e.RedirectResponse != nil {
		n.answer(e.RedirectResponse, e.RedirectHasExtraInfo, s.now())
	}
	s.pending = true
	n.ask(e.Request)
}

// navigation finds the latest navigation with this request.
func (s *session) navigation(id network.RequestID) *navigation {
	for i := len(s.navigations) - 1; i >= 0; i-- {
		if s.navigations[i].request == id {
			return s.navigations[i]
		}
	}
	return nil
}

// extraFor finds where raw headers belong. They may come before their request is
// announced, when it is not known yet whether it is one of ours.
func (s *session) extraFor(id network.RequestID) *navigation {
	if n := s.navigation(id); n != nil {
		return n
	}
	if _, waited := s.inflight[id]; waited {
		return nil
	}
	n := s.early[id]
	if n == nil && len(s.early) < maxEarly {
		n = &navigation{}
		s.early[id] = n
	}
	return n
}

func (s *session) documentShown(f *cdp.Frame) {
	s.committed = f
	close(s.turned)
	s.turned = make(chan struct{})
	s.address = f.URL + f.URLFragment
	s.pending = false
	s.ready, s.loaded = false, false
	// What the document before it missed is not missing here.
	clear(s.failures)
	clear(s.inflight)
	s.lastTraffic = time.Now()
	if n := len(s.navigations); n > 0 && s.navigations[n-1].loader != f.LoaderID {
		s.pending = s.navigations[n-1].broken == ""
	}
	if s.visible {
		s.forgetBefore(f.LoaderID)
	}
}

func (s *session) finished(id network.RequestID) {
	delete(s.early, id)
	if _, waited := s.inflight[id]; waited {
		delete(s.inflight, id)
		s.lastTraffic = time.Now()
	}
}

// frameGone forgets what a frame was waiting for: it was taken away, or went on in a process
// of its own, whose requests are not told to the page's.
func (s *session) frameGone(id cdp.FrameID) {
	for request, frame := range s.inflight {
		if frame == id {
			s.finished(request)
		}
	}
}

func (s *session) failed(kind string) {
	if _, known := s.failures[kind]; known || len(s.failures) < maxFailureKinds {
		s.failures[kind]++
	}
}

// waitedFor leaves out what never ends or shows nothing.
func waitedFor(t network.ResourceType) bool {
	switch t {
	case network.ResourceTypeEventSource, network.ResourceTypeWebSocket, network.ResourceTypeMedia,
		network.ResourceTypePing, network.ResourceTypePrefetch, network.ResourceTypeCSPViolationReport:
		return false
	}
	return true
}

// counts tells what leaves a visible gap when it fails.
func counts(t network.ResourceType) bool {
	switch t {
	case network.ResourceTypeImage, network.ResourceTypeStylesheet, network.ResourceTypeFont,
		network.ResourceTypeDocument, network.ResourceTypeScript:
		return true
	}
	return false
}

// dialog answers a dialog, which blocks the page until then. The answer is a
// command, so it is given outside of chromedp's loop.
func (s *session) dialog(e *page.EventJavascriptDialogOpening) {
	s.dialogs++
	leaving := e.Type == page.DialogTypeBeforeunload && !s.visible // a page that is being kept is not left
	if s.dialogs <= maxDialogs && !leaving {
		s.notes.Add(record.ProblemDialog, "%s: %s", e.Type, evidence.Shorten(e.Message, maxDialogText))
	}
	flood := s.dialogs == maxDialogs+1
	if flood {
		s.notes.Add(record.ProblemScriptStopped, "more than %d dialogs", maxDialogs)
	}
	go func() {
		ctx, cancel := context.WithTimeout(s.alive, s.limits.Record)
		defer cancel()
		// An error means that the dialog or the tab is gone.
		_ = send(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: leaving})
		if flood {
			_ = s.silence(ctx)
		}
	}()
}

// silence ends a running script and lets the page start no other, so that a
// page that keeps itself busy can be pictured.
func (s *session) silence(ctx context.Context) error {
	s.mu.Lock()
	s.silenced = true
	s.mu.Unlock()
	return errors.Join(
		send(ctx, runtime.TerminateExecution, cdp.Empty{}),
		send(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}
