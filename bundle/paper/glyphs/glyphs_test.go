package glyphs_test

import (
	"slices"
	"strings"
	"testing"

	"constat/bundle/paper/emoji"
	"constat/bundle/paper/glyphs"
)

func TestClusters(t *testing.T) {
	for text, want := range map[string][]string{
		"ab":       {"a", "b"},
		"e\u0301x": {"e\u0301", "x"},
		"👨\u200d👩\u200d👧👍🏽🇧🇪🇳🇱":            {"👨\u200d👩\u200d👧", "👍🏽", "🇧🇪", "🇳🇱"},
		"क्षत्रिय":                         {"क्ष", "त्रि", "य"},
		"ก็มี":                             {"ก็", "มี"},
		strings.Repeat("क्", 20):           {strings.Repeat("क्", 8), strings.Repeat("क्", 8), strings.Repeat("क्", 4)},
		"a" + strings.Repeat("\u0301", 20): {"a" + strings.Repeat("\u0301", 15), strings.Repeat("\u0301", 5)},
	} {
		if got := glyphs.Clusters(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// What comes with the program is drawn on every device.
func TestShapeWithoutTheSystem(t *testing.T) {
	s := glyphs.New(glyphs.Options{Emoji: emoji.Font(), NoSystem: true})
	for _, c := range []string{"😀", "👨\u200d👩\u200d👧", "👍🏽", "🇧🇪", "❤\ufe0f", "1\ufe0f\u20e3", "漢", "え", "한", "你"} {
		d := s.Shape(c)
		if d == nil || d.Advance < 0.4 || d.Advance > 3 || len(d.Shapes) == 0 {
			t.Errorf("%q: %+v", c, d)
			continue
		}
		for _, shape := range d.Shapes {
			if shape.Picture != nil && (shape.Width < 0.5 || shape.Height < 0.5 || shape.Y < -1 || shape.Y > 1) {
				t.Errorf("%q: a picture of %.2f × %.2f at %.2f", c, shape.Width, shape.Height, shape.Y)
			}
		}
	}
	// A mark alone, what hides or turns text, and what the bitmaps would draw wrongly or not at all.
	for _, c := range []string{"", "\u0e47", "\u202e", "\u200d", "\ufeff", "\x00", "\ufffd", "\ue000", "ก", "हि", "ب", "\U000e0041", "\U0010ffff"} {
		if d := s.Shape(c); d != nil {
			t.Errorf("%q is drawn: %+v", c, d)
		}
	}
}

// The fonts of the system have what the program has not.
func TestShapeWithTheSystem(t *testing.T) {
	s := glyphs.New(glyphs.Options{})
	for _, c := range []string{"ก็", "हि", "ক্ষ", "த", "አ"} {
		d := s.Shape(c)
		if d == nil || d.Advance < 0.2 || len(d.Shapes) == 0 || len(d.Shapes[0].Outline) == 0 {
			t.Errorf("%q: %+v", c, d)
		}
	}
}

func FuzzShape(f *testing.F) {
	for _, c := range []string{"a", "😀", "漢", "ก็", "हि", "\u200d", "\xff"} {
		f.Add(c)
	}
	s := glyphs.New(glyphs.Options{Emoji: emoji.Font()})
	f.Fuzz(func(t *testing.T, text string) {
		whole := ""
		for _, c := range glyphs.Clusters(text) {
			whole += c
			if d := s.Shape(c); d != nil && (d.Advance < 0 || d.Advance > 100) {
				t.Errorf("%q is %.1f em wide", c, d.Advance)
			}
		}
		if whole != text {
			t.Errorf("%q became %q", text, whole)
		}
	})
}
