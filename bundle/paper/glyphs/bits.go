package glyphs

import (
	"image"
	"image/color"
	"unicode"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// cell is the height of a line of it in pixels; its em.
const cell = 13

// drawBits makes squares of the pixels of the bitmap font, which knows neither which characters it
// lacks nor how to join any. Only what stands alone is drawn: a mark, or letters that a script joins,
// would come out wrong.
func drawBits(cluster []rune) *Drawing {
	if len(cluster) != 1 || cluster[0] > 0xffff || joins(cluster[0]) {
		return nil
	}
	var face font.Face = bitmapfont.Face
	r, mask, from, advance, ok := face.Glyph(fixed.P(0, 0), cluster[0])
	if !ok {
		return nil
	}
	d := &Drawing{Advance: float64(advance) / 64 / cell}
	outline := squares(r, mask, from)
	if len(outline) == 0 && !unicode.IsSpace(cluster[0]) {
		return nil
	}
	d.Shapes = []Shape{{Outline: outline}}
	return d
}

// joins tells the scripts whose letters change by what stands beside them.
func joins(r rune) bool {
	return unicode.In(r, unicode.M, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
		unicode.Myanmar, unicode.Tibetan)
}

// squares are the set pixels, a rectangle for each stretch of a row.
func squares(r image.Rectangle, mask image.Image, from image.Point) (out []Segment) {
	set := func(x, y int) bool {
		return x < r.Max.X && color.AlphaModel.Convert(mask.At(from.X+x-r.Min.X, from.Y+y-r.Min.Y)).(color.Alpha).A >= 128
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if !set(x, y) {
				continue
			}
			end := x + 1
			for set(end, y) {
				end++
			}
			left, right, top, low := float64(x)/cell, float64(end)/cell, -float64(y)/cell, -float64(y+1)/cell
			out = append(out,
				Segment{Move, [3]Point{{left, top}}}, Segment{Line, [3]Point{{right, top}}},
				Segment{Line, [3]Point{{right, low}}}, Segment{Line, [3]Point{{left, low}}})
			x = end
		}
	}
	return out
}
