package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
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
		CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software, Stamp: c.Stamp}
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

func check(t *testing.T, path string, o verify.Options) verify.Report {
	t.Helper()
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
		{"both roots", w.c.Roots, false, verify.Valid, 10},
		{"one root", w.c.Roots[:1], false, verify.Valid, 5},
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
	if r := check(t, w.dir, verify.Options{Roots: w.c.Roots, Practice: true}); r.Verdict != verify.Valid || !r.Practice || len(r.Timestamps) != 5 {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
}

func TestZip(t *testing.T) {
	w := build(t, sample.Options{})
	for _, password := range []string{"", "tr0mbone é 例"} {
		path := filepath.Join(t.TempDir(), "liasse.zip")
		r, err := bundle.WriteZip(t.Context(), path, password, inputOf(w.c), evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		got := check(t, path, verify.Options{ZipPassword: password})
		if !got.Valid || got.Fingerprint != r.Fingerprint || got.Files != r.Files {
			t.Errorf("%q: %s\n%s", password, got.Verdict, failures(got))
		}
		if password == "" {
			continue
		}
		for _, wrong := range []string{"", "trombone"} {
			if _, err := verify.Verify(t.Context(), path, verify.Options{ZipPassword: wrong}); !errors.Is(err, verify.ErrPassword) {
				t.Errorf("password %q: %v", wrong, err)
			}
		}
		// A flipped byte in the data of any sealed entry is found.
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			at, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			bad := bytes.Clone(b)
			bad[at+int64(f.CompressedSize64)-1] ^= 1 // in its code
			changed := filepath.Join(t.TempDir(), "changed.zip")
			if err := os.WriteFile(changed, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			r := check(t, changed, verify.Options{ZipPassword: password})
			if want := strings.TrimPrefix(f.Name, "liasse/"); r.Verdict != verify.NotValid || !strings.Contains(failures(r), "readable: "+want) {
				t.Errorf("%s: %s\n%s", f.Name, r.Verdict, failures(r))
			}
		}
	}
}

func TestEveryFileIsCovered(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{a}, Tall: 4100})
	o := verify.Options{Roots: w.c.Roots}
	dir := w.copy(t)
	for _, name := range files(t, w.dir) {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		put := func(b []byte) {
			t.Helper()
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for what, changed := range map[string][]byte{
			"first byte": flip(b, 0), "middle byte": flip(b, len(b)/2), "last byte": flip(b, len(b)-1),
			"one byte more": append(bytes.Clone(b), '\n'), "one byte less": b[:max(len(b)-1, 0)], "empty": {},
		} {
			if bytes.Equal(changed, b) {
				continue
			}
			put(changed)
			if r := check(t, dir, o); r.Verdict != verify.NotValid || !strings.Contains(failures(r), filepath.Base(name)) {
				t.Errorf("%s, %s: %s\n%s", name, what, r.Verdict, failures(r))
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if r := check(t, dir, o); r.Verdict != verify.NotValid || !strings.Contains(failures(r), filepath.Base(name)) {
			t.Errorf("%s, missing: %s\n%s", name, r.Verdict, failures(r))
		}
		put(b)
	}
	if r := check(t, dir, o); !r.Valid {
		t.Errorf("after all: %s\n%s", r.Verdict, failures(r))
	}
}

func flip(b []byte, at int) []byte {
	if len(b) == 0 {
		return b
	}
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// reseal makes all lists fit again after a change, as a forger would.
func reseal(t *testing.T, dir string) {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	write := func(name, s string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var ev, m256, m512, tags strings.Builder
	all := files(t, dir)
	for _, n := range all {
		if rel, ok := strings.CutPrefix(n, "data/"); ok && rel != "report.pdf" && !strings.HasPrefix(rel, "evidence-sha256.") {
			fmt.Fprintf(&ev, "%s  %s\n", evidence.Sum(read(n)), rel)
		}
	}
	old := evidence.Sum(read("data/evidence-sha256.txt"))
	write("data/evidence-sha256.txt", ev.String())
	var size, count int
	for _, n := range all {
		if strings.HasPrefix(n, "data/") {
			b := read(n)
			size, count = size+len(b), count+1
			fmt.Fprintf(&m256, "%s  %s\n", evidence.Sum(b), n)
			fmt.Fprintf(&m512, "%s  %s\n", evidence.Sum512(b), n)
		}
	}
	write("manifest-sha256.txt", m256.String())
	write("manifest-sha512.txt", m512.String())
	info := strings.ReplaceAll(string(read("bag-info.txt")), old.String(), evidence.Sum([]byte(ev.String())).String())
	lines := strings.Split(info, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "Payload-Oxum: ") {
			lines[i] = fmt.Sprintf("Payload-Oxum: %d.%d", size, count)
		}
	}
	write("bag-info.txt", strings.Join(lines, "\n"))
	for _, n := range all {
		if !strings.HasPrefix(n, "data/") && n != "tagmanifest-sha256.txt" {
			fmt.Fprintf(&tags, "%s  %s\n", evidence.Sum(read(n)), n)
		}
	}
	write("tagmanifest-sha256.txt", tags.String())
}

func TestTampering(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{a}, Tall: 1000})
	edit := func(name, old, new string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("%s has no %q", name, old)
			}
			if err := os.WriteFile(path, bytes.Replace(b, []byte(old), []byte(new), 1), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	do := func(fn func(dir string) error) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			if err := fn(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	add := func(name, content string) func(*testing.T, string) {
		return do(func(dir string) error {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600)
		})
	}
	for _, c := range []struct {
		name   string
		tamper func(t *testing.T, dir string)
		forge  bool // all lists are made to fit again
		want   string
	}{
		{"surplus in exhibit", add("data/exhibits/E-001/more.txt", "x"), false, "payload-sha256: data/exhibits/E-001/more.txt: not listed"},
		{"surplus outside", add("more.txt", "x"), false, "tag-files: more.txt: not listed"},
		{"surplus, forged lists", add("data/exhibits/E-001/more.txt", "x"), true, "files: data/exhibits/E-001/more.txt"},
		{"surplus in data, forged lists", add("data/more.txt", "x"), true, "files: data/more.txt"},
		{"surplus folder, forged lists", add("data/exhibits/E-009/manifest.json", "{}"), true, "exhibit: E-009"},
		{"renamed", do(func(dir string) error {
			return os.Rename(filepath.Join(dir, "data/exhibits/E-002/notes.txt"), filepath.Join(dir, "data/exhibits/E-002/note.txt"))
		}), true, "exhibit: data/exhibits/E-002/notes.txt: missing"},
		{"artifact changed, forged lists", edit("data/exhibits/E-002/notes.txt", "change", "CHANGE"), true, "exhibit: data/exhibits/E-002/notes.txt: changed"},
		{"manifest changed, forged lists", edit("data/exhibits/E-002/manifest.json", `"outcome": "complete"`, `"outcome": "partial"`), true, "timestamp: data/exhibits/E-002/manifest.tsa-one.tsr: imprint"},
		{"manifest changed, log", edit("data/exhibits/E-002/manifest.json", `"outcome": "complete"`, `"outcome": "partial"`), true, "custody-anchor: E-002: the log does not name its manifest"},
		{"manifest of another exhibit", do(func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "data/exhibits/E-003/manifest.json"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "data/exhibits/E-002/manifest.json"), b, 0o600)
		}), true, "exhibit: data/exhibits/E-002/manifest.json: is that of E-003"},
		{"exhibit taken out", do(func(dir string) error { return os.RemoveAll(filepath.Join(dir, "data/exhibits/E-003")) }), true, "exhibit: bag-info.txt says"},
		{"log changed", edit("data/custody-log.jsonl", `"action":"captured"`, `"action":"imported"`), true, "custody-log: data/custody-log.jsonl: line 3"},
		{"log cut", do(func(dir string) error {
			path := filepath.Join(dir, "data/custody-log.jsonl")
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			lines := bytes.SplitAfter(b, []byte("\n"))
			return os.WriteFile(path, bytes.Join(lines[:2], nil), 0o600)
		}), true, "custody-anchor: E-003: line 3 of the log"},
		{"log without line feed", edit("data/custody-log.jsonl", "\n", " "), true, "custody-log: "},
		{"token of another exhibit", do(func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "data/exhibits/E-003/manifest.tsa-one.tsr"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "data/exhibits/E-002/manifest.tsa-one.tsr"), b, 0o600)
		}), true, "timestamp: data/exhibits/E-002/manifest.tsa-one.tsr: imprint"},
		{"fingerprint in bag-info", edit("bag-info.txt", "Constat-Fingerprint: "+w.r.Fingerprint.String()[:8], "Constat-Fingerprint: 00000000"), false, "fingerprint: bag-info.txt says"},
		{"practice mark taken in", edit("bag-info.txt", "Constat-Language: fr", "Constat-Language: fr\nConstat-Practice: true"), true, "practice: "},
		{"another format", edit("bag-info.txt", "constat-bundle/1", "constat-bundle/2"), true, "bag-info: format"},
		{"escaping name in a list", edit("manifest-sha256.txt", "  data/report.pdf", "  ../data/report.pdf"), false, "leads elsewhere"},
		{"absolute name in a list", edit("manifest-sha512.txt", "  data/report.pdf", "  /data/report.pdf"), false, "is absolute"},
		{"drive in a list", edit("data/evidence-sha256.txt", "  custody-log", "  C:custody-log"), false, "backslash or a colon"},
		{"backslash in a list", edit("tagmanifest-sha256.txt", "  bagit.txt", `  \bagit.txt`), false, "backslash or a colon"},
		{"payload named in tag list", edit("tagmanifest-sha256.txt", "  bagit.txt", "  data/report.pdf"), false, "has no place in this list"},
		{"not a PDF", do(func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "data/report.pdf"), []byte("MZ"), 0o600)
		}), true, "report: data/report.pdf: is not a PDF"},
		{"symlink", do(func(dir string) error {
			path := filepath.Join(dir, "data/exhibits/E-002/notes.txt")
			if err := os.Rename(path, filepath.Join(filepath.Dir(dir), "outside")); err != nil {
				return err
			}
			return os.Symlink("../../../../outside", path)
		}), false, `paths: "data/exhibits/E-002/notes.txt" is a link`},
		{"link to a folder", do(func(dir string) error { return os.Symlink("/", filepath.Join(dir, "data/all")) }), false, `paths: "data/all" is a link`},
		{"two names of one", add("data/exhibits/E-002/NOTES.TXT", "x"), false, "are one name on some systems"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := w.copy(t)
			c.tamper(t, dir)
			if c.forge {
				reseal(t, dir)
			}
			r := check(t, dir, verify.Options{Roots: w.c.Roots})
			if r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) {
				t.Errorf("%s, want %q in\n%s", r.Verdict, c.want, failures(r))
			}
		})
	}
}

