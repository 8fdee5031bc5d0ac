package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/internal/cost"
)

// lazyFS is the real file system without the waiting for the disk. No test can
// cut the power, so only the order of the syncs is tested, by their trace.
type lazyFS struct{ disk.OS }

func (l lazyFS) Create(name string) (disk.File, error) {
	f, err := l.OS.Create(name)
	if err != nil {
		return nil, err
	}
	return lazyFile{f}, nil
}

func (lazyFS) SyncDir(string) error { return nil }

type lazyFile struct{ disk.File }

func (lazyFile) Sync() error { return nil }

// faultFS is the real file system, of which one operation fails as on a full disk.
type faultFS struct {
	lazyFS
	at     int    // number of the operation that fails, from 1; 0 for none
	on     string // or how it reads in the trace
	crash  bool   // all that follow fail, too: the machine is off
	effect bool   // the failing operation takes effect all the same

	mu    sync.Mutex
	n     int
	trace []string // "sync objects/ab", "rename log/00000001.part"
}

// step counts one operation and does it, unless it is its turn to fail. Of a
// write that fails half is written.
func (f *faultFS) step(name, path string, do func() error) error {
	f.mu.Lock()
	f.n++
	n := f.n
	what := name + " " + filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path)
	f.trace = append(f.trace, what)
	if f.at == 0 && what == f.on {
		f.at = n
	}
	at := f.at
	f.mu.Unlock()
	fails := at > 0 && (n == at || f.crash && n > at)
	if fails {
		if f.effect && n == at {
			_ = do()
		}
		return &fs.PathError{Op: name, Path: path, Err: syscall.ENOSPC}
	}
	return do()
}

func (f *faultFS) Open(name string) (r io.ReadCloser, err error) {
	err = f.step("open", name, func() error { r, err = f.lazyFS.Open(name); return err })
	return r, err
}

func (f *faultFS) Create(name string) (disk.File, error) {
	var to disk.File
	err := f.step("create", name, func() (err error) { to, err = f.lazyFS.Create(name); return err })
	if err != nil {
		if to != nil {
			to.Close()
		}
		return nil, err
	}
	return &faultFile{f, name, to}, nil
}

func (f *faultFS) Rename(from, to string) error {
	return f.step("rename", from, func() error { return f.lazyFS.Rename(from, to) })
}

func (f *faultFS) Remove(name string) error {
	return f.step("remove", name, func() error { return f.lazyFS.Remove(name) })
}

func (f *faultFS) Mkdir(name string) error {
	return f.step("mkdir", name, func() error { return f.lazyFS.Mkdir(name) })
}

func (f *faultFS) ReadDir(name string) (list []fs.DirEntry, err error) {
	err = f.step("readdir", name, func() error { list, err = f.lazyFS.ReadDir(name); return err })
	return list, err
}

func (f *faultFS) Exists(name string) (there bool, err error) {
	err = f.step("exists", name, func() error { there, err = f.lazyFS.Exists(name); return err })
	return there, err
}

func (f *faultFS) SyncDir(name string) error {
	return f.step("syncdir", name, func() error { return f.lazyFS.SyncDir(name) })
}

type faultFile struct {
	f    *faultFS
	name string
	to   disk.File
}

func (w *faultFile) Write(p []byte) (n int, err error) {
	done := false
	err = w.f.step("write", w.name, func() error { done = true; n, err = w.to.Write(p); return err })
	if !done {
		_, _ = w.to.Write(p[:len(p)/2])
	}
	return n, err
}

func (w *faultFile) Sync() error { return w.f.step("sync", w.name, w.to.Sync) }

func (w *faultFile) Close() error {
	err := w.f.step("close", w.name, w.to.Close)
	if err != nil {
		w.to.Close() // the test itself must not run out of files
	}
	return err
}

var testTime = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func testOptions(f disk.FS) Options {
	return Options{Now: func() time.Time { return testTime }, Actor: "test", Cost: cost.Least(), fs: f}
}

// reached says how far a run came before the fault.
type reached struct {
	caseID         string
	exhibit, reply bool
	err            error
}

const (
	faultPicture = "picture bytes"
	faultReply   = "reply bytes"
)

// journey makes a case, puts two artifacts, commits and adds a reply.
func journey(t *testing.T, v *Vault) (r reached) {
	ctx := t.Context()
	info, err := v.CreateCase(ctx, "a title", false)
	if err != nil {
		return reached{err: err}
	}
	r.caseID = info.ID
	c, err := v.Case(ctx, info.ID)
	if err != nil {
		r.err = err
		return r
	}
	if r.err = record1(t, c); r.err != nil {
		return r
	}
	r.exhibit = true
	r.err = c.AddReply(ctx, "E-001", evidence.Authority{Name: "tsa"}, []byte(faultReply), []byte{1}, testTime, testTime)
	r.reply = r.err == nil
	return r
}

