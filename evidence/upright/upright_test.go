package upright_test

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/upright"
)

// stored is an F as a viewer shows it, stored in each of the eight ways of TIFF 6.0 (Orientation: which
// side of the picture the first row and the first column are).
var stored = map[int][]string{
	1: {"###", "#..", "##.", "#..", "#.."},
	2: {"###", "..#", ".##", "..#", "..#"},
	3: {"..#", "..#", ".##", "..#", "###"},
	4: {"#..", "#..", "##.", "#..", "###"},
	5: {"#####", "#.#..", "#...."},
	6: {"#....", "#.#..", "#####"},
	7: {"....#", "..#.#", "#####"},
	8: {"#####", "..#.#", "....#"},
}

func TestEveryWayOfStoringShowsTheSame(t *testing.T) {
	for n, rows := range stored {
		img := image.NewGray(image.Rect(3, 5, 3+len(rows[0]), 5+len(rows))) // bounds that do not begin at 0
		for y, row := range rows {
			for x, c := range row {
				if c == '#' {
					img.Set(3+x, 5+y, color.White)
				}
			}
		}
		for _, source := range []image.Image{img, plain{img}} {
			shown := upright.Picture(source, n)
			b := shown.Bounds()
			var got []string
			for y := b.Min.Y; y < b.Max.Y; y++ {
				var row strings.Builder
				for x := b.Min.X; x < b.Max.X; x++ {
					r, _, _, _ := shown.At(x, y).RGBA()
					if w, ok := shown.(image.RGBA64Image); ok && uint32(w.RGBA64At(x, y).R) != r {
						t.Fatalf("%d: two colours at %d, %d", n, x, y)
					}
					row.WriteString(map[bool]string{true: "#", false: "."}[r > 0])
				}
				got = append(got, row.String())
			}
			if strings.Join(got, "/") != strings.Join(stored[1], "/") {
				t.Errorf("%d: %q", n, got)
			}
			if size := upright.Size(img.Bounds().Size(), n); size != b.Size() {
				t.Errorf("%d: size %v of %v", n, size, b.Size())
			}
		}
	}
}

// plain hides what a picture can do besides [image.Image].
type plain struct{ image.Image }

func TestWhatAPictureAsksFor(t *testing.T) {
	for value, want := range map[string]int{"6": 6, "1": 0, "9": 0, "-3": 0, "six": 0, "": 0} {
		m := evidence.Manifest{Claims: []evidence.Claim{{Artifact: "a.jpg", Name: "orientation", Value: value}, {Artifact: "a.jpg", Name: "orientation", Value: "3"}}}
		if got := upright.Asked(m, "a.jpg"); got != want {
			t.Errorf("%q: %d", value, got)
		}
		if got := upright.Asked(m, "b.jpg"); got != 0 {
			t.Errorf("of another file: %d", got)
		}
	}
}
