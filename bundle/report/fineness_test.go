package report

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"constat/assets/words"
	"constat/bundle/paper"
	"constat/evidence"
)

// What is averaged keeps its mean and its edges, and no pixel is left out.
func TestShrunkIsTheAverage(t *testing.T) {
	t.Parallel()
	for _, size := range [][3]int{{1280, 400, 800}, {1280, 33, 799}, {3000, 50, 1600}, {7, 5, 3}, {2560, 90, 1280}, {1601, 40, 1600}} {
		img := image.NewRGBA(image.Rect(0, 0, size[0], size[1]))
		var sum [3]float64
		for y := range size[1] {
			for x := range size[0] {
				c := color.RGBA{uint8(x * 7), uint8(y * 5), uint8(255 * (x & 1)), 255}
				img.SetRGBA(x, y, c)
				sum[0], sum[1], sum[2] = sum[0]+float64(c.R), sum[1]+float64(c.G), sum[2]+float64(c.B)
			}
		}
		got := shrunk(img, size[2]).(*image.RGBA)
		if got.Rect.Dx() != size[2] || got.Rect.Dy() != max(1, size[1]*size[2]/size[0]) {
			t.Fatalf("%v: %v", size, got.Rect)
		}
		var mean [3]float64
		for i := 0; i < len(got.Pix); i += 4 {
			for c := range 3 {
				mean[c] += float64(got.Pix[i+c])
			}
			if got.Pix[i+3] != 255 {
				t.Fatalf("%v: hides not what is behind it", size)
			}
		}
		for c := range 3 {
			of, n := sum[c]/float64(size[0]*size[1]), mean[c]/float64(len(got.Pix)/4)
			if of-n > 2 || n-of > 2 {
				t.Errorf("%v: channel %d has %.1f in the mean instead of %.1f", size, c, n, of)
			}
		}
	}
	flat := image.NewRGBA(image.Rect(0, 0, 1280, 700))
	for i := range flat.Pix {
		flat.Pix[i] = 255
	}
	for _, v := range shrunk(flat, 777).(*image.RGBA).Pix {
		if v != 255 {
			t.Fatalf("white became %d", v)
		}
	}
}

// A case with few pictures is printed as finely as ever; one with many from the first exhibit on less so, and
// what they take together stays below the limit if each takes what a page with photographs does.
func TestFinenessFollowsTheBudget(t *testing.T) {
	t.Parallel()
	exhibits := func(n int) (all []Exhibit) {
		for range n {
			all = append(all, Exhibit{Manifest: evidence.Manifest{
				Kind: evidence.WebCapture, Page: &evidence.Page{Width: 1280, Height: 8000},
				Artifacts: []evidence.Artifact{{Name: evidence.TileName(1)}, {Name: evidence.TileName(2)}},
			}})
		}
		return all
	}
	for n, coarser := range map[int]bool{1: false, 20: false, 100: true, 200: true, 300: true} {
		for _, page := range []float64{90_000, 260_000} {
			all := exhibits(n)
			b := newBudget(all)
			spent := int64(0)
			for i, e := range all {
				f := b.begin(spent)
				if i == 0 && f.coarser() != coarser {
					t.Errorf("%d exhibits begin with %d pixels", n, f.across)
				}
				spent += int64(page * f.share * picturePages(e))
				b.end(e, f, spent)
			}
			if need := page * finenesses[len(finenesses)-1].share * picturePages(all[0]) * float64(n); spent > b.limit && need < 0.9*float64(b.limit) {
				t.Errorf("%d exhibits of %.0f bytes a page: %d bytes of %d", n, page, spent, b.limit)
			}
		}
	}
}

// Where paper shows less of a picture than was kept, paper says so, with numbers, whatever the reason is: fewer pixels, on an
// exhibit's first page too, a harder packing at the same pixels, a blur.
func TestPaperSaysWhereItShowsLess(t *testing.T) {
	text, err := words.For("en")
	if err != nil {
		t.Fatal(err)
	}
	photo := func(width, height int) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, width, height))
		seed := uint32(1)
		for i := range img.Pix {
			seed = seed*1664525 + 1013904223
			img.Pix[i] = uint8(seed>>24) | uint8(255*(i&3/3))
		}
		return img
	}
	flat := image.NewRGBA(image.Rect(0, 0, 640, 400))
	for i := range flat.Pix {
		flat.Pix[i] = 255
	}
	for _, c := range []struct {
		name   string
		fine   fineness
		img    image.Image
		kept   int
		below  string
		all    []string
		coarse bool
	}{
		{"all of it, without loss", finenesses[0], flat, 640, "", nil, false},
		{"a photograph as usual", finenesses[0], photo(640, 400), 640, "", []string{"report: 1 · packed with loss (JPEG, at least 85 of 100): 1. The files"}, false},
		{"fewer pixels as usual", finenesses[0], flat, 1280, "640 of 1,280 pixels a line", []string{"report: 1 · with fewer pixels than were kept: 1. The"}, false},
		{"all pixels, packed harder", finenesses[7], photo(640, 400), 640, "packed harder than usual (JPEG 40 of 100)", []string{"at least 40 of 100): 1"}, true},
		{"both", finenesses[7], photo(640, 400), 1280, "640 of 1,280 pixels a line · packed harder than usual (JPEG 40 of 100)", []string{"kept: 1 · packed"}, true},
	} {
		w := &writer{t: text, fine: c.fine, coarse: map[string]bool{}}
		w.section = func() {}
		if w.Doc, err = paper.New(paper.Options{Title: "a", Language: "en"}); err != nil {
			t.Fatal(err)
		}
		w.newPage()
		w.Pack(c.fine.packing)
		e := Exhibit{Manifest: evidence.Manifest{Exhibit: "E-001"}}
		if said := w.picture(e, "alt", c.img, c.kept, left, 30, 80, 50); strings.ReplaceAll(said, "\u00a0", ",") != c.below {
			t.Errorf("%s: below it stands %q", c.name, said)
		}
		if w.coarse["E-001"] != c.coarse {
			t.Errorf("%s: counted as coarser than usual: %v", c.name, w.coarse)
		}
		said := w.lessOnPaper()
		if len(c.all) == 0 && said != "" {
			t.Errorf("%s: %q", c.name, said)
		}
		for _, want := range c.all {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q, without %q", c.name, said, want)
			}
		}
		if said := w.spots(photo(100, 50), image.Pt(2000, 1000), left, 90, 80, 40); strings.ReplaceAll(said, "\u00a0", ",") != "14 × 7 spots of colour in place of 2,000 × 1,000 pixels." {
			t.Error(said)
		}
		if said := w.lessOnPaper(); !strings.Contains(said, "blurred: 1.") || !strings.Contains(said, "report: 2 ·") {
			t.Error(said)
		}
	}
}
