package tab

import (
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// Bounds on what a hostile page can make us remember.
const (
	// maxNavigations is how many steps of the way to a page are remembered.
	maxNavigations = 100
	// MaxAddress is the longest address that is asked for, and of which a problem tells, in bytes.
	MaxAddress = 8192
	maxEarly   = 256
)

// Navigation is one request of the main frame with its HTTP redirects, as the
// browser told it.
type Navigation struct {
	exchange.Exchange
	Reason  page.ClientNavigationReason // empty for the address that was entered
	loader  cdp.LoaderID
	request network.RequestID
	broken  string // the browser's code, when it failed
}

// Request is the browser's name for the request for the document.
func (n *Navigation) Request() network.RequestID { return n.request }

// way is how the tab came to what it shows.
type way struct {
	navigations []*Navigation                     // of the main frame, in order
	early       map[network.RequestID]*Navigation // raw headers that came before their request
	reason      page.ClientNavigationReason       // of the navigation that was announced last
	pending     bool                              // a navigation has begun and shows nothing yet
}

// document is what the tab shows.
type document struct {
	frame   *cdp.Frame    // nil: nothing yet
	address string        // of it, with fragment and script changes
	loaded  bool          // its load event fired
	at      time.Time     // when it came, in a window
	turned  chan struct{} // closed when another document is shown, and replaced
}

// of finds the latest navigation with this request.
func (w *way) of(id network.RequestID) *Navigation {
	for _, n := range slices.Backward(w.navigations) {
		if n.request == id {
			return n
		}
	}
	return nil
}

// latest is the one that began last; nil without one.
func (w *way) latest() *Navigation {
	if len(w.navigations) == 0 {
		return nil
	}
	return w.navigations[len(w.navigations)-1]
}

// shows is the one that led to a document, or else the latest: a browser that shows an error page may
// have begun to try again.
func (w *way) shows(loader cdp.LoaderID) *Navigation {
	for _, n := range slices.Backward(w.navigations) {
		if n.loader == loader {
			return n
		}
	}
	return w.latest()
}

// takeEarly is what came of a request before it was announced, and forgets that of all others.
func (w *way) takeEarly(id network.RequestID) *Navigation {
	n := w.early[id]
	if n == nil {
		n = &Navigation{}
	}
	clear(w.early)
	return n
}

// CameWhole tells whether a document did not break off.
func (t *Tab) CameWhole(n *Navigation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return n.broken == ""
}

// requestSent takes in a request. The lock is held, as for all that hears events.
func (t *Tab) requestSent(e *network.EventRequestWillBeSent) {
	t.answeredBy(e.RedirectResponse)
	t.traffic.last = time.Now()
	if t.traffic.own(e) {
		delete(t.way.early, e.RequestID)
		return
	}
	if e.FrameID == t.main && e.Type == network.ResourceTypeDocument && string(e.LoaderID) == string(e.RequestID) {
		if other := e.Request.URL; !loadable(other) {
			t.programAsked(other)
			return
		}
		t.mainRequest(e)
		return
	}
	delete(t.way.early, e.RequestID)
	if waitedFor(e.Type) && strings.HasPrefix(e.Request.URL, "http") {
		t.traffic.inflight[e.RequestID] = e.FrameID
		if e.RedirectResponse == nil {
			t.traffic.sent++
		}
	}
}

func (t *Tab) mainRequest(e *network.EventRequestWillBeSent) {
	w := &t.way
	n := w.of(e.RequestID)
	if n == nil {
		n = w.takeEarly(e.RequestID)
		n.loader, n.request, n.Reason = e.LoaderID, e.RequestID, w.reason
		w.reason = ""
		if len(w.navigations) == maxNavigations {
			// A page that redirects itself for ever: keep its beginning.
			w.navigations = w.navigations[:maxNavigations-1]
		}
		w.navigations = append(w.navigations, n)
	} else if e.RedirectResponse != nil {
		n.Answer(e.RedirectResponse, e.RedirectHasExtraInfo, t.now())
	}
	w.pending = true
	n.Ask(e.Request)
}

// extraFor finds where raw headers belong. They may come before their request is
// announced, when it is not known yet whether it is one of ours.
func (t *Tab) extraFor(id network.RequestID) *Navigation {
	if n := t.way.of(id); n != nil {
		return n
	}
	if _, waited := t.traffic.inflight[id]; waited {
		return nil
	}
	n := t.way.early[id]
	if n == nil && len(t.way.early) < maxEarly {
		n = &Navigation{}
		t.way.early[id] = n
	}
	return n
}

func (t *Tab) documentShown(f *cdp.Frame) {
	close(t.shown.turned)
	t.shown = document{frame: f, address: f.URL + f.URLFragment, turned: make(chan struct{}), at: t.shown.at}
	t.traffic.anew()
	t.way.pending = false
	if n := t.way.latest(); n != nil && n.loader != f.LoaderID {
		t.way.pending = n.broken == ""
	}
	if t.window {
		t.forgetBefore(f.LoaderID)
	}
}

// loadable tells an address that a browser shows itself from one that is for another
// program, which is neither started nor waited for.
func loadable(address string) bool {
	scheme, _, _ := strings.Cut(address, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "about", "data", "blob", "file", "chrome-error", "filesystem":
		return true
	}
	return false
}

// Shown is what a tab shows at one moment, and how it came to that.
type Shown struct {
	Address string // without user name and password
	Way     []*Navigation
	frame   *cdp.Frame
}

// Shown is what the tab shows now. Of a tab that the person uses the way has no more than the
// document's own request.
func (t *Tab) Shown() Shown {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := Shown{Address: exchange.WithoutUser(t.shown.address), frame: t.shown.frame}
	if !t.window {
		s.Way = slices.Clone(t.way.navigations)
	}
	return s
}

// NoteChange tells when the tab has gone elsewhere since.
func (t *Tab) NoteChange(since Shown) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := exchange.WithoutUser(t.shown.address); now != since.Address {
		t.talk.notes.Add(record.ProblemChanged, evidence.Say("", "{address}", evidence.Shorten(now, MaxAddress)))
	} else if t.window && t.shown.frame != since.frame || !t.window && len(t.way.navigations) > len(since.Way) {
		t.talk.notes.Add(record.ProblemChanged, evidence.Say("loaded-again", "the page loaded again"))
	}
}

// Turned is closed when the tab shows another document.
func (t *Tab) Turned() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shown.turned
}

// Latest is the navigation that began last; nil without one.
func (t *Tab) Latest() *Navigation {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.way.latest()
}

// PassedBy tells a document that the page went on from: of those the browser does not tell the end.
func (t *Tab) PassedBy(request network.RequestID, frame cdp.FrameID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	shows := t.shown.frame != nil && string(t.shown.frame.LoaderID) == string(request)
	return !shows && frame == t.main
}
