package capture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/internal/leftover"
)

// peak is the most memory that a process held, this one since the last [forget], in MiB; 0
// where the system does not tell.
func peak(process string) float64 {
	b, _ := os.ReadFile(filepath.Join(process, "status"))
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(string(m[1]), 64)
	return n / 1024
}

// browserPeak adds up the processes of a browser. What they share counts several times, so
// that it is more than the browser took.
func browserPeak(folder string) (sum float64) {
	for _, process := range leftover.Processes(folder) {
		number, _, _ := strings.Cut(process, " ")
		sum += peak(filepath.Join("/proc", number))
	}
	return sum
}

// forget sets the peak back; see proc_pid_clear_refs(5).
func forget() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// grow measures a page against one that fits the window, one after the other.
func grow(b *testing.B, address string, height int) {
	small := serve(b, html("<p>page")).URL
	r := recorder(b, nil)
	var browser float64
	r.hooks.ending = func(folder string) { browser = max(browser, browserPeak(folder)) }
	once := func(address string, height int) time.Duration {
		began := time.Now()
		c, err := r.Capture(b.Context(), evidence.Request{Address: address}, hashed{}, evidence.NoProgress{})
		if err != nil {
			b.Fatal(err)
		}
		if c.Outcome != evidence.Complete || c.Page.Height < height {
			b.Fatalf("outcome %s, %d px, problems %v", c.Outcome, c.Page.Height, c.Problems)
		}
		return time.Since(began)
	}
	once(small, 1) // the first one of a run pays for what the system has not read yet
	var reference, took time.Duration
	for b.Loop() {
		reference += once(small, 1)
		forget()
		browser = 0
		took += once(address, height)
	}
	b.ReportMetric(took.Seconds()/reference.Seconds(), "x-of-one-window")
	b.ReportMetric(took.Seconds()/float64(b.N), "s")
	b.ReportMetric(peak("/proc/self"), "our-peak-MiB")
	b.ReportMetric(browser, "browser-peak-MiB")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkGrowth shows how time and memory grow with the height of a page, in pixels, and
// with the number of its pictures, against a page of one window in the same run.
func BenchmarkGrowth(b *testing.B) {
	for _, height := range []int{5_000, 10_000, 20_000, 50_000, 100_000} {
		b.Run(fmt.Sprintf("height=%d", height), func(b *testing.B) { grow(b, serve(b, ruler(height)).URL, height) })
	}
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 60, 40))); err != nil {
		b.Fatal(err)
	}
	for _, count := range []int{40, 200, 1_000, 2_000} {
		b.Run(fmt.Sprintf("resources=%d", count), func(b *testing.B) {
			var body strings.Builder
			body.WriteString("<body>pictures ")
			for n := range count {
				fmt.Fprintf(&body, `<img width=60 height=40 src="/%d.png">`, n)
			}
			page := html(body.String())
			server := serve(b, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					page(w, r)
					return
				}
				w.Header().Set("Content-Type", "image/png")
				w.Write(file.Bytes())
			})
			grow(b, server.URL+"/", 1)
		})
	}
}
