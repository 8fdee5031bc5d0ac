package report

import (
	"bytes"
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

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"constat/evidence"
)

// Limits of what is drawn; the files themselves are whole in the bundle.
const (
	Overlap         = 40          // rows of a strip that the next one repeats
	MaxStrips       = 40          // per exhibit
	MaxPictureBytes = 96_000_000  // per report, as encoded in the PDF
	maxPictureFile  = 256_000_000 // bytes of one picture file
	maxPixels       = 64_000_000  // of one picture file
	maxSide         = 60_000      // pixels
)

// Where a strip lies on its page, in millimetres.
const (
	frameTop    = 10.6
	bandHeight  = 9.5
	framePad    = 2.0
	frameBottom = 267.0
	stripWidth  = width - 2*framePad
	stripHeight = frameBottom - frameTop - bandHeight - 2*framePad
	// A pixel is never drawn larger than on a plain screen, and rows are not
	// cut in two pages if they fit on one at a legible size.
	largestPixel = 25.4 / 96
	shrinkFrom   = 0.62
	printPixels  = 1600 // more pixels a line than a printer shows are averaged
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
// and how many rows fit on a page.
func pixelSize(w, h int) (mm float64, rows int) {
	mm = min(stripWidth/float64(w), largestPixel)
	if fit := stripHeight / (mm * float64(h)); fit < 1 && fit >= shrinkFrom {
		mm *= fit
	}
	return mm, int(math.Floor(stripHeight/mm + 1e-6))
}

// roll is a tall picture that lies in several files, one below the other.
type roll struct {
	files  []evidence.Artifact
	starts []int // first row of each file
	w, h   int
	load   func(ctx context.Context, a evidence.Artifact) (image.Image, error)

	current int // the one file that is decoded
	image   image.Image
}

// errPicture wraps why a picture cannot be drawn; the report goes on without it.
var errPicture = errors.New("picture cannot be drawn")

// openRoll measures the files without decoding them.
func openRoll(ctx context.Context, e Exhibit, files []evidence.Artifact) (*roll, error) {
	r := &roll{files: files, current: -1}
	for _, a := range files {
		f, err := e.Open(ctx, a.Name)
		if err != nil {
			return nil, err
		}
		c, _, err := image.DecodeConfig(io.LimitReader(f, maxPictureFile))
		f.Close()
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %s: %w", errPicture, a.Name, err)
		case c.Width <= 0 || c.Height <= 0 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels || a.Size > maxPictureFile:
			return nil, fmt.Errorf("%w: %s: %d × %d pixels", errPicture, a.Name, c.Width, c.Height)
		}
		r.starts = append(r.starts, r.h)
		r.w, r.h = max(r.w, c.Width), r.h+c.Height
	}
	r.load = func(ctx context.Context, a evidence.Artifact) (image.Image, error) {
		b, err := readArtifact(ctx, e, a)
		if err != nil {
			return nil, err
		}
		img, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", errPicture, a.Name, err)
		}
		return img, nil
	}
	return r, nil
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
		return nil, &MismatchError{Exhibit: e.Manifest.Exhibit, Name: a.Name, Want: a.SHA256, Got: got, WantSize: a.Size, GotSize: int64(len(b))}
	}
	return b, nil
}

// cut returns the rows of a strip on white. One file is decoded at a time; a
// file is decoded twice only if a strip begins within its last rows.
func (r *roll) cut(ctx context.Context, s strip) (*image.RGBA, error) {
	out := image.NewRGBA(image.Rect(0, 0, r.w, s.to-s.from))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
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
		}
		b := r.image.Bounds()
		at := b.Add(image.Pt(-b.Min.X, start-s.from-b.Min.Y))
		draw.Draw(out, at, r.image, b.Min, draw.Over)
	}
	return out, nil
}

