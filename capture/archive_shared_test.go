package capture

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

const sharedScript = `// é 例
	importScripts('/imported.js');
	onconnect = (e) => fetch('/asked').then((r) => r.text()).then((text) => e.ports[0].postMessage(text.length + ' characters'))`

// A worker that several pages can share is listened to from its beginning. Its own script was asked
// for before, so that it is there only where encoding it again leaves no doubt.
func TestArchiveHoldsSharedWorkers(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		body := "// " + r.URL.Path + " caf\xe9\n"
		w.Header().Set("Content-Type", "text/javascript; charset=iso-8859-1")
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			// The page has loaded when both workers have said what they had to.
			body = `<!doctype html><title>Shared</title><p id=said></p><iframe src="//frame.example/frame"></iframe><img src=/gate><script>
				const one = new SharedWorker('/shared.js'); one.port.onmessage = (e) => { said.textContent = e.data; fetch('/said') }</script>`
		case "/frame":
			w.Header().Set("Content-Type", "text/html")
			body = `<script>new SharedWorker('/framed.js')</script>`
		case "/shared.js":
			w.Header().Set("Content-Type", "text/javascript")
			body = sharedScript
		case "/framed.js":
			body += `fetch('/from-framed').then((r) => r.text())`
		case "/gate":
			// Of a picture that is none the browser now and then hands over nothing.
			w.Header().Set("Content-Type", "image/svg+xml")
			body = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`
		case "/said":
			body = ""
		}
		io.WriteString(w, body)
	}
	for _, scheme := range both {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			said, framed := make(chan struct{}), make(chan struct{})
			s := serveTrap(t, scheme, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/said":
					close(said)
				case "/from-framed":
					close(framed)
				case "/gate":
					for _, c := range []chan struct{}{said, framed} {
						select {
						case <-c:
						case <-r.Context().Done():
						}
					}
				}
				handler(w, r)
			})
			r := accepting(t, s.Server, nil)
			_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, scheme+"://"), ":")
			r.extraFlags = append(r.extraFlags, "host-resolver-rules=MAP *.example 127.0.0.1:"+port)
			c, sink := take(t, r, s.URL)
			list := recordsOf(t, sink)
			requests := s.requests()
			for path, want := range map[string]string{"/shared.js": sharedScript, "/framed.js": "", "/imported.js": "// /imported.js caf\xe9\n",
				"/asked": "// /asked caf\xe9\n", "/from-framed": "// /from-framed caf\xe9\n"} {
				if a := answerTo(t, list, path); a.body != want || (a.truncated == "") != (want != "") {
					t.Errorf("%s: %q %q", path, a.truncated, a.body)
				}
				if n := visits(requests, path); n != 1 {
					t.Errorf("%s was asked for %d times", path, n)
				}
			}
			if got := detail(c, record.ProblemWACZIncomplete); got != "1: 1 × not handed over" || !strings.Contains(string(sink.files[evidence.TextName]), "characters") {
				t.Errorf("incomplete: %q, text %q", got, sink.files[evidence.TextName])
				for _, a := range list {
					if a.truncated != "" {
						t.Logf("%s of %s: %s %q", a.kind, a.uri, a.truncated, a.body)
					}
				}
			}
		})
	}
}
