// Package flowtest is the program as a test needs it: without a window, with a
// vault that opens at once, and a small site to keep.
//
// # How to use it
//
//	session, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
//	e := flowtest.Record(t, session, c, "https://example.org/1")
//
// # What it does not do
//
// It is for tests alone; a wall keeps everything else from importing it.
package flowtest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"constat/app/flow"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

// Passphrase opens every vault of these tests.
const Passphrase = "quatre mots sans lien: tulipe 42"

// App is the program with a data folder of its own and no authority but those given.
func App(t testing.TB, authorities ...evidence.Authority) *flow.App {
	t.Helper()
	return AppIn(t, filepath.Join(t.TempDir(), "data"), authorities...)
}

// AppIn is the program with this data folder.
func AppIn(t testing.TB, dataDir string, authorities ...evidence.Authority) *flow.App {
	t.Helper()
	a, err := flow.New(flow.Config{
		DataDir: dataDir, Version: "test", Cost: vaulttest.Cost(),
		NoSandbox:   os.Getenv("CONSTAT_NO_SANDBOX") == "1",
		Authorities: append([]evidence.Authority{}, authorities...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Vault opens a new vault that costs no second to open.
func Vault(t testing.TB, a *flow.App) *flow.Session {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	vaulttest.Make(t, dir, Passphrase)
	s, err := a.Unlock(t.Context(), dir, Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Lock() })
	return s
}

// Open opens a vault with one case.
func Open(t testing.TB, a *flow.App) (*flow.Session, look.Case) {
	t.Helper()
	s := Vault(t, a)
	c, err := s.Keep.CreateCase(t.Context(), "Novembre")
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// Record keeps an address.
func Record(t testing.TB, s *flow.Session, c look.Case, address string) look.Exhibit {
	t.Helper()
	e, err := s.Keep.Record(t.Context(), keep.RecordRequest{Case: c.ID, Address: address}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Bundle makes a readable folder in French, of all exhibits or of those that are named.
func Bundle(t testing.TB, s *flow.Session, caseID, target string, exhibits ...string) {
	t.Helper()
	r := handover.ExportRequest{Case: caseID, Target: target, Language: "fr", Exhibits: exhibits}
	if _, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
}

// Entries locks the vault and returns what the custody log of a case says.
func Entries(t testing.TB, s *flow.Session, passphrase, id string) []evidence.Entry {
	t.Helper()
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), s.Vault(), passphrase, vault.Options{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	c, err := v.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := c.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// Left are the private folders of browsers that are there, with their locks.
func Left(t testing.TB, a *flow.App) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(filepath.Dir(a.DefaultVault()), "work", "capture-*"))
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// Browsers counts the private folders of browsers that are there.
func Browsers(t testing.TB, a *flow.App) int {
	t.Helper()
	n := 0
	for _, path := range Left(t, a) {
		if strings.HasSuffix(path, ".lock") {
			n++
		}
	}
	return n
}

// Page is a small site with a picture, a redirect and a few ways to misbehave.
func Page(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /post", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Add("Set-Cookie", "session=SECRET-COOKIE; HttpOnly")
		_, _ = w.Write([]byte(`<!doctype html><title>Publication de test</title><body style="margin:0;font:18px sans-serif">
<p>MARQUEUR-VISIBLE</p><div style="height:4600px;background:linear-gradient(#0f6b6b,#fdf3e1)"></div><p>dernière ligne</p>`))
	})
	mux.HandleFunc("GET /chat", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>Conversation</title><body style="margin:0;font:18px sans-serif">
<div style="height:500px;width:600px;overflow-y:auto"><div style="height:1100px;background:linear-gradient(#0f6b6b,#fdf3e1)">paie</div></div>`))
	})
	mux.HandleFunc("GET /go", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/post", http.StatusFound) })
	mux.HandleFunc("GET /gone", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("<!doctype html><title>Introuvable</title><h1>Cette page n'existe plus</h1>"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// Steps remembers the stages that were reported.
type Steps struct {
	mu   sync.Mutex
	list []evidence.Step
	Hook func(evidence.Step) // called with each; may be nil
}

// Step implements evidence.Progress.
func (s *Steps) Step(x evidence.Step) {
	s.mu.Lock()
	s.list = append(s.list, x)
	s.mu.Unlock()
	if s.Hook != nil {
		s.Hook(x)
	}
}

// Amount implements evidence.Progress.
func (s *Steps) Amount(int64, int64) {}

// Seen returns them.
func (s *Steps) Seen() []evidence.Step {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]evidence.Step{}, s.list...)
}
