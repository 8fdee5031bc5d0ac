package flow

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"constat/evidence"
)

// BenchmarkGrowthOfCases has the program, as a whole process without the stretching of the passphrase,
// list the cases of a vault, add one file to a case, and list again, where the case has 10 and where it
// has 5,000 exhibits: "ratio" is the second time against the first, in the same run, and "MB" the peak of
// the process. What is asked for does not grow, so neither may do much.
func BenchmarkGrowthOfCases(b *testing.B) {
	a, err := New(Config{DataDir: filepath.Join(b.TempDir(), "data"), Version: "bench", Authorities: []evidence.Authority{}})
	if err != nil {
		b.Fatal(err)
	}
	program := filepath.Join(b.TempDir(), "constatctl")
	if out, err := exec.Command("go", "build", "-o", program, "constat/cmd/constatctl").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	note := filepath.Join(b.TempDir(), "note.txt")
	if err := os.WriteFile(note, []byte("vu hier soir"), 0o600); err != nil {
		b.Fatal(err)
	}
	x := newLongCase(b, a)
	data := filepath.Join(b.TempDir(), "ctl-data")
	commands := []struct {
		name string
		args []string
	}{
		{"list", []string{"case", "list"}}, {"import", []string{"import", note, "--case", x.id, "--subject", "adult"}},
		{"list-after-import", []string{"case", "list"}},
	}
	few := map[string]float64{}
	for _, n := range []int{10, 5000} {
		x.grow(n)
		if err := x.s.Lock(); err != nil {
			b.Fatal(err)
		}
		for range 2 { // what is remembered is written once
			growing(b, program, data, x, "case", "list")
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			times, peaks := map[string][]float64{}, map[string]float64{}
			for b.Loop() {
				for _, c := range commands {
					secs, mb := growing(b, program, data, x, c.args...)
					times[c.name], peaks[c.name] = append(times[c.name], secs), max(peaks[c.name], mb)
				}
			}
			for _, c := range commands {
				took := median(times[c.name])
				if n == 10 {
					few[c.name] = took
				}
				b.ReportMetric(took, c.name+"-s")
				b.ReportMetric(took/few[c.name], c.name+"-ratio")
				b.ReportMetric(peaks[c.name], c.name+"-MB")
			}
			b.ReportMetric(0, "ns/op")
		})
		x.unlock(a)
		c, err := x.s.v.Case(b.Context(), x.id)
		if err != nil {
			b.Fatal(err)
		}
		list, err := c.Exhibits(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		x.many.N = len(list)
	}
}

func growing(b *testing.B, program, data string, x *longCase, args ...string) (secs, peakMB float64) {
	b.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "CONSTAT_VAULT="+x.dir, "CONSTAT_DATA="+data, "CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NTP=none")
	// What this process once took would count as the other's peak.
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%q: %v\n%s", args, err, out)
	}
	if args[0] == "case" && !strings.Contains(string(out), x.id) {
		b.Fatalf("%q: %s", args, out)
	}
	return time.Since(start).Seconds(), peakOf(cmd)
}

// BenchmarkGrowthOfAccess gives somebody access to a vault of 500 and of 5,000 exhibits: "us/exhibit" must
// not grow with their number; "ratio" is the one against the other.
func BenchmarkGrowthOfAccess(b *testing.B) {
	a, err := New(Config{DataDir: filepath.Join(b.TempDir(), "data"), Version: "bench", Authorities: []evidence.Authority{}})
	if err != nil {
		b.Fatal(err)
	}
	x := newLongCase(b, a)
	few := 0.0
	for _, n := range []int{500, 5000} {
		x.grow(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var took []float64
			for b.Loop() {
				b.StopTimer()
				theirs, _, err := a.CreateVault(b.Context(), filepath.Join(b.TempDir(), "theirs"), passphrase)
				if err != nil {
					b.Fatal(err)
				}
				to := theirs.Recipient()
				if err := theirs.Lock(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				start := time.Now()
				if err := x.s.AddRecipient(b.Context(), to, "Institut", nil); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start).Seconds()/float64(n))
				b.StopTimer()
				if err := x.s.RemoveRecipient(b.Context(), to, nil); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			if n == 500 {
				few = median(took)
			}
			b.ReportMetric(1e6*median(took), "us/exhibit")
			b.ReportMetric(median(took)/few, "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
