package tsa_test

import (
	"testing"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// Another policy than the known one is said, and takes nothing from the time.
func TestAnotherPolicyIsSaid(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	digest := evidence.Sum([]byte("x"))
	reply, err := (&tsa.Client{}).Ask(t.Context(), authority.Authority(), digest)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tsa.ParseRootsPEM([]byte(authority.RootPEM))
	if err != nil {
		t.Fatal(err)
	}
	is := ""
	for _, k := range []struct {
		known func() []string
		state evidence.CheckState
	}{
		{func() []string { return nil }, evidence.NotDone},
		{func() []string { return []string{"1.2.3.4.99"} }, evidence.Failed},
		{func() []string { return []string{"1.2.3.4.99", is} }, evidence.Passed},
	} {
		ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{Roots: roots, Policies: k.known()})
		if ts == nil {
			t.Fatalf("no time: %v", checks)
		}
		is = ts.Policy
		if _, failed := tsa.FirstFailure(checks); failed {
			t.Errorf("it voids the token: %v", checks)
		}
		for _, c := range checks {
			if c.Name == tsa.CheckKnownPolicy && c.State != k.state {
				t.Errorf("known %v: %s %s", k.known(), c.State, c.Detail)
			}
		}
	}
}
