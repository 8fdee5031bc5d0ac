package archive

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/exchange"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/capture/wacz"
	"constat/evidence"
)

// Archive is page.wacz while it is written: from the browser's events through a
// pipe into the sink. The page is never made to wait for it, and nothing is asked of a
// server: the browser keeps the bodies for a while, and they are fetched from there.
type Archive struct {
	tab    *tab.Tab
	into   *record.Kept
	whole  context.Context
	limits Limits
	now    func() time.Time
	slots  chan struct{} // for bodies being fetched
	large  chan struct{} // for a large one

	mu        sync.Mutex
	transfers map[network.RequestID]*transfer
	related   map[target.SessionID]*related
	held      int // bytes of what the transfers remember
	bodies    int64
	running   int           // transfers that ended and are not written yet
	idle      chan struct{} // closed when ending and none is running
	closing   bool          // no new request is heard
	ending    bool
	gaps      map[gap]int
	films     map[string]film // by address
	lists     map[string]Playlist
	moreLists int
	begun     map[string]bool // see Begun
	pieces    map[piece]evidence.Digest
	left      exchange.Left

	// writing guards the writer, which must not make an event wait.
	writing sync.Mutex
	closed  bool
	writer  *wacz.Writer
	buffer  *bufio.Writer
	pipe    *io.PipeWriter
	broken  error

	kept chan struct{} // closed when Put has returned
	put  evidence.Artifact
	err  error
}

// Bounds on what is held for a page's sake, beside [Limits].
const (
	maxFetched    = 4               // bodies that are fetched at the same time
	largeBody     = 4 << 20         // bytes from which only one is fetched at a time
	browserBodies = 256 << 20       // bytes that the browser keeps until they are fetched
	pageBodies    = 64 << 20        // bytes that a process of the page keeps of bodies, for those that have not ended
	maxTransfers  = 4_000           // requests that have not ended
	maxHeld       = 64 << 20        // bytes of their addresses and headers
	maxURL        = 16 << 10        // bytes of an address in the archive
	maxHead       = 64 << 10        // bytes of one header field in the archive
	maxRelated    = 64              // frames of other sites and workers that are followed
	soonBody      = 1 << 20         // promised bytes up to which an answer is waited for a little longer
	partIn        = 2 * time.Second // for what has come of one answer that has not ended
	partsIn       = 6 * time.Second // for that of all of them
)

// software names what writes the archive; the version is in the manifest.
const software = "constat"

var errAbandoned = errors.New("the capture was given up")

// gap says why something is not in the archive, or not whole. It stands in the archive's own lines,
// and as a problem.
type gap string

const (
	streaming    gap = "streams"           // made not to end, such as text/event-stream
	sockets      gap = "web sockets"       // which are no HTTP exchange
	tooLarge     gap = "too large"         // over Limits.MaxBody
	tooMuch      gap = "too much together" // over Limits.MaxBodies
	unmeasured   gap = "of unknown size"   // a packed body whose size the browser did not tell
	notEnding    gap = "not ended"         // when the record was
	unreadable   gap = "not handed over"   // the browser's refusal, or other bytes than it had received
	brokenOff    gap = "broke off"         // before its end
	overfull     gap = "too many"          // over what a package holds, maxTransfers or maxHeld
	longAddress  gap = "address too long"  // over maxURL
	notFollowed  gap = "frames or workers not followed"
	postedCut    gap = "posted data not handed over"
	givenUp      gap = "given up by the page"
	unread       gap = "not read by the page" // answers to pings and reports
	workerScript gap = "script of a service worker"
)

// times says how often something that the record lacks is missing. False means that it is in the
// nature of the thing.
func (g gap) times(n int) (_ evidence.Said, lacks bool) {
	switch g {
	case streaming, sockets, givenUp, unread, workerScript:
		return evidence.Said{}, false
	case tooLarge:
		return evidence.Say("gap-large", "{#n} × too large", n), true
	case tooMuch:
		return evidence.Say("gap-together", "{#n} × too much together", n), true
	case unmeasured:
		return evidence.Say("gap-size", "{#n} × of unknown size", n), true
	case notEnding:
		return evidence.Say("gap-unended", "{#n} × not ended", n), true
	case unreadable:
		return evidence.Say("gap-refused", "{#n} × not handed over", n), true
	case brokenOff:
		return evidence.Say("gap-broken", "{#n} × broke off", n), true
	case overfull:
		return evidence.Say("gap-many", "{#n} × too many", n), true
	case longAddress:
		return evidence.Say("gap-address", "{#n} × address too long", n), true
	case notFollowed:
		return evidence.Say("gap-frames", "{#n} × frames or workers not followed", n), true
	case postedCut:
		return evidence.Say("gap-posted", "{#n} × posted data not handed over", n), true
	}
	return evidence.Say("", "{#n} × {gap}", n, g), true
}

