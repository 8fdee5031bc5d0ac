package choose

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestChooserListsFoldersFirstAndHidesHidden(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"zeta", "alpha", ".hidden"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"roots.PEM", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readFolder(dir, true, []string{".pem"})
	want := []choosable{{"alpha", true}, {"zeta", true}, {"roots.PEM", false}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if got, _ := readFolder(dir, false, nil); len(got) != 2 {
		t.Errorf("folders only: %v", got)
	}
	if _, err := readFolder(filepath.Join(dir, "none"), false, nil); err == nil {
		t.Error("a folder that does not exist was listed")
	}
}
