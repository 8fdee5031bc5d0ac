package capture

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/capture/playlist/filmtest"
	"constat/evidence"
	"constat/internal/stock"
)

// aPDF has one page with a red field.
func aPDF() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	content := "0.9 0 0 rg 100 400 300 300 re f 0 0 0.9 rg 250 500 100 60 re f 0 0.7 0 rg 120 420 40 40 re f BT /F 24 Tf 100 750 Td (Dreigement) Tj ET"
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content)} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, o)
	}
	x := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", len(at)+1, x)
	return b.Bytes()
}

// aFilm is recorded by the browser itself: red, then blue.
func aFilm(t *testing.T, r *Recorder) []byte {
	t.Helper()
	b, err := r.startWithTab(t.Context(), evidence.Request{ViewWidth: 400, ViewHeight: 300, Scale: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var film string
	ctx, done := b.tab.Within(t.Context(), r.config.Limits.Load)
	defer done()
	err = b.tab.Ask(ctx, `(async () => {
		const c = document.createElement('canvas'); c.width = 320; c.height = 240;
		const g = c.getContext('2d'), stream = c.captureStream(20);
		const r = new MediaRecorder(stream, {mimeType: 'video/webm'}), parts = [];
		r.ondataavailable = (e) => parts.push(e.data);
		const over = new Promise((done) => { r.onstop = done; });
		r.start();
		for (let n = 0; n < 40; n++) {
			g.fillStyle = n < 20 ? '#e00000' : '#0000e0'; g.fillRect(0, 0, 320, 240);
			g.fillStyle = '#fff'; g.fillRect(n * 5, 100, 20, 20);
			await new Promise((done) => setTimeout(done, 50));
		}
		r.stop(); await over;
		const b = new Uint8Array(await new Blob(parts).arrayBuffer());
		let s = ''; for (const x of b) s += String.fromCharCode(x);
		return btoa(s);
	})()`, &film)
	if err != nil {
		t.Fatal(err)
	}
	out, err := base64.StdEncoding.DecodeString(film)
	if err != nil || len(out) < 1000 {
		t.Fatal(len(out), err)
	}
	return out
}

// A photo in a format of which only the browser has a decoder, the first page of a PDF and moments of a
// film are pictured; what the browser cannot show has no picture, and costs the others nothing.
func TestStillsOfFiles(t *testing.T) {
	r := recorder(t, nil)
	photos := filepath.Join(strings.TrimSpace(stock.Run(t, "", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/bep/imagemeta")), "testdata", "images", "bep", "sunset.avif")
	avif, err := os.ReadFile(photos)
	if err != nil {
		t.Fatal(err)
	}
	film := aFilm(t, r)
	var files []*Still
	for _, f := range []struct {
		media string
		b     []byte
	}{
		{"image/avif", avif}, {"application/pdf", aPDF()}, {"video/webm", film}, {"video/mp4", film[:300]}, {"application/pdf", []byte("%PDF-1.7 nothing")}, {"image/heic", []byte("no picture")},
		{"image/avif", avif},
	} {
		files = append(files, &Still{MediaType: f.media, Size: int64(len(f.b)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(f.b)), nil
		}})
	}
	product, err := r.Stills(t.Context(), files)
	if err != nil || product == "" {
		t.Fatal(product, err)
	}
	if out := os.Getenv("STILLS_OUT"); out != "" {
		for i, f := range files {
			_ = os.WriteFile(filepath.Join(out, fmt.Sprintf("still-%d.png", i)), f.PNG, 0o600)
		}
	}
	for i, want := range []bool{true, true, true, false, false, false, true} {
		if got := files[i].PNG != nil; got != want {
			t.Errorf("%d, %s: %v", i, files[i].MediaType, got)
		}
	}
	if t.Failed() {
		return
	}
	page := colours(t, files[1].PNG)
	if page["red"] < 20_000 || page["blue"] < 1000 {
		t.Errorf("of the PDF %v", page)
	}
	moments := colours(t, files[2].PNG)
	if moments["red"] < 40_000 || moments["blue"] < 40_000 || len(files[2].Times) != 4 || files[2].Times[0] != "0.0" {
		t.Errorf("of the film %v at %q", moments, files[2].Times)
	}
	if !bytes.Equal(files[0].PNG, files[6].PNG) {
		t.Error("the same photo looks another way the second time")
	}
	if _, err := jpeg.Decode(bytes.NewReader(files[0].PNG)); err == nil {
		t.Error("a picture is PNG")
	}
}

func colours(t *testing.T, b []byte) map[string]int {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			switch r, g, bl, _ := img.At(x, y).RGBA(); {
			case r > 0xb000 && g < 0x4000 && bl < 0x4000:
				n["red"]++
			case bl > 0xb000 && r < 0x4000 && g < 0x4000:
				n["blue"]++
			}
		}
	}
	return n
}

// The browser that shows a file has the server of that file as its proxy: nothing else answers, on
// this device neither.
func TestStillServerLeadsNowhere(t *testing.T) {
	reached := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(other.Close)
	s, err := newStillServer()
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.show(&Still{MediaType: "image/avif"})
	at, err := url.Parse("http://" + s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	through := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(at)}}
	for address, want := range map[string]int{s.address: 200, at.String() + "/": 404, other.URL: 404, "http://example.invalid/": 404} {
		r, err := through.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		if r.Body.Close(); r.StatusCode != want {
			t.Errorf("%s: %d, want %d", address, r.StatusCode, want)
		}
	}
	if _, err := through.Get("https://example.invalid/"); err == nil {
		t.Error("a tunnel was made")
	}
	if reached {
		t.Error("another server of this device was reached")
	}
}

// Stills of a film at intervals are of the moments that they name.
func TestStillsAtIntervals(t *testing.T) {
	film := filmtest.Pictures(125, 5).Whole()
	open := func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(film)), nil }
	f := &Still{MediaType: "video/mp4", Size: int64(len(film)), Open: open, Every: 10}
	short := &Still{MediaType: "video/mp4", Size: int64(len(film)), Open: open, Every: 1}
	none := &Still{MediaType: "video/mp2t", Size: int64(len(film)), Open: open, Every: 10}
	if _, err := recorder(t, nil).Stills(t.Context(), []*Still{f, none, short}); err != nil {
		t.Fatal(err)
	}
	if len(f.Sheets) != 2 || f.Of != 13 || strings.Join(f.Times, " ") != "0.0 10.0 20.0 30.0 40.0 50.0 60.0 70.0 80.0 90.0 100.0 110.0 120.0" {
		t.Fatalf("%d sheets, of %d: %v", len(f.Sheets), f.Of, f.Times)
	}
	if len(short.Sheets) != maxSheets || len(short.Times) != MaxStills || short.Of != 125 {
		t.Errorf("%d sheets, %d of %d", len(short.Sheets), len(short.Times), short.Of)
	}
	for n, sheet := range f.Sheets {
		img, err := png.Decode(bytes.NewReader(sheet))
		if err != nil {
			t.Fatal(err)
		}
		if out := os.Getenv("STILLS_OUT"); out != "" {
			_ = os.WriteFile(filepath.Join(out, fmt.Sprintf("sheet-%d.png", n)), sheet, 0o600)
		}
		for i := range min(onSheet, 13-n*onSheet) {
			// A film smaller than its place is shown as it is; the place is at least as wide as its words.
			x, y := i%3*(160+8)+filmtest.Width/2, i/3*(filmtest.Height+34)+filmtest.Height/2
			r, _, _, _ := img.At(x, y).RGBA()
			want := (float64(filmtest.Shade((n*onSheet+i)*10)) - 16) * 255 / 219
			if got := float64(r >> 8); got < want-6 || got > want+6 {
				t.Errorf("sheet %d, still %d is of shade %.0f, want %.0f", n+1, i+1, got, want)
			}
		}
	}
}
