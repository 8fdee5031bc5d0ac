package handover_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/evidence"
	"constat/internal/stock"
)

// TestTheAccountIsPrintedAndNotesAreNot reads the report as a stranger's program does, and every
// file of the bundle for a word of the confidential notes.
func TestTheAccountIsPrintedAndNotesAreNot(t *testing.T) {
	const marker = "zwqx-confidentiel"
	s, c := flowtest.Open(t, flowtest.App(t))
	if _, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: "https://www.instagram.com/p/C0abcdefghi/"}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{"concerned": "Nathalie, majeure", "made-by": "Agathe, accompagnante", "happened": "Quelqu'un a publié une photo de moi.",
		"because-of-sex": "yes\nparoles sexistes", "asked-for": "que ce soit retiré\nune indemnisation", "police-reference": "PV-4471"}
	if err := s.Complain.Set(t.Context(), c.ID, told); err != nil {
		t.Fatal(err)
	}
	if err := s.Complain.SaveNotes(t.Context(), c.ID, marker); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove.Report(t.Context(), c.ID, map[string]string{"to": "Instagram", "on": "2026-11-23", "reference": "REF-99177", "state": "sent"}); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "liasse")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "fr"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range res.Checks {
		if k.Name == "report" && k.State != evidence.Passed {
			t.Errorf("%+v", k)
		}
	}
	pages := strings.Split(stock.Run(t, target, "pdftotext", "-raw", "data/report.pdf", "-"), "\f")
	for _, want := range []string{"Nathalie, majeure", "Agathe, accompagnante", "Quelqu'un a publié une photo de moi.", "une indemnisation", "Instagram"} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("page one lacks %q:\n%s", want, pages[0])
		}
	}
	whole := strings.Join(pages, "\n")
	for _, want := range []string{"Le récit de la personne", "paroles sexistes", "REF-99177"} {
		if !strings.Contains(whole, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	err = filepath.WalkDir(target, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), marker) {
			t.Errorf("%s holds the notes", path)
		}
		return err
	})
	if err != nil || strings.Contains(whole, marker) {
		t.Errorf("notes: %v", err)
	}
}

// TestConsentGoesAlong: what was told about consent is in the bundle for each exhibit: in the log, with what it
// replaced, under the signed line, and in the report.
func TestConsentGoesAlong(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	for _, address := range []string{"https://www.instagram.com/p/C0abcdefghi/", "https://www.instagram.com/p/C0abcdefghj/"} {
		if _, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: address}, evidence.NoProgress{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, words := range []string{"pas encore", "oui, au téléphone le 23 novembre"} {
		if _, err := s.Keep.SaveFacts(t.Context(), c.ID, "E-002", map[string]string{"kept-by": "Agathe, accompagnante", "consent": words}); err != nil {
			t.Fatal(err)
		}
	}
	target := filepath.Join(t.TempDir(), "liasse")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "fr"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range res.Checks {
		if (k.Name == "report" || k.Name == "custody-signature") && k.State != evidence.Passed {
			t.Errorf("%+v", k)
		}
	}
	b, err := os.ReadFile(filepath.Join(target, "data", "custody-log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for line := range strings.Lines(string(b)) {
		var e evidence.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Action == evidence.ActFactsEdited {
			told = append(told, e.Exhibit+" "+e.Detail["consent"])
		}
	}
	if want := []string{"E-002 pas encore", "E-002 oui, au téléphone le 23 novembre"}; !slices.Equal(told, want) {
		t.Errorf("the log has %q, want %q", told, want)
	}
	report := stock.Run(t, target, "pdftotext", "-raw", "data/report.pdf", "-")
	for _, want := range []string{"Accord de la personne", "oui, au téléphone le 23 novembre", "Agathe, accompagnante"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(report, "pas encore") {
		t.Error("the report prints words that were replaced")
	}
}
