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

// What an issuer says after the grace period is kept once, and counts: a key that
// was lost before the token came to light only then.
func TestAnswersFromAfterTheGracePeriodAreKept(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one", Revocation: true})
	now := time.Now()
	d := newDesk(t, Config{Now: func() time.Time { return now }}, false)
	e := d.record("https://example.org/p/1", authority.Authority())
	before := len(revocationFiles(e, 0, authority.Authority().Name))
	round := func() int {
		t.Helper()
		res, err := d.s.RestampDue(t.Context(), evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		return res.Records
	}
	if got := round(); got != 0 {
		t.Errorf("%d records before the grace period was over", got)
	}
	now = now.Add(grace + time.Hour)
	authority.SetFault(tsatest.Broken)
	if got := round(); got != 0 {
		t.Errorf("%d records of an issuer that does not answer", got)
	}
	authority.SetFault(tsatest.None)
	if got := round(); got != 0 {
		t.Errorf("an issuer is asked again and again: %d", got)
	}
	authority.Revoke(t, time.Now().Add(-time.Hour), "keyCompromise")
	d.reopen()
	kept := round()
	if got := len(revocationFiles(d.exhibit(e.ID), 0, authority.Authority().Name)); kept == 0 || got != before+kept {
		t.Errorf("%d records before, %d kept, %d after", before, kept, got)
	}
	if got := d.timestamps(e.ID)[0]; got.State != Rejected {
		t.Errorf("revoked before its time: %+v", got)
	}
	d.reopen()
	if got := round(); got != 0 {
		t.Errorf("%d records once more", got)
	}
	d.valid()
}
