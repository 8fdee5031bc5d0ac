package pace

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A limit is never shorter than it is written, and never without end.
func TestOf(t *testing.T) {
	for p, want := range map[Pace]time.Duration{
		-3: time.Second, 0: time.Second, 0.5: time.Second, 1: time.Second, 1.5: 1500 * time.Millisecond, 4: 4 * time.Second,
		Most: Most * time.Second, 1000: Most * time.Second, Pace(math.Inf(1)): Most * time.Second,
		Pace(math.Inf(-1)): time.Second,
	} {
		if got := p.Of(time.Second); got != want {
			t.Errorf("at pace %v a second becomes %v, want %v", float64(p), got, want)
		}
	}
	if got := Pace(math.NaN()).Of(time.Second); got != time.Second {
		t.Errorf("at no pace a second becomes %v", got)
	}
}

func TestPaceOf(t *testing.T) {
	for took, want := range map[time.Duration]Pace{
		0: 1, -time.Second: 1, 50 * time.Millisecond: 1, 200 * time.Millisecond: 2, 425 * time.Millisecond: 4.25, time.Hour: Most,
	} {
		if got := paceOf(took, 100*time.Millisecond); got != want {
			t.Errorf("%v: %v, want %v", took, float64(got), float64(want))
		}
	}
}

// What is measured is measured once, and a browser is never faster than the processors.
func TestMeasured(t *testing.T) {
	if p := Processor(); p < 1 || p > Most || p != Processor() {
		t.Errorf("processor: %v, then %v", p, Processor())
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		return // no stand-in for a browser here
	}
	dir := t.TempDir()
	count := filepath.Join(dir, "count")
	browser := filepath.Join(dir, "browser")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\necho started >>'"+count+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	first := Browser(browser)
	if second := Browser(browser); first != second || first < Processor() || first > Most {
		t.Errorf("browser: %v, then %v, processor %v", first, second, Processor())
	}
	if b, err := os.ReadFile(count); err != nil || string(b) != "started\n" {
		t.Errorf("started %q, %v", b, err)
	}
	if p := Browser(filepath.Join(dir, "none")); p != Processor() {
		t.Errorf("without a browser: %v, processor %v", p, Processor())
	}
}
