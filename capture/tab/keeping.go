package tab

import (
	"context"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// Borrow makes a tab of the person's the program's for a while: it takes no input, its dialogs are
// dismissed, and what happens is noted.
func (t *Tab) Borrow(ctx context.Context) *record.Notes {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	opened := map[target.ID]bool{}
	if list, err := chromedp.CallBrowser(limit, target.GetTargets, target.GetTargetsParams{}); err == nil {
		for _, one := range list.TargetInfos {
			opened[one.TargetID] = true
		}
	}
	notes := &record.Notes{}
	t.mu.Lock()
	asking := t.talk.asking
	t.talk = talk{notes: notes, opened: opened, asking: asking, silenced: t.talk.silenced}
	if asking { // what it asks was for the person, and is not known here
		t.talk.dialogs++
		notes.Add(record.ProblemDialog, evidence.Said{})
	}
	t.mu.Unlock()
	if asking {
		_ = Send(limit, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
	}
	_ = Send(limit, input.SetIgnoreInputEvents, input.SetIgnoreInputEventsParams{Ignore: true})
	return notes
}

// GiveBack gives the tab back to the person. An error of the browser's means that the tab is gone,
// or busy with itself.
func (t *Tab) GiveBack(ctx context.Context) {
	_ = Send(ctx, input.SetIgnoreInputEvents, input.SetIgnoreInputEventsParams{Ignore: false})
	t.mu.Lock()
	silenced := t.talk.silenced
	t.talk.notes, t.talk.silenced = nil, false
	t.mu.Unlock()
	if silenced {
		_ = Send(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	}
}

// Complete takes over whether the document that is shown has loaded by what the page says, and
// tells what is known.
func (t *Tab) Complete(yes bool) (loaded bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shown.loaded = t.shown.loaded || yes
	return t.shown.loaded
}

// Came tells a page of the web from an error of the browser's own.
func (t *Tab) Came(address string) error {
	t.mu.Lock()
	frame := t.shown.frame
	t.mu.Unlock()
	if frame == nil {
		return ErrNoPage
	}
	n, _ := t.Document()
	if n != nil {
		return t.errorPage(address)
	}
	if frame.UnreachableURL != "" {
		return networkError("net::ERR_FAILED", address)
	}
	return nil
}

// Document is the request that the shown document came with, without the steps that led
// there, which belong to the person's way; how many those were. It is nil when that is not known.
func (t *Tab) Document() (*Navigation, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range slices.Backward(t.way.navigations) {
		if t.shown.frame == nil || n.loader != t.shown.frame.LoaderID || len(n.Hops) == 0 {
			continue
		}
		before := len(n.Hops) - 1
		raw := 0
		for _, h := range n.Hops[:before] {
			if h.Raw {
				raw++
			}
		}
		one := *n
		one.Reason = ""
		one.Hops = slices.Clone(n.Hops[before:])
		one.RawRequests = slices.Clone(n.RawRequests[min(raw, len(n.RawRequests)):])
		one.RawResponses = slices.Clone(n.RawResponses[min(raw, len(n.RawResponses)):])
		return &one, before
	}
	return nil, 0
}

// Activity is when something happened last in a tab of a window.
func (t *Tab) Activity() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.shown.at
}

// answerAlone takes an answer whose request went out before we listened; the lock is held.
func (t *Tab) answerAlone(e *network.EventResponseReceived) {
	n := t.way.takeEarly(e.RequestID)
	n.loader, n.request = e.LoaderID, e.RequestID
	n.Hops = []exchange.Hop{{URL: e.Response.URL, Headers: e.Response.RequestHeaders}}
	n.Answer(e.Response, e.HasExtraInfo, t.now())
	t.way.navigations = append(t.way.navigations, n)
}

// forgetBefore drops the way to the document that is shown now; the lock is held.
func (t *Tab) forgetBefore(shown cdp.LoaderID) {
	t.shown.at, t.traffic.received = time.Now(), 0
	t.hosts.secure, t.hosts.more = nil, false
	w := &t.way
	for i, n := range w.navigations {
		if n.loader == shown {
			w.navigations = slices.Clone(w.navigations[i:])
			if h := n.Last(); h != nil {
				t.answeredBy(h.Response)
			}
			return
		}
	}
	if last := len(w.navigations) - 1; last > 0 {
		w.navigations = slices.Clone(w.navigations[last:])
	}
}
