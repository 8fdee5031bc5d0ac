package intake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/intake"
)

// inMemory is a file that is not on a disk.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

func bytesSource(name string, b []byte) intake.Source {
	return intake.Source{Name: name, Size: int64(len(b)), ModTime: time.Time{},
		Open: func() (intake.File, error) { return inMemory{bytes.NewReader(b)}, nil }}
}

// discard is a sink that hashes and keeps nothing.
type discard struct{ puts atomic.Int32 }

func (d *discard) Put(ctx context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	d.puts.Add(1)
	h := evidence.NewHasher()
	if _, err := io.Copy(h, r); err != nil {
		return evidence.Artifact{}, err
	}
	meta.SHA256, meta.SHA512, meta.Size = h.Sums()
	return meta, nil
}

func wantRefusal(t *testing.T, err error, reason intake.Reason) {
	t.Helper()
	var se *intake.SourceError
	if !errors.As(err, &se) || se.Reason != reason {
		t.Errorf("error %v, want %s", err, reason)
	}
	if err != nil && strings.Contains(err.Error(), os.TempDir()) {
		t.Errorf("error names a folder: %v", err)
	}
}

func TestWhatIsNoPlainFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain.jpg")
	if err := os.WriteFile(plain, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := intake.FromPath(dir)
	wantRefusal(t, err, intake.Directory)
	_, err = intake.FromPath(os.DevNull)
	wantRefusal(t, err, intake.Device)
	_, err = intake.FromPath(filepath.Join(dir, "nothing.jpg"))
	wantRefusal(t, err, intake.Unreadable)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestOversizeIsRefusedBeforeItIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.mp4")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(intake.DefaultMaxSize + 1); err != nil { // a sparse file: nothing is written
		t.Fatal(err)
	}
	src, err := intake.FromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	sink := &discard{}
	_, err = intake.Import(t.Context(), src, sink, intake.Options{}, evidence.NoProgress{})
	wantRefusal(t, err, intake.TooLarge)
	if sink.puts.Load() != 0 {
		t.Error("something was stored")
	}
	// It grew after it was looked at, or nobody knows its size.
	_, err = intake.Import(t.Context(), bytesOf(11), sink, intake.Options{MaxSize: 10}, evidence.NoProgress{})
	wantRefusal(t, err, intake.TooLarge)
	if _, err = intake.Import(t.Context(), bytesOf(10), sink, intake.Options{MaxSize: 10}, evidence.NoProgress{}); err != nil {
		t.Error(err)
	}
}

// bytesOf is a source that does not say its size.
func bytesOf(n int) intake.Source {
	s := bytesSource("a.bin", make([]byte, n))
	s.Size = -1
	return s
}

// changing is a file on a disk that is written to while it is read.
type changing struct {
	*os.File
	path string
	size int64
	done atomic.Bool
}

func (c *changing) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(p, off)
	if c.done.CompareAndSwap(false, true) {
		err = errors.Join(err, os.Truncate(c.path, c.size))
	}
	if errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return n, err
}

func TestFileThatChangesWhileItIsRead(t *testing.T) {
	for name, size := range map[string]int64{"grows": 300_000, "shrinks": 100_000} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.bin")
			if err := os.WriteFile(path, make([]byte, 200_000), 0o600); err != nil {
				t.Fatal(err)
			}
			src, err := intake.FromPath(path)
			if err != nil {
				t.Fatal(err)
			}
			open := src.Open
			src.Open = func() (intake.File, error) {
				f, err := open()
				if err != nil {
					return nil, err
				}
				return &changing{File: f.(*os.File), path: path, size: size}, nil
			}
			res, _ := imported(t, src, make([]byte, size), intake.Options{})
			wantProblems(t, res, intake.ProblemSizeChanged, intake.ProblemChanged)
		})
	}
}

func TestFileThatTookTheFilesPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jpg")
	for _, p := range []string{path, filepath.Join(dir, "b.jpg")} {
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	src, err := intake.FromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "b.jpg"), path); err != nil {
		t.Fatal(err)
	}
	_, err = intake.Import(t.Context(), src, &discard{}, intake.Options{}, evidence.NoProgress{})
	wantRefusal(t, err, intake.Replaced)
}

// pulled is a file whose disk goes away after some bytes.
type pulled struct {
	inMemory
	left int
}

func (p *pulled) ReadAt(b []byte, off int64) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, &fs.PathError{Op: "read", Path: filepath.Join(os.TempDir(), "stick"), Err: errors.New("input/output error")}
	}
	return p.Reader.ReadAt(b, off)
}

func TestDiskThatGoesAwayIsARefusal(t *testing.T) {
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(i * i * i >> 11)
	}
	mail := cat(lines("From: a@example.org\nDate: x\n\n"), bytes.Repeat([]byte("0123456789abcde\n"), 1<<14))
	for name, b := range map[string][]byte{
		"a.zip": zipFile(t, entry{"_chat.txt", []byte(oneLine)}, entry{"a.bin", noise}, entry{"b.bin", noise}),
		"a.eml": mail, "a.jpg": jpegFile(t, tiff(phone)), "a.mp4": movieFile("isom", "vide"), "a.webm": matroskaFile("webm"),
	} {
		// Until enough was read once: every import before that must say that the file is gone.
		whole := false
		for left := 0; !whole; left += 20_000 {
			src := bytesSource(name, b)
			src.Open = func() (intake.File, error) { return &pulled{inMemory{bytes.NewReader(b)}, left}, nil }
			sink := &memory{}
			res, err := intake.Import(t.Context(), src, sink, intake.Options{}, evidence.NoProgress{})
			if err != nil {
				wantRefusal(t, err, intake.Unreadable)
				continue
			}
			whole = true
			check(t, res, sink, b)
			wantProblems(t, res)
		}
	}
}

