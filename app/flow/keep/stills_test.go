package keep_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/capture/playlist/filmtest"
	"constat/evidence"
	"constat/internal/stock"
)

// onePage is a PDF of one page.
func onePage(content string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
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

// Of a file that this program draws no picture itself there is one beside it, made from it; of one that the
// browser cannot show there is none, and both are kept as they are.
func TestAFileIsShownAsTheBrowserShowsIt(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	e, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Subject: keep.SubjectAdult, Files: []string{
		write(t, dir, "brief.pdf", onePage("1 0 0 rg 100 400 300 300 re f 0 0 1 rg 200 500 50 50 re f")), write(t, dir, "kapot.pdf", []byte("%PDF-1.7 and nothing")),
	}}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	m := e.Manifest
	if len(m.Artifacts) != 3 || e.Outcome != evidence.Complete {
		t.Fatalf("%v %+v", e.Outcome, m.Artifacts)
	}
	shown := m.Artifacts[2]
	if shown.Name != "import-01-shown.png" || !shown.IsShown() || shown.Parents[0] != m.Artifacts[0].SHA256 {
		t.Errorf("%+v", shown)
	}
	if sets := m.PictureSets(); len(sets) != 1 || sets[0].Pictures[0].Name != shown.Name {
		t.Errorf("%+v", sets)
	}
	p, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := p.Image.Bounds()
	r, g, _, _ := p.Image.At(b.Dx()*300/595, b.Dy()*(842-600)/842).RGBA()
	if r < 0xd000 || g > 0x3000 || b.Dy() < b.Dx() {
		t.Errorf("the page is not in the picture: %v %x %x", b, r, g)
	}
}

// Of films that were kept there are stills beside them where they are asked for, made from their files; the paper
// prints them with the film's digest. The page plays nothing for it.
func TestStillsOfKeptFilms(t *testing.T) {
	film := filmtest.Pictures(40, 4)
	files := map[string][]byte{"/film.mp4": film.Whole(), "/init.mp4": film.Begin, "/none": []byte("<!doctype html><title>Page</title><p>No film.</p>"),
		"/page": []byte(`<!doctype html><title>Page</title><p>A film.</p><script>fetch('list.m3u8');</script>`)}
	files["/unshown"], files["/a.ts"] = []byte(`<!doctype html><title>Page</title><p>A film.</p><script>fetch('ts.m3u8');</script>`), bytes.Repeat(append([]byte{0x47}, make([]byte, 187)...), 20)
	files["/ts.m3u8"] = []byte("#EXTM3U\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n")
	list := "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n"
	for n, p := range film.Pieces {
		files[fmt.Sprintf("/%d.m4s", n)] = p
		list += fmt.Sprintf("#EXTINF:4,\n%d.m4s\n", n)
	}
	files["/list.m3u8"] = []byte(list + "#EXT-X-ENDLIST\n")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b, ok := files[r.URL.Path]; ok {
			http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(b))
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(srv.Close)
	s, c := flowtest.Open(t, flowtest.App(t))
	ask := func(path string, every int) evidence.Manifest {
		e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: srv.URL + path, Subject: keep.SubjectAdult, FilmStills: every}, evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		return e.Manifest
	}
	detail := func(m evidence.Manifest) (said string) {
		for _, p := range m.Precondition {
			if p.Item == "film-stills" {
				said = string(p.State) + " " + p.Detail
			}
		}
		return said
	}
	m := ask("/page", 10)
	kept, _ := m.Artifact("film-01.mp4")
	sheet, ok := m.Artifact("film-01-stills-01.png")
	if !ok || sheet.Role != evidence.Derived || len(sheet.Parents) != 1 || sheet.Parents[0] != kept.SHA256 {
		t.Fatalf("%+v", m.Artifacts)
	}
	if said := detail(m); !strings.HasPrefix(said, "met by ") || !strings.HasSuffix(said, ": film-01.mp4: 4 of 4 stills, one each 10 seconds") || m.Request.FilmStills != 10 {
		t.Error(said)
	}
	sets := m.PictureSets()
	if last := sets[len(sets)-1]; last.Shows != evidence.ShowsStills || last.Pane != 1 || len(last.Pictures) != 1 {
		t.Errorf("%+v", sets)
	}
	if said := detail(ask("/unshown", 10)); !strings.HasPrefix(said, "not-met ") || !strings.HasSuffix(said, ": film-01.ts: the browser shows none") {
		t.Error(said)
	}
	if said := detail(ask("/none", 10)); said != "not-met no film was kept as a file" {
		t.Error(said)
	}
	if said := detail(ask("/film.mp4", 0)); said != "" {
		t.Errorf("nobody asked for stills: %s", said)
	}
	if _, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: srv.URL, Subject: keep.SubjectAdult, FilmStills: -1}, evidence.NoProgress{}); !errors.Is(err, keep.ErrStills) {
		t.Error(err)
	}
	target := filepath.Join(t.TempDir(), "bundle")
	flowtest.Bundle(t, s, c.ID, target, m.Exhibit)
	out := strings.Join(strings.Fields(stock.Run(t, "", "pdftotext", "-raw", filepath.Join(target, "data", "report.pdf"), "-")), "")
	for _, want := range []string{"Film1,imageparimage", "planche1sur1·film-01-stills-01.png", "imagestiréesdufichierdufilm", "film-01.mp4·SHA-256" + kept.SHA256.String()} {
		if !strings.Contains(out, want) {
			t.Errorf("the paper lacks %q", want)
		}
	}
}
