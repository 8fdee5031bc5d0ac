package algorithm

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"errors"
	"fmt"

	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const oidMGF1 = "1.2.840.113549.1.1.8"

// pss are RSASSA-PSS-params (RFC 4055 clause 3.1).
type pss struct {
	hash, mask crypto.Hash // mask may be SHA-1
	salt       int
}

var errPSS = errors.New("parameters of RSASSA-PSS cannot be read")

// parsePSS reads the parameters, with their defaults, which are SHA-1: where
// the hash of the message is left out, it is weak.
func parsePSS(parameters []byte) (pss, error) {
	p := pss{mask: crypto.SHA1, salt: sha1.Size}
	var body, field, mask cryptobyte.String
	s := cryptobyte.String(parameters)
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !s.Empty() {
		return p, errPSS
	}
	if !body.PeekASN1Tag(der.Context0) {
		return p, fmt.Errorf("RSASSA-PSS with SHA-1 %w", ErrWeak)
	}
	var err error
	if !body.ReadASN1(&field, der.Context0) {
		return p, errPSS
	}
	if p.hash, err = readHash(&field); err != nil {
		return p, err
	}
	if body.PeekASN1Tag(der.Context1) {
		var oid string
		if !body.ReadASN1(&field, der.Context1) || !field.ReadASN1(&mask, casn1.SEQUENCE) || !field.Empty() || !der.ReadOID(&mask, &oid) {
			return p, errPSS
		}
		if oid != oidMGF1 { // RFC 4055 knows no other
			return p, fmt.Errorf("mask function %s: %w", oid, errPSS)
		}
		if p.mask, err = readMaskHash(&mask); err != nil {
			return p, err
		}
	}
	if body.PeekASN1Tag(der.Context2) &&
		(!body.ReadASN1(&field, der.Context2) || !field.ReadASN1Integer(&p.salt) || !field.Empty() || p.salt < 0) {
		return p, errPSS
	}
	trailer := 1
	if body.PeekASN1Tag(der.Context3) &&
		(!body.ReadASN1(&field, der.Context3) || !field.ReadASN1Integer(&trailer) || !field.Empty()) || trailer != 1 || !body.Empty() {
		return p, errPSS
	}
	return p, nil
}

// readHash reads the AlgorithmIdentifier of a hash, with NULL or no parameters
// (RFC 4055 clause 2.1), and nothing after it.
func readHash(s *cryptobyte.String) (crypto.Hash, error) {
	oid, ok := readHashName(s)
	if !ok {
		return 0, errPSS
	}
	return Hash(oid)
}

func readMaskHash(s *cryptobyte.String) (crypto.Hash, error) {
	oid, ok := readHashName(s)
	switch {
	case !ok:
		return 0, errPSS
	case oid == oidSHA1:
		return crypto.SHA1, nil
	}
	return Hash(oid)
}

func readHashName(s *cryptobyte.String) (oid string, ok bool) {
	var parameters []byte
	ok = der.ReadAlgorithm(s, &oid, &parameters) && s.Empty() && der.Absent(parameters)
	return oid, ok
}

// within reports whether a key with parameters of its own may have signed so
// (RFC 4055 clause 3.3).
func (p pss) within(key *pss) bool {
	return key == nil || p.hash == key.hash && p.mask == key.mask && p.salt >= key.salt
}

// verifyPSS is RSASSA-PSS-VERIFY with EMSA-PSS-VERIFY (RFC 8017 clauses 8.1.2
// and 9.1.2).
func verifyPSS(k Key, p pss, digest, signature []byte) bool {
	em := k.open(signature)
	bits := k.Bits - 1
	size := (bits + 7) / 8
	if em == nil || len(em) > size && em[0] != 0 {
		return false
	}
	em = em[len(em)-size:]
	hash := len(digest)
	if p.salt > size || size < hash+p.salt+2 || em[size-1] != 0xbc {
		return false
	}
	db, h := em[:size-hash-1], em[size-hash-1:size-1]
	free := byte(0xff) >> (8*size - bits) // the bits of the first byte that count
	if db[0]&^free != 0 {
		return false
	}
	mask(p.mask, h, db)
	db[0] &= free
	zeros := len(db) - p.salt - 1
	for _, b := range db[:zeros] {
		if b != 0 {
			return false
		}
	}
	if db[zeros] != 1 {
		return false
	}
	w := p.hash.New()
	w.Write(make([]byte, 8))
	w.Write(digest)
	w.Write(db[zeros+1:])
	return bytes.Equal(w.Sum(nil), h)
}

// mask is MGF1 (RFC 8017 appendix B.2.1), exclusive-ored into b.
func mask(hash crypto.Hash, seed, b []byte) {
	for n := uint32(0); len(b) > 0; n++ {
		w := hash.New()
		w.Write(seed)
		w.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		for _, m := range w.Sum(nil) {
			if len(b) == 0 {
				return
			}
			b[0] ^= m
			b = b[1:]
		}
	}
}
