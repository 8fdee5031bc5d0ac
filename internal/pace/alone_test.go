package pace

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// marks stand in the tests that start a browser or a display, and in no others.
var marks = []string{"CONSTAT_NO_SANDBOX", "CONSTAT_BROWSER", "displaytest.Start(", "chrome.Find(", `"Xvfb"`}

// Whatever starts a browser or a display has the machine for itself: scripts/test.sh finds all of it.
func TestPackagesWithABrowserRunAlone(t *testing.T) {
	root := filepath.Join("..", "..")
	cmd := exec.Command("sh", "scripts/test.sh", "--list")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "PACKAGES=") // all of them, whatever this run is of
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint.String())
	}
	how := map[string]string{}
	for line := range strings.Lines(string(out)) {
		word, pkg, _ := strings.Cut(strings.TrimSpace(line), " ")
		how[strings.TrimPrefix(pkg, "constat/")] = word
	}
	for pkg, want := range map[string]string{"capture": "alone", "cmd/constat": "alone", "evidence": "together", "evidence/vault": "together"} {
		if how[pkg] != want {
			t.Errorf("%s runs %q, want %s", pkg, how[pkg], want)
		}
	}
	marked := map[string]bool{}
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		switch hidden := strings.HasPrefix(d.Name(), ".") && name != "."; {
		case d.IsDir() && (hidden || name == "out" || name == "bin" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, "_test.go"):
			return nil
		}
		pkg := path.Dir(filepath.ToSlash(name))
		if pkg == "internal/pace" {
			return nil // this file
		}
		if how[pkg] == "" {
			t.Errorf("%s is run by nobody", name)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, mark := range marks {
			if !bytes.Contains(b, []byte(mark)) {
				continue
			}
			marked[mark] = true
			if how[pkg] != "alone" {
				t.Errorf("%s holds %s, and its package runs beside others", name, mark)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range marks {
		if !marked[mark] {
			t.Errorf("no test holds %s any more: the mark finds nothing", mark)
		}
	}
}
