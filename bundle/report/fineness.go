package report

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"constat/bundle/paper"
	"constat/evidence"
)

// MaxReportBytes is how large a report may become by its pictures: what a mailbox of a police zone still takes in
// parts, and a reader still opens.
const MaxReportBytes = 60_000_000

// What else a report has: fonts and colours, and of each exhibit its pages, its manifest and what is read aloud.
const (
	otherBytes        = 1_500_000
	otherExhibitBytes = 27_000
)

// fineness is how fine pictures are printed: pixels on the width of a page, and how they are packed.
type fineness struct {
	across  int
	packing paper.Packing
	share   float64 // of the bytes of the finest, about
}

// finenesses begin with what is usual. On paper the last is still read: some hundred pixels an inch.
var finenesses = []fineness{
	{1600, paper.Finest, 1},
	{1280, paper.Packing{Quality: 72}, 0.7},
	{1120, paper.Packing{Quality: 65}, 0.52},
	{1000, paper.Packing{Quality: 58}, 0.39},
	{900, paper.Packing{Quality: 52}, 0.3},
	{820, paper.Packing{Quality: 46}, 0.25},
	{760, paper.Packing{Quality: 42}, 0.21},
	{700, paper.Packing{Quality: 40}, 0.18},
}

// usualBytes of a page of pictures, at the finest, before any was printed.
const usualBytes = 200_000

// budget spreads the bytes that a report may have over its pictures.
type budget struct {
	limit  int64   // of all pictures
	rest   float64 // pages of pictures that are to come, about
	usual  float64 // bytes of a page, were it printed at the finest
	before int64   // bytes of all pictures when the exhibit began
}

func newBudget(all []Exhibit) budget {
	b := budget{limit: MaxReportBytes - otherBytes - otherExhibitBytes*int64(len(all)), usual: usualBytes}
	for _, e := range all {
		b.rest += picturePages(e)
	}
	b.limit = max(b.limit, MaxReportBytes/4)
	return b
}

// picturePages is about how many pages the pictures of an exhibit fill, before they are opened.
func picturePages(e Exhibit) float64 {
	sets := e.Manifest.PictureSets()
	if len(sets) == 0 || e.Mask == LeaveOut {
		return 0
	}
	const panel = 0.4
	if e.Mask == Blur {
		return panel
	}
	pages := 0.0
	for _, set := range sets {
		n := float64(len(set.Pictures))
		switch {
		case set.Shows.Stepwise():
			n /= mostRows
		case set.Shows == evidence.ShowsPage && e.Manifest.Page != nil && e.Manifest.Page.Width > 0:
			_, rows := pixelSize(e.Manifest.Page.Width, max(1, e.Manifest.Page.Height), stripHeight)
			n = float64(e.Manifest.Page.Height) / float64(rows)
		}
		pages += min(max(n, 0.2), MaxStrips)
	}
	return panel + min(pages, MaxPages)
}

// overBudget reports whether no more pictures may be printed.
func (w *writer) overBudget(e Exhibit, some int64) bool {
	if w.PictureBytes() <= some {
		return false
	}
	w.unprinted[e.Manifest.Exhibit] = true
	return true
}

// begin chooses how fine the pictures of an exhibit are: alike on all its pages.
func (b *budget) begin(spent int64) fineness {
	b.before = spent
	if b.rest <= 0 {
		return finenesses[0]
	}
	for _, f := range finenesses {
		if b.usual*f.share*b.rest <= float64(b.limit-spent) {
			return f
		}
	}
	return finenesses[len(finenesses)-1]
}

// end learns from what an exhibit took.
func (b *budget) end(e Exhibit, f fineness, spent int64) {
	pages := picturePages(e)
	b.rest -= pages
	if pages > 0 && spent > b.before {
		const slowly = 0.7
		b.usual = slowly*b.usual + (1-slowly)*float64(spent-b.before)/pages/f.share
	}
}

// coarser reports whether pictures are printed less fine than usual, because there are so many.
func (f fineness) coarser() bool { return f.across < finenesses[0].across }

// forPrint averages a picture that is drawn so many millimetres wide and has more pixels than are printed.
func (f fineness) forPrint(img image.Image, mm float64) image.Image { return shrunk(img, f.width(mm)) }

// width is how many pixels so many millimetres have at the most.
func (f fineness) width(mm float64) int {
	if !f.coarser() {
		return f.across
	}
	return max(1, int(float64(f.across)*min(1, mm/stripWidth)))
}

// shrunk averages a picture down to a width; one that is no wider stays as it is.
func shrunk(img image.Image, width int) image.Image {
	b := img.Bounds()
	if b.Dx() <= width {
		return img
	}
	return averaged(onWhite(img), width)
}

// averaged is that of a picture that hides what is behind it, and begins at 0, 0.
func averaged(src *image.RGBA, width int) image.Image {
	b := src.Bounds()
	if b.Dx() <= width {
		return src
	}
	height := max(1, b.Dy()*width/b.Dx())
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	columns := spans(b.Dx(), width)
	line, sums := make([]uint64, width), make([]uint64, width)
	rowOf := func(y int) []uint8 { return src.Pix[y*src.Stride : y*src.Stride+4*b.Dx()] }
	last := -1 // the row of src that is in line
	for y, p := range spans(b.Dy(), height) {
		for i := range sums {
			sums[i] = rounding
		}
		for i, share := range p.shares {
			if row := p.first + i; row != last {
				if last < 0 || !bytes.Equal(rowOf(row), rowOf(last)) { // many are alike
					average(line, rowOf(row), columns)
				}
				last = row
			}
			for x, v := range line {
				sums[x] += v * share
			}
		}
		to := out.Pix[y*out.Stride : y*out.Stride+4*width]
		for x, v := range sums {
			v >>= shareBits
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = uint8(v), uint8(v>>32), uint8(v>>16), 255
		}
	}
	return out
}

