package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/app/flow"
	"constat/app/flow/look"
	"constat/capture/displaytest"
	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
	"constat/internal/pace"
)

// said collects what the program says while it runs.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A person at a terminal opens a window, keeps what it shows twice, and closes it.
func TestWindowFromTheTerminal(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	shown := make(chan struct{}, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/shown" {
			shown <- struct{}{}
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><title>Post</title><h1>here</h1><script>onload = () => fetch('/shown')</script>`)
	}))
	t.Cleanup(site.Close)
	home := t.TempDir()
	vars := map[string]string{
		"CONSTAT_VAULT": filepath.Join(home, "vault"), "CONSTAT_DATA": filepath.Join(home, "data"), "CONSTAT_LANG": "en",
		"CONSTAT_PASSPHRASE": passphrase, "CONSTAT_TSA": tsatest.ClosedPort(t),
		"CONSTAT_NTP": "none", "CONSTAT_NO_SANDBOX": os.Getenv("CONSTAT_NO_SANDBOX"), "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER"),
	}
	env := func(name string) string { return vars[name] }
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer typed.Close()
	var out bytes.Buffer
	messages := &said{}
	do := func(args ...string) int {
		out.Reset()
		return run(t.Context(), args, in, &out, messages, env)
	}
	vaulttest.Make(t, vars["CONSTAT_VAULT"], passphrase)
	if code := do("case", "create", "--title", "Novembre"); code != 0 {
		t.Fatalf("case: %d, %s", code, messages)
	}
	id := strings.TrimSpace(out.String())
	if code := do("capture", "--window", "--case", id, "--subject", "unsure"); code != flow.ExitUsage {
		t.Errorf("not sure about age: exit %d", code)
	}
	if code := do("capture", "--case", id, "--subject", "adult"); code != flow.ExitUsage {
		t.Errorf("neither address nor window: exit %d", code)
	}
	ended := make(chan int, 1)
	go func() { ended <- do("capture", "--window", site.URL, "--case", id, "--subject", "adult", "--json") }()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(pace.Processor().Of(time.Minute))
	waits := func(what string, seen func() bool) {
		t.Helper()
		for !seen() {
			select {
			case <-tick.C:
			case <-late:
				t.Fatalf("no %s: %s", what, messages)
			}
		}
	}
	select {
	case <-shown:
	case <-late:
		t.Fatalf("no page: %s", messages)
	}
	for n := 1; n <= 2; n++ {
		fmt.Fprintln(typed)
		waits("exhibit", func() bool { return strings.Count(messages.String(), "kept as E-00") == n })
	}
	fmt.Fprintln(typed, "q")
	waits("end", func() bool { return len(ended) == 1 })
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, messages)
	}
	var doc struct {
		Exhibits []look.Exhibit `json:"exhibits"`
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil || len(doc.Exhibits) != 2 || doc.Exhibits[1].Exhibit != "E-002" ||
		doc.Exhibits[1].Outcome != "complete" || doc.Exhibits[1].FinalAddress != site.URL+"/" {
		t.Errorf("document: %v\n%s", err, out.String())
	}
}
