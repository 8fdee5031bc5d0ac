package sight

import (
	"context"
	"fmt"
)

// freeScript tells how much of a pane, or of the page for number -1, is free of what lies over it, in
// columns: bars outside of it that reach over it, and heads within it that stay where they are. Of each column
// it tells the longest stretch that shows content, from where to where below the pane's upper edge. A pane of
// which less than half is free is moved in the window first. At the beginning and at the end it tells how many
// rows with something to see are covered before the first and after the last free ones.
const freeScript = `(({pane}) => {` + lookingScript + `
	const one = pane < 0 ? null : globalThis.panes[pane];
	const e = one && one.e, of = one && (one.frame || e);
	const clientLeft = own(Element, 'clientLeft'), clientTop = own(Element, 'clientTop'), clientWidth = own(Element, 'clientWidth'), clientHeight = own(Element, 'clientHeight');
	// The frames that it stands in, the outermost first, and where the document in which it stands begins.
	const outer = one && one.frames || [], chain = one && one.frame ? [...outer, one.frame] : outer;
	const begins = (frames) => frames.reduce((at, f) => { const r = rect(f); return {x: at.x + r.left + clientLeft.call(f), y: at.y + r.top + clientTop.call(f)}; }, {x: 0, y: 0});
	const box = () => {
		if (!one) return {left: 0, top: 0, right: innerWidth, bottom: innerHeight, y: 0};
		const b = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
		for (let n = 0; n <= outer.length; n++) {
			const held = outer[n] || of, at = begins(outer.slice(0, n)), r = rect(held);
			b.x = at.x + r.left + clientLeft.call(held); b.y = at.y + r.top + clientTop.call(held);
			b.left = Math.max(b.left, b.x); b.top = Math.max(b.top, b.y);
			b.right = Math.min(b.right, b.x + clientWidth.call(held)); b.bottom = Math.min(b.bottom, b.y + clientHeight.call(held));
		}
		return b;
	};
	const inner = one ? own(Node, 'ownerDocument').call(e) : document;
	// What lies at a point: in the document of the pane, or over one of the frames that it stands in.
	const hit = (x, y) => {
		let n = top(x, y);
		for (const f of chain) {
			const held = n === f && f.contentDocument;
			if (!held) return {n, over: true};
			const r = rect(f);
			x -= r.left + clientLeft.call(f); y -= r.top + clientTop.call(f);
			n = topIn(held, x, y);
		}
		return {n, over: false};
	};
	const within = (n) => {
		if (!one || one.frame) return true;
		for (; n; n = up(n)) if (n === e) return true;
		return false;
	};
	const near = (a, b) => Math.abs(a - b) < 2;
	const sticking = new Map();
	// Whether it stays where it is: fixed, or a sticky head that touches its edge, which lies so far down in its document.
	const stays = (n, edge) => {
		if (!n || n === e || n === root) return false;
		if (!sticking.has(n)) {
			const s = getComputedStyle(n);
			let yes = s.position === 'fixed';
			if (s.position === 'sticky') {
				const r = rect(n), low = edge + (one ? clientHeight.call(of) : innerHeight);
				yes = s.top !== 'auto' && near(r.top, edge + parseFloat(s.top)) || s.bottom !== 'auto' && near(r.bottom, low - parseFloat(s.bottom));
			}
			sticking.set(n, yes || stays(up(n), edge));
		}
		return sticking.get(n);
	};
	const step = 8, columns = 9;
	const look = () => {
		sticking.clear();
		const b = box(), runs = [], at = begins(chain), edge = b.y - at.y;
		let above = 0, below = 0;
		for (let i = 0; i < columns; i++) {
			const x = b.left + (b.right - b.left) * (i + 0.5) / columns;
			let best = null, from = null, y = b.top + step / 2, last = null, head = 0, tail = 0;
			const holds = (n, over) => { for (; over; over = up(over)) if (over === n) return true; return false; };
			const hidden = (y, over) => stackIn(inner, x - at.x, y - at.y).some((n) => within(n) && n !== e && !holds(n, over) && !stays(n, edge) && shows(n, x - at.x, y - at.y) && visible(n));
			for (; y < b.bottom; y += step) {
				const {n, over} = hit(x, y), free = n && !over && within(n) && !stays(n, edge);
				if (free) { if (from === null) from = y; last = y; if (!best || y - from > best[1] - best[0]) best = [from, y]; tail = 0; }
				else { from = null; if (n && hidden(y, n)) { if (last === null) head += step; else tail += step; } }
			}
			above = Math.max(above, head); below = Math.max(below, tail);
			runs.push(best ? [best[0] - step / 2 - b.top, best[1] + step / 2 - b.top] : null);
		}
		const free = runs.filter((r) => r).map((r) => r[1] - r[0]);
		return {runs, above, below, free: free.length ? Math.min(...free) : 0, high: b.bottom - b.top};
	};
	let best = look();
	if (one && best.free < clientHeight.call(of) / 2 && !one.placed) {
		one.placed = true;
		let chosen = 'nearest';
		for (const block of ['center', 'start', 'end']) {
			Element.prototype.scrollIntoView.call(of, {block, behavior: 'instant'});
			const now = look();
			if (now.free > best.free + 20) { best = now; chosen = block; }
		}
		one.block = chosen;
		Element.prototype.scrollIntoView.call(of, {block: chosen, behavior: 'instant'});
		best = look();
	}
	return best;
})(%s)`

// free is how much of a pane can be seen. A column without a stretch shows nothing at all.
type free struct {
	Runs         [][]float64
	Above, Below float64
	High         float64
}

// overlapped is how much of what a step showed the next one shows again, at least: a line of a chat with
// its time fits into it.
const overlapped = 120

// step is how far a pane may be moved so that whatever passes by is free once: four fifths of what is free,
// less where little is.
func (f free) step(high float64) float64 {
	least := high
	for _, r := range f.Runs {
		if len(r) == 2 {
			least = min(least, r[1]-r[0])
		}
	}
	if least > 0.95*high {
		return 0.8 * high
	}
	return max(min(0.8*high, max(least-overlapped, least/2)), 20)
}

// gap is how much between what was free before and what is now no picture shows: something came to lie
// over the pane meanwhile. The places are those to which it was scrolled.
func (f free) gap(before free, from, to float64) (gap float64) {
	for i, r := range f.Runs {
		if len(r) == 2 && i < len(before.Runs) && len(before.Runs[i]) == 2 {
			gap = max(gap, to+r[0]-from-before.Runs[i][1])
		}
	}
	return gap
}

func (e *Eye) free(ctx context.Context, pane int) (free, error) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var f free
	err := e.tab.Ask(limit, freeOf(pane), &f)
	return f, err
}

func freeOf(pane int) string { return fmt.Sprintf(freeScript, fmt.Sprintf("{pane: %d}", pane)) }

// upTo is what of it shows, where only so much of the pane is in the window.
func (f free) upTo(high float64) free {
	for i, r := range f.Runs {
		if len(r) == 2 {
			f.Runs[i] = []float64{min(r[0], high), min(r[1], high)}
		}
	}
	return f
}
