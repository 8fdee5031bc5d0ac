package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

func TestEveryFileIsCovered(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	w := build(t, sample.Options{Authority: []*tsatest.Server{a}, Tall: 4100})
	o := verify.Options{Roots: w.c.Roots}
	beside := map[string]string{"evidence-record-1.ers": "evidence-record", "tagmanifest-sha256.asics": "list-container"}
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
			// No list can name what is over the lists, and not every byte in a token is signed.
			if what == "middle byte" && strings.HasPrefix(name, "tagmanifest-sha256.tsa") {
				continue
			}
			if beside[name] != "" { // proves nothing any more, and takes nothing
				if r := check(t, dir, o); !r.Valid || what != "middle byte" && !strings.Contains(details(r, beside[name]), "proves nothing: ") {
					t.Errorf("%s, %s: %s\n%s", name, what, r.Verdict, details(r, beside[name]))
				}
				continue
			}
			if r := check(t, dir, o); r.Verdict != verify.NotValid || !strings.Contains(failures(r), filepath.Base(name)) {
				t.Errorf("%s, %s: %s\n%s", name, what, r.Verdict, failures(r))
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if beside[name] != "" {
			if r := check(t, dir, o); !r.Valid || details(r, beside[name]) != "not-done: there is none" {
				t.Errorf("%s, missing: %s\n%s", name, r.Verdict, details(r, beside[name]))
			}
		} else if strings.HasPrefix(name, "tagmanifest-sha256.tsa") { // no list can name what is over it
			if r := check(t, dir, o); r.Verdict != verify.TimeNotProven {
				t.Errorf("%s, missing: %s\n%s", name, r.Verdict, failures(r))
			}
		} else if r := check(t, dir, o); r.Verdict != verify.NotValid || !strings.Contains(failures(r), filepath.Base(name)) {
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
		if rel, ok := strings.CutPrefix(n, "data/"); ok && rel != "report.pdf" && rel != "index.html" && !strings.HasPrefix(rel, "evidence-sha256.") {
			fmt.Fprintf(&ev, "%s  %s\n", evidence.Sum(read(n)), rel)
		}
	}
	old := evidence.Sum(read("data/evidence-sha256.txt"))
	sorted := func(s string) string { return strings.Join(slices.Sorted(strings.SplitSeq(s, "\n")), "\n") }
	if kept := string(read("data/evidence-sha256.txt")); sorted(kept) == sorted(ev.String()) {
		ev.Reset() // a timestamp over it is still one
		ev.WriteString(kept)
	}
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
	keep := func(name, s string) { // as above
		if sorted(string(read(name))) != sorted(s) {
			write(name, s)
		}
	}
	keep("manifest-sha256.txt", m256.String())
	keep("manifest-sha512.txt", m512.String())
	info := strings.ReplaceAll(string(read("bag-info.txt")), old.String(), evidence.Sum([]byte(ev.String())).String())
	lines := strings.Split(info, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "Payload-Oxum: ") {
			lines[i] = fmt.Sprintf("Payload-Oxum: %d.%d", size, count)
		}
	}
	write("bag-info.txt", strings.Join(lines, "\n"))
	for _, n := range all {
		if !strings.HasPrefix(n, "data/") && !strings.HasPrefix(n, "tagmanifest-sha256.") && !strings.HasPrefix(n, "evidence-record-") {
			fmt.Fprintf(&tags, "%s  %s\n", evidence.Sum(read(n)), n)
		}
	}
	keep("tagmanifest-sha256.txt", tags.String())
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
	notes512 := evidence.Sum512(read(t, w.dir, "data/exhibits/E-002/notes.txt")).String()
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
		{"other SHA-512 in the manifest", edit("data/exhibits/E-002/manifest.json", notes512, strings.Repeat("1", 128)), true, "exhibit: data/exhibits/E-002/notes.txt: changed"},
		{"other SHA-512 in a list", func(t *testing.T, dir string) {
			edit("manifest-sha512.txt", notes512, strings.Repeat("1", 128))(t, dir)
			edit("tagmanifest-sha256.txt", evidence.Sum(read(t, w.dir, "manifest-sha512.txt")).String(), evidence.Sum(read(t, dir, "manifest-sha512.txt")).String())(t, dir)
		}, false, "payload-sha512: data/exhibits/E-002/notes.txt"},
		{"logged before the head that it anchors", loggedTooEarly, true, "custody-anchor: E-004: the log does not name its manifest"},
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
		}), true, "report: data/report.pdf: is not a report of this program"},
		{"page of another bundle", do(func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "data/index.html"))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "data/index.html"), bytes.ReplaceAll(b, []byte(w.r.Fingerprint.String()), []byte(strings.Repeat("0", 64))), 0o600)
			}
			return err
		}), true, "index: data/index.html: is the page of another bundle"},
		{"program in the page", edit("data/index.html", "</body>", "<SCRIPT>x()</SCRIPT></body>"), true, "index: data/index.html: holds a program"},
		{"program in a tag of the page", edit("data/index.html", "<footer ", "<footer\nonclick=x() "), true, "index: data/index.html: holds a program"},
		{"refresh behind a quoted sign", edit("data/index.html", "<title>", `<meta name=">" http-equiv="re&#102;resh" content="0;url=https://exemple.be"><title>`), true, "index: data/index.html: holds what such a page does not have"},
		{"program behind a quoted sign", edit("data/index.html", "<footer ", `<p title=">" onmouseover="alert(1)"></p><footer `), true, "index: data/index.html: holds"},
		{"film in the page", edit("data/index.html", "<footer ", `<video poster=https://exemple.be/x></video><footer `), true, "index: data/index.html: holds what such a page does not have"},
		{"background of the page", edit("data/index.html", "<body>", `<body background="x">`), true, "index: data/index.html: holds what such a page does not have"},
		{"style that loads", edit("data/index.html", "<style>", `<style>@im\70ort "x";body{background:u\72l(x)}`), true, "index: data/index.html: its style may load something"},
		{"page that may load", edit("data/index.html", "default-src 'none'", "default-src *"), true, "index: data/index.html: does not forbid itself"},
		{"page that leads elsewhere", edit("data/index.html", `href="report.pdf"`, `href="https://exemple.be/report.pdf"`), true, "index: data/index.html: leads elsewhere"},
		{"exhibit left out of the page", do(func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "data/index.html"))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "data/index.html"), bytes.ReplaceAll(b, []byte("exhibits/E-002/\""), []byte("exhibits/E-001/\"")), 0o600)
			}
			return err
		}), true, "index: data/index.html: does not lead to E-002"},
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

// loggedTooEarly lets the manifest of E-004 anchor a line that comes after the one
// that names it, in a log that links: its history would hold itself.
func loggedTooEarly(t *testing.T, dir string) {
	t.Helper()
	const name = "data/exhibits/E-004/manifest.json"
	m, err := evidence.DecodeManifest(read(t, dir, name))
	if err != nil {
		t.Fatal(err)
	}
	m.CustodyHead.Seq += 2
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, b)
	var chain evidence.Chain
	var log []byte
	for line := range bytes.Lines(read(t, dir, "data/custody-log.jsonl")) {
		var e evidence.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Exhibit == "E-004" {
			e.Digest = evidence.Sum(b)
		}
		_, next, err := chain.Next(e)
		if err == nil {
			_, err = chain.Accept(next)
		}
		if err != nil {
			t.Fatal(err)
		}
		log = append(append(log, next...), '\n')
	}
	write(t, dir, "data/custody-log.jsonl", log)
}

func TestResealChangesNothingByItself(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	dir := w.copy(t)
	reseal(t, dir)
	if r := check(t, dir, verify.Options{Policy: untimed}); !r.Valid {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
}
