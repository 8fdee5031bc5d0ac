package verify_test

import (
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
)

// TestASecondVisitNamesWhatItVisited: a manifest that says what became of an
// exhibit must name an exhibit of this log, and its very manifest.
func TestASecondVisitNamesWhatItVisited(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(*evidence.Recheck)
		verdict verify.Verdict
	}{
		"as it was":           {func(*evidence.Recheck) {}, verify.CouldNotCheck}, // there are no timestamps
		"another manifest":    {func(r *evidence.Recheck) { r.ManifestSHA256 = evidence.Sum([]byte("another")) }, verify.NotValid},
		"another exhibit":     {func(r *evidence.Recheck) { r.Exhibit = "E-002" }, verify.NotValid},
		"an unknown exhibit":  {func(r *evidence.Recheck) { r.Exhibit = "E-900" }, verify.NotValid},
		"a visit yet to come": {func(r *evidence.Recheck) { r.Exhibit = "E-006" }, verify.NotValid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := sample.New(t, sample.Options{Tall: 800})
			r := evidence.Recheck{Exhibit: "E-001", ManifestSHA256: evidence.Sum(c.Exhibits[0].ManifestBytes), State: evidence.Gone, Reason: "status", Detail: "404"}
			test.change(&r)
			c.Recheck(r)
			out, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), inputOf(c), evidence.NoProgress{})
			if err != nil {
				t.Fatal(err)
			}
			got := check(t, out.Dir, verify.Options{})
			if bad := failures(got); got.Verdict == verify.NotValid != (test.verdict == verify.NotValid) ||
				test.verdict == verify.NotValid && !strings.Contains(bad, "E-005: is a second visit") {
				t.Errorf("%s, want %s\n%s", got.Verdict, test.verdict, bad)
			}
		})
	}
}
