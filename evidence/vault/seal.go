package vault

import (
	"constat/evidence/vault/disk"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"filippo.io/age"
)

// maxFilling is the largest filling of an object's header, in bytes. The age
// header may be 2 MiB; filling is written in base 64.
const maxFilling = 32 << 10

// filling is an age recipient that nobody can decrypt with: a stanza of random
// length and content, of the kind ("-grease") that age implementations are
// required to skip. It blurs the length of the file and leaves the plaintext
// exactly what it is.
type filling struct{ rand io.Reader }

var _ age.RecipientWithLabels = filling{}

func (f filling) Wrap([]byte) ([]*age.Stanza, error) {
	var n [4]byte
	if _, err := io.ReadFull(f.rand, n[:]); err != nil {
		return nil, err
	}
	body := make([]byte, binary.LittleEndian.Uint32(n[:])%maxFilling)
	if _, err := io.ReadFull(f.rand, body); err != nil {
		return nil, err
	}
	return []*age.Stanza{{Type: "filling-grease", Body: body}}, nil
}

// WrapWithLabels carries the label of hybrid recipients: age refuses to mix
// them with recipients that have not got it, because those could weaken the file.
func (f filling) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	s, err := f.Wrap(key)
	return s, []string{"postquantum"}, err
}

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
func readSealed(d disk.Disk, root, rel string, id age.Identity, limit int64) (b []byte, err error) {
	o, err := openSealed(d, root, rel, id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	b, err = io.ReadAll(io.LimitReader(o, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, &CorruptError{Path: rel, Reason: fmt.Sprintf("holds more than %d bytes", limit)}
	}
	return b, nil
}
