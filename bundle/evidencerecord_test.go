package bundle_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/renewed"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// sealed are the files of a bundle that a record is about.
func sealed(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		if err == nil && !d.IsDir() && !strings.HasPrefix(rel, "evidence-record-") &&
			!strings.HasPrefix(rel, "tagmanifest-sha256.") && !strings.HasPrefix(rel, "renewal-") || rel == "tagmanifest-sha256.txt" {
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A bundle has one record over every file, made with one more question. OpenSSL
// verifies the token in it over what the digests of the files come to; renewed by
// timestamp and by another hash it still holds.
func TestEvidenceRecord(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000})
	r := write(t, inputOf(c, "de"))
	if r.Record == nil || r.Record.FileName != "evidence-record-1.ers" {
		t.Fatalf("%+v", r.Record)
	}
	bySystem(t, r.Dir, one)
	containerBySystem(t, r.Dir, one)
	judged := func(hashes string, stamps int) {
		t.Helper()
		got, err := verify.Verify(t.Context(), r.Dir, verify.Options{Roots: c.Roots, Policy: verify.Policy{Timely: 100_000 * time.Hour}})
		if err != nil {
			t.Fatal(err)
		}
		if !got.Valid || len(got.Records) != stamps {
			t.Fatalf("%s, %d records\n%s", got.Verdict, len(got.Records), said(got, ""))
		}
		last := got.Records[stamps-1]
		if len(last.Timestamps) != stamps || strings.Join(last.Hashes, " ") != hashes || last.Files != len(sealed(t, r.Dir)) ||
			last.Proven.IsZero() || !last.Proven.Equal(got.Records[0].Proven) {
			t.Errorf("%+v\n%s", last, said(got, "evidence-record"))
		}
	}
	judged("SHA-512", 1)
	renewed.Record(t, r.Dir, one, 0)
	judged("SHA-512", 2)
	renewed.Record(t, r.Dir, one, crypto.SHA3_256)
	judged("SHA-512 SHA3-256", 3)
	renewed.Record(t, r.Dir, one, 0)
	judged("SHA-512 SHA3-256", 4)
	renewed.Record(t, r.Dir, one, crypto.SHA512)
	judged("SHA-512 SHA3-256 SHA-512", 5)
	byBouncyCastle(t, r.Dir, 5, one)
}

// said are a report's lines of one check, or those that failed.
func said(r verify.Report, name string) string {
	var out []string
	for _, c := range r.Checks {
		if c.Name == name || name == "" && c.State == evidence.Failed {
			out = append(out, c.Name+" "+string(c.State)+": "+c.Detail)
		}
	}
	return strings.Join(out, "\n")
}

// Nobody is asked for a record who did not answer a moment before, and a bundle
// without one is whole.
func TestBundleWithoutRecord(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000})
	in := inputOf(c, "fr")
	in.Stamp = nil
	before := one.Hits()
	if r := write(t, in); r.Record != nil || one.Hits() != before {
		t.Errorf("%+v, %d questions", r.Record, one.Hits()-before)
	}
	in = inputOf(c, "fr")
	in.StampOver = nil
	r := write(t, in)
	got, err := verify.Verify(t.Context(), r.Dir, verify.Options{Roots: c.Roots, Policy: verify.Policy{Timely: 100_000 * time.Hour}})
	if err != nil || !got.Valid || said(got, "evidence-record") != "evidence-record not-done: there is none" {
		t.Errorf("%v %s\n%s", err, got.Verdict, said(got, "evidence-record"))
	}
	w, err := bundle.OpenWhole(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.RenewRecord(t.Context(), bundle.RecordName(1), 0); err == nil {
		t.Error("a record that is not there was renewed")
	}
}

