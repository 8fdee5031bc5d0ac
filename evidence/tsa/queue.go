package tsa

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// Limits of the pause between two attempts.
const (
	// LeastPause is the shortest pause that is ever made between two questions
	// to one authority, whatever its list entry says.
	LeastPause = 15 * time.Second
	// mostPause is the longest: a device that was offline for days is not to
	// wait for days more.
	mostPause = 6 * time.Hour
)

// NextTry returns when an authority that failed may be asked again. failures
// are the times of the failures since it last answered, in any order; pause is
// what fair use asks for. Without failures that is now.
//
// The pause is at least [LeastPause], doubles with each failure and ends at
// mostPause. jitter, at least 0 and below 1, adds up to a quarter, so that
// many devices behind one broken network do not all come back in one second;
// never does it shorten a pause. It has to be the same each time that the same
// failures are asked about, or what was announced as the next try is not kept:
// [Jitter] makes one that is. Failures that this device's clock puts into the
// future count for the doubling alone: a clock that was set back must not keep
// evidence without a timestamp.
//
// It is a pure function: nothing is remembered, nothing runs.
func NextTry(failures []time.Time, pause time.Duration, now time.Time, jitter float64) time.Time {
	var last time.Time
	for _, f := range failures {
		if f.After(last) && !f.After(now) {
			last = f
		}
	}
	if last.IsZero() {
		return now
	}
	wait := min(max(pause, LeastPause), mostPause)
	for range len(failures) - 1 {
		if wait = min(2*wait, mostPause); wait == mostPause {
			break
		}
	}
	if jitter = max(jitter, 0); jitter >= 1 || jitter != jitter {
		jitter = 0 // not a draw; NaN compares with nothing
	}
	next := last.Add(wait + time.Duration(jitter*float64(wait)/4))
	if next.Before(now) {
		return now
	}
	return next
}

// Jitter returns a number from 0 to below 1 that looks random and is always
// the same for the same authority and failures: it is taken from the SHA-256 of
// the address and of the last failure's time, which no two devices share to
// the nanosecond.
func Jitter(address string, failures []time.Time) float64 {
	last := int64(math.MinInt64)
	for _, f := range failures {
		last = max(last, f.UnixNano())
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", last, address))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}

// Offset compares this device's clock with a verified time: how far the
// authority's clock is ahead (positive) or behind, and within what bounds. The
// token was made at some moment between question and answer, and is as exact
// as it claims, to the second if it claims nothing; the offset is taken from
// the middle. ok is false if the device's clock was set while waiting, or if
// the reply does not say when it was asked for.
func Offset(r Reply, ts *Timestamp) (offset, uncertainty time.Duration, ok bool) {
	if ts == nil || r.Sent.IsZero() || r.Received.Before(r.Sent) {
		return 0, 0, false
	}
	took := r.Received.Sub(r.Sent)
	// Round strips the monotonic reading, which a verified time does not have.
	middle := r.Sent.Round(0).Add(took / 2)
	accuracy := ts.Accuracy
	if !ts.HasAccuracy {
		accuracy = time.Second
	}
	if ts.Time.Nanosecond() == 0 {
		// Most authorities cut the fraction off: the moment is up to a second later.
		middle, accuracy = middle.Add(-time.Second/2), accuracy+time.Second/2
	}
	return ts.Time.Sub(middle), took/2 + accuracy, true
}
