package chrome

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/internal/leftover"
	"constat/internal/pace"
)

// options are those of a browser without a window in a work folder of the test's own, which
// must be empty in the end.
func options(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		left, _ := filepath.Glob(filepath.Join(dir, folderPrefix+"*"))
		if left = append(left, leftover.Processes(dir)...); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
	return Options{
		Executable: installed(t), WorkDir: dir, NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1",
		Width: 800, Height: 600, Limit: paced(t, 30*time.Second), Now: time.Now,
	}
}

// installed finds the browser, or fails with what to do.
func installed(t *testing.T) Executable {
	t.Helper()
	exe, err := Find(FindOptions{Named: os.Getenv("CONSTAT_BROWSER")})
	if err != nil {
		t.Fatalf("these tests need a Chromium-based browser (install chromium, or set CONSTAT_BROWSER): %v", err)
	}
	if os.Geteuid() == 0 && os.Getenv("CONSTAT_NO_SANDBOX") != "1" {
		t.Fatal("as root the browser starts only with CONSTAT_NO_SANDBOX=1")
	}
	return exe
}

// paced is a limit in the time of this machine.
func paced(t *testing.T, limit time.Duration) time.Duration {
	t.Helper()
	return pace.Browser(installed(t).Path).Of(limit)
}

// eventually waits for a condition, up to ten seconds.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(paced(t, 10*time.Second))
	for !condition() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it did not come about")
		}
	}
}

func TestStartAndClose(t *testing.T) {
	t.Parallel()
	b, err := Start(t.Context(), options(t))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if f := b.Facts; f.Product == "" || !f.Headless || !slices.Contains(f.Flags, "--window-size=800,600") ||
		slices.ContainsFunc(f.Flags, func(flag string) bool { return strings.Contains(flag, b.Folder()) }) {
		t.Errorf("facts %+v", f)
	}
	if info, err := os.Stat(b.Folder()); err != nil || info.Mode().Perm() != 0o700 && runtime.GOOS != "windows" {
		t.Errorf("folder: %v, %v", info, err)
	}
	temp, err := filepath.EvalSymlinks(b.folder.temp())
	if err != nil || b.TempInMemory() != slices.Contains(memoryRoots(), filepath.Dir(temp)) {
		t.Errorf("temporary files are in %s, %v; in memory: %t", temp, err, b.TempInMemory())
	}
	if b.Lost() {
		t.Error("a browser that was just started is gone")
	}
	var order []string
	b.OnEnd(func() { order = append(order, "first") })
	b.OnEnd(func() { order = append(order, "second") })
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if !slices.Equal(order, []string{"second", "first"}) {
		t.Errorf("called at the end: %v", order)
	}
	<-b.Gone()
	for _, path := range []string{b.Folder(), b.Folder() + lockSuffix, temp} {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s stays: %v", path, err)
		}
	}
}

func TestBrowserDoesNotStart(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/bin/false", "/nonexistent/chromium"} {
		o := options(t)
		o.Executable.Path = path
		_, err := Start(t.Context(), o)
		if e, ok := errors.AsType[*StartError](err); !ok || e.Path != path {
			t.Errorf("error %v", err)
		}
	}
}

// A window needs a screen, which Windows and macOS always have.
func TestDisplay(t *testing.T) {
	always := runtime.GOOS == "windows" || runtime.GOOS == "darwin"
	for name, want := range map[string]bool{"": always, "DISPLAY": true, "WAYLAND_DISPLAY": true} {
		if got := hasDisplay(func(n string) string { return map[string]string{name: ":0"}[n] }); got != want {
			t.Errorf("with %q: %t", name, got)
		}
	}
}
