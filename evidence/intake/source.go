package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// File is what a source's bytes are read from; *os.File is one. If it also has
// the method Stat of *os.File, a change while it is read is noticed.
type File interface {
	io.ReaderAt
	io.Closer
}

// Source is a file that is to be imported. [FromPath] makes one.
type Source struct {
	Name    string    // the file's own name, without folders, exactly as found
	Size    int64     // bytes; negative if not known beforehand
	ModTime time.Time // as the file system says; zero if it says nothing
	Open    func() (File, error)
}

// Reason says why a source is refused.
type Reason string

// Reasons of a [SourceError].
const (
	SymbolicLink Reason = "symbolic-link"
	Directory    Reason = "directory"
	Device       Reason = "device" // also a character device such as /dev/zero, or NUL on Windows
	Pipe         Reason = "pipe"   // a FIFO
	Socket       Reason = "socket"
	Irregular    Reason = "irregular" // no plain file for another reason
	Replaced     Reason = "replaced"  // another file stood there when it was opened
	TooLarge     Reason = "too-large"
	Unreadable   Reason = "unreadable" // Err says why
)

// SourceError says that a file was refused or could not be read. Nothing of it
// may be recorded: what a sink already took is not whole.
type SourceError struct {
	Name   string // without folders
	Reason Reason
	Limit  int64 // bytes; with TooLarge only
	Err    error // may be nil; e.g. fs.ErrNotExist
}

func (e *SourceError) Error() string {
	s := fmt.Sprintf("import %.120q: %s", e.Name, e.Reason)
	if e.Reason == TooLarge {
		s += fmt.Sprintf(": more than %d bytes", e.Limit)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *SourceError) Unwrap() error { return e.Err }

// FromPath looks at a file without opening it. Only a plain file is accepted:
// a link could lead anywhere, a device or a pipe has no end and no size. What
// is opened later must be the very file that was looked at.
// Its error is a *[SourceError].
func FromPath(path string) (Source, error) {
	name := filepath.Base(path)
	before, err := os.Lstat(path)
	if err != nil {
		return Source{}, &SourceError{Name: name, Reason: Unreadable, Err: withoutPath(err)}
	}
	if r := refusal(before.Mode()); r != "" {
		return Source{}, &SourceError{Name: name, Reason: r}
	}
	open := func() (File, error) {
		f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
		if err != nil {
			return nil, &SourceError{Name: name, Reason: Unreadable, Err: withoutPath(err)}
		}
		now, err := f.Stat()
		switch {
		case err != nil:
			err = &SourceError{Name: name, Reason: Unreadable, Err: withoutPath(err)}
		case !os.SameFile(before, now) || !now.Mode().IsRegular(): // a number of a file can be given to the next one
			err = &SourceError{Name: name, Reason: Replaced}
		default:
			return f, nil
		}
		return nil, errors.Join(err, f.Close())
	}
	return Source{Name: name, Size: before.Size(), ModTime: before.ModTime(), Open: open}, nil
}

func refusal(m fs.FileMode) Reason {
	switch {
	case m.IsRegular():
		return ""
	case m&fs.ModeSymlink != 0:
		return SymbolicLink
	case m.IsDir():
		return Directory
	case m&fs.ModeDevice != 0:
		return Device
	case m&fs.ModeNamedPipe != 0:
		return Pipe
	case m&fs.ModeSocket != 0:
		return Socket
	}
	return Irregular
}

// withoutPath leaves the folder names, and with them often the person's own
// name, out of an error that may end up in a log.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
