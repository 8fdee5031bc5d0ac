package keep_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

// photograph is a picture that is like no other.
func photograph(t *testing.T, seed int64, w, h int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := 0; y < h; y += 8 {
		for x := 0; x < w; x += 8 {
			c := color.RGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255}
			for i := range 64 {
				img.Set(x+i%8, y+i/8, c)
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func oneColour(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A picture that pages hold is closed with the file, and a file with the page, in whatever is kept; what
// pages have in common that shows nobody closes nothing: a logo, one colour, a page to sign in to and
// its background.
func TestClosingReachesWhatPagesHold(t *testing.T) {
	files := map[string][]byte{
		"/photo.jpg": photograph(t, 1, 640, 480), "/logo.jpg": photograph(t, 2, 160, 160), "/wall.jpg": photograph(t, 3, 800, 600),
		"/other.jpg": photograph(t, 4, 640, 480),
	}
	site := func(pictures, words string) string {
		body := "<!doctype html><title>P</title><img src=/logo.jpg><img src=/wall.jpg width=300>"
		for _, p := range strings.Fields(pictures) {
			body += "<img src=" + p + ">"
		}
		return body + "<p>" + words
	}
	pages := map[string]string{
		"/a": site("/photo.jpg", "La photo, publiée hier."), "/b": site("/photo.jpg", "La même, publiée encore par un autre compte."),
		"/c": site("/other.jpg", "Une autre image, d'un autre jour."), "/d": site("/photo.jpg", "Encore une fois."),
		"/login": "<!doctype html><title>Connexion</title><body style='background:url(/wall.jpg)'><form><input type=password></form><p>Connectez-vous",
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case files[r.URL.Path] != nil:
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(files[r.URL.Path])
		case pages[r.URL.Path] != "":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, pages[r.URL.Path])
		case strings.HasPrefix(r.URL.Path, "/private"):
			http.Redirect(w, r, "/login", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	kept := func(path string) (look.Exhibit, error) {
		return s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: srv.URL + path, Subject: keep.SubjectAdult}, evidence.NoProgress{})
	}
	brought := func(name string, b []byte) (look.Exhibit, error) {
		return s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: []string{write(t, dir, name, b)}, Subject: keep.SubjectAdult}, evidence.NoProgress{})
	}
	must := func(e look.Exhibit, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e.Exhibit
	}
	a, b, other := must(kept("/a")), must(kept("/b")), must(kept("/c"))
	login, again := must(kept("/private/1")), must(kept("/private/2"))
	photo, wall := must(brought("p.jpg", files["/photo.jpg"])), must(brought("w.jpg", files["/wall.jpg"]))
	white, white2 := must(brought("white.png", oneColour(t, 400))), must(brought("white2.png", oneColour(t, 400)))
	close := func(id string) []string {
		t.Helper()
		e, err := s.Keep.MarkMinor(t.Context(), c.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(e.ClosedWith)
		return e.ClosedWith
	}
	if got := close(white); len(got) != 0 {
		t.Errorf("one colour closed %q, beside %s", got, white2)
	}
	if got := close(login); len(got) != 0 {
		t.Errorf("a page to sign in to closed %q; the other is %s, its background alone %s", got, again, wall)
	}
	if got := close(a); !slices.Equal(got, []string{b, photo}) {
		t.Errorf("the page closed %q, want the other page and the file: %q", got, []string{b, photo})
	}
	// Nothing comes in again: as a page, as a file, in a ZIP.
	for what, in := range map[string]func() (look.Exhibit, error){
		"page": func() (look.Exhibit, error) { return kept("/d") },
		"file": func() (look.Exhibit, error) { return brought("again.jpg", files["/photo.jpg"]) },
		"mail": func() (look.Exhibit, error) {
			return brought("m.eml", slices.Concat([]byte("From: a@b.example\nDate: x\nContent-Type: image/jpeg; name=a.jpg\nContent-Transfer-Encoding: binary\n\n"), files["/photo.jpg"]))
		},
	} {
		if _, err := in(); !errors.Is(err, look.ErrMinor) {
			t.Errorf("%s comes in again: %v", what, err)
		}
	}
	if id := must(kept("/c")); id == other {
		t.Error("the other page was not kept again")
	}
	// And nothing goes out.
	out := filepath.Join(dir, "bundle")
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: out, Language: "en"}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	pieces := [][]byte{files["/photo.jpg"], files["/photo.jpg"][1000:1400]}
	err := filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, p := range pieces {
			if bytes.Contains(content, p) {
				t.Errorf("%s holds it", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{a, b, photo, login, white} {
		if _, err := s.Look.Preview(t.Context(), c.ID, id, 1); !errors.Is(err, look.ErrMinor) {
			t.Errorf("%s is shown: %v", id, err)
		}
		if _, _, err := s.Handover.Extract(t.Context(), c.ID, id, filepath.Join(dir, "x"+id)); !errors.Is(err, look.ErrMinor) {
			t.Errorf("%s goes out: %v", id, err)
		}
	}
	for _, id := range []string{other, again, wall, white2} {
		if _, err := s.Look.Preview(t.Context(), c.ID, id, 1); err != nil {
			t.Errorf("%s is not shown: %v", id, err)
		}
	}
}
