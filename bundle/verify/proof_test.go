package verify_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// buildSigned is build with a signed head and an exhibit that was left out.
func buildSigned(t *testing.T, o sample.Options) whole {
	t.Helper()
	c := sample.New(t, o)
	in := inputOf(c)
	in.Head, in.LeftOut = c.SignHead(), []bundle.LeftOut{{Exhibit: "E-005", Reason: "minor"}}
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	return whole{c, r, r.Dir}
}

// details returns what one check says, one line each, with its state.
func details(r verify.Report, name string) string {
	var out []string
	for _, c := range r.Checks {
		if c.Name == name {
			out = append(out, string(c.State)+": "+c.Detail)
		}
	}
	return strings.Join(out, "\n")
}

func TestSignedHead(t *testing.T) {
	w := buildSigned(t, sample.Options{Tall: 1000, Closed: true})
	r := check(t, w.dir, verify.Options{Policy: untimed})
	want := w.c.SignHead().KeyFingerprint
	if !r.Valid || r.KeyFingerprint != want || !strings.HasPrefix(details(r, "custody-signature"), "passed: line 7 of the log, key "+want.String()) {
		t.Errorf("%s, key %s\n%s\n%s", r.Verdict, r.KeyFingerprint, details(r, "custody-signature"), failures(r))
	}
	if got := details(r, "custody-anchor"); !strings.Contains(got, "not-done: E-005: the log says that it was closed, because the person shown may have been under 18") {
		t.Errorf("the closed exhibit: %s", got)
	}
	sharing := buildSigned(t, sample.Options{Tall: 1000, Closed: true, Because: "E-001"})
	if got := details(check(t, sharing.dir, verify.Options{Policy: untimed}), "custody-anchor"); !strings.Contains(got, "E-005: the log says that it was closed, because it holds a file of an exhibit that was closed;") {
		t.Errorf("one that shares a file with a closed one: %s", got)
	}

	other, otherKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(other)
	if err != nil {
		t.Fatal(err)
	}
	statement := w.c.SignHead().Statement
	sign := func(t *testing.T, dir string, statement string) {
		write(t, dir, "data/custody-head.txt", []byte(statement))
		write(t, dir, "data/custody-head.sig", ed25519.Sign(otherKey, []byte(statement)))
		write(t, dir, "data/custody-key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	line := func(n int, s string) string {
		lines := strings.Split(string(statement), "\n")
		lines[n] = s
		return strings.Join(lines, "\n")
	}
	zeros := strings.Repeat("0", 64)
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   string
	}{
		{"signature of another key", func(t *testing.T, dir string) {
			write(t, dir, "data/custody-head.sig", ed25519.Sign(otherKey, statement))
		}, "custody-signature: data/custody-head.sig: is not the signature"},
		{"statement changed", func(t *testing.T, dir string) {
			write(t, dir, "data/custody-head.txt", []byte(line(2, "6")))
		}, "custody-signature: data/custody-head.sig: is not the signature"},
		{"signature missing", func(t *testing.T, dir string) { remove(t, dir, "data/custody-head.sig") }, "custody-signature: one of data/custody-head.txt"},
		{"key missing", func(t *testing.T, dir string) { remove(t, dir, "data/custody-key.pem") }, "custody-signature: one of data/custody-head.txt"},
		{"no key", func(t *testing.T, dir string) { write(t, dir, "data/custody-key.pem", []byte("x")) }, "not one public key in PEM form"},
		{"two keys", func(t *testing.T, dir string) {
			write(t, dir, "data/custody-key.pem", bytes.Repeat(w.c.SignHead().PublicKeyPEM, 2))
		}, "not one public key in PEM form"},
		{"key as a certificate", func(t *testing.T, dir string) {
			write(t, dir, "data/custody-key.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		}, "not one public key in PEM form"},
		{"signed by another key, another line", func(t *testing.T, dir string) { sign(t, dir, line(2, "6")) }, "custody-signature: data/custody-head.txt: line 6 of the log is not the one that was signed"},
		{"a line that is not there", func(t *testing.T, dir string) { sign(t, dir, line(2, "70")) }, "line 70 of the log is not the one that was signed"},
		{"another digest", func(t *testing.T, dir string) { sign(t, dir, line(3, "1"+zeros[1:])) }, "line 7 of the log is not the one that was signed"},
		{"no digest", func(t *testing.T, dir string) { sign(t, dir, line(3, zeros)) }, "statement: no digest"},
		{"another case", func(t *testing.T, dir string) { sign(t, dir, line(1, "fedcba9876543210")) }, "is about case fedcba9876543210"},
		{"another format", func(t *testing.T, dir string) { sign(t, dir, line(0, "constat-custody-head/2")) }, `statement: format "constat-custody-head/2"`},
		{"line 07", func(t *testing.T, dir string) { sign(t, dir, line(2, "07")) }, "statement: no sequence number"},
		{"a line more", func(t *testing.T, dir string) { sign(t, dir, string(statement)+"x\n") }, "statement: not four lines"},
		{"no line feed", func(t *testing.T, dir string) { sign(t, dir, strings.TrimSuffix(string(statement), "\n")) }, "statement: not four lines"},
		{"very long", func(t *testing.T, dir string) { sign(t, dir, strings.Repeat("x", 10_000)) }, "bytes are too many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := w.copy(t)
			c.change(t, dir)
			reseal(t, dir)
			r := check(t, dir, verify.Options{})
			if r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) || !strings.HasPrefix(failures(r), "custody-signature: ") {
				t.Errorf("%s, want %q in\n%s", r.Verdict, c.want, failures(r))
			}
			if c.name == "signature of another key" && !r.KeyFingerprint.IsZero() {
				t.Error("a fingerprint is given of a key whose signature is not good")
			}
		})
	}

	// Without any of the three nothing is wrong but the paper, which has the fingerprint
	// of before, and nothing was checked either.
	dir := w.copy(t)
	for _, name := range []string{"data/custody-head.txt", "data/custody-head.sig", "data/custody-key.pem"} {
		remove(t, dir, name)
	}
	reseal(t, dir)
	if r := check(t, dir, verify.Options{Policy: untimed}); !onlyPaper(r) || !r.KeyFingerprint.IsZero() || !strings.HasPrefix(details(r, "custody-signature"), "not-done: ") {
		t.Errorf("%s\n%s\n%s", r.Verdict, details(r, "custody-signature"), failures(r))
	}
	// A vault that wrote the log on in the meantime signs a later line; a log that
	// was cut before the signed line is found out.
	log, err := os.ReadFile(filepath.Join(w.dir, "data/custody-log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	dir = w.copy(t)
	lines := bytes.SplitAfter(log, []byte("\n"))
	write(t, dir, "data/custody-log.jsonl", bytes.Join(lines[:6], nil))
	reseal(t, dir)
	if r := check(t, dir, verify.Options{}); r.Verdict != verify.NotValid || !strings.HasPrefix(failures(r), "custody-signature: data/custody-head.txt: line 7 of the log is not the one that was signed\n") {
		t.Errorf("cut log: %s\n%s", r.Verdict, failures(r))
	}
}

// onlyPaper: nothing failed but that the report is of what was there before.
func onlyPaper(r verify.Report) bool {
	for _, c := range r.Checks {
		if c.State == evidence.Failed && c.Name != "report" && c.Name != "index" {
			return false
		}
	}
	return true
}

func TestRenewals(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one", Revocation: true})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000, Renewals: 2, Records: true})
	o := verify.Options{Roots: w.c.Roots}
	r := check(t, w.dir, o)
	if !r.Valid || len(r.Timestamps) != 2+3*4 {
		t.Fatalf("%s, %d timestamps\n%s", r.Verdict, len(r.Timestamps), failures(r))
	}
	if got := details(r, "renewal"); strings.Count(got, "passed: E-00") != 4 || strings.Contains(got, "not-done") || !strings.Contains(details(r, "stands"), "passed: E-001: ") {
		t.Errorf("renewals:\n%s\n%s", got, details(r, "stands"))
	}
	// Far in the future nothing stands, and that is said; what is here is still as it was.
	late := o
	late.Now = func() time.Time { return time.Now().AddDate(300, 0, 0) }
	if r := check(t, w.dir, late); r.Verdict != verify.TimeNotProven || len(failures(r)) > 0 ||
		!strings.Contains(details(r, "stands"), "not-done: E-001: no timestamp of it can be shown to stand today") {
		t.Errorf("in 300 years: %s\n%s", r.Verdict, details(r, "stands"))
	}
	if r := check(t, w.dir, verify.Options{}); r.Verdict != verify.CouldNotCheck {
		t.Errorf("without roots: %s\n%s", r.Verdict, failures(r))
	}

	const dir1 = "data/exhibits/E-001/"
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   string
	}{
		{"list changed", func(t *testing.T, dir string) {
			replace(t, dir, dir1+"renewal-1.txt", "manifest manifest.json ", "manifest manifest.json 1")
		}, "renewal: data/exhibits/E-001/renewal-1.txt: manifest.json is not as the list says"},
		{"list changed, token", func(t *testing.T, dir string) {
			replace(t, dir, dir1+"renewal-1.txt", "manifest manifest.json ", "manifest manifest.json 1")
		}, "timestamp: data/exhibits/E-001/renewal-1.tsa-one.tsr: imprint"},
		{"not a list", func(t *testing.T, dir string) { write(t, dir, dir1+"renewal-1.txt", []byte("hello\n")) }, "renewal: data/exhibits/E-001/renewal-1.txt: not a renewal list"},
		{"list missing", func(t *testing.T, dir string) { remove(t, dir, dir1+"renewal-2.txt") }, "renewal: data/exhibits/E-001/renewal-2.txt: missing"},
		{"first list missing", func(t *testing.T, dir string) { remove(t, dir, dir1+"renewal-1.txt") }, "renewal: data/exhibits/E-001/renewal-1.txt: missing"},
		{"first round missing", func(t *testing.T, dir string) {
			for _, name := range files(t, dir) {
				if strings.HasPrefix(name, dir1+"renewal-1.") {
					remove(t, dir, name)
				}
			}
		}, "renewal: data/exhibits/E-001/renewal-2.txt: names renewal-1.txt, which is missing"},
		{"list of another round", func(t *testing.T, dir string) { copyFile(t, dir, dir1+"renewal-1.txt", dir1+"renewal-2.txt") }, "renewal-2.txt: says generation 1"},
		{"list of another exhibit", func(t *testing.T, dir string) {
			copyFile(t, dir, "data/exhibits/E-002/renewal-1.txt", dir1+"renewal-1.txt")
		}, "renewal-1.txt: manifest.json is not as the list says"},
		{"token of another round", func(t *testing.T, dir string) {
			copyFile(t, dir, dir1+"renewal-1.tsa-one.tsr", dir1+"renewal-2.tsa-one.tsr")
		}, "timestamp: data/exhibits/E-001/renewal-2.tsa-one.tsr: imprint"},
		{"earlier token exchanged", func(t *testing.T, dir string) {
			copyFile(t, dir, "data/exhibits/E-002/manifest.tsa-one.tsr", dir1+"manifest.tsa-one.tsr")
		}, "renewal: data/exhibits/E-001/renewal-1.txt: manifest.tsa-one.tsr is not as the list says"},
		{"surplus list", func(t *testing.T, dir string) { write(t, dir, dir1+"renewal-03.txt", nil) }, "files: data/exhibits/E-001/renewal-03.txt"},
		{"revocation record exchanged", func(t *testing.T, dir string) {
			write(t, dir, dir1+"manifest.tsa-one.01.ocsp", []byte("x"))
		}, "renewal-1.txt: manifest.tsa-one.01.ocsp is not as the list says"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := w.copy(t)
			c.change(t, dir)
			reseal(t, dir)
			if r := check(t, dir, o); r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) {
				t.Errorf("%s, want %q in\n%s", r.Verdict, c.want, failures(r))
			}
		})
	}

	// A token that the list names and that is not here is said, and so is one
	// that came later than the list.
	dir := w.copy(t)
	remove(t, dir, dir1+"manifest.tsa-one.01.ocsp")
	copyFile(t, dir, dir1+"manifest.tsa-one.tsr", dir1+"manifest.later.tsr")
	reseal(t, dir)
	got := details(check(t, dir, o), "renewal")
	for _, want := range []string{"not-done: data/exhibits/E-001/renewal-1.txt: names manifest.tsa-one.01.ocsp, which is not in this bundle",
		"not-done: data/exhibits/E-001/renewal-1.txt: does not cover data/exhibits/E-001/manifest.later.tsr", "passed: E-001: 2 lists"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
}

func TestKeptRevocationRecordsCount(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa.one", Revocation: true})
	o := sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000, Records: true}
	w := build(t, o)
	if r := check(t, w.dir, verify.Options{Roots: w.c.Roots}); !r.Valid {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
	one.Revoke(t, time.Now().Add(-time.Hour), "keyCompromise")
	revoked := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000, Records: true})
	if r := check(t, revoked.dir, verify.Options{Roots: revoked.c.Roots}); r.Verdict != verify.NotValid || !strings.Contains(failures(r), "timestamp: data/exhibits/E-001/manifest.tsa.one.tsr: revocation") {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
}

