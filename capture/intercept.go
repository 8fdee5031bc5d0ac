package capture

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/wacz"
	"constat/evidence"
)

// The browser is asked to stop at every answer, before the page sees it: there
// alone it hands over the bytes as they came, where asking later returns text
// that was decoded and encoded again. It is asked for the browser as a
// whole, not for the tab, and so stops for frames of other sites and for
// workers too, without a session for each of them.

// Bounds on what is held for a page's sake.
const (
	maxBodies       = 12       // bodies that are read at the same time
	largeBody       = 8 << 20  // bytes from which only one is read at a time
	maxMediaBody    = 16 << 20 // bytes of a film or sound: the page waits until they are here
	maxLateBodies   = 8        // bodies that did not end in time, before none are waited for
	maxRecordedURL  = 16 << 10 // bytes of an address in the archive
	maxRecordedHead = 64 << 10 // bytes of one header field in the archive
	finishArchiveIn = 2 * time.Second
)

// paused deals with one answer at which the browser has stopped. Whatever goes
// wrong, the page gets its answer.
func (a *archive) paused(e *fetch.EventRequestPaused) {
	defer a.leave()
	if e.ResponseErrorReason != "" || !strings.HasPrefix(e.Request.URL, "http") {
		a.proceed(e)
		return
	}
	x := a.exchangeOf(e)
	why := a.bodyWanted(e)
	if why == "" && carriesBody(e) {
		x.Body, why = a.body(e)
	}
	if why == notEnding && a.askAgain(e) {
		return
	}
	a.proceed(e)
	a.arrived(e, why)
	switch why {
	case streaming, notEnding, tooManyLate, unreadable:
		x.Truncated = wacz.TruncatedUnspecified
		if why == notEnding {
			x.Truncated = wacz.TruncatedTime
		}
	case tooLarge:
		x.Truncated = wacz.TruncatedLength
	case brokenOff:
		x.Truncated = wacz.TruncatedDisconnect
	}
	a.add(x, why)
}

// gap says why a body is not in the archive. It is in the detail of a problem.
type gap string

const (
	streaming   gap = "streams"          // made not to end, such as text/event-stream
	tooLarge    gap = "too large"        // over the limit
	notEnding   gap = "not ended"        // in time
	tooManyLate gap = "not waited for"   // after too many that did not end
	unreadable  gap = "not handed over"  // the browser's refusal
	brokenOff   gap = "broke off"        // before its Content-Length was reached
	overfull    gap = "too many"         // over wacz.MaxExchanges
	longAddress gap = "address too long" // over maxRecordedURL
	sockets     gap = "web sockets"      // which the browser does not stop at
	late        gap = "under way at the end"
	postedCut   gap = "posted data not handed over"
)

