package glyphs

import (
	"bytes"
	"image"
	"io"
	"log"
	"os"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
)

// maxKept is how many drawings are remembered.
const maxKept = 4096

// Drawing is one cluster, in em.
type Drawing struct {
	Advance float64
	Shapes  []Shape
}

// Shape is a part of a drawing: an outline to fill, or a picture.
type Shape struct {
	X, Y    float64   // where its origin lies; of a picture the lower left corner
	Outline []Segment // with the nonzero winding rule
	Picture image.Image
	Width   float64 // of the picture
	Height  float64
}

// Op is what a segment does with its points.
type Op byte

// The operations of a path; a path that begins anew closes the one before.
const (
	Move  Op = iota // one point
	Line            // one point
	Cubic           // two control points and the end
)

// Segment is a piece of a path.
type Segment struct {
	Op     Op
	Points [3]Point
}

// Point is in em, y upwards.
type Point struct{ X, Y float64 }

// Options are what a set may use.
type Options struct {
	Emoji    []byte // a font file; nil: none of our own
	NoSystem bool   // the fonts of this system are not looked at
}

// Set finds drawings.
type Set struct {
	options Options
	shaper  shaping.HarfbuzzShaper
	emoji   *font.Face
	system  *fontscan.FontMap
	asked   struct{ emoji, system bool }
	kept    map[string]*Drawing // nil: there is none
}

// New makes a set. Nothing is read before it is needed.
func New(o Options) *Set {
	return &Set{options: o, kept: map[string]*Drawing{}}
}

// Shape returns the drawing of a cluster, see [Clusters]; nil if there is none of all of it.
func (s *Set) Shape(cluster string) *Drawing {
	if d, known := s.kept[cluster]; known {
		return d
	}
	d := s.find([]rune(cluster))
	if len(s.kept) >= maxKept {
		clear(s.kept)
	}
	s.kept[cluster] = d
	return d
}

func (s *Set) find(cluster []rune) *Drawing {
	if len(cluster) == 0 || !drawable(cluster) {
		return nil
	}
	if f := s.ownEmoji(); f != nil && pictorial(cluster) {
		if d := s.shape(f, cluster); d != nil {
			return d
		}
	}
	if f := s.ofSystem(cluster); f != nil {
		if d := s.shape(f, cluster); d != nil {
			return d
		}
	}
	return drawBits(cluster)
}

func (s *Set) ownEmoji() *font.Face {
	if !s.asked.emoji {
		s.asked.emoji = true
		if f, err := font.ParseTTF(bytes.NewReader(s.options.Emoji)); err == nil && len(s.options.Emoji) > 0 {
			s.emoji = f
		}
	}
	return s.emoji
}

// ofSystem is a font of this system for the first character that is of a script, or the first.
func (s *Set) ofSystem(cluster []rune) (face *font.Face) {
	if s.options.NoSystem {
		return nil
	}
	defer func() {
		if recover() != nil { // a broken font file is one that has nothing
			face = nil
		}
	}()
	if !s.asked.system {
		s.asked.system = true
		s.system = systemFonts()
	}
	if s.system == nil {
		return nil
	}
	s.system.SetScript(scriptOf(cluster))
	f := s.system.ResolveFace(cluster[0])
	if f == nil {
		return nil
	}
	if _, has := f.NominalGlyph(cluster[0]); !has {
		return nil
	}
	return f
}

// systemFonts looks through the fonts of this system. The library writes what it found to a folder,
// which is gone afterwards.
func systemFonts() *fontscan.FontMap {
	dir, err := os.MkdirTemp("", "fonts-")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(dir)
	m := fontscan.NewFontMap(log.New(io.Discard, "", 0))
	if m.UseSystemFonts(dir) != nil {
		return nil
	}
	m.SetQuery(fontscan.Query{Families: []string{fontscan.SansSerif}})
	return m
}

func scriptOf(cluster []rune) language.Script {
	for _, r := range cluster {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited && s != language.Unknown {
			return s
		}
	}
	return language.Common
}

// drawable says that a cluster has something to draw, and nothing that hides or turns text. Joiners
// and selectors may stand within.
func drawable(cluster []rune) bool {
	for i, r := range cluster {
		switch {
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
			return false
		case within(r) || tag(r):
			if i == 0 {
				return false
			}
		case unicode.Is(unicode.Cf, r):
			return false
		}
	}
	return true
}

// within tells the signs that choose or join forms and draw nothing themselves.
func within(r rune) bool {
	return r == '\u200d' || r >= '\ufe00' && r <= '\ufe0f' || r >= 0xe0100 && r <= 0xe01ef
}

// tag tells those that spell the flags of Scotland and its like.
func tag(r rune) bool { return r >= 0xe0020 && r <= 0xe007f }

// pictorial tells clusters that are drawn as pictures: by a selector, or by where they stand.
func pictorial(cluster []rune) bool {
	for i, r := range cluster {
		if r == '\ufe0f' || i == 0 && (r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r == 0x231a || r == 0x231b || r >= 0x23e9 && r <= 0x23f3) {
			return true
		}
	}
	return false
}
