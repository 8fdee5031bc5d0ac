package tab

import (
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// Hear takes in one event. It runs in chromedp's loop: it must be quick, and
// must not call the browser.
func (t *Tab) Hear(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		t.requestSent(e)
	case *network.EventRequestWillBeSentExtraInfo:
		if n := t.extraFor(e.RequestID); n != nil {
			n.RawRequests = append(n.RawRequests, e.Headers)
		}
	case *network.EventResponseReceivedExtraInfo:
		if o := t.traffic.owned[e.RequestID]; o != nil {
			o.status = e.StatusCode
			return
		}
		if n := t.extraFor(e.RequestID); n != nil {
			n.RawResponses = append(n.RawResponses, e.Headers)
		}
	case *network.EventResponseReceived:
		t.answered(e)
	case *network.EventDataReceived:
		t.traffic.came(e.DataLength)
		return // too many to wake anybody
	case *network.EventWebSocketFrameSent:
		t.traffic.says(time.Now())
	case *network.EventWebSocketFrameReceived:
		t.traffic.heard = time.Now()
		t.traffic.last = t.traffic.heard
	case *network.EventLoadingFinished:
		t.finished(e.RequestID)
	case *network.EventLoadingFailed:
		t.loadingFailed(e)
	case *page.EventFrameRequestedNavigation:
		if e.FrameID == t.main {
			t.way.reason = e.Reason
		}
	case *page.EventFrameNavigated:
		if e.Frame.ParentID == "" {
			t.documentShown(e.Frame)
		}
	case *page.EventFrameDetached:
		t.frameGone(e.FrameID)
	case *page.EventNavigatedWithinDocument:
		if e.FrameID == t.main {
			t.shown.address = e.URL
		}
	case *page.EventDomContentEventFired: // somebody may wait for it
	case *page.EventLoadEventFired:
		t.shown.loaded = true
	case *page.EventFrameStoppedLoading:
		// No load event comes when loading ended with an address for another program.
		if e.FrameID == t.main && t.talk.programs > 0 && t.shown.frame != nil {
			t.shown.loaded = true
		}
	case *page.EventJavascriptDialogOpening:
		t.talk.asking = true
		if t.talk.notes != nil {
			t.dialog(e)
		}
	case *page.EventJavascriptDialogClosed:
		t.talk.asking = false
	case *page.EventWindowOpen:
		if t.talk.notes != nil {
			t.windowOpened(e)
		}
	case *fetch.EventRequestPaused:
		go t.held(e)
		return
	case *inspector.EventTargetCrashed:
		t.crashed = true
		t.die() // commands to a crashed page are never answered
	default:
		return
	}
	t.wake()
}

// answered takes in the beginning of an answer. The lock is held.
func (t *Tab) answered(e *network.EventResponseReceived) {
	if o := t.traffic.owned[e.RequestID]; o != nil {
		o.answer(e.Response)
		return
	}
	t.answeredBy(e.Response)
	switch n := t.way.of(e.RequestID); {
	case n != nil:
		n.Answer(e.Response, e.HasExtraInfo, t.now())
	case t.window && e.FrameID == t.main && e.Type == network.ResourceTypeDocument && string(e.LoaderID) == string(e.RequestID):
		t.answerAlone(e)
	default:
		t.traffic.refusal(e.RequestID, e.Type, e.Response.Status)
	}
}

// loadingFailed takes in the end of a request that failed. The lock is held.
func (t *Tab) loadingFailed(e *network.EventLoadingFailed) {
	if t.traffic.ownFailed(e) {
		return
	}
	if n := t.way.of(e.RequestID); n != nil {
		n.broken = e.ErrorText
		if n.Hops[len(n.Hops)-1].Response == nil || t.shown.frame == nil || t.shown.frame.LoaderID != n.loader {
			t.way.pending = false
		}
	} else if !e.Canceled && counts(e.Type) {
		t.traffic.failed(e.Type, e.ErrorText)
	}
	t.finished(e.RequestID)
}
