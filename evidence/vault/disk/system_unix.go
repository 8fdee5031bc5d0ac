//go:build !windows

package disk

import (
	"errors"
	"os"
	"syscall"
)

func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	// Some file systems (FAT through FUSE, some network shares) cannot sync a
	// folder and say so with EINVAL or ENOTSUP; there is nothing more to do then.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
