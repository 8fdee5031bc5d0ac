package paper

import (
	"fmt"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-fonts/dejavu/dejavusansmono"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Style is how text looks. The zero Size is wrong use and draws nothing.
type Style struct {
	Size float64 // points
	Bold bool
	Mono bool // for addresses and digests; there is no bold of it
	Gray bool // secondary text, still 5 : 1 against white
}

// face is one font file, and what it has.
type face struct {
	family string
	data   []byte
	glyphs *sfnt.Font
	buf    sfnt.Buffer
	known  map[rune]int16 // advance in thousandths of the size; -1: not in this font
	loaded bool           // handed to the PDF library; only fonts in use are
}

// advance returns how far the pen moves, or -1 if the font lacks the character.
func (f *face) advance(r rune) int16 {
	w, seen := f.known[r]
	if !seen {
		w = -1
		if i, err := f.glyphs.GlyphIndex(&f.buf, r); err == nil && i != 0 && r <= '\uffff' {
			if a, err := f.glyphs.GlyphAdvance(&f.buf, i, fixed.I(1000), font.HintingNone); err == nil {
				w = int16(a.Round())
			}
		}
		f.known[r] = w
	}
	return w
}

func (f *face) has(r rune) bool { return f.advance(r) >= 0 }

// chain is a font with those that stand in for what it lacks.
type chain []*face

func (c chain) has(r rune) bool { return c.face(r) != nil }

// hasAll tells whether each character of a cluster can be drawn as text: none hides, turns or
// chooses forms.
func (c chain) hasAll(cluster string) bool { return Visible(cluster, c.has) == cluster }

func (c chain) face(r rune) *face {
	for _, f := range c {
		if f.has(r) {
			return f
		}
	}
	return nil
}

type fonts struct{ sans, bold, mono chain }

func loadFonts() (fonts, error) {
	load := func(family string, data []byte) (*face, error) {
		f, err := sfnt.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", family, err)
		}
		return &face{family: family, data: data, glyphs: f, known: map[rune]int16{}}, nil
	}
	var all []*face
	for _, f := range []struct {
		family string
		data   []byte
	}{
		{"sans", liberationsansregular.TTF}, {"sansb", liberationsansbold.TTF}, {"mono", liberationmonoregular.TTF},
		{"dejavu", dejavusans.TTF}, {"dejavub", dejavusansbold.TTF}, {"dejavum", dejavusansmono.TTF},
	} {
		l, err := load(f.family, f.data)
		if err != nil {
			return fonts{}, err
		}
		all = append(all, l)
	}
	return fonts{
		sans: chain{all[0], all[3]},
		bold: chain{all[1], all[4], all[3]},
		mono: chain{all[2], all[5], all[3]},
	}, nil
}

func (f *fonts) of(s Style) chain {
	switch {
	case s.Mono:
		return f.mono
	case s.Bold:
		return f.bold
	default:
		return f.sans
	}
}
