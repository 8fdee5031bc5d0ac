package sight

import (
	"context"
	"fmt"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

const (
	maxPanes = 3
	// maxPaneSteps bounds the pictures of one pane.
	maxPaneSteps = 150
)

// paneScript finds what can be scrolled inside of the page: large enough to hold
// content, with at least a tenth more than it shows. The largest come first.
const paneScript = `(() => {
	const query = Document.prototype.querySelectorAll, found = [];
	for (const e of query.call(document, 'body *')) {
		if (e.scrollHeight < e.clientHeight * 1.1 || e.clientHeight < 150 || e.clientWidth < 150 || e instanceof HTMLTextAreaElement) continue;
		const style = getComputedStyle(e);
		if (style.overflowY !== 'auto' && style.overflowY !== 'scroll' && style.overflowY !== 'overlay' || style.visibility !== 'visible') continue;
		found.push({e, area: e.clientHeight * e.clientWidth});
		if (found.length > 200) break;
	}
	found.sort((a, b) => b.area - a.area);
	globalThis.panes = found.map((f) => f.e);
	return found.length;
})()`

// paneStep moves a pane, or the page for number -1, and answers with where it is.
// A pane is first brought into the window.
const paneStep = `(async ({pane, to, by}) => {
	const e = pane < 0 ? Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get.call(document) : globalThis.panes[pane];
	const scroller = pane < 0 ? window : e;
	const at = () => pane < 0 ? scrollY : e.scrollTop;
	const high = () => pane < 0 ? innerHeight : Math.min(e.clientHeight, innerHeight);
	if (pane >= 0) Element.prototype.scrollIntoView.call(e, {block: 'nearest', behavior: 'instant'});
	const before = at();
	const top = by ? before + Math.max(high() * by, -before) : to < 0 ? e.scrollHeight : to;
	if (pane < 0) scrollTo({top, behavior: 'instant'}); else Element.prototype.scrollTo.call(e, {top, behavior: 'instant'});
	await new Promise((done) => { const late = setTimeout(done, 200); requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(); }, 0)); });
	return {before, at: at(), height: e.scrollHeight, high: high()};
})(%s)`

type paneAt struct{ Before, At, Height, High float64 }

// Panes pictures what the page holds in panes of its own, and the page itself
// step by step when it draws only what the window shows. Only the sink and the caller's end are errors.
func (e *Eye) Panes(ctx context.Context, r Scrolled) error {
	if err := e.panes(ctx, r); e.kept.Ended() == nil {
		return err
	}
	return e.kept.Ended()
}

func (e *Eye) panes(ctx context.Context, r Scrolled) error {
	if r.reason == scrolledBusy || r.reason == scrolledSilent {
		return nil
	}
	by := time.Now().Add(e.limits.Scroll)
	if r.virtual {
		if err := e.stepThrough(ctx, by, -1, evidence.ViewName); err != nil {
			return err
		}
	} else if err := e.frames(ctx, by); err != nil {
		return err
	}
	var found int
	limit, done := e.tab.Within(ctx, scrollAnswer)
	err := e.tab.Ask(limit, paneScript, &found)
	done()
	if err != nil {
		return nil // a page that does not answer says so elsewhere
	}
	for n := range min(found, maxPanes) {
		if err := e.stepThrough(ctx, by, n, func(step int) string { return evidence.PaneName(n+1, step) }); err != nil {
			return err
		}
	}
	if found > maxPanes {
		e.tab.Notes().Add(record.ProblemPanesLeft, evidence.Say("panes", "{#n} of {#of}", maxPanes, found))
	}
	return nil
}

// stepThrough goes to the beginning, as far as that can be loaded, pictures the window after each
// step down with a fifth of overlap, and puts everything back. Only the sink is an error.
func (e *Eye) stepThrough(ctx context.Context, by time.Time, pane int, name func(int) string) error {
	first, err := e.paneStep(ctx, pane, "by: 0.001")
	if err != nil {
		return nil
	}
	defer func() { _, _ = e.paneStep(ctx, pane, fmt.Sprintf("to: %.0f", first.Before)) }()
	var stopped evidence.Said
	// A chat begins at its end, and loads what came before when one goes up.
	at, before := first, first.Height
	for steps := 0; pane >= 0; steps++ {
		at, err = e.paneStep(ctx, pane, "to: 0")
		if err != nil {
			return nil
		}
		e.tab.Hush(ctx, late/2, time.Second)
		// Off the edge and back, for those that load when it is reached.
		if _, err = e.paneStep(ctx, pane, "by: 0.3"); err != nil {
			return nil
		}
		again, err := e.paneStep(ctx, pane, "to: 0")
		if err != nil || again.Height == at.Height && at.Height == before {
			break
		}
		before = again.Height
		if steps == maxPaneSteps || !time.Now().Before(by) {
			stopped = evidence.Say("no-beginning", "beginning not reached")
			break
		}
	}
	at, err = e.paneStep(ctx, pane, "to: 0")
	for n := 1; err == nil; n++ {
		e.tab.Hush(ctx, late/2, time.Second)
		var s *shot
		if s, err = e.shoot(ctx, nil); err != nil {
			break
		}
		if err := e.kept.Put(name(n), "image/png", s.png); err != nil {
			return err
		}
		before := at.At
		if at, err = e.paneStep(ctx, pane, "by: 0.8"); err != nil || at.At-before < 1 {
			break
		}
		if n == maxPaneSteps || !time.Now().Before(by) {
			stopped = evidence.Say("pictures-pixels", "{#n} pictures, {#shown:.0f} of {#whole:.0f} px", n, before+at.High, at.Height)
			break
		}
	}
	if err != nil {
		stopped = e.why(err)
	}
	if stopped.Detail != "" {
		e.tab.Notes().Add(record.ProblemPaneCut, evidence.Say("named", "{name}: {why}", name(1), stopped))
	}
	return nil
}

func (e *Eye) paneStep(ctx context.Context, pane int, move string) (paneAt, error) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var p paneAt
	err := e.tab.Ask(limit, fmt.Sprintf(paneStep, fmt.Sprintf("{pane: %d, %s}", pane, move)), &p)
	return p, err
}
