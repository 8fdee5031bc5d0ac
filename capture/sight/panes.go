package sight

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// paneScript finds what can be scrolled inside of the page, also inside of shadow roots and frames of the same site: large
// enough to hold content, with at least a tenth more than it shows. What scrolls downwards comes
// first, the largest first; then rows that scroll sideways; then what only a script can move.
const paneScript = `((again) => {
	const get = (of, name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(of);
	const found = [];
	let more = 0; // that were counted only
	const scrolls = (v) => v === 'auto' || v === 'scroll' || v === 'overlay';
	// A page can name a field of a form like one of these.
	const own = (name) => { const of = Object.getOwnPropertyDescriptor(Element.prototype, name).get; return (e) => of.call(e); };
	const clientHeight = own('clientHeight'), clientWidth = own('clientWidth'), scrollHeight = own('scrollHeight'), scrollWidth = own('scrollWidth');
	const rootOf = own('shadowRoot');
	const look = (e, within) => {
		const {root, body, frames} = within;
		if (clientHeight(e) < 40 || clientWidth(e) < 60 || e.localName === 'textarea' || e === root) return;
		const down = scrollHeight(e) >= clientHeight(e) * 1.1 && scrollHeight(e) - clientHeight(e) >= 20;
		const across = scrollWidth(e) >= clientWidth(e) * 1.1 && scrollWidth(e) - clientWidth(e) >= 40;
		if (!down && !across) return;
		const style = getComputedStyle(e);
		// What is hidden may hold what is not.
		const shows = (i) => getComputedStyle(i).visibility === 'visible';
		if (!shows(e) && !Array.from(Element.prototype.querySelectorAll.call(e, '*')).slice(0, 500).some(shows)) return;
		// The body's overflow is the window's, unless the root has one of its own.
		if (e === body && getComputedStyle(root).overflowY === 'visible') return;
		const area = clientHeight(e) * clientWidth(e);
		if (down && scrolls(style.overflowY)) {
			found.push({e, area, frames, rank: 0});
			if (across && scrolls(style.overflowX)) found.push({e, area, frames, rank: 1, x: true, both: true});
		} else if (across && clientHeight(e) >= 80 && scrolls(style.overflowX)) found.push({e, area, frames, rank: 1, x: true});
		else if (down && style.overflowY === 'hidden' && area > 40000 && scrollHeight(e) > clientHeight(e) * 1.5 && e !== body) found.push({e, area, frames, rank: 2});
		// Photos that lie beside each other behind a window that a button moves.
		else if (across && style.overflowX === 'hidden' && area > 40000 && clientHeight(e) <= innerHeight && scrollWidth(e) > clientWidth(e) * 1.5 && e !== body) found.push({e, area, frames, rank: 3, x: true});
	};
	const walk = (under, within) => {
		for (const e of under) {
			look(e, within);
			if (found.length > 2000) { found.pop(); more++; }
			const inside = rootOf(e) || globalThis.closedRoots && globalThis.closedRoots.get(e);
			if (inside) walk(ShadowRoot.prototype.querySelectorAll.call(inside, '*'), within);
			if (e.localName === 'iframe' || e.localName === 'frame') frame(e, within.frames);
		}
	};
	const all = (of, frames) => {
		const within = {root: get(of, 'documentElement'), body: get(of, 'body'), frames};
		// In a frameset the frames are the body's.
		if (within.body && within.body.localName === 'body') look(within.body, within);
		if (within.body) walk(Document.prototype.querySelectorAll.call(of, 'body *, frameset *'), within);
	};
	const frame = (f, frames) => {
		const r = f.getBoundingClientRect(), inner = f.contentDocument; // none of another site
		if (!inner || frames.length > 100 || r.width < 60 || r.height < 40 || getComputedStyle(f).visibility !== 'visible') return;
		const e = get(inner, 'scrollingElement');
		if (e && scrollHeight(e) >= clientHeight(e) * 1.1 && scrollHeight(e) - clientHeight(e) >= 20 && getComputedStyle(e).overflowY !== 'hidden')
			found.push({e, frame: f, area: r.width * r.height, frames, rank: 0});
		all(inner, [...frames, f]);
	};
	all(document, []);
	// Small ones come last, whatever they are.
	for (const one of found) if (!one.frame && (clientHeight(one.e) < 80 || clientWidth(one.e) < 100)) one.rank += 4;
	found.sort((a, b) => a.rank - b.rank || b.area - a.area);
	const place = (one) => { const r = Element.prototype.getBoundingClientRect.call(one.frame || one.e); return [r.left, r.top + scrollY, r.width, r.height]; };
	for (const one of found) one.place = place(one);
	// Asked again, those that are there still keep their numbers, and what a page put in the place of one takes its number.
	if (again) {
		const there = Object.getOwnPropertyDescriptor(Node.prototype, 'isConnected').get;
		const old = globalThis.panes, fresh = found.filter((one) => !old.some((o) => o.e === one.e));
		globalThis.panes = old.map((o) => there.call(o.e) ? o : fresh.find((one) => !one.frame && !o.frame && one.rank === o.rank &&
			one.frames.length === o.frames.length && one.frames.every((f, n) => f === o.frames[n]) && one.place.every((v, n) => n === 3 || Math.abs(v - o.place[n]) < 4)) || o);
		return globalThis.panes.length;
	}
	globalThis.panes = found;
	return found.length + more;
})(%t)`

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
	// One that the page took away, or put another in the place of, is none any more.
	const there = (n) => Object.getOwnPropertyDescriptor(Node.prototype, 'isConnected').get.call(n) && !!Object.getOwnPropertyDescriptor(Node.prototype, 'ownerDocument').get.call(n).defaultView;
	const gone = () => one && ![e, ...one.frames, ...one.frame ? [one.frame] : []].every(there);
	if (gone()) return {gone: true};
	if (pane >= 0) Element.prototype.scrollIntoView.call(one.frame || e, {block: block || one.block || 'nearest', behavior: 'instant'});
	const before = at();
	const place = (px || by ? before + Math.max(px || high() * by, -before) : to < 0 ? size() : to) + start();
	if (pane < 0) scrollTo({top: place, behavior: 'instant'});
	else Element.prototype.scrollTo.call(e, across ? {left: place, behavior: 'instant'} : {top: place, behavior: 'instant'});
	await new Promise((done) => { const late = setTimeout(done, 200); requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(); }, 0)); });
	if (gone()) return {gone: true};
	const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
	const below = pane < 0 || across ? 0 : one.frames.reduce((y, f) => y + rect(f).top, rect(one.frame || e).bottom) - innerHeight;
	const shift = (of) => (pane < 0 ? [] : one.frames).reduce((n, f) => n + rect(f)[of], 0), r = pane < 0 ? null : rect(one.frame || e);
	const box = r ? [Math.max(0, r.left + shift('left')), Math.max(0, r.top + shift('top')), Math.min(innerWidth, r.right + shift('left')), Math.min(innerHeight, r.bottom + shift('top'))] : [];
	return {before, box, wide: innerWidth, at: at(), height: size(), high: high(), across: !!across, both: one && one.both ? scrollHeight(e) - clientHeight(e) : 0, below, end: at() + (pane < 0 ? innerHeight : view()) >= size() - 2};
})(%s)`

// paneAt is where a pane was and is, how much it holds and shows, and how much of it lies below the window.
type paneAt struct {
	Before, At, Height, High, Below float64
	Box                             []float64 // where the window shows it: left, top, right, bottom
	Wide                            float64   // the window
	Both                            float64   // what of one that goes sideways lies below what it shows
	Across                          bool
	Gone                            bool // the page took it away
	End                             bool // nothing of it follows
	anew                            bool // this is what it put in its place
}

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
	by := e.stage()
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
	e.tab.Pierce(ctx) // it has a limit of its own
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	err = e.tab.Ask(limit, fmt.Sprintf(paneScript, false), &found)
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
	known := e.tab.Waiting()
	patient := false
	for steps := 0; pane >= 0 && !first.Across; steps++ {
		at, err = e.paneStep(ctx, pane, "to: 0")
		if err != nil {
			stopped = e.why(err)
			break
		}
		stopped = e.edgeWait(ctx, pane, known, e.restAt(pane), by)
		// Off the edge and back, for those that load when it is reached.
		if _, err = e.paneStep(ctx, pane, "by: 0.3"); err != nil {
			stopped = e.why(err)
			break
		}
		again, err := e.paneStep(ctx, pane, "to: 0")
		if err == nil {
			if why := e.edgeWait(ctx, pane, known, late/2, by); why.Detail != "" {
				stopped = why
			}
			again, err = e.paneStep(ctx, pane, "to: 0")
		}
		if err != nil {
			break
		}
		grown := again.Height != at.Height || at.Height != before
		if before = again.Height; !grown {
			if silence := e.patience(pane); patient || silence == 0 || stopped.Detail != "" {
				break
			} else if stopped = e.edgeWait(ctx, pane, known, silence, by); stopped.Detail != "" {
				break
			}
		}
		patient = !grown
		if steps == maxPaneSteps || !e.before(by) {
			stopped = evidence.Say("no-beginning", "beginning not reached")
			break
		}
	}
	stop, err := e.pictured(ctx, by, pane, name)
	if err != nil {
		return err
	} else if stop.Detail != "" {
		stopped = stop
	}
	if stopped.Detail == "" && first.Both >= 1 {
		stopped = evidence.Say("pane-both", "it goes down and sideways: of {#side:.0f} px to the side only the upper end, without {#down:.0f} px below", first.Height-first.High, first.Both)
	}
	if stopped.Detail != "" {
		e.paneCut(name(1), stopped)
	}
	return nil
}

// pictured pictures a pane from its beginning to its end; once more, with patience, where what it shows came after
// it was pictured. Only the sink is an error.
func (e *Eye) pictured(ctx context.Context, by time.Time, pane int, name func(int) string) (stopped evidence.Said, err error) {
	if pane >= 0 || e.fading {
		defer e.noteFaint(ctx)
	}
	taken, had := 0, len(e.words)
	stopped, err = e.pictureSteps(ctx, by, pane, func(n int) string { taken = max(taken, n); return name(n) })
	if !e.tardy || err != nil {
		return stopped, err
	}
	defer func() { e.tardy, e.unsteady = false, 0 }()
	again := evidence.Say("pane-late", "what it shows changed after it was pictured; it was not pictured once more to its end")
	if !e.before(by) {
		return again, nil
	}
	first, covered, before := stopped, e.inside, taken
	stopped, err = e.pictureSteps(ctx, by, pane, func(n int) string { return name(before + n) })
	e.inside = covered                 // it is the same
	if n := len(e.words); n-had == 2 { // the same was read twice
		e.words = append(e.words[:had], slices.MaxFunc(e.words[had:], func(a, b Words) int { return len(a.Lines) - len(b.Lines) }))
	}
	switch {
	case stopped.Detail != "" && first.Detail == "":
		stopped = again
	case stopped.Detail == "" && e.unsteady > 0:
		stopped = evidence.Say("pane-unsteady", "it was still changing when {#n} pictures of it were taken", e.unsteady)
	}
	return stopped, err
}

// patience is the silence that is waited for at an edge once more, where nothing came: some look whether it was
// reached only when scrolling has rested for long.
func (e *Eye) patience(pane int) time.Duration {
	if pane >= edgePanes {
		return 0
	}
	return edge
}

// restAt is the silence that is waited for at the edges of a pane.
func (e *Eye) restAt(pane int) time.Duration {
	if pane >= 0 && pane < edgePanes {
		return edge
	}
	return late / 2
}

func (e *Eye) paneCut(name string, why evidence.Said) {
	e.tab.Notes().Add(record.ProblemPaneCut, evidence.Say("named", "{name}: {why}", name, why))
}

// errGone is said of a pane that the page took away while it was pictured.
var errGone = errors.New("the page took it away")

// paneStep moves a pane. What the page put in its place, as those do that draw everything anew, is gone on with.
func (e *Eye) paneStep(ctx context.Context, pane int, move string) (paneAt, error) {
	p, err := e.paneMoved(ctx, pane, move)
	if err != nil || !p.Gone {
		return p, err
	}
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var found int
	if err := e.tab.Ask(limit, fmt.Sprintf(paneScript, true), &found); err != nil {
		return p, err
	}
	if p, err = e.paneMoved(ctx, pane, move); err == nil && p.Gone {
		return p, errGone
	}
	p.anew = true
	return p, err
}

func (e *Eye) paneMoved(ctx context.Context, pane int, move string) (paneAt, error) {
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
