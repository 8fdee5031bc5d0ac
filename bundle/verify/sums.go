package verify

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"strings"

	"constat/evidence/reader"
)

// sums is what was found by reading a file to its end.
type sums struct {
	sha256 reader.SHA256
	sha512 reader.SHA512
}

// digester computes both digests of what is written to it, and counts.
type digester struct {
	h256, h512 hash.Hash
	n          int64
}

func newDigester() *digester { return &digester{h256: sha256.New(), h512: sha512.New()} }

// atOnce is from how many bytes on it pays to compute both digests at the same time.
const atOnce = 64 << 10

func (d *digester) Write(p []byte) (int, error) {
	if len(p) < atOnce {
		d.h256.Write(p)
		d.h512.Write(p)
	} else {
		done := make(chan struct{})
		go func() {
			d.h512.Write(p)
			close(done)
		}()
		d.h256.Write(p)
		<-done // the bytes are the reader's again
	}
	d.n += int64(len(p))
	return len(p), nil
}

func (d *digester) sums() (sums, int64) {
	return sums{reader.SHA256(d.h256.Sum(nil)), reader.SHA512(d.h512.Sum(nil))}, d.n
}

func sumOf(b []byte) reader.SHA256 { return sha256.Sum256(b) }

// parseSum reads 64 lower-case hexadecimal digits; nothing but zeros is no digest.
func parseSum(s string) (d reader.SHA256, ok bool) {
	if len(s) != 2*len(d) || strings.Trim(s, "0123456789abcdef") != "" {
		return d, false
	}
	_, err := hex.Decode(d[:], []byte(s))
	return d, err == nil && !d.IsZero()
}
