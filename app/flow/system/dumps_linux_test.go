package system

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestNoDumps: a program that is started, as the browser is, and that crashes leaves nothing behind.
func TestNoDumps(t *testing.T) {
	if os.Getenv("CONSTAT_TEST_DUMPS") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNoDumps$", "-test.v")
		cmd.Env = append(os.Environ(), "CONSTAT_TEST_DUMPS=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	if err := NoDumps(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, ask := range []string{"ulimit -c", "ulimit -Hc"} {
		cmd := exec.Command("sh", "-c", ask)
		out, err := cmd.Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != "0" && got != "1" {
			t.Errorf("%s: %q, %v", ask, got, err)
		}
	}
	crash := exec.Command("sh", "-c", "ulimit -c unlimited 2>/dev/null; kill -SEGV $$")
	crash.Dir = dir
	_ = crash.Run() // it crashes
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || crash.ProcessState.Success() {
		t.Errorf("left %v, %v, %v", left, err, crash.ProcessState)
	}
}
