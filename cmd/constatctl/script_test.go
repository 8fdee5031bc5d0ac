package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"constat/evidence/tsa/tsatest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"constatctl": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
			stop()
			os.Exit(code)
		},
	})
}

// TestScripts runs testdata/*.txtar against the real program: $PAGE is a page on
// loopback, $TSA an OpenSSL authority with $ROOTS, $GONE an address where
// nothing listens.
func TestScripts(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/post" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Post</title><p>Bonjour</p>"))
	}))
	t.Cleanup(site.Close)
	authority := tsatest.New(t, tsatest.Options{})
	gone := tsatest.ClosedPort(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			for k, v := range map[string]string{
				"PAGE": site.URL + "/post", "TSA": authority.URL, "ROOTS": authority.RootPath, "GONE": gone,
				"CONSTAT_VAULT": filepath.Join(e.WorkDir, "vault"), "CONSTAT_DATA": filepath.Join(e.WorkDir, "data"),
				"CONSTAT_PASSPHRASE": "quatre mots sans lien: tulipe", "CONSTAT_TSA": gone, "CONSTAT_LANG": "en",
				"CONSTAT_NO_SANDBOX": os.Getenv("CONSTAT_NO_SANDBOX"), "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER"),
			} {
				e.Setenv(k, v)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exit": exitCode, "field": field},
	})
}
