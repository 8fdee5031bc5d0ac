package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
)

func TestNoRowIsMissing(t *testing.T) {
	for _, height := range []int{1, 39, 40, 41, 100, 1784, 1785, 1824, 3528, 13_000, 13_250, 40_000} {
		for _, rows := range []int{1, 40, 41, 100, 1784} {
			plan := planStrips(height, rows, Overlap)
			next := 0
			for i, s := range plan {
				if s.to <= s.from || s.to > height {
					t.Fatalf("%d/%d: strip %v", height, rows, s)
				}
				if i > 0 && s.from != plan[i-1].to-Overlap {
					t.Fatalf("%d/%d: strip %v does not repeat %d rows of %v", height, rows, s, Overlap, plan[i-1])
				}
				if s.from > next {
					t.Fatalf("%d/%d: rows %d to %d are missing", height, rows, next, s.from)
				}
				next = s.to
			}
			if next != height {
				t.Fatalf("%d/%d: ends at %d", height, rows, next)
			}
		}
	}
}

func TestPixelsStayLegibleAndOnThePage(t *testing.T) {
	for _, size := range [][2]int{{1280, 13_000}, {1280, 100}, {390, 844}, {1080, 2400}, {1, 60_000}, {60_000, 1}, {2560, 26_000}, {20, 20}, {4000, 3000}} {
		mm, rows := pixelSize(size[0], size[1], stripHeight)
		if w := mm * float64(size[0]); w > stripWidth+1e-6 {
			t.Errorf("%v: %.1f mm wide", size, w)
		}
		if h := mm * float64(min(rows, size[1])); h > stripHeight+1e-6 || rows < 1 {
			t.Errorf("%v: %d rows are %.1f mm high", size, rows, h)
		}
		if mm > largestPixel {
			t.Errorf("%v: blown up to %.2f mm a pixel", size, mm)
		}
	}
	if mm, _ := pixelSize(1280, 13_000, stripHeight); 25.4/mm > 190 {
		t.Errorf("a page of 1280 pixels is drawn at %.0f pixels an inch", 25.4/mm)
	}
}

// tower is a tall picture in tiles; every pixel tells its row.
func tower(w int, heights ...int) Exhibit {
	data := map[string][]byte{}
	m := evidence.Manifest{Kind: evidence.WebCapture, Case: "0123456789abcdef", Exhibit: "E-001", Outcome: evidence.Complete,
		Started: evidence.MomentOf(time.Unix(1_800_000_000, 0)), Request: &evidence.Request{Address: "https://exemple.be/"}}
	y := 0
	for i, h := range heights {
		img := image.NewRGBA(image.Rect(0, y, w, y+h))
		for ; h > 0; h-- {
			for x := range w {
				img.SetRGBA(x, y, rowColor(x, y))
			}
			y++
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			panic(err) // a picture in memory always encodes
		}
		name := evidence.TileName(i + 1)
		data[name] = b.Bytes()
		m.Artifacts = append(m.Artifacts, evidence.Artifact{Name: name, Role: evidence.Original, MediaType: "image/png", Size: int64(b.Len()), SHA256: evidence.Sum(b.Bytes())})
	}
	return Exhibit{Manifest: m, Open: func(_ context.Context, name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data[name])), nil
	}}
}

func rowColor(x, y int) color.RGBA { return color.RGBA{uint8(y), uint8(y >> 8), uint8(x), 255} }

