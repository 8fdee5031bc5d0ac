package report

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"constat/evidence"
	"constat/evidence/upright"
)

// Limits of what is drawn; the files themselves are whole in the bundle.
const (
	Overlap        = 40          // rows of a strip that the next one repeats
	MaxStrips      = 40          // pages of one set of pictures: the page, a part that scrolls by itself
	MaxPages       = 100         // pages of pictures of one exhibit
	maxPictureFile = 256_000_000 // bytes of one picture file
	maxPixels      = 64_000_000  // of one picture file
	maxSide        = 60_000      // pixels
)

const (
	// A pixel is never drawn larger than on a plain screen, and rows are not
	// cut in two pages if they fit on one at a legible size.
	largestPixel = 25.4 / 96
	shrinkFrom   = 0.62
)

// strip is a span of rows of a picture, [from, to).
type strip struct{ from, to int }

// planStrips cuts height rows into strips of at most rows, each of which
// repeats overlap rows of the one before.
func planStrips(height, rows, overlap int) []strip {
	if rows <= overlap {
		rows = overlap + 1
	}
	var out []strip
	for from := 0; ; from += rows - overlap {
		to := min(from+rows, height)
		out = append(out, strip{from, to})
		if to >= height {
			return out
		}
	}
}

// pixelSize returns how large a pixel of a picture is drawn, in millimetres,
// and how many rows fit on a page that has room for so many millimetres.
func pixelSize(w, h int, room float64) (mm float64, rows int) {
	mm = min(stripWidth/float64(w), largestPixel)
	if fit := room / (mm * float64(h)); fit < 1 && fit >= shrinkFrom {
		mm *= fit
	}
	return mm, int(math.Floor(room/mm + 1e-6))
}

// roll is a tall picture that lies in several files, one below the other.
type roll struct {
	files  []evidence.Artifact
	starts []int // first row of each file
	w, h   int
	load   func(ctx context.Context, a evidence.Artifact) (image.Image, error)

	current int // the one file that is decoded
	image   image.Image
	opaque  bool // it is RGBA and hides what is behind it
}

// errPicture wraps why a picture cannot be drawn; the report goes on without it.
var errPicture = errors.New("picture cannot be drawn")

// openRoll measures the files without decoding them.
func openRoll(ctx context.Context, e Exhibit, files []evidence.Artifact) (*roll, error) {
	r := &roll{files: files, current: -1}
	for _, a := range files {
		size, err := measure(ctx, e, a)
		if err != nil {
			return nil, err
		}
		r.starts = append(r.starts, r.h)
		r.w, r.h = max(r.w, size.X), r.h+size.Y
	}
	r.load = func(ctx context.Context, a evidence.Artifact) (image.Image, error) { return decode(ctx, e, a) }
	return r, nil
}

// measure tells the size at which a picture is shown without decoding it, and refuses one that
// is too large to be decoded.
func measure(ctx context.Context, e Exhibit, a evidence.Artifact) (image.Point, error) {
	f, err := e.Open(ctx, a.Name)
	if err != nil {
		return image.Point{}, err
	}
	c, _, err := image.DecodeConfig(io.LimitReader(f, maxPictureFile))
	f.Close()
	switch {
	case err != nil:
		return image.Point{}, fmt.Errorf("%w: %s: %w", errPicture, a.Name, err)
	case c.Width <= 0 || c.Height <= 0 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels || a.Size > maxPictureFile:
		return image.Point{}, fmt.Errorf("%w: %s: %d × %d pixels", errPicture, a.Name, c.Width, c.Height)
	}
	return upright.Size(image.Pt(c.Width, c.Height), upright.Asked(e.Manifest, a.Name)), nil
}

// decode reads a picture and turns it as its file asks.
func decode(ctx context.Context, e Exhibit, a evidence.Artifact) (image.Image, error) {
	b, err := readArtifact(ctx, e, a)
	if err != nil {
		return nil, err
	}
	img, err := upright.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errPicture, a.Name, err)
	}
	return upright.Picture(img, upright.Asked(e.Manifest, a.Name)), nil
}

