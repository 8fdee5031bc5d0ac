package tab

import (
	"time"
)

// Quiet is how long no request may be under way before a page counts as settled, which also has
// to answer.
const Quiet = 150 * time.Millisecond

// lull is the silence after which the page is asked whether its fonts are there.
const lull = 20 * time.Millisecond

// maxGlimpses is how many are taken of a page that goes on loading; then it is waited for.
const maxGlimpses = 3

// seen is what is known at one moment of a page that loads.
type seen struct {
	look
	loadBy time.Time     // until then its load event must have come
	settle time.Duration // how long what comes after that is waited for
	since  time.Time     // since when it has loaded; zero: it has not
	fonts  question
	first  question // the glimpse that was taken last
	got    bool     // and it was delivered
	taken  int      // glimpses
}

// look is a consistent look at the state of the tab.
type look struct {
	shown, loaded, pending, crashed bool
	broken                          bool // what is shown broke off: no load event will come
	latest                          *Navigation
	inflight                        int
	traffic                         time.Time
}

// come tells that nothing more is announced of what is shown.
func (l look) come() bool { return (l.loaded || l.broken) && !l.pending }

// question is something that was asked beside the wait.
type question struct {
	asked, answered bool
	traffic         time.Time // the page's last before it was asked
}

// decision is what to do with a page that loads.
type decision struct {
	end          ending
	ask, glimpse bool          // ask the page for its fonts; take a glimpse of it
	wait         time.Duration // until the next decision, if nothing happens before
}

// ending is how the wait for a page ends.
type ending int

const (
	notYet     ending = iota
	settled           // it has fallen silent, or its time for that is over
	neverLoads        // it shows something, and its load event does not come
	noAnswer          // it shows nothing
	pageEnded         // its process did
)

// decide is what to do with a page of which so much is known: wait for the load event, and then for
// the network to fall silent. Once it is quiet for a moment the page is asked for its fonts, and a
// glimpse is taken of it; with both it has settled after a while of silence.
func decide(s seen, now time.Time) decision {
	switch {
	case s.crashed:
		return decision{end: pageEnded}
	case !s.come() && now.After(s.loadBy):
		if !s.shown {
			return decision{end: noAnswer}
		}
		return decision{end: neverLoads}
	case !s.come():
		return decision{wait: s.loadBy.Sub(now)}
	}
	var d decision
	settleBy := s.since.Add(s.settle)
	silent := now.Sub(s.traffic)
	over := !s.first.asked || s.first.answered
	if s.inflight == 0 {
		d.ask = silent >= lull && (!s.fonts.asked || s.fonts.answered && s.traffic.After(s.fonts.traffic))
		ready := s.fonts.answered && !d.ask
		d.glimpse = ready && over && !s.glimpsed() && s.taken < maxGlimpses
		over = over && !d.glimpse
		if silent >= Quiet && ready && over {
			d.end = settled
		}
	}
	if now.After(settleBy) || now.After(s.loadBy.Add(s.settle)) {
		d.end = settled
	}
	d.wait = settleBy.Sub(now)
	for _, next := range []time.Duration{lull, Quiet} {
		if s.inflight == 0 && silent < next {
			d.wait = min(d.wait, next-silent)
		}
	}
	return d
}

// glimpsed tells whether the last glimpse is of the page as it stands after its last traffic.
func (s seen) glimpsed() bool {
	return s.first.asked && s.first.answered && s.got && !s.traffic.After(s.first.traffic)
}
