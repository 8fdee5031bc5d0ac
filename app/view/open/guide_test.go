package open

import (
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// guideDir is the guide for people, a page a step, in four languages.
const guideDir = "../../../docs/guide"

// guideShots are the pictures of the guide, in the order in which the way leads by them.
var guideShots = []string{"home", "more", "facts", "exhibit", "remove", "complain", "export", "help"}

// The way of the guide is walked in four languages; with CONSTAT_GUIDE=folder its pictures are
// written there (scripts/guide-pictures.sh).
func TestTheWayOfTheGuide(t *testing.T) {
	r := inCase(t)
	fyne.CurrentApp().Settings().SetTheme(widget.ThemeOf("light", 1))
	r.Win.Resize(viewtest.Least)
	id := r.W.Desk().Case.ID
	photo := filepath.Join(r.Home, "IMG_20261121_2230.png")
	picture := image.NewNRGBA(image.Rect(0, 0, 320, 400))
	for y := range 400 {
		for x := range 320 {
			picture.Set(x, y, color.NRGBA{uint8(90 + x/4), uint8(120 + y/8), 140, 255})
		}
	}
	save(t, photo, picture)
	none := evidence.NoProgress{}
	if _, err := r.W.Session().Keep.Record(t.Context(), keep.RecordRequest{Case: id, Address: "https://x.com/compte_x/status/1791000000000000000"}, none); err != nil {
		t.Fatal(err)
	}
	_, err := r.W.Session().Keep.Import(t.Context(), keep.ImportRequest{Case: id, Files: []string{photo}, Subject: keep.SubjectAdult,
		Meant: keep.Meant{Piece: "messages", Platform: "x"}}, none)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Languages {
		r.W.Speak(lang)
		taken := map[string]bool{}
		shot := func(name string) {
			taken[name] = true
			r.W.ToTop()
			if dir := os.Getenv("CONSTAT_GUIDE"); dir != "" {
				save(t, filepath.Join(dir, lang+"-"+name+".png"), small(r.Win.Canvas().Capture()))
			}
		}
		r.W.Show(r.W.At(stage.Kept))
		shot("home")
		r.Press("window.more.open")
		r.Sees("window.more.why", "window.more.many")
		shot("more")
		r.W.Show(r.W.At(stage.Kept))
		for _, o := range r.Everything() {
			if c, ok := o.(*widget.PressCard); ok {
				c.Tapped(nil) // the newest exhibit
				break
			}
		}
		r.Sees("window.exhibit.now")
		shot("exhibit")
		r.Press("window.facts.complete")
		r.Sees("window.facts.form-why")
		shot("facts")
		for name, place := range map[string]stage.Place{"remove": stage.Remove, "complain": stage.Complain, "export": stage.Handover, "help": stage.Help} {
			r.W.Show(r.W.At(place))
			shot(name)
		}
		for _, name := range guideShots {
			if !taken[name] {
				t.Errorf("%s: the way does not lead by %s", lang, name)
			}
			if _, err := os.Stat(filepath.Join(guideDir, "images", lang+"-"+name+".png")); err != nil {
				t.Errorf("run scripts/guide-pictures.sh: %v", err)
			}
		}
	}
}

// small is a picture of a window in its most frequent colours: a repository need not hold more.
func small(img image.Image) image.Image {
	count := map[color.NRGBA]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.NRGBA) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return int(a.R) + int(a.G)<<8 + int(a.B)<<16 - int(b.R) - int(b.G)<<8 - int(b.B)<<16
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 64)] {
		palette = append(palette, c)
	}
	nearest := map[color.NRGBA]uint8{}
	out := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			i, ok := nearest[c]
			if !ok {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}

func save(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// What the guide calls by its name is called so in the window, and its pictures and pages are there.
func TestTheGuideSpeaksAsTheWindowDoes(t *testing.T) {
	keys, err := words.Keys()
	if err != nil {
		t.Fatal(err)
	}
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	var total int64
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, k := range keys {
			known[flat(text.T(k))] = true
		}
		pages, err := filepath.Glob(filepath.Join(guideDir, lang, "*.md"))
		if err != nil || len(pages) != 4 {
			t.Fatalf("%s: pages %v, %v", lang, pages, err)
		}
		for _, page := range pages {
			b, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`\*\*(.+?)\*\*`).FindAllStringSubmatch(string(b), -1) {
				if !known[flat(m[1])] {
					t.Errorf("%s: nothing is called %q", page, m[1])
				}
			}
			for _, m := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(string(b), -1) {
				info, err := os.Stat(filepath.Join(filepath.Dir(page), m[1]))
				if err != nil {
					t.Errorf("%s leads to %s, which is not there", page, m[1])
				} else if strings.HasSuffix(m[1], ".png") {
					total += info.Size()
				}
			}
		}
	}
	if total == 0 || total > 3<<20 {
		t.Errorf("the pictures of the guide have %d bytes", total)
	}
}

// What the table of the manual points to is there.
func TestTheManualIsInTheProduct(t *testing.T) {
	const root = "../../.."
	table, err := os.ReadFile(filepath.Join(guideDir, "manual-table.md"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := words.Keys()
	if err != nil {
		t.Fatal(err)
	}
	sentences := 0
	for _, line := range strings.Split(string(table), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| in the manual") {
			continue
		}
		sentences++
		pointers := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(line, -1)
		if len(pointers) == 0 {
			t.Errorf("nowhere: %s", line)
		}
		for _, m := range pointers {
			at := m[1]
			if strings.HasPrefix(at, "window.") {
				if !slices.Contains(keys, at) {
					t.Errorf("no text is called %s", at)
				}
				continue
			}
			file, id, _ := strings.Cut(at, "#")
			b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
			if err != nil {
				t.Errorf("%s: %v", at, err)
			} else if id != "" && !regexp.MustCompile(`"id":\s*"`+regexp.QuoteMeta(id)+`"`).Match(b) {
				t.Errorf("%s holds no %s", file, id)
			}
		}
	}
	if sentences < 50 {
		t.Errorf("%d sentences", sentences)
	}
}
