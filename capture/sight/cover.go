package sight

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/chromedp/cdproto/page"

	"constat/capture/record"
	"constat/evidence"
)

// coverScript tells which rows of the page, of those that the window shows, lie under what stays where
// it is when one scrolls: bars, heads, dialogues. Rows under which there is nothing to see do not count. It
// tells where the window is, and how far it could be scrolled.
const coverScript = `(() => {` + lookingScript + `
	const scrolling = Object.getOwnPropertyDescriptor(Document.prototype, 'scrollingElement').get.call(document) || root;
	const roots = [], seen = new Map();
	const sticks = (e) => { const p = getComputedStyle(e).position; return p === 'fixed' || p === 'sticky'; };
	// The uppermost ancestor that stays where it is, if any.
	const holder = (e) => {
		if (!e || e === root) return null;
		if (!seen.has(e)) { seen.set(e, null); seen.set(e, holder(up(e)) || (sticks(e) ? e : null)); }
		return seen.get(e);
	};
	let looked = 0;
	const walk = (under) => { for (const e of under) {
		if (++looked > 20000 || roots.length > 100) return;
		if (sticks(e)) { const of = holder(e); if (!roots.includes(of)) roots.push(of); }
		if (shadow(e)) walk(ShadowRoot.prototype.querySelectorAll.call(shadow(e), '*'));
	} };
	walk(Document.prototype.querySelectorAll.call(document, 'body *'));
	for (let i = 0; i < 5; i++) for (let j = 0; j < 9; j++) {
		const of = holder(top(innerWidth * (i + 0.5) / 5, innerHeight * (j + 0.5) / 9));
		if (of && !roots.includes(of)) roots.push(of);
	}
	// What of them is painted.
	const parts = [];
	const cut = (r, box) => ({left: Math.max(r.left, box.left), top: Math.max(r.top, box.top), right: Math.min(r.right, box.right), bottom: Math.min(r.bottom, box.bottom)});
	const paint = (e, box, depth) => {
		if (parts.length > 200 || depth > 40) return;
		const s = getComputedStyle(e), r = cut(rect(e), box);
		if (s.display === 'none' || Number(s.opacity) < 0.05) return;
		if (s.visibility === 'visible' && r.right - r.left > 1 && r.bottom - r.top > 1 && (media(e) || !faint(s.backgroundColor) || s.backgroundImage !== 'none' || words(e))) {
			parts.push({of: holder(e), ...r});
		}
		const inner = s.overflowX === 'visible' && s.overflowY === 'visible' ? box : r;
		for (const c of childNodes.call(shadow(e) || e)) if (c instanceof Element) paint(c, inner, depth + 1);
	};
	for (const one of roots) paint(one, {left: 0, top: 0, right: innerWidth, bottom: innerHeight}, 0);
	// What lies in a pane is pictured with it, step by step.
	const panes = new Set((globalThis.panes || []).slice(0, %d).map((p) => p.e));
	const paned = (e) => { for (; e; e = up(e)) if (panes.has(e)) return true; return false; };
	const rows = new Set();
	const step = 10;
	for (let y = step / 2; y < innerHeight; y += step) {
		const here = parts.filter((p) => p.top <= y && y <= p.bottom);
		if (!here.length) continue;
		for (let i = 0; i < 24 && !rows.has(y); i++) {
			const x = innerWidth * (i + 0.5) / 24, over = here.filter((p) => p.left <= x && x <= p.right);
			if (!over.length) continue;
			const under = stack(x, y).some((e) => !holder(e) && !paned(e) && !over.some((p) => Node.prototype.contains.call(e, p.of)) && shows(e, x, y) && visible(e));
			if (under) rows.add(y);
		}
	}
	const list = [];
	for (const y of [...rows].sort((a, b) => a - b)) {
		const from = Math.max(y - step / 2, 0) + scrollY, to = Math.min(y + step / 2, innerHeight) + scrollY, last = list[list.length - 1];
		if (last && from - last[1] < 1) last[1] = to; else list.push([from, to]);
	}
	return {parts: list, y: scrollY, view: innerHeight, max: Math.max(0, Math.max(scrolling.scrollHeight, root.scrollHeight) - innerHeight)};
})()`

