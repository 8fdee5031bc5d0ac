package renewal_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

func file(name, data string) renewal.File { return renewal.File{Name: name, Data: []byte(data)} }

func example() renewal.History {
	return renewal.History{
		Manifest:    file("manifest.json", "hello\n"),
		Generations: []renewal.Generation{{Tokens: []renewal.File{file("manifest.one.tsr", "token\n")}}},
	}
}

// long is a history of three renewals with everything in it, in no order.
func long(t testing.TB) renewal.History {
	t.Helper()
	h := renewal.History{Manifest: file("manifest.json", "{}"), Generations: []renewal.Generation{{
		Tokens: []renewal.File{file(renewal.TokenName(0, "two"), "t2"), file(renewal.TokenName(0, "one"), "t1")},
		Revocation: []renewal.File{
			file(renewal.RevocationName(0, "two", 1, tsa.KindCRL), "r2"), file(renewal.RevocationName(0, "one", 1, tsa.KindOCSP), "r1"),
		},
	}}}
	for n := 1; n <= 2; n++ {
		list, err := renewal.Build(h)
		if err != nil {
			t.Fatal(err)
		}
		h.Generations = append(h.Generations, renewal.Generation{
			List:   renewal.File{Name: renewal.ListName(n), Data: list},
			Tokens: []renewal.File{file(renewal.TokenName(n, "one"), "later")},
		})
	}
	return h
}

