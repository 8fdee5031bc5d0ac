package paper

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime"
	"slices"
	"time"
	"unicode/utf16"

	"github.com/jung-kurt/gofpdf"

	"constat/bundle/paper/after"
	"constat/bundle/paper/glyphs"
)

// A4 in millimetres (ISO 216), portrait.
const (
	PageWidth  = 210.0
	PageHeight = 297.0
)

const mmPerPoint = 25.4 / 72

// producer is what wrote the file, as the library names itself.
const producer = "FPDF 1.7"

// Options are the facts of the document itself.
type Options struct {
	Title    string    // shown by readers; any text
	Creator  string    // the program, with its version
	Language string    // of the text, e.g. "fr"
	Keywords string    // what it is about, in plain ASCII: anyone can find it in the file without reading PDF
	Created  time.Time // the only date that is written into the file
	Emoji    []byte    // a font file for them; nil: those of this system
	NoSystem bool      // the fonts of this system are not looked at
	Files    []File    // to lie in the document
}

// File lies in the document as it is.
type File = after.File

// Doc is a document that is being drawn. Errors are kept and come back from
// [Doc.Write], so that drawing reads like drawing.
type Doc struct {
	about  after.Description
	pdf    *gofpdf.Fpdf
	fonts  fonts
	glyphs *glyphs.Set            // what the fonts lack
	small  map[image.Image]string // pictures of glyphs that the library has
	tags   tags
	err    error
	bytes  int64

	packing Packing
	lossy   bool // the last picture was packed so
}

// New starts a document without pages.
func New(o Options) (*Doc, error) {
	f, err := loadFonts()
	if err != nil {
		return nil, err
	}
	d := &Doc{
		about: after.Description{Language: o.Language, Title: oneLine(o.Title), Creator: oneLine(o.Creator), Producer: producer,
			Keywords: o.Keywords, Created: o.Created, Files: o.Files},
		packing: Finest,
		fonts:   f, small: map[image.Image]string{}, tags: newTags(), glyphs: glyphs.New(glyphs.Options{Emoji: o.Emoji, NoSystem: o.NoSystem}),
	}
	d.guard(func() {
		d.pdf = gofpdf.New("P", "mm", "A4", "")
		d.pdf.SetAutoPageBreak(false, 0)
		d.pdf.SetMargins(0, 0, 0)
		d.pdf.SetCellMargin(0)
		d.pdf.SetCreationDate(o.Created.UTC())
		d.pdf.SetModificationDate(o.Created.UTC())
		d.pdf.SetCatalogSort(true)
		// The library's own conversion mangles what lies beyond U+FFFF.
		d.pdf.SetTitle(utf16BOM(oneLine(o.Title)), false)
		d.pdf.SetCreator(utf16BOM(oneLine(o.Creator)), false)
		d.pdf.SetKeywords(o.Keywords, false)
		d.pdf.SetDisplayMode("fullwidth", "continuous")
	})
	return d, d.err
}

// guard is the single boundary at which a panic of the library becomes an error.
func (d *Doc) guard(draw func()) {
	if d.err != nil {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			d.err = fmt.Errorf("pdf: %v", r)
		}
	}()
	draw()
	if d.pdf != nil && d.pdf.Err() {
		d.err = fmt.Errorf("pdf: %w", d.pdf.Error())
	}
}

// AddPage begins a new page after the last one.
func (d *Doc) AddPage() {
	d.guard(func() {
		d.unmark()
		d.pdf.SetPage(d.pdf.PageCount())
		d.pdf.AddPage()
	})
}

// Pages returns the number of pages so far.
func (d *Doc) Pages() int {
	if d.pdf == nil {
		return 0
	}
	return d.pdf.PageCount()
}

// Page goes back to the n-th page, counted from 1, to draw on it.
func (d *Doc) Page(n int) {
	d.guard(func() {
		d.unmark()
		d.pdf.SetPage(n)
	})
}

// Bookmark puts the current page into the reader's outline; level 0 is outermost.
func (d *Doc) Bookmark(s string, level int) {
	d.guard(func() {
		// With a UTF-8 font current the library converts the text itself.
		d.use(d.fonts.sans[0], 8)
		// A reader draws the outline with fonts of its own; the library cuts what lies beyond U+FFFF.
		d.pdf.Bookmark(Visible(s, func(rune) bool { return true }), level, 0)
	})
}

