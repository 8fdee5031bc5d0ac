package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"constat/bundle/seal"
)

// sink is where a bundle goes. put reads r to its end; names are relative, with
// slashes. After commit the bundle is durable under target; abort removes what
// was written and may follow a failed commit.
type sink interface {
	put(ctx context.Context, name string, r io.Reader) error
	commit() error
	abort() error
	target() string
}

// refuse returns an *ExistsError if there is anything at path.
func refuse(d disk, path string) error {
	switch err := d.Lstat(path); {
	case err == nil:
		return &ExistsError{Path: path}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return err
	}
}

func partialName(path string) (dir, pattern string) {
	return filepath.Dir(path), "." + filepath.Base(path) + ".partial-*"
}

// folder writes files.
type folder struct {
	disk    disk
	path    string
	partial string
	renamed bool            // what is at path is ours
	dirs    map[string]bool // made so far, relative
}

func newFolder(d disk, path string) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := refuse(d, path); err != nil {
		return nil, err
	}
	partial, err := d.MkdirTemp(partialName(path))
	if err != nil {
		return nil, err
	}
	return &folder{disk: d, path: path, partial: partial, dirs: map[string]bool{".": true}}, nil
}

func (f *folder) target() string { return f.path }

func (f *folder) put(ctx context.Context, name string, r io.Reader) error {
	dir := filepath.Dir(filepath.FromSlash(name))
	if !f.dirs[dir] {
		if err := f.disk.MkdirAll(filepath.Join(f.partial, dir)); err != nil {
			return err
		}
		for d := dir; !f.dirs[d]; d = filepath.Dir(d) {
			f.dirs[d] = true
		}
	}
	out, err := f.disk.Create(filepath.Join(f.partial, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	_, err = io.Copy(out, cancellable{ctx, r})
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

func (f *folder) commit() error {
	for d := range f.dirs {
		if err := f.disk.SyncDir(filepath.Join(f.partial, d)); err != nil {
			return err
		}
	}
	if err := refuse(f.disk, f.path); err != nil {
		return err
	}
	if err := f.disk.Rename(f.partial, f.path); err != nil {
		return err
	}
	f.renamed = true
	return f.disk.SyncDir(filepath.Dir(f.path))
}

func (f *folder) abort() error {
	if f.renamed {
		return f.disk.RemoveAll(f.path)
	}
	return f.disk.RemoveAll(f.partial)
}

// Sealing is how a ZIP is closed to everybody but those whom it is for.
type Sealing struct {
	Password string // of each entry; empty: none
	// HideNames puts all of it into one inner ZIP, ContentsName, so that the outer one shows neither
	// names nor sizes of files; it takes a Password.
	HideNames bool
	// Wrap encrypts the file as a whole, on its way to the disk; nil: it is not.
	Wrap func(w io.Writer) (io.WriteCloser, error)
	// Most is how many bytes a file may have where it is made; 0: no limit is known.
	Most int64
}

// TooLargeError: the file would have more bytes than one may have where it was to be made. Nothing of it is left.
type TooLargeError struct{ Most int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the file becomes larger than %d bytes", e.Most)
}

// atMost writes so many bytes, and none of what does not fit.
type atMost struct {
	w          io.Writer
	left, most int64
}

func (a *atMost) Write(p []byte) (int, error) {
	if int64(len(p)) > a.left {
		return 0, &TooLargeError{Most: a.most}
	}
	n, err := a.w.Write(p)
	a.left -= int64(n)
	return n, err
}

// ContentsName is the one entry of a ZIP that hides its names.
const ContentsName = "contents.zip"

// archive writes entries of a ZIP.
type archive struct {
	disk    disk
	path    string
	top     string // the one folder in it
	file    file
	zip     *seal.Writer
	around  []io.Closer // what lies around zip, from within; closed in this order
	renamed bool        // what is at path is ours
}

func newArchive(d disk, path string, s Sealing, at time.Time) (*archive, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := refuse(d, path); err != nil {
		return nil, err
	}
	f, err := d.CreateTemp(partialName(path))
	if err != nil {
		return nil, err
	}
	a := &archive{disk: d, path: path, top: topOf(path), file: f}
	if err := a.open(s, at); err != nil {
		return nil, errors.Join(err, a.abort())
	}
	return a, nil
}

// topOf is the name of the folder in an archive: its own, without what says that it is one.
func topOf(path string) string {
	base := filepath.Base(path)
	for _, end := range []string{".age", ".zip"} {
		if ext := filepath.Ext(base); strings.EqualFold(ext, end) && len(ext) < len(base) {
			base = base[:len(base)-len(ext)]
		}
	}
	return base
}

// open puts the layers around each other: encryption of the whole, the archive that
// is seen, and the one in it.
func (a *archive) open(s Sealing, at time.Time) error {
	if s.HideNames && s.Password == "" {
		return fmt.Errorf("%w: names are hidden in an encrypted ZIP only", ErrInput)
	}
	var to io.Writer = a.file
	if s.Most > 0 {
		to = &atMost{w: to, left: s.Most, most: s.Most}
	}
	if s.Wrap != nil {
		w, err := s.Wrap(to)
		if err != nil {
			return err
		}
		a.around, to = append(a.around, w), w
	}
	if !s.HideNames {
		a.zip = seal.NewWriter(to, s.Password, at)
		return nil
	}
	outer := seal.NewWriter(to, s.Password, at)
	entry, err := outer.Create(ContentsName)
	if err != nil {
		return err
	}
	a.around = append([]io.Closer{entry, outer}, a.around...)
	a.zip = seal.NewWriter(entry, "", at)
	return nil
}

func (a *archive) target() string { return a.path }

func (a *archive) put(ctx context.Context, name string, r io.Reader) error {
	return a.zip.Add(a.top+"/"+name, cancellable{ctx, r})
}

func (a *archive) commit() error {
	if err := a.zip.Close(); err != nil {
		return err
	}
	for _, c := range a.around {
		if err := c.Close(); err != nil {
			return err
		}
	}
	if err := errors.Join(a.file.Sync(), a.file.Close()); err != nil {
		return err
	}
	if err := refuse(a.disk, a.path); err != nil {
		return err
	}
	if err := a.disk.Rename(a.file.Name(), a.path); err != nil {
		return err
	}
	a.renamed = true
	return a.disk.SyncDir(filepath.Dir(a.path))
}

func (a *archive) abort() error {
	_ = a.file.Close() // closed already after a failed commit
	if a.renamed {
		return a.disk.RemoveAll(a.path)
	}
	return a.disk.RemoveAll(a.file.Name())
}

// cancellable ends a copy within one read after its context ends.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
