package tab

import (
	"context"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
)

// Hold keeps the document that the tab shows: what would lead on to another one is not sent. A page
// that goes on from itself without end, by no script, never stands long enough to be pictured. A
// tab that the person uses is not held.
func (t *Tab) Hold(ctx context.Context) error {
	if t.window {
		return nil
	}
	return Send(ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{
		{ResourceType: network.ResourceTypeDocument, RequestStage: fetch.RequestStageRequest},
	}})
}

// held answers for a document that is asked for while the tab is held. Those of frames go on.
func (t *Tab) held(e *fetch.EventRequestPaused) {
	ctx, cancel := context.WithTimeout(t.alive, t.limits.Record)
	defer cancel()
	// An error means that the request or the tab is gone.
	if e.FrameID == t.main {
		_ = Send(ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonAborted})
		return
	}
	_ = Send(ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
}
