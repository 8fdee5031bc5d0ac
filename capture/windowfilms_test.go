package capture

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"constat/capture/displaytest"
	"constat/capture/playlist/filmtest"
	"constat/capture/record"
	"constat/evidence"
)

// Films of a page in a window of the person's are asked for in their session: those that are files, and those in pieces.
func TestFilmsOfAWindowAreKept(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	film, whole := filmtest.Pictures(20, 4), filmtest.Pictures(8, 4).Whole()
	files := map[string][]byte{"/whole.mp4": whole, "/any": filmtest.Pictures(12, 4).Whole(), "/": []byte(`<!doctype html><title>Films</title><video src="/whole.mp4" muted autoplay width=96></video><iframe src="/inner"></iframe>`),
		"/inner": []byte(`<!doctype html><video src="/any" muted width=96></video><script>
		document.querySelector('video').onloadeddata = async () => { await (await fetch('/v/list.m3u8')).text(); await (await fetch('/v/init.mp4')).text(); parent.document.title = 'Ready'; };</script>`)}
	inPieces(files, "/v/", film, 4, "")
	var broken atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ok := files[r.URL.Path]
		if _, err := r.Cookie("session"); !ok || err != nil && r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if r.URL.Path == "/any" {
			w.Header().Set("Content-Type", "application/octet-stream")
		}
		if broken.Load() && r.URL.Path == "/whole.mp4" {
			w.Header().Set("Content-Type", "video/mp4")
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			_, _ = w.Write(whole[:len(whole)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
		http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(b))
	}))
	t.Cleanup(server.Close)
	w := opens(t, recorder(t, nil), server.URL+"/")
	page := front(t, w, "Ready")
	c, sink := keep(t, w, page)
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	if !bytes.Equal(sink.files["film-01.mp4"], whole) || !bytes.Equal(sink.files["film-02.mp4"], files["/any"]) || !bytes.Equal(sink.files["film-03.mp4"], film.Whole()) {
		t.Errorf("%d and %d bytes of %d and %d", len(sink.files["film-01.mp4"]), len(sink.files["film-02.mp4"]), len(whole), len(film.Whole()))
	}
	if p := precondition(t, c, record.ItemAskedAgain); p.State != evidence.NotMet || !strings.Contains(p.Detail, "/whole.mp4 at ") || !strings.Contains(p.Detail, "/v/list.m3u8 at ") ||
		!strings.Contains(p.Detail, "6 pieces of "+server.URL+"/v/list.m3u8 from ") {
		t.Errorf("%+v", p)
	}
	broken.Store(true)
	c, sink = keep(t, w, page)
	// A stream that breaks off gives what was read before; of a short one that may be nothing.
	if said := detail(c, record.ProblemFilmsCut); c.Outcome != evidence.Partial || bytes.Equal(sink.files["film-01.mp4"], whole) ||
		!strings.Contains(said, fmt.Sprintf("/whole.mp4: %d of %d bytes", len(whole)/2, len(whole))) && !strings.Contains(said, "/whole.mp4: network error") {
		t.Errorf("outcome %s: %q", c.Outcome, said)
	}
	page.NoFilms = true
	c, sink = keep(t, w, page)
	if said := detail(c, record.ProblemFilmsCut); c.Outcome != evidence.Partial || len(sink.files["film-01.mp4"]) > 0 || !strings.Contains(said, "/whole.mp4: not asked for") {
		t.Errorf("outcome %s: %q", c.Outcome, said)
	}
}
