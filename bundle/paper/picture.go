package paper

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
)

const (
	jpegQuality = 85
	// A lossless picture is kept up to this size, or up to twice the size of
	// its lossy form: letters stay sharp, photographs stay small.
	sharpBytes = 300_000
)

// Picture draws an opaque picture into a rectangle in millimetres. It is
// encoded here, as PNG or JPEG, whichever keeps text legible at a modest size.
func (d *Doc) Picture(img image.Image, x, y, w, h float64) {
	data, kind, err := encode(img)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("picture: %w", err)
	}
	d.guard(func() {
		name := d.register(data, kind)
		d.pdf.ImageOptions(name, x, y, w, h, false, gofpdfOptions(kind), 0, "")
	})
}

// register hands an encoded picture to the library and returns its name there.
func (d *Doc) register(data []byte, kind string) string {
	// Named by its content: gofpdf keys a picture by its bytes, and the same
	// bytes under two names would stand twice in the file under one key.
	name := fmt.Sprintf("%x", sha256.Sum256(data))
	if d.pdf.GetImageInfo(name) == nil {
		d.bytes += int64(len(data))
	}
	d.pdf.RegisterImageOptionsReader(name, gofpdfOptions(kind), bytes.NewReader(data))
	return name
}

// PictureBytes returns the bytes of all pictures so far; about five times as
// much memory is needed until the document is written.
func (d *Doc) PictureBytes() int64 { return d.bytes }

func encode(img image.Image) (data []byte, kind string, err error) {
	img = plain(img)
	var sharp, small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&sharp, img); err != nil {
		return nil, "", err
	}
	if sharp.Len() <= sharpBytes {
		return sharp.Bytes(), "PNG", nil
	}
	if err := jpeg.Encode(&small, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, "", err
	}
	if sharp.Len() <= 2*small.Len() {
		return sharp.Bytes(), "PNG", nil
	}
	return small.Bytes(), "JPG", nil
}

// plain returns a picture of 8 bits a channel on white: the library knows no
// 16-bit pictures and is slow with transparent ones.
func plain(img image.Image) image.Image {
	if p, ok := img.(*image.RGBA); ok && p.Opaque() {
		return p
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}