// span is rows of the page, in CSS pixels.
type span [2]float64

type covered struct {
	Parts        []span
	Y, View, Max float64
}

// both are the rows that are in a and in b.
func both(a, b []span) (list []span) {
	for _, one := range a {
		for _, other := range b {
			if from, to := max(one[0], other[0]), min(one[1], other[1]); to-from >= 1 {
				list = append(list, span{from, to})
			}
		}
	}
	return list
}

func rows(list []span) (n float64) {
	for _, one := range list {
		n += one[1] - one[0]
	}
	return n
}

func (e *Eye) covers(ctx context.Context) (covered, error) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var c covered
	err := e.tab.Ask(limit, fmt.Sprintf(coverScript, maxPanes), &c)
	return c, err
}

// around is how much of the page is pictured above and below what a bar covered, so that one sees
// where it belongs.
const around = 60

// uncoverBars pictures once more what lies under bars and dialogues in the tiles, which show them where
// they stand when the page is at its beginning: the page is scrolled on, and the rows are pictured where
// they are. What stays covered wherever the page is scrolled to is remembered for [Eye.NoteCovered].
// Only the sink is an error.
func (e *Eye) uncoverBars(ctx context.Context) error {
	first, err := e.covers(ctx)
	if err != nil || len(first.Parts) == 0 {
		return nil // a page that does not answer says so elsewhere
	}
	e.covered = first.Parts
	var tried []float64
	for _, to := range []float64{min(first.View+2*around, first.Max), first.Max, math.Floor(first.Max / 2)} {
		if to < 1 || len(e.covered) == 0 || slices.Contains(tried, to) {
			continue
		}
		tried = append(tried, to)
		if err := e.picturedFrom(ctx, to); err != nil {
			return err
		}
	}
	_, _ = e.paneStep(ctx, -1, "to: 0")
	return nil
}

// picturedFrom pictures what is covered and is not once the page is scrolled to a place.
func (e *Eye) picturedFrom(ctx context.Context, to float64) error {
	at, err := e.paneStep(ctx, -1, fmt.Sprintf("to: %.0f", to))
	if err != nil || at.At < 1 {
		return nil
	}
	e.tab.Hush(ctx, late/2, frameDrawn)
	now, err := e.covers(ctx)
	if err != nil {
		return nil
	}
	still := both(e.covered, now.Parts)
	if rows(e.covered)-rows(still) < 1 {
		return nil
	}
	from := max(e.covered[0][0]-around, 0)
	below := e.covered[len(e.covered)-1][1] + around
	e.away = true
	e.still(ctx)
	s, err := e.shoot(ctx, &page.Viewport{
		Y: math.Floor(from), Width: float64(e.view.Width), Height: math.Ceil(below - math.Floor(from)), Scale: 1,
	})
	e.stir(ctx)
	e.away = false
	if err != nil {
		e.paneCut(evidence.UnderName(e.under+1), e.why(err))
		return nil
	}
	e.under++
	if err := e.kept.Put(evidence.UnderName(e.under), "image/png", s.png); err != nil {
		return err
	}
	e.covered = still
	return nil
}

// NoteCovered says how much of the page stayed under what lies over it, in every picture. It is called
// when nothing more is pictured.
func (e *Eye) NoteCovered(ctx context.Context) {
	if len(e.covered) > 0 && e.closed { // some of it was taken away with the overlay
		if now, err := e.covers(ctx); err == nil {
			e.covered = both(e.covered, now.Parts)
		}
	}
	if n := rows(e.covered) + e.inside; n >= 1 {
		e.tab.Notes().Add(record.ProblemCovered, evidence.Say("covered", "{#n:.0f} px", n))
	}
	e.covered, e.inside = nil, 0
}
