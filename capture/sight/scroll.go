package sight

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/network"

	"constat/capture/record"
	"constat/evidence"
)

// The scripts that scroll. Like every question they run in the isolated world,
// whose globals outlive a question, so that what was seen on the way can be looked
// up on the way back. They change nothing but the scroll position.
const (
	// walkScript scrolls on from where the page is, one window at a step, and
	// waits a moment at each. Elements seen on the way are remembered: a list
	// that draws only what the window shows takes them away again.
	walkScript = `(async ({down, steps, until, pause, limit}) => {
		const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
		const root = get(Document, 'documentElement', document);
		// A page can name a field of a form like one of these.
		const up = (e) => get(Node, 'parentElement', e), rootOf = (e) => get(Element, 'shadowRoot', e);
		const moment = () => new Promise((done) => {
			const late = setTimeout(done, 500 + pause);
			requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(); }, pause));
		});
		// In quirks mode it is the body that scrolls, and the root that is as high as the window.
		const scrolling = get(Document, 'scrollingElement', document);
		const tall = () => Math.max(root.scrollHeight, scrolling ? scrolling.scrollHeight : 0);
		const began = performance.now(), start = scrollY, before = tall();
		if (!globalThis.watch) {
			globalThis.changes = globalThis.moves = 0;
			globalThis.dropped = new Set();
			globalThis.watch = new MutationObserver((list) => { for (const m of list) {
				if (m.attributeName === 'style' || m.attributeName === 'hidden') globalThis.moves++; else globalThis.changes++;
				for (const n of m.removedNodes) if (n.nodeType === 1 && globalThis.dropped.size < 300) {
					const words = (get(Node, 'textContent', n) || '').trim();
					if (words && words.length < 2000) globalThis.dropped.add(words);
				}
			} });
			globalThis.skipped = 0;
			globalThis.undrawn = new WeakSet();
			globalThis.watch.observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ['src', 'srcset', 'class', 'style', 'hidden']});
		}
		// What lies outside of the window may be left undrawn until it is scrolled to (CSS Containment, content-visibility).
		const hear = (of) => {
			if (globalThis.undrawn.has(of)) return;
			globalThis.undrawn.add(of);
			EventTarget.prototype.addEventListener.call(of, 'contentvisibilityautostatechange', () => { globalThis.skipped++; }, {capture: true});
		};
		hear(document);
		for (const f of Document.prototype.querySelectorAll.call(document, 'iframe, frame')) if (f.contentDocument) hear(f.contentDocument);
		if (down && !globalThis.seen) scrollTo({top: 0, left: 0, behavior: 'instant'});
		if (!down && !globalThis.up || !globalThis.seen) globalThis.seen = [];
		globalThis.up = !down;
		// How much of what lies below is seen through an element and what holds it.
		const clear = (e) => {
			let o = 1;
			for (let n = 0; e && n < 12; n++, e = up(e)) o *= Number(getComputedStyle(e).opacity) * (getComputedStyle(e).visibility === 'visible' ? 1 : 0);
			return o;
		};
		globalThis.clear = clear;
		// The same when what fades in has come to its end.
		const rising = (e) => {
			let o = 1;
			for (let n = 0; e && n < 12; n++, e = up(e)) {
				const to = Element.prototype.getAnimations.call(e).map((a) => a.playState === 'running' && a.effect && isFinite(a.effect.getComputedTiming().endTime) ? Number(a.effect.getKeyframes().at(-1)?.opacity) : NaN).filter((v) => v >= 0);
				o *= Math.max(Number(getComputedStyle(e).opacity), ...to) * (getComputedStyle(e).visibility === 'visible' ? 1 : 0);
			}
			return o;
		};
		const held = (e) => {
			for (let n = 0; e && n < 40; n++, e = up(e) || Node.prototype.getRootNode.call(e).host) if (getComputedStyle(e).position === 'fixed') return true;
			return false;
		};
		const frame = () => new Promise((done) => { const late = setTimeout(done, 500); requestAnimationFrame(() => { clearTimeout(late); done(); }); });
		const see = async () => {
			let waited = false;
			if (globalThis.seen.length > 3000) return;
			for (const x of [0.25, 0.5, 0.75]) {
				let e = Document.prototype.elementFromPoint.call(document, innerWidth * x, innerHeight / 2);
				for (let inner = e; inner && rootOf(inner); e = inner || e) {
					const next = rootOf(inner).elementFromPoint(innerWidth * x, innerHeight / 2);
					inner = next === inner ? null : next;
				}
				if (e && e !== root && e !== get(Document, 'body', document) && !held(e)) {
					if (clear(e) <= 0.5 && !waited) { // what is told that it came begins to fade in after a frame
						waited = true;
						await frame();
						await frame();
					}
					globalThis.seen.push({e, y: Element.prototype.getBoundingClientRect.call(e).top + scrollY, o: clear(e) > 0.5 ? 1 : rising(e)});
				}
			}
		};
		let taken = 0;
		for (; taken < steps && performance.now() - began < limit; taken++) {
			const before = scrollY;
			const to = down ? Math.min(before + innerHeight, until - innerHeight) : before - innerHeight;
			scrollTo({top: Math.max(to, 0), behavior: 'instant'});
			await moment();
			if (Math.abs(scrollY - before) < 1) break;
			await see();
		}
		const handlers = [root, get(Document, 'body', document)].some((e) => e && Array.from(e.attributes).some((a) => a.name.startsWith('on')));
		return {still: globalThis.scripted === false && !handlers, y: scrollY, from: start, before, view: innerHeight, height: tall(), steps: taken, changes: globalThis.changes, moves: globalThis.moves};
	})(%s)`
	// topScript ends the walk at the top and counts what is not where it was.
	topScript = `(async () => {
		scrollTo({top: 0, left: 0, behavior: 'instant'});
		await new Promise((done) => { const late = setTimeout(done, 200); requestAnimationFrame(() => setTimeout(() => { clearTimeout(late); done(); }, 0)); });
		const seen = globalThis.seen || [];
		const there = Object.getOwnPropertyDescriptor(Node.prototype, 'isConnected').get;
		const top = (e) => Element.prototype.getBoundingClientRect.call(e).top;
		const lost = seen.filter(({e, y, o}) => !there.call(e) || o > 0.5 && globalThis.clear(e) < 0.5 || Math.abs(top(e) + scrollY - y) > innerHeight).length;
		const faded = seen.filter(({e, o}) => there.call(e) && o > 0.5 && globalThis.clear(e) < 0.5).length;
		const undrawn = seen.some(({e}) => there.call(e) && Element.prototype.checkVisibility.call(e) && !Element.prototype.checkVisibility.call(e, {contentVisibilityAuto: true}));
		globalThis.seen = null;
		// What was taken out of the page on the way, and is not in it again.
		const words = Object.getOwnPropertyDescriptor(Document.prototype, 'body').get.call(document)?.textContent || '';
		const dropped = Array.from(globalThis.dropped || []).filter((one) => !words.includes(one)).length;
		return {y: scrollY, seen: seen.length, lost, faded, dropped, undrawn: undrawn || globalThis.skipped > 0};
	})()`
)

type walk struct {
	Y, From, View  float64
	Before, Height float64 // of the page, when the walk began and when it ended
	Steps, Changes int     // changes are of what the page holds
	Moves          int     // changes of how it is placed or hidden
	Still          bool    // the document has no script, so that nothing of it happens by itself
}

// reason is why scrolling ended.
type reason int

const (
	scrolledLight reason = iota
	scrolledFits
	scrolledEnd
	scrolledPixels
	scrolledSteps
	scrolledTime
	scrolledBusy
	scrolledSilent
)

func (r reason) said() evidence.Said {
	switch r {
	case scrolledFits:
		return evidence.Say("fits", "fits the window")
	case scrolledEnd:
		return evidence.Say("end-of-page", "end of the page")
	case scrolledPixels:
		return evidence.Say("limit-pixels", "limit of pixels")
	case scrolledSteps:
		return evidence.Say("limit-steps", "limit of steps")
	case scrolledTime:
		return evidence.Say("limit-time", "limit of time")
	case scrolledBusy:
		return evidence.Say("no-answer", "the page did not answer")
	case scrolledSilent:
		return evidence.Say("scripts-stopped", "scripts were stopped")
	}
	return evidence.Say("not-asked", "not asked for")
}

// Scrolled is what came of scrolling; it becomes a precondition.
type Scrolled struct {
	reason       reason
	steps        int
	before, size int // height of the page in CSS pixels, before and after
	reached      int
	virtual      bool          // the page draws only what the window shows
	fading       bool          // and lets it fade at the edges
	loading      evidence.Said // more was still being loaded at the end
}

