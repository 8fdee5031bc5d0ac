package sight

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"constat/capture/record"
	"constat/capture/words"
	"constat/evidence"
)

// pictureSteps pictures the window after each step down a pane, or the page for number -1, from its
// beginning. A step is as large as what is free of bars and heads allows. It says why it stopped before
// the end, if it did. Only the sink is an error.
func (e *Eye) pictureSteps(ctx context.Context, by time.Time, pane int, name func(int) string) (stopped evidence.Said, _ error) {
	known := e.tab.Waiting()
	at, err := e.paneStep(ctx, pane, "to: 0")
	var seen, lately free
	var before, shown paneAt
	again, turned := 0, 0
	taken := 0 // pictures that surely show it: it may be gone by the last one
	lines := reading{}
	defer func() {
		if len(lines.all) > 0 {
			e.words = append(e.words, Words{Page: pane < 0, Lines: lines.all, Unread: lines.unread})
		}
	}()
	if err == nil && !at.Across { // it is moved out from under a bar
		seen, err = e.free(ctx, pane)
	}
	for n := 1; err == nil; n++ {
		e.tab.Hush(ctx, late/2, time.Second)
		if pane < 0 && e.fading { // what comes into the window takes its time to be seen
			if err = e.tab.Pause(ctx, fade); err != nil {
				break
			}
		}
		e.settled(ctx)
		if pane >= 0 || e.fading {
			if n == 1 {
				e.tell(ctx, fmt.Sprintf(faintScript, false))
			}
			e.tell(ctx, fmt.Sprintf(faintScript, true))
		}
		var s *shot
		if s, err = e.shoot(ctx, nil); err != nil {
			break
		}
		if e.tardy {
			s = e.awaited(ctx, at, s, by)
			e.tell(ctx, fmt.Sprintf(faintScript, true))
		}
		if err := e.kept.Put(name(n), "image/png", s.png); err != nil {
			return stopped, err
		}
		if n == 1 {
			e.inside += seen.Above
		}
		e.read(ctx, pane, &lines)
		shown, taken = before, n-1
		before, lately = at, seen
		if at, seen, err = e.onward(ctx, pane, at, seen); err != nil {
			break
		}
		moved := math.Abs(at.Before-before.At) > 2 && math.Abs(at.Height-before.Height) < 1 && !at.anew
		if moved && again == maxAgain {
			turned++
		} else if moved {
			// The page moved it before it was pictured there.
			again++
			if at, err = e.paneStep(ctx, pane, fmt.Sprintf("to: %.0f", before.At)); err == nil && !at.Across {
				seen, err = e.free(ctx, pane)
			}
			if err != nil {
				break
			}
			before = shown
			continue
		}
		if at.Across && at.Height < before.Height-1 { // what turns by itself gets shorter as it goes
			turned++
		}
		if at.At-before.At < 1 && !at.End { // or it goes no further
			if at, seen, err = e.beyond(ctx, pane, before); err != nil {
				break
			}
			if at.At-before.At > before.High+1 {
				turned++ // what lies between was not in the window
			}
		}
		for patient := false; at.At-before.At < 1 && !at.Across && err == nil; patient = true { // more may come at the end
			silence := e.restAt(pane)
			if patient {
				silence = e.patience(pane)
			}
			if patient && silence == 0 {
				break
			}
			stopped = e.edgeWait(ctx, pane, known, silence, by)
			e.tardy = e.tardy || e.late(ctx, pane, before, s)
			at, seen, err = e.onward(ctx, pane, at, seen)
			if patient || stopped.Detail != "" {
				break
			}
		}
		if err != nil {
			break
		}
		if at.Across && at.At-before.At < 1 && !e.tardy && pane < edgePanes && e.tab.Pause(ctx, edge) == nil {
			e.tardy = e.late(ctx, pane, before, s)
		}
		if at.At-before.At < 1 {
			if before.Below < 1 || before.High < 1 {
				e.inside += lately.Below
				break
			}
			// It is higher than the window: what it shows lowest was never in it.
			s, failed := e.lowest(ctx, pane)
			if failed != nil {
				err = failed
				break
			}
			return orMoved(stopped, turned), e.kept.Put(name(n+1), "image/png", s.png)
		}
		if n == maxPaneSteps || !e.before(by) {
			return evidence.Say("pictures-pixels", "{#n} pictures, {#shown:.0f} of {#whole:.0f} px", n, before.At+before.High, at.Height), nil
		}
	}
	stopped = orMoved(stopped, turned)
	if err == errGone && taken > 0 {
		stopped = evidence.Say("pane-gone", "{#n} pictures, {#shown:.0f} of {#whole:.0f} px; then the page took it away or put another in its place",
			taken, shown.At+shown.High, shown.Height)
	} else if err != nil {
		stopped = e.why(err)
	}
	return stopped, nil
}

// late tells whether a pane that stood still since a picture was taken shows something else now. Those are asked that
// are waited for at their edges.
func (e *Eye) late(ctx context.Context, pane int, at paneAt, s *shot) bool {
	if pane < 0 || pane >= edgePanes {
		return false
	}
	now, err := e.shoot(ctx, nil)
	return err == nil && tardy(at, s, now)
}

// orMoved says how often a pane was not where it was to be pictured, if nothing else is said.
func orMoved(stopped evidence.Said, times int) evidence.Said {
	if stopped.Detail != "" || times == 0 {
		return stopped
	}
	return evidence.Say("pane-moved", "it was elsewhere or of another length {#n} times while it was pictured", times)
}

