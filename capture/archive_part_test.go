package capture

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// begun is what comes of an answer that never ends.
func begun(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

// zippedSoFar is a gzip stream that has not ended.
func zippedSoFar(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Flush()
	return out.Bytes()
}

// started is an answer that does not end: how the page asks for it, and why it is cut.
type started struct {
	served
	ask, cut string
}

func TestArchiveHoldsWhatHadCome(t *testing.T) {
	t.Parallel()
	png := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x64\x00\x00\x00\x64\x08\x02\x00\x00\x00"), begun(5000)...)
	// Over HTTP/1.1 a server is asked for six answers at a time.
	few := map[string]started{
		"/picture": {served{mediaType: "image/png", body: png}, `<img src=/picture>`, "time"},
		"/film":    {served{mediaType: "video/webm", body: append([]byte("\x1a\x45\xdf\xa3"), begun(4000)...)}, `<video autoplay muted src=/film></video>`, "time"},
		"/text": {served{mediaType: "text/plain; charset=iso-8859-1", coding: "gzip", body: bytes.Repeat([]byte("caf\xe9 "), 1000)},
			`<script>fetch('/text').then(r => r.text())</script>`, "time"},
		"/events": {served{mediaType: "text/event-stream", body: []byte("data: one\n\ndata: tw")}, `<script>new EventSource('/events')</script>`, "time"},
		"/gone": {served{mediaType: "application/octet-stream", body: begun(9000)}, `<script>const gone = new AbortController;
			fetch('/gone', {signal: gone.signal}).then(async r => { const b = r.body.getReader(); let n = 0; while (n < 9000) n += (await b.read()).value.length; gone.abort() })</script>`, "disconnect"},
		"/frame": {served{mediaType: "text/html; charset=iso-8859-1", body: []byte("<p>caf\xe9 endless")}, `<iframe src="//frame.example/frame"></iframe>`, "time"},
	}
	more := map[string]started{
		"/style": {served{mediaType: "text/css", body: []byte("p { color: #123456 }")}, `<link rel=stylesheet href=/style media=print>`, "time"},
		"/xhr": {served{mediaType: "application/xml; charset=utf-16le", body: utf16le("<é>" + strings.Repeat("例", 900))},
			`<script>const x = new XMLHttpRequest; x.open('GET', '/xhr'); x.send()</script>`, "time"},
		"/unread": {served{mediaType: "application/octet-stream", body: begun(200_000)}, `<script>fetch('/unread').then(r => { window.kept = r })</script>`, "time"},
		"/worker": {served{mediaType: "application/octet-stream", body: begun(3000)},
			`<script>new Worker(URL.createObjectURL(new Blob(["fetch('" + location.origin + "/worker').then(r => r.arrayBuffer())"])))</script>`, "time"},
	}
	for _, scheme := range both {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			files := map[string]started{}
			page := "<!doctype html><title>Begun</title><p>caf\xe9 endless"
			for _, set := range []map[string]started{few, more} {
				for path, f := range set {
					if files[path] = f; f.ask != "" {
						page += f.ask
					}
				}
				if scheme == "http" {
					break
				}
			}
			files["/"] = started{served: served{mediaType: "text/html; charset=iso-8859-1", body: []byte(page)}, cut: "time"}
			s := serveTrap(t, scheme, func(w http.ResponseWriter, r *http.Request) { begin(w, r, files) })
			r := accepting(t, s.Server, func(c *Config) { c.Limits.Load = paced(t, 4*time.Second) })
			_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, scheme+"://"), ":")
			r.extraFlags = append(r.extraFlags, "host-resolver-rules=MAP *.example 127.0.0.1:"+port)
			c, sink := take(t, r, s.URL)
			list := recordsOf(t, sink)
			for path, f := range files {
				a := answerTo(t, list, path)
				if a.body != string(f.body) || a.truncated != f.cut || a.fields.Get("WARC-Payload-Digest") != "" {
					t.Errorf("%s: %q with %d bytes, not the %d that had come", path, a.truncated, len(a.body), len(f.body))
				}
			}
			if a := answerTo(t, list, "/film"); !strings.HasPrefix(a.head, "HTTP/1.1 206") {
				t.Errorf("film: %q", a.head)
			}
			want := map[string]string{"http": "5: 5 × not ended", "https": "9: 9 × not ended"}[scheme]
			if got := detail(c, record.ProblemWACZIncomplete); got != want || c.Outcome != evidence.Partial {
				t.Errorf("outcome %s with %v", c.Outcome, c.Problems)
			}
		})
	}
}

// begin answers with what there is of a file, and does not end.
func begin(w http.ResponseWriter, r *http.Request, files map[string]started) {
	f, ok := files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.mediaType)
	wire := f.body
	if f.coding != "" {
		w.Header().Set("Content-Encoding", f.coding)
		wire = zippedSoFar(f.body)
	}
	if r.Header.Get("Range") != "" {
		w.Header().Set("Content-Range", "bytes 0-99999999/100000000")
		w.Header().Set("Content-Length", "100000000")
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Write(wire)
	http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

// Of pictures that replace each other the page has the last: it is not taken for what had come.
func TestArchiveHoldsNoPartForTheWhole(t *testing.T) {
	t.Parallel()
	var count counted
	camera := hanging(t, count.count(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=b")
		for range 30 {
			fmt.Fprintf(w, "--b\r\nContent-Type: image/svg+xml\r\n\r\n%s\r\n", square)
		}
		io.WriteString(w, "--b\r\n")
	}))
	server := serve(t, html(`<p>text<img src="`+camera.URL+`/camera" width=50>`))
	c, sink := take(t, recorder(t, impatient), server.URL)
	count.once(t, "GET /camera")
	if a := answerTo(t, recordsOf(t, sink), "/camera"); a.body != "" || a.truncated == "" {
		t.Errorf("%q %q", a.truncated, a.body)
	}
	if got := detail(c, record.ProblemStreams); got != "1 × streams, 0 × web sockets" {
		t.Errorf("streams %q of %v", got, c.Problems)
	}
}
