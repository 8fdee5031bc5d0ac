package report_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
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

// flat is text without any white space, so that it does not matter where lines
// were broken.
func flat(s string) string { return strings.Join(strings.Fields(s), "") }

// full is the input with everything that a report can hold.
func full(t *testing.T, c *sample.Case, lang string) report.Input {
	in := input(t, c, lang, false)
	in.Head = c.SignHead()
	in.LeftOut = []report.LeftOut{{Exhibit: "E-005", Reason: "minor"}}
	return in
}

// gapOf is how the report says when the first timestamp came.
func gapOf(text *words.Text, e report.Exhibit) string {
	gap, _ := e.Stamps[0].Gap(e.Manifest.Finished.UTC)
	return report.GapWords(text, gap, e.Stamps[0].Tries)
}

// clockOf is how the report compares the device's clock with the first timestamp.
func clockOf(text *words.Text, e report.Exhibit) string {
	offset, uncertainty, _ := e.Stamps[0].ClockOffset()
	return report.ClockWords(text, offset, uncertainty)
}

func TestWhatWasToldIsToldApart(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{a}, Closed: true, Renewals: 1, Tall: 1000})
	c.Exhibits[3].Stamps = []report.Stamp{
		{Authority: evidence.Authority{Name: "tsa-two"}, Reason: "rejected:chain"},
		{Authority: evidence.Authority{Name: "tsa-three"}, Reason: "timed-out"},
		{Authority: evidence.Authority{Name: "tsa-four"}, Reason: "x-new-reason", Label: "on-trusted-list",
			LabelDate: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)},
	}
	for _, lang := range words.Languages {
		t.Run(lang, func(t *testing.T) {
			text, err := words.For(lang)
			if err != nil {
				t.Fatal(err)
			}
			in := full(t, c, lang)
			path, _ := draw(t, in, "told-"+lang)
			if out := stock.Run(t, "", "qpdf", "--check", path); strings.Contains(out, "WARNING") {
				t.Error(out)
			}
			raw := stock.Run(t, "", "pdftotext", "-raw", path, "-")
			all := flat(raw)
			// Cells whose lines stand at one height are read across by pdftotext: the two columns of the
			// timestamps that hold sentences are read once more alone.
			for _, column := range [][2]string{{"40", "83"}, {"123", "117"}} {
				all += " " + flat(stock.Run(t, "", "pdftotext", "-raw", "-x", column[0], "-y", "0", "-W", column[1], "-H", "842", path, "-"))
			}
			for _, want := range []string{
				text.T("report.told.title"), text.T("report.told.note"), text.T("fact-group.item"), text.T("fact.account-handle"),
				"Paie, sinon tout le monde la voit", "FIN-DE-CITATION", "of-a-later-version kept all the same",
				text.T("report.told.suspicion") + " " + text.T("fact.suspected-person") + " " + sample.Suspect,
				text.T("report.claim.title"), text.T("report.claim.note"), text.T("report.claim.name-note"), text.T("claim.orientation"),
				text.T("report.claim.source.exif"), "2026:11:20 21:05:13", "x-new-claim", "x-new-source",
				text.T("report.strip.turned", "N", 6),
				text.N("report.chat.count", sample.Messages), text.N("report.chat.between", sample.Messages-10), "message-005", "message-210", "message-214",
				text.T("report.platform.address"), text.T("platform.kind.message"), text.T("platform.field.message") + " · 175928847299117063",
				text.T("report.platform.time"), text.Short(time.Date(2016, 4, 30, 12, 18, 25, 0, time.UTC)) + " UTC+1 (11:18:25 UTC)", text.T("report.platform.derived"), "https://discord.com/developers/docs/reference#snowflakes",
				text.T("report.key.title"), in.Head.KeyFingerprint.Grouped()[:39], "openssl pkeyutl -verify -pubin",
				text.T("report.left-out.minor", "Exhibit", "E-005"), text.T("report.left-out.log"),
				text.T("timestamp.reason.rejected") + " (" + text.T("check.chain") + ")", text.T("timestamp.reason.timed-out"), "x-new-reason",
				text.T("timestamp.label.on-trusted-list", "Date", text.Day(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))), gapOf(text, in.Exhibits[0]), clockOf(text, in.Exhibits[0]),
				text.T("report.stamp.renewal", "N", 1, "List", "renewal-1.txt"), text.T("report.stamp.renewed"),
			} {
				if !strings.Contains(all, flat(want)) {
					t.Errorf("the report lacks %q", want)
				}
			}
			for _, no := range []string{"message-006", "message-209", "problem.", "timestamp.reason.", "fact-group.", "\u202e"} {
				if strings.Contains(all, flat(no)) {
					t.Errorf("the report has %q", no)
				}
			}
			// The cover: what was told is cut, names its exhibit, and keeps what is suspected off.
			begin := pageOf(t, path, "E-001")
			cover := strings.Join(pagesOf(t, path)[:begin-1], "\n")
			for _, want := range []string{text.T("report.told.cover"), "E-001", "…", "référence 4471-A", "Demande d'argent le 20 novembre, message 187"} {
				if !strings.Contains(cover, want) {
					t.Errorf("the cover lacks %q:\n%s", want, cover)
				}
			}
			if strings.Contains(cover, "FIN-DE-CITATION") || strings.Contains(cover, sample.Suspect) {
				t.Errorf("the cover says too much:\n%s", cover)
			}
			// Suspicion stands after everything else that was told, and once.
			if n := strings.Count(all, flat(sample.Suspect)); n != 1 {
				t.Errorf("the suspect is named %d times", n)
			}
			if strings.Index(all, flat(sample.Suspect)) < strings.Index(all, "FIN-DE-CITATION") || strings.Index(all, flat(sample.Suspect)) < strings.Index(all, flat(text.T("fact.witnesses"))) {
				t.Error("a suspicion stands among what was told")
			}
			// The page that the cover names for an exhibit is the one where it begins.
			for _, id := range []string{"E-001", "E-002"} {
				for _, line := range strings.Split(cover, "\n") {
					if f := strings.Fields(line); len(f) > 2 && f[0] == id && f[len(f)-1] != fmt.Sprint(pageOf(t, path, id)) {
						t.Errorf("%s begins on page %d; the cover says %q", id, pageOf(t, path, id), line)
					}
				}
			}
		})
	}
}

