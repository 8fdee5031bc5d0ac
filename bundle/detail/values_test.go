package detail

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/evidence"
)

// saySlots finds the slots of the English text of evidence.Say: sigil, name and verb.
var saySlots = regexp.MustCompile(`\{([#@]?)([a-z][A-Za-z0-9]*)(?::([^{}]+))?\}`)

// call is one place where the source says something.
type call struct {
	at            token.Position
	form, english string
	args          int
}

func (c call) slots() [][]string { return saySlots.FindAllStringSubmatch(c.english, -1) }

// names are those of the slots, sorted.
func (c call) names() []string {
	var all []string
	for _, s := range c.slots() {
		all = append(all, s[1]+s[2])
	}
	slices.Sort(all)
	return all
}

// sourceFiles parses what is not a test in the whole house.
func sourceFiles(t *testing.T, each func(folder string, files *token.FileSet, f *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		each(filepath.ToSlash(folder), files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// calls finds every place that says something. What it says is written out there.
func calls(t *testing.T) []call {
	t.Helper()
	var all []call
	sourceFiles(t, func(folder string, files *token.FileSet, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			s, ok := c.Fun.(*ast.SelectorExpr)
			if !ok || s.Sel.Name != "Say" || len(c.Args) < 2 {
				return true
			}
			if x, ok := s.X.(*ast.Ident); !ok || x.Name != "evidence" {
				return true
			}
			at := files.Position(c.Pos())
			var text [2]string
			for i := range text {
				lit, ok := c.Args[i].(*ast.BasicLit)
				if !ok || lit.Kind != token.STRING {
					t.Errorf("%s: form and English text of evidence.Say are to be written out where it is called", at)
					return true
				}
				text[i], _ = strconv.Unquote(lit.Value)
			}
			all = append(all, call{at, text[0], text[1], len(c.Args) - 2})
			return true
		})
	})
	if len(all) < 30 {
		t.Fatalf("only %d places are found", len(all))
	}
	return all
}

// TestEverythingSaidHasWords holds each place that says something to the catalogues: its form has
// words in every language, which name all of its values and no others.
func TestEverythingSaidHasWords(t *testing.T) {
	texts, same := texts(t), map[string][]string{}
	for _, c := range calls(t) {
		if n := len(c.slots()); n != c.args || n != strings.Count(c.english, "{") {
			t.Errorf("%s: %d slots in %q for %d arguments", c.at, n, c.english, c.args)
		}
		names := c.names()
		if slices.Contains(names, "form") || len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("%s: values %v", c.at, names)
		}
		if c.form == "" {
			continue
		}
		if before, ok := same[c.form]; ok && !slices.Equal(before, names) {
			t.Errorf("%s: %s has the values %v here and %v elsewhere", c.at, c.form, names, before)
		}
		same[c.form] = names
		values := map[string]string{"form": c.form}
		for _, s := range c.slots() {
			values[s[1]+s[2]] = "⟦" + s[2] + "⟧"
			if s[1]+s[2] == "#n" {
				values["#n"] = "77"
			}
		}
		for lang, text := range texts {
			got, ok := fromValues(text, values)
			for name, v := range values {
				if name != "form" && !strings.Contains(got, v) {
					ok = false
				}
			}
			if !ok {
				t.Errorf("%s: %s: %s lacks words in the catalogues, or they do not say %v: %q", lang, c.at, "detail."+c.form, names, got)
			}
		}
	}
}

// TestEveryDetailHasValues holds that details are written by evidence.Say and nothing else.
func TestEveryDetailHasValues(t *testing.T) {
	sourceFiles(t, func(folder string, files *token.FileSet, f *ast.File) {
		if folder == "evidence" || strings.HasSuffix(folder, "internal/sample") {
			return
		}
		complain := func(n ast.Node) { t.Errorf("%s: a detail without values: see evidence.Say", files.Position(n.Pos())) }
		records := folder == "capture" || strings.HasPrefix(folder, "capture/")
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				s, ok := n.Type.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, ok := s.X.(*ast.Ident)
				if ok && x.Name == "evidence" && slices.Contains([]string{"Problem", "Precondition", "ClockCheck"}, s.Sel.Name) && strings.Contains(keysOf(n), " Detail ") {
					complain(n)
				}
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if s, ok := left.(*ast.SelectorExpr); ok && records && s.Sel.Name == "Detail" {
						complain(n)
					}
				}
			}
			return true
		})
	})
}