func record1(t *testing.T, c *Case) error {
	d := c.NewDraft()
	defer d.Abort()
	for _, name := range []string{"a.png", "b.png"} {
		_, err := d.Put(t.Context(), evidence.Artifact{Name: name, Role: evidence.Original}, strings.NewReader(faultPicture))
		if err != nil {
			return err
		}
	}
	_, err := c.Commit(t.Context(), d, evidence.ActCaptured, buildFor(c.id), nil)
	return err
}

func buildFor(caseID string) BuildManifest {
	return func(id string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
		at := evidence.MomentOf(time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC))
		b, err := evidence.Manifest{Case: caseID, Exhibit: id, Kind: evidence.WebCapture, Outcome: evidence.Complete,
			Started: at, Finished: at, Artifacts: artifacts, CustodyHead: head}.Encode()
		return b, evidence.Sum(b), nil, err
	}
}

// TestEveryOperationFails lets each file operation of the journey fail in turn,
// as a full disk and as a power cut, with and without effect, and then looks at
// what is left with the real file system.
func TestEveryOperationFails(t *testing.T) {
	for _, mode := range []struct{ crash, effect bool }{{}, {effect: true}, {crash: true}, {crash: true, effect: true}} {
		t.Run(fmt.Sprintf("crash=%v,effect=%v", mode.crash, mode.effect), func(t *testing.T) {
			failed := 0
			for at := 1; ; at++ {
				f := &faultFS{at: at, crash: mode.crash, effect: mode.effect}
				if !faultRun(t, f) {
					break
				}
				failed++
			}
			if failed < 40 {
				t.Errorf("only %d operations could fail", failed)
			}
			t.Logf("%d operations failed in turn", failed)
		})
	}
}

