package capture

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// once serves a page with one file, which is what it is for who asks first; later answers are another.
// It counts what was asked for at the file's address by a script or the browser, not by a player.
func once(t *testing.T, page, path string, first func(http.ResponseWriter, *http.Request), later http.HandlerFunc) (string, func() int) {
	var mu sync.Mutex
	n := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.URL.Path != path {
			html(page)(w, r)
			return
		}
		dest := r.Header.Get("Sec-Fetch-Dest")
		if r.Header.Get("Range") != "" || dest == "document" || dest == "embed" {
			first(w, r)
			return
		}
		mu.Lock()
		n++
		mu.Unlock()
		later(w, r)
	})
	return server.URL, func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// What comes the second time is compared with what the page had.
func TestWhatIsAskedForOnceMoreIsCompared(t *testing.T) {
	t.Parallel()
	film := sound(9 << 20)
	whole := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "audio/wav")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(film))
	}
	expired := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<p>this link has expired</p>  ")
	}
	chunked := func(kind string, b []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			_, _ = w.Write(b)
		}
	}
	const page = `<!doctype html><title>Page</title><video src="/film" controls></video>`
	other := bytes.Clone(film)
	other[20]++
	for name, row := range map[string]struct {
		path, page   string
		first, later http.HandlerFunc
		code, said   string
		kept         int // bytes of the file that is listed; nought: none
	}{
		"another type":       {"/film", page, whole, expired, record.ProblemFilmsCut, "of 9437184 bytes; asked for once more, another file came: text/html, 30 bytes", 0},
		"shorter, chunked":   {"/film", page, whole, chunked("audio/wav", film[:1000]), record.ProblemFilmsCut, "of 9437184 bytes; asked for once more, another file came: audio/wav, 1000 bytes", 1000},
		"the same, chunked":  {"/film", page, whole, chunked("audio/wav", film), "", "", len(film)},
		"other first bytes":  {"/film", page, whole, chunked("audio/wav", other), record.ProblemFilmsCut, "another file came: audio/wav, 9437184 bytes", len(film)},
		"longer":             {"/film", page, whole, chunked("audio/wav", append(bytes.Clone(film), 1)), record.ProblemFilmsCut, "another file came: audio/wav, 9437185 bytes", len(film) + 1},
		"a file, other type": {"/file.pdf", "", chunked("application/pdf", pdf()), expired, record.ProblemFileCut, "another file came: text/html, 30 bytes", 0},
		"a file, no length":  {"/file.pdf", "", chunked("application/pdf", pdf()), chunked("application/pdf", pdf()), record.ProblemFileCut, fmt.Sprintf("%d bytes, of how many is not known", len(pdf())), len(pdf())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, asked := once(t, row.page, row.path, row.first, row.later)
			if row.page == "" {
				address += row.path
			}
			c, sink := take(t, recorder(t, nil), address)
			if asked() == 0 {
				t.Fatal("was not asked for once more")
			}
			var kept int
			for _, a := range c.Artifacts {
				if evidence.IsFilm(a.Name) || strings.HasPrefix(a.Name, "opened-file") {
					kept += len(sink.files[a.Name])
				}
			}
			said := detail(c, row.code)
			if kept != row.kept || !strings.Contains(said, row.said) || (c.Outcome == evidence.Complete) != (row.code == "") {
				t.Errorf("%d bytes kept, outcome %s with %v", kept, c.Outcome, c.Problems)
			}
			if row.page == "" && detail(c, record.ProblemViewer) == "" {
				t.Errorf("the viewer is not named: %v", c.Problems)
			}
		})
	}
}

// Each request is recorded, also where nothing came of it, and none is the page's.
func TestEachRequestOfOursIsRecorded(t *testing.T) {
	t.Parallel()
	film := sound(9 << 20)
	whole := func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "film.wav", time.Time{}, bytes.NewReader(film))
	}
	for name, row := range map[string]struct {
		page  string
		later http.HandlerFunc
		said  []string
	}{
		"refused": {`<video src="/film" controls></video>`, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
		}, []string{"status 403, 0 bytes", "status 403, 0 bytes"}},
		"sent on": {`<video src="/film" controls></video>`, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				http.Redirect(w, r, "/film?expired", http.StatusFound)
				return
			}
			w.WriteHeader(http.StatusGone)
		}, []string{"/film at ", "status 302, 0 bytes", "/film?expired at ", "status 410, 0 bytes", "/film at ", "status 410"}},
		"of another site": {`<video src="http://other.example/film" controls></video>`, whole, []string{"status 200: net::ERR_FAILED", "status 200, 9437184 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, asked := once(t, "<!doctype html><title>Page</title>"+row.page, "/film", whole, row.later)
			r := recorder(t, nil)
			r.extraFlags = []string{"host-resolver-rules=MAP other.example " + strings.TrimPrefix(address, "http://")}
			c, _ := take(t, r, address)
			p := precondition(t, c, record.ItemAskedAgain)
			if n := asked(); p.State != evidence.NotMet || n == 0 || name != "sent on" && strings.Count(p.Detail, " at 20") != n {
				t.Errorf("%d requests: %+v", n, p)
			}
			rest := p.Detail
			for n, want := range row.said {
				_, after, ok := strings.Cut(rest, want)
				if rest = after; !ok && (n == 0 || r.browserKeepsTempInMemory()) {
					t.Errorf("%q is not said in %q", want, p.Detail)
				}
			}
			if said := detail(c, record.ProblemResourceFailed); said != "" {
				t.Errorf("a request of ours is called the page's: %q", said)
			}
		})
	}
}
