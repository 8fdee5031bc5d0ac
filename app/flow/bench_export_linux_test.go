package flow_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"constat/app/flow/flowtest"
)

// BenchmarkExportOfMany makes a readable bundle of so many addresses that were noted, as the window does
// when its form is pressed, and says how long it took and how much memory was resident at the most
// meanwhile, of this process. The peak is that of the process: one size a run.
//
//	go test -run '^$' -bench ExportOfMany/300 -benchtime 1x ./app/flow
func BenchmarkExportOfMany(b *testing.B) {
	for _, exhibits := range []int{300, 1000} {
		b.Run(strconv.Itoa(exhibits), func(b *testing.B) {
			app := flowtest.App(b)
			s := flowtest.Vault(b, app)
			c, err := s.Keep.CreateCase(b.Context(), "Novembre")
			if err != nil {
				b.Fatal(err)
			}
			for n := range exhibits {
				flowtest.Record(b, s, c, fmt.Sprintf("https://www.instagram.com/p/C%06dabcd/", n))
			}
			debug.FreeOSMemory()
			peakAnew(b)
			dir := b.TempDir()
			begun := time.Now()
			for i := range b.N {
				flowtest.Bundle(b, s, c.ID, filepath.Join(dir, strconv.Itoa(i)))
			}
			b.ReportMetric(time.Since(begun).Seconds()/float64(b.N), "s/bundle")
			b.ReportMetric(peakMB(b), "MB-peak")
		})
	}
}

// peakAnew has the kernel begin the peak of this process from here.
func peakAnew(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

// peakMB is how much memory of this process was resident at the most.
func peakMB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`).FindSubmatch(status)
	if m == nil {
		b.Fatal("no peak")
	}
	kB, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kB) * 1024 / 1e6
}
