package capture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"constat/evidence"
)

// peak is the most memory that this process held since the last [forget], in MiB; 0
// where the system does not tell.
func peak() float64 {
	b, _ := os.ReadFile("/proc/self/status")
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(string(m[1]), 64)
	return n / 1024
}

// forget sets the peak back; see proc_pid_clear_refs(5).
func forget() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func grow(b *testing.B, address string, height int) {
	r := recorder(b, nil)
	forget()
	for b.Loop() {
		c, err := r.Capture(b.Context(), evidence.Request{Address: address}, hashed{}, evidence.NoProgress{})
		if err != nil {
			b.Fatal(err)
		}
		if c.Outcome != evidence.Complete || c.Page.Height < height {
			b.Fatalf("outcome %s, %d px, problems %v", c.Outcome, c.Page.Height, c.Problems)
		}
	}
	b.ReportMetric(peak(), "peak-MiB")
}

// BenchmarkHeight shows how time and the memory of this process grow with the
// height of a page, in pixels.
func BenchmarkHeight(b *testing.B) {
	for _, height := range []int{5_000, 10_000, 20_000, 50_000, 100_000} {
		b.Run(fmt.Sprint(height), func(b *testing.B) { grow(b, serve(b, ruler(height)).URL, height) })
	}
}

// BenchmarkResources shows the same for the number of pictures of a page.
func BenchmarkResources(b *testing.B) {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 60, 40))); err != nil {
		b.Fatal(err)
	}
	for _, count := range []int{40, 200, 500, 1_000, 2_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
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
