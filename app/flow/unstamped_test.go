package flow_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/evidence"
	"constat/evidence/vault/vaulttest"
)

// TestKeptWithoutItsTimestamp: when the log can take no more between the exhibit and its timestamp,
// it is said that the exhibit is there, which one, and what to do; not that nothing was kept.
func TestKeptWithoutItsTimestamp(t *testing.T) {
	ctx := t.Context()
	app, dir := flowtest.App(t), t.TempDir()
	vaulttest.Make(t, dir, flowtest.Passphrase)
	s, err := app.Unlock(ctx, dir, flowtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Lock(); err != nil {
			t.Error(err)
		}
	})
	c, err := s.Keep.CreateCase(ctx, "Une affaire")
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "cases", c.ID, "log")
	authority := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		list, err := os.ReadDir(log)
		if err == nil {
			err = os.Mkdir(filepath.Join(log, fmt.Sprintf("%08d", len(list)+1)), 0o700)
		}
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(authority.Close)
	_, err = s.Keep.Record(ctx, keep.RecordRequest{Case: c.ID, Address: "https://example.org/a",
		Authorities: []evidence.Authority{{Name: "tsa", URL: authority.URL}}}, evidence.NoProgress{})
	kept, ok := errors.AsType[*keep.UnstampedError](err)
	if !ok || kept.Exhibit != "E-001" || flow.ExitCode(err) != flow.ExitFailed {
		t.Fatalf("%v", err)
	}
	list, err := s.Look.Exhibits(ctx, c.ID)
	if err != nil || len(list) != 1 || list[0].Damage != "" {
		t.Errorf("%v, %v", list, err)
	}
}
