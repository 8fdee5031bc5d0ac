package capture_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"constat/capture"
	"constat/capture/chrome"
	"constat/evidence"
)

// pages takes what a capture puts, as a vault's draft does; several artifacts come
// at the same time.
type pages struct {
	mu   sync.Mutex
	text []byte
}

func (p *pages) Put(_ context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	b, err := io.ReadAll(r)
	meta.SHA256, meta.SHA512, meta.Size = evidence.Sum(b), evidence.Sum512(b), int64(len(b))
	p.mu.Lock()
	defer p.mu.Unlock()
	if meta.Name == evidence.TextName {
		p.text = b
	}
	return meta, err
}

// One page through the installed browser. What went wrong with it would be in
// Problems; an error means that nothing usable came.
func Example() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>A post</title><p>Seen by everybody</p>")
	}))
	defer site.Close()
	folder, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	browser, err := chrome.Find(chrome.FindOptions{Named: os.Getenv("CONSTAT_BROWSER")})
	if err != nil {
		fmt.Println(err)
		return
	}
	recorder, err := capture.New(capture.Config{Executable: browser, WorkDir: folder, NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var kept pages
	got, err := recorder.Capture(context.Background(), evidence.Request{Address: site.URL}, &kept, evidence.NoProgress{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(got.Outcome, got.Page.Status, got.Page.Title)
	fmt.Printf("%s", kept.text)
	// Output:
	// complete 200 A post
	// Seen by everybody
}
