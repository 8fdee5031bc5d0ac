package verify

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"constat/evidence"
)

// The checker has its own list of the actions that make an exhibit, from docs/formats.md. It is
// that of the writer.
func TestActionsThatMakeAnExhibit(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "exhibits.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CaseClause)
		if !ok {
			return true
		}
		var list []string
		for _, e := range c.List {
			if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
				s, _ := strconv.Unquote(l.Value)
				list = append(list, s)
			}
		}
		if slices.Contains(list, string(evidence.ActCaptured)) {
			got = append(got, list...)
		}
		return true
	})
	for _, r := range evidence.Actions() {
		if r.Makes {
			want = append(want, string(r.Action))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the checker takes %q for it, the writer %q", got, want)
	}
}
