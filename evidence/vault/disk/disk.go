package disk

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
	"sync/atomic"
)

// PartSuffix marks what is not finished. Such a file was never recorded and
// may be removed by whoever holds the vault's lock.
const PartSuffix = ".part"

const writeBuffer = 16 << 10 // bytes

// Disk is the one door for writing. Nothing else in a vault creates, renames or
// removes files.
type Disk struct {
	FS      FS
	Rand    io.Reader
	Present func() error   // says, with an error of its own, that the vault's folder is gone; nil before it is locked
	Written *atomic.Uint64 // how many files got their final name
}

// Missing tells a file that is not there from a folder that is gone.
func (d Disk) Missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) && (d.Present == nil || d.Present() == nil)
}

// Gone puts the error that says that the folder is gone in the place of one that comes from it.
func (d Disk) Gone(err error) error {
	if err == nil || d.Present == nil {
		return err
	}
	if gone := d.Present(); gone != nil {
		return gone
	}
	return err
}

// New is the door to one folder on a file system, the real one if it is nil; random names come from
// rand, or from the system.
func New(dir string, system FS, random io.Reader) Disk {
	d := Disk{FS: system, Rand: random, Written: new(atomic.Uint64)}
	if d.FS == nil {
		d.FS = OS{Dir: dir}
	}
	if d.Rand == nil {
		d.Rand = rand.Reader
	}
	return d
}

// RandomHex returns a name of n random bytes.
func (d Disk) RandomHex(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(d.Rand, b); err != nil {
		return "", fmt.Errorf("random name: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// Stage writes a file beside its final name and makes it durable there. What
// could not be written completely is removed.
func (d Disk) Stage(dir, name string, write func(io.Writer) error) (err error) {
	part := filepath.Join(dir, name+PartSuffix)
	f, err := d.FS.Create(part)
	if err != nil {
		return d.Gone(err)
	}
	defer func() {
		if err != nil {
			// The first error is the one that matters; a left-over is swept later.
			_ = d.FS.Remove(part)
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
	return d.FS.SyncDir(dir)
}

// Publish gives staged files their final names and makes that durable. After
// an error some of them may have theirs.
func (d Disk) Publish(dir string, names ...string) error {
	for _, name := range names {
		if err := d.Rename(dir, name); err != nil {
			return err
		}
	}
	return d.FS.SyncDir(dir)
}

// Rename is Publish without making it durable.
func (d Disk) Rename(dir, name string) error {
	path := filepath.Join(dir, name)
	if err := d.FS.Rename(path+PartSuffix, path); err != nil {
		return d.Gone(err)
	}
	d.Written.Add(1)
	return nil
}

// Write stages and publishes one file, replacing what is there.
func (d Disk) Write(dir, name string, write func(io.Writer) error) error {
	if err := d.Stage(dir, name, write); err != nil {
		return err
	}
	return d.Publish(dir, name)
}

// Remove removes files under either of their names, as far as it can.
func (d Disk) Remove(dir string, names ...string) error {
	var errs []error
	for _, name := range names {
		for _, n := range []string{name, name + PartSuffix} {
			if err := d.FS.Remove(filepath.Join(dir, n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// Mkdir makes a folder, unless it is there, and makes it durable in its parent.
func (d Disk) Mkdir(dir string) error {
	if there, err := d.FS.Exists(dir); there || err != nil {
		return err
	}
	if err := d.FS.Mkdir(dir); err != nil {
		return err
	}
	return d.FS.SyncDir(filepath.Dir(dir))
}

// Sweep removes what was never finished from a folder, which may be missing:
// what has a name of the vault, by ours, and [PartSuffix]. What cannot be
// removed, as on a write-protected stick, stays: nothing depends on it, and it
// must not keep the person from reading.
func (d Disk) Sweep(dir string, ours func(name string) bool) error {
	entries, err := d.ReadDir(dir)
	for _, e := range entries {
		if name, part := strings.CutSuffix(e.Name(), PartSuffix); part && ours(name) && IsFile(e.Type()) {
			_ = d.FS.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return err
}

// ReadDir lists a folder; one that is missing from the vault is empty.
func (d Disk) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := d.FS.ReadDir(dir)
	if err != nil && d.Missing(err) {
		return nil, nil
	}
	return entries, d.Gone(err)
}

// Until reads from r until the context ends.
func Until(ctx context.Context, r io.Reader) io.Reader { return ctxReader{ctx, r} }

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
