package tab

import (
	"context"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// maxOpened bounds the windows, the downloads and the programs that are kept as facts.
const maxOpened = 10

// windowOpened keeps a window that the page opened as a fact, and closes it. The
// lock is held; closing is done outside of chromedp's loop.
func (t *Tab) windowOpened(e *page.EventWindowOpen) {
	t.talk.windows++
	switch {
	case t.talk.windows <= maxOpened:
		t.talk.notes.Add(record.ProblemPopup, evidence.Say("", "{address}", evidence.Shorten(exchange.WithoutUser(e.URL), MaxAddress)))
	case t.talk.windows == maxOpened+1:
		t.talk.notes.Add(record.ProblemPopup, evidence.Say("more-than", "more than {#n}", maxOpened))
	}
	go t.closeOthers()
}

// closeOthers closes every page of the capture's browser but its own. A window that opens
// later has an event of its own; all end with the browser at the latest.
func (t *Tab) closeOthers() {
	ctx, cancel := context.WithTimeout(t.alive, t.limits.Record)
	defer cancel()
	list, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return // the browser is ending
	}
	for _, one := range list.TargetInfos {
		// In a window of the person's only what the page opens while it is kept goes.
		if t.window && (string(one.OpenerID) != string(t.main) || t.talk.opened[one.TargetID]) {
			continue
		}
		if one.Type == "page" && one.BrowserContextID == t.private && string(one.TargetID) != string(t.main) {
			_, _ = chromedp.CallBrowser(ctx, target.CloseTarget, target.CloseTargetParams{TargetID: one.TargetID})
		}
	}
}

// HearBrowser takes in events of the browser itself: downloads, which it refuses.
func (t *Tab) HearBrowser(event any) {
	e, ok := event.(*protocol.EventDownloadWillBegin)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.talk.downloads++
	switch {
	case t.talk.downloads <= maxOpened:
		t.talk.notes.Add(record.ProblemDownload, evidence.Say("", "{name:q}: {address}",
			evidence.Shorten(e.SuggestedFilename, 200), evidence.Shorten(exchange.WithoutUser(e.URL), MaxAddress)))
	case t.talk.downloads == maxOpened+1:
		t.talk.notes.Add(record.ProblemDownload, evidence.Say("more-than", "more than {#n}", maxOpened))
	}
}

// programAsked keeps as a fact that the page wanted to start another program. The lock is held.
func (t *Tab) programAsked(address string) {
	t.talk.programs++
	switch {
	case t.talk.programs <= maxOpened:
		t.talk.notes.Add(record.ProblemProgram, evidence.Say("", "{address}", evidence.Shorten(exchange.WithoutUser(address), MaxAddress)))
	case t.talk.programs == maxOpened+1:
		t.talk.notes.Add(record.ProblemProgram, evidence.Say("more-than", "more than {#n}", maxOpened))
	}
}