// readArtifact reads one file whole and refuses it unless it is what the manifest names.
func readArtifact(ctx context.Context, e Exhibit, a evidence.Artifact) ([]byte, error) {
	f, err := e.Open(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, a.Size+1))
	if err != nil {
		return nil, err
	}
	if got := evidence.Sum(b); got != a.SHA256 {
		return nil, &MismatchError{
			Exhibit:  e.Manifest.Exhibit,
			Name:     a.Name,
			Want:     a.SHA256,
			Got:      got,
			WantSize: a.Size,
			GotSize:  int64(len(b)),
		}
	}
	return b, nil
}

// cut returns the rows of a strip on white. One file is decoded at a time; a
// file is decoded twice only if a strip begins within its last rows.
func (r *roll) cut(ctx context.Context, s strip) (*image.RGBA, error) {
	var out *image.RGBA
	for i, start := range r.starts {
		end := r.h
		if i+1 < len(r.starts) {
			end = r.starts[i+1]
		}
		if end <= s.from || start >= s.to {
			continue
		}
		if r.current != i {
			r.current, r.image = -1, nil // let go before the next is decoded
			img, err := r.load(ctx, r.files[i])
			if err != nil {
				return nil, err
			}
			r.current, r.image = i, img
			p, ok := img.(*image.RGBA)
			r.opaque = ok && p.Opaque()
		}
		b := r.image.Bounds()
		if r.opaque && start <= s.from && end >= s.to && b.Dx() == r.w { // nothing is copied
			p := r.image.(*image.RGBA)
			return &image.RGBA{Pix: p.Pix[p.PixOffset(b.Min.X, b.Min.Y+s.from-start):], Stride: p.Stride, Rect: image.Rect(0, 0, r.w, s.to-s.from)}, nil
		}
		if out == nil {
			out = image.NewRGBA(image.Rect(0, 0, r.w, s.to-s.from))
			draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		}
		at := b.Add(image.Pt(-b.Min.X, start-s.from-b.Min.Y))
		op := draw.Over
		if r.opaque {
			op = draw.Src
		}
		draw.Draw(out, at, r.image, b.Min, op)
	}
	return out, nil
}

// roll draws one picture that lies in the files of a set, a strip a page.
func (w *writer) roll(ctx context.Context, s *showing) error {
	r, err := openRoll(ctx, s.e, s.set.Pictures)
	if err != nil {
		return err
	}
	r.load = func(ctx context.Context, a evidence.Artifact) (image.Image, error) { return w.decoded(ctx, s.e, a) }
	mm, rows := pixelSize(r.w, r.h, s.room())
	plan := planStrips(r.h, rows, Overlap)
	for i, part := range plan {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.full(s) {
			w.framed(s)
			w.covered(s, w.t.T("report.strip.rest", "From", w.t.Number(int64(part.from)), "To", w.t.Number(int64(r.h))))
			return nil
		}
		img, err := r.cut(ctx, part)
		if err != nil {
			return err
		}
		w.framed(s)
		pw, ph := mm*float64(r.w), mm*float64(part.to-part.from)
		caption := w.t.T("report.strip.caption", "N", i+1, "Of", len(plan),
			"From", w.t.Number(int64(part.from)), "To", w.t.Number(int64(part.to)))
		if i > 0 {
			caption += " · " + w.t.T("report.strip.repeated", "N", Overlap)
		}
		print := averaged(img, w.fine.width(pw))
		if said := w.picture(s.e, w.pictureAlt(s.e, r.files[0])+" "+caption, print, r.w, left+(width-pw)/2, s.top(), pw, ph); said != "" {
			caption += " · " + said
		}
		w.under(s, caption+w.aboutPicture(s.e.Manifest, r.files[0].Name))
	}
	return nil
}