// reading is what was read of a pane, step by step.
type reading struct {
	all, last []string
	unread    int // steps that were not read, or not to their end
	took      time.Duration
}

const (
	// maxRead bounds what is read at one step, in UTF-16 units.
	maxRead = 200_000
	// readable is how long all the reading of one pane may take.
	readable = 4 * time.Second
)

// read adds what the pane says where it is now. It is a courtesy with a limit.
func (e *Eye) read(ctx context.Context, pane int, r *reading) {
	if r.took > readable {
		r.unread++
		return
	}
	began := time.Now()
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var p words.Page
	err := e.tab.Ask(limit, words.PaneScript(pane, maxRead), &p)
	if err != nil || p.Length > maxRead || p.Parts > 0 {
		r.unread++
	}
	if err == nil {
		if now := words.Lines(p.Text); !slices.Equal(now, r.last) {
			r.all, r.last = words.Join(r.all, now), now
		}
		e.dates = append(e.dates, p.Dates[:min(len(p.Dates), 2000-min(len(e.dates), 2000))]...)
	}
	r.took += time.Since(began)
}

// maxAgain is how often a pane is pictured once more at a place from which the page moved it.
const maxAgain = 5

// onward goes one step on, and back by what came to lie over the pane meanwhile. It tells where it is, and
// what of it is free there.
func (e *Eye) onward(ctx context.Context, pane int, at paneAt, seen free) (next paneAt, now free, err error) {
	step := 0.8 * at.High
	if !at.Across && seen.High > 0 {
		step = seen.step(seen.High)
	}
	if pane < 0 && e.fading {
		step = min(step, 0.5*at.High)
	}
	next, err = e.paneStep(ctx, pane, fmt.Sprintf("px: %.0f", step))
	was := next.Before
	defer func() { next.Before = was }()
	if err == nil && next.At-at.At < 1 && !next.End && step < at.High {
		// It rests only at certain places.
		next, err = e.paneStep(ctx, pane, "by: 1")
	}
	if err == nil && next.anew && next.Before < at.At-1 { // it begins elsewhere
		return next, seen, errGone
	}
	if err != nil || at.Across || next.At-at.At < 1 {
		return next, seen, err
	}
	now, err = e.free(ctx, pane)
	if err != nil {
		return next, now, err
	}
	if gap, moved := now.gap(seen, at.At, next.At), next.At-at.At; gap > 1 && gap < moved-1 {
		next, err = e.paneStep(ctx, pane, fmt.Sprintf("px: %.0f", -min(gap+overlapped, (gap+moved)/2)))
	}
	return next, now, err
}

// beyond goes on from where a pane was, however the page moved it since. Where it goes no further than it was, that is
// its end.
func (e *Eye) beyond(ctx context.Context, pane int, was paneAt) (at paneAt, seen free, err error) {
	end, err := e.paneStep(ctx, pane, "to: -1")
	if err != nil {
		return end, seen, err
	}
	at = end
	if end.At-was.At >= 1 {
		at, err = e.paneStep(ctx, pane, fmt.Sprintf("to: %.0f", was.At+was.High/2))
		if err == nil && at.At-was.At < 1 { // it rests only at certain places
			at, err = e.paneStep(ctx, pane, "to: -1")
		}
	}
	if err == nil && !at.Across {
		seen, err = e.free(ctx, pane)
	}
	return at, seen, err
}

// lowest pictures the lower end of a pane that is higher than the window.
func (e *Eye) lowest(ctx context.Context, pane int) (*shot, error) {
	if _, err := e.paneStep(ctx, pane, "by: 0.0001, block: 'end'"); err != nil {
		return nil, err
	}
	e.tab.Hush(ctx, late/2, time.Second)
	return e.shoot(ctx, nil)
}

// faintScript remembers how strongly the parts of the page that the window shows are seen, which fade as one
// scrolls; asked the last time, it counts those that never were at full strength.
const faintScript = `((show) => {
	const strong = globalThis.strong || (globalThis.strong = new Map());
	const own = (e) => Number(getComputedStyle(e).opacity);
	if (show) {
		for (const x of [0.1, 0.3, 0.5, 0.7, 0.9]) for (let y = 10; y < innerHeight && strong.size < 20000; y += 20) {
			let e = Document.prototype.elementFromPoint.call(document, innerWidth * x, y);
			for (let n = 0; e && n < 8; n++, e = Object.getOwnPropertyDescriptor(Node.prototype, 'parentElement').get.call(e)) strong.set(e, Math.max(strong.get(e) || 0, own(e)));
		}
		return 0;
	}
	let n = 0;
	// What pulses for ever, as a sign that somebody is there, was never stronger.
	const pulses = (e) => Element.prototype.getAnimations.call(e).some((a) => a.effect && a.effect.getComputedTiming().endTime === Infinity);
	for (const [e, most] of strong) if (most < 0.9 && e.isConnected && Math.abs(own(e) - most) > 0.1 && !pulses(e)) n++;
	globalThis.strong = null;
	return n;
})(%t)`

// noteFaint says how many parts of the page no picture shows at full strength.
func (e *Eye) noteFaint(ctx context.Context) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var n int
	if e.tab.Ask(limit, fmt.Sprintf(faintScript, false), &n) == nil && n > 0 {
		e.tab.Notes().Add(record.ProblemFaint, evidence.Say("faint", "{#n} parts", n))
	}
}
