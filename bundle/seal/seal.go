package seal

import (
	"archive/zip"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"path"
	"strings"
	"time"
)

// WinZip AE-2 with AES-256, as in its specification "AES Encryption Information".
const (
	methodAES  = 99
	extraID    = 0x9901
	saltBytes  = 16
	keyBytes   = 32
	checkBytes = 2
	macBytes   = 10
	rounds     = 1000
)

// General purpose flags of a ZIP entry (APPNOTE 4.4.4).
const (
	flagEncrypted = 1 << 0
	flagSizeAfter = 1 << 3 // sizes follow the data
	flagUTF8      = 1 << 11
)

// Writer writes one archive. It is not safe for concurrent use.
type Writer struct {
	zip      *zip.Writer
	password string
	at       time.Time
	names    map[string]bool
}

// ErrName reports an entry that cannot be added under its name.
var ErrName = errors.New("not a new relative name")

// NewWriter starts an archive. All entries carry the time at.
func NewWriter(w io.Writer, password string, at time.Time) *Writer {
	return &Writer{zip: zip.NewWriter(w), password: password, at: at, names: map[string]bool{}}
}

// compressed are the endings of files that do not get smaller.
var compressed = map[string]bool{
	".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".webp": true, ".heic": true, ".mp4": true, ".mov": true, ".webm": true,
	".mp3": true, ".m4a": true, ".ogg": true, ".opus": true, ".zip": true, ".wacz": true, ".gz": true, ".7z": true, ".pdf": true, ".docx": true,
}

// header checks a name, and says how its entry is packed.
func (w *Writer) header(name string) (*zip.FileHeader, uint16, error) {
	if name != path.Clean(name) || path.IsAbs(name) || name == "." || name == ".." || strings.HasPrefix(name, "../") ||
		strings.Contains(name, "\\") || w.names[name] {
		return nil, 0, ErrName
	}
	w.names[name] = true
	method := zip.Deflate
	if compressed[strings.ToLower(path.Ext(name))] {
		method = zip.Store
	}
	h := &zip.FileHeader{Name: name, Method: method, CreatorVersion: 3<<8 | 51, ReaderVersion: 20}
	//lint:ignore SA1019 Modified alone leaves the MS-DOS fields empty in a raw entry
	h.SetModTime(w.at) // fills in the MS-DOS fields, which a raw entry takes as they are
	h.SetMode(0o600)
	return h, method, nil
}

// Add reads r to its end into a new entry. A name is relative, with slashes.
func (w *Writer) Add(name string, r io.Reader) error {
	h, method, err := w.header(name)
	if err != nil {
		return err
	}
	if w.password == "" {
		out, err := w.zip.CreateHeader(h)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, r)
		return err
	}
	return w.addSealed(h, method, r)
}

func (w *Writer) addSealed(h *zip.FileHeader, method uint16, r io.Reader) error {
	e, err := w.sealed(h, method)
	if err != nil {
		return err
	}
	in := &countReader{r: r}
	if err := compress(e.enc, method, in); err != nil {
		return err
	}
	return e.end(in.n)
}

// sealedEntry is an encrypted entry while it is written.
type sealedEntry struct {
	h   *zip.FileHeader
	out *counter
	enc *encrypter
}

func (w *Writer) sealed(h *zip.FileHeader, method uint16) (*sealedEntry, error) {
	h.Method, h.ReaderVersion, h.Flags = methodAES, 51, flagEncrypted|flagSizeAfter|flagUTF8
	h.Extra = binary.LittleEndian.AppendUint16(nil, extraID)
	h.Extra = binary.LittleEndian.AppendUint16(h.Extra, 7)
	h.Extra = append(h.Extra, 2, 0, 'A', 'E', 3) // AE-2: no checksum of the plain text; AES-256
	h.Extra = binary.LittleEndian.AppendUint16(h.Extra, method)
	raw, err := w.zip.CreateRaw(h)
	if err != nil {
		return nil, err
	}
	out := &counter{w: raw}
	enc, err := newEncrypter(out, w.password)
	return &sealedEntry{h, out, enc}, err
}

