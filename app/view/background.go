package view

import (
	"context"
	"time"

	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/evidence"
)

// Pauses of the background, besides those that fair use asks for.
const (
	stampsLeast = 30 * time.Second // between two rounds
	stampsAfter = 10 * time.Minute // a round that failed
)

// pushes brings what is new to the copies of the vault, by itself, while the vault is open.
type pushes struct {
	w    *Window
	lane *lane
	next time.Time // not before
}

// tick begins a round when a place lacks something. It looks every second, which reads no file.
func (p *pushes) tick() {
	w := p.w
	if p.lane.Busy() || w.work.Busy() || w.cfg.Now().Before(p.next) || !w.session.Copies.Due() {
		return
	}
	session := w.session
	stage.Run(p.lane, session.Copies.PushDue, func(n int, err error) {
		if err != nil {
			p.next = w.cfg.Now().Add(stampsAfter)
		}
		if shown, ok := w.screen.(stage.Follower); ok && n > 0 {
			shown.Follow(w.stage)
		}
	})
}

// Stop ends what runs. What was put stays put; the rest comes with the next round.
func (p *pushes) Stop() {
	p.lane.Stop()
	p.next = time.Time{}
}

// stamps is what asks for missing timestamps by itself, while the vault is
// open. It has a lane of its own, shows no error, and ends with the session.
type stamps struct {
	w    *Window
	lane *lane
	next time.Time // of the next round; zero: none is needed
	last time.Time // when the last round began
	told time.Time // when authorities are asked again; zero: not known
}

// Soon has a round begin with the next tick: after unlocking, and when something was
// kept without all its timestamps.
func (s *stamps) Soon() {
	soon := s.w.cfg.Now()
	if least := s.last.Add(stampsLeast); soon.Before(least) {
		soon = least
	}
	if s.next.IsZero() || soon.Before(s.next) {
		s.next = soon
	}
}

// tick begins a round when it is due.
func (s *stamps) tick() {
	w := s.w
	if s.next.IsZero() || s.lane.Busy() || w.work.Busy() || w.cfg.Now().Before(s.next) {
		return
	}
	s.next, s.last = time.Time{}, w.cfg.Now()
	session, told := w.session, s.told
	stage.Run(s.lane, func(ctx context.Context) (proof.DueResult, error) {
		return session.Proof.RestampDue(ctx, evidence.NoProgress{})
	}, func(r proof.DueResult, err error) {
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
		shown, ok := w.screen.(stage.Freshener)
		switch {
		case !ok:
		case r.Asked+r.Records > 0:
			shown.Freshen(w.stage)
		case !s.told.Equal(told):
			w.refresh()
		}
	})
}

// Stop ends what runs, e.g. because the person asks now.
func (s *stamps) Stop() {
	s.lane.Stop()
	s.next, s.last, s.told = time.Time{}, time.Time{}, time.Time{}
}

// Told is when authorities are asked again.
func (s *stamps) Told() time.Time { return s.told }

// Lane is what the background runs on.
func (s *stamps) Lane() stage.Lane { return s.lane }
