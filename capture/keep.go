package capture

import (
	"context"
	"maps"
	"net/url"
	"strings"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/capture/tab"
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
	case t == nil, !samePage(t.Shown().Address, p.Address):
		next()
		return nil, &PageChangedError{Address: p.Address}
	}
	c := &Capture{
		Request: evidence.Request{Address: t.Shown().Address, Scale: 1, Window: true},
		Browser: w.browser.Facts, Started: evidence.MomentOf(w.recorder.config.Now()),
	}
	whole, stop := context.WithTimeout(ctx, w.recorder.config.Limits.Whole)
	defer stop()
	k := &taking{session: &session{Tab: t.Tab, limits: w.recorder.config.Limits, now: w.recorder.config.Now, visible: true}, recorder: w.recorder, browser: w.browser, caller: ctx, sink: sink, progress: progress, capture: c}
	defer k.abandon()
	k.Borrow(whole)
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

// keepEnds gives the tab back to the person, as it was.
func (t *taking) keepEnds() {
	t.shots.Wait() // one that nobody waits for would lay the page out anew
	limit, done := context.WithTimeout(t.Alive(), scrollAnswer)
	defer done()
	t.GiveBack(limit)
	t.scrollBars(limit)
	t.pinchAgain(limit)
	var stands bool
	_ = t.Ask(limit, standAgainScript, &stands)
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
		limit, done := context.WithTimeout(s.Alive(), s.limits.Picture/2)
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
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	t.raise(limit)
	var standing struct {
		Ratio    float64
		Complete bool
	}
	err := t.Ask(limit, standingScript, &standing)
	if err != nil && ctx.Err() == nil && !t.Gone() && !t.Crashed() {
		// It keeps itself busy. A picture may still come of it.
		calm, stop := t.Within(ctx, t.limits.Record)
		defer stop()
		_ = t.Silence(calm)
		t.Notes().Add(record.ProblemScriptStopped, "the page did not answer")
		err = t.Ask(calm, standingScript, &standing)
	}
	if err != nil {
		return t.Failure(ctx, err)
	}
	if err := t.size(ctx, standing.Ratio); err != nil {
		return err
	}
	if !t.Complete(standing.Complete) {
		t.Hush(ctx, tab.Quiet, t.limits.Settle)
		if !t.Complete(false) {
			t.Notes().Add(record.ProblemLoadTimeout, "%.0f s", t.limits.Settle.Seconds())
		}
	}
	return t.cameBefore()
}

// cameBefore says what is not known of the page because it came before we listened.
func (t *taking) cameBefore() error {
	if err := t.Came(t.capture.Request.Address); err != nil {
		return err
	}
	t.Notes().Add(record.ProblemWACZLeftOut, "")
	if n, _ := t.Document(); n == nil || n.Last().Response == nil {
		t.Notes().Add(record.ProblemLoadedBefore, "status, headers, remote address, TLS")
	}
	return nil
}

// documentAlone is what the record of a kept page says of its coming. The way there is left out, also where
// the request names it, and that is listed.
func (t *taking) documentAlone() []*tab.Navigation {
	n, before := t.Document()
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
	n.Hops[0].Headers, referers = withoutReferer(n.Hops[0].Headers)
	for i := range n.RawRequests {
		var more int
		n.RawRequests[i], more = withoutReferer(n.RawRequests[i])
		referers = max(referers, more)
	}
	left("headers.json: request", "Referer", referers)
	return []*tab.Navigation{n}
}

func withoutReferer(h network.Headers) (network.Headers, int) {
	kept := maps.Clone(h)
	maps.DeleteFunc(kept, func(name string, _ any) bool { return strings.EqualFold(name, "Referer") })
	return kept, len(h) - len(kept)
}
