package verify_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/verify"
	"constat/evidence"
)

// BenchmarkVerify checks a bundle with one large file, beside sha256sum over its list in the same run.
// VERIFYMB says how large, in MB.
func BenchmarkVerify(b *testing.B) {
	mb, err := strconv.Atoi(os.Getenv("VERIFYMB"))
	if err != nil {
		mb = 256
	}
	dir := filepath.Join(b.TempDir(), "liasse")
	large(b, dir, int64(mb)*1e6)
	var ours, theirs time.Duration
	for b.Loop() {
		at := time.Now()
		sum := exec.CommandContext(b.Context(), "sha256sum", "--quiet", "-c", "manifest-sha256.txt")
		sum.Dir = dir
		if out, err := sum.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		theirs += time.Since(at)
		at = time.Now()
		r, err := verify.Verify(b.Context(), dir, verify.Options{Policy: untimed})
		if err != nil || !r.Valid {
			b.Fatalf("%s, %v\n%s", r.Verdict, err, failures(r))
		}
		ours += time.Since(at)
	}
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "of-sha256sum's-speed")
	b.ReportMetric(float64(mb)/(ours.Seconds()/float64(b.N)), "MB/s")
}

// large writes a bundle with one file of so many bytes.
func large(b *testing.B, dir string, size int64) {
	b.Helper()
	content := func() io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{1}), size) }
	h := evidence.NewHasher()
	if _, err := io.Copy(h, content()); err != nil {
		b.Fatal(err)
	}
	short, long, n := h.Sums()
	at := time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC)
	info := evidence.Case{ID: "0123456789abcdef", Title: "November", CreatedAt: at}
	var chain evidence.Chain
	var log strings.Builder
	note := func(e evidence.Entry) {
		e.Case, e.Time, e.Actor = info.ID, at, "example"
		_, line, err := chain.Next(e)
		if err == nil {
			_, err = chain.Accept(line)
		}
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&log, "%s\n", line)
	}
	note(evidence.Entry{Action: evidence.ActCaseCreated})
	now := evidence.MomentOf(at)
	m := evidence.Manifest{Case: info.ID, Exhibit: "E-001", Kind: evidence.Import, Outcome: evidence.Complete, Started: now, Finished: now,
		CustodyHead: chain.Head(), Artifacts: []evidence.Artifact{{Name: "import-01.bin", Role: evidence.Original,
			MediaType: "application/octet-stream", Size: n, SHA256: short, SHA512: long}}}
	exact, err := m.Encode()
	if err != nil {
		b.Fatal(err)
	}
	note(evidence.Entry{Action: evidence.ActImported, Exhibit: m.Exhibit, Digest: evidence.Sum(exact)})
	_, err = bundle.Write(b.Context(), dir, bundle.Input{
		Case: info, Language: "fr", CreatedAt: at, Software: evidence.Software{Name: "example"},
		WriteLog: func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, log.String()); return err },
		Exhibits: []bundle.Exhibit{{Manifest: m, ManifestBytes: exact, Open: func(context.Context, string) (io.ReadCloser, error) {
			return io.NopCloser(content()), nil
		}}},
	}, evidence.NoProgress{})
	if err != nil {
		b.Fatal(err)
	}
}
