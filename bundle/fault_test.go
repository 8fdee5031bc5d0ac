package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
)

// faultDisk is the real file system without the waiting for the disk, of which
// one operation fails as on a full disk.
type faultDisk struct {
	osDisk
	at     int  // number of the operation that fails, from 1; 0 for none
	crash  bool // all that follow fail, too: the machine is off
	effect bool // the failing operation takes effect all the same

	mu    sync.Mutex
	trace []string
}

// step counts one operation and does it, unless it is its turn to fail. Of a
// write that fails half is written.
func (d *faultDisk) step(name, path string, do func() error) error {
	d.mu.Lock()
	d.trace = append(d.trace, name+" "+filepath.Base(path))
	n := len(d.trace)
	d.mu.Unlock()
	if d.at == 0 || n < d.at || n > d.at && !d.crash {
		return do()
	}
	if d.effect && n == d.at {
		_ = do()
	}
	return &fs.PathError{Op: name, Path: path, Err: syscall.ENOSPC}
}

func (d *faultDisk) Lstat(path string) error {
	return d.step("lstat", path, func() error { return d.osDisk.Lstat(path) })
}

func (d *faultDisk) MkdirTemp(dir, pattern string) (made string, err error) {
	err = d.step("mkdirtemp", pattern, func() error { made, err = d.osDisk.MkdirTemp(dir, pattern); return err })
	return made, err
}

func (d *faultDisk) CreateTemp(dir, pattern string) (file, error) {
	return d.create("createtemp", pattern, func() (file, error) { return d.osDisk.CreateTemp(dir, pattern) })
}

func (d *faultDisk) Create(path string) (file, error) {
	return d.create("create", path, func() (file, error) { return d.osDisk.Create(path) })
}

func (d *faultDisk) create(name, path string, do func() (file, error)) (file, error) {
	var to file
	err := d.step(name, path, func() (err error) { to, err = do(); return err })
	if err != nil {
		if to != nil {
			to.Close()
		}
		return nil, err
	}
	return &faultFile{d, to}, nil
}

func (d *faultDisk) MkdirAll(path string) error {
	return d.step("mkdirall", path, func() error { return d.osDisk.MkdirAll(path) })
}

func (d *faultDisk) Rename(from, to string) error {
	return d.step("rename", to, func() error { return d.osDisk.Rename(from, to) })
}

func (d *faultDisk) RemoveAll(path string) error {
	return d.step("removeall", path, func() error { return d.osDisk.RemoveAll(path) })
}

func (d *faultDisk) SyncDir(path string) error {
	return d.step("syncdir", path, func() error { return nil })
}

type faultFile struct {
	d *faultDisk
	file
}

func (f *faultFile) Write(p []byte) (n int, err error) {
	done := false
	err = f.d.step("write", f.Name(), func() error { done = true; n, err = f.file.Write(p); return err })
	if !done {
		_, _ = f.file.Write(p[:len(p)/2])
	}
	return n, err
}

func (f *faultFile) Sync() error { return f.d.step("sync", f.Name(), func() error { return nil }) }

func (f *faultFile) Close() error {
	err := f.d.step("close", f.Name(), f.file.Close)
	if err != nil {
		_ = f.file.Close() // the test itself must not run out of files
	}
	return err
}

// TestEveryOperationOfAnExportFails lets each file operation of an export fail in
// turn, as a full disk and as a power cut, with and without effect. What lies at
// the target then is whole, or there is nothing; unless the machine went off
// nothing readable is left; and the same export works right after.
func TestEveryOperationOfAnExportFails(t *testing.T) {
	in := smallInput(t)
	for _, kind := range []struct {
		name, target string
		how          Sealing
	}{
		{"folder", "liasse", Sealing{}}, {"zip", "liasse.zip", Sealing{}}, {"sealed", "liasse.zip", Sealing{Password: "un mot de passe"}},
		{"hidden", "liasse.zip", Sealing{Password: "un mot de passe", HideNames: true}},
	} {
		for _, mode := range []struct{ crash, effect bool }{{}, {effect: true}, {crash: true}, {crash: true, effect: true}} {
			t.Run(fmt.Sprintf("%s,crash=%v,effect=%v", kind.name, mode.crash, mode.effect), func(t *testing.T) {
				t.Parallel()
				failed := 0
				for at := 1; ; at++ {
					x := &faultedExport{t: t, in: in, dir: t.TempDir(), target: kind.target, how: kind.how,
						disk: &faultDisk{at: at, crash: mode.crash, effect: mode.effect}}
					if !x.run() {
						break
					}
					failed++
				}
				if failed < 10 {
					t.Errorf("only %d operations could fail", failed)
				}
				t.Logf("%d operations failed in turn", failed)
			})
		}
	}
}

// smallInput is an export of little: an address that was noted.
func smallInput(t *testing.T) Input {
	c := sample.New(t, sample.Options{Tall: 100})
	i := slices.IndexFunc(c.Exhibits, func(e Exhibit) bool { return e.Manifest.Kind == evidence.AddressOnly })
	return Input{Case: c.Case, Exhibits: c.Exhibits[i : i+1], WriteLog: c.WriteLog, Language: "fr", Location: time.UTC,
		CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software}
}

type faultedExport struct {
	t           *testing.T
	in          Input
	dir, target string
	how         Sealing
	disk        *faultDisk
}

// export writes with a disk.
func (x *faultedExport) export(ctx context.Context, d disk) error {
	path := filepath.Join(x.dir, x.target)
	var err error
	if strings.HasSuffix(x.target, ".zip") {
		_, err = writeArchive(ctx, d, path, x.how, x.in, evidence.NoProgress{})
	} else {
		_, err = writeFolder(ctx, d, path, x.in, evidence.NoProgress{})
	}
	return err
}

// run reports whether there was an operation of that number.
func (x *faultedExport) run() bool {
	t, d := x.t, x.disk
	err := x.export(t.Context(), d)
	if len(d.trace) < d.at {
		if err != nil {
			t.Errorf("nothing failed, and yet: %v", err)
		}
		return false
	}
	where := fmt.Sprintf("operation %d (%s)", d.at, d.trace[d.at-1])
	cleaning := strings.HasPrefix(d.trace[d.at-1], "removeall")
	if err == nil && !cleaning {
		t.Errorf("%s: it fails, and nothing says so", where)
	}
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%s: the reason is lost: %v", where, err)
	}
	there := x.whole(where)
	left, _ := filepath.Glob(filepath.Join(x.dir, ".*"))
	if len(left) > 0 && !d.crash && !d.effect {
		t.Errorf("%s: left behind: %v", where, left)
	}
	for _, name := range left {
		if !strings.HasPrefix(filepath.Base(name), "."+x.target+".partial-") {
			t.Errorf("%s: %s is not swept by the next export", where, name)
		}
	}
	if there || d.at%7 != 0 {
		return true // the same export is tried now and then: it costs as much again
	}
	if err := x.export(t.Context(), osDisk{}); err != nil {
		t.Errorf("%s: once more: %v", where, err)
	} else if !x.whole(where) {
		t.Errorf("%s: once more: nothing is there", where)
	}
	return true
}

// whole reports whether there is something at the target, which then passes its check.
func (x *faultedExport) whole(where string) bool {
	path := filepath.Join(x.dir, x.target)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	r, err := verify.Verify(x.t.Context(), path, verify.Options{ZipPassword: x.how.Password})
	if err != nil || r.Verdict == verify.NotValid || !evidence.AllPassed(r.Checks) {
		x.t.Errorf("%s: what is at the target is not whole: %v, %v", where, r.Checks, err)
	}
	return true
}
