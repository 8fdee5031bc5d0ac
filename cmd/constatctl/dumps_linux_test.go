package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
	"constat/internal/pace"
)

// TestNoCoreOfARunningBrowser looks at the program and at every process of the real browser while a page
// loads: none of them may write its memory down when it crashes, nor hand it to who collects dumps.
func TestNoCoreOfARunningBrowser(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	program := filepath.Join(home, "constatctl")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	loading, goOn := make(chan struct{}, 8), make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/post" {
			loading <- struct{}{}
			select {
			case <-goOn:
			case <-r.Context().Done():
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Post</title><p>Bonjour"))
	}))
	t.Cleanup(site.Close)
	vault := filepath.Join(home, "vault")
	vaulttest.Make(t, vault, passphrase)
	env := append(os.Environ(), "CONSTAT_VAULT="+vault, "CONSTAT_DATA="+filepath.Join(home, "data"),
		"CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NTP=none", "CONSTAT_TSA="+tsatest.ClosedPort(t))
	create := exec.Command(program, "case", "create", "--title", "a")
	create.Env = env
	id, err := create.Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "capture", site.URL+"/post", "--case", strings.TrimSpace(string(id)), "--subject", "adult")
	cmd.Env = env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	defer close(goOn)
	select {
	case <-loading:
	case <-time.After(pace.Processor().Of(2 * time.Minute)):
		t.Fatal("the page is not asked for")
	}
	family := descendants(t, cmd.Process.Pid)
	browsers := 0
	for pid, name := range family {
		b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "limits"))
		if err != nil {
			continue // it has ended meanwhile
		}
		if strings.Contains(name, "chrom") {
			browsers++
		}
		for line := range strings.Lines(string(b)) {
			rest, ok := strings.CutPrefix(line, "Max core file size")
			if f := strings.Fields(rest); ok && (len(f) < 2 || f[0] != "0" && f[0] != "1" || f[1] != "0" && f[1] != "1") {
				t.Errorf("%d %s: %s", pid, name, line)
			}
		}
	}
	if browsers < 2 || len(family) <= browsers {
		t.Errorf("%d processes of the browser among %v", browsers, family)
	}
	t.Logf("%d processes, %d of them the browser's", len(family), browsers)
}

// descendants are a process and all that it started, by number.
func descendants(t *testing.T, root int) map[int]string {
	t.Helper()
	parent, names := map[int]int{}, map[int]string{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		b, err := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if err != nil {
			continue
		}
		before, after, ok := strings.Cut(string(b), ") ")
		f := strings.Fields(after)
		if !ok || len(f) < 2 {
			continue
		}
		_, names[pid], _ = strings.Cut(before, "(")
		parent[pid], _ = strconv.Atoi(f[1])
	}
	family := map[int]string{}
	for pid := range parent {
		for at := pid; at > 1; at = parent[at] {
			if at == root {
				family[pid] = names[pid]
				break
			}
		}
	}
	return family
}
