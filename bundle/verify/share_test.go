package verify_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// part is a bundle of E-001 and E-003 of a case of four; E-002 and E-004 were left out by choice.
func part(t *testing.T, o sample.Options) whole {
	t.Helper()
	c := sample.New(t, o)
	c.Take("E-001", "E-003")
	c.Exporting(evidence.Share{Here: []string{"E-001", "E-003"}, Chosen: []string{"E-002", "E-004"}})
	in := inputOf(c)
	in.Head = c.SignHead()
	in.LeftOut = []bundle.LeftOut{{Exhibit: "E-002", Reason: bundle.LeftOutChoice}, {Exhibit: "E-004", Reason: bundle.LeftOutChoice}}
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	return whole{c, r, r.Dir}
}

// What was left out by choice is said with numbers, on page one, in READ-ME, on the page to open, in
// bag-info.txt, by the checker and by the script; and it takes nothing from the verdict.
func TestWhatWasLeftOutByChoiceIsSaid(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	w := part(t, sample.Options{Authority: []*tsatest.Server{a}, Tall: 1000})
	r := check(t, w.dir, verify.Options{Roots: w.c.Roots})
	if !r.Valid || r.Of != 4 || strings.Join(r.LeftOut, " ") != "E-002 E-004" {
		t.Errorf("%s, of %d, left out %v\n%s", r.Verdict, r.Of, r.LeftOut, failures(r))
	}
	want := "not-done: 2 of 4 exhibits of this case, as line 6 of the log says, which is signed; left out by choice of who exported: 2 (E-002, E-004)"
	if got := details(r, "share"); got != want {
		t.Errorf("the checker says: %s", got)
	}
	if got := details(r, "custody-anchor"); strings.Contains(got, "E-002") {
		t.Errorf("it is said to be missing: %s", got)
	}
	page := strings.Join(strings.Fields(stock.Run(t, w.dir, "pdftotext", "-raw", "-l", "1", "data/report.pdf", "-")), " ")
	for name, text := range map[string]string{"page one": page, "READ-ME": string(read(t, w.dir, "READ-ME-FIRST.html")), "index.html": string(read(t, w.dir, "data/index.html"))} {
		if !strings.Contains(text, "2 des 4 pièces du dossier") || !strings.Contains(text, "par choix") || !strings.Contains(text, "E-002, E-004") {
			t.Errorf("%s does not say it:\n%s", name, text)
		}
	}
	if info := string(read(t, w.dir, "bag-info.txt")); !strings.Contains(info, "\nConstat-Left-Out: E-002 E-004\n") {
		t.Errorf("bag-info.txt: %s", info)
	}
	code, said := script(t, w.dir, a.RootPath)
	if code != 0 || !strings.Contains(said, "LEFT OUT   2 of 4 exhibits, by choice of who exported: E-002 E-004\n") || strings.Contains(said, "NOT HERE") {
		t.Errorf("the script ends with %d:\n%s", code, said)
	}
}

