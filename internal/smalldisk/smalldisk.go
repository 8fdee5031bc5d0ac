// Package smalldisk gives a test a file system of its own that is full soon.
//
// # What it does
//
// [Mount] mounts one in memory, of a given size. [Disk.Fill] leaves no more than some bytes free, and
// [Disk.Free] gives them back.
//
// # How to use it
//
//	d := smalldisk.Mount(t, 4<<20)
//	d.Fill(t, 0)
//
// # What it does not do
//
// It is for tests only. Where mounting is not allowed, or is not known how, the test is skipped, and
// says so.
package smalldisk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a mounted file system.
type Disk struct {
	Dir string
}

const filler = "filler"

// Fill takes all but some bytes.
func (d Disk) Fill(t testing.TB, left int64) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(d.Dir, filler), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(f, zeros{})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill: %v", err)
	}
	info, err := f.Stat()
	if err == nil {
		err = errors.Join(f.Truncate(max(info.Size()-left, 0)), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Free gives back what Fill took.
func (d Disk) Free(t testing.TB) {
	t.Helper()
	if err := os.Remove(filepath.Join(d.Dir, filler)); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }
