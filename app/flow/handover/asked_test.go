package handover_test

import (
	"path/filepath"
	"testing"

	"constat/app/flow/flowtest"
	"constat/evidence/tsa/tsatest"
)

// An export asks every authority for the fingerprint and for the whole, of which each is a
// witness, and one alone for the rest: the report's own timestamp, the evidence record, the container.
func TestAnExportAsksNoMoreThanItMust(t *testing.T) {
	first, second := tsatest.New(t, tsatest.Options{Name: "first"}), tsatest.New(t, tsatest.Options{Name: "second"})
	app := flowtest.App(t, first.Authority(), second.Authority())
	s, c := flowtest.Open(t, app)
	flowtest.Record(t, s, c, "https://example.org/1")
	one, two := first.Hits(), second.Hits()
	flowtest.Bundle(t, s, c.ID, filepath.Join(t.TempDir(), "liasse"))
	if one, two = first.Hits()-one, second.Hits()-two; one != 5 || two != 2 {
		t.Errorf("asked %d and %d times, want 5 and 2", one, two)
	}
}