// A forger takes an exhibit out, makes every list fit, and adds it to what was left out.
func TestWhatWasTakenAwayIsNoChoice(t *testing.T) {
	w := part(t, sample.Options{Tall: 1000})
	all := sample.New(t, sample.Options{Tall: 1000})
	all.Exporting(evidence.Share{Here: []string{"E-001", "E-002", "E-003", "E-004"}})
	in := inputOf(all)
	in.Head = all.SignHead()
	made, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, made.Dir, verify.Options{Policy: untimed}); !r.Valid || !strings.HasPrefix(details(r, "share"), "passed: 4 of 4 exhibits") {
		t.Fatalf("%s: %s\n%s", r.Verdict, details(r, "share"), failures(r))
	}
	full := whole{all, made, made.Dir}
	swap := func(name, old, now string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			b := read(t, dir, name)
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("%s has no %q", name, old)
			}
			write(t, dir, name, bytes.ReplaceAll(b, []byte(old), []byte(now)))
		}
	}
	gone := func(t *testing.T, dir string) {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(dir, "data/exhibits/E-003")); err != nil {
			t.Fatal(err)
		}
	}
	unsigned := func(t *testing.T, dir string) {
		for _, name := range []string{"head.txt", "head.sig", "key.pem"} {
			remove(t, dir, "data/custody-"+name)
		}
	}
	// What a choice would be like: of the last line nothing but its signature knows better.
	line := swap("data/custody-log.jsonl", `"E-001 E-002 E-003 E-004","language":"fr","of"`, `"E-001 E-002 E-004","language":"fr","left-out":"E-003","of"`)
	partly := swap("data/custody-log.jsonl", `"exhibits":"E-001 E-003","language":"fr","left-out":"E-002 E-004"`, `"exhibits":"E-001","language":"fr","left-out":"E-002 E-003 E-004"`)
	named := swap("bag-info.txt", "Constat-Language", "Constat-Left-Out: E-003\nConstat-Language")
	// A line as exports wrote it before, behind the one that was signed: it says less.
	behind := func(t *testing.T, dir string) {
		t.Helper()
		log := read(t, dir, "data/custody-log.jsonl")
		lines := bytes.Split(bytes.TrimSuffix(log, []byte("\n")), []byte("\n"))
		last := lines[len(lines)-1]
		head, _, _ := bytes.Cut(last, []byte(`,"detail":`))
		next := bytes.Replace(head, []byte(`"seq":6`), []byte(`"seq":7`), 1)
		next = fmt.Appendf(next, `,"detail":{"exhibits":"E-001 E-002 E-004","language":"fr"},"previous":"%s"}`+"\n", evidence.Sum(last))
		write(t, dir, "data/custody-log.jsonl", append(log, next...))
	}
	count := func(from, to string) func(*testing.T, string) {
		return swap("bag-info.txt", "Constat-Exhibits: "+from, "Constat-Exhibits: "+to)
	}
	for _, c := range []struct {
		name  string
		of    whole
		steps []func(*testing.T, string)
		want  string
	}{
		{"taken away", full, []func(*testing.T, string){gone, count("4", "3")}, "share: E-003: is missing: line 6 of the log"},
		{"taken away and named", full, []func(*testing.T, string){gone, count("4", "3"), named}, "share: E-003: is missing: line 6 of the log"},
		{"taken away, the line says a choice", full, []func(*testing.T, string){gone, count("4", "3"), named, line}, "custody-signature: data/custody-head.txt: line 6"},
		{"taken away, the line says a choice, nobody signs", full, []func(*testing.T, string){gone, count("4", "3"), named, line, unsigned}, "share: line 6 of the log says what is here, and the signature"},
		{"taken away, nobody signs", full, []func(*testing.T, string){gone, count("4", "3"), unsigned}, "share: line 6 of the log says what is here, and the signature"},
		{"taken away, a line of the older form behind", full, []func(*testing.T, string){gone, count("4", "3"), behind}, "share: line 6 of the log was signed for another bundle: the last one is line 7"},
		{"taken away, a line of the older form behind, nobody signs", full, []func(*testing.T, string){gone, count("4", "3"), behind, unsigned}, "share: line 6 of the log says what is here, and the signature"},
		{"one more than was chosen", w, []func(*testing.T, string){gone, count("2", "1"), partly}, "custody-signature: data/custody-head.txt: line 6"},
		{"one more, in bag-info.txt alone", w, []func(*testing.T, string){swap("bag-info.txt", "E-002 E-004", "E-002 E-003 E-004")}, "share: bag-info.txt says that"},
		{"bag-info.txt says nothing of it", w, []func(*testing.T, string){swap("bag-info.txt", "Constat-Left-Out: E-002 E-004\n", "")}, "share: bag-info.txt says that"},
		{"the paper does not say it", w, []func(*testing.T, string){swap("data/index.html", "E-002, E-004", "E-002")}, "index: data/index.html: does not say that E-004"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := c.of.copy(t)
			for _, step := range c.steps {
				step(t, dir)
			}
			reseal(t, dir)
			r := check(t, dir, verify.Options{Policy: untimed})
			if r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) {
				t.Errorf("%s, want %q in\n%s", r.Verdict, c.want, failures(r))
			}
			if len(r.LeftOut) > 0 && strings.HasPrefix(c.want, "share") {
				t.Errorf("left out by choice: %v", r.LeftOut)
			}
			if strings.HasPrefix(c.want, "index") { // the script compares no words of pages
				return
			}
			code, said := script(t, dir, "--allow-no-timestamp")
			if code != 1 || !strings.Contains(said, "WRONG") {
				t.Errorf("the script ends with %d:\n%s", code, said)
			}
			if _, words, _ := strings.Cut(c.want, ": "); strings.HasPrefix(words, "line ") && !strings.Contains(said, "WRONG      "+words) {
				t.Errorf("the script does not say that %s:\n%s", words, said)
			}
		})
	}
}

// The signature of an earlier export of the same vault does not speak for a later bundle.
func TestAnEarlierChoiceDoesNotSpeak(t *testing.T) {
	c := sample.New(t, sample.Options{Tall: 1000})
	c.Exporting(evidence.Share{Here: []string{"E-001"}, Chosen: []string{"E-002", "E-003", "E-004"}})
	earlier := c.SignHead()
	c.Exporting(evidence.Share{Here: []string{"E-001", "E-002", "E-003", "E-004"}})
	in := inputOf(c)
	in.Head = c.SignHead()
	r, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	dir := whole{c, r, r.Dir}.copy(t)
	write(t, dir, "data/custody-head.txt", earlier.Statement)
	write(t, dir, "data/custody-head.sig", earlier.Signature)
	for _, id := range []string{"E-002", "E-003", "E-004"} {
		if err := os.RemoveAll(filepath.Join(dir, "data/exhibits", id)); err != nil {
			t.Fatal(err)
		}
	}
	info := strings.Replace(string(read(t, dir, "bag-info.txt")), "Constat-Exhibits: 4", "Constat-Exhibits: 1\nConstat-Left-Out: E-002 E-003 E-004", 1)
	write(t, dir, "bag-info.txt", []byte(info))
	reseal(t, dir)
	if got := check(t, dir, verify.Options{Policy: untimed}); got.Verdict != verify.NotValid || !strings.Contains(failures(got), "share: line 6 of the log was signed for another bundle") {
		t.Errorf("%s\n%s", got.Verdict, failures(got))
	}
	if code, said := script(t, dir, "--allow-no-timestamp"); code != 1 || !strings.Contains(said, "was signed for another bundle") {
		t.Errorf("the script ends with %d:\n%s", code, said)
	}
	// Nor does a writer make a bundle whose own line says something else, or a choice that nobody signed.
	in.Exhibits = in.Exhibits[:1]
	in.LeftOut = []bundle.LeftOut{{Exhibit: "E-002", Reason: bundle.LeftOutChoice}}
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{}); !errors.Is(err, bundle.ErrInput) {
		t.Errorf("another line: %v", err)
	}
	in.Head = nil
	if _, err := bundle.Write(t.Context(), filepath.Join(t.TempDir(), "liasse"), in, evidence.NoProgress{}); !errors.Is(err, bundle.ErrInput) {
		t.Errorf("nobody signs: %v", err)
	}
}
