package proof

import (
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// The clock stands still here, so that what is due is a matter of the log alone.
func TestAskingAgainWaitsLongerEachTimeAlsoAfterARestart(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one", Fault: tsatest.Broken})
	now := time.Now()
	d := newDesk(t, Config{Now: func() time.Time { return now }}, false)
	e := d.record("https://example.org/p/1", authority.Authority())
	due := func(wantAsked int) DueResult {
		t.Helper()
		res, err := d.s.RestampDue(t.Context(), evidence.NoProgress{})
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
	d.reopen()
	due(0)
	authority.SetFault(tsatest.None)
	now = res.Next.Add(time.Second)
	if res = due(1); res.Verified != 1 || res.Pending != 0 || !res.Next.IsZero() {
		t.Errorf("after an answer: %+v", res)
	}
	now = now.Add(24 * time.Hour)
	due(0)
	if got := d.timestamps(e.ID); pending(got) {
		t.Errorf("%+v", got)
	}
}
