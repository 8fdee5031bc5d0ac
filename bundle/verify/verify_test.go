package verify_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

func inputOf(c *sample.Case) bundle.Input {
	return bundle.Input{Case: c.Case, Exhibits: c.Exhibits, WriteLog: c.WriteLog, Language: "fr", Location: time.FixedZone("CET", 3600),
		CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software, Stamp: c.Stamp, StampOver: c.StampOver}
}

// whole is a bundle that was written once and is copied for every test.
type whole struct {
	c   *sample.Case
	r   bundle.Result
	dir string
}

func build(t *testing.T, o sample.Options) whole {
	t.Helper()
	c := sample.New(t, o)
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), inputOf(c), evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	return whole{c, r, r.Dir}
}

func (w whole) copy(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// today is the year of tests that ask what holds when they are run: a year by its number is over one day.
const today = 0

// clockOf is the clock of a year, or today's.
func clockOf(year int) func() time.Time {
	if year == today {
		return time.Now
	}
	return func() time.Time { return time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC) }
}

func check(t *testing.T, path string, o verify.Options) verify.Report {
	t.Helper()
	if o.Timely == 0 { // the sample says when it was kept, and the authorities stamp today
		o.Timely = 100 * 365 * 24 * time.Hour
	}
	r, err := verify.Verify(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Valid != (r.Verdict == verify.Valid) {
		t.Errorf("valid %v, verdict %s", r.Valid, r.Verdict)
	}
	return r
}

// failures returns what failed, one line a check.
func failures(r verify.Report) string {
	var out []string
	for _, c := range r.Checks {
		if c.State == evidence.Failed {
			out = append(out, c.Name+": "+c.Detail)
		}
	}
	return strings.Join(out, "\n")
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWholeBundle(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	two := tsatest.New(t, tsatest.Options{Name: "tsa-two"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one, two}})
	stranger := tsatest.New(t, tsatest.Options{Name: "stranger"})

	for _, c := range []struct {
		name    string
		roots   []*x509.Certificate
		system  bool
		verdict verify.Verdict
		tokens  int
	}{
		{"both roots", w.c.Roots, false, verify.Valid, 12},
		{"one root", w.c.Roots[:1], false, verify.Valid, 6},
		{"no root", nil, false, verify.CouldNotCheck, 0},
		{"roots of this system", nil, true, verify.CouldNotCheck, 0},
		{"a stranger's root", []*x509.Certificate{stranger.Root(t)}, true, verify.NotValid, 0},
	} {
		r := check(t, w.dir, verify.Options{Roots: c.roots, SystemRoots: c.system})
		if r.Verdict != c.verdict || len(r.Timestamps) != c.tokens {
			t.Errorf("%s: %s, %d timestamps\n%s", c.name, r.Verdict, len(r.Timestamps), failures(r))
		}
		if r.Fingerprint != w.r.Fingerprint || r.Files != w.r.Files || r.Bytes != w.r.Bytes || r.Practice ||
			r.Case != w.c.Case.ID || len(r.Exhibits) != 4 || !r.Created.Equal(sample.Start.Add(3*time.Hour)) {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

func TestPracticeIsRefusedUnlessAskedFor(t *testing.T) {
	w := build(t, sample.Options{Practice: true})
	if r := check(t, w.dir, verify.Options{Roots: w.c.Roots}); r.Verdict != verify.NotValid || !r.Practice || !strings.Contains(failures(r), "practice: "+evidence.PracticeMark) {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
	if r := check(t, w.dir, verify.Options{Roots: w.c.Roots, Practice: true}); r.Verdict != verify.Valid || !r.Practice || len(r.Timestamps) != 6 {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
}

func TestNothingToJudge(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("not a ZIP"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Verify(t.Context(), text, verify.Options{}); !errors.Is(err, verify.ErrNotBundle) {
		t.Errorf("text: %v", err)
	}
	if _, err := verify.Verify(t.Context(), filepath.Join(dir, "none"), verify.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	if r := check(t, t.TempDir(), verify.Options{}); r.Verdict != verify.NotValid {
		t.Errorf("empty folder: %s", r.Verdict)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.Verify(ctx, dir, verify.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestEveryCheckIsListed(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	var names []string
	for _, c := range check(t, w.dir, verify.Options{}).Checks {
		names = append(names, c.Name)
		if c.State == evidence.NotDone && c.Detail == "" {
			t.Errorf("%s does not say why it was not done", c.Name)
		}
	}
	for _, want := range []string{"paths", "limits", "readable", "bag-declaration", "bag-info", "payload-oxum", "payload-sha256", "payload-sha512",
		"tag-files", "files", "evidence-list", "fingerprint", "exhibit", "custody-log", "custody-anchor", "custody-signature", "timestamp", "report", "practice",
		"proof-of-time", "proof-of-whole", "exhibit-time"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not listed", want)
		}
	}
}
