package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/trustlist"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// untimed is for tests of everything else, with bundles that nobody timestamped.
var untimed = verify.Policy{AllowNoTimestamp: true}

// script runs the bundle's own script, as its maker wrote it.
func script(t *testing.T, dir string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"verify/verify.sh", "--timely", "36500"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if bad, ok := errors.AsType[*exec.ExitError](err); ok {
		return bad.ExitCode(), string(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

// takeOut removes what matches, as a forger would who then makes all lists fit again.
func takeOut(t *testing.T, dir string, patterns ...string) {
	t.Helper()
	n := 0
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(dir, p))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			rel, err := filepath.Rel(dir, f)
			if err != nil {
				t.Fatal(err)
			}
			remove(t, dir, filepath.ToSlash(rel))
			n++
		}
	}
	if n == 0 {
		t.Fatalf("nothing matches %q", patterns)
	}
}

const (
	sealTokens    = "data/evidence-sha256.*.tsr"
	wholeTokens   = "tagmanifest-sha256.*.tsr"
	exhibitTokens = "data/exhibits/*/manifest.tsa-one.tsr"
)

// few is build with the two smallest exhibits: a script starts a program for each step.
func few(t *testing.T, o sample.Options) whole {
	t.Helper()
	c := sample.New(t, o)
	in := inputOf(c)
	in.Exhibits = in.Exhibits[1:3]
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	return whole{c, r, r.Dir}
}

// Missing proof is never better than present proof: the program and the script say of
// each forgery the same, and of none that it is valid.
func TestWithoutATimestampItIsNotValid(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	w := few(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 900})
	other := few(t, sample.Options{Tall: 900})
	unforged := map[string]bool{"a list in the way of Windows": true, "a link": true}
	for _, c := range []struct {
		name    string
		forge   func(dir string)
		verdict verify.Verdict
		code    int
		last    string
	}{
		{"genuine", func(string) {}, verify.Valid, 0, "valid"},
		{"no timestamp at all", func(dir string) {
			takeOut(t, dir, sealTokens, wholeTokens, exhibitTokens)
		}, verify.NotValid, 1, "not-valid"}, // the report has the fingerprint of before
		{"none over the fingerprint", func(dir string) {
			takeOut(t, dir, sealTokens, wholeTokens)
		}, verify.TimeNotProven, 2, "consistent, time not proven"},
		{"none over the fingerprint, that of the whole kept", func(dir string) {
			takeOut(t, dir, sealTokens)
		}, verify.NotValid, 1, "not-valid"},
		{"none over the whole", func(dir string) {
			takeOut(t, dir, wholeTokens)
		}, verify.TimeNotProven, 2, "consistent, time not proven"},
		{"READ-ME and scripts that lie", func(dir string) {
			write(t, dir, "READ-ME-FIRST.html", []byte("all is well"))
			takeOut(t, dir, wholeTokens)
		}, verify.TimeNotProven, 2, "consistent, time not proven"},
		{"READ-ME that lies, timestamp kept", func(dir string) {
			write(t, dir, "READ-ME-FIRST.html", []byte("all is well"))
		}, verify.NotValid, 1, "not-valid"},
		{"the report of another case", func(dir string) {
			write(t, dir, "data/report.pdf", read(t, other.dir, "data/report.pdf"))
			takeOut(t, dir, wholeTokens)
		}, verify.NotValid, 1, "not-valid"},
		{"dates of long ago in bag-info", func(dir string) {
			write(t, dir, "bag-info.txt", bytes.ReplaceAll(read(t, dir, "bag-info.txt"), []byte(": 2026-11"), []byte(": 1899-11")))
			takeOut(t, dir, wholeTokens)
		}, verify.TimeNotProven, 2, "consistent, time not proven"},
		{"another end of the log", func(dir string) {
			otherEnd(t, dir)
			takeOut(t, dir, sealTokens, wholeTokens)
		}, verify.NotValid, 1, "not-valid"},
		{"another end of the log, timestamp kept", func(dir string) {
			otherEnd(t, dir)
		}, verify.NotValid, 1, "not-valid"},
		{"another picture", func(dir string) {
			write(t, dir, "data/exhibits/E-002/notes.txt", read(t, dir, "data/exhibits/E-003/manifest.json"))
			takeOut(t, dir, sealTokens, wholeTokens)
		}, verify.NotValid, 1, "not-valid"},
		{"an exhibit left out", func(dir string) {
			takeOut(t, dir, "data/exhibits/E-003/*", sealTokens, wholeTokens)
			write(t, dir, "bag-info.txt", bytes.Replace(read(t, dir, "bag-info.txt"), []byte("Exhibits: 2"), []byte("Exhibits: 1"), 1))
		}, verify.NotValid, 1, "not-valid"},
		{"a file that nobody knows", func(dir string) {
			write(t, dir, "data/report-final.pdf", []byte("%PDF-1.4"))
			takeOut(t, dir, wholeTokens)
		}, verify.NotValid, 1, "not-valid"},
		{"a list in the way of Windows", func(dir string) {
			write(t, dir, "manifest-sha256.txt", bytes.ReplaceAll(read(t, dir, "manifest-sha256.txt"), []byte("\n"), []byte("\r\n")))
			takeOut(t, dir, wholeTokens)
		}, verify.NotValid, 1, "not-valid"},
		{"an empty timestamp", func(dir string) {
			write(t, dir, "tagmanifest-sha256.zzz.tsr", nil)
		}, verify.NotValid, 1, "not-valid"},
		{"a link", func(dir string) {
			takeOut(t, dir, "data/exhibits/E-002/notes.txt")
			if err := os.Symlink(filepath.Join(w.dir, "data/exhibits/E-002/notes.txt"), filepath.Join(dir, "data/exhibits/E-002/notes.txt")); err != nil {
				t.Fatal(err)
			}
		}, verify.NotValid, 1, "not-valid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := w.copy(t)
			c.forge(dir)
			if !unforged[c.name] {
				reseal(t, dir)
			}
			r := check(t, dir, verify.Options{Roots: w.c.Roots})
			if r.Verdict != c.verdict {
				t.Errorf("%s\n%s", r.Verdict, failures(r))
			}
			code, out := script(t, dir, one.RootPath)
			if code != c.code || !strings.HasSuffix(out, "\n"+c.last+"\n") {
				t.Errorf("the script ends with %d\n%s", code, out)
			}
			// Whoever asks for no timestamp gets no more than that nothing is wrong.
			allowed := check(t, dir, verify.Options{Roots: w.c.Roots, Policy: untimed})
			wrong := c.verdict == verify.NotValid
			if allowed.Valid == wrong {
				t.Errorf("without asking for a timestamp: %s", allowed.Verdict)
			}
			if c.name == "none over the fingerprint" || c.name == "another picture" {
				if code, _ := script(t, dir, "--allow-no-timestamp", one.RootPath); (code == 0) == wrong {
					t.Errorf("without asking for a timestamp the script ends with %d", code)
				}
			}
			if said := details(allowed, "proof-of-time"); !strings.HasPrefix(said, "not-done: ") {
				t.Errorf("proof of time: %q", said)
			}
		})
	}
}

