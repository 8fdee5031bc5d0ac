package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// likeLetters is black on white in rows; likePhoto changes from point to point. Both are as wide as a page's picture.
func likeLetters(height int) image.Image {
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, 1280, height))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := range height {
		for x := 0; x < 1280 && y%24 < 12; x++ {
			if r.IntN(6) == 0 {
				img.Set(x, y, color.RGBA{A: 255})
			}
		}
	}
	return img
}

func likePhoto(height int) image.Image {
	r := rand.New(rand.NewPCG(3, 4))
	img := image.NewRGBA(image.Rect(0, 0, 1280, height))
	for y := range height {
		for x := range 1280 {
			img.Set(x, y, color.RGBA{uint8(x/5 + r.IntN(24)), uint8(y/4 + r.IntN(24)), uint8((x+y)/9 + r.IntN(24)), 255})
		}
	}
	return img
}

// whole decides as encode says it does, with both forms made to their ends.
func whole(t testing.TB, img image.Image) ([]byte, string) {
	var sharp, small bytes.Buffer
	if err := png.Encode(&sharp, img); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&small, img, &jpeg.Options{Quality: Finest.Quality}); err != nil {
		t.Fatal(err)
	}
	if sharp.Len() <= Finest.Sharp || sharp.Len() <= 2*small.Len() {
		return sharp.Bytes(), "PNG"
	}
	return small.Bytes(), "JPG"
}

// A picture gets the form that both forms, made to their ends, would give it; what is lossless is so to the pixel,
// and no larger.
func TestFormOfPictures(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, img := range []image.Image{likeLetters(40), likeLetters(1500), likePhoto(60), likePhoto(900), likeDrawing(1500)} {
		data, kind, err := encode(img, Finest)
		want, wantKind := whole(t, img)
		if err != nil || kind != wantKind || len(data) > len(want) {
			t.Errorf("%v: %s of %d bytes, %v; want %s of %d", img.Bounds(), kind, len(data), err, wantKind, len(want))
		}
		seen[kind]++
		if kind == "JPG" {
			continue
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil || got.Bounds() != img.Bounds() {
			t.Fatalf("%v, %v", got, err)
		}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if color.RGBAModel.Convert(got.At(x, y)) != color.RGBAModel.Convert(img.At(x, y)) {
					t.Fatalf("%d, %d: %v instead of %v", x, y, got.At(x, y), img.At(x, y))
				}
			}
		}
	}
	if seen["PNG"] == 0 || seen["JPG"] == 0 {
		t.Errorf("only one form was tried: %v", seen)
	}
}

// likeDrawing has more colours than a list holds, and is no photograph.
func likeDrawing(height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 1280, height))
	for y := range height {
		for x := range 1280 {
			img.Set(x, y, color.RGBA{uint8(y), uint8(y >> 8), uint8(x / 256), 255})
		}
	}
	return img
}

// BenchmarkForm compares a photograph's form with both forms made to their ends.
func BenchmarkForm(b *testing.B) {
	img := likePhoto(900)
	b.Run("chosen", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := encode(img, Finest); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("both", func(b *testing.B) {
		for b.Loop() {
			whole(b, img)
		}
	})
}
