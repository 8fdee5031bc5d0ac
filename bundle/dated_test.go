package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/pdfrules"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/bundle/verify/pdf"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// The report proves its own time: OpenSSL says so of the bytes that the file names, and no longer when
// one of them is another.
func TestReportProvesItsOwnTime(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one}})
	r := write(t, inputOf(c, "de"))
	path := filepath.Join(r.Dir, "data", "report.pdf")
	stock.Run(t, "", "qpdf", "--check", path)
	info := stock.Run(t, "", "pdfinfo", path)
	for _, want := range []string{"PDF version:     1.7", "Metadata Stream: yes", "Encrypted:       no"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	for _, s := range pdfrules.Broken(t, stock.Run, path) {
		t.Error(s)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte("/Lang (de)")) || !bytes.Contains(b, []byte("/DisplayDocTitle true")) {
		t.Error("the language or the title is not said")
	}
	m := regexp.MustCompile(`/SubFilter /ETSI\.RFC3161\s+/ByteRange \[0 ([0-9]+) ([0-9]+) ([0-9]+)\]`).FindSubmatch(b)
	if m == nil {
		t.Fatal("no document timestamp")
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1]))
	}
	if n[1]+n[2] != len(b) {
		t.Fatalf("the range %v does not end with the file of %d bytes", n, len(b))
	}
	s, err := pdf.Stamp(b)
	if err != nil || s == nil {
		t.Fatalf("%v, %v", s, err)
	}
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	token, roots := put("token", s.Token), put("root.pem", []byte(one.Authority().RootsPEM))
	signed := slices.Concat(b[:n[0]], b[n[1]:])
	if sha256.Sum256(signed) != s.Digest {
		t.Error("the digest is of something else")
	}
	verify := func(data []byte) (int, string) {
		return status(t, dir, "openssl", "ts", "-verify", "-token_in", "-in", token, "-data", put("data", data), "-CAfile", roots)
	}
	if code, out := verify(signed); code != 0 || !strings.Contains(out, "Verification: OK") {
		t.Errorf("openssl: %d, %s", code, out)
	}
	// As docs/formats.md has it, with what is on every Linux.
	manual, err := os.ReadFile("../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(manual), "```sh\nset -- $(grep -a -o 'ByteRange")
	text, _, found := strings.Cut(text, "```")
	if text = "set -- $(grep -a -o 'ByteRange" + strings.Replace(text, "xxd -r -p", "tr a-f A-F | basenc --base16 -d", 1); !found {
		t.Fatal("the manual has no commands for it")
	}
	text = strings.NewReplacer("data/report.pdf", path, "ROOT.pem", roots).Replace(text)
	if code, out := status(t, dir, "sh", "-c", text); code != 0 || !strings.Contains(out, "Verification: OK") {
		t.Errorf("by hand: %d, %s", code, out)
	}
	for _, at := range []int{10, n[0] - 20, len(signed) - 30} {
		other := bytes.Clone(signed)
		other[at] ^= 1
		if code, _ := verify(other); code == 0 {
			t.Errorf("a changed byte at %d is not noticed", at)
		}
	}
	for name, other := range map[string][]byte{
		"something behind it":      append(bytes.Clone(b), "\n%%EOF\n"...),
		"another range of bytes":   bytes.Replace(b, m[0], bytes.Replace(m[0], m[1], []byte("0000000016"), 1), 1),
		"a kind that it is not":    bytes.Replace(b, []byte("ETSI.RFC3161"), []byte("ETSI.RFC3162"), 1),
		"a table that leads round": bytes.Replace(b, []byte("/AcroForm"), []byte("/AcroFoam"), 1),
	} {
		if s, err := pdf.Stamp(other); err == nil && s != nil && sha256.Sum256(signed) == s.Digest {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The checker says what the report proves alone, and that an export that nobody answered has none.
func TestVerifySaysWhatTheReportProves(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one}})
	said := func(in bundle.Input) evidence.Check {
		t.Helper()
		rep, err := verify.Verify(t.Context(), write(t, in).Dir, verify.Options{Roots: c.Roots})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rep.Checks, func(k evidence.Check) bool { return k.Name == "report-timestamp" })
		if i < 0 {
			t.Fatalf("nothing is said: %v", rep.Checks)
		}
		return rep.Checks[i]
	}
	if k := said(inputOf(c, "fr")); k.State != evidence.Passed || !strings.Contains(k.Detail, "covers all of it") {
		t.Errorf("%+v", k)
	}
	in := inputOf(c, "fr")
	in.Stamp = nil
	if k := said(in); k.State != evidence.NotDone || !strings.Contains(k.Detail, "has no timestamp within") {
		t.Errorf("%+v", k)
	}
}

// What issuers say of the certificates lies in the report, under its timestamp: OpenSSL takes both, and
// the checker judges them, also where they say that the certificate was revoked.
func TestTheReportHasAnswersAboutRevocation(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one", Revocation: true})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000})
	in := inputOf(c, "fr")
	in.Revocation = c.Revocation
	said := func() (string, evidence.Check) {
		t.Helper()
		dir := write(t, in).Dir
		rep, err := verify.Verify(t.Context(), dir, verify.Options{Roots: c.Roots})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rep.Checks, func(k evidence.Check) bool { return k.Name == "report-timestamp" })
		return filepath.Join(dir, "data", "report.pdf"), rep.Checks[i]
	}
	path, k := said()
	if k.State != evidence.Passed || !strings.Contains(k.Detail, "with 2 answers from within it: ") {
		t.Errorf("%+v", k)
	}
	t.Log(k.Detail)
	for _, s := range pdfrules.Broken(t, stock.Run, path) {
		t.Error(s)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := pdf.Stamp(b)
	if err != nil || len(s.Revocation) != 2 {
		t.Fatalf("%v, %d", err, len(s.Revocation))
	}
	dir := t.TempDir()
	for i, raw := range s.Revocation {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stock.Run(t, dir, "openssl", "ocsp", "-respin", "0", "-noverify", "-text")
	stock.Run(t, dir, "openssl", "crl", "-inform", "DER", "-in", "1", "-noout")

	one.Revoke(t, time.Now().Add(-time.Hour), "keyCompromise")
	if _, k = said(); k.State == evidence.Passed && !strings.Contains(k.Detail, "revoked") {
		t.Errorf("revoked, and not said: %+v", k)
	}
	t.Log(k.Detail)
}