// forPrint averages a strip that has more pixels than a printer shows.
func forPrint(img *image.RGBA) image.Image {
	b := img.Bounds()
	if b.Dx() <= printPixels {
		return img
	}
	h := max(1, b.Dy()*printPixels/b.Dx())
	out := image.NewRGBA(image.Rect(0, 0, printPixels, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out
}

// pictures returns what is drawn of an exhibit: the tiles as one picture; else
// the first view; else every original picture by itself.
func pictures(m evidence.Manifest) [][]evidence.Artifact {
	if tiles := m.Tiles(); len(tiles) > 0 {
		return [][]evidence.Artifact{tiles}
	}
	if a, ok := m.Artifact(evidence.FirstViewName); ok {
		return [][]evidence.Artifact{{a}}
	}
	var out [][]evidence.Artifact
	for _, a := range m.Artifacts {
		switch a.MediaType {
		case "image/png", "image/jpeg", "image/gif", "image/webp":
			if a.Role == evidence.Original {
				out = append(out, []evidence.Artifact{a})
			}
		}
	}
	return out
}

// strips draws the pictures of an exhibit, a strip a page.
func (w *writer) strips(ctx context.Context, e Exhibit) error {
	drawn := 0
	for _, files := range pictures(e.Manifest) {
		source := "data/exhibits/" + e.Manifest.Exhibit + "/" + files[0].Name
		if len(files) > 1 {
			source += " … " + files[len(files)-1].Name
		}
		if e.Masked {
			w.framed(e, files)
			w.covered(w.t.T("report.strip.masked"), source)
			return nil
		}
		if drawn >= MaxStrips {
			w.framed(e, files)
			w.covered(w.t.T("report.strip.limit", "Max", MaxStrips), source)
			return nil
		}
		r, err := openRoll(ctx, e, files)
		if err == nil {
			drawn, err = w.roll(ctx, e, r, drawn, source)
		}
		if errors.Is(err, errPicture) {
			w.framed(e, files)
			w.covered(w.t.T("report.strip.undrawable", "Reason", evidence.Shorten(err.Error(), 200)), source)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// roll draws one picture and returns how many strips the exhibit has now.
func (w *writer) roll(ctx context.Context, e Exhibit, r *roll, drawn int, source string) (int, error) {
	mm, rows := pixelSize(r.w, r.h)
	plan := planStrips(r.h, rows, Overlap)
	for i, s := range plan {
		if err := ctx.Err(); err != nil {
			return drawn, err
		}
		if drawn >= MaxStrips || w.PictureBytes() > MaxPictureBytes {
			w.framed(e, r.files)
			w.covered(w.t.T("report.strip.rest", "From", w.t.Number(int64(s.from)), "To", w.t.Number(int64(r.h))), source)
			return drawn, nil
		}
		img, err := r.cut(ctx, s)
		if err != nil {
			return drawn, err
		}
		w.framed(e, r.files)
		pw, ph := mm*float64(r.w), mm*float64(s.to-s.from)
		w.Picture(forPrint(img), left+(width-pw)/2, frameTop+bandHeight+framePad, pw, ph)
		caption := w.t.T("report.strip.caption", "N", i+1, "Of", len(plan),
			"From", w.t.Number(int64(s.from)), "To", w.t.Number(int64(s.to)))
		if i > 0 {
			caption += " · " + w.t.T("report.strip.repeated", "N", Overlap)
		}
		if n := turned(e.Manifest, r.files[0].Name); n != 0 {
			caption += " · " + w.t.T("report.strip.turned", "N", n)
		}
		w.Text(left, frameBottom+4.2, smallGray, w.Cut(smallGray, caption, width))
		w.Text(left, frameBottom+8.2, footMono, w.t.T("report.strip.source", "Path", source))
		drawn++
	}
	return drawn, nil
}

// framed begins a page with the frame of a strip: exhibit, address and time, as
// in an address bar. It is drawn by the report and is no part of the picture.
func (w *writer) framed(e Exhibit, files []evidence.Artifact) {
	w.newPage()
	w.Box(left, frameTop, width, frameBottom-frameTop, 1.6, "12", frameWidth, 20)
	w.Line(left, frameTop+bandHeight, right, frameTop+bandHeight, frameWidth, 20)
	base := frameTop + bandHeight/2 + 1.2
	x := left + 2.6
	x += w.Text(x, base, bodyBold, e.Manifest.Exhibit) + 3

	at := e.Manifest.Started.UTC
	local := at.In(w.loc)
	zone := w.t.Zone(local)
	tail := " (" + w.t.Clock(at) + " UTC)"
	if zone == "UTC" {
		tail = " UTC"
	}
	day := local.Format("02.01.2006") + " "
	end := right - 2.6
	tw := w.Width(body, day) + w.Width(bodyBold, w.t.Clock(local)) + w.Width(body, tail)
	tx := end - tw
	tx += w.Text(tx, base, body, day)
	tx += w.Text(tx, base, bodyBold, w.t.Clock(local))
	w.Text(tx, base, body, tail)

	pill := end - tw - 3 - x
	w.Box(x, frameTop+1.7, pill, bandHeight-3.4, 3, "1234", 0.25, 136)
	what := address(e.Manifest)
	if what == "" {
		what = files[0].Name
	}
	w.Text(x+2.8, base-0.1, mono, w.Cut(mono, what, pill-5.6))
}

// covered fills the frame with a hatched field that says what is not drawn, and where it is.
func (w *writer) covered(why, source string) {
	x, y := left+framePad*2, frameTop+bandHeight+framePad*2
	fw, fh := width-4*framePad, 110.0
	w.Fill(x, y, fw, fh, 240)
	w.Hatch(x, y, fw, fh, 6)
	lines := w.Wrap(body, why+"\n"+w.t.T("report.strip.source", "Path", source), fw-20)
	lh := body.LineHeight() * 1.1
	ty := y + fh/2 - lh*float64(len(lines))/2
	w.Fill(x+8, ty-3, fw-16, lh*float64(len(lines))+6, 255)
	for _, l := range lines {
		w.TextCenter(left+width/2, ty+body.Ascent(), body, l)
		ty += lh
	}
}
