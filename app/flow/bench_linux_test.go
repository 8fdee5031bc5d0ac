package flow

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"constat/app/flow/look"
	"constat/app/flow/proof/prooftest"
	"constat/evidence"
	"constat/evidence/vault/vaulttest"
)

// BenchmarkList opens a vault, without the stretching of its passphrase, and
// lists a case of 10 to 5,000 exhibits with two timestamps each: "s" as the
// window does it, "ctl-s" and "json-s" as a whole process of constatctl. "ratio"
// is the window's time against the reference in the same run, which is the same
// list with every reply judged anew; "cpu-s" is what the window's took of all
// processors, which a busy machine does not change. "us/exhibit" must not grow with their
// number; "MB" is what the open case and its list keep in memory, "ctl-MB" the
// peak of the process.
func BenchmarkList(b *testing.B) {
	at := filepath.Join(b.TempDir(), "data")
	apps := map[string]*App{}
	for _, version := range []string{"bench", "another"} { // nothing that one build remembers is used by another
		a, err := New(Config{DataDir: at, Version: version, Authorities: []evidence.Authority{}})
		if err != nil {
			b.Fatal(err)
		}
		apps[version] = a
	}
	program := filepath.Join(b.TempDir(), "constatctl")
	if out, err := exec.Command("go", "build", "-o", program, "constat/cmd/constatctl").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	x := newLongCase(b, apps["bench"])
	for _, n := range []int{10, 100, 1000, 5000} {
		x.grow(n)
		x.list()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var ours, work, anew, text, json []float64
			var kept, peak float64
			for b.Loop() {
				x.list() // what another build remembered is not used
				x.reopen(apps["bench"])
				before := heap()
				start, worked := time.Now(), cpu(b)
				list := x.list()
				ours, work = append(ours, time.Since(start).Seconds()), append(work, cpu(b)-worked)
				kept = heap() - before
				runtime.KeepAlive(list)

				x.reopen(apps["another"]) // as if nothing were remembered
				start = time.Now()
				x.list()
				anew = append(anew, time.Since(start).Seconds())

				if err := x.s.Lock(); err != nil {
					b.Fatal(err)
				}
				ctl(b, program, x) // likewise
				wall, mb := ctl(b, program, x)
				text, peak = append(text, wall), max(peak, mb)
				wall, _ = ctl(b, program, x, "--json")
				json = append(json, wall)
				x.unlock(apps["bench"])
			}
			b.ReportMetric(median(ours)/median(anew), "ratio")
			b.ReportMetric(median(ours), "s")
			b.ReportMetric(median(work), "cpu-s")
			b.ReportMetric(median(anew), "anew-s")
			b.ReportMetric(median(text), "ctl-s")
			b.ReportMetric(median(json), "json-s")
			b.ReportMetric(1e6*median(ours)/float64(n), "us/exhibit")
			b.ReportMetric(kept, "MB")
			b.ReportMetric(peak, "ctl-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// longCase is a practice case.
type longCase struct {
	b    *testing.B
	dir  string
	s    *Session
	id   string
	many *prooftest.Case
}

const passphrase = "quatre mots sans lien: tulipe 42"

func newLongCase(b *testing.B, a *App) *longCase {
	b.Helper()
	x := &longCase{b: b, dir: filepath.Join(b.TempDir(), "vault"), many: prooftest.New(b, a.cfg.Now)}
	vaulttest.Make(b, x.dir, passphrase)
	x.unlock(a)
	info, err := x.s.v.CreateCase(b.Context(), "Many", true)
	if err != nil {
		b.Fatal(err)
	}
	x.id = info.ID
	return x
}

func (x *longCase) grow(n int) {
	x.b.Helper()
	c, err := x.s.v.Case(context.Background(), x.id)
	if err != nil {
		x.b.Fatal(err)
	}
	x.many.Grow(x.b, c, n)
}

func (x *longCase) unlock(a *App) {
	x.b.Helper()
	s, err := a.Unlock(context.Background(), x.dir, passphrase)
	if err != nil {
		x.b.Fatal(err)
	}
	x.s = s
}

// reopen locks the vault and opens it again, as after a start.
func (x *longCase) reopen(a *App) {
	x.b.Helper()
	if err := x.s.Lock(); err != nil {
		x.b.Fatal(err)
	}
	x.unlock(a)
}

func (x *longCase) list() []look.Exhibit {
	x.b.Helper()
	list, err := x.s.Look.Exhibits(context.Background(), x.id)
	if err != nil || len(list) != x.many.N {
		x.b.Fatalf("%d exhibits, %v", len(list), err)
	}
	return list
}

// ctl lists the case in a process of its own.
func ctl(b *testing.B, program string, x *longCase, more ...string) (secs, peakMB float64) {
	b.Helper()
	cmd := exec.Command(program, append([]string{"list", "--case", x.id}, more...)...)
	cmd.Env = append(os.Environ(), "CONSTAT_VAULT="+x.dir, "CONSTAT_DATA="+filepath.Join(b.TempDir(), "data"), "CONSTAT_PASSPHRASE="+passphrase)
	start := time.Now()
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), evidence.ExhibitID(x.many.N)) {
		b.Fatalf("constatctl list: %v, %d bytes", err, len(out))
	}
	return time.Since(start).Seconds(), peakOf(cmd)
}

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// peakOf is the largest memory of a process that ended, in MB.
func peakOf(cmd *exec.Cmd) float64 {
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return float64(usage.Maxrss) * 1024 / 1e6
}

// cpu is the time that this process has had of all processors, in seconds.
func cpu(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