func keysOf(c *ast.CompositeLit) string {
	all := " "
	for _, e := range c.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				all += id.Name + " "
			}
		}
	}
	return all
}

// TestValuesSayWhatDetailsSaid holds that what has values now has the words that its English detail
// has in older manifests.
func TestValuesSayWhatDetailsSaid(t *testing.T) {
	old := map[string][]string{} // key -> where
	for name, list := range recogniser().forms {
		for _, p := range list {
			old[p.key] = append(old[p.key], name)
		}
	}
	texts, compared := texts(t), 0
	for _, c := range calls(t) {
		var args []any
		for _, s := range c.slots() {
			switch {
			case s[1] == "#" && strings.ContainsAny(s[3], "fg"):
				args = append(args, 1234.5)
			case s[1] == "#":
				args = append(args, 1234)
			case s[1] == "@":
				args = append(args, time.Date(2026, 11, 23, 10, 42, 7, 123e6, time.UTC))
			default:
				args = append(args, "qqq")
			}
		}
		said := evidence.Say(c.form, c.english, args...)
		for _, of := range old["detail."+c.form] {
			for lang, text := range texts {
				before, known := recogniser().words(text, recogniser().forms[of], said.Detail)
				if !known { // another form of the same words
					continue
				}
				compared++
				if now := wordsOf(text, of, said.Detail, said.Values); now != before {
					t.Errorf("%s: %s: %q in words is %q and was %q", lang, c.at, said.Detail, now, before)
				}
			}
		}
	}
	if compared < 80 {
		t.Errorf("only %d forms are compared", compared)
	}
}

// Things in things and lists of things are said, and what of a list is left out is counted.
func TestThingsInThings(t *testing.T) {
	why := evidence.Say("wrong-size", "not a usable PNG: {#w} × {#h} pixels instead of {#forW} × {#forH}", 1280, 900, 1280, 4000)
	tiles := evidence.Say("pictures-why", "{#n} tiles: {why}", 1, why)
	if want := "1 tiles: not a usable PNG: 1280 × 900 pixels instead of 1280 × 4000"; tiles.Detail != want {
		t.Errorf("%q", tiles.Detail)
	}
	var list []evidence.Said
	for n := range maxList + 2 {
		list = append(list, evidence.Say("missing-picture", "{#n} × Image {why}", n+1, "net::ERR_FAILED"))
	}
	missing := evidence.Say("list", "{#n}: {list}", 2000, list)
	short := evidence.Say("list", "{#n}: {list}", 3, list[:2])
	all := texts(t)
	for _, one := range []struct {
		lang string
		said evidence.Said
		want string
	}{
		{"de", tiles, "1 Bild: ein Bild von 1 280 × 900 statt 1 280 × 4 000 Pixeln"},
		{"fr", short, "3 : 1 × image (net::ERR_FAILED), 2 × image (net::ERR_FAILED)"},
	} {
		got, ok := fromValues(all[one.lang], one.said.Values)
		if got = strings.ReplaceAll(got, "\u00a0", " "); !ok || got != one.want {
			t.Errorf("%s: %q, want %q", one.lang, got, one.want)
		}
	}
	if got, ok := fromValues(all["en"], missing.Values); !ok || !strings.HasSuffix(got, "64 × picture (net::ERR_FAILED), more: 2") {
		t.Errorf("%v, %q", ok, got)
	}
	if p := tiles.Problem("no-full-page"); Problem(all["en"], p) != "1 picture: a picture of 1\u00a0280 × 900 instead of 1\u00a0280 × 4\u00a0000 pixels" {
		t.Errorf("%q", Problem(all["en"], p))
	}
	if p := tiles.Precondition("scrolled", evidence.Met); p.Item != "scrolled" || p.State != evidence.Met || p.Detail != tiles.Detail || len(p.Values) != len(tiles.Values) {
		t.Errorf("%+v", p)
	}
	if c := tiles.Clock("ntp", -1.5); c.Source != "ntp" || c.OffsetSecs != -1.5 || Clock(all["en"], c) != Problem(all["en"], tiles.Problem("x")) {
		t.Errorf("%+v", c)
	}
}

