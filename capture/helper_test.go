package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/capture/chrome"
	"constat/evidence"
	"constat/internal/leftover"
	"constat/internal/pace"
)

// workRoot holds the work folders of all tests, so that TestMain can look for
// what they left.
var workRoot string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv(victimEnv) != "" {
		return m.Run() // it is killed and could not clean up
	}
	var err error
	if workRoot, err = os.MkdirTemp("", "constat-capture-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer os.RemoveAll(workRoot)
	code := m.Run()
	if left := leftovers(workRoot); len(left) > 0 {
		fmt.Fprintf(os.Stderr, "left behind after all tests: %s\n", left)
		return 1
	}
	return code
}

// leftovers lists folders of captures and processes that name the folder.
func leftovers(dir string) []string {
	left, _ := filepath.Glob(filepath.Join(dir, "*", "capture-*"))
	more, _ := filepath.Glob(filepath.Join(dir, "capture-*"))
	return slices.Concat(left, more, leftover.Processes(dir))
}

// installed finds the browser, or fails with what to do.
func installed(t testing.TB) chrome.Executable {
	t.Helper()
	exe, err := chrome.Find(chrome.FindOptions{Named: os.Getenv("CONSTAT_BROWSER")})
	if err != nil {
		t.Fatalf("these tests need a Chromium-based browser (install chromium, or set CONSTAT_BROWSER): %v", err)
	}
	return exe
}

// paced is a limit in the time of this machine.
func paced(t testing.TB, limit time.Duration) time.Duration {
	t.Helper()
	return pace.Browser(installed(t).Path).Of(limit)
}

// quick limits make failures come soon; a page that works needs none of them.
func quick(t testing.TB) Limits {
	return Limits{
		Launch: paced(t, 30*time.Second), Load: paced(t, 20*time.Second), Settle: paced(t, 2*time.Second),
		Picture: paced(t, 20*time.Second), Record: paced(t, 10*time.Second), Whole: paced(t, 90*time.Second),
		Scroll: paced(t, 20*time.Second),
	}
}

func recorder(t testing.TB, change func(*Config)) *Recorder {
	t.Helper()
	dir, err := os.MkdirTemp(workRoot, "work-")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Executable: installed(t), WorkDir: dir, Limits: quick(t),
		NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1",
		Now:       func() time.Time { return time.Now().In(brussels) },
	}
	if os.Geteuid() == 0 && !c.NoSandbox {
		t.Fatal("as root the browser starts only with CONSTAT_NO_SANDBOX=1")
	}
	if change != nil {
		change(&c)
	}
	r, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left := leftovers(dir); len(left) > 0 {
			t.Errorf("left behind: %s", left)
		}
	})
	return r
}

var brussels = time.FixedZone("CET", 3600)

// memory is a sink that keeps everything.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
	fail  func(name string) error
}

func (m *memory) Put(ctx context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	if m.fail != nil {
		if err := m.fail(meta.Name); err != nil {
			return meta, err
		}
	}
	h := evidence.NewHasher()
	var b bytes.Buffer
	if _, err := io.Copy(io.MultiWriter(h, &b), r); err != nil {
		return meta, err
	}
	if err := ctx.Err(); err != nil {
		return meta, err
	}
	meta.SHA256, meta.SHA512, meta.Size = h.Sums()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	m.files[meta.Name] = b.Bytes()
	return meta, nil
}

// take captures and expects something usable.
func take(t testing.TB, r *Recorder, address string) (*Capture, *memory) {
	t.Helper()
	sink := &memory{}
	c, err := r.Capture(t.Context(), evidence.Request{Address: address}, sink, evidence.NoProgress{})
	if err != nil {
		t.Fatalf("capture: %v", err)
	}
	consistent(t, c, sink)
	return c, sink
}

// refuse captures and expects an error of the type of want.
func refuse[E error](t testing.TB, r *Recorder, address string) E {
	t.Helper()
	c, err := r.Capture(t.Context(), evidence.Request{Address: address}, &memory{}, evidence.NoProgress{})
	var want E
	if !errors.As(err, &want) || c != nil {
		t.Fatalf("capture %v, error %T %v; want %T", c, err, err, want)
	}
	return want
}

// consistent checks what holds for every capture: the manifest takes it, and the digests are those of
// the bytes that were kept.
func consistent(t testing.TB, c *Capture, sink *memory) {
	t.Helper()
	for _, a := range c.Artifacts {
		b, ok := sink.files[a.Name]
		if !ok || evidence.Sum(b) != a.SHA256 || evidence.Sum512(b) != a.SHA512 || int64(len(b)) != a.Size {
			t.Errorf("artifact %s is not what was kept", a.Name)
		}
		if len(b) == 0 && a.Name != evidence.TextName {
			t.Errorf("artifact %s is empty", a.Name)
		}
	}
	for _, name := range []string{evidence.FirstViewName, evidence.DatedName, evidence.HeadersName} {
		if !has(c, name) {
			t.Errorf("no %s", name)
		}
	}
	m := evidence.Manifest{
		Case: "c-0123456789abcdef", Exhibit: "E-001", Kind: evidence.WebCapture, Browser: &c.Browser,
		Started: c.Started, Finished: c.Finished, Request: &c.Request, Page: &c.Page, Outcome: c.Outcome,
		Problems: c.Problems, Clock: c.Clock, Precondition: c.Preconditions, Artifacts: c.Artifacts,
		Redactions: c.Redactions,
	}
	if _, err := m.Encode(); err != nil && !strings.Contains(err.Error(), "case") {
		t.Errorf("manifest: %v", err)
	}
	if c.Problems == nil || c.Page.Redirects == nil || c.Clock == nil {
		t.Error("a list is null, not empty")
	}
	if c.Finished.UTC.Before(c.Pictured.UTC) || c.Pictured.UTC.Before(c.Started.UTC) {
		t.Error("start, picture and end are not in order")
	}
}

func has(c *Capture, name string) bool {
	return slices.ContainsFunc(c.Artifacts, func(a evidence.Artifact) bool { return a.Name == name })
}

func problems(c *Capture) []string {
	list := []string{}
	for _, p := range c.Problems {
		list = append(list, p.Code)
	}
	return list
}

func detail(c *Capture, code string) string {
	for _, p := range c.Problems {
		if p.Code == code {
			return p.Detail
		}
	}
	return ""
}

func wantOutcome(t *testing.T, c *Capture, outcome evidence.Outcome, codes ...string) {
	t.Helper()
	if codes == nil {
		codes = []string{}
	}
	if c.Outcome != outcome || !slices.Equal(problems(c), codes) {
		t.Errorf("outcome %s with problems %v; want %s with %v", c.Outcome, c.Problems, outcome, codes)
	}
}

// page serves one document, and nothing else.
func serve(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func html(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" || strings.HasPrefix(r.URL.Path, "/missing/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<!doctype html><html><head><title>Page</title></head>"+body)
	}
}
