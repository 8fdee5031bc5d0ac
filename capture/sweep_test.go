package capture

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/capture/chrome"
	"constat/capture/displaytest"
	"constat/capture/tab"
	"constat/evidence"
)

// victimEnv makes this test binary the program that is killed in the middle of
// a capture.
const victimEnv = "CAPTURE_TEST_VICTIM"

// TestVictim is the other process of TestSweepAfterKill… and TestKilledInEveryPhase: it captures, says
// when the page has loaded (without an address: when a browser waits; with a step: when that is
// reached), and waits to be killed.
func TestVictim(t *testing.T) {
	dir, address, found := strings.Cut(os.Getenv(victimEnv), "|")
	address, step, _ := strings.Cut(address, "|")
	if !found {
		return
	}
	r, err := New(Config{Executable: installed(t), WorkDir: dir, Limits: quick(t), NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1"})
	if err != nil {
		t.Fatal(err)
	}
	if address == "" { // a browser that waits, and nothing to capture
		r.config.Warmer = &Warmer{}
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("loaded\n")
		<-t.Context().Done()
	}
	r.hooks.loaded = func(whole context.Context, _ *tab.Tab) {
		os.Stdout.WriteString("loaded\n")
		<-whole.Done()
	}
	if start, window := strings.CutPrefix(address, "window:"); window {
		w, err := r.OpenWindow(t.Context(), start)
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("loaded\n")
		<-w.Done()
		return
	}
	var progress evidence.Progress
	if step != "" { // it says that it is there, and goes on
		r.hooks.loaded = nil
		progress = &phase{step: evidence.Step(step), do: func() { os.Stdout.WriteString(step + "\n") }}
	}
	r.Capture(t.Context(), evidence.Request{Address: address}, &memory{}, progress)
}

func TestSweepAfterKill(t *testing.T) {
	t.Parallel()
	server := serve(t, html("<p>page"))
	t.Run("capture", func(t *testing.T) { sweepAfterKill(t, server.URL) })
	t.Run("warm", func(t *testing.T) { sweepAfterKill(t, "") })
}

// A window dies with its program like a capture.
func TestSweepAfterKillOfAWindow(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	server := serve(t, html("<p>page"))
	sweepAfterKill(t, "window:"+server.URL)
}

func sweepAfterKill(t *testing.T, address string) {
	r := recorder(t, nil)
	dir := r.config.WorkDir
	victim := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimEnv+"="+dir+"|"+address)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "loaded" {
			break
		}
	}
	// It is alive: nothing of it may be touched.
	if n, err := chrome.Sweep(dir); n != 0 || err != nil {
		t.Errorf("sweep beside a live capture: %d, %v", n, err)
	}
	if len(leftovers(dir)) < 2 {
		t.Errorf("the live capture has lost something: %v", leftovers(dir))
	}
	links, _ := filepath.Glob(filepath.Join(dir, "capture-*", "temp"))
	if len(links) != 1 {
		t.Fatalf("folders for temporary files: %v", links)
	}
	inMemory, _ := filepath.EvalSymlinks(links[0])
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	victim.Wait()
	if n, err := chrome.Sweep(dir); n != 1 || err != nil {
		t.Errorf("sweep after the kill: %d, %v", n, err)
	}
	eventually(t, func() bool { return len(leftovers(dir)) == 0 })
	if _, err := os.Stat(inMemory); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("temporary files stay in %s: %v", inMemory, err)
	}
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