// byHand runs the commands of docs/formats.md that stand behind a mark.
func byHand(t *testing.T, dir, mark string, authority *tsatest.Server) (string, error) {
	t.Helper()
	manual, err := os.ReadFile("../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(manual), "<!-- by hand: "+mark+" -->\n\n```sh\n")
	script, _, ended := strings.Cut(rest, "```\n")
	if !found || !ended {
		t.Fatalf("docs/formats.md has no commands for: %s", mark)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ROOT="+authority.RootPath, "W="+t.TempDir())
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// bySystem is what docs/formats.md has by hand for the first record.
func bySystem(t *testing.T, dir string, authority *tsatest.Server) {
	t.Helper()
	if out, err := byHand(t, dir, "evidence record", authority); err != nil || !strings.Contains(out, "Verification: OK") {
		t.Errorf("by hand: %v\n%s", err, out)
	}
	path := filepath.Join(dir, "READ-ME-FIRST.html")
	had, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(append(bytes.Clone(had), '\n'))
	if out, err := byHand(t, dir, "evidence record", authority); err == nil || strings.Contains(out, "Verification: OK") {
		t.Errorf("by hand, with a file changed: %s", out)
	}
	put(had)
}

// containerBySystem opens the container with other tools, and judges it with OpenSSL.
func containerBySystem(t *testing.T, dir string, authority *tsatest.Server) {
	t.Helper()
	if out, err := byHand(t, dir, "container", authority); err != nil || strings.Count(out, "Verification: OK") != 2 || strings.Count(out, ": as named") != 2 {
		t.Errorf("by hand: %v\n%s", err, out)
	}
	got, err := verify.Verify(t.Context(), dir, verify.Options{Roots: []*x509.Certificate{authority.Root(t)}})
	if err != nil || !strings.HasPrefix(said(got, "list-container"), "list-container passed: ") {
		t.Errorf("%v %s", err, said(got, "list-container"))
	}
}

// byBouncyCastle has a reader of others judge all records: Debian's libbcpkix-java.
func byBouncyCastle(t *testing.T, dir string, records int, authority *tsatest.Server) {
	t.Helper()
	jars := []string{"/usr/share/java/bcprov.jar", "/usr/share/java/bcutil.jar", "/usr/share/java/bcpkix.jar"}
	for _, jar := range jars {
		if _, err := os.Stat(jar); err != nil {
			t.Skipf("all but the judgement of Bouncy Castle passed: %s is not installed", jar)
		}
	}
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("all but the judgement of Bouncy Castle passed: no Java compiler is installed")
	}
	source, err := filepath.Abs("record/testdata/Judge.java")
	if err != nil {
		t.Fatal(err)
	}
	work := t.TempDir()
	var names []string
	want := map[string]string{}
	add := func(name string, b []byte, holds string) {
		path := filepath.Join(work, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, path)
		want[path] = holds
	}
	files := len(sealed(t, dir))
	for n := range records {
		b, err := os.ReadFile(filepath.Join(dir, bundle.RecordName(n+1)))
		if err != nil {
			t.Fatal(err)
		}
		add(bundle.RecordName(n+1), b, fmt.Sprintf("holds: %d chains, %d timestamps, %d files", []int{1, 1, 2, 2, 3}[n], n+1, files))
		if n == 0 || n == records-1 { // it is no judge that says yes to everything
			other := bytes.Clone(b)
			other[len(other)-1] ^= 1 // of the last signature
			add("signature-"+bundle.RecordName(n+1), other, "does not hold: ")
			digest := slices.Index(b, 0x40) + 1 // of the first digest in the tree
			other = bytes.Clone(b)
			other[digest] ^= 1
			add("digest-"+bundle.RecordName(n+1), other, "does not hold: ")
			add("cut-"+bundle.RecordName(n+1), b[:len(b)-1], "does not hold: ")
		}
	}
	args := append([]string{"-cp", strings.Join(jars, ":"), source, authority.RootPath, strings.Join(names, ",")}, sealed(t, dir)...)
	out := stock.Run(t, dir, "java", args...)
	for path, said := range want {
		if !strings.Contains(out, path+": "+said) {
			t.Errorf("%s: want %q in\n%s", filepath.Base(path), said, out)
		}
	}
	t.Logf("Bouncy Castle:\n%s", strings.ReplaceAll(out, work+"/", ""))
}
