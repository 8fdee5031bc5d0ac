package paper

import (
	"bytes"
	"constat/bundle/paper/emoji"
	"constat/internal/stock"
	"errors"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func newDoc(t testing.TB) *Doc {
	t.Helper()
	d, err := New(Options{Title: "Titre 😀 é", Creator: "Constat 1", NoSystem: true, Emoji: emoji.Font(), Created: time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	d.AddPage()
	return d
}

var body = Style{Size: 10}

// save writes the document and has qpdf look at it.
func save(t *testing.T, d *Doc) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, out)
	}
	return path
}

func TestNothingIsDroppedOrPanics(t *testing.T) {
	d := newDoc(t)
	hostile := []string{"", " ", "\x00\x01\x1b[31m", "\xff\xfe\xfa", "😀👨‍👩‍👧🇧🇪", "\U0010ffff", "例え日本", "ก็", "\u202eevil\u202c", "a\u0301", "ﷺ", "\ufeff",
		"()\\", "{nb}", strings.Repeat("ab", 5000), "\ud7ff\ue000\uffff\ufffe"}
	for _, s := range hostile {
		for _, st := range []Style{{Size: 10}, {Size: 10, Bold: true}, {Size: 8, Mono: true, Gray: true}} {
			d.Text(10, 20, st, s)
			d.TextRight(100, 30, st, s)
			d.TextCenter(100, 40, st, s)
			d.Bookmark(s, 0)
			_ = d.Cut(st, s, 20)
			for _, l := range d.Wrap(st, s, 30) {
				d.Text(10, 50, st, l)
			}
		}
	}
	text := stock.Run(t, "", "pdftotext", "-raw", save(t, d), "-")
	for _, want := range []string{"😀👨‍👩‍👧🇧🇪", "⟨U+202E⟩", "⟨U+10FFFF⟩", "例え日本", "⟨U+0E01⟩", "⟨U+FEFF⟩", "{nb}", "()\\"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestDocumentFacts(t *testing.T) {
	d := newDoc(t)
	d.Text(10, 20, body, "é ✓ ◐ → − 12\u00a0345")
	path := save(t, d)
	info := stock.Run(t, "", "pdfinfo", "-isodates", path)
	for _, want := range []string{"Titre 😀 é", "2026-11-23T13:00:00Z", "A4"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	if fonts := stock.Run(t, "", "pdffonts", path); strings.Count(fonts, "Identity-H       yes ") != 2 {
		t.Errorf("a font is not embedded:\n%s", fonts)
	}
	if text := stock.Run(t, "", "pdftotext", path, "-"); !strings.Contains(text, "é ✓ ◐ → − 12") {
		t.Errorf("text: %q", text)
	}
}

func TestWrapLosesNothing(t *testing.T) {
	d := newDoc(t)
	for _, s := range []string{
		"un deux trois quatre cinq six sept huit", strings.Repeat("x", 300), "https://exemple.be/a?b=c&d=" + strings.Repeat("0", 90) + "/fin",
		"  spaces   between  ", "مرحبا بالعالم هذا نص طويل قليلا", "a\nb\n\nc",
	} {
		for _, width := range []float64{0, 3, 20, 60} {
			lines := d.Wrap(body, s, width)
			got := strings.ReplaceAll(strings.Join(lines, ""), " ", "")
			want := strings.NewReplacer(" ", "", "\n", "").Replace(d.prepare(body, strings.ReplaceAll(s, "\n", " ")))
			if got != want {
				t.Errorf("width %v: %q became %q", width, s, lines)
			}
			for _, l := range lines {
				if w := d.Width(body, strings.TrimRight(l, " ")); w > width && utf8.RuneCountInString(strings.TrimRight(l, " ")) > 1 {
					t.Errorf("%q is %.1f wide, not %.1f", l, w, width)
				}
			}
		}
	}
}

// What goes on beyond all writing does not run off the paper.
func TestNoClusterIsWiderThanALine(t *testing.T) {
	d, err := New(Options{Emoji: emoji.Font()}) // with the fonts of this system
	if err != nil {
		t.Fatal(err)
	}
	d.AddPage()
	for _, s := range []string{strings.Repeat("क्", 300), strings.Repeat("😀\u200d", 200), "a" + strings.Repeat("\u0301", 3000), strings.Repeat("👩\u200d", 500)} {
		for _, l := range d.Wrap(body, s, 100) {
			if w := d.Width(body, strings.TrimRight(l, " ")); w > 100 {
				t.Errorf("a line of %.20q is %.0f mm wide", s, w)
			}
		}
	}
	if d.err != nil {
		t.Error(d.err)
	}
}

// A number is read as one: it is broken only where nothing else is.
func TestWrapKeepsNumbersWhole(t *testing.T) {
	d := newDoc(t)
	for _, s := range []string{"started 23.11.2026 10:42:07,123 UTC", "name servers 192.0.2.53, 198.51.100.7", "left out by choice E-001, E-017, within: E-005."} {
		words := strings.Fields(s)
		for width := 30.0; width < 80; width++ {
			for _, l := range d.Wrap(body, s, width) {
				for _, w := range strings.Fields(l) {
					if !slices.Contains(words, w) {
						t.Errorf("width %v: %q is broken at %q", width, s, l)
					}
				}
			}
		}
	}
	if lines := d.Wrap(body, strings.Repeat("1.", 200), 30); len(lines) < 2 {
		t.Errorf("%q", lines)
	}
}

func TestArabicIsJoinedAndTurned(t *testing.T) {
	d := newDoc(t)
	has := d.fonts.sans.has
	if got := joinArabic("سلام", has); got != "\ufeb3\ufefc\ufee1" {
		t.Errorf("joined: %+q", got)
	}
	if got := joinArabic("باب", has); got != "\ufe91\ufe8e\ufe8f" {
		t.Errorf("joined: %+q", got)
	}
	for in, want := range map[string]string{
		"abc": "abc", "אבג": "גבא", "x אב 12.5 גד y": "x דג 12.5 בא y", "(אב)": "(בא)", "אב (גד) הו": "וה (דג) בא", "א⟨U+1F600⟩ב": "א⟨U+1F600⟩ב",
	} {
		if got := readingOrder(in); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

func TestAPanicIsAnError(t *testing.T) {
	d := newDoc(t)
	d.guard(func() { panic("inside the library") })
	d.Text(1, 1, body, "after")
	var b bytes.Buffer
	if err := d.Write(&b); err == nil || !strings.Contains(err.Error(), "inside the library") || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
	empty, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := empty.Write(&b); err == nil {
		t.Error("a document without pages was written")
	}
	failing := newDoc(t)
	if err := failing.Write(writerFunc(func([]byte) (int, error) { return 0, os.ErrPermission })); !errors.Is(err, os.ErrPermission) {
		t.Errorf("writer's error: %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestPicturesOfEveryKind(t *testing.T) {
	d := newDoc(t)
	noise := image.NewRGBA(image.Rect(0, 0, 800, 800))
	seed := uint32(1)
	for i := range noise.Pix {
		seed = seed*1664525 + 1013904223
		noise.Pix[i] = uint8(seed>>24) | 0xff*uint8(i%4/3)
	}
	pal := image.NewPaletted(image.Rect(0, 0, 3, 3), color.Palette{color.White, color.Black})
	for _, img := range []image.Image{noise, pal, image.NewGray(image.Rect(0, 0, 1, 1)), image.NewGray16(image.Rect(0, 0, 9, 9)),
		image.NewNRGBA(image.Rect(5, 5, 9, 9)), image.NewRGBA64(image.Rect(0, 0, 4, 4)), image.NewCMYK(image.Rect(0, 0, 4, 4)), pal, noise} {
		d.Picture("a picture", img, 10, 10, 20, 20)
	}
	if d.PictureBytes() == 0 {
		t.Error("no bytes counted")
	}
	list := stock.Run(t, "", "pdfimages", "-list", save(t, d))
	if !strings.Contains(list, "jpeg") || !strings.Contains(list, "image") {
		t.Errorf("one of the encodings was never chosen:\n%s", list)
	}
	bad := newDoc(t)
	bad.Picture("", image.NewRGBA(image.Rectangle{}), 0, 0, 1, 1)
	if err := bad.Write(&bytes.Buffer{}); err == nil {
		t.Error("an empty picture was drawn")
	}
}

func TestLongTextsDoNotTakeForever(t *testing.T) {
	d := newDoc(t)
	for _, s := range []string{"a", "a ", "a/", "\u0301", "ب", "بً", "א1 ", "😀", "\xff", "⟨", "א("} {
		d.Wrap(body, strings.Repeat(s, 20_000), 100)
		d.Text(10, 10, body, strings.Repeat(s, 20_000))
	}
	if d.err != nil {
		t.Error(d.err)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"a", "😀", "مرحبا 12.5 (x)", "\xff\x00", "e\u0301", "\xf4\u0374", "אב(ג", "⟨U+0041⟩"} {
		f.Add(s)
	}
	d := newDoc(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, st := range []Style{{Size: 9}, {Size: 9, Bold: true}, {Size: 9, Mono: true}} {
			v := d.prepare(st, s)
			if again := d.prepare(st, v); again != v || !utf8.ValidString(v) {
				t.Errorf("%q: %q is not stable: %q", s, v, again)
			}
			for _, r := range d.runs(st, v) {
				if r.face == nil && r.drawn == nil {
					t.Errorf("%q: %q cannot be drawn", s, r.text)
				}
			}
			if got := readingOrder(v); len(got) != len(v) {
				t.Errorf("%q: turned into %q", v, got)
			}
			_ = d.Wrap(st, s, 10)
		}
		d.Text(10, 10, body, s)
		if d.err != nil {
			t.Fatal(d.err)
		}
	})
}
