package detail

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// wordless tells what holds no word of the source.
func wordless(s string) bool {
	return !strings.ContainsFunc(strings.ReplaceAll(s, outside, ""), unicode.IsLetter)
}

// said reports whether all words of a detail are said in the language, and by which forms.
func said(list []pattern, text string, hit map[string]bool) bool {
	for _, p := range list {
		found := p.match.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		hit[p.match.String()] = true
		for i, slot := range p.slots {
			what, several := strings.CutPrefix(slot[0], "list ")
			if _, plain := recogniser().kinds[what]; plain {
				if what != "at" && !wordless(found[i+1]) {
					return false
				}
				continue
			}
			all := []string{found[i+1]}
			if several {
				all = strings.Split(all[0], ", ")
			}
			for _, one := range all {
				if !wordless(one) && !said(recogniser().parts[what], one, hit) {
					return false
				}
			}
		}
		return true
	}
	return false
}

// elsewhere are forms whose words the reader does not come across: errors of Go and of the browser, and
// ours that pass through others; its names of dialogs; a number that a server sends; what stands behind a source.
var elsewhere = []string{
	"alert: {s:Text}", "confirm: {s:Text}", "prompt: {s:Text}", "beforeunload: {s:Text}", "Age: {n:N}",
	"context deadline exceeded", "the page gave way to another: context deadline exceeded",
	"capture: question to the page: no answer", "capture: question to the page: {s:Text}",
	"not a usable PNG: {n:W} × {n:H} pixels instead of {n:ForW} × {n:ForH}", "not a usable PNG: {s:Text}",
	"unexpected EOF", "EOF", "zip: not a valid zip file", "zip: checksum error",
	"system's own: {s:Why}", "{f:N} s to system's own: {s:Server}, stratum {n:Stratum}, round trip {n:Ms} ms", "system's own: {s:Server}, stratum {n:Stratum}, round trip {n:Ms} ms",
	"dns: {s:Addresses}", "dns-over-https: {s:Addresses}", "hosts: {s:Addresses}", "system: {s:Addresses}",
	"position outside the file", "character set {escaped:Name}: {s:Why}",
}

// never is what the reader takes for a detail and is none: errors that end the whole, one that ends a
// loop, the scheme of an address and the name of a file.
var never = regexp.MustCompile(`capture: (keep )?qqq|: done$|^qqq=http://qqq$|^resolv\.conf: (qqq)?$`)

// TestEveryFormHasWords holds the forms to the source that writes details: each has words, and there are no words
// for what nobody writes.
func TestEveryFormHasWords(t *testing.T) {
	hit, seen := map[string]bool{}, 0
	for i, folders := range [][]string{
		{"capture", "capture/archive", "capture/exchange", "capture/names", "capture/record", "capture/sight", "capture/tab"},
		{"capture/device"}, {"capture/recognise"}, {"evidence/intake"},
	} {
		r := read(t, folders)
		if i == 0 {
			r.listed(t)
		}
		for name, code := range r.consts { // what is written for any code
			if strings.HasPrefix(name, "Problem") {
				for d, at := range r.details["problem."+outside] {
					r.details["problem."+code] = joined(r.details["problem."+code], d, at)
				}
			}
		}
		delete(r.details, "problem."+outside)
		for of, details := range r.details {
			for d, at := range details {
				seen++
				if !said(recogniser().forms[of], d, hit) && !wordless(d) && !never.MatchString(d) {
					t.Errorf("%s: the detail %q of %s has no words: add its form to forms.go", at, d, of)
				}
			}
		}
	}
	if seen < 90 {
		t.Errorf("only %d forms are found in the source", seen)
	}
	skip := map[string]bool{}
	for _, p := range recogniser().patterns(func() (all []form) {
		for _, english := range elsewhere {
			all = append(all, form{english: english})
		}
		return
	}()) {
		skip[p.match.String()] = true
	}
	for _, of := range []map[string][]pattern{recogniser().forms, recogniser().parts} {
		for name, list := range of {
			for _, p := range list {
				if s := p.match.String(); !hit[s] && !skip[s] {
					t.Errorf("%s: nobody writes %s", name, s)
				}
			}
		}
	}
}

// listed adds what is counted under names that are no strings of one place: gaps of the archive, and
// what failed to load.
func (r *reader) listed(t *testing.T) {
	t.Helper()
	names := func(function string) (all []string) {
		ast.Inspect(r.funcs[function][0].Body, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok {
				for _, e := range c.List {
					switch e := e.(type) {
					case *ast.Ident:
						all = append(all, e.Name)
					case *ast.SelectorExpr:
						all = append(all, strings.TrimPrefix(e.Sel.Name, "ResourceType"))
					}
				}
			}
			return true
		})
		return all
	}
	types, no := names("counts"), names("lacks")
	if len(types) == 0 || len(no) == 0 || len(r.gaps) <= len(no) {
		t.Fatalf("found %v, %v and %v", types, no, r.gaps)
	}
	for _, one := range types {
		r.note("problem.resource-failed", []string{"1234: 1234 × " + one + " " + outside}, r.funcs["counts"][0].Pos())
	}
	for name, gap := range r.gaps {
		if !slices.Contains(no, name) {
			r.note("problem.wacz-incomplete", []string{"1234: 1234 × " + gap}, r.funcs["lacks"][0].Pos())
		}
	}
}
