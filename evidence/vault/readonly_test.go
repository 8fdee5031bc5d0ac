package vault

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

// writeProtected is a disk that can be read and not written, as a stick with its
// switch on.
type writeProtected struct{ disk.OS }

func protected(op, path string) error { return &fs.PathError{Op: op, Path: path, Err: syscall.EROFS} }

func (writeProtected) Create(name string) (disk.File, error) { return nil, protected("create", name) }
func (writeProtected) Rename(from, _ string) error           { return protected("rename", from) }
func (writeProtected) Remove(name string) error              { return protected("remove", name) }
func (writeProtected) Mkdir(name string) error               { return protected("mkdir", name) }
func (writeProtected) SyncDir(name string) error             { return protected("sync", name) }

// TestWriteProtected: a vault on a write-protected stick opens, also with what a
// crash left in it, and all of it can be read and checked. Whatever would write
// says why not, and nothing in the folder changes.
func TestWriteProtected(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "v")
	v, _, err := Create(ctx, dir, "pass", testOptions(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	r := journey(t, v)
	if err := errors.Join(r.err, v.Close()); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, casesName, r.caseID, objectsName, strings.Repeat("0", 32)+disk.PartSuffix)
	if err := os.WriteFile(left, []byte("unfinished"), disk.FileMode); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)

	o := testOptions(writeProtected{})
	o.indexAfter = 1
	if v, err = Open(ctx, dir, "pass", o); err != nil {
		t.Fatal(err)
	}
	c, err := v.Case(ctx, r.caseID)
	if err != nil || c.Damage() != nil {
		t.Fatalf("%v, %v", err, c.Damage())
	}
	list, err := c.Exhibits(ctx)
	if err != nil || len(list) != 1 || list[0].Damage != nil {
		t.Fatalf("%d exhibits, %v", len(list), err)
	}
	if b, err := io.ReadAll(mustOpen(t, list[0], "a.png")); err != nil || string(b) != faultPicture {
		t.Errorf("picture %q, %v", b, err)
	}
	if err := c.WriteLog(ctx, io.Discard); err != nil {
		t.Errorf("log: %v", err)
	}
	if checks, err := v.Check(ctx, nil); err != nil || !evidence.AllPassed(checks) {
		t.Errorf("%v, %v", checks, err)
	}
	_, errAppend := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
	_, errCase := v.CreateCase(ctx, "b", false)
	_, errCode := v.NewRecoveryCode(ctx)
	for i, err := range []error{errAppend, errCase, errCode, record1(t, c), v.ChangePassphrase(ctx, "x"), c.Remember(ctx, nil),
		c.AddReply(ctx, "E-001", evidence.Authority{Name: "tsa"}, []byte("r"), nil, testTime, testTime)} {
		if !errors.Is(err, syscall.EROFS) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
	if after := tree(t, dir); after != before {
		t.Errorf("the folder changed from\n%s\nto\n%s", before, after)
	}
}

// tree lists files with their digests.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		b.WriteString(path + " " + evidence.Sum(content).String() + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
