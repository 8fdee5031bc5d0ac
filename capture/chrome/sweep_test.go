package chrome

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A browser that outlived its program, as it can where the system does not end
// children with their parent, is ended by the sweep.
func TestSweepEndsBrowsers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := makeFolder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--headless=new", "--user-data-dir=" + f.profile(), "about:blank"}
	if os.Getenv("CONSTAT_NO_SANDBOX") == "1" {
		args = append(args, "--no-sandbox")
	}
	orphan := exec.Command(installed(t).Path, args...)
	orphan.Env = environment(f)
	orphan.Dir = f.temp()
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	eventually(t, func() bool { return len(profileProcesses(f.profile())) > 2 })
	if n, err := Sweep(dir); n != 0 || err != nil {
		t.Errorf("sweep of a locked folder: %d, %v", n, err)
	}
	if err := f.lock.Unlock(); err != nil { // as the system does when a process dies
		t.Fatal(err)
	}
	if n, err := Sweep(dir); n != 1 || err != nil {
		t.Errorf("sweep: %d, %v", n, err)
	}
	select {
	case <-ended:
	case <-time.After(paced(t, 10*time.Second)):
		t.Error("the browser outlived the sweep")
	}
}

func TestSweepTouchesOnlyItsOwn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"notes.txt", "other-1", "capture-1.lock"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "capture-2"), 0o700); err != nil {
		t.Fatal(err)
	}
	if n, err := Sweep(dir); n != 1 || err != nil {
		t.Errorf("sweep: %d, %v", n, err)
	}
	for name, stays := range map[string]bool{"notes.txt": true, "other-1": true, "capture-1.lock": false, "capture-2": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSweepOfNothing(t *testing.T) {
	if n, err := Sweep(filepath.Join(t.TempDir(), "missing")); n != 0 || err != nil {
		t.Errorf("sweep of nothing: %d, %v", n, err)
	}
}
