package view

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFreeNameAvoidsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dossier.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := freeName(dir, "dossier"); got != "dossier 2" {
		t.Errorf("free name %q", got)
	}
}
