package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"constat/evidence/vault/disk"
)

// Folder is a folder, of a stick or of another disk. It must be there: a stick that is not plugged
// in is not made anew.
type Folder struct{ Dir string }

var _ Place = Folder{}

func (f Folder) disk() disk.Disk { return disk.New(f.Dir, nil, nil) }

// present tells a folder that is away from a file that is missing.
func (f Folder) present() error {
	info, err := os.Stat(f.Dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: f.Dir, Err: syscall.ENOTDIR}
	}
	if err != nil {
		return &PlaceError{Kind: Unreachable, Err: err}
	}
	return nil
}

func (f Folder) path(name string) string { return filepath.Join(f.Dir, filepath.FromSlash(name)) }

// Put implements [Place].
func (f Folder) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	if err := f.present(); err != nil {
		return err
	}
	d, path := f.disk(), f.path(name)
	dir, base := filepath.Split(path)
	dir = filepath.Clean(dir)
	if there, err := d.FS.Exists(path); err == nil && there {
		return ErrThere
	}
	if err := d.FS.Mkdir(dir); err != nil {
		return placed(err)
	}
	err := d.Stage(dir, base, func(w io.Writer) (err error) {
		r, err := open()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		n, err := io.Copy(w, disk.Until(ctx, r))
		if err == nil && n != size {
			err = fmt.Errorf("%d bytes in place of %d", n, size)
		}
		return err
	})
	if err != nil {
		return placed(err)
	}
	if there, err := d.FS.Exists(path); err != nil || there {
		_ = d.FS.Remove(path + disk.PartSuffix)
		return errors.Join(ErrThere, err)
	}
	if err := d.Publish(dir, base); err != nil {
		return placed(err)
	}
	// The folders above may be new, too.
	return placed(d.FS.SyncDir(filepath.Dir(dir)))
}

// Get implements [Place].
func (f Folder) Get(_ context.Context, name string, try int) (io.ReadCloser, error) {
	if err := f.present(); err != nil {
		return nil, err
	}
	if try > 0 {
		return nil, ErrMissing
	}
	r, err := f.disk().FS.Open(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	return r, placed(err)
}

// Size implements [Place].
func (f Folder) Size(ctx context.Context, name string) (int64, error) {
	if err := f.present(); err != nil {
		return 0, err
	}
	info, err := os.Lstat(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, ErrMissing
	}
	if err == nil && !disk.IsFile(info.Mode()) {
		err = disk.ErrNotFile
	}
	if err != nil {
		return 0, placed(err)
	}
	return info.Size(), nil
}

// Folders implements [Place].
func (f Folder) Folders(_ context.Context, each func(string) error) error {
	if err := f.present(); err != nil {
		return err
	}
	entries, err := f.disk().FS.ReadDir(f.Dir)
	if err != nil {
		return placed(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if err := each(e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// List implements [Place].
func (f Folder) List(ctx context.Context, prefix, after string, each func(string, int64) error) error {
	if err := f.present(); err != nil {
		return err
	}
	return f.list(ctx, strings.TrimSuffix(prefix, "/"), after, each)
}

func (f Folder) list(ctx context.Context, dir, after string, each func(string, int64) error) error {
	entries, err := f.disk().FS.ReadDir(f.path(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return placed(err)
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		name := e.Name()
		if dir != "" {
			name = dir + "/" + name
		}
		if e.IsDir() {
			if err := f.list(ctx, name, after, each); err != nil {
				return err
			}
			continue
		}
		if !disk.IsFile(e.Type()) || strings.HasSuffix(name, disk.PartSuffix) || name <= after {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return placed(err)
		}
		if err := each(name, info.Size()); err != nil {
			return err
		}
	}
	return nil
}

// placed sorts an error of a file system.
func placed(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*PlaceError](err); ok {
		return err
	}
	kind := Broken
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		kind = Full
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		kind = Refused
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EIO):
		kind = Unreachable
	}
	return &PlaceError{Kind: kind, Err: err}
}
