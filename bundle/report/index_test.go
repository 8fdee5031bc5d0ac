package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/assets/words"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
)

func TestThePageForADoubleClick(t *testing.T) {
	in := input(t, sample.New(t, sample.Options{Tall: 1000}), "nl", false)
	in.LeftOut = []report.LeftOut{{Exhibit: "E-009", Reason: report.LeftOutDamaged}}
	b, err := report.Index(in, 14)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("REPORT_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "index.html"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page := string(b)
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{text.T("report.index.check"), text.T("report.shows-not.title")} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: lacks %q", lang, want)
			}
		}
	}
	for _, want := range []string{in.Fingerprint.String(), `id="l-nl" checked`, `href="exhibits/E-001/screenshot-01.png"`, `href="exhibits/E-004/"`, `href="report.pdf"`, "Novembre &amp; &lt;b&gt;Co&lt;/b&gt;", "E-009"} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if n := strings.Count(page, `" checked>`); n != 1 {
		t.Errorf("%d languages are chosen", n)
	}
	for _, bad := range []string{"<script", "<img", "src=", "http://", `href="http`, "report.index.", "Dominique Exemple"} { // the last is a suspicion
		if strings.Contains(page, bad) {
			t.Errorf("holds %q", bad)
		}
	}
}
