package widget

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// luminance and contrast are those of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func ratio(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastIsEnoughInBothPalettes(t *testing.T) {
	pairs := []struct{ ink, on fyne.ThemeColorName }{
		{RoleInk, RolePaper}, {RoleInk, RoleCard}, {RoleInk, RoleSide}, {RoleInk, RoleWarnSoft}, {RoleInk, RoleBadSoft}, {RoleInk, RoleOKSoft}, {RoleInk, roleHover},
		{RoleMute, RolePaper}, {RoleMute, RoleCard}, {RoleMute, RoleSide}, {RoleMute, RoleWarnSoft}, {RoleMute, roleField}, {RoleMute, roleHover},
		{roleOnAccent, RoleAccent}, {roleOnAccent, roleAccentOver}, {roleOnInk, RoleInk}, {roleOnInk, roleInkOver},
		{RoleAccent, RoleCard}, {RoleAccent, RoleSide}, {RoleAccent, roleAccentSoft}, {RoleWarn, RoleWarnSoft}, {RoleWarn, RoleCard},
		{RoleOK, RoleOKSoft}, {RoleOK, RoleCard}, {RoleBad, RoleBadSoft}, {RoleBad, RoleCard}, {roleCoverInk, roleCover}, {roleCoverInk, roleCoverLine},
	}
	for name, p := range map[string]palette{"light": light, "dark": dark, "contrast": contrast} {
		for _, pair := range pairs {
			if got := ratio(p[pair.ink], p[pair.on]); got < 4.5 {
				t.Errorf("%s: %s on %s is %.2f : 1", name, pair.ink, pair.on, got)
			}
		}
	}
	for role := range light {
		if _, ok := dark[role]; !ok {
			t.Errorf("the dark palette lacks %s", role)
		}
	}
}

func TestThemeFollowsTheSystem(t *testing.T) {
	th := Theme()
	if LightTheme().Color(RolePaper, theme.VariantDark) != th.Color(RolePaper, theme.VariantLight) {
		t.Error("the light look is not light where the system says dark")
	}
	if th.Color(RolePaper, theme.VariantLight) == th.Color(RolePaper, theme.VariantDark) {
		t.Error("light and dark are the same")
	}
	if got := th.Size(theme.SizeNameText); got != sizeBody {
		t.Errorf("body text is %v", got)
	}
}

// lines returns what a text draws at a width, line by line.
func lines(tx *Text, width float32) []string {
	var out []string
	for _, l := range tx.breakInto(width) {
		var b strings.Builder
		for _, p := range l.pieces {
			b.WriteString(p.Text)
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

func TestTextBreaksBetweenWordsAndInsideLongOnes(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme())
	long := "https://exemple.be/" + strings.Repeat("0123456789", 12)
	tx := NewText(Plain("Un deux trois, "), Strong("quatre"), Plain(", cinq "), Mono(long))
	for _, width := range []float32{60, 120, 300, 2000} {
		got := lines(tx, width)
		if strings.Join(strings.Fields(strings.Join(got, "")), "") != strings.Join(strings.Fields(tx.Content()), "") {
			t.Errorf("width %v loses text: %q", width, got)
		}
		for _, l := range tx.breakInto(width) {
			if l.width > width+20 { // a trailing space may reach over
				t.Errorf("width %v: line of %v", width, l.width)
			}
		}
		if slices.Contains(got, ", cinq") || strings.HasPrefix(got[len(got)-1], ",") {
			t.Errorf("width %v: a comma was torn from its word: %q", width, got)
		}
	}
	if a, b := tx.heightFor(100), tx.heightFor(2000); a <= b {
		t.Errorf("height for 100 is %v, for 2000 %v", a, b)
	}
	one := NewLine(Mono(long))
	if got := one.single(100); !strings.HasSuffix(got[0].pieces[0].Text, "…") || got[0].width > 101 {
		t.Errorf("one line is not cut: %+v", got)
	}
}

func TestMarkedSplitsAtStars(t *testing.T) {
	got := Marked("avant **gras** après")
	if len(got) != 3 || got[0].Bold || !got[1].Bold || got[1].Text != "gras" || got[2].Bold {
		t.Errorf("%+v", got)
	}
}

func TestHatchHasRoundedCornersAndTwoTones(t *testing.T) {
	a, b := light[roleCover], light[roleCoverLine]
	img := drawHatch(200, 120, 8, 18, a, b)
	if _, _, _, alpha := img.At(0, 0).RGBA(); alpha != 0 {
		t.Error("the corner is not rounded")
	}
	seen := map[color.Color]bool{}
	for x := 20; x < 180; x++ {
		seen[img.At(x, 60)] = true
	}
	if !seen[a] || !seen[b] || len(seen) != 2 {
		t.Errorf("tones %v", seen)
	}
}

// A long name is broken between its parts, and inside of one only if it is wider than a line.
func TestALongNameBreaksBetweenItsParts(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme())
	name := "WhatsApp_Image_2026-11-23_at_21.42.07_conversation_avec_quelquun.jpeg"
	for _, width := range []float32{140, 200, 300, 420} {
		got := lines(NewText(Span{Text: "E-004 · " + name, Size: SizeTitle, Bold: true}), width)
		if strings.Join(strings.Fields(strings.Join(got, "")), "") != "E-004·"+name {
			t.Errorf("width %v loses text: %q", width, got)
		}
		for _, l := range got[:len(got)-1] {
			if last := l[len(l)-1]; last != '-' && last != '_' && last != '.' && !strings.HasSuffix(l, "·") && width > 200 {
				t.Errorf("width %v breaks inside a word: %q", width, got)
			}
		}
	}
	if got := strings.Join(lines(NewText(Plain(strings.Repeat("0123456789", 12))), 120), ""); len(got) != 120 {
		t.Errorf("a name of one part: %q", got)
	}
}

// What a text remembers of widths that it was asked about is never another's: of what it said before, or of a smaller scale.
func TestTextForgetsWhatNoLongerHolds(t *testing.T) {
	settings := test.NewTempApp(t).Settings()
	settings.SetTheme(Theme())
	short, long := Plain("peu de mots ici"), Plain(strings.Repeat("beaucoup de mots ici, ", 20))
	tx := NewText(short)
	for i, step := range []func(){
		func() {},
		func() { tx.Set(long) },
		func() { settings.SetTheme(ThemeOf("light", 2)) },
		func() { tx.Set(short) },
	} {
		step()
		fresh := NewText(tx.spans...)
		for w := float32(100); w < 2000; w += 50 { // more widths than are remembered
			if got, want := tx.heightFor(w), fresh.heightFor(w); got != want {
				t.Errorf("step %d: %v high in %v, anew %v", i, got, w, want)
			}
		}
		if len(tx.broken) > widths {
			t.Errorf("step %d: %d widths are remembered", i, len(tx.broken))
		}
		if got, want := tx.natural(), fresh.natural(); got != want {
			t.Errorf("step %d: %v wide, anew %v", i, got, want)
		}
		tx.heightFor(150) // remembered into the next step
		tx.heightFor(1950)
	}
}