func write(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func copyFile(t *testing.T, dir, from, to string) {
	t.Helper()
	write(t, dir, to, read(t, dir, from))
}

func replace(t *testing.T, dir, name, old, new string) {
	t.Helper()
	b := read(t, dir, name)
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%s has no %q", name, old)
	}
	write(t, dir, name, bytes.Replace(b, []byte(old), []byte(new), 1))
}

// A time that nobody renewed before its end is no longer passed, whether there
// are renewals or not; what a later timestamp covers is.
func TestABundleOfTodayInLaterYears(t *testing.T) {
	old := tsatest.New(t, tsatest.Options{Name: "tsa-rsa", Key: tsatest.RSA, Days: 3600})
	later := tsatest.New(t, tsatest.Options{Name: "tsa-ec", Days: 3600})
	plain := build(t, sample.Options{Authority: []*tsatest.Server{old}, Tall: 1000})
	sealed := sample.New(t, sample.Options{Authority: []*tsatest.Server{old}, Tall: 1000})
	in := inputOf(sealed)
	// Exported anew in time, under an authority whose signatures last longer: its
	// list names the older timestamps, too.
	in.Stamp = sample.New(t, sample.Options{Authority: []*tsatest.Server{later}, Tall: 1000}).Stamp
	again, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tsa.ParseRootsPEM([]byte(old.RootPEM + later.RootPEM))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		name    string
		dir     string
		year    int
		verdict verify.Verdict
		stands  string // of E-001
		token   string // of its own timestamp
	}{
		{"not renewed", plain.dir, today, verify.Valid, "passed: E-001: ", "passed: "},
		{"not renewed", plain.dir, 2029, verify.TimeNotProven, "not-done: E-001: no timestamp of it can be shown", "not-done: "},
		{"not renewed", plain.dir, 2031, verify.TimeNotProven, "not-done: E-001: no timestamp of it can be shown", "not-done: "},
		{"covered", again.Dir, 2029, verify.Valid, "passed: E-001: ", "passed: "},
		{"covered", again.Dir, 2031, verify.Valid, "passed: E-001: ", "passed: "},
		{"covered", again.Dir, 2036, verify.TimeNotProven, "not-done: E-001: no timestamp of it can be shown", "not-done: "},
	} {
		r := check(t, k.dir, verify.Options{Roots: roots, Now: clockOf(k.year)})
		if r.Verdict != k.verdict || len(failures(r)) > 0 || !strings.Contains(details(r, "stands"), k.stands) ||
			!strings.Contains(details(r, "timestamp"), k.token+"data/exhibits/E-001/manifest.tsa-rsa.tsr: ") {
			t.Errorf("%s, %d: %s\n%s\n%s", k.name, k.year, r.Verdict, details(r, "stands"), details(r, "timestamp"))
		}
		if said := r.StandsUntil.After(clockOf(k.year)()); said != (k.verdict == verify.Valid) {
			t.Errorf("%s, %d: stands until %v", k.name, k.year, r.StandsUntil)
		}
	}
}
