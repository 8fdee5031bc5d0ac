package tab

import (
	"context"
	"errors"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"constat/capture/record"
	"constat/evidence"
)

// How many dialogs are dismissed before a page's scripts are stopped, and what is kept of the text of one.
const (
	maxDialogs    = 10
	maxDialogText = 2000
)

// talk is what the page asked of the person, who is not there, and what was noted of it.
type talk struct {
	notes     *record.Notes // nil in a window as long as nothing is kept
	dialogs   int
	windows   int
	downloads int
	programs  int
	asking    bool               // a dialog waits for an answer
	silenced  bool               // no script runs any more
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
	flood := t.talk.dialogs == maxDialogs+1
	if flood {
		t.talk.notes.Add(record.ProblemScriptStopped, evidence.Say("dialogs", "more than {#n} dialogs", maxDialogs))
	}
	go func() {
		ctx, cancel := context.WithTimeout(t.alive, t.limits.Record)
		defer cancel()
		// An error means that the dialog or the tab is gone.
		_ = Send(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: leaving})
		if flood {
			_ = t.Silence(ctx)
		}
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

// Silence ends a running script and lets the page start no other, so that a
// page that keeps itself busy can be pictured.
func (t *Tab) Silence(ctx context.Context) error {
	t.mu.Lock()
	t.talk.silenced = true
	t.mu.Unlock()
	return errors.Join(
		Send(ctx, runtime.TerminateExecution, cdp.Empty{}),
		Send(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
}

// Silenced tells that no script of the page runs any more.
func (t *Tab) Silenced() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.talk.silenced
}