func build(t testing.TB, h renewal.History) []byte {
	t.Helper()
	list, err := renewal.Build(h)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// The worked example of the documentation, byte for byte, is what Build writes
// and what sha256sum and sha512sum confirm.
func TestWorkedExample(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	list := build(t, example())
	documented := ""
	for line := range strings.Lines(string(list)) {
		documented += "//\t" + line
	}
	if !strings.Contains(string(source), documented) || !strings.Contains(string(source), "//\t"+evidence.Sum(list).String()+"\n") {
		t.Errorf("the documentation shows something else than\n%s%s", list, evidence.Sum(list))
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"manifest.json": []byte("hello\n"), "manifest.one.tsr": []byte("token\n"), "renewal-1.txt": list} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range []string{"sha256sum", "sha512sum"} {
		check := func() (string, error) {
			cmd := exec.Command(tool, "-c", "renewal-1.txt")
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C")
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		if out, err := check(); err != nil || strings.Count(out, ": OK") != 2 {
			t.Errorf("%s: %v\n%s", tool, err, out)
		}
		if err := os.WriteFile(filepath.Join(dir, "manifest.one.tsr"), []byte("Token\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := check(); err == nil || !strings.Contains(out, "manifest.one.tsr: FAILED") {
			t.Errorf("%s does not notice a change: %s", tool, out)
		}
		if err := os.WriteFile(filepath.Join(dir, "manifest.one.tsr"), []byte("token\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sha256sum", "renewal-1.txt")
	cmd.Dir = dir
	if out, err := cmd.Output(); err != nil || string(out) != evidence.Sum(list).String()+"  renewal-1.txt\n" {
		t.Errorf("%s %v", out, err)
	}
}

func TestBuildAndParse(t *testing.T) {
	h := long(t)
	list := build(t, h)
	l, err := renewal.Parse(list)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range l.Items {
		got = append(got, string(i.Kind)+" "+i.Name)
	}
	want := "manifest manifest.json, token manifest.one.tsr, token manifest.two.tsr, revocation manifest.one.01.ocsp, " +
		"revocation manifest.two.01.crl, renewal renewal-1.txt, token renewal-1.one.tsr, renewal renewal-2.txt, token renewal-2.one.tsr"
	if strings.Join(got, ", ") != want || l.Generation != 3 {
		t.Errorf("generation %d: %s", l.Generation, strings.Join(got, ", "))
	}
	if m := l.Items[0]; m.Size != 2 || m.SHA256 != evidence.Sum([]byte("{}")) || m.SHA512 != evidence.Sum512([]byte("{}")) {
		t.Errorf("%+v", m)
	}
	// The order in which files are handed in does not matter.
	g := h.Generations[0]
	g.Tokens[0], g.Tokens[1] = g.Tokens[1], g.Tokens[0]
	g.Revocation[0], g.Revocation[1] = g.Revocation[1], g.Revocation[0]
	if !bytes.Equal(build(t, h), list) {
		t.Error("order matters")
	}
}

func TestBuildRefuses(t *testing.T) {
	for name, spoil := range map[string]func(h *renewal.History){
		"no generation":          func(h *renewal.History) { h.Generations = nil },
		"no token":               func(h *renewal.History) { h.Generations[2].Tokens = nil },
		"same name twice":        func(h *renewal.History) { h.Generations[2].Tokens[0].Name = h.Generations[1].Tokens[0].Name },
		"same name, capitals":    func(h *renewal.History) { h.Generations[2].Tokens[0].Name = "MANIFEST.json" },
		"name with a space":      func(h *renewal.History) { h.Generations[2].Tokens[0].Name = "a b" },
		"name with a line feed":  func(h *renewal.History) { h.Generations[2].Tokens[0].Name = "a\nb" },
		"name with a folder":     func(h *renewal.History) { h.Generations[2].Tokens[0].Name = "../x" },
		"no name":                func(h *renewal.History) { h.Manifest.Name = "" },
		"list in generation 0":   func(h *renewal.History) { h.Generations[0].List = file("renewal-0.txt", "x") },
		"list of something else": func(h *renewal.History) { h.Generations[0].Tokens[0].Data = []byte("x") },
		"list changed":           func(h *renewal.History) { h.Generations[2].List.Data[100] ^= 1 },
		"token left out":         func(h *renewal.History) { h.Generations[0].Tokens = h.Generations[0].Tokens[1:] },
		"too many generations": func(h *renewal.History) {
			h.Generations = append(h.Generations, make([]renewal.Generation, 100)...)
		},
	} {
		h := long(t)
		spoil(&h)
		if list, err := renewal.Build(h); !errors.Is(err, renewal.ErrHistory) || list != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(build(t, long(t)))
	lines := strings.SplitAfter(good, "\n")
	swap := func(old, now string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q in the list", old)
		}
		return strings.Replace(good, old, now, 1)
	}
	for name, text := range map[string]string{
		"empty":                   "",
		"one line feed":           "\n",
		"only the format":         renewal.Format + "\n",
		"no items":                renewal.Format + "\ngeneration 1\n",
		"other format":            swap("/1\n", "/2\n"),
		"no last line feed":       strings.TrimSuffix(good, "\n"),
		"one line feed too many":  good + "\n",
		"carriage returns":        strings.ReplaceAll(good, "\n", "\r\n"),
		"leading space":           " " + good,
		"byte order mark":         "\ufeff" + good,
		"generation 0":            swap("generation 3", "generation 0"),
		"generation 03":           swap("generation 3", "generation 03"),
		"generation +3":           swap("generation 3", "generation +3"),
		"generation 2":            swap("generation 3", "generation 2"),
		"generation of many":      swap("generation 3", "generation 99999999999999999999"),
		"two spaces":              swap("manifest manifest.json", "manifest  manifest.json"),
		"unknown kind":            swap("manifest manifest.json", "secret manifest.json"),
		"size with a zero":        swap("manifest.json 2", "manifest.json 02"),
		"negative size":           swap("manifest.json 2", "manifest.json -2"),
		"huge size":               swap("manifest.json 2", "manifest.json 9999999999999"),
		"name differs":            swap("SHA256 (manifest.json)", "SHA256 (manifest.jsom)"),
		"capitals":                swap("SHA256 (manifest.json) = 44136fa3", "SHA256 (manifest.json) = 44136FA3"),
		"short digest":            swap("SHA256 (manifest.json) = 4", "SHA256 (manifest.json) = "),
		"digests exchanged":       strings.Join(append(append([]string{}, lines[:3]...), append([]string{lines[4], lines[3]}, lines[5:]...)...), ""),
		"item without a line":     strings.Join(append(append([]string{}, lines[:4]...), lines[5:]...), ""),
		"manifest left out":       strings.Join(append(append([]string{}, lines[:2]...), lines[5:]...), ""),
		"token left out":          strings.Join(append(append([]string{}, lines[:20]...), lines[23:]...), ""),
		"item twice":              strings.Join(append(append([]string{}, lines[:8]...), lines[5:]...), ""),
		"tokens in another order": strings.Join(append(append(append(append([]string{}, lines[:5]...), lines[8:11]...), lines[5:8]...), lines[11:]...), ""),
		"too large":               good + strings.Repeat("x", renewal.MaxList),
	} {
		if l, err := renewal.Parse([]byte(text)); !errors.Is(err, renewal.ErrList) || l.Items != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := renewal.Parse([]byte(good)); err != nil {
		t.Error(err)
	}
}

// What is read is what was written: one text for one meaning.
func FuzzParse(f *testing.F) {
	f.Add(build(f, example()))
	f.Add(build(f, long(f)))
	f.Add([]byte(renewal.Format + "\ngeneration 1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := renewal.Parse(b)
		if err != nil {
			if !errors.Is(err, renewal.ErrList) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(renewal.Text(l), b) {
			t.Fatalf("read\n%q\nas\n%q", b, renewal.Text(l))
		}
	})
}
