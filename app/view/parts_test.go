package view

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"constat/assets/icons"
	"constat/assets/words"
	"constat/evidence"
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

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastIsEnoughInBothPalettes(t *testing.T) {
	pairs := []struct{ ink, on fyne.ThemeColorName }{
		{roleInk, rolePaper}, {roleInk, roleCard}, {roleInk, roleSide}, {roleInk, roleWarnSoft}, {roleInk, roleBadSoft}, {roleInk, roleOKSoft}, {roleInk, roleHover},
		{roleMute, rolePaper}, {roleMute, roleCard}, {roleMute, roleSide}, {roleMute, roleWarnSoft}, {roleMute, roleField}, {roleMute, roleHover},
		{roleOnAccent, roleAccent}, {roleOnAccent, roleAccentOver}, {roleOnInk, roleInk}, {roleOnInk, roleInkOver},
		{roleAccent, roleCard}, {roleAccent, roleSide}, {roleAccent, roleAccentSoft}, {roleWarn, roleWarnSoft}, {roleWarn, roleCard},
		{roleOK, roleOKSoft}, {roleOK, roleCard}, {roleBad, roleBadSoft}, {roleBad, roleCard}, {roleCoverInk, roleCover}, {roleCoverInk, roleCoverLine},
	}
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for _, pair := range pairs {
			if got := contrast(p[pair.ink], p[pair.on]); got < 4.5 {
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
	if LightTheme().Color(rolePaper, theme.VariantDark) != th.Color(rolePaper, theme.VariantLight) {
		t.Error("the light look is not light where the system says dark")
	}
	if th.Color(rolePaper, theme.VariantLight) == th.Color(rolePaper, theme.VariantDark) {
		t.Error("light and dark are the same")
	}
	if got := th.Size(theme.SizeNameText); got != sizeBody {
		t.Errorf("body text is %v", got)
	}
}

// source is the text of this package's own files.
func source(t *testing.T, tests bool) string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") != tests {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// TestEveryWordIsThereAndUsed holds code and catalog together: every literal
// that looks like one of our keys exists, and every key is used.
func TestEveryWordIsThereAndUsed(t *testing.T) {
	src := source(t, false)
	text := mustText(t, "fr")
	for _, m := range regexp.MustCompile(`(?:w\.(?:t|n)|w\.button|w\.sideLink|add)\((?:button\w+, )?"([a-z0-9.-]+)"`).FindAllStringSubmatch(src, -1) {
		if key := "window." + m[1]; !strings.HasSuffix(key, ".") && !text.Has(key) {
			t.Errorf("%s is used and does not exist", key)
		}
	}
	catalog, err := os.ReadFile("../../assets/words/catalog/window.fr.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^  "(window\.([a-z0-9.-]+))"`).FindAllStringSubmatch(string(catalog), -1) {
		made := strings.HasPrefix(m[2], "outcome.") || strings.HasPrefix(m[2], "reason.") || strings.HasPrefix(m[2], "options.") // the key is put together from a code
		if !made && !strings.Contains(src, `"`+m[2]+`"`) && !strings.Contains(src, `"`+m[1]+`"`) {
			t.Errorf("%s is used nowhere", m[1])
		}
	}
	for _, o := range []evidence.Outcome{evidence.Partial, evidence.LoginPage, evidence.BotCheck, evidence.Removed, evidence.Blank, evidence.FailedOut} {
		for _, lang := range words.Languages {
			for _, part := range []string{".what", ".do"} {
				if key := "window.outcome." + string(o) + part; !mustText(t, lang).Has(key) {
					t.Errorf("%s lacks %s", lang, key)
				}
			}
		}
	}
}

func TestEveryMarkExists(t *testing.T) {
	src := source(t, false)
	names := regexp.MustCompile(`(?:mark|markResource)\("([a-z]+)"|(?:point|chip)\(tone\w+, "([a-z]+)"|newRowButton\(w\.keys, "([a-z]+)"|newTick\(k, "([a-z]+)", "([a-z]+)"`).FindAllStringSubmatch(src, -1)
	if len(names) < 20 {
		t.Fatalf("only %d marks found in the source", len(names))
	}
	for _, m := range append(names, []string{"", "shift", "down", "half", "cross", "ring"}) {
		for _, name := range m[1:] {
			if name == "" {
				continue
			}
			if _, err := icons.Mark(name); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := icons.Mark("no-such-mark"); err == nil {
		t.Error("a mark that does not exist was found")
	}
}

// lines returns what a text draws at a width, line by line.
func lines(tx *text, width float32) []string {
	var out []string
	for _, l := range tx.breakInto(width) {
		var b strings.Builder
		for _, p := range l.pieces {
			b.WriteString(p.text)
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

func TestTextBreaksBetweenWordsAndInsideLongOnes(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(Theme())
	long := "https://exemple.be/" + strings.Repeat("0123456789", 12)
	tx := newText(plain("Un deux trois, "), strong("quatre"), plain(", cinq "), mono(long))
	for _, width := range []float32{60, 120, 300, 2000} {
		got := lines(tx, width)
		if strings.Join(strings.Fields(strings.Join(got, "")), "") != strings.Join(strings.Fields(tx.content()), "") {
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
	one := line(mono(long))
	if got := one.single(100); !strings.HasSuffix(got[0].pieces[0].text, "…") || got[0].width > 101 {
		t.Errorf("one line is not cut: %+v", got)
	}
}

func TestMarkedSplitsAtStars(t *testing.T) {
	got := marked("avant **gras** après")
	if len(got) != 3 || got[0].bold || !got[1].bold || got[1].text != "gras" || got[2].bold {
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

func TestChooserListsFoldersFirstAndHidesHidden(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"zeta", "alpha", ".hidden"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"roots.PEM", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readFolder(dir, true, []string{".pem"})
	want := []choosable{{"alpha", true}, {"zeta", true}, {"roots.PEM", false}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if got, _ := readFolder(dir, false, nil); len(got) != 2 {
		t.Errorf("folders only: %v", got)
	}
	if _, err := readFolder(filepath.Join(dir, "none"), false, nil); err == nil {
		t.Error("a folder that does not exist was listed")
	}
}

func TestFreeNameAvoidsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dossier.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := freeName(dir, "dossier"); got != "dossier 2" {
		t.Errorf("free name %q", got)
	}
}
