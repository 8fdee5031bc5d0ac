package vault

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
)

// partSuffix marks what is not finished. Such a file was never recorded and
// may be removed by whoever holds the vault's lock.
const partSuffix = ".part"

const writeBuffer = 16 << 10 // bytes

// disk is the one door for writing. Nothing else in this package creates,
// renames or removes files.
type disk struct {
	fs      fsys
	rand    io.Reader
	present func() error // says, with a *GoneError, that the vault's folder is gone; nil before it is locked
}

// missing tells a file that is not there from a folder that is gone.
func (d disk) missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) && (d.present == nil || d.present() == nil)
}

// gone puts a *GoneError in the place of an error that comes from it.
func (d disk) gone(err error) error {
	if err == nil || d.present == nil {
		return err
	}
	if gone := d.present(); gone != nil {
		return gone
	}
	return err
}

func newDisk(o Options) disk {
	d := disk{fs: o.fs, rand: o.Rand}
	if d.fs == nil {
		d.fs = osFS{}
	}
	if d.rand == nil {
		d.rand = rand.Reader
	}
	return d
}

// randomHex returns a name of n random bytes.
func (d disk) randomHex(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(d.rand, b); err != nil {
		return "", fmt.Errorf("random name: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// objectNameBytes makes names of 32 hex characters.
const objectNameBytes = 16

// stage writes a file beside its final name and makes it durable there. What
// could not be written completely is removed.
func (d disk) stage(dir, name string, write func(io.Writer) error) (err error) {
	part := filepath.Join(dir, name+partSuffix)
	f, err := d.fs.Create(part)
	if err != nil {
		return d.gone(err)
	}
	defer func() {
		if err != nil {
			// The first error is the one that matters; a left-over is swept later.
			_ = d.fs.Remove(part)
		}
	}()
	// age writes its header in small pieces; what is larger passes through.
	buffer := bufio.NewWriterSize(f, writeBuffer)
	if err := write(buffer); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := buffer.Flush(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return d.fs.SyncDir(dir)
}

// publish gives staged files their final names and makes that durable. After
// an error some of them may have theirs.
func (d disk) publish(dir string, names ...string) error {
	for _, name := range names {
		if err := d.rename(dir, name); err != nil {
			return err
		}
	}
	return d.fs.SyncDir(dir)
}

// rename is publish without making it durable.
func (d disk) rename(dir, name string) error {
	path := filepath.Join(dir, name)
	return d.gone(d.fs.Rename(path+partSuffix, path))
}

// write stages and publishes one file, replacing what is there.
func (d disk) write(dir, name string, write func(io.Writer) error) error {
	if err := d.stage(dir, name, write); err != nil {
		return err
	}
	return d.publish(dir, name)
}

// remove removes files under either of their names, as far as it can.
func (d disk) remove(dir string, names ...string) error {
	var errs []error
	for _, name := range names {
		for _, n := range []string{name, name + partSuffix} {
			if err := d.fs.Remove(filepath.Join(dir, n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// mkdir makes a folder, unless it is there, and makes it durable in its parent.
func (d disk) mkdir(dir string) error {
	if there, err := d.fs.Exists(dir); there || err != nil {
		return err
	}
	if err := d.fs.Mkdir(dir); err != nil {
		return err
	}
	return d.fs.SyncDir(filepath.Dir(dir))
}

// sweep removes what was never finished from a folder, which may be missing.
// What cannot be removed, as on a write-protected stick, stays: nothing depends
// on it, and it must not keep the person from reading.
func (d disk) sweep(dir string) error {
	entries, err := d.readDir(dir)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), partSuffix) && e.Type().IsRegular() {
			_ = d.fs.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return err
}

// readDir lists a folder; one that is missing from the vault is empty.
func (d disk) readDir(dir string) ([]fs.DirEntry, error) {
	entries, err := d.fs.ReadDir(dir)
	if err != nil && d.missing(err) {
		return nil, nil
	}
	return entries, d.gone(err)
}

// ctxReader ends a copy when its context does.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
