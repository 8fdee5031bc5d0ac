package report_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence"
	"constat/internal/stock"
)

// brought is an exhibit of files that a person brought.
type brought struct {
	m     evidence.Manifest
	bytes map[string][]byte
}

func newBrought() *brought {
	return &brought{m: evidence.Manifest{Exhibit: "E-001", Kind: evidence.Import, Outcome: evidence.Complete}, bytes: map[string][]byte{}}
}

func (x *brought) add(name, media string, role evidence.Role, b []byte, claims ...string) {
	x.m.Artifacts = append(x.m.Artifacts, evidence.Artifact{Name: name, Role: role, MediaType: media, Size: int64(len(b)), SHA256: evidence.Sum(b)})
	x.bytes[name] = b
	for i := 0; i < len(claims); i += 2 {
		x.m.Claims = append(x.m.Claims, evidence.Claim{Artifact: name, Name: claims[i], Value: claims[i+1], Source: "exif"})
	}
}

func (x *brought) exhibit() report.Exhibit {
	return report.Exhibit{Manifest: x.m, Open: func(_ context.Context, name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(x.bytes[name])), nil
	}}
}

// held is a picture that is red at its left edge, as its pixels are stored.
func held() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 600, 300))
	imagedraw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0, 0, 200, 255}), image.Point{}, imagedraw.Src)
	imagedraw.Draw(img, image.Rect(0, 0, 150, 300), image.NewUniform(color.RGBA{220, 0, 0, 255}), image.Point{}, imagedraw.Src)
	return img
}

// A photo that was held upright stands upright on paper, and the page says so; TIFF and BMP are
// drawn; and of each photo name, date and digest stand on its page.
func TestPhotosStandUprightAndAreNamed(t *testing.T) {
	x := newBrought()
	var jpg, tif, bm bytes.Buffer
	for _, err := range []error{jpeg.Encode(&jpg, held(), nil), tiff.Encode(&tif, held(), nil), bmp.Encode(&bm, held())} {
		if err != nil {
			t.Fatal(err)
		}
	}
	x.add("import-01.jpg", "image/jpeg", evidence.Original, jpg.Bytes(), "original-name", "IMG_2041.jpg", "orientation", "6", "taken", "2024:01:05 14:03:22")
	x.add("import-02.tif", "image/tiff", evidence.Original, tif.Bytes(), "original-name", "scan.tif", "pictures", "2")
	x.add("import-03.bmp", "image/bmp", evidence.Original, bm.Bytes(), "original-name", "old.bmp")
	x.add("import-04.tif", "image/tiff", evidence.Original, []byte("II*\x00\x08\x00\x00\x00"), "original-name", "cut.tif")
	for i := 5; i <= 18; i++ {
		b := append([]byte(nil), jpg.Bytes()...)
		b = append(b, byte(i)) // each file has a digest of its own
		x.add(fmt.Sprintf("import-%02d.jpg", i), "image/jpeg", evidence.Original, b, "original-name", fmt.Sprintf("IMG_30%02d.jpg", i), "taken", fmt.Sprintf("2024:02:%02d 10:00:00", i))
	}
	in := input(t, sample.New(t, sample.Options{Tall: 1000}), "en", false)
	in.Exhibits = []report.Exhibit{x.exhibit()}
	path, pages := draw(t, in, "brought")
	seen := map[string]bool{}
	for page := 1; page <= pages; page++ {
		text := flat(stock.Run(t, "", "pdftotext", "-raw", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), path, "-"))
		for _, a := range x.m.Artifacts {
			name := ""
			for _, c := range x.m.Claims {
				if c.Artifact == a.Name && c.Name == "original-name" {
					name = c.Value
				}
			}
			if !strings.Contains(text, flat(name)) || !strings.Contains(text, flat(a.SHA256.String())) {
				continue
			}
			date := ""
			for _, c := range x.m.Claims {
				if c.Artifact == a.Name && c.Name == "taken" {
					date = c.Value
				}
			}
			if strings.Contains(text, flat(date)) {
				seen[a.Name] = true
			}
		}
		switch {
		case strings.Contains(text, flat("IMG_2041.jpg")) && strings.Contains(text, flat("turned upright for paper (EXIF 6)")):
			top := pageColours(t, path, page)
			if top != "red over blue" {
				t.Errorf("the upright photo is %s", top)
			}
			seen["turned"] = true
		case strings.Contains(text, flat("the first of 2 pictures")):
			seen["several"] = true
		}
	}
	for _, a := range x.m.Artifacts {
		if !seen[a.Name] && a.Name != "import-04.tif" {
			t.Errorf("%s: name, date and digest do not stand on one page", a.Name)
		}
	}
	if !seen["turned"] || !seen["several"] {
		t.Errorf("not said: %v", seen)
	}
}

