package letter_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/bundle/letter"
)

// Read back by poppler: every word is there, however long the text.
func TestNothingIsLeftOut(t *testing.T) {
	var text strings.Builder
	text.WriteString("1. Où il se trouve\nhttps://example.org/" + strings.Repeat("a1", 200) + "FIN\n\n")
	for range 120 {
		text.WriteString("Ligne de récit avec é, ß et ij, et une émotion 🙂.\n")
	}
	text.WriteString("DERNIERE")
	path := filepath.Join(t.TempDir(), "letter.pdf")
	var b bytes.Buffer
	if err := letter.Write(&b, letter.Letter{Title: "Notification", Text: text.String(), Foot: "PRACTICE", Creator: "test", Created: time.Unix(0, 0)}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(out)), "")
	if !strings.Contains(got, strings.Repeat("a1", 200)+"FIN") || !strings.Contains(got, "DERNIERE") || strings.Count(got, "Lignederécit") != 120 {
		t.Errorf("something is missing:\n%s", out)
	}
	if pages := bytes.Count(out, []byte("PRACTICE")); pages < 2 {
		t.Errorf("the foot stands on %d pages", pages)
	}
}
