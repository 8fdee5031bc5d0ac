package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"constat/evidence/ots/otstest"
	"constat/evidence/replica/s3/s3test"
	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
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

// ageTools builds age and age-keygen of the pinned version: distributions have
// older ones, which do not know post-quantum keys.
func ageTools(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"age", "age-keygen"} {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, name), "filippo.io/age/cmd/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	return dir
}

// passphrase opens the vaults of these tests.
const passphrase = "quatre mots sans lien: tulipe"

// TestScripts runs testdata/*.txtar against the real program: $PAGE is a page on loopback, $TSA an
// OpenSSL authority with $ROOTS, $GONE an address where nothing listens, $STORE a file that says
// where an S3 store with Object Lock is. make-vault makes a vault that costs no second to open and
// writes its recovery code to $CODE, and cheapen-vault makes one of the vault that the program
// itself has made.
func TestScripts(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/post" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Post</title><p>Bonjour à tout le monde</p>"))
	}))
	t.Cleanup(site.Close)
	authority := tsatest.New(t, tsatest.Options{})
	gone := tsatest.ClosedPort(t)
	calendar := otstest.Start(t)
	tools := ageTools(t)
	store := s3test.Start(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			for k, v := range map[string]string{
				"PAGE": site.URL + "/post", "TSA": authority.URL, "ROOTS": authority.RootPath, "GONE": gone, "CALENDAR": calendar.URL,
				"CONSTAT_VAULT": filepath.Join(e.WorkDir, "vault"), "CONSTAT_DATA": filepath.Join(e.WorkDir, "data"),
				"CONSTAT_PASSPHRASE": passphrase, "CONSTAT_TSA": gone, "CONSTAT_LANG": "en",
				"CONSTAT_NTP": "none", "CONSTAT_NO_SANDBOX": os.Getenv("CONSTAT_NO_SANDBOX"), "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER"),
				"STORE": filepath.Join(e.WorkDir, "store.txt"), "CODE": filepath.Join(e.WorkDir, "code.txt"),
				"PATH": tools + string(os.PathListSeparator) + e.Getenv("PATH"),
			} {
				e.Setenv(k, v)
			}
			// Each script has a folder of its own in the store.
			place := fmt.Sprintf("kind = s3\naddress = %s/%s\nuser = %s\nsecret = %s\nlock-days = 30\nname = Store\n", store.Locked,
				filepath.Base(e.WorkDir), store.User, store.Secret)
			return os.WriteFile(filepath.Join(e.WorkDir, "store.txt"), []byte(place), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exit": exitCode, "field": field, "schema": schema,
			"make-vault": func(ts *testscript.TestScript, _ bool, _ []string) {
				code := vaulttest.Make(t, ts.Getenv("CONSTAT_VAULT"), passphrase)
				ts.Check(os.WriteFile(ts.Getenv("CODE"), []byte(code+"\n"), 0o600))
			},
			"confirm": func(*testscript.TestScript, bool, []string) { calendar.Confirm() },
			"cheapen-vault": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Check(vaulttest.Cheapen(ts.Getenv("CONSTAT_VAULT"), passphrase))
			},
		},
	})
}
