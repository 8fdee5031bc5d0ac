package bundle

import (
	"io"
	"os"

	"constat/evidence/held"
)

// disk is every operation on the file system with which a bundle is written, so
// that a test can let each of them fail in turn.
type disk interface {
	Lstat(path string) error
	MkdirTemp(dir, pattern string) (string, error)
	CreateTemp(dir, pattern string) (file, error)
	MkdirAll(path string) error
	Create(path string) (file, error) // that must not exist
	Rename(from, to string) error
	RemoveAll(path string) error
	SyncDir(path string) error
}

type file interface {
	io.Writer
	Name() string
	Sync() error
	Close() error
}

// osDisk is the real file system.
type osDisk struct{}

// Lstat says that there is something at path.
func (osDisk) Lstat(path string) error {
	_, err := os.Lstat(path)
	return err
}

// MkdirTemp makes a folder that nobody else can enter.
func (osDisk) MkdirTemp(dir, pattern string) (string, error) { return os.MkdirTemp(dir, pattern) }

// CreateTemp makes a file that nobody else can read.
func (osDisk) CreateTemp(dir, pattern string) (file, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// MkdirAll makes folders that nobody else can enter.
func (osDisk) MkdirAll(path string) error { return os.MkdirAll(path, 0o700) }

// Create makes a file that nobody else can read.
func (osDisk) Create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Rename puts a new name in the place of an old one.
func (osDisk) Rename(from, to string) error { return held.Rename(from, to) }

// RemoveAll removes a file or a folder with what is in it.
func (osDisk) RemoveAll(path string) error { return held.RemoveAll(path) }

// SyncDir makes the names in a folder durable.
func (osDisk) SyncDir(path string) error { return syncDir(path) }
