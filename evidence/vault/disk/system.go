package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"constat/evidence/held"
)

// FS is the handful of file operations that the vault needs. Tests replace
// it to fail each of them in turn; names are paths of the operating system.
type FS interface {
	Open(name string) (io.ReadCloser, error)
	Create(name string) (File, error) // a new file; only what was never finished gives way to it
	Rename(from, to string) error     // a file; replaces a file, and nothing else
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

// OS is the real file system. Nothing outside of Dir is ever touched, and no link in it is followed; if
// Dir is empty, this holds for the folder of each name.
type OS struct{ Dir string }

var _ FS = OS{}

// ErrNotFile: a folder, link, pipe or device where the vault has a file, or a file of somebody else.
var ErrNotFile = errors.New("is not a file of the vault")

// ErrNotFolder: a link or a file where the vault has a folder.
var ErrNotFolder = errors.New("is not a folder of the vault")

// notFile are kinds of file that a vault has not got. Reading a pipe or device
// that somebody put there could last for ever. (Cloud folders on Windows have
// "irregular" files; they are read.)
const notFile = fs.ModeDir | fs.ModeSymlink | fs.ModeNamedPipe | fs.ModeSocket | fs.ModeDevice | fs.ModeCharDevice

// IsFile reports whether a kind of file is one that a vault has.
func IsFile(mode fs.FileMode) bool { return mode&notFile == 0 }

// within calls do with a folder that cannot be left, and what name is called in it. Every folder on the
// way is looked at: whoever exchanges one for a link in between still leads nowhere else.
func (o OS) within(op, name string, do func(r *os.Root, rel string) error) error {
	dir := o.Dir
	if dir == "" {
		dir = filepath.Dir(name)
	}
	rel, err := filepath.Rel(dir, name)
	if err != nil {
		return &fs.PathError{Op: op, Path: name, Err: err}
	}
	r, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer r.Close()
	for i, c := range rel {
		if c != filepath.Separator {
			continue
		}
		if err := isFolder(r, rel[:i], name[:len(name)-len(rel)+i]); err != nil {
			return err
		}
	}
	return whole(do(r, rel), name)
}

// whole puts the whole path into an error that has it from the folder on.
func whole(err error, name string) error {
	if p, ok := err.(*fs.PathError); ok {
		return &fs.PathError{Op: p.Op, Path: name, Err: p.Err}
	}
	return err
}

func isFolder(r *os.Root, rel, name string) error {
	info, err := r.Lstat(rel)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrNotFolder}
	}
	return whole(err, name)
}

