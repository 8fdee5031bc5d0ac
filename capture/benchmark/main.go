// Command benchmark is one side of the comparison that run.sh makes: it serves
// the page of package page, or captures an address once and throws the
// result away. It is not part of the product.
//
//	benchmark serve               prints the address, ends with its standard input
//	benchmark capture ADDRESS     prints when each step began, and what was captured
//	benchmark warm ADDRESS        the same with a browser that was started ahead
//	benchmark browser             prints the path of the browser
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"constat/capture"
	"constat/capture/benchmark/page"
	"constat/capture/chrome"
	"constat/evidence"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "serve":
		return serve()
	case len(args) == 2 && args[0] == "capture":
		return take(args[1], nil)
	case len(args) == 2 && args[0] == "warm":
		return take(args[1], &capture.Warmer{})
	case len(args) == 1 && args[0] == "browser":
		exe, err := chrome.Find(chrome.FindOptions{Named: os.Getenv("CONSTAT_BROWSER")})
		fmt.Println(exe.Path)
		return err
	}
	return errors.New("usage: benchmark serve | capture ADDRESS | warm ADDRESS | browser")
}

func serve() error {
	handler, err := page.Handler()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/\n", l.Addr())
	go http.Serve(l, handler)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func take(address string, warmer *capture.Warmer) error {
	exe, err := chrome.Find(chrome.FindOptions{Named: os.Getenv("CONSTAT_BROWSER")})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "constat-benchmark-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	rec, err := capture.New(capture.Config{
		Executable: exe, WorkDir: dir, NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1", Warmer: warmer,
	})
	if err != nil {
		return err
	}
	if err := rec.Warm(context.Background()); err != nil {
		return err
	}
	steps := &stopwatch{began: time.Now()}
	c, err := rec.Capture(context.Background(), evidence.Request{Address: address}, discard{}, steps)
	if err != nil {
		return err
	}
	steps.Step("end")
	fmt.Println(c.Outcome, c.Page.Width, c.Page.Height, c.Problems)
	for _, a := range c.Artifacts {
		fmt.Println(a.Name, a.Size)
	}
	// Not what time(1) tells: that is the largest of this process and of the browser's.
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "VmHWM:") {
				fmt.Print("peak memory of our process ", strings.Join(strings.Fields(line)[1:], " "), "\n")
			}
		}
	}
	return nil
}

// stopwatch prints when each step began, in milliseconds.
type stopwatch struct{ began time.Time }

func (s *stopwatch) Step(step evidence.Step) {
	fmt.Printf("%6d ms %s\n", time.Since(s.began).Milliseconds(), step)
}

func (*stopwatch) Amount(int64, int64) {}

// discard hashes as a vault does, and keeps nothing.
type discard struct{}

func (discard) Put(_ context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	h := evidence.NewHasher()
	_, err := io.Copy(h, r)
	meta.SHA256, meta.SHA512, meta.Size = h.Sums()
	return meta, err
}
