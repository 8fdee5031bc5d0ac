package capture

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// otherSite is the same server under a name that the browser takes for another site.
func otherSite(s *httptest.Server) string {
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

// counted counts what a server is asked for.
type counted struct {
	mu    sync.Mutex
	asked map[string]int
}

func (c *counted) count(next http.HandlerFunc) http.HandlerFunc {
	c.asked = map[string]int{}
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.asked[r.Method+" "+r.URL.RequestURI()]++
		c.mu.Unlock()
		next(w, r)
	}
}

// once fails for what was asked for more than once, or not at all.
func (c *counted) once(t *testing.T, want ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range want {
		if c.asked[one] == 0 {
			t.Errorf("%s was not asked for", one)
		}
	}
	for one, n := range c.asked {
		if n > 1 {
			t.Errorf("%s was asked for %d times", one, n)
		}
	}
}

func TestArchiveHoldsFramesWorkersAndRedirects(t *testing.T) {
	t.Parallel()
	var server *httptest.Server
	script := func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, body)
	}
	var count counted
	server = serve(t, count.count(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/moved?to=page", http.StatusMovedPermanently)
		case "/moved":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<!doctype html><title>Kinds</title><link rel=stylesheet href=/style.css><body><p style="font-family: letters">text<iframe src="`+otherSite(server)+`/frame"></iframe>
				<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script>
				new Worker('/worker.js');
				new Worker(URL.createObjectURL(new Blob(["fetch('`+server.URL+`/from-blob')"])));
				navigator.serviceWorker.register('/service.js');
				fetch('/api', {method: 'POST', headers: {'Content-Type': 'application/json', 'Authorization': 'Bearer 0c0f'}, body: '{"a":1}'});
				fetch('/empty'); fetch('/head', {method: 'HEAD'}); navigator.sendBeacon('/ping', 'x');
				const x = new XMLHttpRequest; x.open('GET', '/xhr'); x.send();
				fetch('/one').then(() => fetch('/two'));
				fetch('/film', {headers: {Range: 'bytes=2-5'}});</script>`)
		case "/frame":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<p>frame<img src="/inside.png"><script>fetch('/frame-api')</script>`)
		case "/worker.js":
			script(w, `importScripts('/imported.js'); fetch('/from-worker')`)
		case "/service.js":
			script(w, `self.addEventListener('install', e => e.waitUntil(fetch('/from-service')))`)
		case "/style.css":
			w.Header().Set("Content-Type", "text/css")
			io.WriteString(w, "@font-face { font-family: letters; src: url(/letters.woff2) }")
		case "/imported.js":
			script(w, "1")
		case "/one":
			http.Redirect(w, r, otherSite(server)+"/elsewhere", http.StatusTemporaryRedirect)
		case "/empty":
			w.WriteHeader(http.StatusNoContent)
		case "/film":
			w.Header().Set("Content-Type", "video/mp4")
			http.ServeContent(w, r, "", time.Unix(1e9, 0), strings.NewReader("0123456789"))
		default:
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "answer to "+r.URL.Path)
		}
	}))
	sink := &memory{}
	c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL, NoFilms: true}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	wantOutcome(t, c, evidence.Partial, record.ProblemFilmsCut) // the page asked for four bytes of the film
	count.once(t, "GET /", "GET /moved?to=page", "GET /frame", "GET /inside.png", "GET /worker.js", "GET /imported.js", "GET /from-worker",
		"GET /from-blob", "GET /service.js", "GET /from-service", "POST /api", "GET /one", "GET /two", "GET /empty", "GET /film", "HEAD /head",
		"GET /style.css", "GET /letters.woff2", "GET /xhr", "POST /ping", "GET /favicon.ico")
	list := recordsOf(t, sink)
	for _, path := range []string{"/inside.png", "/frame-api", "/from-worker", "/from-blob", "/from-service", "/two", "/elsewhere", "/xhr", "/letters.woff2"} {
		if a := answerTo(t, list, path); a.body != "answer to "+path {
			t.Errorf("%s: %q", path, a.body)
		}
	}
	for _, path := range []string{"/frame", "/worker.js", "/imported.js"} {
		if a := answerTo(t, list, path); a.body == "" || a.truncated != "" {
			t.Errorf("%s: %q", path, a.body)
		}
	}
	// The browser hands the script of a service worker over or not; it is no part of the page.
	if a := answerTo(t, list, "/service.js"); a.body == "" && a.truncated != "unspecified" {
		t.Errorf("the service worker's script: %q", a.truncated)
	}
	for path, status := range map[string]string{"/": "301", "/moved?to=page": "200", "/one": "307", "/empty": "204", "/film": "206"} {
		if a := answerTo(t, list, path); !strings.HasPrefix(a.head, "HTTP/1.1 "+status) {
			t.Errorf("%s: %q", path, a.head)
		}
	}
	if a := answerTo(t, list, "/film"); a.body != "2345" || a.header("Content-Range") != "bytes 2-5/10" {
		t.Errorf("range: %q %q", a.head, a.body)
	}
	posted := recordTo(t, list, "request", "/api")
	if posted.body != `{"a":1}` || !strings.HasPrefix(posted.head, "POST /api HTTP/1.1\r\n") {
		t.Errorf("posted: %q %q", posted.head, posted.body)
	}
	if bytes.Contains(sink.files[evidence.WACZName], []byte("0c0f")) || strings.Contains(posted.head, "0c0f") {
		t.Error("the archive holds a session")
	}
	for _, r := range c.Redactions {
		if r.Place == evidence.WACZName+": request" && r.What == "Authorization" && r.Count == 1 {
			return
		}
	}
	t.Errorf("redactions %+v", c.Redactions)
}

func TestArchiveSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	var count, siteCount counted
	server := hanging(t, count.count(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch r.URL.Path {
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: one\n\n")
		case "/endless", "/cancelled":
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "begins")
		}
		http.NewResponseController(w).Flush()
	}))
	large := bytes.Repeat([]byte("x"), 120<<20)
	bomb := zipped(large[:40<<20])
	done := make(chan struct{}) // until then the page has not loaded
	site := serve(t, siteCount.count(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		if r.URL.Path == "/large" {
			w.Header().Set("Content-Length", "125829120")
			w.Write(large)
			return
		}
		switch r.URL.Path {
		case "/packed", "/packed-text":
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
			return
		case "/over":
			w.Write(large[:5<<20])
			return
		case "/gate":
			select {
			case <-done:
			case <-r.Context().Done():
			}
			return
		case "/done":
			close(done)
			return
		case "/shared.js", "/favicon.ico":
			w.Header().Set("Content-Type", "text/javascript")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header()["X-Odd"] = []string{"a\tb \u202e c" + strings.Repeat("x", 70_000)}
		io.WriteString(w, `<!doctype html><title>Gaps</title><p>text<script>
			new EventSource('`+server.URL+`/events'); fetch('`+server.URL+`/endless');
			new WebSocket('`+strings.Replace(server.URL, "http", "ws", 1)+`/socket');
			fetch('/large').then(async r => { window.kept = r.body.getReader(); let n = 0; while (n < 5e6) n += (await kept.read()).value.length });
			new SharedWorker('/shared.js');
			const gone = new AbortController;
			Promise.all([fetch('/packed').then(r => r.blob()), fetch('/packed-text').then(r => r.text()), fetch('/over').then(r => r.blob()),
				fetch('`+server.URL+`/cancelled', {signal: gone.signal}).then(() => gone.abort())]).finally(() => fetch('/done'))
			</script><img src="/gate">`)
	}))
	c, sink := take(t, recorder(t, func(c *Config) {
		c.Limits.MaxBody = 4 << 20
	}), site.URL)
	count.once(t, "GET /events", "GET /endless", "GET /cancelled", "GET /socket")
	siteCount.once(t, "GET /", "GET /large", "GET /packed", "GET /packed-text", "GET /over", "GET /shared.js")
	list := recordsOf(t, sink)
	come := map[string]string{"/events": "data: one\n\n", "/endless": "begins"}
	for end, reason := range map[string]string{"/events": "time", "/endless": "time", "/large": "length", "/over": "length",
		"/packed": "unspecified", "/packed-text": "length", "/cancelled": "disconnect"} {
		a := answerTo(t, list, end)
		if a.truncated != reason || a.body != come[end] || a.fields.Get("WARC-Payload-Digest") != "" {
			t.Errorf("%s: %q with %d bytes", end, a.truncated, len(a.body))
		}
	}
	if got := detail(c, record.ProblemWACZIncomplete); got != "5: 1 × not ended, 1 × of unknown size, 3 × too large" {
		t.Errorf("incomplete: %q", got)
	}
	if got := detail(c, record.ProblemStreams); got != "1 × streams, 1 × web sockets" {
		t.Errorf("streams: %q", got)
	}
	if a := answerTo(t, list, site.URL+"/"); len(a.header("X-Odd")) != 64<<10-2 && len(a.header("X-Odd")) > 64<<10 {
		t.Errorf("a header of %d bytes", len(a.header("X-Odd")))
	}
}
