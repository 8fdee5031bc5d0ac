package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// root is where the module lies.
const root = "../.."

// pages are the Markdown files of the repository.
func pages(t *testing.T) (list []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != root && (strings.HasPrefix(e.Name(), ".") && e.Name() != ".." || e.Name() == "out" || e.Name() == "bin"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".md"):
			list = append(list, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("only %v", list)
	}
	return list
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	fence   = regexp.MustCompile("(?ms)^(```|~~~)[^\n]*\n(.*?)^(```|~~~)$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
)

// anchors are the names under which a page's headings can be reached.
func anchors(text string) (list []string) {
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		var b strings.Builder
		for _, r := range strings.ToLower(m[1]) {
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				b.WriteRune(r)
			case r == ' ':
				b.WriteByte('-')
			}
		}
		list = append(list, b.String())
	}
	return list
}

func TestLinksLeadSomewhere(t *testing.T) {
	n := 0
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(read(t, page), ""), -1) {
			to := m[1]
			if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
				continue
			}
			n++
			file, anchor, _ := strings.Cut(to, "#")
			target := page
			if file != "" {
				target = filepath.Join(filepath.Dir(page), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", page, to)
				continue
			}
			if anchor != "" && strings.HasSuffix(target, ".md") && !slices.Contains(anchors(read(t, target)), anchor) {
				t.Errorf("%s: %s has no heading %q", page, target, anchor)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d links were found", n)
	}
}

// row is a line of the index of decisions: number, title, state.
var row = regexp.MustCompile(`(?m)^\| \[(\d{4})\]\((\d{4})-[a-z0-9-]+\.md\) \| ([^|]+) \| ([^|]+) \|$`)

// TestDecisionsAreInTheirIndex: every page has a row with its title, and a state that
// is one; what is superseded says by what, on both sides.
func TestDecisionsAreInTheirIndex(t *testing.T) {
	dir := filepath.Join(root, "docs", "decisions")
	index := read(t, filepath.Join(dir, "README.md"))
	state := regexp.MustCompile(`^(in force|in force, but for what ((?:\[\d{4}\]\([^)]*\)(?:, | and )?)+) (?:says|say)|superseded by (\[\d{4}\]\([^)]*\)))$`)
	number := regexp.MustCompile(`\[(\d{4})\]`)
	rows := map[string]string{} // number -> title
	for _, m := range row.FindAllStringSubmatch(index, -1) {
		if rows[m[1]] != "" || m[1] != m[2] {
			t.Errorf("%s stands twice, or leads to another", m[1])
		}
		rows[m[1]] = m[3]
		if !state.MatchString(m[4]) {
			t.Errorf("%s: state %q", m[1], m[4])
			continue
		}
		for _, later := range number.FindAllStringSubmatch(m[4], -1) {
			pages, _ := filepath.Glob(filepath.Join(dir, later[1]+"-*.md"))
			if len(pages) != 1 || !strings.Contains(read(t, pages[0]), "Supersedes") || !strings.Contains(read(t, pages[0]), m[1]) {
				t.Errorf("%s: %s does not say what it supersedes", m[1], later[1])
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		id := filepath.Base(f)[:4]
		title, _, _ := strings.Cut(read(t, f), "\n")
		if want := "# " + id + " " + rows[id]; title != want {
			t.Errorf("%s: %q, in the index %q", f, title, want)
		}
		delete(rows, id)
	}
	for id := range rows {
		t.Errorf("%s is in the index and has no page", id)
	}
}