// pageColours says how red and blue lie on a page.
func pageColours(t *testing.T, path string, page int) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "p")
	stock.Run(t, "", "pdftoppm", "-r", "30", "-png", "-singlefile", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), path, out)
	b, err := os.ReadFile(out + ".png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var red, blue, reds, blues image.Point
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			switch r, _, bl, _ := img.At(x, y).RGBA(); {
			case r > 0xb000 && bl < 0x4000:
				red, reds.X = red.Add(image.Pt(x, y)), reds.X+1
			case bl > 0x9000 && r < 0x4000:
				blue, blues.X = blue.Add(image.Pt(x, y)), blues.X+1
			}
		}
	}
	if reds.X == 0 || blues.X == 0 {
		return "without colours"
	}
	red, blue = red.Div(reds.X), blue.Div(blues.X)
	switch {
	case red.Y < blue.Y-5:
		return "red over blue"
	case red.X < blue.X-5:
		return "red left of blue"
	}
	return fmt.Sprint(red, blue)
}

// The text of an e-mail stands on paper, each wording once, and what is not printed is said.
func TestTextOfMailsIsPrinted(t *testing.T) {
	x := newBrought()
	list := `{"format":"constat-email/1","headers":[{"name":"From","value":"Karim <k@example.org>"},{"name":"Subject","value":"laatste kans"}],"parts":[
		{"path":"1","media_type":"text/plain","text":"Als je morgen niet betaalt,\nstuur ik alles. https://x.example/"},
		{"path":"2","media_type":"text/html","text":"Als je morgen niet betaalt, stuur ik alles. https://x.example/"},
		{"path":"2.2","media_type":"text/html","text":"Als je morgen niet betaalt, stuur ik alles. https://x.example/ <https://elsewhere.example/>"},
		{"path":"2.3","media_type":"text/html","text":"Als je morgen niet betaalt, stuur ik alles. 🔪 https://x.example/"},
		{"path":"2.4","media_type":"text/html","text":"Als je morgen niet betaalt? stuur ik alles. https://x.example/"},
		{"path":"3","media_type":"message/rfc822","headers":[{"name":"From","value":"Noor <n@example.org>"}]},
		{"path":"3.1","media_type":"text/plain","text":"` + strings.Repeat("wat eraan voorafging ", 400) + `"}],
		"more":[` + strings.TrimSuffix(strings.Repeat(`{"headers":[{"name":"Subject","value":"volgende"}],"parts":[]},`, 22), ",") + `]}`
	x.add("import-01.eml", "message/rfc822", evidence.Original, []byte("x"), "original-name", "mail.eml")
	x.add("email.json", "application/json", evidence.Derived, []byte(list))
	x.add("email-02.json", "application/json", evidence.Derived, []byte("[]"))
	in := input(t, sample.New(t, sample.Options{Tall: 1000}), "en", false)
	in.Exhibits = []report.Exhibit{x.exhibit()}
	path, _ := draw(t, in, "mail")
	all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-"))
	for _, want := range []string{"from: Karim <k@example.org>", "subject: laatste kans", "Als je morgen niet betaalt,", "stuur ik alles.",
		"part 2 · text/html: the same words, not printed again", "from: Noor <n@example.org>", "wat eraan voorafging", "The text goes on",
		"3 more e-mails of the file are not printed", "The list of this e-mail could not be read", "No text was read from the file."} {
		if !strings.Contains(all, flat(want)) {
			t.Errorf("not on paper: %s", want)
		}
	}
	if n := strings.Count(all, flat("stuur ik alles.")); n != 4 || !strings.Contains(all, flat("elsewhere.example")) {
		t.Errorf("%d times; a link that leads elsewhere, or another sign, is other words", n)
	}
}

