package main

import (
	"maps"
	"testing"

	"constat/app/flow/handover"
)

func TestWhatMaskWasGiven(t *testing.T) {
	type way = map[string]handover.Masking
	for _, c := range []struct {
		name        string
		given, rest []string
		want        way // nil: refused
	}{
		{"none", nil, nil, way{}},
		{"bare: all pictures off the paper", []string{maskAll}, nil, way{"*": handover.LeaveOut}},
		{"one exhibit", []string{"E-001=blur"}, nil, way{"E-001": handover.Blur}},
		{"several", []string{"E-001=blur", "E-002=leave-out", "E-003=show"}, nil, way{"E-001": handover.Blur, "E-002": handover.LeaveOut, "E-003": handover.Shown}},
		{"all but one", []string{maskAll, "E-002=show"}, nil, way{"*": handover.LeaveOut, "E-002": handover.Shown}},
		{"the last one counts", []string{"E-001=blur", "E-001=show"}, nil, way{"E-001": handover.Shown}},
		{"with a blank", []string{maskAll}, []string{"E-001=blur"}, way{"E-001": handover.Blur}},
		{"two with blanks", []string{maskAll, maskAll}, []string{"E-001=blur", "E-002=show"}, way{"E-001": handover.Blur, "E-002": handover.Shown}},
		{"no way", []string{"E-001"}, nil, nil},
		{"an argument that is none", nil, []string{"E-001=blur"}, nil},
		{"an argument too many", []string{maskAll}, []string{"E-001=blur", "E-002=blur"}, nil},
		{"with and without a blank", []string{maskAll, "E-003=blur"}, []string{"E-001=blur"}, nil},
	} {
		got, err := masks(c.given, c.rest)
		if (err != nil) != (c.want == nil) || err == nil && !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	// What is no way of masking at all is refused by the export, with the exhibit's name.
	if got, err := masks([]string{"E-001=smudge"}, nil); err != nil || got["E-001"] != "smudge" {
		t.Errorf("%v, %v", got, err)
	}
}
