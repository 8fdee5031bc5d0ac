package tab

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"constat/capture/record"
	"constat/evidence"
)

const maxFailureKinds = 20

// traffic is what goes to and fro.
type traffic struct {
	inflight map[network.RequestID]cdp.FrameID // the frame that waits for it
	last     time.Time
	received int64
	sent     int // requests that were begun
	failures map[failure]int
	refused  map[network.RequestID]bool // answers that count as failures: one may be told of by two sessions
	asking   *Own                       // what is being asked for beside the page
	owned    map[network.RequestID]*Own
	said     time.Time // when the page last sent something over a web socket, and when something last came
	heard    time.Time
	open     time.Time // when the page sent the first of those messages that nothing has come since
}

// says takes in what the page sends over a web socket. What got no answer for long gets none.
func (f *traffic) says(now time.Time) {
	if !f.said.After(f.heard) || now.Sub(f.said) > answers {
		f.open = now
	}
	f.said = now
}

// unanswered is how much longer an answer is waited for at an edge that was reached at a time: a page that sends
// something again and again is waited for no longer than one that sends something once.
func (f *traffic) unanswered(began, now time.Time) time.Duration {
	if !f.said.After(f.heard) {
		return 0
	}
	from := began
	if f.open.After(from) {
		from = f.open
	}
	return answers - max(now.Sub(from), now.Sub(f.said))
}

func (f *traffic) came(bytes int64) {
	f.received += bytes
	f.last = time.Now()
}

// failure is what of a page did not come, and the browser's code or the answer's status.
type failure struct {
	of  network.ResourceType
	why string
}

func (f *traffic) failed(of network.ResourceType, why string) {
	one := failure{of, why}
	if _, known := f.failures[one]; known || len(f.failures) < maxFailureKinds {
		f.failures[one]++
	}
}

// times says how often.
func (f failure) times(n int) evidence.Said {
	switch f.of {
	case network.ResourceTypeImage:
		return evidence.Say("missing-picture", "{#n} × Image {why}", n, f.why)
	case network.ResourceTypeStylesheet:
		return evidence.Say("missing-style", "{#n} × Stylesheet {why}", n, f.why)
	case network.ResourceTypeFont:
		return evidence.Say("missing-font", "{#n} × Font {why}", n, f.why)
	case network.ResourceTypeDocument:
		return evidence.Say("missing-frame", "{#n} × Document {why}", n, f.why)
	case network.ResourceTypeScript:
		return evidence.Say("missing-script", "{#n} × Script {why}", n, f.why)
	case network.ResourceTypeMedia:
		return evidence.Say("missing-film", "{#n} × Media {why}", n, f.why)
	case network.ResourceTypeXHR, network.ResourceTypeFetch:
		return evidence.Say("missing-answer", "{#n} × answer to a script {why}", n, f.why)
	}
	return evidence.Say("", "{#n} × {of} {why}", n, f.of, f.why)
}

// anew forgets what the document before missed: it is not missing in the next.
func (f *traffic) anew() {
	clear(f.failures)
	clear(f.inflight)
	f.last = time.Now()
}

// finished is the end of a request. The lock is held.
func (t *Tab) finished(id network.RequestID) {
	delete(t.way.early, id)
	if _, waited := t.traffic.inflight[id]; waited {
		delete(t.traffic.inflight, id)
		t.traffic.last = time.Now()
	}
}

// frameGone forgets what a frame was waiting for: it was taken away, or went on in a process
// of its own, whose requests are not told to the page's.
func (t *Tab) frameGone(id cdp.FrameID) {
	for request, frame := range t.traffic.inflight {
		if frame == id {
			t.finished(request)
		}
	}
}

