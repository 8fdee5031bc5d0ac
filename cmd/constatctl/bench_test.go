package main

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/capture/benchmark/page"
	"constat/capture/chrome"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// BenchmarkCompleteCapture measures what a person waits for, against puppeteer-core's bare
// full-page PNG of the same page with the same browser as a whole cold process, one after the other:
// cold, constatctl as a whole process (unlocking, browser, capture, vault, loopback authority); and
// warm, what the window does once the question is answered, with the browser started ahead (capture,
// vault, loopback authority).
// CONSTAT_PUPPETEER names a folder with puppeteer-core in it (make bench).
func BenchmarkCompleteCapture(b *testing.B) {
	modules := os.Getenv("CONSTAT_PUPPETEER")
	if modules == "" {
		b.Fatal("CONSTAT_PUPPETEER is not set; use make bench")
	}
	browser, err := chrome.Find(chrome.FindOptions{Named: os.Getenv("CONSTAT_BROWSER")})
	if err != nil {
		b.Fatal(err)
	}
	handler, err := page.Handler()
	if err != nil {
		b.Fatal(err)
	}
	site := httptest.NewServer(handler)
	b.Cleanup(site.Close)
	authority := tsatest.New(b, tsatest.Options{})
	dir := b.TempDir()
	program := filepath.Join(dir, "constatctl")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	ctl := func(args ...string) (time.Duration, string) {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), "CONSTAT_VAULT="+filepath.Join(dir, "vault"), "CONSTAT_DATA="+filepath.Join(dir, "data"),
			"CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NTP=none", "CONSTAT_TSA=")
		return timed(b, cmd)
	}
	ctl("vault", "create")
	_, id := ctl("case", "create", "--title", "Bench")
	id = strings.TrimSpace(id)

	session, window, err := openWarm(b, filepath.Join(dir, "warm"), authority.Authority())
	if err != nil {
		b.Fatal(err)
	}

	script, err := os.ReadFile(filepath.Join("..", "..", "capture", "benchmark", "puppeteer.mjs"))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(modules, "puppeteer.mjs"), script, 0o600); err != nil {
		b.Fatal(err)
	}
	var ours, theirs, warm, ratios, warmRatios []float64
	for b.Loop() {
		cmd := exec.Command("node", "puppeteer.mjs", browser.Path, site.URL+"/", filepath.Join(dir, "full.png"))
		cmd.Dir = modules
		reference, _ := timed(b, cmd)
		wall, out := ctl("capture", site.URL+"/", "--case", id, "--subject", "adult", "--tsa", authority.URL+","+authority.RootPath, "--json")
		if !strings.Contains(out, `"outcome": "complete"`) || !strings.Contains(out, `"state": "verified"`) {
			b.Fatalf("not a complete, timestamped capture:\n%s", out)
		}
		if err := window.Prepare(b.Context()); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		e, err := session.preserve(b, site.URL+"/")
		ready := time.Since(began)
		if err != nil || e.Outcome != evidence.Complete || e.Pending() {
			b.Fatalf("not a complete, timestamped capture: %v, %+v", err, e.Problems)
		}
		warm, warmRatios = append(warm, ready.Seconds()), append(warmRatios, ready.Seconds()/reference.Seconds())
		ours, theirs = append(ours, wall.Seconds()), append(theirs, reference.Seconds())
		ratios = append(ratios, wall.Seconds()/reference.Seconds())
	}
	b.ReportMetric(median(ratios), "cold-ratio")
	b.ReportMetric(median(warmRatios), "warm-ratio")
	b.ReportMetric(median(ours), "cold-s")
	b.ReportMetric(median(warm), "warm-s")
	b.ReportMetric(median(theirs), "puppeteer-s")
	b.ReportMetric(0, "ns/op")
}

// warmCase is a case in a vault that is open, as in the window.
type warmCase struct {
	*flow.Session
	id string
}

func openWarm(b *testing.B, dir string, authority evidence.Authority) (warmCase, *flow.App, error) {
	b.Helper()
	app, err := flow.New(flow.Config{
		DataDir: dir, Version: "bench", Browser: os.Getenv("CONSTAT_BROWSER"),
		NoSandbox: os.Getenv("CONSTAT_NO_SANDBOX") == "1", Authorities: []evidence.Authority{authority},
	})
	if err != nil {
		return warmCase{}, nil, err
	}
	s, _, err := app.CreateVault(b.Context(), filepath.Join(dir, "vault"), passphrase)
	if err != nil {
		return warmCase{}, nil, err
	}
	b.Cleanup(func() {
		if err := s.Lock(); err != nil {
			b.Error(err)
		}
	})
	c, err := s.Keep.CreateCase(b.Context(), "Bench")
	return warmCase{s, c.ID}, app, err
}

func (c warmCase) preserve(b *testing.B, address string) (look.Exhibit, error) {
	return c.Keep.Preserve(b.Context(), keep.PreserveRequest{Case: c.id, Address: address, Subject: keep.SubjectAdult}, evidence.NoProgress{})
}

// timed runs a whole process: wall time and standard output.
func timed(b *testing.B, cmd *exec.Cmd) (time.Duration, string) {
	b.Helper()
	var out, msg strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &msg
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", cmd.Path, err, msg.String())
	}
	return time.Since(start), out.String()
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
