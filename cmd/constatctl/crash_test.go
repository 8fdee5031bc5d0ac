package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
)

// crash is a vault with one exhibit, and the program that is killed over it.
type crash struct {
	t       *testing.T
	program string
	home    string
	env     []string
	id      string
}

// newCrash makes the vault with an authority that calls reach when it is asked.
func newCrash(t *testing.T, program string, reach func()) *crash {
	t.Helper()
	real := tsatest.New(t, tsatest.Options{})
	forward := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reach()
		http.Redirect(w, r, real.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(forward.Close)
	home := t.TempDir()
	x := &crash{t: t, program: program, home: home, env: append(os.Environ(),
		"CONSTAT_VAULT="+filepath.Join(home, "vault"), "CONSTAT_DATA="+filepath.Join(home, "data"),
		"CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NTP=none", "CONSTAT_TSA="+tsatest.ClosedPort(t))}
	vaulttest.Make(t, filepath.Join(home, "vault"), passphrase)
	x.id = x.ok("case", "create", "--title", "Novembre")
	x.ok("record", "https://example.org/p/1", "--case", x.id, "--note", strings.Repeat("note ", 2000), "--tsa", forward.URL+","+real.RootPath)
	return x
}

func (x *crash) command(args ...string) *exec.Cmd {
	cmd := exec.Command(x.program, args...)
	cmd.Env = x.env
	return cmd
}

func (x *crash) ok(args ...string) string {
	x.t.Helper()
	out, err := x.command(args...).Output()
	if err != nil {
		x.t.Fatalf("%v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// killWhen runs a command and kills it as soon as the condition holds. It
// reports false if the command ended before.
func (x *crash) killWhen(now func() bool, args ...string) bool {
	x.t.Helper()
	cmd := x.command(args...)
	if err := cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-tick.C:
			if now() {
				_ = cmd.Process.Kill()
				<-ended
				return true
			}
		}
	}
}

// files counts the files below a folder, whatever their names.
func files(dir string) (n int) {
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}

// TestKilledInTheMiddle kills import, edit and export at one moment after the
// other. The independent checker then finds the vault whole, nothing stands
// under the target's name that is not whole, and the same command works again.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "constatctl")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	x := newCrash(t, program, func() {})
	out := filepath.Join(x.home, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	chat := filepath.Join(x.home, "big.bin")
	if err := os.WriteFile(chat, make([]byte, 64<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	killed := 0
	for _, at := range []int{1, 2, 4, 8, 12, 16} {
		target := filepath.Join(out, fmt.Sprintf("bundle-%d", at))
		before := files(out)
		if x.killWhen(func() bool { return files(out) >= before+at }, "export", "--case", x.id, "--out", target, "--lang", "fr") {
			killed++
			if _, err := os.Stat(target); err == nil {
				x.ok("verify", target, "--allow-no-timestamp") // it was renamed: then it is whole
			}
		}
	}
	vault := filepath.Join(x.home, "vault")
	for _, more := range []int{1, 2, 3} {
		before := files(vault)
		if x.killWhen(func() bool { return files(vault) >= before+more }, "import", chat, "--case", x.id, "--subject", "adult") {
			killed++
		}
		before = files(vault)
		if x.killWhen(func() bool { return files(vault) > before }, "facts", "--case", x.id, "--exhibit", "E-001", "--set", fmt.Sprintf("ids=%d", more)) {
			killed++
		}
		if got := x.ok("vault", "check"); !strings.HasSuffix(got, "whole") || strings.Contains(got, "failed ") {
			t.Fatalf("after a kill:\n%s", got)
		}
	}
	if killed < 6 {
		t.Errorf("only %d commands were killed: the moments were missed", killed)
	}
	for _, at := range []int{1, 2, 4, 8, 12, 16} {
		target := filepath.Join(out, fmt.Sprintf("bundle-%d", at))
		if _, err := os.Stat(target); err != nil {
			x.ok("export", "--case", x.id, "--out", target, "--lang", "fr")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(out, ".*partial*")); len(left) != 0 {
		t.Errorf("a killed export left %v", left)
	}
	x.ok("import", chat, "--case", x.id, "--subject", "adult")
	if got := x.ok("vault", "check"); strings.Contains(got, "failed ") {
		t.Errorf("at the end:\n%s", got)
	}
}
