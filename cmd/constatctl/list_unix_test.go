//go:build unix

package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"constat/app/flow/keep"
	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
)

// TestAListSurvivesInterruptionAndKill interrupts a list while a page loads,
// goes on and is killed there, and goes on again: what was kept stays, is not
// loaded again, and the rest is kept.
func TestAListSurvivesInterruptionAndKill(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "constatctl")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var mu sync.Mutex
	asked := map[string]int{}
	arrived := make(chan struct{}, 10)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		n := asked[r.URL.Path]
		mu.Unlock()
		if r.URL.Path == "/slow" && n <= 2 {
			arrived <- struct{}{}
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Post</title><p>Bonjour</p>"))
	}))
	t.Cleanup(site.Close)
	home := t.TempDir()
	x := &crash{t: t, program: program, home: home, env: append(os.Environ(), "CONSTAT_LANG=en",
		"CONSTAT_VAULT="+filepath.Join(home, "vault"), "CONSTAT_DATA="+filepath.Join(home, "data"),
		"CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NTP=none", "CONSTAT_TSA="+tsatest.ClosedPort(t))}
	vaulttest.Make(t, filepath.Join(home, "vault"), passphrase)
	x.id = x.ok("case", "create", "--title", "Novembre")
	list := filepath.Join(home, "list.txt")
	text := "# gathered on Monday\n" + site.URL + "/1\n\n" + site.URL + "/slow\n" + site.URL + "/1\n" + site.URL + "/2\n"
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// run starts a command, signals it when the slow page is asked for, and returns its end and
	// document.
	run := func(signal os.Signal, args ...string) (int, keep.List) {
		t.Helper()
		cmd := x.command(append([]string{"capture", "--case", x.id, "--json"}, args...)...)
		var out, msg strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &msg
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			select {
			case <-arrived:
				_ = cmd.Process.Signal(signal)
			case <-ended:
			}
		}()
		_ = cmd.Wait()
		close(ended)
		var v keep.List
		if out.Len() > 0 {
			if err := json.Unmarshal([]byte(out.String()), &v); err != nil {
				t.Errorf("%v\n%s\n%s", err, out.String(), msg.String())
			}
		}
		return cmd.ProcessState.ExitCode(), v
	}
	check := func(v keep.List, want string) {
		t.Helper()
		var got []string
		for _, i := range v.Items {
			got = append(got, strings.TrimSpace(string(i.State)+" "+i.Exhibit))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("the list is %q, want %q", got, want)
		}
	}
	code, v := run(os.Interrupt, "--list", list, "--subject", "adult")
	if code != 130 {
		t.Errorf("interrupted: exit code %d", code)
	}
	check(v, "kept E-001, waiting, waiting")
	if code, _ := run(syscall.SIGKILL, "--resume"); code != -1 {
		t.Errorf("killed: exit code %d", code)
	}
	if got := x.ok("vault", "check"); !strings.HasSuffix(got, "whole") || strings.Contains(got, "failed ") {
		t.Errorf("after the kill:\n%s", got)
	}
	code, v = run(os.Interrupt, "--list", list, "--subject", "adult") // the same list goes on
	if code != 0 {
		t.Errorf("at the end: exit code %d", code)
	}
	check(v, "kept E-001, kept E-002, kept E-003")
	mu.Lock()
	defer mu.Unlock()
	if asked["/1"] != 1 || asked["/slow"] != 3 || asked["/2"] != 1 {
		t.Errorf("loaded: %v", asked)
	}
	left, err := filepath.Glob(filepath.Join(home, "data", "work", "capture-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
