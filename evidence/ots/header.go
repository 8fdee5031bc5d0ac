package ots

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Header is the header of a Bitcoin block, of 80 bytes, as somebody brought it.
type Header struct {
	raw  [80]byte
	hash [32]byte
}

// LeastZeros is with how many zero bits the hash of a block begins at least: so it was
// for the first blocks. A header with fewer is of no block of Bitcoin.
const LeastZeros = 32

// ParseHeader reads one in hexadecimal, and takes it only if the work that it names
// was done on it, however little that is ([Header.Zeros]). Whether it is in the chain
// cannot be seen from it.
func ParseHeader(s string) (Header, error) {
	var h Header
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != len(h.raw) {
		return h, fmt.Errorf("a block header has %d bytes in hexadecimal", len(h.raw))
	}
	h.raw = [80]byte(b)
	once := sha256.Sum256(b)
	h.hash = sha256.Sum256(once[:])
	be := slices.Clone(h.hash[:])
	slices.Reverse(be)
	target := target(binary.LittleEndian.Uint32(b[72:]))
	if target.Sign() <= 0 || new(big.Int).SetBytes(be).Cmp(target) > 0 {
		return h, fmt.Errorf("block header: its hash, which begins with %d zero bits, is not the work that it names", h.Zeros())
	}
	return h, nil
}

// target is the number that a block's hash may not be above, in Bitcoin's short form.
func target(short uint32) *big.Int {
	t := big.NewInt(int64(short & 0x7fffff))
	if short&0x800000 != 0 {
		return new(big.Int)
	}
	if e := int(short>>24) - 3; e >= 0 {
		return t.Lsh(t, uint(e)*8)
	} else {
		return t.Rsh(t, uint(-e)*8)
	}
}

// Confirms reports whether an attestation leads to this block's Merkle root.
func (h Header) Confirms(a Attestation) bool {
	return a.Kind == Bitcoin && bytes.Equal(a.Message, h.raw[36:68])
}

// Time is when it was made, by its maker's account.
func (h Header) Time() time.Time {
	return time.Unix(int64(binary.LittleEndian.Uint32(h.raw[68:])), 0).UTC()
}

// Hash is the block's, as block explorers write it.
func (h Header) Hash() string {
	b := slices.Clone(h.hash[:])
	slices.Reverse(b)
	return hex.EncodeToString(b)
}

// Zeros is with how many zero bits its hash begins: what it cost to make it.
func (h Header) Zeros() (n int) {
	for _, b := range slices.Backward(h.hash[:]) {
		n += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return n
}
