package capture

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/evidence"
)

// reasonBefore: it belongs to what the person did before they kept the page.
const reasonBefore = "before-keeping"

const (
	frontScript = `(() => {
		const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
		return {visible: get('visibilityState') === 'visible', focused: Document.prototype.hasFocus.call(document)};
	})()`
	// standingScript remembers how the page stands: where it, and what scrolls inside of it, is scrolled to.
	standingScript = `(() => {
		const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
		globalThis.stood = {x: scrollX, y: scrollY, inside: []};
		for (const e of Document.prototype.querySelectorAll.call(document, 'body *')) {
			if (e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth) globalThis.stood.inside.push([e, e.scrollLeft, e.scrollTop]);
			if (globalThis.stood.inside.length > 5000) break;
		}
		return {ratio: devicePixelRatio, complete: get('readyState') === 'complete'};
	})()`
	// standAgainScript puts it back and forgets what keeping left in this world.
	standAgainScript = `(() => {
		for (const [e, left, top] of globalThis.stood.inside) {
			if (e.isConnected && (e.scrollLeft !== left || e.scrollTop !== top)) Element.prototype.scrollTo.call(e, {left, top, behavior: 'instant'});
		}
		scrollTo({left: globalThis.stood.x, top: globalThis.stood.y, behavior: 'instant'});
		if (globalThis.watch) globalThis.watch.disconnect();
		globalThis.stood = globalThis.watch = globalThis.panes = null;
		return true;
	})()`
)

