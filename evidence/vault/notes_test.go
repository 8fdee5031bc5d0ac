package vault

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Notes come back as they were written, are readable to nobody on disk, and leave no trace in the log.
func TestNotesAreTheOwnersAlone(t *testing.T) {
	v, _, err := Create(t.Context(), filepath.Join(t.TempDir(), "v"), "pass", testOptions(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	var cases []*Case
	for range 2 {
		info, err := v.CreateCase(t.Context(), "a", false)
		if err != nil {
			t.Fatal(err)
		}
		c, err := v.Case(t.Context(), info.ID)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	c := cases[0]
	if got, err := c.Notes(t.Context()); got != "" || err != nil {
		t.Fatalf("before there were any: %q, %v", got, err)
	}
	for _, text := range []string{"elle a peur de lui\n", strings.Repeat("é", 200_000), ""} {
		if err := c.SaveNotes(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Notes(t.Context()); got != text || err != nil {
			t.Errorf("%d bytes back of %d, %v", len(got), len(text), err)
		}
	}
	if err := c.SaveNotes(t.Context(), "secret"); err != nil {
		t.Fatal(err)
	}
	if entries, _ := c.Entries(t.Context()); len(entries) != 1 {
		t.Errorf("the log has %d lines", len(entries))
	}
	if fails := c.SaveNotes(t.Context(), strings.Repeat("x", maxNotes+1)); fails == nil {
		t.Error("more than may be kept")
	}
	file := c.path(notesName)
	b, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(b), "secret") {
		t.Fatalf("on disk: %v", err)
	}
	// Another case's notes are not this one's; what was changed is not shown.
	if err := os.WriteFile(cases[1].path(notesName), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cases[1].Notes(t.Context()); !isCorrupt(err) {
		t.Errorf("of another case: %v", err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Notes(t.Context()); !isCorrupt(err) {
		t.Errorf("changed: %v", err)
	}
}

func isCorrupt(err error) bool {
	_, ok := errors.AsType[*CorruptError](err)
	return ok
}