// Link makes a rectangle of the current page lead to the top of another one; words say where to, and
// draw draws what is read of it.
func (d *Doc) Link(x, y, w, h float64, page int, words string, draw func()) {
	d.In(linked, func() {
		draw()
		d.guard(func() { d.link(x, y, w, h, page, words) })
	})
}

func (d *Doc) link(x, y, w, h float64, page int, words string) {
	d.leads(oneLine(words))
	to := d.pdf.AddLink()
	d.pdf.SetLink(to, 0, page)
	d.pdf.Link(x, y, w, h, to)
}

// Line draws a line of the given width in millimetres; gray runs from 0, black, to 255.
func (d *Doc) Line(x1, y1, x2, y2, width float64, gray int) {
	d.guard(func() {
		d.ornament()
		d.pdf.SetLineWidth(width)
		d.pdf.SetDrawColor(gray, gray, gray)
		d.pdf.Line(x1, y1, x2, y2)
	})
}

// Box draws a frame with corners rounded by r; a radius per corner is 0 where
// corners lacks its digit: 1 top left, 2 top right, 3 bottom right, 4 bottom left.
func (d *Doc) Box(x, y, w, h, r float64, corners string, width float64, gray int) {
	d.guard(func() {
		d.ornament()
		d.pdf.SetLineWidth(width)
		d.pdf.SetDrawColor(gray, gray, gray)
		d.pdf.RoundedRect(x, y, w, h, r, corners, "D")
	})
}

// Fill fills a rectangle with one shade.
func (d *Doc) Fill(x, y, w, h float64, gray int) {
	d.guard(func() {
		d.ornament()
		d.pdf.SetFillColor(gray, gray, gray)
		d.pdf.Rect(x, y, w, h, "F")
	})
}

// Hatch fills a rectangle with slanting lines: here is something that is not shown.
func (d *Doc) Hatch(x, y, w, h, step float64) {
	d.guard(func() {
		d.ornament()
		d.pdf.ClipRect(x, y, w, h, false)
		d.pdf.SetLineWidth(step / 2)
		d.pdf.SetDrawColor(222, 222, 222)
		for o := -h; o < w; o += step {
			d.pdf.Line(x+o, y, x+o+h, y+h)
		}
		d.pdf.ClipEnd()
	})
}

// Bitmap draws black squares on white for a matrix such as a QR code, size millimetres wide.
func (d *Doc) Bitmap(rows [][]bool, x, y, size float64) {
	if len(rows) == 0 {
		return
	}
	cell := size / float64(len(rows))
	d.Fill(x, y, size, size, 255)
	for j, row := range rows {
		for i := 0; i < len(row); {
			n := 0
			for i+n < len(row) && row[i+n] {
				n++
			}
			if n > 0 {
				d.Fill(x+float64(i)*cell, y+float64(j)*cell, float64(n)*cell, cell, 0)
			}
			i += n + 1
		}
	}
}

// Write ends the document and writes it. The whole file is in memory before
// the first byte is written, so that an error leaves w untouched.
func (d *Doc) Write(w io.Writer) error {
	var out taken
	d.guard(func() {
		if d.pdf.PageCount() == 0 {
			d.err = errors.New("pdf: no page")
			return
		}
		d.unmark()
		d.pdf.SetPage(d.pdf.PageCount())
		if d.bytes > plenty {
			runtime.GC() // what was decoded is let go before all is held twice
		}
		d.err = d.pdf.Output(&out)
	})
	if d.err != nil {
		return d.err
	}
	d.about.Root = d.tags.root
	for page := range d.Pages() {
		d.about.Links = append(d.about.Links, d.tags.links[page+1])
	}
	d.pdf = nil // the library holds every picture a second time
	var whole bytes.Buffer
	whole.Grow(len(out) + len(out)/16)
	if err := after.Finish(&whole, out, d.about); err != nil {
		return err
	}
	_, err := whole.WriteTo(w)
	return err
}

// plenty of bytes of pictures.
const plenty = 16 << 20

// taken is what the library wrote, without a copy: it writes all of it at once, and is let go then.
type taken []byte

func (t *taken) Write(p []byte) (int, error) {
	if *t == nil {
		*t = p
	} else {
		*t = append(slices.Clip(*t), p...)
	}
	return len(p), nil
}

func gofpdfOptions(kind string) gofpdf.ImageOptions { return gofpdf.ImageOptions{ImageType: kind} }

func utf16BOM(s string) string {
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}
