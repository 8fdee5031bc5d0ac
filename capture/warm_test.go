package capture

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/evidence"
)

// folders lists the private folders that exist in a work folder.
func folders(r *Recorder) []string {
	list, _ := filepath.Glob(filepath.Join(r.config.WorkDir, "capture-*"))
	var found []string
	for _, name := range list {
		if !strings.HasSuffix(name, ".lock") {
			found = append(found, name)
		}
	}
	return found
}

func warmed(t *testing.T, idle time.Duration) (*Recorder, *Warmer) {
	t.Helper()
	w := &Warmer{Idle: paced(t, idle)}
	t.Cleanup(w.End)
	r := recorder(t, func(c *Config) { c.Warmer = w })
	t.Cleanup(w.End) // before the look for what was left behind
	return r, w
}

// A browser that was started ahead serves one capture, as empty as a new one, and ends with it.
func TestWarmServesOneCapture(t *testing.T) {
	var asked atomic.Int32
	page := html("<p>page")
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			asked.Add(1)
			if r.Header.Get("Cookie") != "" {
				t.Error("a cookie of an earlier capture was sent")
			}
			w.Header().Set("Set-Cookie", "a=b; Max-Age=1000")
			w.Header().Set("Cache-Control", "max-age=1000")
		}
		page(w, r)
	})
	r, w := warmed(t, time.Minute)
	var several sync.WaitGroup
	for range 4 {
		several.Go(func() {
			if err := r.Warm(t.Context()); err != nil {
				t.Errorf("warm: %v", err)
			}
		})
	}
	several.Wait()
	ready := folders(r)
	if len(ready) != 1 {
		t.Fatalf("%d browsers are ready, not one: %v", len(ready), ready)
	}
	if asked.Load() != 0 {
		t.Error("something was loaded ahead")
	}
	r.hooks.ending = func(folder string) {
		if folder != ready[0] || len(folders(r)) != 1 {
			t.Errorf("the capture ran in %s of %v, not in %v", folder, folders(r), ready)
		}
	}
	before := time.Now()
	c, _ := take(t, r, server.URL)
	wantOutcome(t, c, evidence.Complete)
	if c.Started.UTC.Before(before.Add(-time.Second)) {
		t.Error("the capture does not start with itself")
	}
	if p := precondition(t, c, record.ItemFreshProfile); p.State != evidence.Met || !strings.HasPrefix(p.Detail, "browser started ahead for one capture, at 20") {
		t.Errorf("fresh profile: %+v", p)
	}
	if left := leftovers(r.config.WorkDir); len(left) > 0 {
		t.Errorf("the browser outlived its one capture: %v", left)
	}
	if w.next != nil {
		t.Error("a browser is still said to be ready")
	}

	r.hooks.ending = nil
	c, _ = take(t, r, server.URL) // nobody warmed: it starts its own
	wantOutcome(t, c, evidence.Complete)
	for item, detail := range map[string]string{
		record.ItemFreshProfile: "browser started for this capture at 20", record.ItemEmptyCache: "off the record, 0 cookies", record.ItemFirstPage: "0 other pages open",
	} {
		if p := precondition(t, c, item); p.State != evidence.Met || !strings.HasPrefix(p.Detail, detail) {
			t.Errorf("%s: %+v", item, p)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the page was asked for %d times in two captures", n)
	}
}

// What a browser that died leaves is cleared away before anybody asks for it.
func TestWarmDies(t *testing.T) {
	r, _ := replaced(t, os.Kill)
	eventually(t, func() bool { return len(leftovers(r.config.WorkDir)) == 0 })
	captureAfter(t, r)
}

// replaced has a browser wait, and sends it a signal.
func replaced(t *testing.T, signal os.Signal) (*Recorder, *Warmer) {
	t.Helper()
	r, w := warmed(t, time.Minute)
	if err := r.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.FromContext(w.next.browser.Context()).Browser.Process().Signal(signal); err != nil {
		t.Fatal(err)
	}
	return r, w
}

// captureAfter expects a capture that says nothing of the browser that is no good any more.
func captureAfter(t *testing.T, r *Recorder) {
	t.Helper()
	c, _ := take(t, r, serve(t, html("<p>page")).URL)
	wantOutcome(t, c, evidence.Complete)
	if p := precondition(t, c, record.ItemFreshProfile); !strings.HasPrefix(p.Detail, "browser started for this capture") {
		t.Errorf("fresh profile: %+v", p)
	}
}

func TestWarmEnds(t *testing.T) {
	t.Run("by itself", func(t *testing.T) {
		t.Parallel()
		r, _ := warmed(t, time.Millisecond)
		if err := r.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return len(leftovers(r.config.WorkDir)) == 0 })
	})
	t.Run("when told", func(t *testing.T) {
		t.Parallel()
		r, w := warmed(t, time.Minute)
		for range 2 { // and it can be had again
			if err := r.Warm(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(folders(r)) != 1 {
				t.Errorf("folders: %v", folders(r))
			}
			w.End()
			if left := leftovers(r.config.WorkDir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		}
	})
	t.Run("while it starts", func(t *testing.T) {
		t.Parallel()
		r, w := warmed(t, time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() { result <- r.Warm(ctx) }()
		eventually(t, func() bool { return len(folders(r)) == 1 })
		cancel() // the caller goes; the browser is still wanted
		if err := <-result; err != nil && err != context.Canceled {
			t.Errorf("warm: %v", err)
		}
		w.End()
		if left := leftovers(r.config.WorkDir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	t.Run("not at all", func(t *testing.T) {
		t.Parallel()
		r, w := warmed(t, time.Minute)
		r.config.Executable.Path = filepath.Join(r.config.WorkDir, "none")
		if err := r.Warm(t.Context()); err == nil {
			t.Error("a browser that is not there has started")
		}
		w.End()
	})
}

// A view that needs another command line gets a browser of its own.
func TestWarmOfAnotherKind(t *testing.T) {
	server := serve(t, html("<p>page"))
	r, w := warmed(t, time.Minute)
	if err := r.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := r.Capture(t.Context(), evidence.Request{Address: server.URL, ViewWidth: 800}, &memory{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := precondition(t, c, record.ItemFreshProfile); !strings.HasPrefix(p.Detail, "browser started for this capture") {
		t.Errorf("fresh profile: %+v", p)
	}
	if w.next == nil {
		t.Error("the browser that waits was used up")
	}
}
