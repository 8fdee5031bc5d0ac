package sight

import (
	"context"
	"fmt"
	"time"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// sizeScript is asked in a frame: how much of its document it shows, and how much there is.
const sizeScript = `(() => {
	const e = document.scrollingElement || document.documentElement;
	return {wide: innerWidth, high: innerHeight, whole: e ? e.scrollHeight : 0, at: scrollY};
})()`

// moveScript scrolls it, and tells where it is then.
const moveScript = `(async (to) => {
	scrollTo({top: to, left: 0, behavior: 'instant'});
	await new Promise((done) => setTimeout(done, 50));
	const e = document.scrollingElement || document.documentElement;
	return {wide: innerWidth, high: innerHeight, whole: e.scrollHeight, at: scrollY};
})(%.0f)`

type frameAt struct{ Wide, High, Whole, At float64 }

// scrolls tells whether it is large enough to hold content, with at least a tenth more than it shows.
func (f frameAt) scrolls() bool { return f.Wide >= 100 && f.High >= 80 && f.Whole >= f.High*1.1 }

// Foreign pictures what frames of other sites hold, step by step, and puts them back. What of them was not
// scrolled to its end is a problem, with its height. Only the sink and the caller's end are errors.
func (e *Eye) Foreign(ctx context.Context, frames []*tab.Frame) error {
	by := time.Now().Add(e.limits.Scroll)
	n, shown, whole := 0, 0.0, 0.0
	for _, f := range frames {
		var size frameAt
		if f.Ask(ctx, sizeScript, &size) != nil || !size.scrolls() {
			continue
		}
		seen, err := e.throughFrame(ctx, by, f, size)
		if err != nil {
			return err
		}
		if seen < size.Whole-2 {
			n, shown, whole = n+1, shown+seen, whole+size.Whole
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

// throughFrame pictures one, and tells down to where it was seen.
func (e *Eye) throughFrame(ctx context.Context, by time.Time, f *tab.Frame, size frameAt) (seen float64, _ error) {
	first := size.At
	defer func() {
		var back frameAt
		_ = f.Ask(ctx, fmt.Sprintf(moveScript, first), &back)
	}()
	high, err := e.tab.Reach(ctx, f.ID)
	if err != nil || high < 40 {
		return size.High, nil
	}
	high = min(high, size.High)
	at := size
	for step, to := 0, 0.0; step < maxPaneSteps && time.Now().Before(by) && ctx.Err() == nil; step++ {
		if f.Ask(ctx, fmt.Sprintf(moveScript, to), &at) != nil || step > 0 && at.At+high <= seen+1 {
			return max(seen, size.High), nil
		}
		e.tab.Hush(ctx, frameDrawn, time.Second)
		s, err := e.shoot(ctx, nil)
		if err != nil {
			return max(seen, size.High), nil
		}
		e.framed++
		if err := e.kept.Put(evidence.FrameName(e.framed), "image/png", s.png); err != nil {
			return seen, err
		}
		seen, to = at.At+high, at.At+0.8*high
		if at.At+size.High >= at.Whole-2 {
			if high < size.High-2 { // its lower end lies below the window
				return seen, nil
			}
			return at.Whole, nil
		}
	}
	return max(seen, size.High), nil
}
