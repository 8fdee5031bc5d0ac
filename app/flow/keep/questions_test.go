package keep_test

import (
	"slices"
	"testing"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

func asked(list []keep.Page) (fields []string) {
	for _, p := range list {
		fields = append(fields, p.Fields...)
	}
	return fields
}

func TestNobodyIsAskedWhatTheAddressSays(t *testing.T) {
	e := listed("E-001", "https://x.com/compte_x/status/1791000000000000000", evidence.Complete, nil)
	known := map[string]keep.Known{}
	for _, k := range keep.KnownOf(e) {
		known[k.Field] = k
	}
	for field, want := range map[string]keep.Known{
		"permalink":       {"permalink", "https://x.com/compte_x/status/1791000000000000000", keep.FromAddress},
		"ids":             {"ids", "1791000000000000000", keep.FromAddress},
		"account-handle":  {"account-handle", "compte_x", keep.FromAddress},
		"account-address": {"account-address", "https://x.com/compte_x", keep.FromAddress},
		"date-absolute":   {"date-absolute", "2024-05-16T06:57:29Z", keep.FromID},
	} {
		if known[field] != want {
			t.Errorf("%s: %+v, want %+v", field, known[field], want)
		}
	}
	got := asked(keep.Questions(e, false))
	for field := range known {
		if slices.Contains(got, field) {
			t.Errorf("%s is known, and asked", field)
		}
	}
	if slices.Contains(got, "date-source") || !slices.Contains(got, "date-shown") || !slices.Contains(got, "seen-by") {
		t.Errorf("asked: %v", got)
	}
	// What was told before, and what is to be corrected, is asked.
	e.Facts = map[string]string{"account-handle": "@autre"}
	if !slices.Contains(asked(keep.Questions(e, false)), "account-handle") || !slices.Contains(asked(keep.Questions(e, true)), "permalink") {
		t.Error("what is wrong cannot be put right")
	}
}

func TestEveryFactIsAskedOnceAFewAtATime(t *testing.T) {
	list := keep.Questions(look.Exhibit{Kind: evidence.Import}, false)
	got := asked(list)
	for _, f := range evidence.FactFields() {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(x string) bool { return x != f.Name })); n != 1 {
			t.Errorf("%s is asked %d times", f.Name, n)
		}
	}
	for _, p := range list {
		if len(p.Fields) > 3 {
			t.Errorf("%s asks %d questions at once", p.ID, len(p.Fields))
		}
	}
}
