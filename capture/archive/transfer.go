package archive

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"

	"constat/capture/exchange"
	"constat/capture/tab"
	"constat/capture/wacz"
)

// transfer is one request with its redirects, from its first event to its end. The
// events of one may come from several sessions: the tab asks for the document of a
// frame of another site, and the frame receives it.
type transfer struct {
	exchange.Exchange
	request network.RequestID
	posted  []posted // as many as hops
	kind    network.ResourceType
	frame   cdp.FrameID
	from    *related // the session that told of it last
	reader  *related // the session that told of its answer, which the body comes to
	decoded int64    // bytes that the page had, as far as it was told
	encoded int64    // bytes that came, as far as it was told
	exact   int64    // bytes of the body as it came, if the browser says
	held    int
	cached  bool // came from the browser's own memory
	worker  bool // the script of a service worker, asked for before its session began
	ended   bool // the browser has no more to tell
	written bool
}

type posted struct {
	body []byte
	cut  bool
}

// hear takes in one event of a session. It runs in chromedp's loop: it must be
// quick, and must not call the browser.
func (a *Archive) hear(from *related, event any) {
	switch e := event.(type) {
	case *target.EventAttachedToTarget:
		a.attached(from, e)
	case *target.EventDetachedFromTarget:
		a.detached(e.SessionID)
	case *target.EventReceivedMessageFromTarget:
		a.said(e)
	case *network.EventLoadingFinished:
		a.update(from, e.RequestID, func(x *transfer) {
			x.encoded, x.exact = max(x.encoded, int64(e.EncodedDataLength)), int64(e.EncodedBodyLength)
		})
		a.endOf(e.RequestID, "")
	case *network.EventLoadingFailed:
		why := brokenOff
		switch {
		case e.ErrorText == tab.CodeEmptyError:
			why = ""
		case e.ErrorText == tab.CodeUnauthorized:
			why = unread // the browser shows nothing of it
		case e.Canceled:
			why = givenUp
		}
		a.endOf(e.RequestID, why)
	case *network.EventWebSocketCreated, *network.EventWebTransportCreated:
		a.missing(sockets)
	default:
		a.heard(from, event)
	}
}

// heard takes in what is told of a request before it ends.
func (a *Archive) heard(from *related, event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "http") {
			return
		}
		a.update(from, e.RequestID, func(x *transfer) { x.asked(e, a) })
	case *network.EventRequestWillBeSentExtraInfo:
		a.update(from, e.RequestID, func(x *transfer) {
			x.RawRequests = append(x.RawRequests, e.Headers)
			x.held += sizeOf(e.Headers)
		})
	case *network.EventResponseReceivedExtraInfo:
		a.update(from, e.RequestID, func(x *transfer) {
			x.RawResponses = append(x.RawResponses, e.Headers)
			x.held += sizeOf(e.Headers)
		})
	case *network.EventRequestServedFromCache:
		a.update(from, e.RequestID, func(x *transfer) { x.cached = true })
	case *network.EventResponseReceived:
		if from.parent != nil && from.kind == "iframe" {
			a.tab.Refused(e.RequestID, e.Type, e.Response.Status)
		}
		a.update(from, e.RequestID, func(x *transfer) {
			if x.Last() == nil && strings.HasPrefix(e.Response.URL, "http") {
				x.worker = from.kind == "service_worker"
				x.Ask(&network.Request{URL: e.Response.URL, Method: "GET", Headers: e.Response.RequestHeaders})
				x.posted = append(x.posted, posted{})
			}
			x.kind, x.reader = e.Type, from
			x.cached = x.cached || e.Response.FromDiskCache || e.Response.FromPrefetchCache
			x.Answer(e.Response, e.HasExtraInfo, a.now())
			x.held += sizeOf(e.Response.Headers)
		})
	case *network.EventDataReceived:
		a.update(from, e.RequestID, func(x *transfer) {
			x.reader = from
			x.decoded += e.DataLength
			x.encoded += e.EncodedDataLength
		})
	}
}

func sizeOf(headers network.Headers) int {
	n := 0
	for name, v := range headers {
		value, _ := v.(string)
		n += len(name) + len(value)
	}
	return n
}

