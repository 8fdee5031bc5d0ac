package algorithm

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"constat/evidence/tsa/der"
)

// Algorithm is a signature algorithm: what [Parse] read, and a hash.
type Algorithm struct {
	name string
	hash crypto.Hash // 0: the name does not say it
	pss  pss
}

// names are the signature algorithms by object identifier (RFC 5754 clause 3,
// RFC 8419, RFC 8692; NIST's register for SHA-3). CMS names RSA without a hash as
// often as with one, and some older writers ECDSA, too, by its key.
func names() map[string]Algorithm {
	const rsa, ec, nist = "1.2.840.113549.1.1.", "1.2.840.10045.4.", "2.16.840.1.101.3.4.3."
	return map[string]Algorithm{
		oidRSA:     {name: RSA},
		rsa + "11": {name: RSA, hash: crypto.SHA256}, rsa + "12": {name: RSA, hash: crypto.SHA384},
		rsa + "13": {name: RSA, hash: crypto.SHA512}, rsa + "14": {name: RSA, hash: crypto.SHA224},
		rsa + "15": {name: RSA, hash: crypto.SHA512_224}, rsa + "16": {name: RSA, hash: crypto.SHA512_256},
		nist + "13": {name: RSA, hash: crypto.SHA3_224}, nist + "14": {name: RSA, hash: crypto.SHA3_256},
		nist + "15": {name: RSA, hash: crypto.SHA3_384}, nist + "16": {name: RSA, hash: crypto.SHA3_512},
		oidEC:      {name: ECDSA},
		ec + "3.1": {name: ECDSA, hash: crypto.SHA224}, ec + "3.2": {name: ECDSA, hash: crypto.SHA256},
		ec + "3.3": {name: ECDSA, hash: crypto.SHA384}, ec + "3.4": {name: ECDSA, hash: crypto.SHA512},
		nist + "9": {name: ECDSA, hash: crypto.SHA3_224}, nist + "10": {name: ECDSA, hash: crypto.SHA3_256},
		nist + "11": {name: ECDSA, hash: crypto.SHA3_384}, nist + "12": {name: ECDSA, hash: crypto.SHA3_512},
		oidEd25519: {name: Ed25519, hash: crypto.SHA512},
	}
}

// weakNames are signatures with MD2, MD5 and SHA-1.
func weakNames() map[string]bool {
	return map[string]bool{
		"1.2.840.113549.1.1.2": true, "1.2.840.113549.1.1.4": true, "1.2.840.113549.1.1.5": true, "1.3.14.3.2.29": true,
		"1.2.840.10045.4.1": true, "1.2.840.10040.4.3": true, "1.3.14.3.2.27": true,
	}
}

// Parse reads the name of a signature algorithm and the DER of its parameters.
func Parse(oid string, parameters []byte) (Algorithm, error) {
	if oid == oidPSS {
		p, err := parsePSS(parameters)
		return Algorithm{name: PSS, hash: p.hash, pss: p}, err
	}
	a, ok := names()[oid]
	switch {
	case weakNames()[oid]:
		return a, fmt.Errorf("signature algorithm %s %w", oid, ErrWeak)
	case !ok:
		return a, fmt.Errorf("signature algorithm %s: %w", oid, ErrUnsupported)
	case !der.Absent(parameters) && oid != oidEC:
		return a, fmt.Errorf("signature algorithm %s with parameters that it does not have", oid)
	}
	return a, nil
}

// With says which hash the content was hashed with, where CMS says it beside
// the algorithm. It has to be the algorithm's own, if that names one.
func (a Algorithm) With(hash crypto.Hash) (Algorithm, error) {
	if a.hash != 0 && a.hash != hash {
		return a, fmt.Errorf("signature algorithm %v with %v", a, hash)
	}
	a.hash = hash
	return a, nil
}

// Name is that of the kind of key in the table of limits.
func (a Algorithm) Name() string { return a.name }

// Hash is the one that the message is hashed with.
func (a Algorithm) Hash() crypto.Hash { return a.hash }

// String names the algorithm as crypto/x509 does.
func (a Algorithm) String() string {
	hash := ""
	if a.hash != 0 {
		hash = a.hash.String()
		if !strings.HasPrefix(hash, "SHA3") {
			hash = strings.Replace(hash, "-", "", 1)
		}
	}
	switch a.name {
	case RSA:
		return hash + "-RSA"
	case PSS:
		return hash + "-RSAPSS"
	case ECDSA:
		return "ECDSA-" + hash
	}
	return a.name
}

var errSignature = errors.New("the signature does not fit")

// Verify checks a signature over a message. It is an error if the algorithm
// names no hash.
func (a Algorithm) Verify(k Key, message, signature []byte) error {
	if a.hash == 0 || !a.hash.Available() {
		return fmt.Errorf("%v names no hash", a)
	}
	ok := false
	switch {
	case a.name == Ed25519 && k.ed != nil:
		ok = ed25519.Verify(k.ed, message, signature)
	case a.name == ECDSA && k.ec != nil:
		ok = ecdsa.VerifyASN1(k.ec, Sum(a.hash, message), signature)
	case a.name == RSA && k.Name == RSA:
		ok = verifyPKCS1(k, a.hash, Sum(a.hash, message), signature)
	case a.name == PSS && k.n != nil && a.pss.within(k.pss):
		ok = verifyPSS(k, a.pss, Sum(a.hash, message), signature)
	default:
		return fmt.Errorf("%v with a key for %s: %w", a, k.Name, errSignature)
	}
	if !ok {
		return fmt.Errorf("%v: %w", a, errSignature)
	}
	return nil
}

// open is RSAVP1 (RFC 8017 clause 5.2.2): the encoded message, as long as the
// modulus; nil if the signature is not a number below it, of that length.
func (k Key) open(signature []byte) []byte {
	size := (k.Bits + 7) / 8
	s := new(big.Int).SetBytes(signature)
	if len(signature) != size || s.Cmp(k.n) >= 0 {
		return nil
	}
	return s.Exp(s, k.e, k.n).FillBytes(make([]byte, size))
}

// verifyPKCS1 is RSASSA-PKCS1-v1_5 (RFC 8017 clause 8.2.2): the one encoding of
// the hash is made and compared, nothing is parsed. Some writers leave out the
// NULL of the algorithm's parameters; that is the second form of clause 9.2,
// note 1 of RFC 3447, and no other is accepted.
func verifyPKCS1(k Key, hash crypto.Hash, digest, signature []byte) bool {
	em := k.open(signature)
	if em == nil {
		return false
	}
	oid := hashBytes(hash)
	for _, null := range [][]byte{{5, 0}, nil} {
		info := der.Append(nil, 0x30, append(append([]byte{}, oid...), null...))
		info = der.Append(nil, 0x30, der.Append(info, 4, digest))
		if len(em) < len(info)+11 {
			return false
		}
		want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, len(em)-len(info)-3)...)
		if want = append(append(want, 0), info...); bytes.Equal(em, want) {
			return true
		}
	}
	return false
}

// hashBytes is the DER of a hash function's object identifier: all lie under
// NIST's 2.16.840.1.101.3.4.2.
func hashBytes(h crypto.Hash) []byte {
	arc := map[crypto.Hash]byte{
		crypto.SHA256: 1, crypto.SHA384: 2, crypto.SHA512: 3, crypto.SHA224: 4, crypto.SHA512_224: 5, crypto.SHA512_256: 6,
		crypto.SHA3_224: 7, crypto.SHA3_256: 8, crypto.SHA3_384: 9, crypto.SHA3_512: 10,
	}[h]
	return []byte{6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc}
}