// Values that have no words here leave the detail as it is: of a later version, of another tool, of
// a hostile import.
func TestUnknownValuesLeaveTheDetail(t *testing.T) {
	long := map[string]string{"form": "named", "name": strings.Repeat("a", maxDetail), "why": "b"}
	for lang, text := range texts(t) {
		for _, values := range []map[string]string{
			{"#n": "3"},
			{"form": "of-a-later-version", "#n": "3"},
			{"form": "cut", "#n": "3"}, // without the whole height
			{"form": "cut.x", "#n": "3", "#whole": "4"},
			{"form": "../problem.cut", "#n": "3", "#whole": "4"},
			{"form": "pictures-why", "#n": "3", "why.form": "of-a-later-version"},
			{"form": "list", "#n": "3", "list.01.form": "of-a-later-version"},
			{"form": "list", "#n": "3", "list.02": "without the first"},
			{"form": "named", "name": "x", "why.a.b.c.d.e.f": "deep"},
			{"form": "named", "name": "x", "": "y", ".": "y", "why..": "z", "#": "", "Why": "y"},
			long,
		} {
			if got := Problem(text, evidence.Problem{Code: "cut", Detail: "cut at 1 px of 2 px, it says", Values: values}); got != "cut at 1 px of 2 px, it says" {
				t.Errorf("%s: %v: %.60q", lang, values["form"], got)
			}
		}
		// A number that is none, a time that is none, stand there as they are.
		got := Precondition(text, evidence.Precondition{Item: "x", Detail: "d", Values: map[string]string{"form": "started", "@at": "yesterday"}})
		if !strings.Contains(got, "yesterday") {
			t.Errorf("%s: %q", lang, got)
		}
		got = Problem(text, evidence.Problem{Detail: "d", Values: map[string]string{"form": "cut", "#n": "many", "#whole": "12345678901234567890123"}})
		if !strings.Contains(got, "many") || !strings.Contains(got, "12345678901234567890123") {
			t.Errorf("%s: %q", lang, got)
		}
		// Text from outside is never taken for a number.
		got = Problem(text, evidence.Problem{Detail: "d", Values: map[string]string{"form": "dialog-message", "text": "10000"}})
		if !strings.Contains(got, "10000") {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

// FuzzValues holds that values from anywhere end in words or in the detail, the same at each time,
// and in no more text than they are.
func FuzzValues(f *testing.F) {
	f.Add("cut", "#n", "100", "#whole", "200")
	f.Add("pictures-why", "#n", "1", "why.form", "no-answer")
	f.Add("list", "#n", "1", "list.01", "x")
	f.Add("started", "@at", "2026-11-23T10:42:07.123Z", "at.form", "x")
	f.Add("named", "name", "\u202e", "why", "<no value>")
	all := texts(f)
	f.Fuzz(func(t *testing.T, form, a, av, b, bv string) {
		values := map[string]string{"form": form, a: av, b: bv}
		for _, text := range all {
			got := wordsOf(text, "problem.cut", "the detail", values)
			if again := wordsOf(text, "problem.cut", "the detail", maps.Clone(values)); got != again {
				t.Errorf("%q and %q", got, again)
			}
			if got == "" || len(got) > 4*(len(av)+len(bv))+500 {
				t.Errorf("%v became %q", values, got)
			}
		}
	})
}

// TestManifestsOfBeforeValues: details as versions of before wrote them, without values, have the
// words that they had.
func TestManifestsOfBeforeValues(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "before-values.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Of, Detail string
		Words      map[string]string
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 80 {
		t.Fatalf("only %d details", len(all))
	}
	for _, one := range all {
		for lang, text := range texts(t) {
			kind, name, _ := strings.Cut(one.Of, ".")
			var got string
			switch kind {
			case "problem":
				got = Problem(text, evidence.Problem{Code: name, Detail: one.Detail})
			case "precondition":
				got = Precondition(text, evidence.Precondition{Item: name, Detail: one.Detail})
			case "clock":
				got = Clock(text, evidence.ClockCheck{Source: name, Detail: one.Detail})
			}
			if want := one.Words[lang]; got != want || want == "" {
				t.Errorf("%s: %s: %q is said as %q and was as %q", lang, one.Of, one.Detail, got, want)
			}
		}
	}
}
