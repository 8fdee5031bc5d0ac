package view

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"constat/assets/help"
	"constat/assets/icons"
	"constat/assets/words"
	"constat/evidence"
)

// sources are the files of the window without the tests.
func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// source is the text of all of them.
func source(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, f := range sources(t) {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// TestEveryWordIsThereAndUsed holds code and catalog together: every literal
// that looks like one of our keys exists, and every key is used.
func TestEveryWordIsThereAndUsed(t *testing.T) {
	src := source(t)
	text := mustText(t, "fr")
	for _, m := range regexp.MustCompile(`(?:w\.(?:stage\.)?(?:T|N|Button)|w\.sideLink|add)\((?:widget\.Button\w+, )?"([a-z0-9.-]+)"`).FindAllStringSubmatch(src, -1) {
		if key := "window." + m[1]; !strings.HasSuffix(key, ".") && !text.Has(key) {
			t.Errorf("%s is used and does not exist", key)
		}
	}
	catalog, err := os.ReadFile("../../assets/words/catalog/window.fr.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^  "(window\.([a-z0-9.-]+))"`).FindAllStringSubmatch(string(catalog), -1) {
		made := strings.HasPrefix(m[2], "outcome.") || strings.HasPrefix(m[2], "reason.") || strings.HasPrefix(m[2], "options.") ||
			strings.HasPrefix(m[2], "remove.letter.") || strings.HasPrefix(m[2], "report-log.") || strings.HasPrefix(m[2], "story.") || strings.HasPrefix(m[2], "copies.kind.") ||
			strings.HasPrefix(m[2], "ask.") || strings.HasPrefix(m[2], "find.") || strings.HasPrefix(m[2], "facts.page.") || strings.HasPrefix(m[2], "facts.from-") || strings.HasPrefix(m[2], "more.state.") || // the key is put together from a code
			slices.ContainsFunc(help.Under18(help.Home), func(l help.Line) bool { return m[2] == "help."+l.ID })
		if !made && !strings.Contains(src, `"`+m[2]+`"`) && !strings.Contains(src, `"`+m[1]+`"`) {
			t.Errorf("%s is used nowhere", m[1])
		}
	}
	for _, line := range help.Under18(help.Home) {
		for _, lang := range words.Languages {
			if key := "window.help." + line.ID; !mustText(t, lang).Has(key) {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
	}
	for _, o := range []evidence.Outcome{evidence.Partial, evidence.LoginPage, evidence.BotCheck, evidence.Removed, evidence.Blank, evidence.FailedOut} {
		for _, lang := range words.Languages {
			for _, part := range []string{".what", ".do"} {
				if key := "window.outcome." + string(o) + part; !mustText(t, lang).Has(key) {
					t.Errorf("%s lacks %s", lang, key)
				}
			}
		}
	}
}

func TestEveryMarkExists(t *testing.T) {
	src := source(t)
	names := regexp.MustCompile(`(?:Mark|markResource)\("([a-z]+)"|(?:Point|Chip)\((?:widget\.)?Tone\w+, "([a-z]+)"|NewRowButton\(w\.Keys\(\), "([a-z]+)"|newTick\(k, "([a-z]+)", "([a-z]+)"`).FindAllStringSubmatch(src, -1)
	if len(names) < 20 {
		t.Fatalf("only %d marks found in the source", len(names))
	}
	for _, m := range append(names, []string{"", "shift", "down", "half", "cross", "ring", "right"}) {
		for _, name := range m[1:] {
			if name == "" {
				continue
			}
			if _, err := icons.Mark(name); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := icons.Mark("no-such-mark"); err == nil {
		t.Error("a mark that does not exist was found")
	}
}

func mustText(t *testing.T, lang string) *words.Text {
	t.Helper()
	text, err := words.For(lang)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
