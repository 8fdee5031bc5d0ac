package tab

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	protolog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/chrome"
	"constat/capture/record"
	"constat/evidence"
)

// Tab is one tab in an off-the-record context, and what its events told.
type Tab struct {
	// What it is; fixed once it can be asked.
	context context.Context // chromedp's of the tab
	alive   context.Context // the same, until the page's process ends
	die     context.CancelFunc
	detach  context.CancelFunc // of a window's tab
	lost    <-chan struct{}    // closed when the browser is gone
	main    cdp.FrameID
	private cdp.BrowserContextID // the off-the-record context that the tab is in
	window  bool                 // the person uses it
	limits  Limits
	now     func() time.Time

	decoding atomic.Bool // the page is decoding pictures ahead
	// poke has room for one and wakes the goroutine that drives the capture.
	poke chan struct{}

	mu      sync.Mutex // for all that follows; only the lock of the notes is taken under it
	shown   document
	way     way
	traffic traffic
	hosts   hosts
	talk    talk
	world   world
	crashed bool
}

// Limits bound what is waited for; all are needed.
type Limits struct {
	Launch time.Duration // until the empty tab answers
	Load   time.Duration // until the page says that it has loaded
	Settle time.Duration // after that, for late requests, fonts and pictures
	Record time.Duration // one answer
}

// Options are what a tab is opened with. Of one that the person uses only Browser, Limits and Now
// count.
type Options struct {
	Browser              *chrome.Browser
	Width, Height, Scale int // of the view, in CSS pixels
	Mobile               bool
	Limits               Limits
	Now                  func() time.Time
	// Attached is called when there is a tab, and nothing has been asked of it; Prepare before it
	// can be used.
	Attached func()
	Prepare  func(ctx context.Context) error
}

// Open makes a tab: private context, fixed view, no downloads. It ends with its browser.
func Open(ctx context.Context, o Options) (*Tab, error) {
	b := o.Browser
	tab, closeTab := chromedp.NewContext(b.Context(), chromedp.WithNewBrowserContext())
	b.OnEnd(closeTab)
	t := empty(o)
	t.talk.notes = &record.Notes{}
	t.live(tab)
	b.OnEnd(t.die)
	// The first call opens the tab and binds its life to the context that it
	// is given, so that this cannot be one with a limit of its own.
	opened := make(chan error, 1)
	go func() { opened <- chromedp.Do(tab) }()
	limit, stop := context.WithTimeout(ctx, o.Limits.Launch)
	defer stop()
	select {
	case err := <-opened:
		if err != nil {
			return nil, t.Failure(ctx, err)
		}
	case <-limit.Done():
		return nil, t.Failure(ctx, limit.Err())
	}
	o.Attached()
	c := chromedp.FromContext(tab)
	t.main, t.private = cdp.FrameID(c.Target.TargetID), c.BrowserContextID
	if err := chromedp.Listen(tab, t.Hear); err != nil {
		return nil, t.Failure(ctx, err)
	}
	if err := chromedp.ListenBrowser(tab, t.HearBrowser); err != nil {
		return nil, t.Failure(ctx, err)
	}
	call, done := Within(ctx, t.alive, o.Limits.Launch)
	defer done()
	yes := true
	err := errors.Join(
		hearOnly(call),
		Send(call, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(o.Width), Height: int64(o.Height), DeviceScaleFactor: float64(o.Scale), Mobile: o.Mobile,
		}),
		Send(call, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: stillScript, WorldName: worldName,
		}),
	)
	if err == nil {
		err = o.Prepare(call)
	}
	if err == nil {
		_, err = chromedp.CallBrowser(call, protocol.SetDownloadBehavior, protocol.SetDownloadBehaviorParams{
			Behavior: protocol.SetDownloadBehaviorBehaviorDeny, BrowserContextID: c.BrowserContextID, EventsEnabled: &yes,
		})
	}
	if err != nil {
		return nil, t.Failure(ctx, err)
	}
	return t, nil
}

