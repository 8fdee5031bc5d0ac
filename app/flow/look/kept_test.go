package look_test

import (
	"testing"

	"constat/app/flow/look"
	"constat/evidence"
)

// Kept says no more than what is there to be shown and handed over.
func TestKeptIsWhereContentIs(t *testing.T) {
	for what, x := range map[string]struct {
		e    look.Exhibit
		kept bool
	}{
		"a page":           {look.Exhibit{Kind: evidence.WebCapture, Outcome: evidence.Complete}, true},
		"a part of one":    {look.Exhibit{Kind: evidence.WebCapture, Outcome: evidence.Partial}, true},
		"a file":           {look.Exhibit{Kind: evidence.Import, Outcome: evidence.Complete}, true},
		"an address alone": {look.Exhibit{Kind: evidence.AddressOnly, Outcome: evidence.Complete}, false},
		"a visit": {look.Exhibit{Kind: evidence.WebCapture, Outcome: evidence.Complete,
			Recheck: &evidence.Recheck{Exhibit: "E-001"}}, false},
		"a page to sign in to": {look.Exhibit{Kind: evidence.WebCapture, Outcome: evidence.LoginPage}, false},
		"what is closed":       {look.Exhibit{Kind: evidence.Import, Outcome: evidence.Complete, Closed: true}, false},
		"what is damaged":      {look.Exhibit{Kind: evidence.Import, Outcome: evidence.Complete, Damage: "x"}, false},
	} {
		if x.e.Kept() != x.kept {
			t.Errorf("%s: kept is %v", what, !x.kept)
		}
	}
}
