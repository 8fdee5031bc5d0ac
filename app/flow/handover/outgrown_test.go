package handover_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// What becomes too large for the place only while it is written is not called a full disk, and nothing of it is left. A folder
// of the same fits.
func TestAnArchiveThatOutgrowsThePlace(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	s, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
	flowtest.Record(t, s, c, "https://example.org/1")
	dir := t.TempDir()
	whole := filepath.Join(t.TempDir(), "a.zip")
	export := func(r handover.ExportRequest) error {
		r.Case, r.Language = c.ID, "fr"
		_, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{})
		return err
	}
	if err := export(handover.ExportRequest{Target: whole}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(whole)
	if err != nil {
		t.Fatal(err)
	}
	most := info.Size() - 40_000 // more than the exhibit, less than what comes with it
	handover.TakesAtMost(s.Handover, most)
	for _, r := range []handover.ExportRequest{
		{Target: "a.zip"},
		{Target: "b.zip", ZipPassword: "ABCD-2345-EFGH-6789-JKMN", HideNames: true},
		{Target: "c.zip.age", Recipients: []string{"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}},
	} {
		r.Target = filepath.Join(dir, r.Target)
		err := export(r)
		e, ok := errors.AsType[*handover.LargestError](err)
		if !ok || !e.Begun || e.Largest != most || e.Size != most+1 {
			t.Errorf("%s: %v", filepath.Base(r.Target), err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s is left", e.Name())
	}
	if err := export(handover.ExportRequest{Target: filepath.Join(dir, "d")}); err != nil {
		t.Errorf("a folder: %v", err)
	}
}
