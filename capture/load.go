package capture

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/evidence"
)

// quiet is how long no request may be under way before a page counts as settled, which also has
// to answer. late is the same where scripts may have waited before they ask: many that follow scrolling do.
const (
	quiet = 150 * time.Millisecond
	late  = 250 * time.Millisecond
	lull  = 20 * time.Millisecond // until the page is asked whether its fonts are there
)

// courtesy is how long a page may take to answer that, or to be pictured meanwhile.
const courtesy = 2 * time.Second

// codeEmptyError is what the browser says of an error status without a body. The
// server did answer, so it is no failure of the network.
const codeEmptyError = "net::ERR_HTTP_RESPONSE_CODE_FAILURE"

// codeUnauthorized is what it says of a server that asks for a name and a password by status
// 401 itself. There is nobody to give them.
const codeUnauthorized = "net::ERR_INVALID_AUTH_CREDENTIALS"

type navigated struct {
	result page.NavigateResult
	err    error
}

// load goes to the address and waits until the page has settled or its time is
// over. A page that shows something is kept, whatever is missing of it.
func (s *session) load(ctx context.Context, address string) error {
	limit, cancel := within(ctx, s.alive, s.limits.Load+s.limits.Settle)
	defer cancel()
	began := make(chan navigated, 1)
	go func() {
		result, err := chromedp.Call(limit, page.Navigate, page.NavigateParams{URL: address})
		began <- navigated{result, err}
	}()
	loadBy := time.Now().Add(s.limits.Load)
	err := s.settle(ctx, address, loadBy, began)
	if err != nil {
		return err
	}
	if err := s.errorPage(address); err != nil {
		return err
	}
	return s.failure(ctx, ctx.Err())
}

// prepare asks the page whether its fonts are there, beside the wait for silence, and to decode the pictures
// that have arrived, which goes on while it is scrolled. It is a courtesy with a short limit: a busy page gets
// none. The result is closed when the page has answered, or will not; by then its scripts have had their turn, too.
func (s *session) prepare(ctx context.Context) <-chan struct{} {
	answered := make(chan struct{})
	go func() {
		ready, stop := within(ctx, s.alive, min(s.limits.Settle, courtesy))
		defer stop()
		var done bool
		err := s.ask(ready, fontsScript, &done)
		close(answered)
		s.wake()
		if err == nil && s.decoding.CompareAndSwap(false, true) { // what comes meanwhile is decoded before the tiles
			_ = s.ask(s.alive, decodeScript, &done)
			s.decoding.Store(false)
		}
	}()
	return answered
}

