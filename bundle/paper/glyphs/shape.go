package glyphs

import (
	"bytes"
	"image/png"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

const (
	// grid is the size that is shaped at: one em.
	grid = 1000
	// maxPicture bounds the width and height of a glyph that is a picture, in pixels.
	maxPicture = 1024
	// maxRunes is the most that is one cluster: a family of four with a colour of skin each has eleven.
	maxRunes = 16
	// maxSegments bounds the outline of one cluster.
	maxSegments = 20_000
)

// Clusters cuts a text where a reader would (Unicode Standard Annex 29), and keeps letters of India
// that a virama joins in one piece. What goes on beyond all writing is cut, so that no line runs off
// the paper.
func Clusters(text string) []string {
	var out []string
	joined, runes := false, 0
	for all := graphemes.FromString(text); all.Next(); {
		for _, c := range pieces(all.Value()) {
			first, _ := utf8.DecodeRuneInString(c)
			n := utf8.RuneCountInString(c)
			if joined && unicode.IsLetter(first) && runes+n <= maxRunes {
				out[len(out)-1] += c
				runes += n
			} else {
				out = append(out, c)
				runes = n
			}
			// Of combining class 9 are the viramas (Unicode Standard Annex 44).
			_, size := utf8.DecodeLastRuneInString(c)
			joined = norm.NFC.PropertiesString(c[len(c)-size:]).CCC() == 9
		}
	}
	return out
}

// pieces are a cluster, or what is left of one that is too long.
func pieces(cluster string) []string {
	if len(cluster) <= maxRunes {
		return []string{cluster}
	}
	var out []string
	start, n := 0, 0
	for i := range cluster {
		if n == maxRunes {
			out, start, n = append(out, cluster[start:i]), i, 0
		}
		n++
	}
	return append(out, cluster[start:])
}

// shape has a font draw a cluster; nil if it lacks something of it, or is broken.
func (s *Set) shape(f *font.Face, cluster []rune) (d *Drawing) {
	defer func() {
		if recover() != nil { // a broken font file is one that has nothing
			d = nil
		}
	}()
	direction := di.DirectionLTR
	if p, _ := bidi.LookupRune(cluster[0]); p.Class() == bidi.R || p.Class() == bidi.AL {
		direction = di.DirectionRTL
	}
	out := s.shaper.Shape(shaping.Input{
		Text: slices.Clone(cluster), RunEnd: len(cluster), Direction: direction, Face: f, Size: fixed.I(grid),
		Script: scriptOf(cluster), Language: language.NewLanguage("und"),
	})
	d = &Drawing{}
	for _, g := range out.Glyphs {
		x, y := d.Advance+em(g.XOffset), em(g.YOffset)
		d.Advance += em(g.Advance)
		if g.GlyphID == 0 {
			return nil
		}
		shape, ok := part(f, g)
		if !ok {
			return nil
		}
		shape.X, shape.Y = shape.X+x, shape.Y+y
		if shape.Outline != nil || shape.Picture != nil {
			d.Shapes = append(d.Shapes, shape)
		}
	}
	if len(d.Shapes) == 0 && !unicode.IsSpace(cluster[0]) || d.Advance < 0 {
		return nil
	}
	return d
}

// part is one glyph: a picture where the font has one, or its outline.
func part(f *font.Face, g shaping.Glyph) (Shape, bool) {
	id := opentype.GID(g.GlyphID)
	if b, ok := f.GlyphData(id).(font.GlyphBitmap); ok {
		if b.Format != font.PNG {
			return Shape{}, false
		}
		head, err := png.DecodeConfig(bytes.NewReader(b.Data))
		if err != nil || head.Width > maxPicture || head.Height > maxPicture {
			return Shape{}, false
		}
		p, err := png.Decode(bytes.NewReader(b.Data))
		if err != nil {
			return Shape{}, false
		}
		// The height of a glyph runs downwards.
		return Shape{X: em(g.XBearing), Y: em(g.YBearing) + em(g.Height), Picture: p, Width: em(g.Width), Height: -em(g.Height)}, true
	}
	o, ok := f.GlyphDataOutline(uint16(id))
	if !ok || len(o.Segments) > maxSegments {
		return Shape{}, false
	}
	return Shape{Outline: path(o.Segments, 1/float64(f.Upem()))}, true
}

func em(v fixed.Int26_6) float64 { return float64(v) / 64 / grid }

// path brings an outline to em, and its quadratic curves to cubic ones.
func path(in []font.Segment, scale float64) []Segment {
	at := func(p font.SegmentPoint) Point { return Point{float64(p.X) * scale, float64(p.Y) * scale} }
	out := make([]Segment, 0, len(in))
	var pen Point
	for _, s := range in {
		switch s.Op {
		case opentype.SegmentOpMoveTo, opentype.SegmentOpLineTo:
			pen = at(s.Args[0])
			op := Line
			if s.Op == opentype.SegmentOpMoveTo {
				op = Move
			}
			out = append(out, Segment{op, [3]Point{pen}})
		case opentype.SegmentOpQuadTo:
			c, end := at(s.Args[0]), at(s.Args[1])
			near := func(p Point) Point { return Point{p.X + (c.X-p.X)*2/3, p.Y + (c.Y-p.Y)*2/3} }
			out = append(out, Segment{Cubic, [3]Point{near(pen), near(end), end}})
			pen = end
		case opentype.SegmentOpCubeTo:
			pen = at(s.Args[2])
			out = append(out, Segment{Cubic, [3]Point{at(s.Args[0]), at(s.Args[1]), pen}})
		}
	}
	return out
}
