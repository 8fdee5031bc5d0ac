package archive

import (
	"context"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// followShared follows workers that several pages can share. They belong to no tab but to the
// browser, which tells of them only in sessions that chromedp does not hear. Such a one holds the
// worker at its beginning, while another is opened that the browser's session carries as text.
func (a *Archive) followShared(ctx context.Context) error {
	browser := &related{caller: chromedp.FromContext(a.tab.Context()).Browser, kind: "browser"}
	held := map[target.ID]bool{} // until the other session is there
	err := chromedp.ListenBrowser(a.tab.Context(), func(event any) {
		switch e := event.(type) {
		case *target.EventAttachedToTarget:
			id := e.TargetInfo.TargetID
			switch {
			case e.TargetInfo.Type != "shared_worker":
			case held[id]:
				delete(held, id)
				a.attached(browser, e)
			default:
				held[id] = true
				go a.attach(browser, e.SessionID, id)
			}
		case *target.EventDetachedFromTarget, *target.EventReceivedMessageFromTarget:
			a.hear(browser, event)
		}
	})
	if err != nil {
		return err
	}
	how, flat := follow(), true
	how.Flatten, how.Filter = &flat, target.Filter{{Type: "shared_worker"}, {Exclude: true}}
	_, err = chromedp.CallBrowser(ctx, target.SetAutoAttach, how)
	return err
}

// attach opens the session that is listened to. If there is none, the worker goes on without.
func (a *Archive) attach(browser *related, held target.SessionID, id target.ID) {
	ctx, done := context.WithTimeout(a.tab.Alive(), a.limits.Record)
	defer done()
	if browser.call(ctx, target.CommandAttachToTarget, target.AttachToTargetParams{TargetID: id}, nil) == nil {
		return
	}
	// An error means that the worker is gone, and was not lacking.
	if browser.call(ctx, target.CommandDetachFromTarget, target.DetachFromTargetParams{SessionID: held}, nil) == nil {
		a.missing(notFollowed)
	}
}
