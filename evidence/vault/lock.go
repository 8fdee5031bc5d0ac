package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/gofrs/flock"

	"constat/evidence/vault/disk"
)

// lockFlags open a lock without waiting for the other end of a pipe, and without following a link.
const lockFlags = os.O_CREATE | os.O_RDONLY | disk.OpenFlags

func newLock(dir string) *flock.Flock {
	return flock.New(filepath.Join(dir, lockName), flock.SetPermissions(disk.FileMode), flock.SetFlag(lockFlags))
}

// acquire takes the lock of the folder. A folder that cannot be written and has no lock file is opened
// without one: nobody can write there, so that nobody is kept out by that.
func (v *Vault) acquire() error {
	if err := v.lookAtLock(); err != nil {
		return err
	}
	got, err := v.lock.TryLock()
	if err != nil && Unwritable(err) {
		if _, missing := os.Lstat(v.path(lockName)); errors.Is(missing, fs.ErrNotExist) {
			v.unlocked = true
			v.disk.Present = v.present
			return nil
		}
	}
	if errors.Is(err, syscall.ELOOP) {
		err = notLock(v.path(lockName))
	}
	if err != nil {
		return fmt.Errorf("lock vault: %w", err)
	}
	if !got {
		return &InUseError{Dir: v.dir}
	}
	// It may have been exchanged since it was looked at.
	if info, err := v.lock.Stat(); err != nil || !disk.IsFile(info.Mode()) {
		return errors.Join(notLock(v.path(lockName)), err, v.lock.Unlock())
	}
	v.disk.Present = v.present
	return nil
}

// lookAtLock refuses whatever lies in the place of the lock and is no file.
func (v *Vault) lookAtLock() error {
	info, err := os.Lstat(v.path(lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !disk.IsFile(info.Mode()) {
		err = notLock(v.path(lockName))
	}
	if err != nil {
		return fmt.Errorf("lock vault: %w", err)
	}
	return nil
}

func notLock(path string) error { return &fs.PathError{Op: "lock", Path: path, Err: disk.ErrNotFile} }

// release lets go of the lock, if there is one.
func (v *Vault) release() error {
	if v.unlocked {
		return nil
	}
	return v.lock.Unlock()
}

// present says whether the folder is still the one whose lock is held: a stick
// may have been pulled, and another put into its place.
func (v *Vault) present() error {
	if v.unlocked {
		if _, err := os.Lstat(v.path(headerName)); err != nil {
			return &GoneError{Dir: v.dir, Err: err}
		}
		return nil
	}
	held, err := v.lock.Stat()
	if err != nil {
		return &GoneError{Dir: v.dir, Err: err}
	}
	there, err := os.Lstat(v.path(lockName))
	if err != nil || !os.SameFile(held, there) {
		return &GoneError{Dir: v.dir, Err: err}
	}
	return nil
}

// Unwritable reports whether an error says that the folder cannot be written: a write-protected
// stick, a folder that belongs to somebody else, a full disk. Reading goes on then.
func Unwritable(err error) bool {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOSPC) ||
		errors.Is(err, syscall.EDQUOT) {
		return true
	}
	if runtime.GOOS != "windows" {
		return false
	}
	// ERROR_WRITE_PROTECT, ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
	return errors.Is(err, syscall.Errno(19)) || errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))
}
