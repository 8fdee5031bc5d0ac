//go:build !windows

package bundle

import (
	"errors"
	"os"
	"syscall"
)

// syncDir makes the names in a folder durable. Some file systems of USB sticks
// cannot flush a folder; there the flushed files are all one can have.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
