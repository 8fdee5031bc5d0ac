package verify

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"io"
)

// contentsName is the one entry of a ZIP that shows no names: another ZIP, with the bundle in it.
const contentsName = "contents.zip"

// sealedAsAWhole reports a file that age wrote, as text or not.
func sealedAsAWhole(file io.ReaderAt) bool {
	var b [34]byte
	n, _ := file.ReadAt(b[:], 0)
	return bytes.HasPrefix(b[:n], []byte("age-encryption.org/")) || bytes.HasPrefix(b[:n], []byte("-----BEGIN AGE ENCRYPTED FILE-----"))
}

// innerArchive is the entry in which everything lies, if there is just that one.
func innerArchive(r *zip.Reader) *zip.File {
	if len(r.File) != 1 || r.File[0].Name != contentsName || r.File[0].Flags&1 == 0 {
		return nil
	}
	return r.File[0]
}

// inner reads a stored and encrypted entry from anywhere in it.
type inner struct {
	raw   io.ReaderAt // encrypted
	size  int64
	block cipher.Block
	whole bool // the code over all of it is right
}

// openInner takes one pass over the entry, to see that nobody altered it.
func openInner(ctx context.Context, file io.ReaderAt, f *zip.File, password string) (*inner, error) {
	e, err := readSealed(f)
	if err != nil || e.method != zip.Store {
		return nil, ErrNotBundle
	}
	k, err := e.keys(password)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, ErrPassword
	}
	at, err := f.DataOffset()
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		return nil, err
	}
	in := &inner{raw: io.NewSectionReader(file, at+18, e.data), size: e.data, block: block}
	mac := hmac.New(sha1.New, k[32:64])
	if _, err := io.CopyBuffer(mac, ended{ctx, io.LimitReader(e.rest, e.data)}, make([]byte, 1<<20)); err != nil {
		return nil, err
	}
	var code [10]byte
	_, err = io.ReadFull(e.rest, code[:])
	in.whole = err == nil && hmac.Equal(code[:], mac.Sum(nil)[:10])
	return in, nil
}

// ended reads until its context ends.
type ended struct {
	ctx context.Context
	r   io.Reader
}

func (e ended) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

func (in *inner) ReadAt(p []byte, at int64) (int, error) {
	n, err := in.raw.ReadAt(p, at)
	decrypt(in.block, p[:n], at)
	return n, err
}
