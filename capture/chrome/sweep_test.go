package chrome

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// What cannot be removed is named and counted, costs seconds, and keeps nothing else.
func TestSweepNamesWhatStays(t *testing.T) {
	if os.Geteuid() == 0 {
		// Root may remove everything but what is in use as the root of a mount, or immutable; the
		// folder in the way is one that no lock can be taken in.
		dir := t.TempDir()
		held := filepath.Join(dir, "capture-1")
		for _, d := range []string{held, filepath.Join(dir, "capture-2"), held + lockSuffix} {
			if err := os.Mkdir(d, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(held, "f"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		stays(t, dir, held)
		return
	}
	dir := t.TempDir()
	held := filepath.Join(dir, "capture-1")
	for _, d := range []string{held, filepath.Join(dir, "capture-2")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(held, "f"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(held, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(held, 0o700) })
	stays(t, dir, held)
}

func stays(t *testing.T, dir, held string) {
	t.Helper()
	n, err := Sweep(dir)
	left, ok := errors.AsType[*LeftError](err)
	if !ok || n != 1 || left.Files != 1 || !slices.Equal(left.Folders, []string{held}) {
		t.Errorf("%d, %+v", n, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "capture-2")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other folder stays: %v", err)
	}
}

// A work folder that cannot be looked through is said, and nobody waits for what is no lock.
func TestSweepOfWhatIsNoWorkFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "work")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, gateName), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, work := range []string{file, dir} {
		if _, err := Sweep(work); err == nil {
			t.Errorf("%s was looked through", work)
		} else if left, ok := errors.AsType[*LeftError](err); !ok || !slices.Equal(left.Folders, []string{work}) {
			t.Errorf("%+v", err)
		}
	}
}
