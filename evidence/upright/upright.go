// Package upright turns pictures as their files ask for it.
//
// A phone stores a photo as its sensor read it and writes into EXIF how it was held (TIFF 6.0,
// Orientation). Every viewer turns it; paper and screen of this program do, too, and say so: [Asked]
// tells what a manifest's claims hold, [Picture] shows it so. [Decode] reads a picture as it is stored. The
// file stays as it is.
package upright

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"strconv"

	"constat/evidence"
)

// claimOrientation is what package intake calls it.
const claimOrientation = "orientation"

// Asked is the orientation that a picture asks for (EXIF 2 to 8), or 0 where it is to be shown as it is
// stored. Of two that differ the first counts, as viewers have it.
func Asked(m evidence.Manifest, artifact string) int {
	for _, c := range m.Claims {
		if c.Artifact != artifact || c.Name != claimOrientation {
			continue
		}
		if n, err := strconv.Atoi(c.Value); err == nil && n >= 2 && n <= 8 {
			return n
		}
		return 0
	}
	return 0
}

// Size is that of a turned picture.
func Size(p image.Point, orientation int) image.Point {
	if orientation >= 5 && orientation <= 8 {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// Decode reads a picture as it is stored, of the formats that the program has registered. A decoder
// that fails on a file of strangers is an error like another.
func Decode(b []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("decoder failed: %v", p)
		}
	}()
	img, _, err = image.Decode(bytes.NewReader(b))
	return img, err
}

// Picture shows a picture turned. Nothing is copied: each pixel is looked up where it is stored.
func Picture(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	t := turned{img: img, from: img.Bounds(), orientation: orientation}
	t.wide, _ = img.(image.RGBA64Image)
	return t
}

type turned struct {
	img         image.Image
	wide        image.RGBA64Image // img, if it is one: then no colour is allocated a pixel
	from        image.Rectangle
	orientation int
}

// ColorModel implements [image.Image].
func (t turned) ColorModel() color.Model { return t.img.ColorModel() }

// Bounds implements [image.Image]; they begin at 0, 0.
func (t turned) Bounds() image.Rectangle {
	return image.Rectangle{Max: Size(t.from.Size(), t.orientation)}
}

// at is the place at which a pixel is stored.
func (t turned) at(x, y int) (int, int) {
	right, bottom := t.from.Max.X-1, t.from.Max.Y-1
	left, top := t.from.Min.X, t.from.Min.Y
	switch t.orientation {
	case 2:
		return right - x, top + y
	case 3:
		return right - x, bottom - y
	case 4:
		return left + x, bottom - y
	case 5:
		return left + y, top + x
	case 6:
		return left + y, bottom - x
	case 7:
		return right - y, bottom - x
	}
	return right - y, top + x
}

// At implements [image.Image].
func (t turned) At(x, y int) color.Color {
	x, y = t.at(x, y)
	return t.img.At(x, y)
}

// RGBA64At implements [image.RGBA64Image].
func (t turned) RGBA64At(x, y int) color.RGBA64 {
	x, y = t.at(x, y)
	if t.wide != nil {
		return t.wide.RGBA64At(x, y)
	}
	r, g, b, a := t.img.At(x, y).RGBA()
	return color.RGBA64{R: uint16(r), G: uint16(g), B: uint16(b), A: uint16(a)}
}