// Keep records the page that [Window.Front] told of as it stands, without loading it again: first
// what the window shows, then all of it as [Recorder.Capture] does, and puts the scroll position back.
// Meanwhile the page takes no input. One page is kept at a time; the others wait.
//
// Of the pages that led there nothing is recorded. The error is a [*PageChangedError] when
// the tab shows another page by now, or one of those of [Recorder.Capture]. Cancelling is answered at once;
// it leaves the window open.
func (w *Window) Keep(ctx context.Context, p WindowPage, sink evidence.Sink, progress evidence.Progress) (*Capture, error) {
	if progress == nil {
		progress = evidence.NoProgress{}
	}
	select {
	case w.turn <- struct{}{}:
	case <-w.done:
		return nil, &BrowserGoneError{What: "browser"}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w.mu.Lock()
	t, ended := w.tabs[p.tab], w.ended
	w.mu.Unlock()
	next := func() { <-w.turn }
	switch {
	case ended:
		next()
		return nil, &BrowserGoneError{What: "browser"}
	case t == nil, !samePage(t.shown(), p.Address):
		next()
		return nil, &PageChangedError{Address: p.Address}
	}
	c := &Capture{
		Request: evidence.Request{Address: t.shown(), Scale: 1, Window: true},
		Browser: w.browser.Facts, Started: evidence.MomentOf(w.recorder.config.Now()),
	}
	whole, stop := context.WithTimeout(ctx, w.recorder.config.Limits.Whole)
	defer stop()
	k := &taking{session: t.session, recorder: w.recorder, browser: w.browser, caller: ctx, sink: sink, progress: progress, capture: c}
	defer k.abandon()
	k.keepBegins(whole)
	err := k.stand(whole)
	if err == nil {
		err = k.takeLoaded(whole)
	}
	if ctx.Err() != nil { // nobody waits for the page to be put back
		w.work.Go(func() {
			k.keepEnds()
			next()
		})
		return nil, context.Cause(ctx)
	}
	if err == nil {
		k.lastLook(whole)
		err = k.finishDated()
	}
	if err == nil {
		k.conclude()
	}
	k.keepEnds()
	next()
	if err != nil {
		return nil, wholeError(ctx, err, p.Address)
	}
	return c, nil
}

// windowPreconditions are the facts about the beginnings of a window, in which the person may have gone
// anywhere since.
func windowPreconditions(b *browser) []evidence.Precondition {
	return []evidence.Precondition{
		{Item: record.ItemFreshProfile, State: evidence.Met, Detail: "browser started for this window at " + b.Started.UTC().Format("2006-01-02T15:04:05.000Z")},
		{Item: record.ItemEmptyCache, State: evidence.NotMet, Detail: "off the record; what came since the window was opened"},
		{Item: record.ItemFirstPage, State: evidence.NotChecked, Detail: "window"},
	}
}

// samePage compares addresses without what names a place within the page.
func samePage(a, b string) bool {
	a, _, _ = strings.Cut(a, "#")
	b, _, _ = strings.Cut(b, "#")
	return a == b
}

// keepable tells pages of the web from those of the browser itself.
func keepable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// keepBegins makes the tab the program's for a while.
func (t *taking) keepBegins(ctx context.Context) {
	limit, done := within(ctx, t.alive, t.limits.Record)
	defer done()
	opened := map[target.ID]bool{}
	if list, err := chromedp.CallBrowser(limit, target.GetTargets, target.GetTargetsParams{}); err == nil {
		for _, one := range list.TargetInfos {
			opened[one.TargetID] = true
		}
	}
	t.mu.Lock()
	t.dialogs, t.windows, t.downloads, t.programs = 0, 0, 0, 0
	t.opened, t.notes = opened, &record.Notes{}
	asking := t.asking
	if asking { // what it asks was for the person, and is not known here
		t.dialogs++
		t.notes.Add(record.ProblemDialog, "")
	}
	t.mu.Unlock()
	if asking {
		_ = send(limit, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
	}
	_ = send(limit, input.SetIgnoreInputEvents, input.SetIgnoreInputEventsParams{Ignore: true})
}

// keepEnds gives the tab back to the person, as it was.
func (t *taking) keepEnds() {
	t.shots.Wait() // one that nobody waits for would lay the page out anew
	limit, done := context.WithTimeout(t.alive, scrollAnswer)
	defer done()
	// An error means that the tab is gone, or busy with itself.
	_ = send(limit, input.SetIgnoreInputEvents, input.SetIgnoreInputEventsParams{Ignore: false})
	t.mu.Lock()
	t.notes = nil
	silenced := t.silenced
	t.silenced = false
	t.mu.Unlock()
	if silenced {
		_ = send(limit, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	}
	t.scrollBars(limit)
	t.pinchAgain(limit)
	var stands bool
	_ = t.ask(limit, standAgainScript, &stands)
	if t.minimised {
		t.setWindow(limit, protocol.WindowStateMinimized)
	}
}

// shootAside takes a picture and lets it end when nobody waits for it any more.
func (s *session) shootAside(ctx context.Context, command cdp.Command[page.CaptureScreenshotParams, page.CaptureScreenshotResult],
	p page.CaptureScreenshotParams) (page.CaptureScreenshotResult, error) {
	type answer struct {
		result page.CaptureScreenshotResult
		err    error
	}
	answered := make(chan answer, 1)
	s.shots.Go(func() {
		limit, done := context.WithTimeout(s.alive, s.limits.Picture/2)
		defer done()
		r, err := chromedp.Call(limit, command, p)
		answered <- answer{r, err}
	})
	select {
	case a := <-answered:
		return a.result, a.err
	case <-ctx.Done():
		return page.CaptureScreenshotResult{}, ctx.Err()
	}
}

// stand takes the page as it stands: what the server answered when it came, its size, and whether it
// has loaded. A page that is still loading is given a moment.
func (t *taking) stand(ctx context.Context) error {
	limit, done := within(ctx, t.alive, t.limits.Record)
	defer done()
	t.raise(limit)
	var standing struct {
		Ratio    float64
		Complete bool
	}
	err := t.ask(limit, standingScript, &standing)
	if err != nil && ctx.Err() == nil && !t.browserGone() && !t.pageCrashed() {
		// It keeps itself busy. A picture may still come of it.
		calm, stop := within(ctx, t.alive, t.limits.Record)
		defer stop()
		_ = t.silence(calm)
		t.problem(record.ProblemScriptStopped, "the page did not answer")
		err = t.ask(calm, standingScript, &standing)
	}
	if err != nil {
		return t.failure(ctx, err)
	}
	if err := t.size(ctx, standing.Ratio); err != nil {
		return err
	}
	if t.mu.Lock(); standing.Complete {
		t.loaded = true
	}
	loaded := t.loaded
	t.mu.Unlock()
	if !loaded {
		t.hush(ctx, quiet, t.limits.Settle)
		if !t.view().loaded {
			t.problem(record.ProblemLoadTimeout, "%.0f s", t.limits.Settle.Seconds())
		}
	}
	return t.known()
}

// known tells a page from an error of the browser's own, and says what is not known of it
// because it came before we listened.
func (t *taking) known() error {
	t.mu.Lock()
	frame := t.committed
	t.mu.Unlock()
	if frame == nil {
		return ErrNoPage
	}
	n, _ := t.document()
	if frame.UnreachableURL != "" && n == nil {
		return networkError("net::ERR_FAILED", t.capture.Request.Address)
	}
	if n != nil {
		if err := t.errorPage(t.capture.Request.Address); err != nil {
			return err
		}
	}
	t.problem(record.ProblemWACZLeftOut, "")
	if n == nil || n.last().response == nil {
		t.problem(record.ProblemLoadedBefore, "status, headers, remote address, TLS")
	}
	return nil
}

// document is the request that the shown document came with, without the steps that led
// there, which belong to the person's way; how many those were.
func (s *session) document() (*navigation, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range slices.Backward(s.navigations) {
		if s.committed == nil || n.loader != s.committed.LoaderID || len(n.hops) == 0 {
			continue
		}
		before := len(n.hops) - 1
		raw := 0
		for _, h := range n.hops[:before] {
			if h.raw {
				raw++
			}
		}
		one := *n
		one.reason = ""
		one.hops = slices.Clone(n.hops[before:])
		one.rawRequests = slices.Clone(n.rawRequests[min(raw, len(n.rawRequests)):])
		one.rawResponses = slices.Clone(n.rawResponses[min(raw, len(n.rawResponses)):])
		return &one, before
	}
	return nil, 0
}

// documentAlone is what the record of a kept page says of its coming. The way there is left out, also where
// the request names it, and that is listed.
func (t *taking) documentAlone() []*navigation {
	n, before := t.document()
	if n == nil {
		return nil
	}
	left := func(place, what string, count int) {
		if count > 0 {
			t.capture.Redactions = append(t.capture.Redactions, evidence.Redaction{Place: place, What: what, Reason: reasonBefore, Count: count})
		}
	}
	left("manifest.json: redirects", "Redirect", before)
	referers := 0
	n.hops[0].headers, referers = withoutReferer(n.hops[0].headers)
	for i := range n.rawRequests {
		var more int
		n.rawRequests[i], more = withoutReferer(n.rawRequests[i])
		referers = max(referers, more)
	}
	left("headers.json: request", "Referer", referers)
	return []*navigation{n}
}

func withoutReferer(h network.Headers) (network.Headers, int) {
	kept := maps.Clone(h)
	maps.DeleteFunc(kept, func(name string, _ any) bool { return strings.EqualFold(name, "Referer") })
	return kept, len(h) - len(kept)
}

// shown is the address that the tab is at, without user name and password.
func (s *session) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return withoutUser(s.address)
}

// activity is when something happened last in the tab.
func (s *session) activity() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastShown
}

// joined takes over what the tab showed when listening began.
func (s *session) joined(f *cdp.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed == nil && f != nil {
		s.committed, s.address, s.lastShown = f, f.URL+f.URLFragment, time.Now()
	}
}

// answerAlone takes an answer whose request went out before we listened; the lock is held.
func (s *session) answerAlone(e *network.EventResponseReceived) {
	n := s.early[e.RequestID]
	if n == nil {
		n = &navigation{}
	}
	clear(s.early)
	n.loader, n.request = e.LoaderID, e.RequestID
	n.hops = []hop{{url: e.Response.URL, headers: e.Response.RequestHeaders}}
	n.answer(e.Response, e.HasExtraInfo, s.now())
	s.navigations = append(s.navigations, n)
}

// forgetBefore drops the way to the document that is shown now; the lock is held.
func (s *session) forgetBefore(shown cdp.LoaderID) {
	s.lastShown, s.received = time.Now(), 0
	s.hosts, s.moreHosts = nil, false
	for i, n := range s.navigations {
		if n.loader == shown {
			s.navigations = slices.Clone(s.navigations[i:])
			if h := n.last(); h != nil {
				s.answeredBy(h.response)
			}
			return
		}
	}
	if last := len(s.navigations) - 1; last > 0 {
		s.navigations = slices.Clone(s.navigations[last:])
	}
}
