//go:build !windows

package disk

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// OpenFlags keep an opening from waiting for the other end of a pipe, and from following a link.
const OpenFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW

func (o OS) syncDir(name string) error {
	sync := func(d *os.File) error {
		err := d.Sync()
		// Some file systems (FAT through FUSE, some network shares) cannot sync a
		// folder and say so with EINVAL or ENOTSUP; there is nothing more to do then.
		if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
			return nil
		}
		return err
	}
	// The folder that holds the vault lies outside of it, and may be reached through a link.
	if o.Dir != "" && filepath.Clean(name) == filepath.Dir(filepath.Clean(o.Dir)) {
		d, err := os.Open(name)
		if err != nil {
			return err
		}
		return errors.Join(sync(d), d.Close())
	}
	return o.folder("sync", name, sync)
}

// Writable says why the folder cannot be written, without trying: a write blocker or a read-only
// stick is seen by that, a full disk is not.
func Writable(dir string) error {
	if err := unix.Access(dir, unix.W_OK); err != nil {
		return &os.PathError{Op: "access", Path: dir, Err: err}
	}
	return nil
}
