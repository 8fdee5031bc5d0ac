package sight

import (
	"context"
	"fmt"
	"time"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// scrollersScript is asked in a frame, after [paneScript]: what scrolls in it, the document itself first; how much of
// each shows, and how much there is.
const scrollersScript = `(() => {
	const root = document.scrollingElement || document.documentElement;
	const own = (name) => { const of = Object.getOwnPropertyDescriptor(Element.prototype, name).get; return (e) => of.call(e); };
	const clientHeight = own('clientHeight'), clientWidth = own('clientWidth'), clientTop = own('clientTop'), scrollHeight = own('scrollHeight'), scrollWidth = own('scrollWidth');
	const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
	globalThis.panes = globalThis.scrollers = [...root ? [{e: root, whole: true, frames: [], placed: true}] : [], ...globalThis.panes.map((one) => ({...one, placed: true}))];
	globalThis.scrollerAt = ({e, whole, x, frame, frames}) => {
		if (whole) return {wide: innerWidth, high: innerHeight, whole: scrollHeight(e), at: scrollY, top: 0, document: true};
		const style = getComputedStyle(e), top = Math.max(0, frames.reduce((y, f) => y + rect(f).top + clientTop(f), rect(frame || e).top));
		if (x) { // one that goes from right to left counts from its end, too
			const start = style.direction === 'rtl' || style.flexDirection === 'row-reverse' && style.display.includes('flex') ? clientWidth(e) - scrollWidth(e) : 0;
			return {wide: clientHeight(e), high: Math.min(clientWidth(e), innerWidth), whole: scrollWidth(e), at: e.scrollLeft - start, start, top, across: true};
		}
		// One that is put upside down counts from its end.
		const start = style.flexDirection === 'column-reverse' && style.display.includes('flex') ? clientHeight(e) - scrollHeight(e) : 0;
		return {wide: clientWidth(e), high: clientHeight(e), whole: scrollHeight(e), at: e.scrollTop - start, start, top};
	};
	return scrollers.map(scrollerAt);
})()`

// moveScript scrolls one of them, and tells where it is then.
const moveScript = `(async (n, to) => {
	const one = globalThis.scrollers[n];
	if (one.whole) scrollTo({top: to, left: 0, behavior: 'instant'});
	else {
		Element.prototype.scrollIntoView.call(one.frame || one.e, {block: 'nearest', behavior: 'instant'});
		Element.prototype.scrollTo.call(one.e, {[one.x ? 'left' : 'top']: to + globalThis.scrollerAt(one).start, behavior: 'instant'});
	}
	await new Promise((done) => setTimeout(done, 50));
	return globalThis.scrollerAt(one);
})(%d, %.0f)`

// frameAt is what of a document or a pane shows, how much there is, and how far below the frame's upper edge it
// stands. Of one that goes sideways the height is what goes by.
type frameAt struct {
	Wide, High, Whole, At, Top float64
	Document                   bool // it is the whole document
	Across                     bool // it goes sideways
}

// scrolls tells whether it is large enough to hold content, with at least a tenth more than it shows.
func (f frameAt) scrolls() bool {
	return f.Whole >= f.High*1.1 && max(f.Wide, f.High) >= 60 && min(f.Wide, f.High) >= 40
}

const (
	// maxScrollers bounds what is pictured of one frame.
	maxScrollers = 4
	// maxEarlier is how often more of what came before is waited for.
	maxEarlier = 20
)

// Foreign pictures what frames of other sites hold, step by step, and puts them back. What of them was not
// scrolled to its end is a problem, with its height; so are those that no time was left to ask. Only the sink and the caller's end are errors.
func (e *Eye) Foreign(ctx context.Context, frames []*tab.Frame, silent int) error {
	if silent > 0 && ctx.Err() != nil { // one that is silent by itself is told of with its words
		e.paneCut(evidence.FrameName(e.framed+1), e.why(ctx.Err()))
	}
	by := e.stage()
	n, shown, whole := 0, 0.0, 0.0
	for _, f := range frames {
		f.Pierce(ctx) // what is left of it is told of with its words
		var found int
		var sizes []frameAt
		if f.Ask(ctx, fmt.Sprintf(paneScript, false), &found) != nil || f.Ask(ctx, scrollersScript, &sizes) != nil {
			if ctx.Err() != nil {
				e.paneCut(evidence.FrameName(e.framed+1), e.why(ctx.Err()))
				break
			}
			continue // its words are asked for later, and that is said then
		}
		taken := 0
		for which, size := range sizes {
			if !size.scrolls() {
				continue
			}
			seen := size.High
			if taken++; taken <= maxScrollers {
				var err error
				if seen, size.Whole, err = e.throughFrame(ctx, by, f, which, size); err != nil {
					return err
				}
			}
			if seen < size.Whole-2 {
				n, shown, whole = n+1, shown+seen, whole+size.Whole
			}
		}
	}
	if n > 0 {
		e.tab.Notes().Add(record.ProblemFramesMore, evidence.Say("frames-of", "{#n} frames, {#shown:.0f} of {#whole:.0f} px", n, shown, whole))
	}
	if len(frames) > 0 {
		_, _ = e.paneStep(ctx, -1, "to: 0")
	}
	return nil
}

// throughFrame pictures what scrolls in one, and tells down to where it was seen, of how much.
func (e *Eye) throughFrame(ctx context.Context, by time.Time, f *tab.Frame, which int, size frameAt) (seen, whole float64, _ error) {
	at := size
	move := func(to float64) error { return f.Ask(ctx, fmt.Sprintf(moveScript, which, to), &at) }
	defer func() {
		first := size.At
		_ = move(first)
	}()
	high, err := e.tab.Reach(ctx, f.ID)
	if err != nil {
		high, err = f.Reach(ctx)
	}
	if err != nil || high-size.Top < 40 {
		return size.High, size.Whole, nil
	}
	if size.Across {
		return e.acrossFrame(ctx, by, f, move, &at)
	}
	high = min(high-size.Top, size.High)
	signs := func() (n int) {
		_ = f.Ask(ctx, fmt.Sprintf(busyScript, -1), &n)
		return n
	}
	var stopped evidence.Said
	defer func() {
		if stopped.Detail != "" {
			e.paneCut(evidence.FrameName(max(e.framed, 1)), stopped)
		}
	}()
	known := e.tab.Waiting()
	// A chat loads what came before when it stands at its beginning.
	for earlier := 0; ; earlier++ {
		before := at.Whole
		if move(0) != nil {
			return size.High, size.Whole, nil
		}
		stopped = e.waitAt(ctx, signs, known, edge, by)
		if move(0) != nil || at.Whole == before && earlier > 0 || earlier == maxEarlier || !e.before(by) {
			break
		}
	}
	pane := which // of the document itself what is free is told as of a page
	if size.Document {
		pane = -1
	}
	looked := func() (is free, known bool) {
		err := f.Ask(ctx, freeOf(pane), &is)
		return is.upTo(high), err == nil
	}
	var lately free
	patient, best, covered := false, 0.0, e.inside // patient: what it shows comes late, without any sign
	defer func() { seen = max(seen, best) }()
	for step, to := 0, 0.0; step < maxPaneSteps && e.before(by) && ctx.Err() == nil; step++ {
		from := at.At
		if move(to) != nil {
			return max(seen, size.High), at.Whole, nil
		}
		now, free := looked()
		if moved := at.At - from; step > 0 && free && moved > 1 {
			if gap := now.gap(lately, from, at.At); gap > 1 && gap < moved-1 && move(at.At-min(gap+overlapped, (gap+moved)/2)) != nil {
				return max(seen, size.High), at.Whole, nil
			}
		}
		if step > 0 && at.At+high <= seen+1 {
			return max(seen, size.High), at.Whole, nil
		}
		if step == 0 {
			e.inside += now.Above
		}
		e.tab.Hush(ctx, frameDrawn, time.Second)
		e.settledIn(ctx, f)
		s, err := e.shoot(ctx, nil)
		if err != nil {
			return max(seen, size.High), at.Whole, nil
		}
		if patient {
			s = e.awaited(ctx, everything(s), s, by)
		}
		e.framed++
		if err := e.kept.Put(evidence.FrameName(e.framed), "image/png", s.png); err != nil {
			return seen, at.Whole, err
		}
		lately, seen, to = now, at.At+high, at.At+0.8*high
		if free {
			to = at.At + now.step(high)
		}
		if at.At+at.High >= at.Whole-2 { // more may come at the end
			stopped = e.waitAt(ctx, signs, known, edge, by)
			if again, err := e.shoot(ctx, nil); !patient && err == nil && e.before(by) && tardy(everything(s), s, again) {
				patient, best, e.inside = true, max(seen, at.At+at.High), covered
				step, to, seen = -1, 0, 0
				continue
			}
			if move(at.At) != nil {
				return seen, at.Whole, nil
			}
		}
		if at.At+at.High >= at.Whole-2 {
			e.inside += now.Below
			if high < at.High-2 { // its lower end lies below the window
				return seen, at.Whole, nil
			}
			return at.Whole, at.Whole, nil
		}
	}
	return max(seen, size.High), at.Whole, nil
}

// acrossFrame is [Eye.throughFrame] for what goes sideways.
func (e *Eye) acrossFrame(ctx context.Context, by time.Time, f *tab.Frame, move func(float64) error, at *frameAt) (seen, whole float64, _ error) {
	seen = at.High
	for to, step := 0.0, 0; step < maxPaneSteps && e.before(by) && ctx.Err() == nil; step++ {
		if move(to) != nil || step > 0 && at.At+at.High <= seen+1 {
			break
		}
		e.tab.Hush(ctx, frameDrawn, time.Second)
		e.settledIn(ctx, f)
		s, err := e.shoot(ctx, nil)
		if err != nil {
			break
		}
		e.framed++
		if err := e.kept.Put(evidence.FrameName(e.framed), "image/png", s.png); err != nil {
			return seen, at.Whole, err
		}
		if seen, to = at.At+at.High, at.At+0.8*at.High; seen >= at.Whole-2 {
			return at.Whole, at.Whole, nil
		}
	}
	return seen, at.Whole, nil
}
