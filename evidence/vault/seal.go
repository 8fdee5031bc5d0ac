package vault

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"filippo.io/age"

	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

// seal encrypts everything that write writes to w.
func seal(w io.Writer, write func(io.Writer) error, to ...age.Recipient) error {
	a, err := age.Encrypt(w, to...)
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	if err := write(a); err != nil {
		return err
	}
	return a.Close()
}

// sealed is seal as a function of the writer, for [disk.write].
func sealed(b []byte, to ...age.Recipient) func(io.Writer) error {
	return func(w io.Writer) error {
		return seal(w, func(w io.Writer) error { _, err := w.Write(b); return err }, to...)
	}
}

// source remembers an error of the file system, so that a disk that cannot be
// read is not taken for a damaged file.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// opened reads the plaintext of one file. It turns every fault that is in the
// file's bytes into a *[CorruptError].
type opened struct {
	path   string // within the vault
	file   io.Closer
	source *source
	plain  io.Reader
}

func (o *opened) Read(p []byte) (int, error) {
	n, err := o.plain.Read(p)
	if err != nil && err != io.EOF {
		err = o.fault(err)
	}
	return n, err
}

func (o *opened) Close() error { return o.file.Close() }

func (o *opened) fault(err error) error {
	if o.source.err != nil {
		return fmt.Errorf("read %s: %w", o.path, o.source.err)
	}
	return &CorruptError{Path: o.path, Reason: "does not decrypt", Err: err}
}

// openSealed opens an encrypted file of the vault; rel has slashes.
func openSealed(d disk.Disk, root, rel string, id age.Identity) (*opened, error) {
	file, err := d.FS.Open(filepath.Join(root, filepath.FromSlash(rel)))
	if err != nil && d.Missing(err) {
		return nil, &CorruptError{Path: rel, Reason: "is missing", Err: err}
	}
	if planted(err) {
		return nil, &CorruptError{Path: rel, Reason: "cannot be opened", Err: err}
	}
	if err != nil {
		return nil, d.Gone(err)
	}
	o := &opened{path: rel, file: file, source: &source{r: file}}
	o.plain, err = age.Decrypt(o.source, id)
	if err != nil {
		return nil, errors.Join(o.fault(err), file.Close())
	}
	return o, nil
}

// readSealed returns the whole plaintext of a file, which may have at most limit bytes.
func readSealed(d disk.Disk, root, rel string, id age.Identity, limit int64) ([]byte, error) {
	o, err := openSealed(d, root, rel, id)
	if err != nil {
		return nil, err
	}
	return readAll(o, limit)
}

// readAll reads and closes.
func readAll(o *opened, limit int64) (b []byte, err error) {
	defer func() { err = errors.Join(err, o.Close()) }()
	b, err = io.ReadAll(io.LimitReader(o, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, &CorruptError{Path: o.path, Reason: fmt.Sprintf("holds more than %d bytes", limit)}
	}
	return b, nil
}

// place is that of an object of the case.
func (c *Case) place(object string) origin.Place {
	return origin.Place{Key: c.v.keys.Object, Case: c.id, Object: object}
}

// openProven opens an object of the case. Without a proof of origin it is refused, unless it was
// recorded before the vault gave any.
func (c *Case) openProven(object string, old bool) (*opened, error) {
	w := &origin.Witness{Identity: c.v.identity, Place: c.place(object)}
	o, err := openSealed(c.v.disk, c.v.dir, c.object(object), w)
	if err != nil {
		return nil, err
	}
	if !w.Proven && !old {
		return nil, errors.Join(foreign(c.object(object)), o.Close())
	}
	return o, nil
}
