package handover

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// TargetError is a place where a file or folder cannot be written, because
// something is there already. Nothing is ever overwritten.
type TargetError struct{ Path string }

func (e *TargetError) Error() string { return fmt.Sprintf("%s exists already", e.Path) }

// RefuseExisting: nothing is ever overwritten.
func RefuseExisting(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return &TargetError{Path: path}
	case errors.Is(err, os.ErrNotExist):
		return nil
	default:
		return err
	}
}

// WriteNew writes a file that must not be there yet, for this user alone.
func WriteNew(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}
