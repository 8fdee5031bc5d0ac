package capture

import (
	"context"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// reasonBefore: it belongs to what the person did before they kept the page.
const reasonBefore = "before-keeping"

const (
	// standingScript remembers how the page stands: where it, and what scrolls inside of it, is
	// scrolled to.
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
		globalThis.stood = globalThis.watch = globalThis.panes = globalThis.dropped = globalThis.closedRoots = globalThis.lookedInto = null;
		return true;
	})()`
)

// Keep records the page that [Window.Front] told of as it stands, without loading it again: first
// what the window shows, then all of it as [Recorder.Capture] does, and puts the scroll position back.
// Meanwhile the page takes no input. One page is kept at a time; the others wait.
//
// Of the pages that led there nothing is recorded. The error is a [*PageChangedError] when the tab
// shows another page by now, or one of those of [Recorder.Capture]. Cancelling is answered at once;
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
	whole, stop := context.WithTimeout(ctx, w.recorder.config.Limits.Whole)
	defer stop()
	k := w.recorder.way(
		w.browser,
		evidence.Request{Address: t.Shown().Address, Scale: 1, Window: true, NoFilms: p.NoFilms, FilmStills: p.FilmStills},
		t.Tab,
		record.Keep(ctx, sink),
		progress,
	)
	k.notes = t.Borrow(whole)
	c, err := k.follow(whole, k.stand, func() {})
	if ctx.Err() != nil { // nobody waits for the page to be put back
		w.work.Go(func() {
			k.giveBack()
			next()
		})
		return nil, context.Cause(ctx)
	}
	k.giveBack()
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
		evidence.Say("started-window", "browser started for this window at {@at}", b.Started).
			Precondition(record.ItemFreshProfile, evidence.Met),
		evidence.Say("since-opened", "off the record; what came since the window was opened").
			Precondition(record.ItemEmptyCache, evidence.NotMet),
		evidence.Say("window", "window").Precondition(record.ItemFirstPage, evidence.NotChecked),
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

// backIn is how long a page may take to stand again as it did.
const backIn = 3 * time.Second

// giveBack gives the tab back to the person, as it was.
func (w *way) giveBack() {
	w.eye.Rest()
	limit, done := context.WithTimeout(w.tab.Alive(), backIn)
	defer done()
	w.tab.GiveBack(limit)
	w.eye.PutBack(limit, standAgainScript)
}

// stand takes the page as it stands: what the server answered when it came, its size, and whether it
// has loaded. A page that is still loading is given a moment.
func (w *way) stand(ctx context.Context) (arrival, error) {
	came := arrival{beginnings: windowPreconditions(w.browser)}
	limit, done := w.tab.Within(ctx, w.config.Limits.Record)
	defer done()
	w.eye.Raise(limit)
	var standing struct {
		Ratio    float64
		Complete bool
	}
	err := w.tab.Ask(limit, standingScript, &standing)
	if err != nil && ctx.Err() == nil && !w.tab.Gone() && !w.tab.Crashed() {
		// It keeps itself busy. A picture may still come of it.
		calm, stop := w.tab.Within(ctx, w.config.Limits.Record)
		defer stop()
		_ = w.tab.Silence(calm)
		w.notes.Add(record.ProblemScriptStopped, evidence.Say("no-answer", "the page did not answer"))
		err = w.tab.Ask(calm, standingScript, &standing)
	}
	if err != nil {
		return came, w.tab.Failure(ctx, err)
	}
	view, err := w.eye.Stand(ctx, standing.Ratio)
	if err != nil {
		return came, err
	}
	r := &w.request
	r.ViewWidth, r.ViewHeight = view.Width, view.Height
	r.Zoom, r.ScreenScale, r.Pinch = view.Zoom, view.ScreenScale, view.Pinch
	if !w.tab.Complete(standing.Complete) {
		w.tab.Hush(ctx, tab.Quiet, w.config.Limits.Settle)
		if !w.tab.Complete(false) {
			w.notes.Add(record.ProblemLoadTimeout, evidence.Say("after", "{#n:.0f} s", w.config.Limits.Settle.Seconds()))
		}
	}
	if err := w.tab.Came(w.request.Address); err != nil {
		return came, err
	}
	// It came before we listened.
	w.notes.Add(record.ProblemWACZLeftOut, evidence.Said{})
	if n, _ := w.tab.Document(); n == nil || n.Last().Response == nil {
		w.notes.Add(record.ProblemLoadedBefore, evidence.Say("not-known-before", "status, headers, remote address, TLS"))
	}
	return came, nil
}

// documentAlone is what the record of a kept page says of its coming. The way there is left out,
// also where the request names it, and that is listed.
func documentAlone(t *tab.Tab) (_ []*tab.Navigation, list []evidence.Redaction) {
	n, before := t.Document()
	if n == nil {
		return nil, nil
	}
	left := func(place, what string, count int) {
		if count > 0 {
			list = append(list, evidence.Redaction{Place: place, What: what, Reason: reasonBefore, Count: count})
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
	return []*tab.Navigation{n}, list
}

func withoutReferer(h network.Headers) (network.Headers, int) {
	kept := maps.Clone(h)
	maps.DeleteFunc(kept, func(name string, _ any) bool { return strings.EqualFold(name, "Referer") })
	return kept, len(h) - len(kept)
}
