package proof

import (
	"context"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/renewal"
	"constat/evidence/vault"
)

// Reminder is what is to be said of the renewals of some exhibits.
type Reminder struct {
	Due    int       // exhibits whose times are to be renewed now
	Before time.Time // the first of their ends; zero if there is none
	Lapsed int       // exhibits whose time can no longer be shown to stand; a renewal revives none
}

// Add counts one exhibit by its timestamps, as they are shown at a moment. The
// one that lasts longest counts; an exhibit without a verified one has nothing
// to renew.
func (r *Reminder) Add(list []Timestamp, now time.Time) {
	var until time.Time
	for _, t := range list {
		if t.State == Verified && t.StandsUntil != nil && t.StandsUntil.After(until) {
			until = *t.StandsUntil
		}
	}
	switch {
	case until.IsZero() || now.Before(until.Add(-renewal.Lead)):
	case now.After(until):
		r.Lapsed++
	default:
		r.Due++
		if r.Before.IsZero() || until.Before(r.Before) {
			r.Before = until
		}
	}
}

// covered shows in a list what the renewals of an exhibit are worth; they are
// judged each time, for there are few.
func (s *Stamper) covered(ctx context.Context, c *vault.Case, e vault.Exhibit, views []Timestamp) {
	renewed := false
	for _, f := range e.Files {
		renewed = renewed || f.Action == evidence.ActRenewalStamped
	}
	if !renewed {
		return
	}
	for _, st := range s.stands(ctx, c, e).first {
		for i := range views {
			if v := &views[i]; v.Authority == st.Authority.Name && v.State == Verified && st.Verified != nil {
				until := st.Until.UTC()
				v.StandsUntil, v.Ends, v.Stands = &until, st.Ends, !st.Lapsed
			}
		}
	}
}
