package copies

import (
	"context"
	"sync"
	"time"

	"constat/evidence"
)

// Pauses between pushes in the background.
const (
	leastPause = 30 * time.Second // after one that went well
	firstPause = time.Minute      // after one that failed; twice as long after each further one
	mostPause  = time.Hour
)

// rounds is what the background knows of the places, while the vault is open.
type rounds struct {
	mu     sync.Mutex
	looked bool // the places are known
	states map[string]state
}

// state is how far one place is.
type state struct {
	pushed   bool      // it was reached since the vault was opened
	written  uint64    // what the vault had written when that push began
	next     time.Time // before that it is left alone
	failures int       // in a row
	err      error     // of the last one
}

// look has the places read anew.
func (r *rounds) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looked = false
}

// failed is why the last push to a place came to nothing, and when the next is due.
func (r *rounds) failed(id string) (time.Time, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.states[id]
	if s.err == nil {
		return time.Time{}, nil
	}
	return s.next, s.err
}

// ended notes how a push ended.
func (r *rounds) ended(id string, written uint64, now time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.states[id]
	if s.err = err; err == nil {
		s.pushed, s.written, s.failures, s.next = true, written, 0, now.Add(leastPause)
	} else {
		pause := mostPause
		if s.failures < 6 {
			pause = min(firstPause<<s.failures, mostPause)
		}
		s.failures++
		s.next = now.Add(pause)
	}
	if r.states == nil {
		r.states = map[string]state{}
	}
	r.states[id] = s
}

// known takes up the places as they are now.
func (r *rounds) known(places []Place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	states := map[string]state{}
	for _, p := range places {
		states[p.ID] = r.states[p.ID]
	}
	r.states, r.looked = states, true
}

// due are the places that lack something and may be asked at that time.
func (r *rounds) due(written uint64, now time.Time) map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := map[string]bool{}
	for id, s := range r.states {
		behind := !s.pushed || s.err != nil || s.written != written
		if behind && !now.Before(s.next) {
			list[id] = true
		}
	}
	return list
}

// Due says whether a place lacks something and may be asked now. It reads no file: it may be asked
// every second.
func (k *Keeper) Due() bool {
	k.rounds.mu.Lock()
	looked := k.rounds.looked
	k.rounds.mu.Unlock()
	return !looked || len(k.rounds.due(k.Vault.Written(), k.Now())) > 0
}

// PushDue pushes to the places that are due, and returns how many those were. How each ended stands
// in its [View]; a place that cannot be reached is asked after a minute, then after twice as long
// each time, at most an hour.
func (k *Keeper) PushDue(ctx context.Context) (int, error) {
	places, err := k.places(ctx)
	if err != nil {
		return 0, err
	}
	k.rounds.known(places)
	due, n := k.rounds.due(k.Vault.Written(), k.Now()), 0
	for _, p := range places {
		if !due[p.ID] {
			continue
		}
		k.push(ctx, p, false, evidence.NoProgress{})
		if ctx.Err() != nil {
			return n, context.Cause(ctx)
		}
		n++
	}
	return n, nil
}
