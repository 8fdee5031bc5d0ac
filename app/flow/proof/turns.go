package proof

import (
	"context"
	"slices"
	"sync"
	"time"

	"constat/evidence"
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

// soonest are the same authorities, those first that may be asked first, else in their order.
func (t *turns) soonest(list []evidence.Authority, now time.Time) []evidence.Authority {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := func(a evidence.Authority) time.Time {
		if at := t.free[a.URL]; at.After(now) {
			return at
		}
		return now
	}
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b evidence.Authority) int { return from(a).Compare(from(b)) })
	return out
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
