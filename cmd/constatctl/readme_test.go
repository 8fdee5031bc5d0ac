package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
)

// readme are the lines of README's blocks of commands, without what is said beside them.
func readme(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	in := false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "```") {
			in = !in
		} else if command, _, _ := strings.Cut(line, "   "); in {
			lines = append(lines, command)
		}
	}
	return lines
}

// TestWhatTheReadmeSaysRuns runs README's commands in the order in which they stand there: the program
// is built as it says, and the bundle is checked without it. A page on loopback is in the place of its
// address, and an authority of this test's in the place of those of the list.
func TestWhatTheReadmeSaysRuns(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Post</title><p>Bonjour à tout le monde</p>"))
	}))
	t.Cleanup(site.Close)
	authority := tsatest.New(t, tsatest.Options{})
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "addresses.txt"), []byte(site.URL+"/a\n"+site.URL+"/b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "CONSTAT_DATA="+filepath.Join(work, "data"), "CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_LANG=en",
		"CONSTAT_TSA="+authority.URL+","+authority.RootPath, "CONSTAT_NTP=none", "CGO_ENABLED=0")
	sh := func(dir, line string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s\n%s", line, err, out, err.(*exec.ExitError).Stderr)
		}
		return strings.TrimSpace(string(out))
	}
	place := strings.NewReplacer("https://www.example.org/p/1", site.URL+"/post", "AUTHORITY", authority.Authority().Name, "ROOT.pem", authority.RootPath)
	id, ran := "", map[string]int{}
	for _, line := range readme(t) {
		name := strings.Trim(strings.Fields(line + " -")[0], "(")
		command := place.Replace(strings.ReplaceAll(line, "--case ID", "--case "+id))
		switch {
		case name == "make":
			sh("../..", "make -n "+strings.Fields(line)[1])
		case strings.HasPrefix(line, "go build"):
			sh("../..", strings.Replace(command, "-o bin", "-o "+filepath.Join(work, "bin"), 1))
		case strings.HasPrefix(line, "bin/constatctl vault create"):
			sh(work, command)
			if err := vaulttest.Cheapen(filepath.Join(work, "data", "vault"), passphrase); err != nil { // of what follows
				t.Fatal(err)
			}
		case strings.HasPrefix(line, "bin/constatctl case create"):
			id = sh(work, command)
		case strings.HasPrefix(line, "bin/constatctl verify"):
			sh(work, command+" --roots "+authority.RootPath) // nobody's root but this test's
		case name == "bin/constatctl":
			sh(work, command)
		case name == "sha256sum", name == "cd", name == "openssl":
			sh(filepath.Join(work, "bundle"), command)
		case line == "", name == "set", strings.HasPrefix(line, "go run"): // Windows, and the window
		default:
			t.Errorf("nobody has tried %q", line)
		}
		ran[name]++
	}
	if ran["make"] < 3 || ran["bin/constatctl"] < 7 || ran["openssl"] < 1 {
		t.Errorf("too little of README was found: %v", ran)
	}
}