// full is a sink whose disk is full from its n-th artifact on.
type full struct {
	memory
	n int
}

var errFull = errors.New("no space left on device")

func (f *full) Put(ctx context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	if f.n--; f.n < 0 {
		io.CopyN(io.Discard, r, 10) // some of it was written before the disk was full
		return evidence.Artifact{}, errFull
	}
	return f.memory.Put(ctx, meta, r)
}

func TestFailureOfTheSinkIsAnError(t *testing.T) {
	b := zipFile(t, entry{"_chat.txt", []byte(oneLine)}, entry{"a.jpg", jpegFile(t, nil)})
	for n := range 4 {
		if _, err := intake.Import(t.Context(), bytesSource("a.zip", b), &full{n: n}, intake.Options{}, evidence.NoProgress{}); !errors.Is(err, errFull) {
			t.Errorf("full at artifact %d: %v", n+1, err)
		}
	}
	if _, err := intake.Import(t.Context(), bytesSource("a.zip", b), &full{n: 4}, intake.Options{}, evidence.NoProgress{}); err != nil {
		t.Error(err)
	}
}

// watch is a progress that remembers, and can call something on the way.
type watch struct {
	steps []evidence.Step
	last  int64
	total int64
	back  bool
	at    func(evidence.Step, int64)
}

func (w *watch) Step(s evidence.Step) { w.steps, w.last = append(w.steps, s), 0 }
func (w *watch) Amount(done, total int64) {
	w.back = w.back || done < w.last || done > total
	w.last, w.total = done, total
	if w.at != nil {
		w.at(w.steps[len(w.steps)-1], done)
	}
}

// endless is a file of any size that costs nothing.
type endless struct{ size int64 }

func (e endless) Close() error { return nil }
func (e endless) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), max(e.size-off, 0)))
	clear(p[:n])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestLargeFileStreamsWithProgressInLittleMemory(t *testing.T) {
	const size = 300 << 20
	src := intake.Source{Name: "a.mp4", Size: size, Open: func() (intake.File, error) { return endless{size}, nil }}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := &watch{}
	res, err := intake.Import(t.Context(), src, &discard{}, intake.Options{}, w)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes allocated for a file of %d", used, size)
	}
	if res.Artifacts[0].Size != size || w.back || w.steps[0] != intake.StepStore {
		t.Errorf("%+v", w)
	}
}

func TestUnpackingStreamsInLittleMemory(t *testing.T) {
	big := make([]byte, 15<<20)
	b := zipFile(t, entry{"_chat.txt", []byte(strings.Repeat(oneLine, 50_000))}, entry{"1.bin", big}, entry{"2.bin", big}, entry{"3.bin", big})
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := &watch{}
	w.at = func(evidence.Step, int64) {
		runtime.ReadMemStats(&after)
		if after.HeapAlloc > before.HeapAlloc+16<<20 {
			t.Errorf("heap grew from %d to %d", before.HeapAlloc, after.HeapAlloc)
			w.at = nil
		}
	}
	res, err := intake.Import(t.Context(), bytesSource("a.zip", b), &discard{}, intake.Options{}, w)
	if err != nil {
		t.Fatal(err)
	}
	wantFacts(t, res, map[string]string{intake.FactMessages: "50000"})
	if w.back {
		t.Error("progress went back")
	}
}

func TestCancelEndsAnImportAtTheNextRead(t *testing.T) {
	chat := zipFile(t, entry{"_chat.txt", []byte(strings.Repeat(oneLine, 200_000))}, entry{"a.bin", make([]byte, 4<<20)})
	mail := cat(lines("From: a@example.org\nDate: x\n\n"), bytes.Repeat([]byte("0123456789abcde\n"), 1<<18))
	for name, c := range map[string]struct {
		src  intake.Source
		step evidence.Step
	}{
		"while it is stored":   {intake.Source{Name: "a", Size: 4 << 30, Open: func() (intake.File, error) { return endless{4 << 30}, nil }}, intake.StepStore},
		"while it is unpacked": {bytesSource("a.zip", chat), intake.StepUnpack},
		"while mail is read":   {bytesSource("a.eml", mail), intake.StepFacts},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w := &watch{}
			var at int64
			w.at = func(s evidence.Step, done int64) {
				if s == c.step && at == 0 {
					at = done
					cancel()
				}
			}
			_, err := intake.Import(ctx, c.src, &discard{}, intake.Options{}, w)
			if !errors.Is(err, context.Canceled) || at == 0 {
				t.Errorf("error %v, cancelled at %d", err, at)
			}
			if w.last > at+2<<20 {
				t.Errorf("went on from %d to %d", at, w.last)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	opened := false
	_, err := intake.Import(ctx, intake.Source{Name: "a", Open: func() (intake.File, error) { opened = true; return nil, nil }}, &discard{}, intake.Options{}, evidence.NoProgress{})
	if !errors.Is(err, context.Canceled) || opened {
		t.Errorf("error %v, opened %v", err, opened)
	}
}
