package algorithm

import (
	"crypto"
	_ "crypto/sha256" // the hash functions that are accepted
	_ "crypto/sha3"
	_ "crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var (
	// ErrUnsupported reports what this program cannot check.
	ErrUnsupported = errors.New("this program cannot check it")
	// ErrWeak reports an algorithm that no longer proves anything.
	ErrWeak = errors.New("is not accepted")
)

// hashes are the hash functions that are accepted, by object identifier (RFC
// 5754 clause 2; NIST, Computer Security Objects Register, for SHA-3).
func hashes() map[string]crypto.Hash {
	const sha2 = "2.16.840.1.101.3.4.2."
	return map[string]crypto.Hash{
		sha2 + "1": crypto.SHA256, sha2 + "2": crypto.SHA384, sha2 + "3": crypto.SHA512, sha2 + "4": crypto.SHA224,
		sha2 + "5": crypto.SHA512_224, sha2 + "6": crypto.SHA512_256,
		sha2 + "7": crypto.SHA3_224, sha2 + "8": crypto.SHA3_256, sha2 + "9": crypto.SHA3_384, sha2 + "10": crypto.SHA3_512,
	}
}

// weakHashes are MD2, MD5, SHA-1 and RIPEMD-160.
func weakHashes() []string {
	return []string{"1.2.840.113549.2.2", "1.2.840.113549.2.5", oidSHA1, "1.3.36.3.2.1"}
}

const oidSHA1 = "1.3.14.3.2.26"

// Hash returns the hash function of that name; [ErrWeak] or [ErrUnsupported]
// says why there is none.
func Hash(oid string) (crypto.Hash, error) {
	if h, ok := hashes()[oid]; ok {
		return h, nil
	}
	if slices.Contains(weakHashes(), oid) {
		return 0, fmt.Errorf("hash %s %w", oid, ErrWeak)
	}
	return 0, fmt.Errorf("hash %s: %w", oid, ErrUnsupported)
}

// OID is the name of a hash function that is accepted.
func OID(h crypto.Hash) (asn1.ObjectIdentifier, error) {
	for oid, known := range hashes() {
		if known == h {
			return oidOf(oid)
		}
	}
	return nil, fmt.Errorf("hash %v: %w", h, ErrUnsupported)
}

func oidOf(dotted string) (asn1.ObjectIdentifier, error) {
	var oid asn1.ObjectIdentifier
	for arc := range strings.SplitSeq(dotted, ".") {
		n, err := strconv.Atoi(arc)
		if err != nil {
			return nil, err
		}
		oid = append(oid, n)
	}
	return oid, nil
}

// Sum returns the hash of b.
func Sum(h crypto.Hash, b []byte) []byte {
	w := h.New()
	w.Write(b)
	return w.Sum(nil)
}