func TestResealChangesNothingByItself(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	dir := w.copy(t)
	reseal(t, dir)
	if r := check(t, dir, verify.Options{}); !r.Valid {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
}

// zipOf makes a ZIP with entries as given.
func zipOf(t *testing.T, fill func(z *zip.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := errors.Join(fill(z), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHostileZip(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	entry := func(name string, mode fs.FileMode, content []byte) func(z *zip.Writer) error {
		return func(z *zip.Writer) error {
			if err := z.AddFS(os.DirFS(w.dir)); err != nil {
				return err
			}
			h := &zip.FileHeader{Name: name, Method: zip.Deflate}
			h.SetMode(mode)
			out, err := z.CreateHeader(h)
			if err != nil {
				return err
			}
			_, err = out.Write(content)
			return err
		}
	}
	for _, c := range []struct{ name, want string }{
		{"../outside", "leads elsewhere"}, {"/etc/passwd", "is absolute"}, {"data/../../x", "leads elsewhere"}, {`data\x`, "backslash"},
		{"C:/x", "colon"}, {"data//x", "leads elsewhere"}, {"data/./x", "leads elsewhere"}, {"data/x\x00y", "control"}, {"data/x\u202ey", "control"},
		{"data/x.", "ends with a dot"}, {"bagit.txt", "one name"}, {"BagIt.txt", "one name"}, {"surplus.txt", "tag-files: surplus.txt"},
	} {
		r := check(t, zipOf(t, entry(c.name, 0o600, []byte("x"))), verify.Options{})
		if r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) {
			t.Errorf("%q: %s, want %q in\n%s", c.name, r.Verdict, c.want, failures(r))
		}
	}
	for _, mode := range []fs.FileMode{fs.ModeSymlink | 0o777, fs.ModeDevice | 0o600, fs.ModeNamedPipe | 0o600} {
		r := check(t, zipOf(t, entry("data/link", mode, []byte("/etc/passwd"))), verify.Options{})
		if r.Verdict != verify.NotValid || !strings.Contains(failures(r), `"data/link" is a link or a device`) {
			t.Errorf("%v: %s\n%s", mode, r.Verdict, failures(r))
		}
	}
	bomb := zipOf(t, entry("bomb", 0o600, make([]byte, 600<<20)))
	if r := check(t, bomb, verify.Options{}); r.Verdict != verify.NotValid || !strings.Contains(failures(r), "limits: ") {
		t.Errorf("bomb: %s\n%s", r.Verdict, failures(r))
	}
	// A ZIP whose entries are those of a whole bundle is valid, whatever program made it.
	if r := check(t, zipOf(t, func(z *zip.Writer) error { return z.AddFS(os.DirFS(w.dir)) }), verify.Options{}); !r.Valid {
		t.Errorf("plain: %s\n%s", r.Verdict, failures(r))
	}
	if r := check(t, zipOf(t, func(z *zip.Writer) error { return z.AddFS(os.DirFS(filepath.Dir(w.dir))) }), verify.Options{}); !r.Valid {
		t.Errorf("in a folder: %s\n%s", r.Verdict, failures(r))
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
		"tag-files", "files", "evidence-list", "fingerprint", "exhibit", "custody-log", "custody-anchor", "timestamp", "report", "practice"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not listed", want)
		}
	}
}
