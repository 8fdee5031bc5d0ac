package names

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"

	"constat/evidence"
)

// category is the browser's net log among its traces, without cookies and credentials. There is
// a "disabled-by-default-netlog.sensitive", too, which is none of ours.
const category = "netlog"

// Bounds on the log of the resolver. The browser keeps its beginning, where the page's own answer
// is, and drops what no longer fits; what it tells is about twice as large.
const (
	bufferSize   = 2 << 10         // kilobytes, in the browser
	maxKept      = 4 << 20         // bytes that are kept until they are read
	startIn      = time.Second     // until the browser logs; a capture goes on without
	tellIn       = 2 * time.Second // until it has told
	maxNames     = 40              // hosts
	maxAddresses = 32              // of one host
	maxAliases   = 16
	maxHost      = 255
)

// Log listens to what the browser's resolver does from before a page is asked for until it has loaded.
// Nothing of it is written to a file. A nil one says nothing.
type Log struct {
	root    context.Context
	started chan struct{} // closed when the browser logs, or will not
	refused error
	ended   chan struct{} // closed when all has come, or will not
	once    sync.Once

	mu     sync.Mutex
	events [][]byte
	size   int
	lost   bool // more happened than is kept
	whole  chan struct{}
}

// Begin asks the browser to begin. It waits for nothing. A browser that has no tab yet may never
// answer.
func Begin(root context.Context) *Log {
	l := &Log{root: root, started: make(chan struct{}), ended: make(chan struct{}), whole: make(chan struct{})}
	go func() {
		defer close(l.started)
		ctx, done := context.WithTimeout(root, startIn)
		defer done()
		if l.refused = chromedp.ListenBrowser(root, l.hear); l.refused != nil {
			return
		}
		_, l.refused = chromedp.CallBrowser(ctx, tracing.Start, tracing.StartParams{
			TransferMode: tracing.StartTransferModeReportEvents,
			TraceConfig: &tracing.TraceConfig{
				RecordMode: tracing.TraceConfigRecordModeRecordUntilFull, TraceBufferSizeInKb: bufferSize,
				IncludedCategories: []string{category}, ExcludedCategories: []string{"*"},
			},
		})
	}()
	return l
}

// Ready waits until the browser logs, and not longer than it may take to say so.
func (l *Log) Ready(ctx context.Context) {
	if l == nil {
		return
	}
	select {
	case <-l.started:
	case <-ctx.Done():
	}
}

// hear takes in what the browser tells at the end; all but the resolver's events is dropped unread.
func (l *Log) hear(event any) {
	switch e := event.(type) {
	case *tracing.EventDataCollected:
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, one := range e.Value {
			if !bytes.Contains(one, []byte(`"HOST_RESOLVER_`)) {
				continue
			}
			if l.size += len(one); l.size > maxKept {
				l.lost = true
				return
			}
			l.events = append(l.events, bytes.Clone(one))
		}
	case *tracing.EventTracingComplete:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.lost = l.lost || e.DataLossOccurred
		select {
		case <-l.whole: // one is enough
		default:
			close(l.whole)
		}
	}
}

// End asks the browser to stop and to tell; it waits for nothing.
func (l *Log) End() {
	if l == nil {
		return
	}
	l.once.Do(func() {
		go func() {
			defer close(l.ended)
			ctx, done := context.WithTimeout(l.root, tellIn)
			defer done()
			<-l.started
			if l.refused != nil {
				return
			}
			if _, l.refused = chromedp.CallBrowser(ctx, tracing.End, cdp.Empty{}); l.refused != nil {
				return
			}
			select {
			case <-l.whole:
			case <-ctx.Done():
				l.refused = context.Cause(ctx)
			}
		}()
	})
}

// Answers are the resolver's for the hosts, in their order, and why some may be missing.
func (l *Log) Answers(ctx context.Context, hosts []string) (_ []evidence.NameAnswer, why evidence.Said) {
	if l == nil {
		return nil, evidence.Say("not-observed", "not observed")
	}
	l.End()
	select {
	case <-l.ended:
	case <-ctx.Done():
		return nil, evidence.Say("time-up", "time was up")
	}
	if l.refused != nil {
		return nil, evidence.Say("told-nothing", "the browser told nothing: {why}", refusal(l.refused))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	found := resolved(l.events)
	var list []evidence.NameAnswer
	for _, host := range hosts {
		if a, ok := found[host]; ok && len(list) < maxNames {
			list = append(list, a)
		}
	}
	if l.lost {
		return list, evidence.Say("log-full", "the browser's log was full")
	}
	return list, evidence.Say("not-told", "the browser's resolver told nothing of it")
}

func refusal(err error) evidence.Said {
	if err.Error() == context.DeadlineExceeded.Error() {
		return evidence.Say("deadline", "context deadline exceeded")
	}
	return evidence.Say("", "{why}", evidence.Shorten(err.Error(), 100))
}