// end writes the code over what was encrypted, n bytes of plain text.
func (e *sealedEntry) end(n uint64) error {
	if _, err := e.out.Write(e.enc.mac.Sum(nil)[:macBytes]); err != nil {
		return err
	}
	// zip.Writer writes the sizes after the data, from the header, when the
	// next entry begins or the archive is closed.
	e.h.UncompressedSize64, e.h.CompressedSize64 = n, e.out.n
	//lint:ignore SA1019 a raw entry is written with the short fields as they are
	e.h.UncompressedSize, e.h.CompressedSize = clamp(n), clamp(e.out.n)
	return nil
}

// Create begins a stored entry that is written piece by piece. It has to be closed before
// anything else is added.
func (w *Writer) Create(name string) (io.WriteCloser, error) {
	h, _, err := w.header(name)
	if err != nil {
		return nil, err
	}
	h.Method = zip.Store
	if w.password == "" {
		out, err := w.zip.CreateHeader(h)
		return plainEntry{out}, err
	}
	e, err := w.sealed(h, zip.Store)
	if err != nil {
		return nil, err
	}
	return &storedEntry{e: e}, nil
}

type plainEntry struct{ io.Writer }

func (plainEntry) Close() error { return nil }

type storedEntry struct {
	e *sealedEntry
	n uint64
}

func (s *storedEntry) Write(p []byte) (int, error) {
	n, err := s.e.enc.Write(p)
	s.n += uint64(n)
	return n, err
}

func (s *storedEntry) Close() error { return s.e.end(s.n) }

func compress(out io.Writer, method uint16, r io.Reader) error {
	if method == zip.Store {
		_, err := io.Copy(out, r)
		return err
	}
	f, err := flate.NewWriter(out, flate.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return f.Close()
}

// Close ends the archive; it does not close the writer below.
func (w *Writer) Close() error { return w.zip.Close() }

func clamp(n uint64) uint32 { return uint32(min(n, 1<<32-1)) }

type countReader struct {
	r io.Reader
	n uint64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	return n, err
}

type counter struct {
	w io.Writer
	n uint64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += uint64(n)
	return n, err
}

// encrypter encrypts with AES in counter mode. The counter is little-endian and
// begins at 1, unlike that of crypto/cipher.
type encrypter struct {
	w     io.Writer
	block cipher.Block
	mac   hash.Hash
	next  uint64
	key   [4096]byte // key stream
	used  int
	out   []byte
}

func newEncrypter(w io.Writer, password string) (*encrypter, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	keys, err := pbkdf2.Key(sha1.New, password, salt, rounds, 2*keyBytes+checkBytes)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(keys[:keyBytes])
	if err != nil {
		return nil, err
	}
	e := &encrypter{w: w, block: block, mac: hmac.New(sha1.New, keys[keyBytes:2*keyBytes]), next: 1}
	e.used = len(e.key)
	_, err = w.Write(append(salt, keys[2*keyBytes:]...))
	return e, err
}

func (e *encrypter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if e.used == len(e.key) {
			for i := 0; i < len(e.key); i += aes.BlockSize {
				clear(e.key[i : i+aes.BlockSize])
				binary.LittleEndian.PutUint64(e.key[i:], e.next)
				e.block.Encrypt(e.key[i:i+aes.BlockSize], e.key[i:i+aes.BlockSize])
				e.next++
			}
			e.used = 0
		}
		k := min(len(p), len(e.key)-e.used)
		e.out = append(e.out[:0], p[:k]...)
		subtle.XORBytes(e.out, e.out, e.key[e.used:e.used+k])
		e.mac.Write(e.out)
		if _, err := e.w.Write(e.out); err != nil {
			return 0, err
		}
		e.used += k
		p = p[k:]
	}
	return n, nil
}