// Conversations from a platform's archive: which, how many messages, how they begin and end, and what is
// not there.
func TestConversationsOfAnAccountArePrinted(t *testing.T) {
	x := newBrought()
	var long []string
	for i := range 30 {
		long = append(long, fmt.Sprintf(`{"time":"2024-01-05T14:%02d:00Z","sender":"Karim","text":"message %d."}`, i, i+1))
	}
	list := `{"format":"constat-account/1","platform":"instagram","threads":[
		{"entry":"inbox/karim/message_1.json","name":"Karim","participants":["Karim","Zoë"],"messages":[` + strings.Join(long, ",") + `]},
		{"entry":"inbox/b/message_1.json","name":"Groep","own":true,"messages":[{"time":"2024-01-06","sender":"","text":"","unsent":true,"media":[{"name":"photos/9.jpg"},{"name":"photos/8.jpg","entry":"inbox/b/photos/8.jpg"}]}]}],
		"unread":["inbox/c/message_1.html"]}`
	x.add("import-01.zip", "application/zip", evidence.Original, []byte("x"), "original-name", "instagram.zip")
	x.add("account.json", "application/json", evidence.Derived, []byte(list))
	x.add("account-02.json", "application/json", evidence.Derived, []byte("{}"))
	in := input(t, sample.New(t, sample.Options{Tall: 1000}), "en", false)
	in.Exhibits = []report.Exhibit{x.exhibit()}
	path, _ := draw(t, in, "account")
	all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-"))
	for _, want := range []string{"Conversations from instagram", "Karim, Zoë", "message 5.", "20 messages not printed", "message 26.", "message 30.",
		"only what the account itself sent", "photos/9.jpg (not in the archive)", "photos/8.jpg", "taken back by the sender", "Not read, or not whole: inbox/c/message_1.html",
		"The list of conversations could not be read"} {
		if !strings.Contains(all, flat(want)) {
			t.Errorf("not on paper: %s", want)
		}
	}
	if strings.Contains(all, flat("<no value>")) {
		t.Error("a sentence lacks what it is about")
	}
	if strings.Contains(all, flat("message 6.")) || strings.Contains(all, flat("photos/8.jpg (not")) {
		t.Error("too much on paper")
	}
}

// A film of which there is a picture stands on paper with that picture, its own name and its own digest.
func TestAPictureOfAFilmIsPrinted(t *testing.T) {
	x := newBrought()
	var p bytes.Buffer
	if err := png.Encode(&p, held()); err != nil {
		t.Fatal(err)
	}
	x.add("import-01.mp4", "video/mp4", evidence.Original, []byte("film"), "original-name", "VID_1.mp4", "created", "2024-01-05T13:03:22Z")
	x.add("import-02.mp4", "video/mp4", evidence.Original, []byte("another"), "original-name", "VID_2.mp4")
	x.add("import-01-shown.png", "image/png", evidence.Derived, p.Bytes())
	x.m.Artifacts[2].Parents = []evidence.Digest{x.m.Artifacts[0].SHA256}
	in := input(t, sample.New(t, sample.Options{Tall: 1000}), "en", false)
	in.Exhibits = []report.Exhibit{x.exhibit()}
	path, pages := draw(t, in, "film")
	found := false
	for page := 1; page <= pages; page++ {
		text := flat(stock.Run(t, "", "pdftotext", "-raw", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), path, "-"))
		if strings.Contains(text, flat("at most four moments of it")) {
			found = strings.Contains(text, flat("VID_1.mp4")) && strings.Contains(text, flat(x.m.Artifacts[0].SHA256.String())) && strings.Contains(text, flat("2024-01-05T13:03:22Z"))
		}
		if _, after, ok := strings.Cut(text, flat("Not shown on paper")); ok && (strings.Contains(after, "VID_1") || !strings.Contains(after, "VID_2")) {
			t.Error("what is shown and what is not is mixed up")
		}
	}
	if !found {
		t.Error("the picture of the film does not stand with its name, date and digest")
	}
}