// pageOf is the first page whose heading is that of an exhibit.
func pageOf(t *testing.T, path, id string) int {
	t.Helper()
	for i, p := range pagesOf(t, path) {
		if strings.HasPrefix(strings.TrimSpace(p), id+" · ") {
			return i + 1
		}
	}
	t.Fatalf("%s has no page", id)
	return 0
}

// TestTelephonesReadTheFingerprint has ZBar read the code from the printed cover.
func TestTelephonesReadTheFingerprint(t *testing.T) {
	c := sample.New(t, sample.Options{Tall: 1000})
	in := input(t, c, "fr", false)
	path, _ := draw(t, in, "qr")
	for _, dpi := range []string{"100", "150", "300"} {
		stem := filepath.Join(t.TempDir(), "cover")
		stock.Run(t, "", "pdftoppm", "-r", dpi, "-f", "1", "-l", "1", "-png", "-singlefile", path, stem)
		out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", stem+".png").Output()
		if err != nil {
			t.Fatalf("zbarimg at %s dpi: %v\n%s", dpi, err, out)
		}
		if got := strings.TrimSpace(string(out)); got != "sha256:"+in.Fingerprint.String() {
			t.Errorf("at %s dpi the code reads %q, the fingerprint is %s", dpi, got, in.Fingerprint)
		}
	}
}

func TestMuchWasTold(t *testing.T) {
	c := sample.New(t, sample.Options{Tall: 1000})
	long := strings.Repeat("un récit très long, ", 490)
	e := c.Exhibits[2]
	e.Facts = map[string]string{}
	for _, f := range evidence.FactFields() {
		e.Facts[f.Name] = long + "FIN" + strings.ReplaceAll(f.Name, "-", "")
	}
	many := []report.Exhibit{e}
	for i := range 11 {
		e.Manifest.Exhibit = evidence.ExhibitID(i + 5)
		e.Facts = map[string]string{"intent-quotes": "x", "steps-taken": "y"}
		many = append(many, e)
	}
	in := input(t, c, "nl", false)
	in.Exhibits = many
	path, pages := draw(t, in, "much")
	all := pagesOf(t, path)
	joined := strings.Join(all, "")
	if len(all) != pages {
		t.Errorf("%d pages, Write says %d", len(all), pages)
	}
	for _, f := range evidence.FactFields() {
		if want := "FIN" + strings.ReplaceAll(f.Name, "-", ""); strings.Count(joined, want) != 1 {
			t.Errorf("%s is not told to its end", f.Name)
		}
	}
	text, err := words.For("nl")
	if err != nil {
		t.Fatal(err)
	}
	if front := strings.Join(all[:3], ""); !strings.Contains(front, text.N("report.told.more", 12*2-8)) {
		t.Errorf("the cover does not say that there is more:\n%s", front)
	}
	if out := stock.Run(t, "", "qpdf", "--check", path); strings.Contains(out, "WARNING") {
		t.Error(out)
	}
}