// Limits bound an archive; all are needed.
type Limits struct {
	Record    time.Duration // one answer of the browser, and the end of all
	MaxBody   int64         // bytes of one body
	MaxBodies int64         // bytes of all of them together
}

// Begin starts recording what the tab loads. The context is that of the whole capture. When the
// browser refuses, there is no archive, and that is noted; only the sink is an error.
func Begin(whole context.Context, t *tab.Tab, kept *record.Kept, limits Limits, now func() time.Time,
	sign func(hash string) (signature, publicKey []byte, err error)) (*Archive, error) {
	a := &Archive{
		tab: t, into: kept, whole: whole, limits: limits, now: now,
		slots: make(chan struct{}, maxFetched), large: make(chan struct{}, 1),
		transfers: map[network.RequestID]*transfer{}, related: map[target.SessionID]*related{},
		idle: make(chan struct{}), gaps: map[gap]int{}, left: exchange.Left{},
		kept: make(chan struct{}),
	}
	reader, pipe := io.Pipe()
	a.pipe, a.buffer = pipe, bufio.NewWriterSize(pipe, 64<<10)
	go func() {
		defer close(a.kept)
		a.put, a.err = kept.Stream(evidence.Artifact{
			Name: evidence.WACZName, Role: evidence.Original, MediaType: "application/wacz",
		}, reader)
		reader.CloseWithError(errAbandoned) // a sink that failed reads no further
	}()
	var err error
	if a.writer, err = wacz.NewWriter(a.buffer, wacz.Options{
		Software: software, Created: now(), Random: rand.Reader, Sign: sign,
	}); err != nil {
		a.Abandon()
		return nil, record.Lost(evidence.WACZName, err)
	}
	if err := a.listen(); err != nil {
		a.Abandon()
		t.Notes().Add(record.ProblemNoWACZ, t.Why(err))
		return nil, nil
	}
	return a, nil
}

// listen has the browser tell of everything that is loaded, and keep it.
func (a *Archive) listen() error {
	limit, done := a.tab.Within(a.whole, a.limits.Record)
	defer done()
	page := &related{caller: chromedp.FromContext(a.tab.Context()).Target, kind: "page"}
	err := chromedp.Listen(a.tab.Context(), func(event any) { a.hear(page, event) })
	if err == nil {
		// With no size it switches nothing on. A browser that does not know it keeps no bodies as
		// they came.
		_, err = chromedp.Call(limit, network.ConfigureDurableMessages, network.ConfigureDurableMessagesParams{})
	}
	for _, keep := range keepBodies(a.limits.MaxBody) {
		if err == nil {
			_, err = chromedp.Call(limit, network.Enable, keep)
		}
	}
	if err == nil {
		_, err = chromedp.Call(limit, target.SetAutoAttach, follow())
	}
	if err == nil {
		err = a.followShared(limit)
	}
	return err
}

// add writes exchanges. A full or broken archive takes no more.
func (a *Archive) add(list []wacz.Exchange) {
	a.writing.Lock()
	defer a.writing.Unlock()
	for _, x := range list {
		switch {
		case a.closed || a.broken != nil:
			return
		case len(x.URL) > maxURL:
			a.missing(longAddress)
			continue
		case x.PostedCut:
			a.missing(postedCut)
		}
		if err := a.writer.Add(x); errors.Is(err, wacz.ErrFull) {
			a.missing(overfull)
		} else if err != nil {
			a.broken = err
		}
	}
}

func (a *Archive) missing(why gap) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gaps[why]++
}

// Finish waits for the bodies that are being fetched, closes the package and lists it as kept. It
// returns what was left out of it. A nil archive, which the browser refused, has nothing to finish.
func (a *Archive) Finish(ctx context.Context, p wacz.Page) ([]evidence.Redaction, error) {
	if a == nil {
		return nil, nil
	}
	limit, done := a.tab.Within(ctx, a.limits.Record)
	defer done()
	a.end(limit)
	a.writing.Lock()
	defer a.writing.Unlock()
	a.closed = true
	if a.broken == nil {
		a.broken = errors.Join(a.writer.Note(p.URL, p.Date, a.noteGaps()), a.writer.Close(p), a.buffer.Flush())
	}
	a.pipe.CloseWithError(a.broken) // nil ends the stream
	<-a.kept
	if a.err != nil || a.broken != nil {
		return nil, record.Lost(evidence.WACZName, errors.Join(a.err, a.broken))
	}
	a.into.List(a.put)
	return a.left.Redactions(), nil
}

