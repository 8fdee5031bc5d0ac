package evidence

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
)

// Digest is a SHA-256 value (FIPS 180-4). Its zero value is invalid, so that a
// digest that was never computed cannot be mistaken for one that was.
type Digest [sha256.Size]byte

// Digest512 is a SHA-512 value (FIPS 180-4). Its zero value is invalid.
type Digest512 [sha512.Size]byte

var (
	_ encoding.TextMarshaler   = Digest{}
	_ encoding.TextUnmarshaler = (*Digest)(nil)
	_ encoding.TextMarshaler   = Digest512{}
	_ encoding.TextUnmarshaler = (*Digest512)(nil)
)

// errDigest reports text that is not a digest in lower-case hexadecimal.
var errDigest = errors.New("not a digest in lower-case hexadecimal")

// Sum returns the SHA-256 of b.
func Sum(b []byte) Digest { return sha256.Sum256(b) }

// Sum512 returns the SHA-512 of b.
func Sum512(b []byte) Digest512 { return sha512.Sum512(b) }

// ParseDigest is the inverse of [Digest.String]: 64 lower-case hex characters.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	return d, parseHex(d[:], s)
}

// ParseDigest512 is the inverse of [Digest512.String]: 128 lower-case hex characters.
func ParseDigest512(s string) (Digest512, error) {
	var d Digest512
	return d, parseHex(d[:], s)
}

func parseHex(dst []byte, s string) error {
	if len(s) != hex.EncodedLen(len(dst)) || s != strings.ToLower(s) {
		return fmt.Errorf("%w: %.20q", errDigest, s)
	}
	if _, err := hex.Decode(dst, []byte(s)); err != nil {
		return fmt.Errorf("%w: %.20q", errDigest, s)
	}
	return nil
}

// String returns 64 lower-case hex characters, as sha256sum prints them.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// String returns 128 lower-case hex characters, as sha512sum prints them.
func (d Digest512) String() string { return hex.EncodeToString(d[:]) }

// IsZero reports whether the digest was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// IsZero reports whether the digest was never set.
func (d Digest512) IsZero() bool { return d == Digest512{} }

// Grouped returns the hex form in groups of four, for comparing by eye.
func (d Digest) Grouped() string {
	s := d.String()
	var b strings.Builder
	for i := 0; i < len(s); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s[i : i+4])
	}
	return b.String()
}

// MarshalText refuses the zero digest.
func (d Digest) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, errors.New("digest was never computed")
	}
	return []byte(d.String()), nil
}

// UnmarshalText is strict: see [ParseDigest].
func (d *Digest) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDigest(string(b))
	return err
}

// MarshalText refuses the zero digest.
func (d Digest512) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, errors.New("digest was never computed")
	}
	return []byte(d.String()), nil
}

// UnmarshalText is strict: see [ParseDigest512].
func (d *Digest512) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDigest512(string(b))
	return err
}

// Hasher computes both digests and the size of what is written to it.
// The zero value is not usable; call [NewHasher].
type Hasher struct {
	h256, h512 hash.Hash
	n          int64
}

var _ io.Writer = (*Hasher)(nil)

// NewHasher returns an empty Hasher.
func NewHasher() *Hasher { return &Hasher{h256: sha256.New(), h512: sha512.New()} }

// Write never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	h.h256.Write(p)
	h.h512.Write(p)
	h.n += int64(len(p))
	return len(p), nil
}

// Sums returns the digests and the number of bytes written so far.
func (h *Hasher) Sums() (Digest, Digest512, int64) {
	return Digest(h.h256.Sum(nil)), Digest512(h.h512.Sum(nil)), h.n
}
