package algorithm

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	oidRSA     = "1.2.840.113549.1.1.1"
	oidPSS     = "1.2.840.113549.1.1.10"
	oidEC      = "1.2.840.10045.2.1"
	oidEd25519 = "1.3.101.112"
)

// Limits of an RSA key.
const (
	maxRSABits      = 16384
	smallModulus    = 3072
	maxExponentBits = 64 // beyond smallModulus
)

// Names of kinds of keys, as the table of limits has them. One RSA key may sign
// in two ways, which end at different times.
const (
	RSA     = "RSA" // RSASSA-PKCS1-v1_5
	PSS     = "RSASSA-PSS"
	ECDSA   = "ECDSA"
	Ed25519 = "Ed25519"
)

// Key is a public key that signatures can be verified with.
type Key struct {
	Name string // RSA, PSS (for that alone), ECDSA or Ed25519
	Bits int    // of the modulus or of the curve

	n, e  *big.Int
	pss   *pss // what the key is restricted to; nil: nothing
	ec    *ecdsa.PublicKey
	ed    ed25519.PublicKey
	whole []byte
}

var errKey = errors.New("not a public key")

// ParseKey reads the DER of a SubjectPublicKeyInfo.
func ParseKey(spki []byte) (Key, error) {
	var info cryptobyte.String
	var oid string
	var parameters []byte
	var bits asn1.BitString
	s := cryptobyte.String(spki)
	if !s.ReadASN1(&info, casn1.SEQUENCE) || !s.Empty() || !der.ReadAlgorithm(&info, &oid, &parameters) ||
		!info.ReadASN1BitString(&bits) || !info.Empty() || bits.BitLength%8 != 0 {
		return Key{}, errKey
	}
	k := Key{whole: spki}
	switch oid {
	case oidRSA, oidPSS:
		if err := k.readRSA(bits.Bytes); err != nil {
			return Key{}, err
		}
		if k.Name = RSA; oid == oidPSS {
			k.Name = PSS
			if len(parameters) > 0 {
				p, err := parsePSS(parameters)
				if err != nil {
					return Key{}, err
				}
				k.pss = &p
			}
		}
		return k, nil
	case oidEC:
		return k, k.readEC(parameters, bits.Bytes)
	case oidEd25519:
		if len(bits.Bytes) != ed25519.PublicKeySize || len(parameters) > 0 {
			return Key{}, errKey
		}
		k.Name, k.Bits, k.ed = Ed25519, 8*ed25519.PublicKeySize, bits.Bytes
		return k, nil
	}
	return Key{}, fmt.Errorf("key %s: %w", oid, ErrUnsupported)
}

func (k *Key) readRSA(raw []byte) error {
	var body cryptobyte.String
	s := cryptobyte.String(raw)
	k.n, k.e = new(big.Int), new(big.Int)
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !s.Empty() || !body.ReadASN1Integer(k.n) || !body.ReadASN1Integer(k.e) || !body.Empty() {
		return errKey
	}
	k.Bits = k.n.BitLen()
	switch {
	case k.n.Sign() <= 0 || k.n.Bit(0) == 0 || k.e.Sign() <= 0 || k.e.Bit(0) == 0 || k.e.Cmp(big.NewInt(1)) == 0 || k.e.Cmp(k.n) >= 0:
		return errKey // 1 as exponent would make every message its own signature
	case k.Bits > maxRSABits || k.Bits > smallModulus && k.e.BitLen() > maxExponentBits:
		return fmt.Errorf("RSA key of %d bits with an exponent of %d: %w", k.Bits, k.e.BitLen(), ErrUnsupported)
	}
	return nil
}

func (k *Key) readEC(parameters, point []byte) error {
	var oid string
	s := cryptobyte.String(parameters)
	if !der.ReadOID(&s, &oid) || !s.Empty() {
		return fmt.Errorf("elliptic curve with parameters of its own: %w", ErrUnsupported)
	}
	curve, ok := map[string]elliptic.Curve{
		"1.3.132.0.33": elliptic.P224(), "1.2.840.10045.3.1.7": elliptic.P256(),
		"1.3.132.0.34": elliptic.P384(), "1.3.132.0.35": elliptic.P521(),
	}[oid]
	if !ok {
		return fmt.Errorf("elliptic curve %s: %w", oid, ErrUnsupported)
	}
	public, err := parsePoint(curve, point)
	if err != nil {
		return errKey
	}
	k.Name, k.Bits, k.ec = ECDSA, curve.Params().BitSize, public
	return nil
}

// parsePoint reads an uncompressed or a compressed point (SEC 1 clause 2.3.4).
func parsePoint(curve elliptic.Curve, point []byte) (*ecdsa.PublicKey, error) {
	if len(point) > 0 && (point[0] == 2 || point[0] == 3) {
		x, y := elliptic.UnmarshalCompressed(curve, point)
		if x == nil {
			return nil, errKey
		}
		size := (curve.Params().BitSize + 7) / 8
		point = append([]byte{4}, append(x.FillBytes(make([]byte, size)), y.FillBytes(make([]byte, size))...)...)
	}
	return ecdsa.ParseUncompressedPublicKey(curve, point)
}

// Equal reports whether two keys are the same bytes.
func (k Key) Equal(other Key) bool { return string(k.whole) == string(other.whole) }
