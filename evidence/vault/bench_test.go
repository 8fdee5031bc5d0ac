package vault_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"constat/evidence"
)

// BenchmarkPut stores 32 MiB and compares that with a plain, synced file
// written in the same run: "plain/put" is the part of the disk's speed that is left.
func BenchmarkPut(b *testing.B) {
	v, _ := newVault(b)
	c := newCase(b, v, "a")
	data := make([]byte, 32<<20)
	dir := b.TempDir()
	b.SetBytes(int64(len(data)))
	var put, plain time.Duration
	n := 0
	for b.Loop() {
		d := c.NewDraft()
		start := time.Now()
		meta := evidence.Artifact{Name: "a.bin", Role: evidence.Original}
		if _, err := d.Put(b.Context(), meta, bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
		put += time.Since(start)
		b.StopTimer()
		if err := d.Abort(); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		writePlain(b, filepath.Join(dir, "plain"), data)
		plain += time.Since(start)
		n++
		b.StartTimer()
	}
	b.ReportMetric(float64(plain)/float64(put), "plain/put")
	b.ReportMetric(float64(len(data))*float64(n)/1e6/plain.Seconds(), "plain-MB/s")
}

func writePlain(b *testing.B, name string, data []byte) {
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpenArtifact decrypts and verifies 32 MiB.
func BenchmarkOpenArtifact(b *testing.B) {
	v, _ := newVault(b)
	c := newCase(b, v, "a")
	data := string(make([]byte, 32<<20))
	x := mustCapture(b, c, "a.bin", data)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r, err := x.Open(b.Context(), "a.bin")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}
