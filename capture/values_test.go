package capture

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"constat/evidence"
)

// What a capture notes has values beside its English detail, from which words in any language are made.
func TestWhatIsNotedHasValues(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, `<!doctype html><title>Page</title><body style="margin:0"><img src="/none.png"><script src="/none.js"></script>
				<div style="height:6000px">text</div><script>alert("vu"); window.open("/other"); new EventSource("/stream")</script>`)
		case r.URL.Path == "/stream":
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: one\n\n")
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		default:
			http.NotFound(w, r)
		}
	})
	t.Cleanup(server.CloseClientConnections)
	c, _ := take(t, recorder(t, func(c *Config) {
		c.Limits.MaxHeight = 3000
		c.TimeServer = timeServer(t, 0, func(b []byte) []byte { return b })
	}), server.URL)
	for code, want := range map[string]map[string]string{
		"dialog":          {"form": "dialog-message", "text": "vu"},
		"popup":           {"address": server.URL + "/other"},
		"cut":             {"form": "cut", "#n": "3000"},
		"resource-failed": {"form": "list", "#n": "2", "list.01.form": "missing-picture", "list.01.#n": "1", "list.01.why": "404"},
		"streams":         {"form": "streams", "#streams": "1", "#sockets": "0"},
	} {
		found := map[string]string{}
		for _, p := range c.Problems {
			if p.Code == code {
				found = p.Values
			}
		}
		for name, value := range want {
			if found[name] != value {
				t.Errorf("%s: %q is %q, want %q: %v", code, name, found[name], value, c.Problems)
			}
		}
	}
	valued := func(of, detail string, values map[string]string) {
		if (detail == "") != (len(values) == 0) {
			t.Errorf("%s: %q has the values %v", of, detail, values)
		}
		for name, value := range values {
			if name == "form" || strings.HasSuffix(name, ".form") {
				continue
			}
			if value == "" || evidence.Clean(value) != value {
				t.Errorf("%s: %q is %q", of, name, value)
			}
		}
	}
	for _, p := range c.Problems {
		valued(p.Code, p.Detail, p.Values)
	}
	for _, p := range c.Preconditions {
		valued(p.Item, p.Detail, p.Values)
	}
	if len(c.Clock) != 2 {
		t.Errorf("clock %+v", c.Clock)
	}
	for _, one := range c.Clock {
		valued(one.Source, one.Detail, one.Values)
	}
}
