package look

import (
	"image"
	"image/color"
	"testing"
)

// Of a picture with fine drawing nothing is left but its light.
func TestAMosaicShowsNothing(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 1280, 900))
	for y := range 900 {
		for x := range 1280 {
			v := uint8(0)
			if (x/8+y/8)%2 == 0 { // letters are about as fine
				v = 255
			}
			img.Set(x, y, color.NRGBA{v, v, v, 255})
		}
	}
	small := mosaic(img)
	if b := small.Bounds(); b.Dx() > 8 || b.Dy() > 8 {
		t.Fatalf("%v fields", b)
	}
	for y := range small.Bounds().Dy() {
		for x := range small.Bounds().Dx() {
			if v, _, _, _ := small.At(x, y).RGBA(); v>>8 < 100 || v>>8 > 155 {
				t.Errorf("field %d %d is %d: the drawing shows", x, y, v>>8)
			}
		}
	}
}
