package keep_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/capture/playlist/filmtest"
	"constat/evidence"
)

// A film in pieces of which one did not come is another file, and the same film: closing reaches it by its
// pieces, and it is not kept again.
func TestClosingReachesFilmsByTheirPieces(t *testing.T) {
	film := filmtest.Pictures(32, 8)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, page, _ := strings.Cut(r.URL.Path, "/")
		page, name, _ := strings.Cut(page, "/")
		var n int
		switch {
		case name == "":
			w.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(w, "<!doctype html><title>P</title><p>Un film, publié hier.<script>fetch('/%s/l.m3u8')</script>", page)
		case name == "l.m3u8":
			list := "#EXTM3U\n#EXT-X-MAP:URI=\"i.mp4\"\n"
			for n := range film.Pieces {
				list += fmt.Sprintf("#EXTINF:8,\n%d.m4s\n", n)
			}
			_, _ = w.Write([]byte(list + "#EXT-X-ENDLIST\n"))
		case name == "i.mp4":
			_, _ = w.Write(film.Begin)
		default:
			// Of each page another piece is missing.
			if _, err := fmt.Sscanf(name, "%d.m4s", &n); err != nil || page == fmt.Sprint(n) {
				http.NotFound(w, r)
				return
			}
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(film.Pieces[n]))
		}
	}))
	t.Cleanup(srv.Close)
	s, c := flowtest.Open(t, flowtest.App(t))
	kept := func(page string) (look.Exhibit, error) {
		return s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: srv.URL + "/" + page + "/", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	}
	one, err := kept("1")
	if err != nil {
		t.Fatal(err)
	}
	two, err := kept("2")
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Keep.MarkMinor(t.Context(), c.ID, one.Exhibit)
	if err != nil || !slices.Equal(e.ClosedWith, []string{two.Exhibit}) {
		t.Errorf("closed with it: %q, %v; the same film is %s", e.ClosedWith, err, two.Exhibit)
	}
	if _, err := kept("3"); !errors.Is(err, look.ErrMinor) {
		t.Errorf("it comes in again: %v", err)
	}
}