// bodyWanted tells why a body is not asked for, if it is not.
func (a *archive) bodyWanted(e *fetch.EventRequestPaused) gap {
	mediaType, length := "", int64(-1)
	for _, h := range e.ResponseHeaders {
		switch {
		case strings.EqualFold(h.Name, "Content-Type"):
			mediaType, _, _ = strings.Cut(strings.ToLower(h.Value), ";")
			mediaType = strings.TrimSpace(mediaType)
		case strings.EqualFold(h.Name, "Content-Length"):
			if n, err := strconv.ParseInt(strings.TrimSpace(h.Value), 10, 64); err == nil {
				length = n
			}
		}
	}
	limit := a.limits.MaxBody
	if e.ResourceType == network.ResourceTypeMedia || strings.HasPrefix(mediaType, "video/") || strings.HasPrefix(mediaType, "audio/") {
		limit = min(limit, maxMediaBody)
		if length < 0 {
			return streaming // a station that is on the air looks like this
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case !carriesBody(e):
		return ""
	case e.ResourceType == network.ResourceTypeEventSource, slices.Contains(streamTypes, mediaType), strings.HasPrefix(mediaType, "application/grpc"):
		return streaming
	case length > limit:
		return tooLarge
	case a.asked[e.Request.URL]:
		return notEnding
	case a.gaps[notEnding] >= maxLateBodies:
		return tooManyLate
	}
	return ""
}

// streamTypes are of answers that are read while they come.
var streamTypes = []string{
	"text/event-stream", "multipart/x-mixed-replace", "application/x-ndjson", "application/ndjson",
	"application/stream+json", "application/vnd.apple.mpegurl.stream",
}

func carriesBody(e *fetch.EventRequestPaused) bool {
	switch s := e.ResponseStatusCode; {
	case s < 200, s == 204, s == 205, s == 304, e.Request.Method == "HEAD":
		return false
	}
	return !isRedirect(e)
}

// isRedirect tells the answers that the browser follows; it hands over no body of those.
func isRedirect(e *fetch.EventRequestPaused) bool {
	switch e.ResponseStatusCode {
	case 301, 302, 303, 307, 308:
		return slices.ContainsFunc(e.ResponseHeaders, func(h *fetch.HeaderEntry) bool { return strings.EqualFold(h.Name, "Location") })
	}
	return false
}

// body fetches the bytes, which the browser has when the answer has ended.
func (a *archive) body(e *fetch.EventRequestPaused) ([]byte, gap) {
	ctx, done := within(a.whole, a.connection, a.bodyTime)
	defer done()
	slots := []chan struct{}{a.slots}
	if contentLength(e) >= largeBody {
		slots = append(slots, a.large)
	}
	for _, slot := range slots {
		select {
		case slot <- struct{}{}:
			defer func() { <-slot }()
		case <-ctx.Done():
			return nil, notEnding
		}
	}
	answer, err := chromedp.CallBrowser(ctx, fetch.GetResponseBody, fetch.GetResponseBodyParams{RequestID: e.RequestID})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, notEnding
	case err != nil:
		return nil, unreadable
	case int64(len(answer.Body)) > a.limits.MaxBody:
		return nil, tooLarge
	case int64(len(answer.Body)) < contentLength(e) && !coded(e):
		return answer.Body, brokenOff
	}
	return answer.Body, ""
}

// coded tells whether Content-Length counts other bytes than the body's.
func coded(e *fetch.EventRequestPaused) bool {
	return slices.ContainsFunc(e.ResponseHeaders, func(h *fetch.HeaderEntry) bool {
		return strings.EqualFold(h.Name, "Content-Encoding")
	})
}

func contentLength(e *fetch.EventRequestPaused) int64 {
	for _, h := range e.ResponseHeaders {
		if strings.EqualFold(h.Name, "Content-Length") {
			n, _ := strconv.ParseInt(strings.TrimSpace(h.Value), 10, 64)
			return n
		}
	}
	return 0
}