func (r Scrolled) complete() bool { return r.reason == scrolledEnd || r.reason == scrolledFits }

// Unasked tells that the page does not answer, or its scripts were stopped: nothing of it is scrolled further.
func (r Scrolled) Unasked() bool { return r.reason == scrolledBusy || r.reason == scrolledSilent }

// NotScrolled is that nothing was, because nobody asked for it.
func NotScrolled() Scrolled { return Scrolled{reason: scrolledLight} }

func (r Scrolled) said() evidence.Said {
	why := r.reason.said()
	switch {
	case r.steps == 0:
		return why
	case r.size == r.before:
		return evidence.Say("steps", "{why}: {#n} steps, {#reached} px", why, r.steps, r.reached)
	}
	return evidence.Say("steps-grown", "{why}: {#n} steps, {#reached} px, page of {#before} px became {#after} px",
		why, r.steps, r.reached, r.before, r.size)
}

// Precondition is the fact for the record.
func (r Scrolled) Precondition() evidence.Precondition {
	state := evidence.NotMet
	if r.complete() {
		state = evidence.Met
	}
	return r.said().Precondition(record.ItemScrolled, state)
}

// scrollAnswer is how long a page may take for one stretch of scrolling beyond
// what it was given; a page that is busy for longer is pictured as it stands.
const scrollAnswer = 3 * time.Second

// late is the silence that is waited for where scripts may have waited before they ask: many that
// follow scrolling do.
const late = 250 * time.Millisecond

// rested is the same at the end of a page: feeds look whether their end is in the window once scrolling
// has rested for a while.
const rested = 700 * time.Millisecond

// rest waits at the end of a page for what its scripts may ask for late: one that looks at its position only
// now and then cannot be told from one that does not. A document that never had a script has nothing that waits.
func (e *Eye) rest(ctx context.Context, w walk, before map[network.RequestID]bool, by time.Time) evidence.Said {
	silence := rested
	if w.Still {
		silence = 0
	}
	return e.edgeWait(ctx, -1, before, silence, by)
}

// stretch is how many steps the page makes for one question.
const stretch = 25

// Scroll shows the page as it is, unmagnified, and walks down it so that what is loaded late is loaded.
func (e *Eye) Scroll(ctx context.Context) Scrolled {
	e.progress.Step(evidence.StepFullPage)
	e.unpinch(ctx)
	return e.scroll(ctx)
}

