package capture

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTrapsAreListed holds docs/traps.md to the tests: what it names exists, and no page of
// TestTraps is missing.
func TestTrapsAreListed(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "traps.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	more, err := filepath.Glob("chrome/*_test.go") // a browser that does not start
	if err != nil || len(more) == 0 {
		t.Fatal(err)
	}
	files = append(files, more...)
	brought, err := filepath.Glob("../evidence/intake/*_test.go") // files that a person brings
	if err != nil || len(brought) == 0 {
		t.Fatal(err)
	}
	files = append(files, brought...)
	tests := map[string]bool{}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
			tests[string(m[1])] = true
		}
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\|[^|]*\\| `(Test\\w+)(?:/([a-z-]+))?` \\| ([^|]+) \\|$").FindAllStringSubmatch(string(doc), -1) {
		if !tests[m[1]] {
			t.Errorf("docs/traps.md names %s, which does not exist", m[1])
		}
		if _, ok := traps()[m[2]]; m[1] == "TestTraps" && !ok {
			t.Errorf("docs/traps.md names the page %q, which does not exist", m[2])
		}
		listed[m[2]] = true
	}
	for name := range traps() {
		if !listed[name] {
			t.Errorf("docs/traps.md does not list the page %s", name)
		}
	}
	if rows := strings.Count(string(doc), "| `Test"); rows < 60 || rows != strings.Count(string(doc), "\n|")-10 {
		t.Errorf("%d rows of %d lines are read", rows, strings.Count(string(doc), "\n|"))
	}
}