// Four channels are averaged at once, in a quarter each of 64 bits: a channel, red, blue, green and the last, has 8 bits, as
// has its share of a whole.
const (
	shareBits = 8
	whole     = 1 << shareBits
	rounding  = 0x0080_0080_0080_0080
	channels  = 0x00ff_00ff_00ff_00ff
)

// span is what becomes one pixel: some from the first on, each with its share of the whole.
type span struct {
	first  int
	shares []uint64
}

// spans cuts n pixels into m, which are fewer.
func spans(n, m int) []span {
	out := make([]span, m)
	for i := range out {
		from, to := i*n, (i+1)*n // in parts of a pixel, so that all is whole
		s := span{first: from / m}
		begin, left := from, uint64(whole)
		for from < to {
			from = min(to, (from/m+1)*m)
			share := left - uint64((to-from)*whole/(to-begin))
			s.shares = append(s.shares, share)
			left -= share
		}
		out[i] = s
	}
	return out
}

// average makes one row narrower.
func average(line []uint64, row []uint8, columns []span) {
	for x, s := range columns {
		sum := uint64(rounding)
		at := row[4*s.first : 4*(s.first+len(s.shares))]
		for i, share := range s.shares {
			p := uint64(binary.LittleEndian.Uint32(at[4*i:]))
			sum += (p&0x00ff00ff | p<<24&0x00ff00ff_00000000) * share
		}
		line[x] = sum >> shareBits & channels
	}
}

// onWhite is a picture that begins at 0, 0 and hides nothing behind it.
func onWhite(img image.Image) *image.RGBA {
	b := img.Bounds()
	if p, ok := img.(*image.RGBA); ok && b.Min == (image.Point{}) && p.Opaque() {
		return p
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, b.Min, draw.Over)
	return out
}

// onPaper counts what paper shows less of than was kept. A picture that lies in strips is as many.
type onPaper struct {
	all     int
	fewer   int // with fewer pixels a line than the file has
	lossy   int // packed with loss
	quality int // of the hardest packed of those
	blurred int
}

// picture draws what is shown of a picture with so many pixels a line, and returns what is to be said below it:
// that there are fewer of them on paper, and that it was packed harder than usual.
func (w *writer) picture(e Exhibit, alt string, print image.Image, of int, x, y, pw, ph float64) string {
	w.Picture(alt, print, x, y, pw, ph)
	w.printed.all++
	var said []string
	if n := print.Bounds().Dx(); n < of {
		w.printed.fewer++
		said = append(said, w.t.T("report.strip.smaller", "N", w.t.Number(int64(n)), "Of", w.t.Number(int64(of))))
	}
	if w.Lossy() {
		w.printed.lossy++
		quality := w.fine.packing.Quality
		if w.printed.quality == 0 || quality < w.printed.quality {
			w.printed.quality = quality
		}
		if w.fine.coarser() {
			said = append(said, w.t.T("report.strip.packed", "N", quality))
		}
	}
	if len(said) > 0 && w.fine.coarser() {
		w.coarse[e.Manifest.Exhibit] = true
	}
	return strings.Join(said, " · ")
}

// spots draws a blurred picture, of which so many pixels were kept, and returns what is to be said of it.
func (w *writer) spots(img image.Image, kept image.Point, x, y, pw, ph float64) string {
	few := spots(img.Bounds())
	w.Picture(w.t.T("report.panel.blurred"), blurred(img), x, y, pw, ph)
	w.printed.all++
	w.printed.blurred++
	return w.t.T("report.panel.spots", "N", few.X, "M", few.Y, "W", w.t.Number(int64(kept.X)), "H", w.t.Number(int64(kept.Y)))
}

// lessOnPaper says in numbers what paper shows less of than was kept; nothing if there is no such picture.
func (w *writer) lessOnPaper() string {
	p := w.printed
	if p.fewer+p.lossy+p.blurred == 0 {
		return ""
	}
	said := w.t.T("report.printed.all", "N", w.t.Number(int64(p.all)))
	if p.fewer > 0 {
		said += " · " + w.t.T("report.printed.fewer", "N", w.t.Number(int64(p.fewer)))
	}
	if p.lossy > 0 {
		said += " · " + w.t.T("report.printed.lossy", "N", w.t.Number(int64(p.lossy)), "Quality", p.quality)
	}
	if p.blurred > 0 {
		said += " · " + w.t.T("report.printed.blurred", "N", w.t.Number(int64(p.blurred)))
	}
	return said + ". " + w.t.T("report.printed.whole")
}

// readyPicture is a picture that is decoded.
type readyPicture struct {
	exhibit, name string
	image         image.Image
}

// decoded is a picture of an exhibit, which may be the one that was decoded for its panel.
func (w *writer) decoded(ctx context.Context, e Exhibit, a evidence.Artifact) (image.Image, error) {
	had := w.ready
	w.ready = readyPicture{}
	if had.image != nil && had.exhibit == e.Manifest.Exhibit && had.name == a.Name {
		return had.image, nil
	}
	return decode(ctx, e, a)
}
