package intake_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"strings"
	"testing"

	"constat/evidence/intake"
)

// Whoever is shown one picture of a file must know that it holds others.
func TestSeveralPicturesInAFileAreCounted(t *testing.T) {
	var moving bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, frame, frame}, Delay: []int{1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	pages := cat("II*\x00", le32(8), "\x00\x00", le32(20), "pad...", "\x00\x00", le32(0))
	circle := cat("II*\x00", le32(8), "\x00\x00", le32(8))
	still := pngFile(t, nil)
	apng := cat(still[:33], be32(8), "acTL", be32(7), be32(0), be32(0), still[33:])
	webp := cat("RIFF", le32(100), "WEBP", "ANMF", le32(2), "xx", "ANMF", le32(3), "xxx\x00")
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"a.gif": {moving.Bytes(), "3"}, "b.gif": {gifFile(t), ""}, "cut.gif": {moving.Bytes()[:moving.Len()/2], ""},
		"a.tif": {pages, "2"}, "b.tif": {circle, ""}, "c.tif": {tiff(phone), ""},
		"a.png": {apng, "7"}, "b.png": {still, ""}, "a.webp": {webp, "2"}, "b.jpg": {jpegFile(t, tiff(phone)), ""},
	} {
		res, _ := onDisk(t, name, c.b, intake.Options{})
		if got := strings.Join(facts(res, intake.FactPictures), " "); got != c.want && name != "cut.gif" {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
