package tsa_test

import (
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/tsa/tsatest"
)

// OpenSSL's authority sends its root along. It is nobody's root but that of the
// fingerprint: with the right one it counts, with another it does not, and where
// the chain is trusted anyway another fingerprint is a fact and no refusal.
func TestPinnedFingerprints(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{Name: "one"})
	digest := evidence.Sum(payload)
	reply, o := ask(t, s.Authority(), digest)
	root, other := evidence.Sum(o.Roots[0].Raw), evidence.Sum([]byte("another root"))
	for _, c := range []struct {
		name    string
		roots   bool
		pins    []evidence.Digest
		chain   evidence.CheckState
		pinned  evidence.CheckState
		source  string
		voiding string // the check that voids the token; "" if none does
	}{
		{"trusted and pinned", true, []evidence.Digest{other, root}, evidence.Passed, evidence.Passed, "pinned", ""},
		{"trusted, another is pinned", true, []evidence.Digest{other}, evidence.Passed, evidence.Failed, "pinned", ""},
		{"trusted, none is pinned", true, nil, evidence.Passed, evidence.NotDone, "pinned", ""},
		{"trusted by its fingerprint alone", false, []evidence.Digest{other, root}, evidence.Passed, evidence.Passed, "pinned fingerprint", ""},
		{"not trusted, another is pinned", false, []evidence.Digest{other}, evidence.Failed, evidence.NotDone, "", tsa.CheckChain},
		{"not trusted, none is pinned", false, nil, evidence.Failed, evidence.NotDone, "", tsa.CheckChain},
	} {
		t.Run(c.name, func(t *testing.T) {
			judged := o
			if judged.Pins = c.pins; !c.roots {
				judged.Roots, judged.SystemRoots = nil, true
			}
			ts, checks := tsa.Verify(reply.Raw, digest, judged)
			if got := state(t, checks, tsa.CheckChain); got.State != c.chain {
				t.Errorf("chain %+v", got)
			}
			if got := state(t, checks, tsa.CheckPinnedRoot); got.State != c.pinned {
				t.Errorf("pinned root %+v", got)
			}
			failure, failed := tsa.FirstFailure(checks)
			if failure.Name != c.voiding || failed == (c.voiding == "") || (ts == nil) != failed {
				t.Fatalf("failure %+v, timestamp %v", failure, ts)
			}
			if ts != nil && (ts.RootSource != c.source || ts.RootFingerprint != root) {
				t.Errorf("root %s from %q", ts.RootFingerprint, ts.RootSource)
			}
		})
	}
}

// A fingerprint says whom to trust, and excuses nothing else.
func TestPinnedFingerprintExcusesNothing(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{Name: "one", Fault: tsatest.OtherDigest})
	digest := evidence.Sum(payload)
	reply, o := ask(t, s.Authority(), digest)
	pins := []evidence.Digest{evidence.Sum(o.Roots[0].Raw)}
	o.Roots = nil
	if o.Pins = pins; len(pins) != 1 {
		t.Fatal("no fingerprint")
	}
	if ts, checks := tsa.Verify(reply.Raw, digest, o); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckImprint {
		t.Errorf("over another digest: %v", checks)
	}
}

// The practice authority counts where somebody practises and brought its root,
// never because of a fingerprint.
func TestPracticeRootCannotBePinned(t *testing.T) {
	a, err := practice.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := a.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	digest := evidence.Sum(payload)
	reply, o := ask(t, a.Describe(url), digest)
	o.Pins = []evidence.Digest{evidence.Sum(o.Roots[0].Raw)}
	if ts, checks := tsa.Verify(reply.Raw, digest, o); ts == nil {
		t.Fatalf("practice with its root: %v", checks)
	}
	o.Roots = nil
	if ts, checks := tsa.Verify(reply.Raw, digest, o); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("practice by its fingerprint: %v", checks)
	}
}