// update changes what is known of a request. Events of one can come before the
// one that announces it.
func (a *Archive) update(from *related, id network.RequestID, change func(*transfer)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ending {
		return // what is left is being written
	}
	x := a.transfers[id]
	if x == nil {
		switch {
		case a.closing:
			return // the record has ended
		case len(a.transfers) >= maxTransfers || a.held > maxHeld:
			a.gaps[overfull]++
			return
		}
		x = &transfer{request: id}
		a.transfers[id] = x
	}
	x.from = from
	before := x.held
	change(x)
	a.held += x.held - before
}

// asked notes the request, or where its redirect leads.
func (x *transfer) asked(e *network.EventRequestWillBeSent, a *Archive) {
	if e.RedirectResponse != nil {
		x.Answer(e.RedirectResponse, e.RedirectHasExtraInfo, a.now())
		x.held += sizeOf(e.RedirectResponse.Headers)
	}
	x.kind, x.frame = e.Type, e.FrameID
	x.Ask(e.Request)
	x.Hops[len(x.Hops)-1].At = a.now()
	var p posted
	for _, part := range e.Request.PostDataEntries {
		p.body = append(p.body, part.Bytes...)
	}
	p.cut = e.Request.HasPostData && len(p.body) == 0
	x.posted = append(x.posted, p)
	x.held += len(e.Request.URL) + sizeOf(e.Request.Headers) + len(p.body)
}

// endOf is called when the browser has no more to tell of a request.
func (a *Archive) endOf(id network.RequestID, why gap) {
	a.mu.Lock()
	x := a.transfers[id]
	a.mu.Unlock()
	if x != nil {
		a.ended(x, why)
	}
}

// ended deals with a request that has come to its end, outside of chromedp's loop.
func (a *Archive) ended(x *transfer, why gap) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case x.ended || a.ending || a.transfers[x.request] != x:
		return
	case !x.answered():
		a.forget(x)
		return
	}
	x.ended = true
	a.running++
	go func() {
		body, missing := a.body(x, why)
		if why == "" || missing == tooLarge {
			why = missing
		}
		a.write(x, body, why)
	}()
}

// answered tells whether anything came over the network.
func (x *transfer) answered() bool {
	return x.Last() != nil && !x.cached && (len(x.Hops) > 1 || x.Last().Response != nil)
}

// forget drops a transfer; the lock is held.
func (a *Archive) forget(x *transfer) {
	delete(a.transfers, x.request)
	a.held -= x.held
}

// body fetches the bytes that the browser has kept; why is what ended them early.
func (a *Archive) body(x *transfer, why gap) ([]byte, gap) {
	r := x.Last().Response
	if r == nil || !carriesBody(x.Last()) {
		return nil, ""
	}
	size := max(x.decoded, x.exact)
	if !coded(r.Headers) {
		size = max(size, x.encoded)
	}
	switch {
	case x.inParts():
		return nil, unreadable
	case size > a.limits.MaxBody:
		return nil, tooLarge
	case x.decoded == 0 && coded(r.Headers) && x.encoded > a.limits.MaxBody/unpacked(r.Headers):
		return nil, unmeasured // a few bytes can unpack to more than there is room for
	case !a.room(size):
		return nil, tooMuch
	}
	slots := []chan struct{}{a.slots}
	if size >= largeBody {
		slots = append(slots, a.large)
	}
	for _, slot := range slots {
		select {
		case slot <- struct{}{}:
			defer func() { <-slot }()
		case <-a.whole.Done():
			return nil, unreadable
		case <-a.tab.Alive().Done():
			return nil, unreadable
		}
	}
	ctx, done := a.tab.Within(a.whole, a.limits.Record)
	defer done()
	for from := x.from; from != nil; from = from.parent {
		if from.inside() {
			continue
		}
		var answer network.GetResponseBodyResult
		err := from.call(ctx, network.CommandGetResponseBody, network.GetResponseBodyParams{RequestID: x.request}, &answer)
		if err == nil && x.fits(answer, why != "") {
			a.took(len(answer.Body))
			return answer.Body, x.whole(answer.Body)
		}
	}
	if why != "" {
		return a.part(ctx, x), ""
	}
	switch {
	case size == 0 && !x.worker, x.kind == network.ResourceTypePreflight:
		return nil, ""
	case x.worker:
		return nil, workerScript
	case x.kind == network.ResourceTypePing, x.kind == network.ResourceTypeCSPViolationReport:
		return nil, unread
	}
	return nil, unreadable
}

