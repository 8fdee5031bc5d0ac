package verify_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// TestWhatStopsTheScript: a name of two lines stands for no other two, and a time that nobody can
// calculate with does not end the script before its verdict. In every shell that is here it comes to
// what the program does.
func TestWhatStopsTheScript(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "one"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 500})
	add := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := func(name, line, by string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			had := string(read(t, dir, name))
			now := regexp.MustCompile("(?m)"+line).ReplaceAllString(had, by)
			if now == had {
				t.Fatalf("%s has no %s", name, line)
			}
			write(t, dir, name, []byte(now))
		}
	}
	for name, do := range map[string]func(*testing.T, string){
		"two records in one name": add("evidence-record-1.ers\nevidence-record-2.ers"),
		"what Finder never left":  add(".DS_Store\n.DS_Store"),
		"a day that is none":      edit("bag-info.txt", "^Constat-Created: .*$", "Constat-Created: never"),
	} {
		t.Run(name, func(t *testing.T) {
			dir := w.copy(t)
			do(t, dir)
			if r := check(t, dir, verify.Options{Roots: w.c.Roots}); r.Verdict != verify.NotValid {
				t.Errorf("the program says %s", r.Verdict)
			}
			for _, shell := range [][]string{{"sh"}, {"bash"}, {"busybox", "sh"}} {
				if _, err := exec.LookPath(shell[0]); err != nil {
					continue
				}
				cmd := exec.CommandContext(t.Context(), shell[0], append(shell[1:], "verify/verify.sh", one.RootPath)...)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				if bad, ok := errors.AsType[*exec.ExitError](err); !ok || bad.ExitCode() != 1 || !strings.HasSuffix(string(out), "\nnot-valid\n") {
					t.Errorf("%v: %v\n%s", shell, err, out)
				}
			}
		})
	}
}

// TestAManifestSaysItsTimesInUTC: in any other way they are wrong, for the program and for the script.
func TestAManifestSaysItsTimesInUTC(t *testing.T) {
	w := build(t, sample.Options{Tall: 500})
	const name = "data/exhibits/E-001/manifest.json"
	for _, moment := range []string{"started", "finished"} {
		for says, good := range map[string]bool{"Z": true, ".25Z": true, ".250Z": false, "+00:00": false, "+01:00": false, "": false} {
			dir := w.copy(t)
			had := string(read(t, dir, name))
			now := regexp.MustCompile(`("`+moment+`": \{\s+"utc": "[0-9T:-]+)[^"]*"`).ReplaceAllString(had, `${1}`+says+`"`)
			if now == had && !good {
				t.Fatalf("%s has no %s", name, moment)
			}
			write(t, dir, name, []byte(now))
			reseal(t, dir)
			if r := check(t, dir, verify.Options{}); strings.Contains(failures(r), "is not a time in UTC") == good {
				t.Errorf("%s %q: the program says\n%s", moment, says, failures(r))
			}
			if _, out := script(t, dir); strings.Contains(out, "is no time in UTC") == good {
				t.Errorf("%s %q: the script says\n%s", moment, says, out)
			}
		}
	}
}

// TestADayByItsNameIsNoTime: what a system's own date would understand is no time that a bundle gives of itself, also
// where its maker had the whole timestamped.
func TestADayByItsNameIsNoTime(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "one"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 500})
	for says, code := range map[string]int{"omorrow": 2, "12:00": 2, "12:00:00+02:00": 2, "12:00:00.25Z": 0} {
		dir := w.copy(t)
		info := string(read(t, dir, "bag-info.txt"))
		write(t, dir, "bag-info.txt", []byte(regexp.MustCompile("(?m)^(Constat-Created: .*T).*$").ReplaceAllString(info, "${1}"+says)))
		remove(t, dir, "evidence-record-1.ers")
		remove(t, dir, "tagmanifest-sha256.asics")
		reseal(t, dir)
		reply, err := (&tsa.Client{}).AskImprint(t.Context(), one.Authority(), tsa.ImprintOf(evidence.Sum(read(t, dir, "tagmanifest-sha256.txt"))))
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, "tagmanifest-sha256.one.tsr", reply.Raw)
		want := map[int]verify.Verdict{0: verify.Valid, 2: verify.TimeNotProven}[code]
		if r := check(t, dir, verify.Options{Roots: w.c.Roots, Policy: verify.Policy{Timely: 36500 * 24 * time.Hour}}); r.Verdict != want {
			t.Errorf("%s: the program says %s", says, r.Verdict)
		}
		if got, out := script(t, dir, one.RootPath); got != code {
			t.Errorf("%s: %d\n%s", says, got, out)
		}
	}
}
