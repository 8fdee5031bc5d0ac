package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/app/flow/flowtest"
	"constat/capture/displaytest"
)

// BenchmarkAThousandExhibits opens a window on a case of so many, under the passphrase that a person
// has, and says what it took: from the program's beginning to a window that can be used, from the
// passphrase to the list, and the memory that is resident then, of this test with its display's
// connection. A process opens one window in its life: -benchtime 1x.
//
//	go test -run '^$' -bench Thousand -benchtime 1x ./cmd/constat
func BenchmarkAThousandExhibits(b *testing.B) {
	if b.N > 1 {
		b.Fatal("a process opens one window: -benchtime 1x")
	}
	needs(b, "Xvfb", "xdotool", "import")
	const exhibits = 1000
	home := b.TempDir()
	app := flowtest.App(b)
	vault := filepath.Join(home, "vault")
	s, _, err := app.CreateVault(b.Context(), vault, passphrase)
	if err != nil {
		b.Fatal(err)
	}
	c, err := s.Keep.CreateCase(b.Context(), "Novembre")
	if err != nil {
		b.Fatal(err)
	}
	for n := range exhibits {
		flowtest.Record(b, s, c, fmt.Sprintf("https://exemple.be/p/%d", n))
	}
	if err := s.Lock(); err != nil {
		b.Fatal(err)
	}
	displaytest.Start(b, width, height)
	for name, value := range map[string]string{"HOME": home, "XDG_CONFIG_HOME": os.Getenv(configVariable), "XDG_CACHE_HOME": filepath.Join(home, ".cache"), "FYNE_THEME": "light", "FYNE_SCALE": "1"} {
		b.Setenv(name, value)
	}
	env := map[string]string{"CONSTAT_TSA": "http://127.0.0.1:1/", "CONSTAT_NTP": "none", "CONSTAT_LANG": "fr_BE.UTF-8"}
	debug.FreeOSMemory() // what made the case is not the window's
	b.ResetTimer()
	begun := time.Now()
	h := launch(b, context.WithoutCancel(b.Context()), options{dataDir: filepath.Join(home, "data"), vault: vault}, func(k string) string { return env[k] })
	h.sees("window.unlock.what")
	usable := time.Since(begun)
	h.types(passphrase)
	begun = time.Now()
	h.key("Return")
	h.sees("window.cases.why")
	h.pressWords("Novembre")
	h.says("E-1000")
	listed := time.Since(begun)
	least := 1 << 30
	rest := begun.Add(15 * time.Second)
	h.waits("memory that is given back", func() bool {
		least = min(least, resident(b))
		return time.Now().After(rest) // the window gives back at rest; a person reads for as long
	})
	b.ReportMetric(float64(usable.Milliseconds()), "ms-to-window")
	b.ReportMetric(float64(listed.Milliseconds()), "ms-to-list")
	b.ReportMetric(float64(least)/1e6, "MB-resident")
	b.ReportMetric(float64(peak(b))/1e6, "MB-peak")
}

// resident is what of this process lies in memory, in bytes.
func resident(b *testing.B) int { return ofStatus(b, "VmRSS") }
func peak(b *testing.B) int     { return ofStatus(b, "VmHWM") }

func ofStatus(b *testing.B, name string) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(name + `:\s+([0-9]+) kB`).FindStringSubmatch(string(status))
	if m == nil {
		b.Fatalf("no %s in %s", name, strings.SplitN(string(status), "\n", 2)[0])
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		b.Fatal(err)
	}
	return n * 1024
}