// settle waits for the load event, and then for the network to fall silent.
func (s *session) settle(ctx context.Context, address string, loadBy time.Time, began <-chan navigated) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var settling *navigation
	var settleBy time.Time
	var ready <-chan struct{} // closed when the page has its fonts, after what came until then
	var readyAt time.Time     // the traffic until then
	var first *glimpse
	glimpses := 0
	readyOnce := func() error {
		if ready == nil {
			<-s.prepare(ctx)
		}
		return nil
	}
	for {
		v := s.view()
		now := time.Now()
		var wait time.Duration
		switch {
		case v.crashed:
			return &BrowserGoneError{What: "page"}
		case (v.loaded || v.broken) && !v.pending:
			if settling != v.latest || settleBy.IsZero() {
				settling, settleBy = v.latest, now.Add(s.limits.Settle)
			}
			silent := now.Sub(v.traffic)
			if v.inflight == 0 && silent >= lull && (ready == nil || closed(ready) && v.traffic.After(readyAt)) {
				ready, readyAt = s.prepare(ctx), v.traffic
			}
			if v.inflight == 0 && closed(ready) && first.over() && !first.shows(v.traffic) && glimpses < maxGlimpses {
				first, glimpses = s.glimpse(ctx, v.traffic), glimpses+1
			}
			if v.inflight == 0 && silent >= quiet && closed(ready) && first.over() || now.After(settleBy) || now.After(loadBy.Add(s.limits.Settle)) {
				if first.shows(v.traffic) {
					s.first = first
				}
				return readyOnce()
			}
			wait = time.Until(settleBy)
			for _, next := range []time.Duration{lull, quiet} {
				if v.inflight == 0 && silent < next {
					wait = min(wait, next-silent)
				}
			}
		case now.After(loadBy):
			if !v.shown {
				return &NetworkError{Code: CodeNoAnswer, Kind: KindTimeout, Address: address}
			}
			s.problem(record.ProblemLoadTimeout, "%.0f s", s.limits.Load.Seconds())
			return readyOnce()
		default:
			wait = time.Until(loadBy)
		}
		timer := time.NewTimer(max(wait, time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-s.lost:
			timer.Stop()
			return &BrowserGoneError{What: "browser"}
		case n := <-began:
			began = nil
			if err := s.navigationFailed(ctx, n, address); err != nil {
				timer.Stop()
				return err
			}
		case <-s.poke:
		case <-timer.C:
		}
		timer.Stop()
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

// view is a consistent look at the state of the session.
type view struct {
	shown, loaded, pending, crashed bool
	broken                          bool // what is shown broke off: no load event will come
	latest                          *navigation
	inflight                        int
	traffic                         time.Time
}

func (s *session) view() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := view{
		shown: s.committed != nil, loaded: s.loaded, pending: s.pending, crashed: s.crashed,
		inflight: len(s.inflight), traffic: s.lastTraffic,
	}
	if n := len(s.navigations); n > 0 {
		v.latest = s.navigations[n-1]
		v.broken = v.shown && v.latest.broken != "" && v.latest.loader == s.committed.LoaderID
	}
	return v
}

// navigationFailed reads the browser's answer to the request to go somewhere.
func (s *session) navigationFailed(ctx context.Context, n navigated, address string) error {
	if n.err != nil {
		if errors.Is(n.err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil // settle has a limit of its own and knows more
		}
		return s.failure(ctx, n.err)
	}
	code := n.result.ErrorText
	switch {
	case n.result.IsDownload:
		return &NetworkError{Code: CodeDownload, Kind: KindAborted, Address: address}
	case code == "", code == codeEmptyError, code == codeUnauthorized:
		return nil
	case code == "net::ERR_ABORTED":
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.navigations) > 1 || s.committed != nil {
			return nil // the page went on to another address meanwhile
		}
		if len(s.navigations) == 1 {
			if h := s.navigations[0].last(); h != nil && h.response != nil {
				if status := h.response.Status; status == 204 || status == 205 {
					return &NetworkError{Code: CodeNoContent, Kind: KindAborted, Address: address}
				}
			}
		}
	}
	return networkError(code, address)
}

// errorPage tells when the browser shows a page of its own instead of one from
// the server, and notes what is missing of a page that came.
func (s *session) errorPage(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed == nil || len(s.navigations) == 0 {
		return &NetworkError{Code: CodeNoAnswer, Kind: KindTimeout, Address: address}
	}
	n := s.navigations[len(s.navigations)-1]
	own := s.committed.UnreachableURL != "" || strings.HasPrefix(s.committed.URL, "chrome-error:")
	switch {
	case own && (n.broken == codeEmptyError || n.broken == codeUnauthorized):
		s.address = withoutUser(s.committed.UnreachableURL)
		s.notes.Add(record.ProblemErrorPage, "%s", n.broken)
	case own:
		code := n.broken
		if code == "" {
			code = "net::ERR_FAILED"
		}
		return networkError(code, address)
	case n.broken != "" && n.loader == s.committed.LoaderID:
		s.notes.Add(record.ProblemIncomplete, "%s", n.broken)
	}
	return nil
}

// noteFailures turns what failed to load into a problem. It is called at the
// end, when everything that was going to fail has.
func (s *session) noteFailures() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kinds []string
	total := 0
	for kind, n := range s.failures {
		total += n
		kinds = append(kinds, fmt.Sprintf("%d × %s", n, kind))
	}
	sort.Strings(kinds)
	if n := len(s.inflight); n > 0 && s.loaded {
		total += n
		kinds = append(kinds, fmt.Sprintf("%d × not finished", n))
	}
	if total > 0 {
		s.notes.Add(record.ProblemResourceFailed, "%d: %s", total, strings.Join(kinds, ", "))
	}
}

// noteStatus adds a problem for an answer that is an error and is not an
// outcome of its own.
func (s *session) noteStatus(h *hop) evidence.Outcome {
	outcome, bad := outcomeOf(h)
	if bad && outcome == evidence.Complete {
		s.problem(record.ProblemHTTPStatus, "%d", h.response.Status)
	}
	return outcome
}
