package tsa_test

import (
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// The window is the span between question and answer, widened by the tolerance
// and by the accuracy that the token claims.
func TestWindow(t *testing.T) {
	f := newForge(t)
	f.accuracy = []int64{2, -1, -1}
	raw := f.build(t)
	at := func(d time.Duration) time.Time { return stamped.Add(d) }
	for name, c := range map[string]struct {
		w    tsa.Window
		want evidence.CheckState
	}{
		"inside":               {tsa.Window{From: at(-1), To: at(1), Tolerance: 1}, evidence.Passed},
		"clock ahead, within":  {tsa.Window{From: at(62 * time.Second), To: at(63 * time.Second), Tolerance: time.Minute}, evidence.Passed},
		"clock ahead, beyond":  {tsa.Window{From: at(62*time.Second + 1), To: at(63 * time.Second), Tolerance: time.Minute}, evidence.Failed},
		"clock behind, within": {tsa.Window{From: at(-time.Hour), To: at(-62 * time.Second), Tolerance: time.Minute}, evidence.Passed},
		"clock behind, beyond": {tsa.Window{From: at(-time.Hour), To: at(-62*time.Second - 1), Tolerance: time.Minute}, evidence.Failed},
		"wrong zone, default":  {*tsa.Reply{Sent: at(14 * time.Hour), Received: at(14 * time.Hour)}.Window(), evidence.Passed},
		"wrong week, default":  {*tsa.Reply{Sent: at(7 * 24 * time.Hour), Received: at(7 * 24 * time.Hour)}.Window(), evidence.Failed},
	} {
		o := f.options()
		o.Window = &c.w
		ts, checks := tsa.Verify(raw, evidence.Sum(payload), o)
		if got := state(t, checks, tsa.CheckWindow); got.State != c.want || (ts != nil) != (c.want == evidence.Passed) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	f := newForge(b)
	raw, digest, o := f.build(b), evidence.Sum(payload), f.options()
	for b.Loop() {
		if ts, checks := tsa.Verify(raw, digest, o); ts == nil {
			b.Fatal(checks)
		}
	}
}

// The largest list that is searched when no pinned root fits.
func BenchmarkVerifySystemRoots(b *testing.B) {
	f := newForge(b)
	raw, digest := f.build(b), evidence.Sum(payload)
	for b.Loop() {
		if _, checks := tsa.Verify(raw, digest, tsa.Options{SystemRoots: true}); len(checks) == 0 {
			b.Fatal("no checks")
		}
	}
}
