package capture

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"constat/capture/wacz"
	"constat/evidence"
)

// archive is page.wacz while it is written: from the browser's stops through a
// pipe into the sink.
type archive struct {
	session    *session
	connection context.Context // of the browser
	whole      context.Context
	limits     Limits
	now        func() time.Time
	bodyTime   time.Duration
	slots      chan struct{} // for bodies being read
	large      chan struct{} // for a large one

	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when ending and none is running
	ending  bool
	asked   map[string]bool // documents that were asked for again
	gaps    map[gap]int
	left    map[[2]string]int

	// writing guards the writer, which must not make a stop wait.
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

// archiveSoftware names what writes the archive; the version is in the manifest.
const archiveSoftware = "constat"

var errAbandoned = errors.New("the capture was given up")

// beginArchive starts recording. When the browser refuses, the capture goes on
// without page.wacz and says so.
func (t *taking) beginArchive(whole, connection context.Context) error {
	a := &archive{
		session: t.session, connection: connection, whole: whole, limits: t.limits, now: t.now,
		bodyTime: min(10*time.Second, t.limits.Load/3),
		slots:    make(chan struct{}, maxBodies), large: make(chan struct{}, 1),
		idle: make(chan struct{}), asked: map[string]bool{}, gaps: map[gap]int{}, left: map[[2]string]int{},
		kept: make(chan struct{}),
	}
	reader, pipe := io.Pipe()
	a.pipe, a.buffer = pipe, bufio.NewWriterSize(pipe, 64<<10)
	go func() {
		defer close(a.kept)
		a.put, a.err = t.sink.Put(t.caller, evidence.Artifact{
			Name: evidence.WACZName, Role: evidence.Original, MediaType: "application/wacz",
		}, reader)
		reader.CloseWithError(errAbandoned) // a sink that failed reads no further
	}()
	t.archive = a
	var err error
	if a.writer, err = wacz.NewWriter(a.buffer, wacz.Options{
		Software: archiveSoftware, Created: t.now(), Random: rand.Reader,
	}); err != nil {
		return fmt.Errorf("capture: keep %s: %w", evidence.WACZName, err)
	}
	limit, done := within(whole, connection, t.limits.Record)
	defer done()
	err = errors.Join(chromedp.ListenBrowser(connection, a.hear), chromedp.Listen(t.tab, a.hearTab))
	if err == nil {
		_, err = chromedp.CallBrowser(limit, fetch.Enable, fetch.EnableParams{
			Patterns: []*fetch.RequestPattern{{URLPattern: "*", RequestStage: fetch.RequestStageResponse}},
		})
	}
	if err != nil {
		t.abandonArchive()
		t.problem(ProblemNoWACZ, "%s", t.why(err))
	}
	return nil
}

// hear runs in chromedp's loop: it must not wait.
func (a *archive) hear(event any) {
	e, ok := event.(*fetch.EventRequestPaused)
	if !ok {
		return
	}
	a.mu.Lock()
	ending := a.ending
	if !ending {
		a.running++
	}
	a.mu.Unlock()
	if ending {
		go a.proceed(e)
		return
	}
	go a.paused(e)
}

// leave is called at the end of every stop.
func (a *archive) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running--
	if a.ending && a.running == 0 {
		close(a.idle)
	}
}

// add writes an exchange. A full or broken archive takes no more.
func (a *archive) add(x wacz.Exchange, why gap) {
	if len(x.URL) > maxRecordedURL {
		a.missing(longAddress)
		return
	}
	if why != "" {
		a.missing(why)
	}
	if x.PostedCut {
		a.missing(postedCut)
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	if a.closed || a.broken != nil {
		return
	}
	if err := a.writer.Add(x); errors.Is(err, wacz.ErrFull) {
		a.missing(overfull)
	} else if err != nil {
		a.broken = err
	}
}

func (a *archive) missing(why gap) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gaps[why]++
}

// finishArchive waits a moment for what is under way, and closes the package.
func (t *taking) finishArchive(ctx context.Context) error {
	a := t.archive
	if a == nil {
		return nil
	}
	a.end(ctx)
	t.archive = nil
	a.writing.Lock()
	defer a.writing.Unlock()
	a.closed = true
	if a.broken == nil {
		p := t.archivedPage()
		a.broken = errors.Join(a.writer.Note(p.URL, p.Date, t.noteGaps(a)), a.writer.Close(p), a.buffer.Flush())
	}
	a.pipe.CloseWithError(a.broken) // nil ends the stream
	<-a.kept
	if a.err != nil || a.broken != nil {
		return fmt.Errorf("capture: keep %s: %w", evidence.WACZName, errors.Join(a.err, a.broken))
	}
	t.capture.Artifacts = append(t.capture.Artifacts, a.put)
	t.capture.Redactions = append(t.capture.Redactions, redactions(a.left)...)
	return nil
}

// end takes no new stops and waits for those that are under way.
func (a *archive) end(ctx context.Context) {
	a.mu.Lock()
	a.ending = true
	if a.running == 0 {
		close(a.idle)
	}
	a.mu.Unlock()
	limit, stop := context.WithTimeout(ctx, finishArchiveIn)
	defer stop()
	select {
	case <-a.idle:
	case <-a.session.lost:
	case <-limit.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running > 0 {
		a.gaps[late] += a.running
	}
}

// noteGaps turns what the archive lacks into problems, and into lines of its own.
func (t *taking) noteGaps(a *archive) []wacz.Header {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := []wacz.Header{{Name: "exchanges", Value: fmt.Sprint(a.writer.Exchanges())}}
	var names []string
	total := 0
	for why, n := range a.gaps {
		lines = append(lines, wacz.Header{Name: "not-recorded", Value: fmt.Sprintf("%d × %s", n, why)})
		if why == streaming || why == sockets {
			continue
		}
		total += n
		names = append(names, fmt.Sprintf("%d × %s", n, why))
	}
	sort.Strings(names)
	sort.Slice(lines, func(i, j int) bool { return lines[i].Value < lines[j].Value })
	if total > 0 {
		t.problem(ProblemWACZIncomplete, "%d: %s", total, strings.Join(names, ", "))
	}
	if n, m := a.gaps[streaming], a.gaps[sockets]; n+m > 0 {
		t.problem(ProblemStreams, "%d × %s, %d × %s", n, streaming, m, sockets)
	}
	return lines
}

// archivedPage is what a player opens: the address of the document as it was
// asked for last, and when it came.
func (t *taking) archivedPage() wacz.Page {
	p := wacz.Page{URL: t.capture.Page.FinalAddress, Title: t.capture.Page.Title, Date: t.capture.Started.UTC}
	if h := t.answered(); h != nil {
		p.URL, p.Date = withoutUser(h.url), h.at
	}
	p.URL, _, _ = strings.Cut(p.URL, "#")
	return p
}

// abandonArchive gives up page.wacz.
func (t *taking) abandonArchive() {
	a := t.archive
	if a == nil {
		return
	}
	t.archive = nil
	a.mu.Lock()
	if !a.ending {
		a.ending = true
		if a.running == 0 {
			close(a.idle)
		}
	}
	a.mu.Unlock()
	a.pipe.CloseWithError(errAbandoned)
	a.writing.Lock()
	a.closed = true
	a.writing.Unlock()
	<-a.kept
}
