package vault_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"constat/evidence"
)

// alone are the actions that are an entry and nothing else. Every other comes
// with bytes, or with a change of the whole vault, and an entry without them
// would say what did not happen.
var alone = []evidence.Action{
	evidence.ActCaptureFailed, evidence.ActStampFailed, evidence.ActViewed, evidence.ActExtracted, evidence.ActExporting,
	evidence.ActExported, evidence.ActFactsEdited, evidence.ActMarkedMinor, evidence.ActUnlockFailed, evidence.ActChecked,
	evidence.ActAccountEdited, evidence.ActReported,
}

// TestWhatMayBeAppendedAlone goes through every action that package evidence names.
func TestWhatMayBeAppendedAlone(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "Novembre")
	x := mustCapture(t, c, "page.txt", "text")
	named := actionsOfEvidence(t)
	for _, action := range named {
		_, err := c.Append(t.Context(), evidence.Entry{Action: action, Exhibit: x.ID})
		if want := slices.Contains(alone, action); want != (err == nil) {
			t.Errorf("%s: may stand alone: %v, and %v", action, want, err)
		}
	}
	for _, action := range alone {
		if !slices.Contains(named, action) {
			t.Errorf("package evidence does not name %s", action)
		}
	}
	if fails := checkFails(t, v); fails != nil {
		t.Error(fails)
	}
}

// actionsOfEvidence reads the constants of type Action in the source.
func actionsOfEvidence(t *testing.T) (list []evidence.Action) {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.ValueSpec); ok {
				if typ, ok := s.Type.(*ast.Ident); ok && typ.Name == "Action" {
					for _, v := range s.Values {
						if text, err := strconv.Unquote(v.(*ast.BasicLit).Value); err == nil {
							list = append(list, evidence.Action(text))
						}
					}
				}
			}
			return true
		})
	}
	if len(list) < len(alone) {
		t.Fatalf("only %v were found", list)
	}
	return list
}