// room tells whether so many bytes fit into what the bodies may have together.
func (a *Archive) room(size int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bodies+size <= a.limits.MaxBodies
}

func (a *Archive) took(size int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bodies += int64(size)
}

// fits tells whether these are the bytes that came. Where the browser has not kept them
// it answers from the page, which has decoded text and encodes it again.
func (x *transfer) fits(answer network.GetResponseBodyResult, cut bool) bool {
	r := x.Last().Response
	n := int64(len(answer.Body))
	switch {
	case cut && n < x.decoded, // the page had not read all of it
		!cut && x.decoded > 0 && n != x.decoded,
		!cut && x.decoded == 0 && x.exact > 0 && !coded(r.Headers) && n != x.exact:
		return false
	}
	charset := strings.ToLower(r.Charset)
	return answer.Base64encoded || charset == "" || charset == "utf-8" ||
		!slices.ContainsFunc(answer.Body, func(b byte) bool { return b >= 0x80 })
}

// whole tells when a body is shorter than its header promised.
func (x *transfer) whole(body []byte) gap {
	h := x.Last().Response.Headers
	if !coded(h) && int64(len(body)) < promised(h) {
		return brokenOff
	}
	return ""
}

// promised is Content-Length, or nought.
func promised(h network.Headers) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(exchange.Header(h, "Content-Length")), 10, 64)
	return max(n, 0)
}

// write puts a transfer into the archive: one exchange for each of its hops that was answered.
func (a *Archive) write(x *transfer, body []byte, why gap) {
	a.mu.Lock()
	if x.written {
		a.mu.Unlock()
		return // the end of the record did not wait for it
	}
	x.written = true
	if why == givenUp && x.all(body) {
		why = "" // the page read it to its end and then let go
	}
	if !a.heed(x, body, why == "") {
		a.film(x, body)
	}
	list := a.exchanges(x)
	a.mu.Unlock()
	switch {
	case why == "", why == notEnding && x.Last().Response == nil:
	case x.streams():
		a.missing(streaming)
	default:
		a.missing(why)
	}
	if n := len(list); n > 0 && x.Last().Response != nil {
		list[n-1].Body, list[n-1].Truncated = body, truncation(why)
	}
	a.add(list)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(x)
	if x.ended {
		a.running--
		if a.ending && a.running == 0 {
			close(a.idle)
		}
	}
}

func truncation(why gap) wacz.Reason {
	switch why {
	case "":
		return ""
	case tooLarge, tooMuch:
		return wacz.TruncatedLength
	case notEnding:
		return wacz.TruncatedTime
	case brokenOff, givenUp:
		return wacz.TruncatedDisconnect
	}
	return wacz.TruncatedUnspecified
}

func carriesBody(h *exchange.Hop) bool {
	s := h.Response.Status
	return s >= 200 && s != 204 && s != 205 && s != 304 && h.Method != "HEAD"
}

// coded tells whether the body was packed on its way.
func coded(h network.Headers) bool {
	c := strings.TrimSpace(exchange.Header(h, "Content-Encoding"))
	return c != "" && !strings.EqualFold(c, "identity")
}

// unpacked is the most bytes that one byte of this coding can hold: a gzip or
// deflate block 1,032, a block of zstd 128 KiB in four bytes. No other has a bound that helps.
func unpacked(h network.Headers) int64 {
	switch strings.ToLower(strings.TrimSpace(exchange.Header(h, "Content-Encoding"))) {
	case "gzip", "x-gzip", "deflate":
		return 1032
	case "zstd":
		return 32 << 10
	}
	return math.MaxInt64
}
