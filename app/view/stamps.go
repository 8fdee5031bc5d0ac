package view

import (
	"context"
	"time"

	"constat/app/flow"
	"constat/evidence"
)

// Pauses of the background, besides those that fair use asks for.
const (
	stampsLeast = 30 * time.Second // between two rounds
	stampsAfter = 10 * time.Minute // a round that failed
)

// stamps is what asks for missing timestamps by itself, while the vault is
// open. It has a lane of its own, shows no error, and ends with the session.
type stamps struct {
	lane *lane
	next time.Time // of the next round; zero: none is needed
	last time.Time // when the last round began
	told time.Time // when authorities are asked again; zero: not known
}

// stampsSoon has a round begin with the next tick: after unlocking, and when
// something was kept without all its timestamps.
func (w *Window) stampsSoon() {
	s := &w.stamps
	soon := w.cfg.Now()
	if least := s.last.Add(stampsLeast); soon.Before(least) {
		soon = least
	}
	if s.next.IsZero() || soon.Before(s.next) {
		s.next = soon
	}
}

// stampsTick begins a round when it is due.
func (w *Window) stampsTick() {
	s := &w.stamps
	if s.next.IsZero() || s.lane.busy() || w.work.busy() || w.cfg.Now().Before(s.next) {
		return
	}
	s.next, s.last = time.Time{}, w.cfg.Now()
	session, told := w.session, s.told
	run(s.lane, w.life, func(ctx context.Context) (flow.DueResult, error) {
		return session.RestampDue(ctx, evidence.NoProgress{})
	}, func(r flow.DueResult, err error) {
		s.told = r.Next
		again := r.Next
		if err != nil {
			s.told, again = time.Time{}, s.last.Add(stampsAfter)
		}
		if least := s.last.Add(stampsLeast); !again.IsZero() && again.Before(least) {
			again = least
		}
		if s.next.IsZero() || !again.IsZero() && again.Before(s.next) {
			s.next = again
		}
		home, ok := w.screen.(*homeScreen)
		switch {
		case !ok:
		case r.Asked > 0:
			home.freshen(w)
		case !s.told.Equal(told):
			w.refresh()
		}
	})
}

// stampsStop ends what runs, e.g. because the person asks now.
func (w *Window) stampsStop() {
	w.stamps.lane.stop()
	w.stamps = stamps{lane: w.stamps.lane}
}

// freshen lists the case anew after the background asked, without taking the
// focus or the place from the person.
func (s *homeScreen) freshen(w *Window) {
	if !s.loaded || s.asking {
		return
	}
	session, id := w.session, w.matter.ID
	run(w.stamps.lane, w.life, func(ctx context.Context) ([]flow.ExhibitView, error) {
		return session.Exhibits(ctx, id)
	}, func(list []flow.ExhibitView, err error) {
		if err != nil || w.screen != screen(s) || w.matter.ID != id || s.asking {
			return
		}
		s.list = list
		w.refresh()
	})
}

// missing counts the timestamps that are still to come.
func missing(list []flow.ExhibitView) int {
	n := 0
	for _, e := range list {
		for _, t := range e.Timestamps {
			if t.State != flow.StampVerified {
				n++
			}
		}
	}
	return n
}

// missingWords says how many timestamps are missing and when they are asked for again.
func (w *Window) missingWords(n int) string {
	at, now := w.stamps.told, w.cfg.Now()
	if at.IsZero() || at.Before(now) {
		return w.n("stamps.missing", n)
	}
	at = at.In(now.Location())
	when := at.Format("15:04")
	if at.YearDay() != now.YearDay() || at.Year() != now.Year() {
		when = w.text.Short(at)
	}
	return w.n("stamps.missing-at", n, "At", when)
}