func TestLongListsOfFilesAndClaimsAreCut(t *testing.T) {
	m := evidence.Manifest{Exhibit: "E-001", Kind: evidence.Import, Outcome: evidence.Complete}
	for i := range 3000 {
		name := fmt.Sprintf("import-%04d.bin", i+1)
		m.Artifacts = append(m.Artifacts, evidence.Artifact{Name: name, Role: evidence.Original, SHA256: evidence.Sum([]byte(name))})
		m.Claims = append(m.Claims, evidence.Claim{Artifact: name, Name: "original-name", Value: "x", Source: "zip"})
	}
	c := sample.New(t, sample.Options{Tall: 1000})
	in := input(t, c, "en", false)
	in.Exhibits = []report.Exhibit{{Manifest: m}}
	path, pages := draw(t, in, "long-lists")
	all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-"))
	for _, want := range []string{"import-0200.bin", "… and 2800 more, see manifest.json", "… and 2800 more, see manifest.json"} {
		if !strings.Contains(all, flat(want)) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(all, "import-0201.bin") || pages > 20 {
		t.Errorf("%d pages", pages)
	}
}

func TestChatsThatAreNotWhatTheManifestNames(t *testing.T) {
	c := sample.New(t, sample.Options{Tall: 1000})
	for _, test := range []struct {
		name  string
		alter func(s string) string
	}{
		{"changed", func(s string) string { return strings.Replace(s, "bonjour", "BONJOUR", 1) }},
		{"cut", func(s string) string { return s[:len(s)-4] }},
		{"longer", func(s string) string { return s + " " }},
	} {
		in := input(t, c, "fr", false)
		e := c.Exhibits[1]
		e.Open = altered(c.Exhibits[1].Open, test.alter)
		in.Exhibits = []report.Exhibit{e}
		_, err := report.Write(t.Context(), io.Discard, in, evidence.NoProgress{})
		var mismatch *report.MismatchError
		if !errors.As(err, &mismatch) || mismatch.Name != "messages.json" {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	// A list that is of another form, and is what the manifest names, is said and no error.
	in := input(t, c, "en", false)
	e := c.Exhibits[1]
	other := []byte("{\"format\":\"constat-messages/9\"}\n")
	e.Manifest.Artifacts = append([]evidence.Artifact(nil), e.Manifest.Artifacts...)
	for i, a := range e.Manifest.Artifacts {
		if a.Name == "messages.json" {
			e.Manifest.Artifacts[i].SHA256, e.Manifest.Artifacts[i].Size = evidence.Sum(other), int64(len(other))
		}
	}
	e.Open = altered(e.Open, func(string) string { return string(other) })
	in.Exhibits = []report.Exhibit{e}
	path, _ := draw(t, in, "other-chat")
	if all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-")); !strings.Contains(all, flat("This list could not be read")) || !strings.Contains(all, "constat-messages/9") {
		t.Errorf("the report does not say that the list could not be read:\n%s", all)
	}
	// A disk that breaks is an error.
	broken := errors.New("disk")
	e = c.Exhibits[1]
	e.Open = func(ctx context.Context, name string) (io.ReadCloser, error) {
		r, err := c.Exhibits[1].Open(ctx, name)
		if err != nil || name != "messages.json" {
			return r, err
		}
		return io.NopCloser(io.MultiReader(io.LimitReader(r, 300), failingReader{broken})), nil
	}
	in.Exhibits = []report.Exhibit{e}
	if _, err := report.Write(t.Context(), io.Discard, in, evidence.NoProgress{}); !errors.Is(err, broken) {
		t.Errorf("a broken disk: %v", err)
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// altered changes the list of messages on its way.
func altered(open func(context.Context, string) (io.ReadCloser, error), alter func(string) string) func(context.Context, string) (io.ReadCloser, error) {
	return func(ctx context.Context, name string) (io.ReadCloser, error) {
		r, err := open(ctx, name)
		if err != nil || name != "messages.json" {
			return r, err
		}
		b, err := io.ReadAll(r)
		return io.NopCloser(strings.NewReader(alter(string(b)))), err
	}
}
