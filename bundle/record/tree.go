package record

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // the hash functions that a record may have
	_ "crypto/sha3"
	_ "crypto/sha512"
	"errors"
	"fmt"
	"slices"
)

// ErrRecord: what is there is no record that this package can go on with.
var ErrRecord = errors.New("not an evidence record of this program")

// Hashes are the hash functions that a record may have, the best first.
func Hashes() []crypto.Hash {
	return []crypto.Hash{crypto.SHA512, crypto.SHA3_256, crypto.SHA3_512, crypto.SHA384, crypto.SHA256}
}

// oids are their names in DER (RFC 5754 clause 2; NIST, Computer Security Objects
// Register): all are 2.16.840.1.101.3.4.2 and one number.
func oidOf(h crypto.Hash) ([]byte, error) {
	last := map[crypto.Hash]byte{crypto.SHA256: 1, crypto.SHA384: 2, crypto.SHA512: 3, crypto.SHA3_256: 8, crypto.SHA3_512: 10}
	n, ok := last[h]
	if !ok {
		return nil, fmt.Errorf("%w: hash %v", ErrRecord, h)
	}
	return []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n}, nil
}

func hashOf(oid []byte) (crypto.Hash, error) {
	for _, h := range Hashes() {
		if known, err := oidOf(h); err == nil && bytes.Equal(known, oid) {
			return h, nil
		}
	}
	return 0, fmt.Errorf("%w: hash %x", ErrRecord, oid)
}

// Tree is a hash tree of one group: the digests of its members, and what they
// come to.
type Tree struct {
	Hash crypto.Hash
	Sums [][]byte // ascending
}

// NewTree makes the tree of a group. Members with the same bytes are as many as there are.
func NewTree(h crypto.Hash, sums [][]byte) (Tree, error) {
	if _, err := oidOf(h); err != nil {
		return Tree{}, err
	}
	t := Tree{Hash: h, Sums: slices.Clone(sums)}
	slices.SortFunc(t.Sums, bytes.Compare)
	for _, s := range t.Sums {
		if len(s) != h.Size() {
			return Tree{}, fmt.Errorf("%w: a digest of %d bytes by %v", ErrRecord, len(s), h)
		}
	}
	if len(t.Sums) == 0 {
		return Tree{}, fmt.Errorf("%w: of nothing", ErrRecord)
	}
	return t, nil
}

// Root is what the timestamp is over: the digest of all digests in their order;
// of one alone, that one (clause 4.2).
func (t Tree) Root() []byte {
	if len(t.Sums) == 1 {
		return t.Sums[0]
	}
	return sum(t.Hash, t.Sums...)
}

func sum(h crypto.Hash, parts ...[]byte) []byte {
	w := h.New()
	for _, p := range parts {
		w.Write(p)
	}
	return w.Sum(nil)
}
