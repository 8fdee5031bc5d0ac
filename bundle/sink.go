package bundle

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
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
func refuse(path string) error {
	_, err := os.Lstat(path)
	switch {
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
	path    string
	partial string
	dirs    map[string]bool // made so far, relative
}

func newFolder(path string) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := refuse(path); err != nil {
		return nil, err
	}
	partial, err := os.MkdirTemp(partialName(path))
	if err != nil {
		return nil, err
	}
	return &folder{path: path, partial: partial, dirs: map[string]bool{".": true}}, nil
}

func (f *folder) target() string { return f.path }

func (f *folder) put(ctx context.Context, name string, r io.Reader) error {
	dir := filepath.Dir(filepath.FromSlash(name))
	if !f.dirs[dir] {
		if err := os.MkdirAll(filepath.Join(f.partial, dir), 0o700); err != nil {
			return err
		}
		for d := dir; !f.dirs[d]; d = filepath.Dir(d) {
			f.dirs[d] = true
		}
	}
	out, err := os.OpenFile(filepath.Join(f.partial, filepath.FromSlash(name)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
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
		if err := syncDir(filepath.Join(f.partial, d)); err != nil {
			return err
		}
	}
	if err := refuse(f.path); err != nil {
		return err
	}
	if err := os.Rename(f.partial, f.path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(f.path))
}

func (f *folder) abort() error { return os.RemoveAll(f.partial) }

// archive writes entries of a ZIP.
type archive struct {
	path string
	top  string // the one folder in it
	file *os.File
	zip  *seal.Writer
}

func newArchive(path, password string, at time.Time) (*archive, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := refuse(path); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(partialName(path))
	if err != nil {
		return nil, err
	}
	base := filepath.Base(path)
	if ext := filepath.Ext(base); strings.EqualFold(ext, ".zip") && len(ext) < len(base) {
		base = base[:len(base)-len(ext)]
	}
	return &archive{path: path, top: base, file: f, zip: seal.NewWriter(f, password, at)}, nil
}

func (a *archive) target() string { return a.path }

func (a *archive) put(ctx context.Context, name string, r io.Reader) error {
	return a.zip.Add(a.top+"/"+name, cancellable{ctx, r})
}

func (a *archive) commit() error {
	if err := a.zip.Close(); err != nil {
		return err
	}
	if err := errors.Join(a.file.Sync(), a.file.Close()); err != nil {
		return err
	}
	if err := refuse(a.path); err != nil {
		return err
	}
	if err := os.Rename(a.file.Name(), a.path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(a.path))
}

func (a *archive) abort() error {
	a.file.Close() // closed already after a failed commit
	if err := os.Remove(a.file.Name()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
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
