package capture

import (
	"context"
	"sync"
	"time"

	"constat/evidence"
)

// defaultIdle is how long a browser that was started ahead waits for a capture.
const defaultIdle = 5 * time.Minute

// warmAnswer is how long a browser that waited may take for a sign of life.
const warmAnswer = 2 * time.Second

// Warmer keeps one empty browser ready for the next capture of any [Recorder] that has
// it in its [Config]: never more than one. The browser is what a capture would start
// by itself, in a private folder of its own, and shows nothing. It serves one capture and
// ends with it; without one it ends after [Warmer.Idle], with [Warmer.End], or with this
// program. The zero value is ready for use, and safe for concurrent use.
type Warmer struct {
	// Idle is set before the first use; zero means five minutes.
	Idle time.Duration

	mu   sync.Mutex
	next *waiting
}

// waiting is one browser from its start to the moment when a capture takes it.
type waiting struct {
	kind    string // a capture that needs another kind starts its own
	wanted  context.Context
	end     context.CancelFunc
	idle    *time.Timer   // ends it; runs from when it answers
	taken   chan struct{} // closed when a capture has it
	started chan struct{} // closed when it answers, or does not start
	gone    chan struct{} // closed when nothing of it is left, or it was taken
	browser *browser
	err     error
}

// Warm starts an empty browser for the next capture, if none is ready yet, and returns when
// it answers; its idle time begins anew. When the context ends, Warm returns and the
// browser starts all the same: only [Warmer.End] takes it back. The error is that of a capture whose
// browser does not start; it can be ignored, because a capture then starts its own. Without a
// [Config.Warmer] nothing happens.
func (r *Recorder) Warm(ctx context.Context) error {
	if r.config.Warmer == nil || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	one := r.config.Warmer.begin(r)
	select {
	case <-one.started:
		return one.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin returns the browser that waits, or starts one.
func (w *Warmer) begin(r *Recorder) *waiting {
	req := withDefaults(evidence.Request{})
	kind := r.kind(req)
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.next
	if before != nil {
		if before.kind == kind && !before.over() {
			if before.idle != nil {
				before.idle.Reset(w.limit())
			}
			return before
		}
		before.end()
	}
	one := &waiting{kind: kind, taken: make(chan struct{}), started: make(chan struct{}), gone: make(chan struct{})}
	one.wanted, one.end = context.WithCancel(context.Background())
	w.next = one
	go func() {
		defer close(one.gone)
		defer one.end()
		if before != nil {
			<-before.gone // never two
		}
		w.keep(r, one, req)
	}()
	return one
}

func (w *Warmer) limit() time.Duration {
	if w.Idle > 0 {
		return w.Idle
	}
	return defaultIdle
}

// over tells a browser that has ended or is about to; a capture would not get it. The lock is held.
func (one *waiting) over() bool {
	if one.wanted.Err() != nil {
		return true
	}
	select {
	case <-one.started:
		return one.err != nil || one.browser.Lost()
	default:
		return false
	}
}

// keep starts the browser and returns when it has been taken, or nothing of it is left.
func (w *Warmer) keep(r *Recorder, one *waiting, req evidence.Request) {
	b, err := r.startWithTab(one.wanted, req)
	w.mu.Lock()
	one.browser, one.err = b, err
	if err == nil {
		one.idle = time.AfterFunc(w.limit(), one.end)
		defer one.idle.Stop()
	}
	close(one.started)
	w.mu.Unlock()
	if err == nil {
		select {
		case <-one.wanted.Done():
		case <-one.taken:
		case <-b.Gone():
		}
	}
	if w.release(one) && err == nil {
		_ = b.Close() // what stays of its folder is for the next Sweep
	}
}

// release takes a browser off the list and reports whether it still belongs to the
// Warmer, which then ends it.
func (w *Warmer) release(one *waiting) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == one {
		w.next = nil
	}
	select {
	case <-one.taken:
		return false
	default:
		return true
	}
}

// take hands over the browser that waits, or is about to answer; nil if there is none
// that does. From then on the caller ends it.
func (w *Warmer) take(ctx context.Context, kind string) *browser {
	if w == nil {
		return nil
	}
	for {
		w.mu.Lock()
		one := w.next
		if one == nil || one.kind != kind {
			w.mu.Unlock()
			return nil
		}
		select {
		case <-one.started:
			w.next = nil
			if one.err == nil {
				close(one.taken)
			}
			w.mu.Unlock()
			return one.browser
		default:
			w.mu.Unlock()
		}
		select {
		case <-one.started:
		case <-ctx.Done():
			return nil
		}
	}
}

// End ends the browser that waits, or is being started, and returns when nothing of it is
// left. A browser that a capture has taken is not touched. A later [Recorder.Warm] starts another.
func (w *Warmer) End() {
	w.mu.Lock()
	one := w.next
	w.mu.Unlock()
	if one != nil {
		one.end()
		<-one.gone
	}
}
