package proof

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/assets/words"
	"constat/evidence"
	"constat/internal/stock"
)

// TestAnAnswerIsOnePage: every verdict in every language, also with more faults than fit, as a
// stranger's program reads it.
func TestAnAnswerIsOnePage(t *testing.T) {
	until := time.Date(2031, 1, 2, 0, 0, 0, 0, time.UTC)
	r := CheckResult{Fingerprint: strings.Repeat("0123456789abcdef", 4), StandsUntil: &until, Checks: []evidence.Check{{Name: "paths", State: evidence.Passed}}}
	for i := range 40 {
		r.Checks = append(r.Checks, evidence.Check{Name: "evidence-list", State: evidence.Failed, Detail: fmt.Sprintf("data/exhibits/E-%03d/%s: missing", i+1, strings.Repeat("x", 300))})
	}
	for _, v := range []Verdict{Valid, TimeNotProven, NotValid, CouldNotCheck} {
		for _, lang := range words.Languages {
			text, err := words.For(lang)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			r.Verdict = v
			if err := WriteAnswer(&b, lang, "/somewhere/liasse", r, time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC), "Constat 0"); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "a.pdf")
			if dir := os.Getenv("REPORT_OUT"); dir != "" {
				path = filepath.Join(dir, "answer-"+string(v)+"-"+lang+".pdf")
			}
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			got := stock.Run(t, "", "pdftotext", "-raw", path, "-")
			if n := strings.Count(got, "\f"); n != 1 {
				t.Errorf("%s %s: %d pages", v, lang, n)
			}
			plain := func(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") } // as French sets its marks
			for _, want := range []string{text.T("answer." + string(v)), "E-008", text.N("answer.more", 32), "liasse"} {
				if !strings.Contains(plain(got), plain(want)) {
					t.Errorf("%s %s: lacks %q:\n%s", v, lang, want, got)
				}
			}
			if strings.Contains(got, "somewhere") || strings.Contains(got, "answer.") {
				t.Errorf("%s %s:\n%s", v, lang, got)
			}
		}
	}
	if err := WriteAnswer(&bytes.Buffer{}, "fr", "x", CheckResult{Verdict: Whole}, until, "x"); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("of a vault: %v", err)
	}
}
