package tab

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// courtesy is how long a page may take to say that its fonts are there.
const courtesy = 2 * time.Second

// CodeEmptyError is what the browser says of an error status without a body. The
// server did answer, so it is no failure of the network.
const CodeEmptyError = "net::ERR_HTTP_RESPONSE_CODE_FAILURE"

// CodeUnauthorized is what it says of a server that asks for a name and a password by status
// 401 itself. There is nobody to give them.
const CodeUnauthorized = "net::ERR_INVALID_AUTH_CREDENTIALS"

type navigated struct {
	result page.NavigateResult
	err    error
}

// Load goes to the address and waits until the page has settled or its time is
// over. A page that shows something is kept, whatever is missing of it.
//
// While the page is watched, glimpse is called a few times in goroutines of its own, at the most
// one at a time; it returns false when there was none to be had. Load returns the one that shows
// the page as it settled, or nothing.
func Load[G any](ctx context.Context, t *Tab, address string, glimpse func(context.Context) (G, bool)) (G, error) {
	var none G
	var taken [maxGlimpses]G // each is read only after it has been delivered
	n, err := t.load(ctx, address, func(ctx context.Context, n int) (ok bool) {
		taken[n], ok = glimpse(ctx)
		return ok
	})
	if err == nil {
		err = t.errorPage(address)
	}
	if err == nil {
		err = t.Failure(ctx, ctx.Err())
	}
	if err != nil || n < 0 {
		return none, err
	}
	return taken[n], nil
}