// otherEnd says something else in the log's last line, which no manifest anchors.
func otherEnd(t *testing.T, dir string) {
	t.Helper()
	lines := bytes.SplitAfter(read(t, dir, "data/custody-log.jsonl"), []byte("\n"))
	lines = lines[:len(lines)-1]
	var chain evidence.Chain
	for _, line := range lines[:len(lines)-1] {
		if _, err := chain.Accept(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			t.Fatal(err)
		}
	}
	var e evidence.Entry
	if err := json.Unmarshal(lines[len(lines)-1], &e); err != nil {
		t.Fatal(err)
	}
	e.Detail = map[string]string{"seen-by": "nobody"}
	_, line, err := chain.Next(e)
	if err != nil {
		t.Fatal(err)
	}
	lines[len(lines)-1] = append(line, '\n')
	write(t, dir, "data/custody-log.jsonl", bytes.Join(lines, nil))
}

// The threshold counts timestamps under different roots.
func TestThresholdOfTimestamps(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	two := tsatest.New(t, tsatest.Options{Name: "tsa-two"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one, two}, Tall: 1000})
	dir := w.copy(t)
	// The same reply under another name is no second witness.
	for _, stem := range []string{"data/evidence-sha256.", "tagmanifest-sha256."} {
		takeOut(t, dir, stem+two.Authority().Name+".tsr")
		copyFile(t, dir, stem+one.Authority().Name+".tsr", stem+"third.tsr")
	}
	write(t, dir, "tagmanifest-sha256.txt", read(t, w.dir, "tagmanifest-sha256.txt"))
	for _, c := range []struct {
		dir     string
		needed  int
		verdict verify.Verdict
	}{
		{w.dir, 0, verify.Valid}, {w.dir, 1, verify.Valid}, {w.dir, 2, verify.Valid}, {w.dir, 3, verify.TimeNotProven},
		{w.dir, 1, verify.Valid},
	} {
		r := check(t, c.dir, verify.Options{Roots: w.c.Roots, Policy: verify.Policy{Timestamps: c.needed}})
		if r.Verdict != c.verdict {
			t.Errorf("%d: %s\n%s", c.needed, r.Verdict, failures(r))
		}
	}
	for needed, want := range map[int]string{1: "passed: ", 2: "not-done: "} {
		r := check(t, dir, verify.Options{Roots: w.c.Roots, Policy: verify.Policy{Timestamps: needed}})
		if said := details(r, "proof-of-time"); !strings.HasPrefix(said, want) {
			t.Errorf("%d: %s", needed, said)
		}
	}
	if r := check(t, w.dir, verify.Options{}); r.Verdict != verify.CouldNotCheck {
		t.Errorf("without roots: %s", r.Verdict)
	}

	// What the trusted lists say goes by the certificate and the token's own time.
	granted := []trustlist.Status{{Status: "granted", Since: time.Now().AddDate(-1, 0, 0)}}
	lists := trustlist.Set{Each: []trustlist.List{
		{Territory: "BE", Issued: time.Now().Add(time.Hour), Services: []trustlist.Service{{Name: "TSU 1", Certificates: []evidence.Digest{evidence.Sum(w.c.Roots[0].Raw)}, History: granted}}}}}
	for _, k := range []struct {
		name, want string
		issued     time.Duration
	}{
		{"later", "passed: data/evidence-sha256." + one.Authority().Name + ".tsr: on the trusted list of BE as qualified at the token's own time, list of ", time.Hour},
		{"older", "not-done: data/evidence-sha256." + one.Authority().Name + ".tsr: on the trusted list of BE of ", -time.Hour},
	} {
		lists.Each[0].Issued = time.Now().Add(k.issued)
		r := check(t, w.dir, verify.Options{Roots: w.c.Roots, Lists: lists})
		if got := details(r, "qualified"); !r.Valid || !strings.Contains(got, k.want) {
			t.Errorf("%s: %s\n%s", k.name, r.Verdict, got)
		}
		if got := details(r, "qualified"); !strings.Contains(got, "not-done: data/evidence-sha256."+two.Authority().Name+".tsr: on none of 1 trusted lists") {
			t.Errorf("%s: %s", k.name, got)
		}
	}
}

