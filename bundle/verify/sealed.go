package verify

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"hash"
	"io"
)

// errSealed reports an encrypted entry that is not AES-256 as WinZip specifies it,
// or whose bytes were altered.
var errSealed = errors.New("encrypted entry is damaged or of another kind")

// sealedEntry is where an encrypted entry's parts lie (WinZip's "AES Encryption
// Information", AE-1 and AE-2, 256 bits): salt, password check, data, code.
type sealedEntry struct {
	method uint16
	data   int64 // bytes of encrypted data
	salt   [16]byte
	check  [2]byte
	rest   io.Reader // data and code
}

func readSealed(f *zip.File) (*sealedEntry, error) {
	e := &sealedEntry{data: int64(f.CompressedSize64) - 16 - 2 - 10}
	if f.Method != 99 || e.data < 0 {
		return nil, errSealed
	}
	found := false
	for x := f.Extra; len(x) >= 4; {
		id, n := binary.LittleEndian.Uint16(x), int(binary.LittleEndian.Uint16(x[2:]))
		if len(x) < 4+n {
			return nil, errSealed
		}
		if body := x[4 : 4+n]; id == 0x9901 {
			if n != 7 || string(body[2:4]) != "AE" || body[4] != 3 || found {
				return nil, errSealed
			}
			e.method, found = binary.LittleEndian.Uint16(body[5:]), true
		}
		x = x[4+n:]
	}
	if !found || e.method != zip.Store && e.method != zip.Deflate {
		return nil, errSealed
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(raw, e.salt[:]); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(raw, e.check[:]); err != nil {
		return nil, err
	}
	e.rest = raw
	return e, nil
}

// keys derives both keys, or nil if the password is not the entry's.
func (e *sealedEntry) keys(password string) ([]byte, error) {
	k, err := pbkdf2.Key(sha1.New, password, e.salt[:], 1000, 66)
	if err != nil || [2]byte(k[64:]) != e.check {
		return nil, err
	}
	return k, nil
}

// accepts reports whether an entry's password check passes.
func accepts(f *zip.File, password string) bool {
	e, err := readSealed(f)
	if err != nil {
		return false
	}
	k, err := e.keys(password)
	return err == nil && k != nil
}

func openSealed(f *zip.File, password string) (io.ReadCloser, error) {
	e, err := readSealed(f)
	if err != nil {
		return nil, err
	}
	k, err := e.keys(password)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, errSealed
	}
	block, err := aes.NewCipher(k[:32])
	if err != nil {
		return nil, err
	}
	d := &decrypter{src: e.rest, left: e.data, block: block, mac: hmac.New(sha1.New, k[32:64])}
	if e.method == zip.Store {
		return io.NopCloser(d), nil
	}
	below := bufio.NewReaderSize(d, 1<<16)
	return &inflated{z: flate.NewReader(below), below: below}, nil
}

// decrypter reads plain bytes; it ends with io.EOF only if the code after the
// data is right.
type decrypter struct {
	src   io.Reader
	left  int64
	block cipher.Block
	mac   hash.Hash
	at    int64 // of the plain bytes
	err   error
}

func (d *decrypter) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.left == 0 {
		d.err = d.finish()
		return 0, d.err
	}
	if int64(len(p)) > d.left {
		p = p[:d.left]
	}
	n, err := d.src.Read(p)
	d.left -= int64(n)
	d.mac.Write(p[:n])
	decrypt(d.block, p[:n], d.at)
	d.at += int64(n)
	if err == io.EOF && d.left > 0 {
		d.err = io.ErrUnexpectedEOF
		return n, d.err
	}
	if err != nil && err != io.EOF {
		d.err = err
		return n, err
	}
	return n, nil
}

// decrypt turns encrypted bytes into plain ones; at is where they stand among the plain ones.
// The counter is little-endian and begins at 1.
func decrypt(block cipher.Block, p []byte, at int64) {
	var pad [4096]byte
	count, skip := uint64(at/aes.BlockSize)+1, int(at%aes.BlockSize)
	for len(p) > 0 {
		n := min(len(p), len(pad)-skip)
		for i := 0; i < skip+n; i += aes.BlockSize {
			b := pad[i : i+aes.BlockSize]
			clear(b)
			binary.LittleEndian.PutUint64(b, count)
			block.Encrypt(b, b)
			count++
		}
		subtle.XORBytes(p, p[:n], pad[skip:skip+n])
		p, skip = p[n:], 0
	}
}

func (d *decrypter) finish() error {
	var code [10]byte
	if _, err := io.ReadFull(d.src, code[:]); err != nil {
		return errSealed
	}
	if !hmac.Equal(code[:], d.mac.Sum(nil)[:10]) {
		return errSealed
	}
	return io.EOF
}

// inflated ends only when what lies below has ended as well, code and all.
type inflated struct {
	z     io.ReadCloser
	below io.Reader
}

func (i *inflated) Read(p []byte) (int, error) {
	n, err := i.z.Read(p)
	if err != io.EOF {
		return n, err
	}
	var more [1]byte
	switch k, err := i.below.Read(more[:]); {
	case k > 0:
		return n, errSealed
	case err != nil:
		return n, err
	}
	return n, io.EOF
}

func (i *inflated) Close() error { return i.z.Close() }
