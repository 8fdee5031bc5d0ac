package capture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"testing"

	"constat/evidence"
)

// large is a picture that takes a browser a while to decode: every pixel differs a little from the
// one before.
func large(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 3000, 3000))
	for y := range 3000 {
		for x := range 3000 {
			img.SetNRGBA(x, y, color.NRGBA{R: shade, G: uint8(x*7+y*13) % 8, B: uint8(x^y) % 8, A: 255})
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shaded fails unless the middle of each picture has its shade: two in a row, 400 pixels wide and high.
func shaded(t *testing.T, name string, img image.Image, shades []uint8) {
	t.Helper()
	for n, want := range shades {
		if got := rgb(img, 200+400*(n%2), 200+400*(n/2))[0]; got < uint32(want)-4 || got > uint32(want)+4 {
			t.Errorf("%s: picture %d has shade %d, want %d", name, n, got, want)
		}
	}
}

const twoInARow = `<style>body{margin:0;width:800px}img{width:400px;height:400px;float:left}</style>`

// A browser can paint a page before its large pictures are decoded, and fill them in later.
func TestLargePicturesAreInEveryPicture(t *testing.T) {
	t.Parallel()
	shades := []uint8{40, 90, 140, 190}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d.png", &n); err == nil && n < len(shades) {
			w.Header().Set("Content-Type", "image/png")
			w.Write(large(t, shades[n]))
			return
		}
		html(twoInARow+`<img src="/0.png"><img src="/1.png" decoding=async><img src="/2.png"><img src="/3.png" decoding=async>`)(w, r)
	})
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	for _, name := range []string{evidence.FirstViewName, evidence.TileName(1)} {
		shaded(t, name, opened(t, sink.files[name]), shades)
	}
}
