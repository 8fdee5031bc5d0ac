package paper

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// Packing is how pictures are encoded. A lossless picture is kept up to Sharp bytes, or up to Times the size
// of its lossy form: letters stay sharp, photographs stay small.
type Packing struct {
	Quality int // of a lossy picture (JPEG), 1 to 100
	Sharp   int // bytes
	Times   int // at the least once
}

// Finest is the packing of a document unless it is told another; see [Doc.Pack].
var Finest = Packing{Quality: 85, Sharp: 300_000, Times: 2}

// Picture draws an opaque picture into a rectangle in millimetres; alt is said to
// whoever does not see it. It is encoded here, as PNG or JPEG, whichever keeps text
// legible at a modest size.
func (d *Doc) Picture(alt string, img image.Image, x, y, w, h float64) {
	d.Figure(alt, x, y, w, h, func() { d.picture(img, x, y, w, h) })
}

// Pack says how the pictures from here on are packed.
func (d *Doc) Pack(p Packing) { d.packing = p }

func (d *Doc) picture(img image.Image, x, y, w, h float64) {
	data, kind, err := encode(img, d.packing)
	d.lossy = kind == "JPG"
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("picture: %w", err)
	}
	d.guard(func() {
		d.reading()
		name := d.register(data, kind)
		d.pdf.ImageOptions(name, x, y, w, h, false, gofpdfOptions(kind), 0, "")
	})
}

// Lossy reports whether the last picture lost something by being packed.
func (d *Doc) Lossy() bool { return d.lossy }

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

func encode(img image.Image, p Packing) (data []byte, kind string, err error) {
	whole := plain(img)
	var small bytes.Buffer
	lossy := func() (int, error) {
		err := jpeg.Encode(&small, whole, &jpeg.Options{Quality: p.Quality})
		return max(1, p.Times) * small.Len(), err
	}
	sharp := bounded{most: p.Sharp, more: lossy}
	var exact image.Image = whole
	if few := paletted(whole); few != nil {
		exact = few
	} else if guess := lossless(whole); guess > p.Sharp { // a photograph's lossless form is made by no one who need not
		most, err := lossy()
		if err != nil {
			return nil, "", err
		}
		if guess > most+most/2 {
			return small.Bytes(), "JPG", nil
		}
		sharp = bounded{most: max(most, p.Sharp)}
	}
	err = (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&sharp, exact)
	if err == nil {
		return sharp.Bytes(), "PNG", nil
	}
	if errors.Is(err, errTooLarge) {
		return small.Bytes(), "JPG", nil
	}
	return nil, "", err
}

// Of how many rows one in how many is looked at, for a guess.
const (
	guessRows  = 8
	guessEvery = 96
)

// lossless guesses how large a picture would be as PNG, from some of its rows.
func lossless(img *image.RGBA) int {
	b := img.Bounds()
	if b.Dy() < 4*guessEvery {
		return 0
	}
	some := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()/guessEvery*guessRows))
	for y := range some.Rect.Dy() {
		from := img.PixOffset(b.Min.X, b.Min.Y+y/guessRows*guessEvery+y%guessRows)
		copy(some.Pix[y*some.Stride:(y+1)*some.Stride], img.Pix[from:])
	}
	var size counter
	if (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&size, some) != nil {
		return 0
	}
	return int(size) * guessEvery / guessRows
}

// counter counts bytes.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// paletted is the same picture with a list of its colours, if there are few; else nil.
func paletted(img *image.RGBA) *image.Paletted {
	const most = 256
	b := img.Bounds()
	out := image.NewPaletted(image.Rect(0, 0, b.Dx(), b.Dy()), nil)
	known := make(map[uint32]uint8, most)
	var last uint32 // no colour that hides nothing
	var at uint8
	for y := range b.Dy() {
		from := img.PixOffset(b.Min.X, b.Min.Y+y)
		row, to := img.Pix[from:from+4*b.Dx()], out.Pix[y*out.Stride:]
		for x := 0; x < len(row); x += 4 {
			p := row[x : x+4 : x+4]
			c := uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | 0xff<<24
			if c != last {
				i, seen := known[c]
				if !seen {
					if len(known) == most {
						return nil
					}
					i = uint8(len(known))
					known[c] = i
					out.Palette = append(out.Palette, color.RGBA{p[0], p[1], p[2], 255})
				}
				last, at = c, i
			}
			to[x/4] = at
		}
	}
	for len(out.Palette) <= 16 { // a byte a pixel: of less some programs take the list for black and white
		out.Palette = append(out.Palette, color.RGBA{255, 255, 255, 255})
	}
	return out
}

var errTooLarge = errors.New("paper: larger than it may be")

// bounded holds up to so many bytes. At the first one more it asks, once, how many it may hold after all: a
// photograph is not packed losslessly to its end only to be thrown away.
type bounded struct {
	bytes.Buffer
	most int
	more func() (most int, err error)
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most && b.more != nil {
		most, err := b.more()
		if err != nil {
			return 0, err
		}
		b.most, b.more = max(b.most, most), nil
	}
	if b.Len()+len(p) > b.most {
		return 0, errTooLarge
	}
	return b.Buffer.Write(p)
}

// plain returns a picture of 8 bits a channel on white: the library knows no
// 16-bit pictures and is slow with transparent ones.
func plain(img image.Image) *image.RGBA {
	if p, ok := img.(*image.RGBA); ok && p.Opaque() {
		return p
	}
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}