// A reply that who made the bundle could not verify counts once somebody can; as
// long as nobody can it is not done, and takes nothing from the rest.
func TestWhatItsMakerCouldNotVerify(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	other := tsatest.New(t, tsatest.Options{Name: "tsa-two"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000})
	in := inputOf(c)
	unknown := func(stamps []bundle.Stamp) []bundle.Stamp {
		var out []bundle.Stamp
		for _, s := range stamps {
			s.Verified, s.Reason = nil, "rejected:chain"
			s.Checks = []evidence.Check{{Name: "chain", State: evidence.Failed, Detail: "another root"}}
			out = append(out, s)
		}
		return out
	}
	for i := range in.Exhibits {
		in.Exhibits[i].Stamps = unknown(in.Exhibits[i].Stamps)
	}
	in.Stamp = func(ctx context.Context, d evidence.Digest) []bundle.Stamp { return unknown(c.Stamp(ctx, d)) }
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	dir := r.Dir
	for _, k := range []struct {
		by      *tsatest.Server
		verdict verify.Verdict
		code    int
		want    string
	}{
		{one, verify.Valid, 0, "passed: data/unverified-evidence-sha256.tsa-one.tsr: "},
		{other, verify.TimeNotProven, 2, "not-done: data/unverified-evidence-sha256.tsa-one.tsr: this program could not verify it: chain"},
	} {
		roots, err := tsa.ParseRootsPEM([]byte(k.by.Authority().RootsPEM))
		if err != nil {
			t.Fatal(err)
		}
		got := check(t, dir, verify.Options{Roots: roots})
		if got.Verdict != k.verdict || !strings.Contains(details(got, "timestamp"), k.want) {
			t.Errorf("%s\n%s\n%s", got.Verdict, failures(got), details(got, "timestamp"))
		}
		if code, out := script(t, dir, k.by.RootPath); code != k.code {
			t.Errorf("the script ends with %d\n%s", code, out)
		}
	}
}

// What a bundle says of its own times is compared with what is proven.
func TestTimesAreCompared(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 900})
	late := verify.Policy{Timely: time.Nanosecond}
	r := check(t, w.dir, verify.Options{Roots: w.c.Roots, Policy: late})
	if r.Verdict != verify.TimeNotProven || !strings.Contains(details(r, "exhibit-time"), "not timely") || !strings.Contains(details(r, "export-time"), "not timely") {
		t.Errorf("%s\n%s\n%s", r.Verdict, details(r, "exhibit-time"), details(r, "export-time"))
	}
	cmd := exec.CommandContext(t.Context(), "sh", "verify/verify.sh", "--timely", "0", one.RootPath)
	cmd.Dir = w.dir
	if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 || !strings.HasSuffix(string(out), "\nconsistent, time not proven\n") {
		t.Errorf("the script ends with %d\n%s", cmd.ProcessState.ExitCode(), out)
	}
	r = check(t, w.dir, verify.Options{Roots: w.c.Roots})
	if len(r.Times) != 4 || !r.Times[0].Own || !r.Times[0].Timely || r.Times[0].Kept.IsZero() {
		t.Errorf("%+v", r.Times)
	}
}
