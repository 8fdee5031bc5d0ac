package sight

import (
	"context"
	"fmt"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

const (
	maxPanes = 6
	// maxPaneSteps bounds the pictures of one pane.
	maxPaneSteps = 150
	// fade is how long what fades in is given.
	fade = 500 * time.Millisecond
	// edge is the silence that is waited for at the beginning of a pane: chats fetch what came
	// before once scrolling has rested there, or over a connection on which no request is seen.
	edge = 1200 * time.Millisecond
	// edgePanes are the panes that get it: the largest, among which a chat is.
	edgePanes = 2
)

// paneScript finds what can be scrolled inside of the page, also inside of shadow roots: large
// enough to hold content, with at least a tenth more than it shows. What scrolls downwards comes
// first, the largest first; then rows that scroll sideways; then what only a script can move.
const paneScript = `(() => {
	const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
	const found = [], root = get('documentElement'), body = get('body');
	const scrolls = (v) => v === 'auto' || v === 'scroll' || v === 'overlay';
	// A page can name a field of a form like one of these.
	const own = (name) => { const of = Object.getOwnPropertyDescriptor(Element.prototype, name).get; return (e) => of.call(e); };
	const clientHeight = own('clientHeight'), clientWidth = own('clientWidth'), scrollHeight = own('scrollHeight'), scrollWidth = own('scrollWidth');
	const rootOf = own('shadowRoot');
	const look = (e) => {
		if (clientHeight(e) < 80 || clientWidth(e) < 100 || e instanceof HTMLTextAreaElement || e === root) return;
		const down = scrollHeight(e) >= clientHeight(e) * 1.1 && scrollHeight(e) - clientHeight(e) >= 20;
		const across = scrollWidth(e) >= clientWidth(e) * 1.1 && scrollWidth(e) - clientWidth(e) >= 40;
		if (!down && !across) return;
		const style = getComputedStyle(e);
		if (style.visibility !== 'visible') return;
		// The body's overflow is the window's, unless the root has one of its own.
		if (e === body && getComputedStyle(root).overflowY === 'visible') return;
		const area = clientHeight(e) * clientWidth(e);
		if (down && scrolls(style.overflowY)) found.push({e, area, rank: 0});
		else if (across && scrolls(style.overflowX)) found.push({e, area, rank: 1, x: true});
		else if (down && style.overflowY === 'hidden' && area > 40000 && scrollHeight(e) > clientHeight(e) * 1.5 && e !== body) found.push({e, area, rank: 2});
	};
	const walk = (under) => {
		for (const e of under) {
			if (found.length > 200) return;
			look(e);
			const inside = rootOf(e) || globalThis.closedRoots && globalThis.closedRoots.get(e);
			if (inside) walk(ShadowRoot.prototype.querySelectorAll.call(inside, '*'));
		}
	};
	if (body) look(body);
	for (const f of Document.prototype.querySelectorAll.call(document, 'iframe, frame')) {
		if (found.length > 200) break;
		const r = f.getBoundingClientRect();
		if (r.width < 100 || r.height < 80 || getComputedStyle(f).visibility !== 'visible') continue;
		try {
			const e = f.contentDocument && f.contentDocument.scrollingElement;
			if (e && e.scrollHeight >= e.clientHeight * 1.1 && e.scrollHeight - e.clientHeight >= 20) found.push({e, frame: f, area: r.width * r.height, rank: 0});
		} catch { /* of another site */ }
	}
	walk(Document.prototype.querySelectorAll.call(document, 'body *'));
	found.sort((a, b) => a.rank - b.rank || b.area - a.area);
	globalThis.panes = found;
	return found.length;
})()`

// paneStep moves a pane, or the page for number -1, and answers with where it is.
// A pane is first brought into the window.
const paneStep = `(async ({pane, to, by, px, block}) => {
	// A page can name a field of a form like one of these.
	const own = (name) => { const of = Object.getOwnPropertyDescriptor(Element.prototype, name).get; return (e) => of.call(e); };
	const clientHeight = own('clientHeight'), clientWidth = own('clientWidth'), scrollHeight = own('scrollHeight'), scrollWidth = own('scrollWidth');
	const scrollTop = own('scrollTop'), scrollLeft = own('scrollLeft');
	const one = pane < 0 ? null : globalThis.panes[pane], across = one && one.x;
	const e = one ? one.e : Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get.call(document);
	const scrolling = Object.getOwnPropertyDescriptor(Document.prototype, 'scrollingElement').get.call(document);
	const size = () => across ? scrollWidth(e) : one || !scrolling ? scrollHeight(e) : Math.max(scrollHeight(e), scrollHeight(scrolling));
	const view = () => across ? clientWidth(e) : clientHeight(e);
	// A pane whose content is put upside down counts from its end: below nought.
	const style = one && getComputedStyle(e);
	const back = one && (across ? style.direction === 'rtl' || style.flexDirection === 'row-reverse' && style.display.includes('flex')
		: style.flexDirection === 'column-reverse' && style.display.includes('flex'));
	const start = () => back ? view() - size() : 0;
	const at = () => (pane < 0 ? scrollY : across ? scrollLeft(e) : scrollTop(e)) - start();
	const high = () => pane < 0 ? innerHeight : across ? Math.min(clientWidth(e), innerWidth) : Math.min(clientHeight(e), innerHeight);
	if (pane >= 0) Element.prototype.scrollIntoView.call(one.frame || e, {block: block || one.block || 'nearest', behavior: 'instant'});
	const before = at();
	const place = (px || by ? before + Math.max(px || high() * by, -before) : to < 0 ? size() : to) + start();
	if (pane < 0) scrollTo({top: place, behavior: 'instant'});
	else Element.prototype.scrollTo.call(e, across ? {left: place, behavior: 'instant'} : {top: place, behavior: 'instant'});
	await new Promise((done) => { const late = setTimeout(done, 200); requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(); }, 0)); });
	const below = pane < 0 || across ? 0 : Element.prototype.getBoundingClientRect.call(one.frame || e).bottom - innerHeight;
	return {before, at: at(), height: size(), high: high(), across: !!across, below};
})(%s)`

// paneAt is where a pane was and is, how much it holds and shows, and how much of it lies below the window.
type paneAt struct {
	Before, At, Height, High, Below float64
	Across                          bool
}

// end tells that nothing follows below what is shown.
func (p paneAt) end() bool { return p.At+p.High >= p.Height-2 }

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
	found, err := e.findPanes(ctx)
	if err != nil {
		e.tab.Notes().Add(record.ProblemPanesLeft, e.why(err))
		return nil
	}
	if r.virtual {
		e.fading = r.fading
		if err := e.stepThrough(ctx, by, -1, evidence.ViewName); err != nil {
			return err
		}
		if again, err := e.findPanes(ctx); err == nil { // it may have drawn others meanwhile
			found = again
		}
	} else if err := e.uncoverBars(ctx); err != nil {
		return err
	} else if err := e.frames(ctx, by); err != nil {
		return err
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

func (e *Eye) findPanes(ctx context.Context) (found int, err error) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	e.tab.Pierce(limit)
	err = e.tab.Ask(limit, paneScript, &found)
	return found, err
}

// stepThrough goes to the beginning, as far as that can be loaded, pictures the window after each
// step down with a fifth of overlap, and puts everything back. Only the sink is an error.
func (e *Eye) stepThrough(ctx context.Context, by time.Time, pane int, name func(int) string) error {
	first, err := e.paneStep(ctx, pane, "by: 0.001")
	if err != nil {
		e.paneCut(name(1), e.why(err))
		return nil
	}
	defer func() { _, _ = e.paneStep(ctx, pane, fmt.Sprintf("to: %.0f", first.Before)) }()
	var stopped evidence.Said
	// A chat begins at its end, and loads what came before when one goes up.
	at, before := first, first.Height
	for steps := 0; pane >= 0; steps++ {
		at, err = e.paneStep(ctx, pane, "to: 0")
		if err != nil {
			stopped = e.why(err)
			break
		}
		rest := late / 2
		if pane < edgePanes {
			rest = edge
		}
		e.tab.Hush(ctx, rest, 2*time.Second)
		// Off the edge and back, for those that load when it is reached.
		if _, err = e.paneStep(ctx, pane, "by: 0.3"); err != nil {
			stopped = e.why(err)
			break
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
	if stop, err := e.pictureSteps(ctx, by, pane, name); err != nil {
		return err
	} else if stop.Detail != "" {
		stopped = stop
	}
	if stopped.Detail != "" {
		e.paneCut(name(1), stopped)
	}
	return nil
}

func (e *Eye) paneCut(name string, why evidence.Said) {
	e.tab.Notes().Add(record.ProblemPaneCut, evidence.Say("named", "{name}: {why}", name, why))
}

func (e *Eye) paneStep(ctx context.Context, pane int, move string) (paneAt, error) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var p paneAt
	err := e.tab.Ask(limit, fmt.Sprintf(paneStep, fmt.Sprintf("{pane: %d, %s}", pane, move)), &p)
	if err == nil || ctx.Err() != nil || e.tab.Gone() || e.tab.Crashed() {
		return p, err
	}
	// It is busy, as a large chat on an old computer is: what was asked is done when it has the
	// time, so it is only asked where it is then.
	patient, stop := e.tab.Within(ctx, 4*scrollAnswer)
	defer stop()
	err = e.tab.Ask(patient, fmt.Sprintf(paneStep, fmt.Sprintf("{pane: %d, by: 0.0001}", pane)), &p)
	return p, err
}
