package held

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Limit is how long a file is waited for, in all: scanners hold one for a second or two.
const Limit = 4 * time.Second

// pause grows from one to the other: most files are free again at once.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = 200 * time.Millisecond
)

// Error reports a file that another program still held when the time was over.
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("another program holds %s: %v", e.Path, e.Err) }

// Unwrap returns the system's own word for it.
func (e *Error) Unwrap() error { return e.Err }

// Rename gives a file another name, in the place of what has it.
func Rename(from, to string) error {
	return system.do(func() error { return os.Rename(from, to) }, from, to)
}

// Remove removes a file or an empty folder.
func Remove(path string) error { return system.do(func() error { return os.Remove(path) }, path) }

// RemoveAll removes what is at path, with everything in it, as far as it can.
func RemoveAll(path string) error { return system.do(func() error { return removeAll(path) }, path) }

// removeAll is os.RemoveAll, also on drives that do not know the call by which Windows removes a
// file that is open: those of some networks, and Wine, answer "incorrect function".
func removeAll(path string) error {
	err := os.RemoveAll(path)
	if err != nil && unknownCall(err) {
		return oneByOne(path)
	}
	return err
}

// oneByOne removes what is at path by the oldest of calls. It follows no link. What cannot be
// removed stops nothing else.
func oneByOne(path string) error {
	list, _ := os.ReadDir(path) // what is no folder, or cannot be listed, os.Remove has a word for
	var errs []error
	for _, e := range list {
		inside := filepath.Join(path, e.Name())
		if e.IsDir() {
			errs = append(errs, oneByOne(inside))
		} else if err := os.Remove(inside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Open opens a file as os.OpenFile does.
func Open(path string, flag int, perm fs.FileMode) (f *os.File, err error) {
	err = system.do(func() (err error) {
		f, err = os.OpenFile(path, flag, perm)
		return err
	}, path)
	return f, err
}

// Do calls fn until the files that it is about are no longer held, as the functions above do.
func Do(fn func() error, paths ...string) error { return system.do(fn, paths...) }

// patience is how a system says that a file is held, and how it is waited for.
type patience struct {
	now   func() time.Time
	sleep func(time.Duration)
	held  func(error) bool        // surely
	maybe func(error) bool        // held or forbidden
	who   func(path string) error // shows that a file is held: the system's word for it, or nil
}

var system = patience{now: time.Now, sleep: time.Sleep, held: Is, maybe: denied, who: holder}

// do calls fn until it ends otherwise than with a file that is held, at most for Limit. The paths
// are what it is about.
func (p patience) do(fn func() error, paths ...string) error {
	err := fn()
	for end, pause := p.now().Add(Limit), firstPause; err != nil && (p.held(err) || p.maybe(err)) && p.now().Before(end); {
		p.sleep(pause)
		pause = min(2*pause, lastPause)
		err = fn()
	}
	switch {
	case err == nil:
		return nil
	case p.held(err):
		return &Error{Path: pathOf(err, paths[0]), Err: err}
	case p.maybe(err):
		for _, path := range append(paths, pathOf(err, paths[0])) {
			if word := p.who(path); word != nil {
				return &Error{Path: path, Err: errors.Join(err, word)}
			}
		}
	}
	return err
}

// pathOf is the file that an error is about: of a whole folder, the one in it.
func pathOf(err error, otherwise string) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Path
	}
	return otherwise
}
