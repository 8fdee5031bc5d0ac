package sight

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/chromedp/cdproto/network"

	"constat/evidence"
)

// At an edge, the beginning or end of what scrolls, more may be loaded: that is waited for as at a load.

// busyScript tells whether a pane, or the page for number -1, shows in the window that it is loading: to those who
// cannot see it, or by something small or pale that moves without end.
const busyScript = `((pane) => {
	const one = pane < 0 ? null : globalThis.panes[pane];
	const under = one ? one.e : Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get.call(document);
	const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
	const shown = (e) => {
		const r = rect(e), s = getComputedStyle(e);
		return r.width >= 6 && r.height >= 6 && s.visibility === 'visible' && Number(s.opacity) > 0.05 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
	};
	const moves = (e) => Element.prototype.getAnimations.call(e, {subtree: true}).some((a) => a.playState === 'running' && a.effect && a.effect.getTiming().iterations === Infinity);
	let n = 0;
	const all = Element.prototype.querySelectorAll.call(under, '[aria-busy="true"], [role=progressbar]:not([aria-valuenow]), progress:indeterminate, ' +
		'[class*=spinner i], [class*=loading i], [class*=loader i], [class*=skeleton i], [class*=shimmer i], [aria-label*=loading i]');
	for (const e of Array.from(all).slice(0, 500)) {
		const says = Element.prototype.matches.call(e, '[aria-busy="true"], [role=progressbar], progress');
		if (shown(e) && (says || moves(e))) n++;
	}
	return n;
})(%d)`

// edgeWait waits at an edge, for what was asked for since those before, and while the pane, or the page for number -1,
// shows that it is loading. It says so if that did not end.
func (e *Eye) edgeWait(ctx context.Context, pane int, before map[network.RequestID]bool, silence time.Duration, by time.Time) (stopped evidence.Said) {
	return e.waitAt(ctx, func() int { return e.busy(ctx, pane) }, before, silence, by)
}

// waitAt is the same for what tells itself whether it shows that.
func (e *Eye) waitAt(ctx context.Context, signs func() int, before map[network.RequestID]bool, silence time.Duration, by time.Time) (stopped evidence.Said) {
	// A page that never rests is waited for less and less, so that there is time for the rest of it.
	limit := min(max(4*e.limits.Settle>>e.restless, e.limits.Settle/2), max(e.until(by), e.limits.Settle))
	began := time.Now()
	end := began.Add(limit)
	defer func() {
		e.waited += time.Since(began)
		if !time.Now().Before(end) {
			e.restless = min(e.restless+1, 8)
		}
	}()
	for {
		waiting, begun := e.tab.Edge(ctx, before, silence, time.Until(end))
		busy := signs()
		switch {
		case ctx.Err() != nil:
			return evidence.Said{}
		case waiting == 0 && busy == 0 && begun == 0:
			return evidence.Said{}
		case !time.Now().Before(end):
			maps.Copy(before, e.tab.Waiting()) // it is not waited for once more
			if waiting == 0 && busy == 0 {
				return evidence.Say("edge-restless", "the page was still sending requests after {#n:.0f} s: at least {#requests}", limit.Seconds(), begun)
			}
			return evidence.Say("edge-loading", "more was still being loaded after {#n:.0f} s: {#requests} requests, {#signs} signs of it", limit.Seconds(), waiting, busy)
		}
		if e.tab.Pause(ctx, late) != nil {
			return evidence.Said{}
		}
	}
}

// maxWaited is how much longer looking may take because a page was waited for: what it does itself is bounded.
const maxWaited = time.Minute

// stage begins a part of the looking, which ends at the time that is returned, and later by what it waits itself: what
// others waited for is theirs.
func (e *Eye) stage() (by time.Time) {
	e.spent, e.waited = e.spent+min(e.waited, max(maxWaited-e.spent, 0)), 0
	return time.Now().Add(e.limits.Scroll)
}

// until is how long looking may still go on; before, that it may.
func (e *Eye) until(by time.Time) time.Duration {
	return time.Until(by) + min(e.waited, max(maxWaited-e.spent, 0))
}

func (e *Eye) before(by time.Time) bool { return e.until(by) > 0 }

// busy is a courtesy with a limit: a page that does not answer says so elsewhere.
func (e *Eye) busy(ctx context.Context, pane int) (n int) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	_ = e.tab.Ask(limit, fmt.Sprintf(busyScript, pane), &n)
	return n
}
