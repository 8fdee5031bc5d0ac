package flow

import (
	"path/filepath"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

func TestTurnsKeepThePause(t *testing.T) {
	var x turns
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i, want := range []time.Duration{0, 15 * time.Second, 30 * time.Second} {
		if got := x.take("http://a", 15*time.Second, now); got != want {
			t.Errorf("question %d waits %v, want %v", i+1, got, want)
		}
	}
	if got := x.take("http://b", 15*time.Second, now); got != 0 {
		t.Errorf("another authority waits %v", got)
	}
	if got := x.take("http://a", 15*time.Second, now.Add(time.Hour)); got != 0 {
		t.Errorf("an hour later it waits %v", got)
	}
	a, err := New(Config{DataDir: t.TempDir(), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if a.pauseOf("http://timestamp.digicert.com") < 15*time.Second || a.pauseOf("http://127.0.0.1:1") != 0 {
		t.Error("the built-in list's pause is not found, or another's is")
	}
}

// The clock stands still here, so that what is due is a matter of the log alone.
func TestAskingAgainWaitsLongerEachTimeAlsoAfterARestart(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one", Fault: tsatest.Broken})
	now := time.Now()
	a, err := New(Config{DataDir: filepath.Join(t.TempDir(), "data"), Version: "test",
		Now: func() time.Time { return now }, Authorities: []evidence.Authority{authority.Authority()}})
	if err != nil {
		t.Fatal(err)
	}
	s, c := openSession(t, a)
	e := record(t, s, c, "https://example.org/p/1")
	due := func(wantAsked int) DueResult {
		t.Helper()
		res, err := s.RestampDue(t.Context(), evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		if res.Asked != wantAsked {
			t.Fatalf("asked for %d exhibits, want %d (%+v)", res.Asked, wantAsked, res)
		}
		return res
	}
	res := due(0)
	if first := res.Next.Sub(now); res.Pending != 1 || first < 14*time.Second || first > 20*time.Second {
		t.Errorf("after one failure: %+v, in %v", res, first)
	}
	now = res.Next.Add(time.Second)
	res = due(1)
	if second := res.Next.Sub(now); second < 28*time.Second {
		t.Errorf("after two failures the pause is %v", second)
	}
	dir := s.Vault()
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	if s, err = a.Unlock(t.Context(), dir, passphrase); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Lock() })
	due(0)
	authority.SetFault(tsatest.None)
	now = res.Next.Add(time.Second)
	if res = due(1); res.Verified != 1 || res.Pending != 0 || !res.Next.IsZero() {
		t.Errorf("after an answer: %+v", res)
	}
	now = now.Add(24 * time.Hour)
	due(0)
	if got, err := s.Exhibit(t.Context(), c.ID, e.Exhibit); err != nil || got.Pending() {
		t.Errorf("%v %+v", err, got.Timestamps)
	}
}
