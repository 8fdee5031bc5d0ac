package paper

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"strings"

	"constat/bundle/paper/glyphs"
)

// What no font of the document has is drawn: as outlines, or as a small picture, and
// marked with the text that it stands for (PDF 1.7, 14.9.4, ActualText), so that it
// can be copied, searched and read aloud.

// drawn draws a cluster with the pen at x on the baseline y.
func (d *Doc) drawn(x, y float64, st Style, text string, g *glyphs.Drawing, gray int) {
	em := st.Size * mmPerPoint
	d.pdf.RawWriteStr("/Span <</ActualText <" + strings.ToUpper(hex.EncodeToString([]byte(utf16BOM(text)))) + ">>> BDC")
	for _, s := range g.Shapes {
		left, base := x+s.X*em, y-s.Y*em
		if s.Picture != nil {
			d.inline(s.Picture, left, base-s.Height*em, s.Width*em, s.Height*em)
		}
		d.fill(s.Outline, left, base, em, gray)
	}
	// Readers place the text by a character, which is not seen.
	const held = '\u00a0'
	sans := d.fonts.sans[0]
	d.use(sans, st.Size)
	d.pdf.SetTextRenderingMode(3)
	d.pdf.RawWriteStr(fmt.Sprintf("%.2f Tz", min(max(g.Advance/float64(sans.advance(held))*1000, 0.01), 100)*100))
	d.pdf.Text(x, y, string(held))
	d.pdf.RawWriteStr("100 Tz")
	d.pdf.SetTextRenderingMode(0)
	d.pdf.RawWriteStr("EMC")
}

// fill fills an outline.
func (d *Doc) fill(outline []glyphs.Segment, x, y, em float64, gray int) {
	if len(outline) == 0 {
		return
	}
	at := func(p glyphs.Point) (float64, float64) { return x + p.X*em, y - p.Y*em }
	d.pdf.SetFillColor(gray, gray, gray)
	for i, s := range outline {
		switch s.Op {
		case glyphs.Move:
			if i > 0 {
				d.pdf.ClosePath()
			}
			d.pdf.MoveTo(at(s.Points[0]))
		case glyphs.Line:
			d.pdf.LineTo(at(s.Points[0]))
		case glyphs.Cubic:
			ax, ay := at(s.Points[0])
			bx, by := at(s.Points[1])
			cx, cy := at(s.Points[2])
			d.pdf.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
		}
	}
	d.pdf.ClosePath()
	d.pdf.DrawPath("F")
}

// inline draws a small picture, on white. The same one is encoded once.
func (d *Doc) inline(img image.Image, x, y, w, h float64) {
	name, known := d.small[img]
	if !known {
		var data bytes.Buffer
		if err := png.Encode(&data, plain(img)); err != nil {
			d.err = fmt.Errorf("glyph: %w", err)
			return
		}
		name = d.register(data.Bytes(), "PNG")
		d.small[img] = name
	}
	d.pdf.ImageOptions(name, x, y, w, h, false, gofpdfOptions("PNG"), 0, "")
}

// clusters cuts a text where a reader would; plain text needs no table for it.
func clusters(s string) []string {
	for _, r := range s {
		if r >= 0x300 {
			return glyphs.Clusters(s)
		}
	}
	return strings.Split(s, "")
}

// visible is the gate for text with clusters that are drawn: those stay as they are.
func (d *Doc) visible(s string, has func(rune) bool) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range clusters(s) {
		if Visible(c, has) != c && d.glyphs.Shape(c) != nil {
			b.WriteString(c)
		} else {
			b.WriteString(Visible(c, has))
		}
	}
	return b.String()
}
