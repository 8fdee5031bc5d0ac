package handover_test

import (
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

// TestWhatLiesBesideAnEncryptedZIP: the note does not name the matter, and only the slip has the passphrase.
func TestWhatLiesBesideAnEncryptedZIP(t *testing.T) {
	const passphrase = "ABCD-2345-EFGH-6789-JKMN"
	s, c := flowtest.Open(t, flowtest.App(t))
	flowtest.Record(t, s, c, "https://exemple.be/p/1")
	dir := t.TempDir()
	r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "dossier.zip"), Language: "fr", ZipPassword: passphrase, Slip: filepath.Join(dir, "feuille.pdf")}
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
	// Nothing that is there is overwritten, and nothing is begun then.
	for _, name := range []string{"b.zip.txt", "b.pdf"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.Target, r.Slip = filepath.Join(dir, "b.zip"), filepath.Join(dir, "b.pdf")
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
