package tsa_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"sync"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// oddKey signs with Ed25519.
var oddKey = sync.OnceValue(func() crypto.Signer {
	seed := sha512.Sum512([]byte("odd"))
	return ed25519.NewKeyFromSeed(seed[:ed25519.SeedSize])
})

// attribute of a name: its type's last arc below 2.5.4, its string type, its value.
type attribute struct {
	arc   int
	tag   casn1.Tag
	value string
}

const (
	printable = casn1.PrintableString
	utf8      = casn1.UTF8String
	teletex   = casn1.Tag(20)
	bmp       = casn1.Tag(30)
)

// nameOf writes a Name with one attribute in each relative name.
func nameOf(t testing.TB, attributes ...attribute) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, a := range attributes {
			b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 5, 4, a.arc})
					b.AddASN1(a.tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(a.value)) })
				})
			})
		}
	})
	return mustDER(t, &b)
}

func forgeName(t testing.TB, tag casn1.Tag, organization, common string) []byte {
	return nameOf(t, attribute{10, tag, organization}, attribute{3, tag, common})
}

// constraint writes a NameConstraints extension with one directory name.
func constraint(t testing.TB, excluded, critical bool, name []byte) pkix.Extension {
	t.Helper()
	var b cryptobyte.Builder
	tag := ctag(0)
	if excluded {
		tag = ctag(1)
	}
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(ctag(4), func(b *cryptobyte.Builder) { b.AddBytes(name) })
			})
		})
	})
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: critical, Value: mustDER(t, &b)}
}

// under puts an authority with extensions of its own between root and signer.
func (f *forge) under(t testing.TB, form certForm, signer certForm) *x509.Certificate {
	t.Helper()
	form.serial, form.ca = 2, true
	if form.name == "" {
		form.name = "Middle"
	}
	if form.from.IsZero() {
		form.from, form.to = goodFrom, goodTo
	}
	if form.key == nil {
		form.key = middleKey()
	}
	middle := form.issue(t, f.root, rootKey())
	f.signerUnder(t, signer, middle, form.key)
	f.bag = append(f.bag, middle)
	return middle
}

func tagged(tag byte, body []byte) []byte {
	out := []byte{tag}
	if n := len(body); n >= 0x80 {
		out = append(out, 0x81)
	}
	return append(append(out, byte(len(body))), body...)
}

// brainpool is a certificate with a key on brainpoolP256r1, which crypto/x509
// does not read.
func brainpool(t testing.TB, f *forge) *x509.Certificate {
	t.Helper()
	curve, err := asn1.Marshal(struct {
		Algorithm struct{ Key, Curve asn1.ObjectIdentifier }
		Point     asn1.BitString
	}{struct{ Key, Curve asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1, 7}},
		asn1.BitString{Bytes: append([]byte{4}, make([]byte, 64)...), BitLength: 65 * 8}})
	if err != nil {
		t.Fatal(err)
	}
	return certForm{serial: 99, name: "Brainpool", from: goodFrom, to: goodTo, key: otherKey(), spki: curve}.issue(t, f.root, rootKey())
}

// exponent makes an RSA key with a public exponent of any size. crypto/rsa
// signs with exponents up to 31 bits only.
type exponentKey struct{ n, e, d *big.Int }

func exponent(t testing.TB, e *big.Int) exponentKey {
	t.Helper()
	for {
		p, err := rand.Prime(rand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		q, err := rand.Prime(rand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		one := big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(e, phi); d != nil {
			return exponentKey{new(big.Int).Mul(p, q), e, d}
		}
	}
}

func (k exponentKey) Public() crypto.PublicKey { return &rsa.PublicKey{N: k.n, E: 65537} }

// Sign is RSASSA-PKCS1-v1_5 with SHA-256, written from RFC 8017 clause 9.2.
func (k exponentKey) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	info := append([]byte{0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20}, digest...)
	size := (k.n.BitLen() + 7) / 8
	em := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, size-len(info)-3)...)
	em = append(append(em, 0), info...)
	return new(big.Int).Exp(new(big.Int).SetBytes(em), k.d, k.n).FillBytes(make([]byte, size)), nil
}

func (k exponentKey) spki(t testing.TB) []byte {
	t.Helper()
	key, err := asn1.Marshal(struct{ N, E *big.Int }{k.n, k.e})
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}, asn1.BitString{Bytes: key, BitLength: 8 * len(key)}})
	if err != nil {
		t.Fatal(err)
	}
	return der
}
