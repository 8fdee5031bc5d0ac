package view_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"constat/app/view/widget"
	"constat/assets/help"
	"constat/assets/words"
)

// drawnLines are the lines of a text as it is drawn in a width.
func drawnLines(text string, width float32) []string {
	x := widget.NewText(widget.Plain(text))
	x.Resize(fyne.NewSize(width, 2000))
	var lines []string
	y := float32(-1)
	for _, o := range test.WidgetRenderer(x).Objects() {
		c := o.(*canvas.Text)
		if c.Position().Y != y {
			lines = append(lines, "")
			y = c.Position().Y
		}
		lines[len(lines)-1] += c.Text
	}
	return lines
}

var (
	endsInNumber   = regexp.MustCompile(`(^|[ (+«'])[0-9][0-9./-]*$`)
	beginsANumber  = regexp.MustCompile(`^[0-9]+([ .,;:!?)]|$)`)
	beginsWithUnit = regexp.MustCompile(`^(s|min|h|u|Uhr|heures|uur|Stunden|hours|jours|dagen|Tagen?|days|Mo|MB|Go|GB|%|px|pixels)([ .,;:!?)]|$)`)
)

// TestNumbersAreNotBroken holds of every text that the window has, in four languages, and of every number
// of help: one that is read over the phone stands on one line, and so does a number with its unit.
func TestNumbersAreNotBroken(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(widget.ThemeOf("light", 1))
	texts := map[string]bool{}
	keys, err := words.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			texts[text.T(k)] = true
			texts[text.N(k, 12)] = true
		}
	}
	numbers := 0
	for _, country := range help.Countries() {
		for _, l := range help.Of(country) {
			if l.Number != "" {
				texts["Appelez le "+l.Number+", puis le "+l.Number+"."] = true
				numbers++
			}
		}
	}
	if numbers < 20 {
		t.Fatalf("%d numbers of help", numbers)
	}
	for _, folder := range []string{"../../assets/guide", "../../assets/help"} {
		gather(t, os.DirFS(folder), texts)
	}
	if len(texts) < 6000 {
		t.Fatalf("%d texts: they are not all there", len(texts))
	}
	digit := regexp.MustCompile(`[0-9] `)
	for text := range texts {
		if !digit.MatchString(text) {
			continue
		}
		for width := float32(170); width < 640; width += 23 {
			lines := drawnLines(text, width)
			for i, l := range lines[1:] {
				if before := lines[i]; endsInNumber.MatchString(before) && (beginsANumber.MatchString(l) || beginsWithUnit.MatchString(l)) {
					t.Errorf("at %v a line ends in %q, and the next begins with %q", width, before, l)
				}
			}
		}
	}
}

// gather takes every text of the JSON files.
func gather(t *testing.T, files fs.FS, texts map[string]bool) {
	t.Helper()
	err := fs.WalkDir(files, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json") {
			return err
		}
		b, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			return err
		}
		var walk func(any)
		walk = func(v any) {
			switch x := v.(type) {
			case string:
				texts[x] = true
			case []any:
				for _, y := range x {
					walk(y)
				}
			case map[string]any:
				for _, y := range x {
					walk(y)
				}
			}
		}
		walk(v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatStaysTogether(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(widget.ThemeOf("light", 1))
	for _, whole := range []string{"0800 12 800", "116 000", "9 min", "38 Mo", "« compte »", "prêt ?", "+32 2 475 44 11"} {
		lines := drawnLines("aaaa "+whole, fyne.MeasureText("aa"+whole, 15, fyne.TextStyle{}).Width)
		if len(lines) != 2 || lines[1] != whole {
			t.Errorf("%q is drawn as %q", whole, lines)
		}
	}
	if lines := drawnLines("0800 12 800", 40); len(lines) != 3 {
		t.Errorf("without room %q", lines)
	}
}
