package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/assets/words"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// input makes the input of a report from a sample.
func input(t *testing.T, c *sample.Case, lang string, practice bool) report.Input {
	d := evidence.Sum(c.Log)
	return report.Input{Case: c.Case, Exhibits: c.Exhibits, Fingerprint: d, Stamps: c.Stamp(t.Context(), d), Language: lang,
		Location: time.FixedZone("CET", 3600), CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software, Practice: practice}
}

// draw writes the report into a file; REPORT_OUT keeps it for looking at.
func draw(t *testing.T, in report.Input, name string) (path string, pages int) {
	t.Helper()
	var b bytes.Buffer
	pages, err := report.Write(t.Context(), &b, in, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("REPORT_OUT")
	if dir == "" {
		dir = t.TempDir()
	}
	path = filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, pages
}

// pagesOf returns the text of each page, as a stranger's program reads it.
func pagesOf(t *testing.T, path string) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(stock.Run(t, "", "pdftotext", "-layout", path, "-"), "\f"), "\f")
}

func TestEveryLanguage(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{a}})
	for _, lang := range words.Languages {
		t.Run(lang, func(t *testing.T) {
			text, err := words.For(lang)
			if err != nil {
				t.Fatal(err)
			}
			in := input(t, c, lang, false)
			path, n := draw(t, in, "report-"+lang)
			if out := stock.Run(t, "", "qpdf", "--check", path); strings.Contains(out, "WARNING") {
				t.Error(out)
			}
			if info := stock.Run(t, "", "pdfinfo", path); !strings.Contains(info, text.T("report.title")+" · Novembre & <b>Co</b>") {
				t.Errorf("title is wrong:\n%s", info)
			}
			pages := pagesOf(t, path)
			if len(pages) != n {
				t.Fatalf("%d pages, Write says %d", len(pages), n)
			}
			for i, p := range pages {
				for _, want := range []string{
					text.T("report.foot.page", "N", i+1, "Of", n),
					text.T("report.foot.bundle", "Start", in.Fingerprint.Grouped()[:19]),
					text.T("report.foot.case", "Title", c.Case.Title),
				} {
					if !strings.Contains(p, want) {
						t.Errorf("page %d lacks %q:\n%s", i+1, want, p)
					}
				}
				if strings.Contains(p, "report.") && !strings.Contains(p, "report.pdf") {
					t.Errorf("page %d shows a key:\n%s", i+1, p)
				}
			}
			all := strings.Join(pages, "\n")
			for _, want := range []string{
				"😀", "例え", "203.0.113.7:443", "TLS 1.3", "discord.com/channels", "conversation.png", "unknown-code",
				evidence.Sum(c.Exhibits[0].ManifestBytes).Grouped()[:39], c.Exhibits[0].Manifest.Artifacts[0].SHA256.String(),
				"sha256sum -c manifest-sha256.txt", "certutil -hashfile", "openssl ts -verify", "NF Z67-147", "tsa-one",
				text.T("report.strip.masked"), text.T("report.fact.local-network"),
				in.Stamps[0].Verified.RootFingerprint.Grouped()[:39],
			} {
				if !strings.Contains(all, want) {
					t.Errorf("the report lacks %q", want)
				}
			}
			for _, want := range []string{
				text.T("report.strip.smaller", "N", text.Number(1000), "Of", text.Number(1280)), text.T("report.printed.fewer", "N", ""),
			} {
				if !strings.Contains(flat(all), flat(want)) {
					t.Errorf("the report does not say %q", want)
				}
			}
			if strings.Contains(all, "BEGIN CERTIFICATE") || strings.Contains(all, evidence.PracticeMark) {
				t.Error("a root or a practice mark is in the report")
			}
		})
	}
}

func TestPracticeIsMarkedOnEveryPage(t *testing.T) {
	c := sample.New(t, sample.Options{Practice: true})
	path, _ := draw(t, input(t, c, "fr", false), "practice")
	for i, p := range pagesOf(t, path) {
		if !strings.Contains(p, evidence.PracticeMark) || !strings.Contains(p, "EXERCICE — PAS UNE PREUVE") {
			t.Errorf("page %d is not marked:\n%s", i+1, p)
		}
	}
}

// Of a blurred exhibit the first picture is drawn, and the paper says how many are not.
func TestABlurredExhibitSaysWhatIsNotPrinted(t *testing.T) {
	c := sample.New(t, sample.Options{})
	c.Exhibits = c.Exhibits[:1]
	others := -1
	for _, s := range c.Exhibits[0].Manifest.PictureSets() {
		others += len(s.Pictures)
	}
	c.Exhibits[0].Mask = report.Blur
	path, _ := draw(t, input(t, c, "en", false), "blurred")
	want := fmt.Sprintf("The %d other pictures of the exhibit are not printed.", others)
	if others == 1 {
		want = "The other picture of the exhibit is not printed."
	}
	all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-"))
	if others < 1 || !strings.Contains(all, flat(want)) {
		t.Errorf("%d others:\n%s", others, all)
	}
	for _, want := range []string{"spots of colour in place of 1 280 × ", "report: 1 · blurred: 1. The files are whole."} {
		if !strings.Contains(all, flat(want)) {
			t.Errorf("without %q:\n%s", want, all)
		}
	}
}

func TestMaskedPicturesAreNotInTheFile(t *testing.T) {
	c := sample.New(t, sample.Options{})
	for i := range c.Exhibits {
		c.Exhibits[i].Mask = report.LeaveOut
	}
	path, _ := draw(t, input(t, c, "fr", false), "masked")
	if list := stock.Run(t, "", "pdfimages", "-list", path); strings.Count(list, "\n") != 2 { // two lines of heading
		t.Errorf("there are pictures:\n%s", list)
	}
	if all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-")); !strings.Contains(all, flat("data/exhibits/E-001/screenshot-01.png … screenshot-02.png")) {
		t.Error("the path of the originals is missing")
	}
}