// Open opens a file. Nothing is waited for: a pipe that is put there after it was looked at is opened
// without waiting, and then refused.
func (o OS) Open(name string) (io.ReadCloser, error) {
	var f *os.File
	err := o.within("open", name, func(r *os.Root, rel string) (err error) {
		info, err := r.Lstat(rel)
		if err != nil {
			return err
		}
		if !IsFile(info.Mode()) {
			return &fs.PathError{Op: "open", Path: name, Err: ErrNotFile}
		}
		if f, err = r.OpenFile(rel, os.O_RDONLY|OpenFlags, 0); err != nil {
			return err
		}
		if info, err = f.Stat(); err == nil && !IsFile(info.Mode()) {
			err = &fs.PathError{Op: "open", Path: name, Err: ErrNotFile}
		}
		if err != nil {
			return errors.Join(err, f.Close())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Create makes a file that was not there. What an interruption left under its name gives way, and
// nothing else.
func (o OS) Create(name string) (File, error) {
	var f *os.File
	err := o.within("create", name, func(r *os.Root, rel string) (err error) {
		info, err := r.Lstat(rel)
		if err == nil {
			if !IsFile(info.Mode()) || !strings.HasSuffix(rel, PartSuffix) || !unfinished(r, rel) {
				return &fs.PathError{Op: "create", Path: name, Err: ErrNotFile}
			}
			if err := held.Do(func() error { return r.Remove(rel) }, name); err != nil {
				return err
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return held.Do(func() (err error) {
			f, err = r.OpenFile(rel, os.O_WRONLY|os.O_CREATE|os.O_EXCL|OpenFlags, FileMode)
			return err
		}, name)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// begins are how the files of a vault begin: an age file, and vault.json.
var begins = []string{"age-encryption.org/v1\n", "{\n"}

// unfinished tells a file of the vault that was not finished from one of somebody else: it is
// empty, or begins as the vault's do. After a power cut there may be zeros where bytes never
// arrived.
func unfinished(r *os.Root, rel string) bool {
	f, err := r.OpenFile(rel, os.O_RDONLY|OpenFlags, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !IsFile(info.Mode()) {
		return false
	}
	start := make([]byte, len(begins[0]))
	n, err := io.ReadFull(f, start)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	start = start[:n]
	if strings.Trim(string(start), "\x00") == "" {
		return true
	}
	for _, begin := range begins {
		if m := min(n, len(begin)); string(start[:m]) == begin[:m] {
			return true
		}
	}
	return false
}

// Rename moves a file, also over another file; a link, a pipe or a folder neither is moved nor
// gives way.
func (o OS) Rename(from, to string) error {
	return o.within("rename", to, func(r *os.Root, rel string) error {
		old := rel[:len(rel)-len(filepath.Base(to))] + filepath.Base(from)
		if filepath.Dir(from) != filepath.Dir(to) {
			return &fs.PathError{Op: "rename", Path: from, Err: errors.New("is in another folder")}
		}
		info, err := r.Lstat(old)
		if err != nil {
			return whole(err, from)
		}
		if !IsFile(info.Mode()) {
			return &fs.PathError{Op: "rename", Path: from, Err: ErrNotFile}
		}
		info, err = r.Lstat(rel)
		if err == nil && !IsFile(info.Mode()) {
			return &fs.PathError{Op: "rename", Path: to, Err: ErrNotFile}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return held.Do(func() error { return r.Rename(old, rel) }, from, to)
	})
}

// Remove removes a file or an empty folder. A link, a pipe or a device stays, because the vault has
// none, and so does what only has the name of an unfinished file.
func (o OS) Remove(name string) error {
	return o.within("remove", name, func(r *os.Root, rel string) error {
		info, err := r.Lstat(rel)
		if err != nil {
			return err
		}
		foreign := !info.IsDir() && (!IsFile(info.Mode()) || strings.HasSuffix(rel, PartSuffix) && !unfinished(r, rel))
		if foreign {
			return &fs.PathError{Op: "remove", Path: name, Err: ErrNotFile}
		}
		return held.Do(func() error { return r.Remove(rel) }, name)
	})
}

// Mkdir makes a folder. The one that nothing may leave is the person's choice, and so is the way to it.
func (o OS) Mkdir(name string) error {
	if o.Dir == "" || filepath.Clean(o.Dir) == filepath.Clean(name) {
		return os.MkdirAll(name, dirMode)
	}
	parent := filepath.Dir(name)
	if parent != name {
		if err := o.Mkdir(parent); err != nil {
			return err
		}
	}
	return o.within("mkdir", name, func(r *os.Root, rel string) error {
		err := r.Mkdir(rel, dirMode)
		if errors.Is(err, fs.ErrExist) {
			return isFolder(r, rel, name)
		}
		return err
	})
}

// ReadDir lists a folder in the order of names.
func (o OS) ReadDir(name string) (list []fs.DirEntry, err error) {
	err = o.folder("readdir", name, func(f *os.File) error {
		list, err = f.ReadDir(-1)
		return err
	})
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}

// folder calls do with an open folder.
func (o OS) folder(op, name string, do func(*os.File) error) error {
	if o.Dir == "" {
		o.Dir = name
	}
	return o.within(op, name, func(r *os.Root, rel string) error {
		if rel != "." {
			if err := isFolder(r, rel, name); err != nil {
				return err
			}
		}
		f, err := r.OpenFile(rel, os.O_RDONLY|OpenFlags, 0)
		if err != nil {
			return err
		}
		return errors.Join(do(f), f.Close())
	})
}

// Exists reports whether there is anything of that name.
func (o OS) Exists(name string) (there bool, err error) {
	if filepath.Clean(o.Dir) == filepath.Clean(name) || o.Dir == "" {
		_, err = os.Lstat(name)
	} else {
		err = o.within("stat", name, func(r *os.Root, rel string) error { _, err := r.Lstat(rel); return err })
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (o OS) SyncDir(name string) error { return o.syncDir(name) }
