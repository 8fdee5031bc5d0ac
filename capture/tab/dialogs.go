package tab

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"constat/capture/record"
	"constat/evidence"
)

// How many dialogs are dismissed before a page's scripts are stopped, how many more may come until
// they are, and what is kept of the text of one. The browser stops a script once that has done so
// much, however long it takes for it: a loop around nothing but a dialog has opened 572 by then.
const (
	maxDialogs    = 10
	maxFlood      = 2000
	maxDialogText = 2000
)

// flood is one dialog after the other, and how the page's scripts are stopped.
type flood struct {
	over  chan struct{} // closed when they are, or will not be
	stop  context.CancelFunc
	still *time.Timer // stops it when no further dialog comes
}

// talk is what the page asked of the person, who is not there, and what was noted of it.
type talk struct {
	notes     *record.Notes // nil in a window as long as nothing is kept
	dialogs   int
	windows   int
	downloads int
	programs  int
	asking    bool               // a dialog waits for an answer
	silenced  bool               // no script runs any more
	flood     *flood             // nil: there was none
	opened    map[target.ID]bool // what was open when keeping began
}

// dialog answers a dialog, which blocks the page until then. The answer is a
// command, so it is given outside of chromedp's loop.
func (t *Tab) dialog(e *page.EventJavascriptDialogOpening) {
	t.talk.dialogs++
	leaving := e.Type == page.DialogTypeBeforeunload && !t.window // a page that is being kept is not left
	if t.talk.dialogs <= maxDialogs && !leaving {
		t.talk.notes.Add(record.ProblemDialog, said(e))
	}
	silence := func() {}
	switch f := t.talk.flood; {
	case t.talk.dialogs == maxDialogs+1:
		t.talk.notes.Add(record.ProblemScriptStopped, evidence.Say("dialogs", "more than {#n} dialogs", maxDialogs))
		silence = t.flooded()
	case f != nil && t.talk.dialogs < maxFlood:
		f.still.Reset(t.limits.Record)
	case f != nil:
		f.stop()
	}
	go func() {
		ctx, cancel := context.WithTimeout(t.alive, t.limits.Record)
		defer cancel()
		// An error means that the dialog or the tab is gone.
		_ = Send(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: leaving})
		silence()
	}()
}

// said is what a dialog asks.
func said(e *page.EventJavascriptDialogOpening) evidence.Said {
	text := evidence.Shorten(e.Message, maxDialogText)
	switch e.Type {
	case page.DialogTypeAlert:
		return evidence.Say("dialog-message", "alert: {text}", text)
	case page.DialogTypeConfirm:
		return evidence.Say("dialog-question", "confirm: {text}", text)
	case page.DialogTypePrompt:
		return evidence.Say("dialog-entry", "prompt: {text}", text)
	case page.DialogTypeBeforeunload:
		return evidence.Say("dialog-leaving", "beforeunload: {text}", text)
	}
	return evidence.Say("", "{type}: {text}", e.Type, text)
}

// flooded returns what silences a page that floods. The limit begins anew with every dialog that
// comes: as long as one does the browser is at work.
func (t *Tab) flooded() (silence func()) {
	ctx, stop := context.WithCancel(t.alive)
	f := &flood{over: make(chan struct{}), stop: stop, still: time.AfterFunc(t.limits.Record, stop)}
	t.talk.flood = f
	return func() {
		defer close(f.over)
		defer stop()
		_ = t.Silence(ctx)
	}
}

// Ebb waits until a flood of dialogs is over, if there is one. The page cannot be pictured before.
func (t *Tab) Ebb(ctx context.Context) {
	t.mu.Lock()
	f := t.talk.flood
	t.mu.Unlock()
	if f == nil {
		return
	}
	select {
	case <-f.over:
	case <-ctx.Done():
	case <-t.lost:
	}
}

// Silence ends a running script and lets the page start no other, so that a page that keeps itself
// busy can be pictured. Scripts are forbidden when the page comes to look at what it is told, so what
// runs is ended until it has: a script that begins again and again may be quicker.
func (t *Tab) Silence(ctx context.Context) error {
	t.mu.Lock()
	t.talk.silenced = true
	t.mu.Unlock()
	forbidden := make(chan error, 1)
	go func() {
		forbidden <- Send(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}()
	ended, stop := context.WithCancel(ctx)
	defer stop()
	var open atomic.Int32
	again := time.NewTicker(Quiet)
	defer again.Stop()
	for {
		open.Add(1)
		go func() {
			if Send(ended, runtime.TerminateExecution, cdp.Empty{}) == nil {
				open.Add(-1)
			}
		}()
		select {
		case err := <-forbidden:
			if open.Load() > 0 && err == nil {
				// Where no script ran the next one is ended, and that may be a question of ours.
				_ = Send(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "0"})
			}
			return err
		case <-again.C:
		}
	}
}

// Silenced tells that no script of the page runs any more.
func (t *Tab) Silenced() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.talk.silenced
}
