package open

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/evidence"
)

// An officer checks what they were handed, without a vault: the verdict is that of the terminal, a byte that
// changed is said, and a page says the same.
func TestAReceivedBundleIsCheckedWithoutAVault(t *testing.T) {
	r := inCase(t)
	ctx := context.Background()
	stick := filepath.Join(r.Home, "stick")
	cases, err := r.W.Session().Look.Cases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(r.Home, "note.txt")
	if err := os.WriteFile(note, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.W.Session().Keep.Import(ctx, keep.ImportRequest{Case: cases[0].ID, Files: []string{note}, Subject: keep.SubjectAdult}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	made, err := r.W.Session().Handover.Export(ctx, handover.ExportRequest{Case: cases[0].ID, Target: stick, Language: "fr"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	r.Window.Lock()

	s := &checkScreen{from: &unlockScreen{}}
	r.W.Show(&unlockScreen{})
	r.Press("window.check.open")
	r.Sees("window.check.what", "window.check.nothing-leaves")
	r.W.Show(s)
	s.check(r.W, stick)
	r.Sees("answer." + string(made.Verdict))
	if !strings.Contains(r.Words(), made.Fingerprint.String()) {
		t.Error("the fingerprint is not shown")
	}
	before := len(r.Words())
	r.Press("window.check.all")
	if len(r.Words()) <= before {
		t.Error("what passed is not shown")
	}

	log := filepath.Join(stick, "data", "custody-log.jsonl")
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(log, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r.Press("window.check.again")
	s = &checkScreen{from: &unlockScreen{}}
	r.W.Show(s)
	s.check(r.W, stick)
	r.Sees("answer.not-valid", "answer.not-valid-means")
	for n := range 2 {
		path, err := r.App.Proof.SaveAnswer(r.Home, "answer", "fr", stick, *s.result)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"answer.pdf", "answer-2.pdf"}[n]; filepath.Base(path) != want {
			t.Errorf("%s, want %s", path, want)
		}
	}
}
