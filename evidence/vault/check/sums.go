package check

import (
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"constat/evidence/reader"
)

// digester computes both digests of what is written to it, and counts.
type digester struct {
	h256, h512 hash.Hash
	n          int64
}

func newDigester() *digester { return &digester{h256: sha256.New(), h512: sha512.New()} }

func (d *digester) Write(p []byte) (int, error) {
	d.h256.Write(p)
	d.h512.Write(p)
	d.n += int64(len(p))
	return len(p), nil
}

func (d *digester) sums() (reader.SHA256, reader.SHA512, int64) {
	return reader.SHA256(d.h256.Sum(nil)), reader.SHA512(d.h512.Sum(nil)), d.n
}

func sumOf(b []byte) reader.SHA256 { return sha256.Sum256(b) }