// load returns the number of the glimpse that shows the page as it settled, or -1.
func (t *Tab) load(ctx context.Context, address string, glimpse func(context.Context, int) bool) (int, error) {
	limit, cancel := t.Within(ctx, t.limits.Load+t.limits.Settle)
	defer cancel()
	asked, stop := context.WithCancel(ctx)
	defer stop()
	loadBy := time.Now().Add(t.limits.Load)
	began := make(chan navigated, 1)
	go func() {
		result, err := chromedp.Call(limit, page.Navigate, page.NavigateParams{URL: address})
		began <- navigated{result, err}
	}()
	s := seen{loadBy: loadBy, settle: t.limits.Settle}
	var settling *Navigation
	var fonts, first <-chan bool // of the question that is under way, if one is
	for {
		s.look = t.look()
		now := time.Now()
		if s.come() && (settling != s.latest || s.since.IsZero()) {
			settling, s.since = s.latest, now
		}
		select {
		case <-fonts:
			s.fonts.answered, fonts = true, nil
		default:
		}
		select {
		case s.got = <-first:
			s.first.answered, first = true, nil
		default:
		}
		d := decide(s, now)
		if d.ask {
			s.fonts, fonts = question{asked: true, traffic: s.traffic}, t.prepare(asked)
		}
		if d.glimpse {
			n := s.taken
			s.first, s.got, s.taken = question{asked: true, traffic: s.traffic}, false, n+1
			first = t.beside(func() bool { return glimpse(asked, n) })
		}
		switch d.end {
		case notYet:
		case pageEnded:
			return -1, &BrowserGoneError{What: "page"}
		case noAnswer:
			return -1, &NetworkError{Code: CodeNoAnswer, Kind: KindTimeout, Address: address}
		default:
			if d.end == neverLoads {
				t.Notes().Add(record.ProblemLoadTimeout, evidence.Say("after", "{#n:.0f} s", t.limits.Load.Seconds()))
			}
			if !s.fonts.asked {
				<-t.prepare(asked)
			}
			if d.end == settled && s.glimpsed() {
				return s.taken - 1, nil
			}
			return -1, nil
		}
		timer := time.NewTimer(max(d.wait, time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return -1, context.Cause(ctx)
		case <-t.lost:
			timer.Stop()
			return -1, &BrowserGoneError{What: "browser"}
		case n := <-began:
			began = nil
			if err := t.navigationFailed(ctx, n, address); err != nil {
				timer.Stop()
				return -1, err
			}
		case <-t.poke:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// beside does something beside the wait, and wakes who waits when it is done.
func (t *Tab) beside(do func() bool) <-chan bool {
	done := make(chan bool, 1)
	go func() {
		done <- do()
		t.wake()
	}()
	return done
}

// prepare asks the page whether its fonts are there, beside the wait for silence, and to decode the
// pictures that have arrived, which goes on while it is scrolled. It is a courtesy with a short
// limit: a busy page gets none. It is told when the page has answered, or will not; by then its
// scripts have had their turn, too.
func (t *Tab) prepare(ctx context.Context) <-chan bool {
	answered := make(chan bool, 1)
	go func() {
		ready, stop := t.Within(ctx, min(t.limits.Settle, courtesy))
		defer stop()
		var done bool
		err := t.Ask(ready, fontsScript, &done)
		answered <- err == nil
		t.wake()
		if err == nil && t.decoding.CompareAndSwap(false, true) { // what comes meanwhile is decoded before the tiles
			_ = t.Ask(t.alive, decodeScript, &done)
			t.decoding.Store(false)
		}
	}()
	return answered
}

// look takes a consistent look at the state of the tab.
func (t *Tab) look() look {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := look{
		shown: t.shown.frame != nil, loaded: t.shown.loaded, pending: t.way.pending, crashed: t.crashed,
		inflight: len(t.traffic.inflight), traffic: t.traffic.last, latest: t.way.latest(),
	}
	l.broken = l.shown && l.latest != nil && l.latest.broken != "" && l.latest.loader == t.shown.frame.LoaderID
	return l
}

// navigationFailed reads the browser's answer to the request to go somewhere.
func (t *Tab) navigationFailed(ctx context.Context, n navigated, address string) error {
	if n.err != nil {
		if errors.Is(n.err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil // settle has a limit of its own and knows more
		}
		return t.Failure(ctx, n.err)
	}
	code := n.result.ErrorText
	switch {
	case n.result.IsDownload:
		return &NetworkError{Code: CodeDownload, Kind: KindAborted, Address: address}
	case code == "", code == CodeEmptyError, code == CodeUnauthorized:
		return nil
	case code == "net::ERR_ABORTED":
		t.mu.Lock()
		defer t.mu.Unlock()
		if len(t.way.navigations) > 1 || t.shown.frame != nil {
			return nil // the page went on to another address meanwhile
		}
		if len(t.way.navigations) == 1 {
			if h := t.way.navigations[0].Last(); h != nil && h.Response != nil {
				if status := h.Response.Status; status == 204 || status == 205 {
					return &NetworkError{Code: CodeNoContent, Kind: KindAborted, Address: address}
				}
			}
		}
	}
	return networkError(code, address)
}

// errorPage tells when the browser shows a page of its own instead of one from
// the server, and notes what is missing of a page that came.
func (t *Tab) errorPage(address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown.frame == nil || len(t.way.navigations) == 0 {
		return &NetworkError{Code: CodeNoAnswer, Kind: KindTimeout, Address: address}
	}
	n := t.way.shows(t.shown.frame.LoaderID)
	own := t.shown.frame.UnreachableURL != "" || strings.HasPrefix(t.shown.frame.URL, "chrome-error:")
	switch {
	case own && (n.broken == CodeEmptyError || n.broken == CodeUnauthorized):
		t.shown.address = exchange.WithoutUser(t.shown.frame.UnreachableURL)
		t.talk.notes.Add(record.ProblemErrorPage, evidence.Say("", "{code}", n.broken))
	case own:
		code := n.broken
		if code == "" {
			code = "net::ERR_FAILED"
		}
		return networkError(code, address)
	case n.broken != "" && n.loader == t.shown.frame.LoaderID:
		t.talk.notes.Add(record.ProblemIncomplete, evidence.Say("", "{code}", n.broken))
	}
	return nil
}
