package vault

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

// benchArtifacts is how many files the manifest of a long page lists.
const benchArtifacts = 12

// longCase makes a case of n exhibits, each with a timestamp reply of 5 KB. It
// writes the files that Commit and AddReply would, all at once and unsynced.
func longCase(t testing.TB, v *Vault, n int) string {
	t.Helper()
	info, err := v.CreateCase(t.Context(), "a", false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := v.Case(t.Context(), info.ID)
	if err != nil {
		t.Fatal(err)
	}
	type pending struct {
		path  string
		plain []byte
	}
	var files []pending
	object := func(b []byte) string {
		name, err := v.disk.RandomHex(objectNameBytes)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, pending{c.path(objectsName, name), b})
		return name
	}
	entry := func(e evidence.Entry, r record) {
		e.Case, e.Time, e.Actor = c.id, testTime, "test"
		read, err := c.prepare(e, r)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := encodeLogFile(read.line, r, func(line, second, filling []byte) []byte {
			return origin.LogCode(v.keys.Log, c.id, read.seq, line, second, filling)
		})
		if err != nil {
			t.Fatal(err)
		}
		c.log.accept(read)
		files = append(files, pending{c.path(logName, logFileName(read.seq)), plain})
	}
	authority := evidence.Authority{Name: "tsa.example", URL: "https://tsa.example/", RootsPEM: strings.Repeat("r", 2000)}
	var artifacts []evidence.Artifact
	for i := range benchArtifacts {
		name := fmt.Sprintf("screenshot-%02d.png", i)
		sum := evidence.Sum([]byte(name))
		artifacts = append(artifacts, evidence.Artifact{Name: name, Role: evidence.Original, MediaType: "image/png",
			Size: 1, SHA256: sum, SHA512: evidence.Sum512([]byte(name))})
	}
	for i := range n {
		id := evidence.ExhibitID(i + 1)
		objects := map[string]string{} // that a list does not open, and that are not there
		for j, a := range artifacts {
			objects[a.Name] = fmt.Sprintf("%032x", i*benchArtifacts+j)
		}
		manifest, digest, _, err := buildFor(c.id)(id, c.Head(), artifacts)
		if err != nil {
			t.Fatal(err)
		}
		entry(evidence.Entry{Action: evidence.ActCaptured, Exhibit: id, Digest: digest},
			record{Manifest: object(manifest), Objects: objects, Authorities: []evidence.Authority{authority}})
		reply := []byte(strings.Repeat("r", 5000) + id)
		entry(evidence.Entry{Action: evidence.ActStamped, Exhibit: id, Digest: evidence.Sum(reply)},
			record{Reply: &replyRecord{Object: object(reply), Authority: authority, Nonce: []byte{1}}})
	}
	err = parallel(t.Context(), len(files), func(i int) error {
		f, err := os.OpenFile(files[i].path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, disk.FileMode)
		if err != nil {
			return err
		}
		write := sealed(files[i].plain, v.own)
		if name := filepath.Base(files[i].path); objectName.MatchString(name) {
			write = v.sealedObject([]age.Recipient{v.own}, c.place(name), func(w io.Writer) error { _, err := w.Write(files[i].plain); return err })
		}
		if err := write(f); err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.writeHead(); err != nil {
		t.Fatal(err)
	}
	return c.id
}

// BenchmarkList opens a case and lists its exhibits, as after a start: from
// log and objects alone ("files"), from the index ("index"), and again while the
// case is open ("warm"). "us/exhibit" must not grow with their number; "MB" is
// what the open case keeps in memory.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		dir := filepath.Join(b.TempDir(), "v")
		v, _, err := Create(b.Context(), dir, "pass", testOptions(lazyFS{}))
		if err != nil {
			b.Fatal(err)
		}
		id := longCase(b, v, n)
		if err := v.Close(); err != nil {
			b.Fatal(err)
		}
		index := filepath.Join(dir, casesName, id, indexName)
		for _, how := range []string{"files", "index"} {
			b.Run(fmt.Sprintf("%s/%d", how, n), func(b *testing.B) {
				var kept float64
				for b.Loop() {
					b.StopTimer()
					if how == "files" {
						if err := os.Remove(index); err != nil && !os.IsNotExist(err) {
							b.Fatal(err)
						}
					}
					v, err := Open(b.Context(), dir, "pass", testOptions(lazyFS{}))
					if err != nil {
						b.Fatal(err)
					}
					before := heap()
					b.StartTimer()
					c := listAll(b, v, id, n)
					b.StopTimer()
					kept = heap() - before
					if how == "index" && n >= indexAfter && c.index.covers != uint64(2*n+1) {
						b.Fatalf("index covers %d entries", c.index.covers)
					}
					if err := v.Close(); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/exhibit")
				b.ReportMetric(kept, "MB")
			})
		}
		b.Run(fmt.Sprintf("warm/%d", n), func(b *testing.B) {
			v, err := Open(b.Context(), dir, "pass", testOptions(lazyFS{}))
			if err != nil {
				b.Fatal(err)
			}
			defer v.Close()
			listAll(b, v, id, n)
			for b.Loop() {
				listAll(b, v, id, n)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/exhibit")
		})
	}
}

// heap returns what is in use after a collection, in MB.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

func listAll(t testing.TB, v *Vault, id string, n int) *Case {
	t.Helper()
	c, err := v.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	err = c.EachExhibit(t.Context(), func(x Exhibit) error {
		got++
		return x.Damage
	})
	if err != nil || got != n {
		t.Fatalf("%d exhibits, %v", got, err)
	}
	return c
}

// BenchmarkAppend adds an entry to a log of 10 to 10,000: "us/entry" must not grow.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		v, _, err := Create(b.Context(), filepath.Join(b.TempDir(), "v"), "pass", testOptions(lazyFS{}))
		if err != nil {
			b.Fatal(err)
		}
		c, err := v.Case(b.Context(), longCase(b, v, n))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Append(context.Background(), evidence.Entry{Action: evidence.ActViewed, Exhibit: "E-001"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "us/entry")
		})
		if err := v.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