// Adopt gives a tab that was opened ahead the limits and the clock of who uses it now.
func (t *Tab) Adopt(limits Limits, now func() time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits, t.now = limits, now
}

// empty is a tab that is not attached yet.
func empty(o Options) *Tab {
	return &Tab{
		lost: o.Browser.Gone(), limits: o.Limits, now: o.Now,
		poke:    make(chan struct{}, 1),
		shown:   document{turned: make(chan struct{})},
		way:     way{early: map[network.RequestID]*Navigation{}},
		traffic: traffic{inflight: map[network.RequestID]cdp.FrameID{}, failures: map[failure]int{}},
	}
}

func (t *Tab) live(tab context.Context) {
	t.context = tab
	t.alive, t.die = context.WithCancel(tab)
}

// hearOnly leaves of what chromedp switches on what is listened to. The rest is for its
// selectors, which nothing here uses, and a page that writes to the console without
// end would flood us. Answers are the server's, not those of a worker of the page.
func hearOnly(ctx context.Context) error {
	return errors.Join(
		Send(ctx, runtime.Disable, cdp.Empty{}),
		Send(ctx, css.Disable, cdp.Empty{}),
		Send(ctx, dom.Disable, cdp.Empty{}),
		Send(ctx, protolog.Disable, cdp.Empty{}),
		Send(ctx, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}),
	)
}

// Send sends a command whose answer holds nothing of interest.
func Send[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

// Within returns a context that carries chromedp's connection and ends with ctx
// or after the limit.
func Within(ctx, connection context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	c, cancel := context.WithTimeout(connection, limit)
	unhook := context.AfterFunc(ctx, cancel)
	return c, func() { unhook(); cancel() }
}

// Within is a context for questions to this tab, which ends with ctx, after the limit, or with the
// page's process.
func (t *Tab) Within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return Within(ctx, t.alive, limit)
}

// Context is chromedp's context of the tab.
func (t *Tab) Context() context.Context { return t.context }

// Alive is the same until the page's process ends.
func (t *Tab) Alive() context.Context { return t.alive }

// Lost is closed when the browser is gone.
func (t *Tab) Lost() <-chan struct{} { return t.lost }

// Private is the off-the-record context that the tab is in.
func (t *Tab) Private() cdp.BrowserContextID { return t.private }

// Main is the frame of the page itself.
func (t *Tab) Main() cdp.FrameID { return t.main }

// ID names the tab in its browser.
func (t *Tab) ID() target.ID { return target.ID(t.main) }

// Failure turns an error of a call into what it means for the caller.
func (t *Tab) Failure(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case t.Gone():
		return &BrowserGoneError{What: "browser"}
	case t.Crashed():
		return &BrowserGoneError{What: "page"}
	}
	return err
}

// Why says what stood in the way, without addresses.
func (t *Tab) Why(err error) evidence.Said {
	switch {
	case t.Gone():
		return evidence.Say("browser-ended", "the browser ended")
	case t.Crashed():
		return evidence.Say("page-crashed", "the page's process ended")
	case err == nil:
		return evidence.Say("nothing-came", "nothing came")
	case err.Error() == context.DeadlineExceeded.Error():
		return evidence.Say("deadline", "context deadline exceeded")
	}
	if said := evidence.SaidOf(err); said.Values != nil {
		return said
	}
	return evidence.Say("", "{why}", evidence.Shorten(err.Error(), 200))
}

// Gone tells that the browser has ended.
func (t *Tab) Gone() bool { return closed(t.lost) }

// Crashed tells that the process that showed the page has ended.
func (t *Tab) Crashed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.crashed
}

// Notes are those of the capture that is under way; nil in a window of which nothing is kept.
func (t *Tab) Notes() *record.Notes {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.talk.notes
}

// Pause waits, and no longer than there is a browser.
func (t *Tab) Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.lost:
		return &BrowserGoneError{What: "browser"}
	case <-timer.C:
		return nil
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return c != nil
	default:
		return false
	}
}

func (t *Tab) wake() {
	select {
	case t.poke <- struct{}{}:
	default:
	}
}
