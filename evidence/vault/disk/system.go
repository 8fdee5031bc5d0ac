package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"constat/evidence/held"
)

// FS is the handful of file operations that the vault needs. Tests replace
// it to fail each of them in turn; names are paths of the operating system.
type FS interface {
	Open(name string) (io.ReadCloser, error)
	Create(name string) (File, error) // truncates what is there
	Rename(from, to string) error     // replaces what is there
	Remove(name string) error         // a file or an empty folder
	Mkdir(name string) error          // with its parents; no error if it exists
	ReadDir(name string) ([]fs.DirEntry, error)
	Exists(name string) (bool, error)
	SyncDir(name string) error // makes creations, renames and removals in it durable
}

// File is what is being written.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// Only the owner may read; on Windows the folder's own rights decide.
const (
	FileMode = 0o600
	dirMode  = 0o700
)

// OS is the real file system.
type OS struct{}

var _ FS = OS{}

// ErrNotFile: a folder, link, pipe or device where the vault has a file.
var ErrNotFile = errors.New("is not a file")

// notFile are kinds of file that a vault has not got. Reading a pipe or device
// that somebody put there could last for ever. (Cloud folders on Windows have
// "irregular" files; they are read.)
const notFile = fs.ModeDir | fs.ModeSymlink | fs.ModeNamedPipe | fs.ModeSocket | fs.ModeDevice | fs.ModeCharDevice

func (OS) Open(name string) (io.ReadCloser, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&notFile != 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrNotFile}
	}
	return os.Open(name)
}

func (OS) Create(name string) (File, error) {
	return held.Open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, FileMode)
}

func (OS) Rename(from, to string) error               { return held.Rename(from, to) }
func (OS) Remove(name string) error                   { return held.Remove(name) }
func (OS) Mkdir(name string) error                    { return os.MkdirAll(name, dirMode) }
func (OS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

func (OS) Exists(name string) (bool, error) {
	_, err := os.Lstat(name)
	if os.IsNotExist(err) {
		return false, nil
	}
	return err == nil, err
}

func (OS) SyncDir(name string) error { return syncDir(name) }