// faultRun reports whether there was an operation of that number.
func faultRun(t *testing.T, f *faultFS) bool {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "v")
	v, _, err := Create(ctx, dir, "pass", testOptions(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	v.disk.FS = f
	r := journey(t, v)
	hit := f.n >= f.at
	var where string
	if hit {
		where = fmt.Sprintf("operation %d (%s)", f.at, f.trace[f.at-1])
	}
	if r.err != nil && !errors.Is(r.err, syscall.ENOSPC) {
		t.Errorf("%s: the reason is lost: %v", where, r.err)
	}
	// Behind the entry comes its head, which may be behind.
	head := hit && (strings.Contains(where, "/head.part") || strings.Contains(where, "syncdir cases/"))
	if hit && f.crash && r.err == nil && !head {
		t.Errorf("%s: all fails, and nothing says so", where)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	v, err = Open(ctx, dir, "pass", testOptions(lazyFS{}))
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	defer v.Close()
	after(t, v, r, where)
	return hit
}

// after holds what was promised against what is there.
func after(t *testing.T, v *Vault, r reached, where string) {
	ctx := t.Context()
	checks, err := v.Check(ctx, nil)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	for _, c := range checks {
		if c.State == evidence.Failed {
			t.Errorf("%s: %s: %s", where, c.Name, c.Detail)
		}
	}
	cases, err := v.Cases(ctx)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if r.caseID != "" && (len(cases) != 1 || cases[0].ID != r.caseID || cases[0].Title != "a title") {
		t.Fatalf("%s: cases %v, want %s", where, cases, r.caseID)
	}
	for _, info := range cases {
		c, err := v.Case(ctx, info.ID)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		if c.Damage() != nil {
			t.Fatalf("%s: %v", where, c.Damage())
		}
		list, err := c.Exhibits(ctx)
		if err != nil || r.exhibit && len(list) != 1 {
			t.Fatalf("%s: %d exhibits, %v", where, len(list), err)
		}
		for _, x := range list {
			b, err := io.ReadAll(mustOpen(t, x, "a.png"))
			if err != nil || string(b) != faultPicture {
				t.Errorf("%s: picture %q, %v", where, b, err)
			}
			if r.reply && (len(x.Replies) != 1 || string(x.Replies[0].Raw) != faultReply) {
				t.Errorf("%s: replies %v", where, x.Replies)
			}
		}
		if err := record1(t, c); err != nil {
			t.Errorf("%s: nothing can be recorded any more: %v", where, err)
		}
	}
	if left := parts(t, v.dir); len(left) > 0 {
		t.Errorf("%s: not swept: %v", where, left)
	}
}

func mustOpen(t *testing.T, x Exhibit, name string) io.Reader {
	t.Helper()
	r, err := x.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// parts lists unfinished files.
func parts(t *testing.T, dir string) (left []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, disk.PartSuffix) {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// TestUnsettledEntry: when the last step of writing an entry fails after it took
// effect, the case reads its log again and goes on from what is there.
func TestUnsettledEntry(t *testing.T) {
	ctx := t.Context()
	for _, effect := range []bool{true, false} {
		v, _, err := Create(ctx, filepath.Join(t.TempDir(), "v"), "pass", testOptions(lazyFS{}))
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		info, err := v.CreateCase(ctx, "a title", false)
		if err != nil {
			t.Fatal(err)
		}
		c, err := v.Case(ctx, info.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := record1(t, c); err != nil {
			t.Fatal(err)
		}
		v.disk.FS = &faultFS{on: "rename log/00000003.part", effect: effect}
		if err := record1(t, c); !errors.Is(err, syscall.ENOSPC) || !errors.Is(err, errUnsettled) {
			t.Fatalf("effect=%v: %v", effect, err)
		}
		v.disk.FS = disk.OS{}
		want := 1
		if effect {
			want = 2 // it is there although it was said to have failed
		}
		list, err := c.Exhibits(ctx)
		if err != nil || len(list) != want {
			t.Fatalf("effect=%v: %d exhibits, want %d, %v", effect, len(list), want, err)
		}
		if err := record1(t, c); err != nil {
			t.Fatal(err)
		}
		checks, err := v.Check(ctx, nil)
		if err != nil || !evidence.AllPassed(checks) || c.Head().Seq != uint64(want)+2 {
			t.Errorf("effect=%v: head %d, %v, %v", effect, c.Head().Seq, checks, err)
		}
	}
}

// TestCreateInterrupted: whatever an interrupted Create leaves is either the
// vault or nothing, and Create can be repeated.
func TestCreateInterrupted(t *testing.T) {
	ctx := t.Context()
	for at := 1; ; at++ {
		dir := filepath.Join(t.TempDir(), "v")
		f := &faultFS{at: at, crash: true, effect: at%2 == 0}
		v, _, err := Create(ctx, dir, "pass", testOptions(f))
		if f.n < at {
			if err != nil {
				t.Fatal(err)
			}
			v.Close()
			if at < 15 {
				t.Errorf("only %d operations", at)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("operation %d: %v", at, err)
		}
		v, err = Open(ctx, dir, "pass", testOptions(lazyFS{}))
		if _, not := errors.AsType[*NotVaultError](err); not {
			v, _, err = Create(ctx, dir, "pass", testOptions(lazyFS{}))
		}
		if err != nil {
			t.Fatalf("operation %d (%s): %v", at, f.trace[at-1], err)
		}
		checks, err := v.Check(ctx, nil)
		if err != nil || !evidence.AllPassed(checks) {
			t.Errorf("operation %d: %v, %v", at, checks, err)
		}
		v.Close()
	}
}

// TestPassphraseChangeInterrupted: one of the two always opens, and so does the code.
func TestPassphraseChangeInterrupted(t *testing.T) {
	ctx := t.Context()
	for at := 1; ; at++ {
		dir := filepath.Join(t.TempDir(), "v")
		v, code, err := Create(ctx, dir, "old", testOptions(lazyFS{}))
		if err != nil {
			t.Fatal(err)
		}
		f := &faultFS{at: at, crash: true, effect: at%2 == 0}
		v.disk.FS = f
		err = v.ChangePassphrase(ctx, "new")
		v.Close()
		if f.n < at {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		opens := 0
		for _, secret := range []string{"old", "new"} {
			if v, err := Open(ctx, dir, secret, testOptions(lazyFS{})); err == nil {
				opens++
				v.Close()
			}
		}
		if opens != 1 {
			t.Errorf("operation %d (%s): %d of the passphrases open", at, f.trace[at-1], opens)
		}
		v, err = OpenWithRecovery(ctx, dir, code, testOptions(lazyFS{}))
		if err != nil {
			t.Fatal(err)
		}
		v.Close()
	}
}

// TestDurableBeforeRecorded reads the order of operations: when the entry gets
// its name, all that it names has been synced under its final name.
func TestDurableBeforeRecorded(t *testing.T) {
	v, _, err := Create(t.Context(), filepath.Join(t.TempDir(), "v"), "pass", testOptions(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	f := &faultFS{}
	v.disk.FS = f
	r := journey(t, v)
	if r.err != nil {
		t.Fatal(r.err)
	}
	for entry, objects := range map[string]int{"rename log/00000002.part": 3, "rename log/00000003.part": 4} {
		recorded := slices.Index(f.trace, entry)
		if recorded < 0 {
			t.Fatalf("no %q in %v", entry, f.trace)
		}
		state := map[string]string{} // object -> how far it is
		for _, step := range f.trace[:recorded] {
			op, path, _ := strings.Cut(step, " ")
			switch {
			case op == "syncdir" && strings.HasSuffix(path, "/objects"):
				for name, s := range state {
					if s == "rename" {
						state[name] = "durable"
					}
				}
			case !strings.HasPrefix(path, "objects/"):
			case op == "rename" && state[path] != "close":
				t.Errorf("%s is renamed after %q", path, state[path])
			case op == "close" && state[path] != "sync":
				t.Errorf("%s is closed after %q", path, state[path])
			default:
				state[path] = op
			}
		}
		if len(state) != objects {
			t.Errorf("before %s: %d objects, want %d", entry, len(state), objects)
		}
		for name, s := range state {
			if s != "durable" {
				t.Errorf("before %s: %s is only at %q", entry, name, s)
			}
		}
		before := f.trace[recorded-1]
		if !strings.HasPrefix(before, "syncdir") || !strings.HasSuffix(before, "/log") {
			t.Errorf("before %s: %q", entry, before)
		}
	}
}
