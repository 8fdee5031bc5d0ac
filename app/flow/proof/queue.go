package proof

import (
	"context"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/vault"
)

// DueResult says what asking again in the background came to.
type DueResult struct {
	Asked    int       // exhibits for which an authority was asked
	Verified int       // of those, now without a missing timestamp
	Pending  int       // exhibits that still lack one
	Next     time.Time // when the next question is due; zero if nothing is pending
	Records  int       // answers about revocation from after the grace period, kept now
}

// RestampDue asks for the timestamps of all cases that are missing and due: an
// authority that failed is asked again after a pause that doubles (fair use
// respected), also across restarts, because the failures are in the log. It is
// what the window calls after unlocking and whenever Next has come. It also keeps
// what issuers say of certificates once the grace period is over.
func (s *Stamper) RestampDue(ctx context.Context, p evidence.Progress) (DueResult, error) {
	var res DueResult
	cases, err := s.vault.Cases(ctx)
	if err != nil {
		return res, err
	}
	for _, info := range cases {
		c, err := s.vault.Case(ctx, info.ID)
		if err != nil || c.Damage() != nil {
			continue // said where the case is shown; the others must not wait for it
		}
		if err := s.restampCaseDue(ctx, c, &res, p); err != nil {
			return res, err
		}
	}
	return res, nil
}

func (s *Stamper) restampCaseDue(ctx context.Context, c *vault.Case, res *DueResult, p evidence.Progress) error {
	list, err := c.Exhibits(ctx)
	if err != nil {
		return err
	}
	told := map[evidence.Digest][]tsa.RevocationRecord{}
	looked := 0
	for _, e := range list {
		if e.Damage != nil {
			continue
		}
		if !c.Info().Practice && looked < graceRound && len(s.overdue(e)) > 0 {
			looked++
			kept, err := s.afterGrace(ctx, c, e, told)
			res.Records += kept
			if err != nil {
				return err
			}
		}
		due, next, lacking := s.due(ctx, c, e)
		if lacking == 0 {
			continue
		}
		if len(due) > 0 {
			res.Asked++
			err := s.With(ctx, c.Info(), due, func(now []evidence.Authority) error {
				return s.Stamp(ctx, c, e.ID, e.ManifestDigest, now, p)
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
			if _, next, lacking = s.due(ctx, c, e); lacking == 0 {
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
func (s *Stamper) due(ctx context.Context, c *vault.Case, e vault.Exhibit) (list []evidence.Authority, next time.Time, lacking int) {
	now := s.checker.cfg.Now()
	for _, a := range missing(ctx, e, s.Remembered(ctx, c)) {
		lacking++
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
		at := tsa.NextTry(failures, s.checker.pauseOf(a.URL), now, tsa.Jitter(a.URL, failures))
		switch {
		case !at.After(now):
			list = append(list, a)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	return list, next, lacking
}
