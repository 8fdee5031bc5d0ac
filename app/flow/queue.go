package flow

import (
	"context"
	"sync"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/vault"
)

// turns keeps the pause between two questions to one authority that fair use
// asks for, across everything that this program does at once.
type turns struct {
	mu   sync.Mutex
	free map[string]time.Time // by address: from when it may be asked again
}

// take reserves the next turn and returns how long to wait for it.
func (t *turns) take(address string, pause time.Duration, now time.Time) time.Duration {
	if pause <= 0 {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free == nil {
		t.free = map[string]time.Time{}
	}
	at := now
	if from := t.free[address]; from.After(now) {
		at = from
	}
	t.free[address] = at.Add(pause)
	return at.Sub(now)
}

// wait pauses, or returns the context's error as soon as it ends.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// DueResult says what asking again in the background came to.
type DueResult struct {
	Asked    int       // exhibits for which an authority was asked
	Verified int       // of those, now without a missing timestamp
	Pending  int       // exhibits that still lack one
	Next     time.Time // when the next question is due; zero if nothing is pending
}

// RestampDue asks for the timestamps of all cases that are missing and due: an
// authority that failed is asked again after a pause that doubles (fair use
// respected), also across restarts, because the failures are in the log. It is
// what the window calls after unlocking and whenever Next has come.
func (s *Session) RestampDue(ctx context.Context, p evidence.Progress) (DueResult, error) {
	var res DueResult
	cases, err := s.v.Cases(ctx)
	if err != nil {
		return res, err
	}
	for _, info := range cases {
		c, err := s.v.Case(ctx, info.ID)
		if err != nil || c.Damage() != nil {
			continue // said where the case is shown; the others must not wait for it
		}
		if err := s.restampCaseDue(ctx, c, &res, p); err != nil {
			return res, err
		}
	}
	return res, nil
}

func (s *Session) restampCaseDue(ctx context.Context, c *vault.Case, res *DueResult, p evidence.Progress) error {
	list, err := c.Exhibits(ctx)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Damage != nil {
			continue
		}
		due, next, missing := s.due(ctx, c, e)
		if missing == 0 {
			continue
		}
		if len(due) > 0 {
			res.Asked++
			err := s.withAuthorities(ctx, c.Info(), due, func(now []evidence.Authority) error {
				return s.stamp(ctx, c, e.ID, e.ManifestDigest, now, p)
			})
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if e, err = c.Exhibit(ctx, e.ID); err != nil {
				return err
			}
			if _, next, missing = s.due(ctx, c, e); missing == 0 {
				res.Verified++
				continue
			}
		}
		res.Pending++
		if res.Next.IsZero() || next.Before(res.Next) {
			res.Next = next
		}
	}
	return nil
}

// due returns the authorities of an exhibit that may be asked now, the time of
// the next question to another, and how many timestamps are missing.
func (s *Session) due(ctx context.Context, c *vault.Case, e vault.Exhibit) (list []evidence.Authority, next time.Time, missing int) {
	now := s.app.cfg.Now()
	for _, a := range s.missing(ctx, c, e, s.verdictsOf(ctx, c)) {
		missing++
		var failures []time.Time
		for _, f := range e.StampFailures {
			if f.Detail["authority"] == a.Name && f.Detail["reason"] != "cancelled" {
				failures = append(failures, f.Time)
			}
		}
		for _, r := range e.Replies {
			if r.Authority.Name == a.Name {
				failures = append(failures, r.Received) // answered, and failed a check
			}
		}
		at := tsa.NextTry(failures, s.app.pauseOf(a.URL), now, tsa.Jitter(a.URL, failures))
		switch {
		case !at.After(now):
			list = append(list, a)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	return list, next, missing
}
