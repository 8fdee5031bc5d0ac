package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/assets/words"
	"constat/evidence"
)

func TestWindowsShareAPageAsLongAsTheyAreLegible(t *testing.T) {
	for _, test := range []struct{ w, h, scale, onAPage int }{
		{1280, 900, 1, 2}, {2560, 1800, 2, 2}, {412, 915, 1, 3}, {824, 1830, 2, 3}, {1280, 4000, 1, 1}, {4000, 900, 1, 1}, {320, 320, 1, 12},
	} {
		s := showing{heading: "x"}
		g := gridFor(test.w, test.h, test.scale, s.room())
		if g.columns*g.rows != test.onAPage {
			t.Errorf("%d × %d at scale %d: %d × %d on a page", test.w, test.h, test.scale, g.columns, g.rows)
		}
		if g.columns*g.rows > 1 && g.mm*float64(test.scale) < smallestPixel || g.mm*float64(test.scale) > largestPixel {
			t.Errorf("%d × %d at scale %d: %.3f mm a pixel", test.w, test.h, test.scale, g.mm)
		}
		if w, h := g.mm*float64(test.w)*float64(g.columns), (g.mm*float64(test.h)+stepCaption)*float64(g.rows); w > stripWidth+1e-6 || h > s.room()+1e-6 {
			t.Errorf("%d × %d: %.1f × %.1f mm", test.w, test.h, w, h)
		}
	}
}

func TestStepsThatAreLeftOutLieInTheMiddle(t *testing.T) {
	for n := 1; n <= 160; n++ {
		for perPage := 1; perPage <= 4; perPage++ {
			for _, pages := range []int{1, 2, 3, 7, MaxStrips} {
				skip, resume := planSteps(n, perPage, pages)
				if skip < 0 || resume < skip || resume > n || (skip == n) != (n <= perPage*pages) {
					t.Fatalf("%d steps, %d a page, %d pages: %d to %d are left out", n, perPage, pages, skip, resume)
				}
				used := (skip + perPage - 1) / perPage
				if skip < n {
					used += 1 + (n-resume+perPage-1)/perPage
				}
				if used > pages {
					t.Fatalf("%d steps, %d a page: %d pages instead of %d", n, perPage, used, pages)
				}
			}
		}
	}
}

// scene is a page whose content is reached by scrolling only; every picture has
// a colour of its own. They are wide and low, three a page, so that hundreds are quick.
func scene(names ...string) Exhibit {
	data := map[string][]byte{}
	e := tower(1280, 30)
	open := e.Open
	for i, name := range names {
		img := image.NewRGBA(image.Rect(0, 0, 1280, 30))
		draw.Draw(img, img.Bounds(), image.NewUniform(sceneColor(i)), image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
			panic(err) // a picture in memory always encodes
		}
		data[name] = b.Bytes()
		e.Manifest.Artifacts = append(e.Manifest.Artifacts, evidence.Artifact{Name: name, Role: evidence.Original, MediaType: "image/png", Size: int64(b.Len()), SHA256: evidence.Sum(b.Bytes())})
	}
	e.Manifest.Problems = []evidence.Problem{{Code: "overlay-closed", Detail: `"tout\u202e refuser" (OneTrust), 1 tiles`}}
	e.ManifestBytes = []byte("{}")
	e.Open = func(ctx context.Context, name string) (io.ReadCloser, error) {
		if b, ok := data[name]; ok {
			return io.NopCloser(bytes.NewReader(b)), nil
		}
		return open(ctx, name)
	}
	return e
}

func sceneColor(i int) color.RGBA { return color.RGBA{uint8(i), 200, uint8(255 - i), 255} }

