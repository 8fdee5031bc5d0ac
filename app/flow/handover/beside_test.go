package handover_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/assets/words"
	"constat/evidence"
	"constat/internal/stock"
)

// TestWhatLiesBesideAnEncryptedZIP: the note does not name the matter, and only the slip has the
// passphrase.
func TestWhatLiesBesideAnEncryptedZIP(t *testing.T) {
	const passphrase = "ABCD-2345-EFGH-6789-JKMN"
	s, c := flowtest.Open(t, flowtest.App(t))
	flowtest.Record(t, s, c, "https://exemple.be/p/1")
	dir := t.TempDir()
	r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "dossier.zip"), Language: "fr", ZipPassword: passphrase, Slip: filepath.Join(dir, "feuille.pdf"),
		CaseUCO: filepath.Join(dir, "case.jsonld")}
	res, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{})
	if err != nil || res.Beside != "" || res.Note != r.Target+".txt" || res.Slip != r.Slip {
		t.Fatalf("%v %+v", err, res)
	}
	note, err := os.ReadFile(res.Note)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Languages {
		if !strings.Contains(string(note), words.Names[lang]) {
			t.Errorf("the note lacks %s", lang)
		}
	}
	for _, bad := range []string{passphrase, c.Title, "intim", "exemple.be", "preuve", "Constat"} {
		if strings.Contains(strings.ToLower(string(note)), strings.ToLower(bad)) {
			t.Errorf("the note says %q:\n%s", bad, note)
		}
	}
	slip := stock.Run(t, dir, "pdftotext", "-raw", "feuille.pdf", "-")
	if !strings.Contains(slip, passphrase) || !strings.Contains(slip, "dossier.zip") || !strings.Contains(slip, res.Fingerprint.Grouped()[:19]) || strings.Contains(slip, c.Title) {
		t.Errorf("slip:\n%s", slip)
	}
	var graph struct {
		Graph []map[string]any `json:"@graph"`
	}
	b, err := os.ReadFile(res.CaseUCO)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &graph); err != nil || len(graph.Graph) < 8 || !strings.Contains(string(b), res.Fingerprint.String()) ||
		!strings.Contains(string(b), "https://exemple.be/p/1") || !strings.Contains(string(b), `"exporting"`) || strings.Contains(string(b), c.Title) {
		t.Errorf("%v, in the words of CASE:\n%s", err, b)
	}
	// Nothing that is there is overwritten, and nothing is begun then.
	for _, name := range []string{"b.zip.txt", "b.pdf", "b.jsonld"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.Target, r.Slip = filepath.Join(dir, "b.zip"), filepath.Join(dir, "b.pdf")
		r.CaseUCO = filepath.Join(dir, "b.jsonld")
		if _, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{}); err == nil {
			t.Errorf("%s is there, and it goes on", name)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	r.Target, r.ZipPassword = filepath.Join(dir, "c"), ""
	if _, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{}); err == nil {
		t.Error("a slip without a passphrase")
	}
}
