package verify_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
	"constat/evidence/tsa/tsatest"
)

// renewWhole puts a round of timestamps over a finished bundle.
func renewWhole(t *testing.T, dir string, by ...*tsatest.Server) {
	t.Helper()
	w, err := bundle.OpenWhole(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := renewal.Build(w.History)
	if err != nil {
		t.Fatal(err)
	}
	n := len(w.History.Generations)
	if err := w.Add(renewal.File{Name: renewal.ListName(n), Data: list}); err != nil {
		t.Fatal(err)
	}
	for _, s := range by {
		reply, err := (&tsa.Client{}).Ask(t.Context(), s.Authority(), evidence.Sum(list))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(renewal.File{Name: w.TokenName(n, s.Authority().Name), Data: reply.Raw}); err != nil {
			t.Fatal(err)
		}
	}
}

// A finished bundle is renewed without touching what was sealed: all of it, head
// of the log and fingerprint included, then stands for as long as the renewal.
func TestAFinishedBundleIsRenewed(t *testing.T) {
	old := tsatest.New(t, tsatest.Options{Name: "tsa-rsa", Key: tsatest.RSA, Days: 3600})
	later := tsatest.New(t, tsatest.Options{Name: "tsa-ec", Days: 3600})
	w := buildSigned(t, sample.Options{Authority: []*tsatest.Server{old}, Tall: 1000})
	roots, err := tsa.ParseRootsPEM([]byte(old.RootPEM + later.RootPEM))
	if err != nil {
		t.Fatal(err)
	}
	at := func(year int) verify.Options {
		return verify.Options{Roots: roots, Now: clockOf(year)}
	}
	renewed := w.copy(t)
	renewWhole(t, renewed, old)
	renewWhole(t, renewed, later)
	for _, k := range []struct {
		dir     string
		year    int
		verdict verify.Verdict
		stands  string
	}{
		{w.dir, today, verify.Valid, "passed: "}, {w.dir, 2031, verify.TimeNotProven, "not-done: "},
		{renewed, today, verify.Valid, "passed: "}, {renewed, 2031, verify.Valid, "passed: "},
		{renewed, 2035, verify.Valid, "passed: "}, {renewed, 2037, verify.TimeNotProven, "not-done: "},
	} {
		r := check(t, k.dir, at(k.year))
		if r.Verdict != k.verdict || len(failures(r)) > 0 {
			t.Errorf("%s in %d: %s\n%s\n%s", filepath.Base(k.dir), k.year, r.Verdict, failures(r), details(r, "timestamp"))
		}
		for _, what := range []string{"tagmanifest-sha256.txt", "data/evidence-sha256.txt", "E-001", "E-004"} {
			if !strings.Contains(details(r, "stands"), k.stands+what) {
				t.Errorf("%s in %d, %s:\n%s", filepath.Base(k.dir), k.year, what, details(r, "stands"))
			}
		}
		if said := r.StandsUntil.Year() >= k.year; said != (k.verdict == verify.Valid) {
			t.Errorf("%s in %d: stands until %v (%s)", filepath.Base(k.dir), k.year, r.StandsUntil, r.Ends)
		}
		if k.year != 2031 {
			continue // one year is enough for the script, which takes its time
		}
		if code := scriptIn(t, k.dir, k.year, old.RootPath, later.RootPath); (code == 0) != (k.verdict == verify.Valid) || code == 1 {
			t.Errorf("%s in %d: verify.sh ends with %d, verify says %s", filepath.Base(k.dir), k.year, code, k.verdict)
		}
	}

	for _, c := range []struct {
		name   string
		change func(dir string)
		want   string
	}{
		{"list changed", func(dir string) {
			replace(t, dir, "renewal-1.txt", "manifest tagmanifest-sha256.txt ", "manifest tagmanifest-sha256.txt 1")
		}, "renewal: renewal-1.txt: tagmanifest-sha256.txt is not as the list says"},
		{"list missing", func(dir string) { remove(t, dir, "renewal-1.txt") }, "renewal: renewal-1.txt: missing"},
		{"token of another round", func(dir string) { copyFile(t, dir, "renewal-2.tsa-ec.tsr", "renewal-1.tsa-rsa.tsr") },
			"timestamp: renewal-1.tsa-rsa.tsr: imprint"},
		{"surplus", func(dir string) { write(t, dir, "renewal-01.txt", nil) }, "files: renewal-01.txt"},
		{"report exchanged", func(dir string) { write(t, dir, "data/report.pdf", []byte("%PDF-1.7")) }, "payload-sha256: data/report.pdf: changed"},
	} {
		dir := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(dir, os.DirFS(renewed)); err != nil {
			t.Fatal(err)
		}
		c.change(dir)
		if r := check(t, dir, at(2031)); r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) {
			t.Errorf("%s: %s, want %q in\n%s", c.name, r.Verdict, c.want, failures(r))
		}
		if !strings.HasPrefix(c.name, "list") {
			continue
		}
		if code := scriptIn(t, dir, 2031, old.RootPath, later.RootPath); code != 1 {
			t.Errorf("%s: verify.sh ends with %d", c.name, code)
		}
	}

	// Nothing but what belongs there is ever written into a bundle.
	if err := (&bundle.Whole{}).Add(renewal.File{Name: "data/x.tsr"}); err == nil {
		t.Error("a file that belongs to no timestamp over the whole was written")
	}
}

// scriptIn runs the bundle's own script in a year that is not this one.
func scriptIn(t *testing.T, dir string, year int, roots ...string) int {
	t.Helper()
	bin := t.TempDir()
	real, err := exec.LookPath("date")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC).Unix()
	text := "#!/bin/sh\n[ \"$*\" = +%s ] && { echo " + strconv.FormatInt(now, 10) + "; exit; }\nexec " + real + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "date"), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{filepath.Join(dir, "verify/verify.sh"), "--timely", "36500"}, roots...)...)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	if t.Failed() || testing.Verbose() {
		t.Logf("%d:\n%s", year, out)
	}
	return cmd.ProcessState.ExitCode()
}