// Forget is told of requests of which nothing more will come, because what waited for them has ended.
func (t *Tab) Forget(requests ...network.RequestID) {
	if len(requests) == 0 {
		return
	}
	t.mu.Lock()
	for _, id := range requests {
		t.finished(id)
	}
	t.mu.Unlock()
	t.wake()
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

// refused tells what leaves a gap when a server refuses it: also what a script asks for, of which the
// content of a page is often made, and films. That such a request broke off says nothing: scripts give
// up their own.
func refused(t network.ResourceType) bool {
	switch t {
	case network.ResourceTypeXHR, network.ResourceTypeFetch, network.ResourceTypeMedia:
		return true
	}
	return counts(t)
}

// Refused is told of a refusal that came in another session: in a frame of another site.
func (t *Tab) Refused(id network.RequestID, of network.ResourceType, status int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.traffic.refusal(id, of, status)
}

// maxRefused bounds what is remembered of refusals.
const maxRefused = 10_000

func (f *traffic) refusal(id network.RequestID, of network.ResourceType, status int64) {
	if status < 400 || !refused(of) || f.refused[id] {
		return
	}
	if f.refused == nil {
		f.refused = map[network.RequestID]bool{}
	}
	if len(f.refused) < maxRefused {
		f.refused[id] = true
	}
	f.failed(of, strconv.FormatInt(status, 10))
}

// Received is the number of bytes that the page had so far.
func (t *Tab) Received() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.traffic.received
}

// Traffic is the bytes received so far and the requests that failed.
func (t *Tab) Traffic() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.traffic.received
	for _, count := range t.traffic.failures {
		n += int64(count)
	}
	return n
}

// Hush waits until no request has been under way for a while, or a limit is over.
func (t *Tab) Hush(ctx context.Context, silence, limit time.Duration) {
	by, began := time.Now().Add(limit), time.Now()
	for time.Now().Before(by) && ctx.Err() == nil {
		v := t.look()
		since := began
		if v.traffic.After(since) {
			since = v.traffic
		}
		wait := time.Until(by)
		if v.inflight == 0 {
			left := silence - time.Since(since)
			if left <= 0 {
				return
			}
			wait = min(wait, left)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.lost:
			timer.Stop()
			return
		case <-t.poke:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Waiting are the requests that are under way.
func (t *Tab) Waiting() map[network.RequestID]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[network.RequestID]bool{}
	for id := range t.traffic.inflight {
		all[id] = true
	}
	return all
}

// answers is how long an answer over a web socket is waited for: much of what is sent over one gets none.
const answers = 5 * time.Second

// Edge waits where more may be loaded, until nothing that was asked for since has been under way for a while, or a
// limit is over: then it tells how many requests had not ended, and how many were begun. Those that were under way
// before are not waited for.
func (t *Tab) Edge(ctx context.Context, before map[network.RequestID]bool, silence, limit time.Duration) (waiting, begun int) {
	began := time.Now()
	t.mu.Lock()
	sent := t.traffic.sent
	t.mu.Unlock()
	for by := began.Add(limit); ; {
		t.mu.Lock()
		waiting = 0
		for id := range t.traffic.inflight {
			if !before[id] {
				waiting++
			}
		}
		since := began
		if t.traffic.last.After(since) {
			since = t.traffic.last
		}
		left := silence - time.Since(since)
		left = max(left, t.traffic.unanswered(began, time.Now()))
		begun = t.traffic.sent - sent
		t.mu.Unlock()
		wait := time.Until(by)
		if waiting == 0 {
			if left <= 0 {
				return 0, 0
			}
			wait = min(wait, left)
		}
		if wait <= 0 || ctx.Err() != nil {
			return waiting, begun
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.lost:
			timer.Stop()
			return waiting, begun
		case <-t.poke:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// NoteFailures turns what failed to load into a problem. It is called at the
// end, when everything that was going to fail has.
func (t *Tab) NoteFailures() {
	t.mu.Lock()
	defer t.mu.Unlock()
	var missing []evidence.Said
	total := 0
	for one, n := range t.traffic.failures {
		total += n
		missing = append(missing, one.times(n))
	}
	slices.SortFunc(missing, func(a, b evidence.Said) int { return strings.Compare(a.Detail, b.Detail) })
	if n := len(t.traffic.inflight); n > 0 && t.shown.loaded {
		total += n
		missing = append(missing, evidence.Say("missing-unfinished", "{#n} × not finished", n))
	}
	if total > 0 {
		t.talk.notes.Add(record.ProblemResourceFailed, evidence.Say("list", "{#n}: {list}", total, missing))
	}
}
