package capture

import (
	"context"
	"strings"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/evidence"
)

// maxOpened bounds the windows, the downloads and the programs that are kept as facts.
const maxOpened = 10

// windowOpened keeps a window that the page opened as a fact, and closes it. The
// lock is held; closing is done outside of chromedp's loop.
func (s *session) windowOpened(e *page.EventWindowOpen) {
	s.windows++
	switch {
	case s.windows <= maxOpened:
		s.notes.Add(record.ProblemPopup, "%s", evidence.Shorten(withoutUser(e.URL), MaxAddress))
	case s.windows == maxOpened+1:
		s.notes.Add(record.ProblemPopup, "more than %d", maxOpened)
	}
	go s.closeOthers()
}

// closeOthers closes every page of the capture's browser but its own. A window that opens
// later has an event of its own; all end with the browser at the latest.
func (s *session) closeOthers() {
	ctx, cancel := context.WithTimeout(s.alive, s.limits.Record)
	defer cancel()
	private := s.private
	list, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		return // the browser is ending
	}
	for _, one := range list.TargetInfos {
		// In a window of the person's only what the page opens while it is kept goes.
		if s.visible && (string(one.OpenerID) != string(s.main) || s.opened[one.TargetID]) {
			continue
		}
		if one.Type == "page" && one.BrowserContextID == private && string(one.TargetID) != string(s.main) {
			_, _ = chromedp.CallBrowser(ctx, target.CloseTarget, target.CloseTargetParams{TargetID: one.TargetID})
		}
	}
}

// hearBrowser takes in events of the browser itself: downloads, which it refuses.
func (s *session) hearBrowser(event any) {
	e, ok := event.(*protocol.EventDownloadWillBegin)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.downloads++
	switch {
	case s.downloads <= maxOpened:
		s.notes.Add(record.ProblemDownload, "%q: %s", evidence.Shorten(e.SuggestedFilename, 200), evidence.Shorten(withoutUser(e.URL), MaxAddress))
	case s.downloads == maxOpened+1:
		s.notes.Add(record.ProblemDownload, "more than %d", maxOpened)
	}
}

// loadable tells an address that a browser shows itself from one that is for another
// program, which is neither started nor waited for.
func loadable(address string) bool {
	scheme, _, _ := strings.Cut(address, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "about", "data", "blob", "file", "chrome-error", "filesystem":
		return true
	}
	return false
}

// programAsked keeps as a fact that the page wanted to start another program. The lock is held.
func (s *session) programAsked(address string) {
	s.programs++
	switch {
	case s.programs <= maxOpened:
		s.notes.Add(record.ProblemProgram, "%s", evidence.Shorten(withoutUser(address), MaxAddress))
	case s.programs == maxOpened+1:
		s.notes.Add(record.ProblemProgram, "more than %d", maxOpened)
	}
}
