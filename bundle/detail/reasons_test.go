package detail_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"constat/assets/words"
	"constat/bundle/detail"
	"constat/evidence"
)

// Every reason that the checker of bundles writes out is of a kind that has words: its source is read, so
// that a new one is not forgotten. Those that are made of an error alone say what the system said.
func TestReasonsOfTheCheckerHaveWords(t *testing.T) {
	fr, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../verify/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	verb := regexp.MustCompile(`%[.0-9]*[a-z]`)
	formats := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || f.Sel.Name != "skip" && f.Sel.Name != "fail" {
				return true
			}
			lit, ok := call.Args[1].(*ast.BasicLit)
			if !ok {
				return true
			}
			format, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Trim(verb.ReplaceAllString(format, ""), " :,;") == "" {
				return true // what it says is in the error
			}
			formats++
			text := strings.NewReplacer("%d", "3", "%s", "E-001", "%v", "E-001").Replace(format)
			text = verb.ReplaceAllString(text, "E-001")
			state := evidence.NotDone
			if f.Sel.Name == "fail" {
				state = evidence.Failed
			}
			if got := detail.Reason(fr, evidence.Check{State: state, Detail: text}); got == "" || strings.HasPrefix(got, "check.") {
				t.Errorf("%s: %q has no kind of reason (%q)", path, text, got)
			}
			if detail.Reason(fr, evidence.Check{State: evidence.Passed, Detail: text}) != "" {
				t.Errorf("%q passed, and has a reason", text)
			}
			return true
		})
	}
	if formats < 60 {
		t.Fatalf("%d formats: the source is read otherwise", formats)
	}
}

func TestReasons(t *testing.T) {
	en, err := words.For("en")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`data/exhibits/E-001/of this computer, not of the bundle.png: changed: SHA-256 ab, the manifest says cd`: "changed",
		`data/report.pdf: the file "is missing" within it is not that of the bundle`:                             "inside",
		"data/report.pdf: the files within it: is not as this program writes PDF: too large":                     "form",
		"contents.zip: is not as it was written, or the password is another one; it was not looked into":         "changed",
		"data/exhibits/E-001/page.txt: changed: SHA-256 ab, the manifest says cd":                                "changed",
		"data/report.pdf: missing or not readable":                                                               "missing",
		"data/other.txt: not listed in manifest-sha256.txt":                                                      "no-place",
		"there is none": "none",
		"data/evidence-sha256.tsr: no root certificate was brought for it":              "no-root",
		"E-001: kept at 2026-11-30T10:00:00Z by its own account, without proof of time": "no-proof-of-time",
		"the head of the log is not signed":                                             "not-signed",
		"something of a later version":                                                  "",
	} {
		if want != "" {
			want = en.T("check.reason." + want)
		}
		if got := detail.Reason(en, evidence.Check{State: evidence.Failed, Detail: text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
