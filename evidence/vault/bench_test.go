package vault_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
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

// BenchmarkList opens a case and lists its exhibits: "cold" from the disk, as
// after a start, "warm" again. "us/exhibit" must not grow with their number.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		v, _ := newVault(b)
		c := newCase(b, v, "a")
		for range n {
			x := mustCapture(b, c, "a.png", "picture")
			if err := c.AddReply(b.Context(), x.ID, authority, []byte("reply"), nil, testMoment, testMoment); err != nil {
				b.Fatal(err)
			}
		}
		id := c.Info().ID
		b.Run(fmt.Sprintf("cold/%d", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				closeVault(b, v)
				var err error
				if v, err = vault.Open(b.Context(), v.Dir(), passphrase, options()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				list(b, openCase(b, v, id), n)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/exhibit")
		})
		b.Run(fmt.Sprintf("warm/%d", n), func(b *testing.B) {
			c := openCase(b, v, id)
			list(b, c, n)
			for b.Loop() {
				list(b, c, n)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/exhibit")
		})
		closeVault(b, v)
	}
}

func list(b *testing.B, c *vault.Case, n int) {
	all, err := c.Exhibits(b.Context())
	if err != nil || len(all) != n {
		b.Fatalf("%d exhibits, %v", len(all), err)
	}
}
