// Package pace tells tests how slow this machine is, so that their limits are
// amounts of work and not seconds of the machine that they were written on.
//
// # What it does
//
// [Processor] does a fixed piece of work on all processors at once, and [Browser]
// has a browser start and take a picture. Each is done once in a process. How much
// longer it takes than on the machine on which the limits of the tests were set
// is a [Pace].
//
// # How to use it
//
//	late := time.After(pace.Processor().Of(10 * time.Second))
//	limits.Load = pace.Browser(chromium).Of(20 * time.Second)
//
// # What it promises
//
// A limit never becomes shorter, and never more than [Most] times as long.
//
// # What it does not do
//
// It is for tests only. It is no benchmark: nothing may fail because a machine is
// slow, and a machine that becomes slow later is not noticed.
package pace

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// Most is how many times longer a limit becomes at the most.
const Most = 12

// What the work takes on the machine on which the limits were set: two cores of 2.4 GHz, idle,
// November 2026.
const (
	referenceWork    = 100 * time.Millisecond
	referenceBrowser = 1300 * time.Millisecond
)

// Pace is how many times longer work takes here; at least 1, at most [Most].
type Pace float64

// Of is a limit at this pace.
func (p Pace) Of(limit time.Duration) time.Duration {
	return time.Duration(float64(limit) * float64(p.bounded()))
}

func (p Pace) bounded() Pace {
	if !(p > 1) { // also what is no number
		return 1
	}
	return min(p, Most)
}

// paceOf compares what work took with what it takes on the reference.
func paceOf(took, reference time.Duration) Pace {
	return (Pace(took) / Pace(reference)).bounded()
}

// Processor is the pace of the processors.
func Processor() Pace { return processor() }

var processor = sync.OnceValue(func() Pace {
	began := time.Now()
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(work)
	}
	all.Wait()
	return paceOf(time.Since(began), referenceWork)
})

// work walks through memory as a program does that follows pointers, and computes a little at each
// step.
func work() {
	const size = 1 << 18 // 2 MB, more than the fastest caches
	next := make([]uint64, size)
	x := uint64(1)
	for range steps {
		x = x*6364136223846793005 + 1442695040888963407
		i := (x >> 33) % size
		next[i] += x ^ next[(i+x>>50)%size]
	}
	runtime.KeepAlive(next)
}

const steps = 12_000_000

// Browser is the pace of a browser: that of the processors or that of its start with a picture of an
// empty page, whichever is slower. A browser that does not start says so to the tests themselves.
func Browser(path string) Pace {
	browsers.Lock()
	defer browsers.Unlock()
	p, known := browsers.paces[path]
	if !known {
		p = max(Processor(), start(path))
		if browsers.paces == nil {
			browsers.paces = map[string]Pace{}
		}
		browsers.paces[path] = p
	}
	return p
}

// browsers remembers what was measured in this process.
var browsers struct {
	sync.Mutex
	paces map[string]Pace
}

func start(path string) Pace {
	dir, err := os.MkdirTemp("", "constat-pace-")
	if err != nil {
		return 1
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithTimeout(context.Background(), Most*referenceBrowser)
	defer stop()
	args := []string{"--headless=new", "--user-data-dir=" + filepath.Join(dir, "profile"), "--no-first-run", "--disable-gpu",
		"--window-size=1280,900", "--screenshot=" + filepath.Join(dir, "picture.png"), "data:text/html,<h1>pace</h1>"}
	if os.Getenv("CONSTAT_NO_SANDBOX") == "1" {
		args = append(args, "--no-sandbox")
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.WaitDelay = time.Second
	began := time.Now()
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		return 1
	}
	return paceOf(time.Since(began), referenceBrowser)
}
