package handover_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/evidence"
)

// An export that breaks half way leaves nothing readable, a vault that is well,
// and room for the same export. Every single file operation is let fail in
// package bundle, and those of the vault in package vault.
func TestAnExportThatBreaksCanBeMadeAgain(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	flowtest.Record(t, s, c, "https://example.org/1")
	for _, name := range []string{"liasse", "liasse.zip"} {
		dir := t.TempDir()
		target := filepath.Join(dir, name)
		breaks := true
		// The authority is asked when much is written, and the rest is not.
		authority := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if left, _ := filepath.Glob(filepath.Join(dir, "."+name+".partial-*")); breaks && len(left) == 1 {
				if err := errors.Join(os.RemoveAll(left[0]), os.WriteFile(target, []byte("in the way"), 0o600)); err != nil {
					t.Error(err)
				}
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		t.Cleanup(authority.Close)
		r := handover.ExportRequest{Case: c.ID, Target: target, Language: "fr", Authorities: []evidence.Authority{{Name: "one", URL: authority.URL}}}
		if _, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{}); err == nil {
			t.Fatalf("%s: nothing says that it broke", name)
		}
		if b, err := os.ReadFile(target); err != nil || string(b) != "in the way" {
			t.Errorf("%s: what was in the way: %q, %v", name, b, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
		if r, err := s.Check(t.Context(), evidence.NoProgress{}); err != nil || !r.Valid {
			t.Errorf("%s: the vault is not well: %+v, %v", name, r, err)
		}
		if err := os.Remove(target); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		breaks = false
		if got, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{}); err != nil || got.Target != target {
			t.Errorf("%s: once more: %+v, %v", name, got, err)
		}
	}
}
