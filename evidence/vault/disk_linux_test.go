package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

// fullFS is a disk on which files can be made, and nothing fits into them: the
// error comes from the system, through /dev/full.
type fullFS struct{ disk.OS }

func (f fullFS) Create(name string) (disk.File, error) {
	empty, err := f.OS.Create(name)
	if err != nil {
		return nil, err
	}
	if err := empty.Close(); err != nil {
		return nil, err
	}
	return os.OpenFile("/dev/full", os.O_WRONLY, 0)
}

func TestFullDisk(t *testing.T) {
	ctx := t.Context()
	v, _, err := Create(ctx, filepath.Join(t.TempDir(), "v"), "pass", testOptions(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	info, err := v.CreateCase(ctx, "a", false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := v.Case(ctx, info.ID)
	if err != nil {
		t.Fatal(err)
	}
	d := c.NewDraft()
	defer d.Abort()
	put := func(name string) error {
		_, err := d.Put(ctx, evidence.Artifact{Name: name, Role: evidence.Original}, strings.NewReader(strings.Repeat("x", 1<<20)))
		return err
	}
	if err := errors.Join(put("before.png"), c.Remember(ctx, []byte("before"))); err != nil {
		t.Fatal(err)
	}
	v.disk.FS = fullFS{}
	_, errCommit := c.Commit(ctx, d, evidence.ActCaptured, buildFor(c.id), nil)
	_, errAppend := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
	for i, err := range []error{put("full.png"), errCommit, errAppend, v.ChangePassphrase(ctx, "new"), c.Remember(ctx, []byte("after"))} {
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if got := c.Remembered(ctx); string(got) != "before" {
		t.Errorf("remembered %q", got)
	}
	// Room was made: the same draft can still be kept.
	v.disk.FS = disk.OS{}
	if _, err := c.Commit(ctx, d, evidence.ActCaptured, buildFor(c.id), nil); err != nil {
		t.Error(err)
	}
	checks, err := v.Check(ctx, nil)
	if err != nil || !evidence.AllPassed(checks) {
		t.Errorf("%v, %v", checks, err)
	}
	if left := parts(t, v.dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestNoPermission: nobody, root included, may make folders in /sys.
func TestNoPermission(t *testing.T) {
	_, _, err := Create(t.Context(), "/sys/vault", "pass", testOptions(nil))
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		t.Errorf("%v", err)
	}
}