// end hears nothing more, waits for the bodies that are being fetched, and writes
// what is left with the part that has come of it.
func (a *Archive) end(ctx context.Context) {
	a.letArrive(ctx)
	a.mu.Lock()
	a.ending = true
	if a.running == 0 {
		close(a.idle)
	}
	a.mu.Unlock()
	select {
	case <-a.idle:
	case <-a.tab.Lost():
	case <-ctx.Done():
	}
	a.mu.Lock()
	rest := slices.Collect(maps.Values(a.transfers))
	a.mu.Unlock()
	slices.SortFunc(rest, func(x, y *transfer) int { return strings.Compare(string(x.request), string(y.request)) })
	limit, done := context.WithTimeout(ctx, partsIn)
	defer done()
	silent := map[*related]bool{} // a frame that keeps itself busy does not answer
	for _, x := range rest {
		if !x.answered() {
			continue
		}
		one, done := context.WithTimeout(limit, partIn)
		if silent[x.reader] {
			done()
		}
		body, why := a.remainder(one, x)
		silent[x.reader] = silent[x.reader] || one.Err() != nil
		done()
		a.write(x, body, why)
	}
}

// letArrive hears no new requests, and gives answers that are arriving a moment: a twentieth of what one
// answer of the browser may take, and a quarter where all that is missing is short, as an icon is.
func (a *Archive) letArrive(ctx context.Context) {
	began := time.Now()
	look := time.NewTicker(25 * time.Millisecond)
	defer look.Stop()
	for {
		arriving, long := a.arriving()
		share := time.Duration(4)
		if long {
			share = 20
		}
		if !arriving || time.Since(began) > a.limits.Record/share {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// arriving tells whether answers are, and whether one of them is long or does not say. Nothing new is
// heard from here on.
func (a *Archive) arriving() (some, long bool) {
	a.mu.Lock()
	a.closing = true
	var documents []transfer
	for _, x := range a.transfers {
		if x.ended || !x.answered() {
			continue
		}
		if x.kind == network.ResourceTypeDocument {
			documents = append(documents, transfer{request: x.request, frame: x.frame, kind: x.kind})
			continue
		}
		some, long = true, long || x.Last().Response == nil || !short(x.Last().Response)
	}
	a.mu.Unlock()
	for _, x := range documents {
		if !a.passed(&x) { // of one that the page went on from the end is not told
			some, long = true, true
		}
	}
	return some, long
}

func short(r *network.Response) bool {
	n := promised(r.Headers)
	return n > 0 && n <= soonBody
}

// noteGaps turns what the archive lacks into problems, and into lines of its own.
func (a *Archive) noteGaps() []wacz.Header {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := []wacz.Header{{Name: "exchanges", Value: fmt.Sprint(a.writer.Exchanges())}}
	var lacking []evidence.Said
	total := 0
	for why, n := range a.gaps {
		lines = append(lines, wacz.Header{Name: "not-recorded", Value: fmt.Sprintf("%d × %s", n, why)})
		if said, lacks := why.times(n); lacks {
			total += n
			lacking = append(lacking, said)
		}
	}
	slices.SortFunc(lacking, func(a, b evidence.Said) int { return strings.Compare(a.Detail, b.Detail) })
	sort.Slice(lines[1:], func(i, j int) bool { return lines[1+i].Value < lines[1+j].Value })
	if total > 0 {
		a.tab.Notes().Add(record.ProblemWACZIncomplete, evidence.Say("list", "{#n}: {list}", total, lacking))
	}
	if n, m := a.gaps[streaming], a.gaps[sockets]; n+m > 0 {
		a.tab.Notes().Add(record.ProblemStreams, evidence.Say("streams", "{#streams} × streams, {#sockets} × web sockets", n, m))
	}
	return lines
}

// Abandon gives up page.wacz, unless it is finished.
func (a *Archive) Abandon() {
	if a == nil {
		return
	}
	a.mu.Lock()
	a.ending = true
	a.mu.Unlock()
	a.pipe.CloseWithError(errAbandoned)
	a.writing.Lock()
	a.closed = true
	a.writing.Unlock()
	<-a.kept
}
