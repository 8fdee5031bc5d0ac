package keep_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/evidence"
	"constat/internal/stock"
)

func TestFactsAreKeptAsTypedWithTheirEarlierWords(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	e := flowtest.Record(t, s, c, "https://example.org/p/1")
	const first, second = " « il y a 2 jours »\n(vu hier) ", "21 novembre"
	e, err := s.Keep.SaveFacts(t.Context(), c.ID, e.Exhibit, map[string]string{"date-shown": first, "suspected-person": "X"})
	if err != nil || e.Facts["date-shown"] != first {
		t.Fatalf("%v %q", err, e.Facts)
	}
	e, err = s.Keep.SaveFacts(t.Context(), c.ID, e.Exhibit, map[string]string{"date-shown": second, "suspected-person": ""})
	if err != nil || e.Facts["date-shown"] != second || len(e.Facts) != 1 {
		t.Fatalf("%v %q", err, e.Facts)
	}
	if _, err := s.Keep.SaveFacts(t.Context(), c.ID, e.Exhibit, map[string]string{"date-shown": second}); err != nil {
		t.Fatal(err)
	}
	for name, facts := range map[string]map[string]string{
		"unknown field": {"password": "x"}, "too long": {"ids": strings.Repeat("x", evidence.MaxFact+1)}, "not text": {"ids": "\xff"},
	} {
		if _, err := s.Keep.SaveFacts(t.Context(), c.ID, e.Exhibit, facts); flow.ExitCode(err) != flow.ExitUsage {
			t.Errorf("%s: %v", name, err)
		}
	}
	var words []string
	for _, x := range flowtest.Entries(t, s, flowtest.Passphrase, c.ID) {
		if x.Action == evidence.ActFactsEdited {
			words = append(words, x.Detail["date-shown"])
		}
	}
	if len(words) != 2 || words[0] != first || words[1] != second {
		t.Errorf("the log has %q", words)
	}
}

func TestUnder18ClosesAnExhibitAndDeletesNothing(t *testing.T) {
	a := flowtest.App(t)
	s, c := flowtest.Open(t, a)
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: flowtest.Page(t).URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := filepath.Glob(filepath.Join(s.Vault(), "cases", "*", "objects", "*"))
	e, err = s.Keep.MarkMinor(t.Context(), c.ID, e.Exhibit)
	if err != nil || !e.Closed {
		t.Fatalf("%v, closed %v", err, e.Closed)
	}
	if _, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 1); !errors.Is(err, look.ErrMinor) {
		t.Errorf("preview: %v", err)
	}
	if _, err := s.Handover.Extract(t.Context(), c.ID, e.Exhibit, filepath.Join(t.TempDir(), "x")); !errors.Is(err, look.ErrMinor) {
		t.Errorf("extract: %v", err)
	}
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: filepath.Join(t.TempDir(), "b"), Language: "fr"}, evidence.NoProgress{}); !errors.Is(err, handover.ErrEmptyCase) {
		t.Errorf("export of it alone: %v", err)
	}
	rest := flowtest.Record(t, s, c, "https://discord.com/channels/81384788765712384/381871767846780928/1176543210987654321")
	if _, err := s.Keep.SaveFacts(t.Context(), c.ID, rest.Exhibit, map[string]string{"date-shown": "avant-hier"}); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "b")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "fr"}, evidence.NoProgress{})
	if err != nil || res.Verdict != proof.TimeNotProven { // nobody was asked for a timestamp
		t.Fatalf("export of the rest: %v %v", err, res.Checks)
	}
	if left, _ := filepath.Glob(filepath.Join(target, "data", "exhibits", "E-001*")); len(left) != 0 {
		t.Errorf("the bundle holds %v", left)
	}
	paper := stock.Run(t, target, "pdftotext", "-layout", "data/report.pdf", "-")
	for _, fact := range []string{"E-001", "avant-hier", "1176543210987654321", "Discord"} {
		if !strings.Contains(paper, fact) {
			t.Errorf("the report does not say %q", fact)
		}
	}
	if !slices.ContainsFunc(res.Checks, func(k evidence.Check) bool { return k.Name == "custody-signature" && k.State == evidence.Passed }) {
		t.Errorf("the head of the log is not signed: %+v", res.Checks)
	}
	after, _ := filepath.Glob(filepath.Join(s.Vault(), "cases", "*", "objects", "*"))
	if len(after) < len(before) {
		t.Error("something was deleted")
	}
	dir := s.Vault() // as after a new start
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	if s, err = a.Unlock(t.Context(), dir, flowtest.Passphrase); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Lock() })
	for _, address := range []string{e.Address, " " + e.FinalAddress + " "} {
		_, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: address, Subject: keep.SubjectAdult}, evidence.NoProgress{})
		if !errors.Is(err, keep.ErrSubject) {
			t.Errorf("its address once more: %v", err)
		}
	}
	if again, err := s.Keep.MarkMinor(t.Context(), c.ID, e.Exhibit); err != nil || !again.Closed {
		t.Errorf("marking twice: %v", err)
	}
}
