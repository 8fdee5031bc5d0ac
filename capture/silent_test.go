package capture

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// The browser asks nobody but the page: not its maker for updates, the time or who is signed in,
// neither while it waits nor during a capture. What is not on this device goes through
// the proxy here, which says who was asked for.
func TestBrowserAsksNobodyElse(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Host)
		mu.Unlock()
		http.Error(w, "nobody is there", http.StatusBadGateway)
	})
	page := serve(t, html(`<body><p>page<img src="http://picture.example/a.png">`))
	r, _ := warmed(t, time.Minute)
	r.extraFlags = []string{"proxy-server=" + strings.TrimPrefix(proxy.URL, "http://")}
	if err := r.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, _ := take(t, r, page.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemResourceFailed) // the picture is not there
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 1 || asked[0] != "picture.example" {
		t.Errorf("asked for: %q", asked)
	}
}
