package flow

import (
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow/keep"
	"constat/evidence"
)

// browsers counts the private folders of browsers.
func browsers(t *testing.T, a *App) int {
	t.Helper()
	locks, err := filepath.Glob(filepath.Join(a.workDir(), "capture-*.lock"))
	if err != nil {
		t.Fatal(err)
	}
	return len(locks)
}

// The browser that was prepared is the one that keeps the page; locking leaves none.
func TestPreparedBrowser(t *testing.T) {
	a := newApp(t)
	t.Cleanup(a.Dismiss)
	s, c := openSession(t, a)
	for range 2 { // asking twice starts one
		if err := a.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := browsers(t, a); n != 1 {
		t.Errorf("%d browsers are ready", n)
	}
	e, err := s.Keep.Preserve(t.Context(), keep.PreserveRequest{Case: c.ID, Address: page(t).URL + "/post", Subject: keep.SubjectAdult}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	said := false
	for _, p := range e.Manifest.Precondition {
		said = said || p.Item == "fresh-profile" && p.State == evidence.Met && strings.Contains(p.Detail, "started ahead")
	}
	if !said {
		t.Errorf("the manifest does not say that the browser was started ahead: %+v", e.Manifest.Precondition)
	}
	if n := browsers(t, a); n != 0 {
		t.Errorf("%d browsers after the capture", n)
	}
	if err := a.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	if n := browsers(t, a); n != 0 {
		t.Errorf("%d browsers after locking", n)
	}
}