// scroll walks down the page so that what is loaded late is loaded, and back to
// the top. When something came on the way it walks back slowly, for pages that look
// at their position only now and then.
func (e *Eye) scroll(ctx context.Context) (r Scrolled) {
	if e.tab.Silenced() {
		r.reason = scrolledSilent
		return r
	}
	by := e.stage()
	before := e.tab.Traffic()
	w, ok := e.walkDown(ctx, by, &r)
	lazy := w.Changes > 0 || e.tab.Traffic() != before
	if ok && r.steps > 0 && lazy {
		e.walkUp(ctx, by)
	}
	if r.steps > 0 {
		var top struct {
			Seen, Lost, Faded, Dropped int
			Undrawn                    bool
		}
		limit, done := e.tab.Within(ctx, scrollAnswer)
		if e.tab.Ask(limit, topScript, &top) != nil {
			r.reason = scrolledBusy
		}
		done()
		r.virtual = top.Lost >= 3 && top.Lost*5 >= top.Seen || top.Dropped >= 3 || top.Undrawn
		r.fading = top.Faded >= 3
		if !ok || lazy || w.Moves > 0 { // a page that did nothing all the way down does nothing at the top
			e.tab.Hush(ctx, late, min(e.limits.Settle, 2*time.Second))
		}
	}
	if r.reason != scrolledBusy {
		e.tab.Steady(ctx, scrollAnswer)
	}
	switch {
	case r.complete() && r.loading.Detail != "":
		e.tab.Notes().Add(record.ProblemScrollStopped, r.loading)
	case r.complete(), r.reason == scrolledPixels && r.size == r.before: // the picture ends there, too, and says so
	default:
		e.tab.Notes().Add(record.ProblemScrollStopped, r.said())
	}
	return r
}

// walkDown fills in the result; false means that the page is not to be asked further.
func (e *Eye) walkDown(ctx context.Context, by time.Time, r *Scrolled) (walk, bool) {
	until := max(e.limits.MaxHeight/e.view.Scale, e.view.Height)
	var last walk
	known := e.tab.Waiting()
	for {
		w, err := e.walk(ctx, true, min(stretch, e.limits.ScrollSteps-r.steps), until, 0, e.until(by))
		if err != nil {
			r.reason = scrolledBusy
			return last, false
		}
		if r.before == 0 {
			r.before = pixels(w.Before)
		}
		r.steps += w.Steps
		r.size, r.reached = pixels(w.Height), pixels(w.Y+w.View)
		if r.steps == 0 && w.Height <= w.View+1 {
			r.reason = scrolledFits
			return w, true
		}
		atEnd := r.reached >= r.size-1
		if atEnd { // more may come now
			r.loading = e.rest(ctx, w, known, by)
			again, err := e.walk(ctx, true, 0, until, 0, time.Second)
			if err != nil {
				r.reason = scrolledBusy
				return w, false
			}
			w.Height, w.Changes, w.Moves = again.Height, again.Changes, again.Moves
			r.size = pixels(again.Height)
			atEnd = r.reached >= r.size-1
		}
		last = w
		switch {
		case atEnd:
			r.reason = scrolledEnd
		case r.reached >= until:
			r.reason = scrolledPixels
		case !e.before(by) || ctx.Err() != nil:
			r.reason = scrolledTime
		case r.steps >= e.limits.ScrollSteps:
			r.reason = scrolledSteps
		case w.Steps == 0 && w.Y == w.From:
			// It has more height than it can be scrolled: nothing is reached by going on.
			r.reason = scrolledEnd
		default:
			continue
		}
		return last, true
	}
}

// slowStep is how long each window is shown on the way back.
const slowStep = 120 * time.Millisecond

func (e *Eye) walkUp(ctx context.Context, by time.Time) {
	if left := e.until(by); left < 3*time.Second {
		by = by.Add(3*time.Second - left)
	}
	for e.before(by) && ctx.Err() == nil {
		w, err := e.walk(ctx, false, stretch, 0, slowStep, e.until(by))
		if err != nil || w.Y < 1 || w.Y == w.From {
			return
		}
	}
}

func (e *Eye) walk(ctx context.Context, down bool, steps, until int, pause, limit time.Duration) (walk, error) {
	limit = max(min(limit, 8*time.Second), 0)
	bounded, done := e.tab.Within(ctx, limit+scrollAnswer)
	defer done()
	var w walk
	options := fmt.Sprintf("{down: %t, steps: %d, until: %d, pause: %d, limit: %d}",
		down, steps, until, pause.Milliseconds(), limit.Milliseconds())
	err := e.tab.Ask(bounded, fmt.Sprintf(walkScript, options), &w)
	return w, err
}
