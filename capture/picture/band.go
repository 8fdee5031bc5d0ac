package picture

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansmono"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// BandText is what the band above a page says. Text must be clean already; see
// evidence.Clean.
type BandText struct {
	Mark    string   // a warning over everything, or empty
	Entered string   // the address that was asked for, when it is another one
	Address string   // the page's address
	Facts   []string // date, time, size; the first stands out
}

// Sizes of the band, in pixels at scale 1.
const (
	bandMargin  = 12
	bandText    = 15
	bandLine    = 22
	bandMinimum = 160 // no band is drawn narrower, however narrow the page
)

var (
	bandGround = color.RGBA{0xf1, 0xf3, 0xf4, 0xff}
	bandBox    = color.RGBA{0xff, 0xff, 0xff, 0xff}
	bandEdge   = color.RGBA{0x5f, 0x63, 0x68, 0xff}
	bandInk    = color.RGBA{0x11, 0x11, 0x11, 0xff}
	bandGrey   = color.RGBA{0x55, 0x55, 0x55, 0xff}
	bandAlarm  = color.RGBA{0xb0, 0x00, 0x20, 0xff}
)

// Band draws a band that reads like a browser's address bar, as wide as the page
// (but see [BandWidth]) and as high as its text needs: an address is wrapped,
// never cut. scale is the number of device pixels per CSS pixel.
func Band(text BandText, width, scale int) (*image.RGBA, error) {
	scale = max(scale, 1)
	if width < BandWidth(scale) {
		return nil, fmt.Errorf("picture: a band of %d pixels is too narrow", width)
	}
	p, err := newPen(scale)
	if err != nil {
		return nil, err
	}
	inner := width - 2*bandMargin*scale
	boxed := inner - 2*bandMargin*scale
	address := wrapAnywhere(p.mono, text.Address, boxed)
	var entered []string
	if text.Entered != "" {
		entered = wrapAnywhere(p.mono, text.Entered+"  →", boxed)
	}
	facts := wrapFacts(p, text.Facts, inner)
	mark := wrapAnywhere(p.bold, text.Mark, inner)

	unit, margin := bandLine*scale, bandMargin*scale
	height := margin + (len(entered)+len(address)+len(facts))*unit + 3*(margin/2)
	alarm := 0
	if len(mark) > 0 {
		alarm = len(mark)*unit + margin
	}
	img := image.NewRGBA(image.Rect(0, 0, width, alarm+height))
	fill(img, img.Bounds(), bandGround)
	fill(img, image.Rect(0, 0, width, alarm), bandAlarm)
	for i, line := range mark {
		p.text(img, p.bold, line, margin, margin/2+i*unit, bandBox)
	}

	y := alarm + margin
	for _, line := range entered {
		p.text(img, p.mono, line, 2*margin, y, bandGrey)
		y += unit
	}
	box := image.Rect(margin, y, width-margin, y+len(address)*unit+margin/2)
	fill(img, box, bandEdge)
	fill(img, box.Inset(scale), bandBox)
	y += margin / 4
	for _, line := range address {
		p.text(img, p.mono, line, 2*margin, y, bandInk)
		y += unit
	}
	y = box.Max.Y + margin/2
	for _, line := range facts {
		x := margin
		for _, piece := range line {
			x = p.text(img, piece.font, piece.text, x, y, bandInk)
		}
		y += unit
	}
	bottom := img.Bounds().Max.Y
	fill(img, image.Rect(0, bottom-scale, width, bottom), bandEdge)
	return img, nil
}

// BandWidth is the narrowest band that can be drawn at that scale, in pixels.
func BandWidth(scale int) int { return bandMinimum * max(scale, 1) }

func fill(img draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// pen holds the fonts of one band.
type pen struct {
	scale             int
	mono, plain, bold *fallback
}

func newPen(scale int) (*pen, error) {
	p := &pen{scale: scale}
	for _, f := range []struct {
		to    **fallback
		fonts [][]byte
	}{
		{&p.mono, [][]byte{liberationmonoregular.TTF, dejavusansmono.TTF, dejavusans.TTF}},
		{&p.plain, [][]byte{liberationsansregular.TTF, dejavusans.TTF}},
		{&p.bold, [][]byte{liberationsansbold.TTF, dejavusans.TTF}},
	} {
		var err error
		if *f.to, err = newFallback(float64(bandText*scale), f.fonts...); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// text draws one line whose top is y and returns where it ends.
func (p *pen) text(img draw.Image, f *fallback, s string, x, y int, c color.Color) int {
	dot := fixed.P(x, y+bandText*p.scale)
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Dot: dot}
	for _, r := range s {
		d.Face = f.face(r)
		d.DrawString(string(r))
	}
	return d.Dot.X.Ceil()
}

// fallback draws each character with the first font that has it.
type fallback struct {
	fonts []*sfnt.Font
	faces []font.Face
	buf   sfnt.Buffer
}

func newFallback(size float64, fonts ...[]byte) (*fallback, error) {
	f := &fallback{}
	for _, ttf := range fonts {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("picture: font: %w", err)
		}
		face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("picture: font: %w", err)
		}
		f.fonts, f.faces = append(f.fonts, parsed), append(f.faces, face)
	}
	return f, nil
}

func (f *fallback) has(r rune) (int, bool) {
	for i, parsed := range f.fonts {
		if g, err := parsed.GlyphIndex(&f.buf, r); err == nil && g != 0 {
			return i, true
		}
	}
	return 0, false
}

func (f *fallback) face(r rune) font.Face {
	i, _ := f.has(r)
	return f.faces[i]
}

// visible spells characters that no font has: nothing is dropped silently.
func (f *fallback) visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if _, ok := f.has(r); ok {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}

func (f *fallback) width(s string) fixed.Int26_6 {
	var w fixed.Int26_6
	for _, r := range s {
		if a, ok := f.face(r).GlyphAdvance(r); ok {
			w += a
		}
	}
	return w
}

// wrapAnywhere breaks a text without spaces, such as an address, into lines of
// at most width pixels.
func wrapAnywhere(f *fallback, s string, width int) []string {
	if s == "" {
		return nil
	}
	var lines []string
	var line strings.Builder
	var used fixed.Int26_6
	for _, r := range f.visible(s) {
		w, _ := f.face(r).GlyphAdvance(r)
		if line.Len() > 0 && used+w > fixed.I(width) {
			lines = append(lines, line.String())
			line.Reset()
			used = 0
		}
		line.WriteRune(r)
		used += w
	}
	return append(lines, line.String())
}

type piece struct {
	font *fallback
	text string
}

// wrapFacts sets facts side by side, and the next one on a new line when it does not fit.
func wrapFacts(p *pen, facts []string, width int) [][]piece {
	const gap = "    "
	var lines [][]piece
	var used fixed.Int26_6
	for i, fact := range facts {
		f := p.plain
		if i == 0 {
			f = p.bold
		}
		for _, part := range wrapAnywhere(f, fact, width) {
			w := f.width(part)
			if len(lines) == 0 || used+p.plain.width(gap)+w > fixed.I(width) {
				lines, used = append(lines, nil), 0
			} else {
				part, w = gap+part, w+f.width(gap)
			}
			last := len(lines) - 1
			lines[last] = append(lines[last], piece{f, part})
			used += w
		}
	}
	return lines
}
