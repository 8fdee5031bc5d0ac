package evidence_test

import (
	"errors"
	"strings"
	"testing"

	"constat/evidence"
)

func TestWhatTheAccountKeeps(t *testing.T) {
	for what, fields := range map[string]map[string]string{
		"a field that is none": {"nonsense": "x"},
		"too long":             {"happened": strings.Repeat("é", evidence.MaxFact+1)},
		"not text":             {"happened": "\xff"},
	} {
		if err := evidence.CheckAccount(fields); !errors.Is(err, evidence.ErrAccount) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := evidence.CheckAccount(map[string]string{"happened": strings.Repeat("é", evidence.MaxFact), "asked-for": ""}); err != nil {
		t.Error(err)
	}
}

func TestWhatTheLogOfReportsKeeps(t *testing.T) {
	good := map[string]string{"entry": "R-001", "to": "Discord", "on": "2026-11-29", "exhibits": "E-001 E-002", "state": "sent", "next-on": ""}
	if err := evidence.CheckReport(good); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"on": "29.11.2026", "next-on": "2026-02-30", "state": "lost", "nonsense": "x", "answer": "\xff"} {
		if err := evidence.CheckReport(map[string]string{name: bad}); !errors.Is(err, evidence.ErrAccount) {
			t.Errorf("%s %q: %v", name, bad, err)
		}
	}
}