// proceed lets the page have the answer. An error means that the request, the
// tab or the browser is gone.
func (a *archive) proceed(e *fetch.EventRequestPaused) {
	ctx, done := within(a.whole, a.connection, a.limits.Record)
	defer done()
	_, _ = chromedp.CallBrowser(ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
}

// arrived tells the session of answers whose end it does not hear: frames of other
// sites and workers end their loading before a session that is not ours.
func (a *archive) arrived(e *fetch.EventRequestPaused, why gap) {
	elsewhere := e.ResourceType == network.ResourceTypeDocument && e.FrameID != a.session.main ||
		e.ResourceType == network.ResourceTypeOther
	if !elsewhere || why != "" || e.NetworkID == "" || isRedirect(e) {
		return
	}
	a.session.mu.Lock()
	defer a.session.mu.Unlock()
	a.session.finished(network.RequestID(e.NetworkID))
	a.session.wake()
}

// askAgain helps a document of the main frame that does not end. Once asked for
// its body the browser would show it only when it has ended, and there is
// no way back; so it is asked for a second time, and then shown as it
// comes. The record says so.
func (a *archive) askAgain(e *fetch.EventRequestPaused) bool {
	s := a.session
	if e.ResourceType != network.ResourceTypeDocument || e.FrameID != s.main || e.Request.Method != "GET" {
		return false
	}
	a.mu.Lock()
	again := !a.asked[e.Request.URL] && len(a.asked) == 0
	if again {
		a.asked[e.Request.URL] = true
	}
	a.mu.Unlock()
	if !again {
		return false
	}
	s.mu.Lock()
	if n := len(s.navigations); n > 0 {
		s.navigations[n-1].again = true
	}
	s.later = a.bodyTime + a.bodyTime/2
	s.mu.Unlock()
	s.problem(ProblemAskedAgain, "%.1f s", a.bodyTime.Seconds())
	ctx, done := within(a.whole, s.alive, a.limits.Load)
	defer done()
	// Until the first request is gone the second would wait for it in the cache.
	_, _ = chromedp.CallBrowser(ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonAborted})
	_, _ = chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: e.Request.URL + e.Request.URLFragment})
	return true
}

// exchangeOf takes over what the browser says of a request and its answer,
// without what would let a reader act as the person.
func (a *archive) exchangeOf(e *fetch.EventRequestPaused) wacz.Exchange {
	x := wacz.Exchange{
		URL: withoutUser(e.Request.URL), Method: e.Request.Method, Date: a.now(),
		Status: int(e.ResponseStatusCode), StatusText: e.ResponseStatusText,
	}
	for _, p := range e.Request.PostDataEntries {
		x.Posted = append(x.Posted, p.Bytes...)
	}
	x.PostedCut = e.Request.HasPostData && len(x.Posted) == 0
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, v := range e.Request.Headers {
		value, _ := v.(string)
		if h, ok := a.keptHeader(name, value, placeRequest); ok {
			x.Request = append(x.Request, h)
		}
	}
	slices.SortFunc(x.Request, func(a, b wacz.Header) int { return strings.Compare(a.Name, b.Name) })
	for _, h := range e.ResponseHeaders {
		if h, ok := a.keptHeader(h.Name, h.Value, placeResponse); ok {
			x.Response = append(x.Response, h)
		}
	}
	return x
}

const (
	placeRequest  = evidence.WACZName + ": request"
	placeResponse = evidence.WACZName + ": response"
)

// keptHeader leaves out what carries a session, and counts it. The lock is held.
func (a *archive) keptHeader(name, value, place string) (wacz.Header, bool) {
	lower := strings.ToLower(name)
	if sessionHeaders[lower] {
		if !wireOnly[lower] {
			a.left[[2]string{place, canonical(name)}]++
		}
		return wacz.Header{}, false
	}
	if lower == "location" || lower == "referer" {
		value = withoutUser(value)
	}
	if len(value) > maxRecordedHead {
		value = value[:maxRecordedHead]
	}
	return wacz.Header{Name: name, Value: value}, true
}

// wireOnly are the headers that the browser does not hand over where it stops.
// What of them went over the wire is told by other events, and counted there.
var wireOnly = map[string]bool{"cookie": true, "cookie2": true, "set-cookie": true, "set-cookie2": true}

// hearTab counts what the tab's own events tell and the stops do not.
func (a *archive) hearTab(event any) {
	count := func(headers network.Headers, place string) {
		for name, v := range headers {
			if wireOnly[strings.ToLower(name)] {
				value, _ := v.(string)
				a.left[[2]string{place, canonical(name)}] += 1 + strings.Count(value, "\n")
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSentExtraInfo:
		count(e.Headers, placeRequest)
	case *network.EventResponseReceivedExtraInfo:
		count(e.Headers, placeResponse)
	case *network.EventWebSocketCreated, *network.EventWebTransportCreated:
		a.gaps[sockets]++
	}
}
