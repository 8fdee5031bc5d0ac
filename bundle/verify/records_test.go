package verify_test

import (
	"bytes"
	"crypto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle"
	"constat/bundle/internal/renewed"
	"constat/bundle/internal/sample"
	"constat/bundle/record"
	"constat/bundle/verify"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// sumsOf are the digests of all files that a record is about.
func sumsOf(t *testing.T, dir string, h crypto.Hash) (out [][]byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		over := strings.HasPrefix(rel, "tagmanifest-sha256.") || strings.HasPrefix(rel, "evidence-record-") || strings.HasPrefix(rel, "renewal-")
		if err != nil || d.IsDir() || over && rel != "tagmanifest-sha256.txt" {
			return err
		}
		b, err := os.ReadFile(path)
		w := h.New()
		w.Write(b)
		out = append(out, w.Sum(nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// freshRecord is a record over everything that is there, made today.
func freshRecord(t *testing.T, dir string, by *tsatest.Server) []byte {
	t.Helper()
	tree, err := record.NewTree(crypto.SHA512, sumsOf(t, dir, crypto.SHA512))
	if err != nil {
		t.Fatal(err)
	}
	token := renewed.Token(t, by, tsa.Imprint{Hash: tree.Hash, Sum: tree.Root()})
	der, err := record.New(tree, token)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// A record stands as long as its last timestamp, if each was renewed in time; the
// bundle's verdict is what it would be without.
func TestEvidenceRecordsInYears(t *testing.T) {
	old := tsatest.New(t, tsatest.Options{Name: "tsa-rsa", Key: tsatest.RSA, Days: 3600})
	later := tsatest.New(t, tsatest.Options{Name: "tsa-ec", Days: 3600})
	w := build(t, sample.Options{Authority: []*tsatest.Server{old}, Tall: 1000})
	again, anew, both, without := w.copy(t), w.copy(t), w.copy(t), w.copy(t)
	renewed.Record(t, again, later, 0)
	renewed.Record(t, anew, later, crypto.SHA3_256)
	renewed.Record(t, both, later, crypto.SHA3_256)
	renewWhole(t, both, later)
	remove(t, without, "evidence-record-1.ers")
	roots, err := tsa.ParseRootsPEM([]byte(old.RootPEM + later.RootPEM))
	if err != nil {
		t.Fatal(err)
	}
	const stands, lapsed = "passed: ", "none of it can be shown to stand today"
	for _, k := range []struct {
		name, dir, last string
		year            int
		verdict         verify.Verdict
		first, renewed  string // what is said of the two records
	}{
		{"none", without, "", today, verify.Valid, "there is none", ""},
		{"none", without, "", 2029, verify.TimeNotProven, "there is none", ""},
		{"one", w.dir, "SHA-512", today, verify.Valid, stands, ""},
		{"one", w.dir, "SHA-512", 2029, verify.TimeNotProven, lapsed, ""},
		{"one", w.dir, "SHA-512", 2031, verify.TimeNotProven, lapsed, ""},
		{"one", w.dir, "SHA-512", 2036, verify.TimeNotProven, lapsed, ""},
		{"timestamp renewal", again, "SHA-512", 2029, verify.TimeNotProven, lapsed, stands},
		{"timestamp renewal", again, "SHA-512", 2031, verify.TimeNotProven, lapsed, stands},
		{"timestamp renewal", again, "SHA-512", 2036, verify.TimeNotProven, lapsed, lapsed},
		{"hash-tree renewal", anew, "SHA-512 SHA3-256", 2029, verify.TimeNotProven, lapsed, stands},
		{"hash-tree renewal", anew, "SHA-512 SHA3-256", 2031, verify.TimeNotProven, lapsed, stands},
		{"hash-tree renewal", anew, "SHA-512 SHA3-256", 2036, verify.TimeNotProven, lapsed, lapsed},
		{"both renewed", both, "SHA-512 SHA3-256", 2029, verify.Valid, lapsed, stands},
		{"both renewed", both, "SHA-512 SHA3-256", 2031, verify.Valid, lapsed, stands},
		{"both renewed", both, "SHA-512 SHA3-256", 2036, verify.TimeNotProven, lapsed, lapsed},
	} {
		r := check(t, k.dir, verify.Options{Roots: roots, Now: clockOf(k.year)})
		lines := strings.Split(details(r, "evidence-record"), "\n")
		if r.Verdict != k.verdict || len(failures(r)) > 0 || !strings.Contains(lines[0], k.first) ||
			k.renewed != "" && (len(lines) != 2 || !strings.Contains(lines[1], k.renewed)) {
			t.Errorf("%s in %d: %s %s\n%s", k.name, k.year, r.Verdict, failures(r), strings.Join(lines, "\n"))
		}
		if n := len(r.Records); n > 0 {
			last := r.Records[n-1]
			if strings.Join(last.Hashes, " ") != k.last || last.Proven.IsZero() == strings.Contains(lines[n-1], stands) {
				t.Errorf("%s in %d: %+v", k.name, k.year, last)
			}
		}
	}
}

// What is wrong with a record is named, proves nothing, and takes nothing from the
// bundle; nor does a record make a bundle good that is not.
func TestWrongEvidenceRecords(t *testing.T) {
	one := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	other := tsatest.New(t, tsatest.Options{Name: "tsa-other"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1000})
	another := build(t, sample.Options{Authority: []*tsatest.Server{one}, Tall: 1200})
	const first, second = "evidence-record-1.ers", "evidence-record-2.ers"
	had := read(t, w.dir, first)
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	digest := bytes.IndexByte(had, 0x40) + 1
	for _, k := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   string // of what is said
		script bool   // asked, too
	}{
		{"cut", func(t *testing.T, dir string) { write(t, dir, first, had[:len(had)-1]) }, "not an evidence record in DER", true},
		{"empty", func(t *testing.T, dir string) { write(t, dir, first, nil) }, "not an evidence record in DER", false},
		{"a byte more", func(t *testing.T, dir string) { write(t, dir, first, append(bytes.Clone(had), 0)) }, "not an evidence record in DER", false},
		{"no record", func(t *testing.T, dir string) { write(t, dir, first, []byte("x")) }, "not an evidence record in DER", false},
		{"another digest in the tree", func(t *testing.T, dir string) { write(t, dir, first, flip(had, digest)) },
			"timestamp 1 of chain 1: not over what is here: 1 of", false},
		{"another signature", func(t *testing.T, dir string) { write(t, dir, first, flip(had, len(had)-1)) }, "timestamp 1 of chain 1: signature: ", true},
		{"of another bundle", func(t *testing.T, dir string) { write(t, dir, first, read(t, another.dir, first)) }, "not over what is here", false},
		{"the second without the first", func(t *testing.T, dir string) {
			renewed.Record(t, dir, one, 0)
			remove(t, dir, first)
		}, "the record that it renews is not here or does not hold", false},
		{"not the first, renewed", func(t *testing.T, dir string) {
			write(t, dir, second, freshRecord(t, dir, one))
		}, "it is not evidence-record-1.ers, renewed", false},
		{"the same once more", func(t *testing.T, dir string) { write(t, dir, second, had) }, "evidence-record-2.ers: proves nothing: it is not evidence-record-1.ers, renewed", false},
		{"one that does not hold, and the first one renewed past it", func(t *testing.T, dir string) {
			write(t, dir, second, had[:len(had)-1])
			if f := renewed.Record(t, dir, one, 0); f.Name != "evidence-record-3.ers" {
				t.Errorf("it is %s", f.Name)
			}
			if r := check(t, dir, verify.Options{Roots: w.c.Roots}); len(r.Records) != 2 || r.Records[1].File != "evidence-record-3.ers" || len(r.Records[1].Timestamps) != 2 {
				t.Errorf("%+v", r.Records)
			}
		}, "evidence-record-2.ers: proves nothing: ", false},
		{"renewed by who is not trusted", func(t *testing.T, dir string) { renewed.Record(t, dir, other, 0) }, "timestamp 2 of chain 1: chain: ", false},
		{"under other roots", func(t *testing.T, dir string) { write(t, dir, first, freshRecord(t, dir, other)) }, "timestamp 1 of chain 1: chain: ", false},
		{"too many", func(t *testing.T, dir string) {
			for n := range 101 {
				write(t, dir, bundle.RecordName(n+1), had)
			}
		}, "more than 100: 1 behind evidence-record-100.ers were not judged", true},
	} {
		t.Run(k.name, func(t *testing.T) {
			dir := w.copy(t)
			k.change(t, dir)
			r := check(t, dir, verify.Options{Roots: w.c.Roots})
			said := details(r, "evidence-record")
			if !strings.Contains(said, k.want) || !strings.Contains(said, "not-done: ") || r.Verdict != verify.Valid {
				t.Errorf("%s\n%s\n%s", r.Verdict, failures(r), said)
			}
			if !k.script {
				return
			}
			if code, out := script(t, dir, one.RootPath); code != 0 || !strings.Contains(out, "NOT DONE   evidence-record-") {
				t.Errorf("verify.sh: %d\n%s", code, out)
			}
		})
	}
	// Of the container likewise.
	const asics = "tagmanifest-sha256.asics"
	for name, k := range map[string]struct {
		b    []byte
		want string
	}{
		"cut":               {read(t, w.dir, asics)[:500], "not an ASiC-S container"},
		"of another bundle": {read(t, another.dir, asics), "it holds another list than"},
		"none":              {nil, "there is none"},
	} {
		dir := w.copy(t)
		if write(t, dir, asics, k.b); k.b == nil {
			remove(t, dir, asics)
		}
		if r := check(t, dir, verify.Options{Roots: w.c.Roots}); r.Verdict != verify.Valid || !strings.Contains(details(r, "list-container"), "not-done: ") ||
			!strings.Contains(details(r, "list-container"), k.want) {
			t.Errorf("container, %s: %s %s", name, r.Verdict, details(r, "list-container"))
		}
	}
	// A changed file is wrong with or without a record.
	dir := w.copy(t)
	write(t, dir, "READ-ME-FIRST.html", []byte("x"))
	if r := check(t, dir, verify.Options{Roots: w.c.Roots}); r.Verdict != verify.NotValid || len(r.Records) > 0 ||
		!strings.Contains(details(r, "evidence-record"), "not over what is here: 1 of") {
		t.Errorf("%s %s", r.Verdict, details(r, "evidence-record"))
	}
	// A record over everything is no timestamp over the whole: without those the time is not proven.
	dir = w.copy(t)
	remove(t, dir, "tagmanifest-sha256.tsa-one.tsr")
	if r := check(t, dir, verify.Options{Roots: w.c.Roots}); r.Verdict != verify.TimeNotProven || len(r.Records) != 1 {
		t.Errorf("%s %s", r.Verdict, details(r, "evidence-record"))
	}
	// Nothing else may lie there under such a name.
	for _, name := range []string{"evidence-record-0.ers", "evidence-record-01.ers", "evidence-record-1.der", "data/evidence-record-1.ers"} {
		dir := w.copy(t)
		write(t, dir, name, had)
		if r := check(t, dir, verify.Options{Roots: w.c.Roots}); r.Verdict != verify.NotValid {
			t.Errorf("%s: %s", name, r.Verdict)
		}
	}
}