// printed writes the report of one exhibit and has poppler read it back.
func printed(t *testing.T, e Exhibit, lang string) (pages []string, path string) {
	t.Helper()
	var pdf bytes.Buffer
	_, err := Write(t.Context(), &pdf, Input{Case: evidence.Case{ID: e.Manifest.Case, Title: "x"}, Exhibits: []Exhibit{e},
		Fingerprint: evidence.Sum(nil), Language: lang, CreatedAt: time.Unix(1_800_000_000, 0)}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if keep := os.Getenv("REPORT_OUT"); keep != "" {
		dir = keep
	}
	path = filepath.Join(dir, "scene-"+lang+".pdf")
	if err := os.WriteFile(path, pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f"), path
}

// pageWith is the number of the first page whose text holds all of that, ignoring how lines are broken.
func pageWith(t *testing.T, pages []string, want ...string) int {
	t.Helper()
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for i, p := range pages {
		p = squeeze(p)
		if !slices.ContainsFunc(want, func(s string) bool { return !strings.Contains(p, squeeze(s)) }) {
			return i + 1
		}
	}
	t.Errorf("no page has %q", want)
	return 0
}

func TestWhatIsReachedByScrollingIsPrinted(t *testing.T) {
	var names []string
	for i := range 5 {
		names = append(names, evidence.PaneName(1, i+1))
	}
	names = append(names, evidence.PaneName(2, 1), evidence.UncoveredName(1))
	e := scene(names...)
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		pages, path := printed(t, e, lang)
		refused := text.T("picture.uncovered") + text.T("report.strip.refused", "Button", "tout refuser")
		order := []int{
			pageWith(t, pages, text.T("picture.page"), text.T("report.strip.caption", "N", 1, "Of", 1, "From", 0, "To", 30)),
			pageWith(t, pages, text.T("picture.pane", "N", 1), text.T("report.step.caption", "N", 1, "Of", 5), "pane-1-001.png", text.T("report.step.repeated")),
			pageWith(t, pages, text.T("picture.pane", "N", 2), text.T("report.step.caption", "N", 1, "Of", 1)),
			pageWith(t, pages, refused, text.T("report.strip.source", "Path", "data/exhibits/E-001/uncovered-01.png")),
		}
		if !slices.IsSorted(order) || order[0] == order[1] || order[1] == order[2] {
			t.Errorf("%s: pages %v", lang, order)
		}
		// The list before the pictures names the pages.
		list := pageWith(t, pages, text.T("report.set.title"))
		for i, want := range []string{"screenshot-01.png", "pane-1-001.png … pane-1-005.png", "pane-2-001.png", "uncovered-01.png"} {
			if !slices.ContainsFunc(strings.Split(pages[list-1], "\n"), func(line string) bool {
				return strings.HasSuffix(strings.Join(strings.Fields(line), " "), fmt.Sprintf("%s %d", want, order[i]))
			}) {
				t.Errorf("%s: the list lacks %q on page %d:\n%s", lang, want, order[i], pages[list-1])
			}
		}
		if got := colours(t, path); !slices.Equal(got, []int{-1, -1, 0, 1, 2, 3, 4, 5, 6}) {
			t.Errorf("%s: pictures %v", lang, got)
		}
	}
}

// colours names the pictures of a PDF by their colour, in order of the pages; -1: another picture.
func colours(t *testing.T, path string) []int {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "pdfimages", "-png", path, filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "p-*.png"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	var out []int
	for _, name := range found {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		c := color.RGBAModel.Convert(img.At(9, 9)).(color.RGBA)
		n := -1
		if c == sceneColor(int(c.R)) {
			n = int(c.R)
		}
		out = append(out, n)
	}
	return out
}

func TestAPageThatIsEmptyBelowComesAfterItsSteps(t *testing.T) {
	pages, path := printed(t, scene(evidence.ViewName(1), evidence.ViewName(2)), "fr")
	text, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	pageWith(t, pages, text.T("report.set.title"), text.T("report.set.steps-note"))
	if got := colours(t, path); !slices.Equal(got, []int{0, 0, 1, -1}) {
		t.Errorf("pictures %v", got)
	}
}

func TestLongChatsArePrintedFromBothEnds(t *testing.T) {
	var names []string
	for i := range 250 { // more than a capture takes
		names = append(names, evidence.PaneName(1, i+1))
	}
	pages, path := printed(t, scene(names...), "en")
	got := colours(t, path)[1:] // without that of the first page
	const perPage = 3
	head, tail := perPage*(MaxStrips-1-(MaxStrips-1)/2), perPage*((MaxStrips-1)/2)
	if len(got) != 1+head+tail || got[head] != head-1 || got[head+1] != 250-tail || got[len(got)-1] != 249 {
		t.Errorf("%d pictures instead of %d: %v", len(got), 1+head+tail, got)
	}
	pageWith(t, pages, fmt.Sprintf("Steps %d to %d of 250 are not printed. All of them are in the bundle.", head+1, 250-tail))
}

func TestMasksCoverEveryPicture(t *testing.T) {
	e := scene(evidence.PaneName(1, 1), evidence.ViewName(1), evidence.UncoveredName(1))
	e.Mask = LeaveOut
	pages, path := printed(t, e, "de")
	if got := colours(t, path); len(got) != 0 {
		t.Errorf("pictures %v", got)
	}
	text, err := words.For("de")
	if err != nil {
		t.Fatal(err)
	}
	pageWith(t, pages, text.T("report.strip.masked"), "E-001/screenshot-01.png", "E-001/pane-1-001.png", "E-001/view-001.png", "E-001/uncovered-01.png")
}

func TestStepsThatAreNotWhatTheyShouldBe(t *testing.T) {
	e := scene(evidence.PaneName(1, 1), evidence.PaneName(1, 2), evidence.PaneName(1, 3))
	a := &e.Manifest.Artifacts[2]
	a.SHA256[0] ^= 1
	_, err := Write(t.Context(), io.Discard, Input{Exhibits: []Exhibit{e}, Fingerprint: evidence.Sum(nil), Language: "fr"}, evidence.NoProgress{})
	var mismatch *MismatchError
	if !errors.As(err, &mismatch) || mismatch.Name != evidence.PaneName(1, 2) {
		t.Errorf("%v", err)
	}
	// One that is what the manifest names and no picture leaves its place to words.
	open, broken := e.Open, []byte("\x89PNG\r\n\x1a\n, and no more")
	a.SHA256, a.Size = evidence.Sum(broken), int64(len(broken))
	e.Open = func(ctx context.Context, name string) (io.ReadCloser, error) {
		if name == a.Name {
			return io.NopCloser(bytes.NewReader(broken)), nil
		}
		return open(ctx, name)
	}
	pages, path := printed(t, e, "en")
	if got := colours(t, path); !slices.Equal(got, []int{-1, -1, 0, 2}) {
		t.Errorf("pictures %v", got)
	}
	pageWith(t, pages, "This picture could not be drawn", "pane-1-002.png", "pane-1-003.png")
}

func TestAnExhibitHasALimitOfPages(t *testing.T) {
	var names []string
	for pane := range 4 {
		for i := range 150 {
			names = append(names, evidence.PaneName(pane+1, i+1))
		}
	}
	pages, _ := printed(t, scene(names...), "en")
	if len(pages) > MaxPages+14 {
		t.Errorf("%d pages", len(pages))
	}
	pageWith(t, pages, fmt.Sprintf("at most %d pages of pictures per exhibit", MaxPages), "pane-4-150.png")
}