// TestStripsAreTheOriginal has poppler take the pictures out of the report and
// finds every row of the original in them, pixel for pixel.
func TestStripsAreTheOriginal(t *testing.T) {
	const w = 1280
	heights := []int{4000, 4000, 1234}
	e := tower(w, heights...)
	e.ManifestBytes = []byte("{}")
	var pdf bytes.Buffer
	_, err := Write(t.Context(), &pdf, Input{Case: evidence.Case{ID: e.Manifest.Case, Title: "x"}, Exhibits: []Exhibit{e},
		Fingerprint: evidence.Sum(nil), Language: "en", CreatedAt: time.Unix(1_800_000_000, 0)}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.pdf"), pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "pdfimages", "-png", "x.pdf", "p")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "p-*.png"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	found = found[1:] // the upper part, on the first page of the exhibit
	total := heights[0] + heights[1] + heights[2]
	_, rows := pixelSize(w, total, stripHeight)
	plan := planStrips(total, rows, Overlap)
	if len(found) != len(plan) {
		t.Fatalf("%d pictures, %d strips", len(found), len(plan))
	}
	seen := make([]bool, total)
	for i, path := range found {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds().Dx() != w || img.Bounds().Dy() != plan[i].to-plan[i].from {
			t.Fatalf("strip %d is %v", i, img.Bounds())
		}
		for y := plan[i].from; y < plan[i].to; y++ {
			for _, x := range []int{0, 1, 255, 640, w - 1} {
				if got := color.RGBAModel.Convert(img.At(x, y-plan[i].from)); got != rowColor(x, y) {
					t.Fatalf("strip %d, row %d, column %d: %v instead of %v", i, y, x, got, rowColor(x, y))
				}
			}
			seen[y] = true
		}
	}
	if i := slices.Index(seen, false); i >= 0 {
		t.Errorf("row %d is on no page", i)
	}
}

func TestStripsStopAtTheLimitAndSayWhere(t *testing.T) {
	e := tower(1280, 4000, 4000)
	// The same two tiles again and again make a page without end.
	for i := range 40 {
		a := e.Manifest.Artifacts[i%2]
		a.Name = evidence.TileName(i + 3)
		e.Manifest.Artifacts = append(e.Manifest.Artifacts, a)
	}
	open := e.Open
	e.Open = func(ctx context.Context, name string) (io.ReadCloser, error) {
		var n int
		if _, err := fmt.Sscanf(name, "screenshot-%d.png", &n); err != nil {
			return nil, err
		}
		return open(ctx, evidence.TileName((n+1)%2+1))
	}
	var pdf bytes.Buffer
	pages, err := Write(t.Context(), &pdf, Input{Case: evidence.Case{ID: e.Manifest.Case, Title: "x"}, Exhibits: []Exhibit{e},
		Fingerprint: evidence.Sum(nil), Language: "en", CreatedAt: time.Unix(1_800_000_000, 0)}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rows := pixelSize(1280, 42*4000, stripHeight)
	want := fmt.Sprintf("Printing stops here: pixels %d", (rows-Overlap)*MaxStrips/1000)
	if !strings.Contains(string(out), want) || pages < MaxStrips || pages > MaxStrips+8 {
		t.Errorf("%d pages, want %q", pages, want)
	}
}

func TestAPictureThatChangedEndsTheReport(t *testing.T) {
	e := tower(100, 100)
	e.Manifest.Artifacts[0].SHA256[0] ^= 1
	_, err := Write(t.Context(), io.Discard, Input{Exhibits: []Exhibit{e}, Fingerprint: evidence.Sum(nil), Language: "fr"}, evidence.NoProgress{})
	var mismatch *MismatchError
	if !errors.As(err, &mismatch) || mismatch.Name != evidence.TileName(1) {
		t.Errorf("%v", err)
	}
}

func TestManyExhibitsAndTexts(t *testing.T) {
	in := Input{Case: evidence.Case{Title: strings.Repeat("long titre ", 40)}, Fingerprint: evidence.Sum(nil), Language: "nl", CreatedAt: time.Unix(1_800_000_000, 0)}
	for i := range 120 {
		m := evidence.Manifest{Exhibit: evidence.ExhibitID(i + 1), Kind: evidence.AddressOnly, Started: evidence.MomentOf(time.Unix(1_800_000_000, 0)),
			Request: &evidence.Request{Address: "https://exemple.be/" + strings.Repeat("é", i*100)}}
		for range i {
			m.Problems = append(m.Problems, evidence.Problem{Code: "new-code", Detail: strings.Repeat("detail ", i)})
			m.Redactions = append(m.Redactions, evidence.Redaction{What: "x"})
		}
		in.Exhibits = append(in.Exhibits, Exhibit{Manifest: m})
	}
	var b bytes.Buffer
	pages, err := Write(t.Context(), &b, in, evidence.NoProgress{})
	if err != nil || pages < 120 {
		t.Fatalf("%d pages, %v", pages, err)
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if keep := os.Getenv("REPORT_OUT"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "many.pdf"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
