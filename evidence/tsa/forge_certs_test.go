package tsa_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sync"
	"testing"
	"time"
)

// key makes the same key every time: fuzzing runs in several processes, and
// its seeds have to be good in all of them.
func key(curve elliptic.Curve, label string) func() crypto.Signer {
	return sync.OnceValue(func() crypto.Signer {
		scalar := sha512.Sum512([]byte(label))
		k, err := ecdsa.ParseRawPrivateKey(curve, scalar[:curve.Params().BitSize/8])
		if err != nil {
			panic(err)
		}
		return k
	})
}

// Keys are made once for all tests.
var (
	rootKey   = key(elliptic.P256(), "root")
	middleKey = key(elliptic.P256(), "middle")
	signerKey = key(elliptic.P256(), "signer")
	otherKey  = key(elliptic.P256(), "other")
	bigKey    = key(elliptic.P384(), "big")
	rsaKey    = sync.OnceValue(func() crypto.Signer {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return k
	})
)

// certForm says how a certificate is made.
type certForm struct {
	serial   int64
	name     string
	from, to time.Time
	ca       bool
	usages   []asn1.ObjectIdentifier // nil: timeStamping, unless ca
	noUsage  bool
	plain    bool // extended key usage not critical
	keyUsage x509.KeyUsage
	key      crypto.Signer
	public   any    // nil: that of key
	keyIDOf  []byte // subjectKeyIdentifier; nil: none, unless ca
	subject  []byte // DER of the Name, in place of name
	issuer   []byte // DER of the Name; nil: the parent's
	extra    []pkix.Extension
	spki     []byte // DER in place of that of public
}

func (f certForm) issue(t testing.TB, parent *x509.Certificate, parentKey crypto.Signer) *x509.Certificate {
	t.Helper()
	cert, err := f.make(parent, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (f certForm) make(parent *x509.Certificate, parentKey crypto.Signer) (*x509.Certificate, error) {
	c := &x509.Certificate{
		SerialNumber:          big.NewInt(f.serial),
		Subject:               pkix.Name{Organization: []string{"Forge"}, CommonName: f.name},
		NotBefore:             f.from,
		NotAfter:              f.to,
		IsCA:                  f.ca,
		BasicConstraintsValid: true,
		KeyUsage:              f.keyUsage,
		SubjectKeyId:          f.keyIDOf,
	}
	if f.keyUsage == 0 {
		c.KeyUsage = x509.KeyUsageDigitalSignature
		if f.ca {
			c.KeyUsage |= x509.KeyUsageCertSign
		}
	}
	if f.usages == nil && !f.ca {
		f.usages = []asn1.ObjectIdentifier{oidStamping}
	}
	if len(f.usages) > 0 && !f.noUsage {
		value, err := asn1.Marshal(f.usages)
		if err != nil {
			return nil, err
		}
		c.ExtraExtensions = []pkix.Extension{{Id: oidUsage, Critical: !f.plain, Value: value}}
	}
	c.ExtraExtensions = append(c.ExtraExtensions, f.extra...)
	if f.subject != nil {
		c.RawSubject = f.subject
	}
	if parent == nil {
		parent = c
	}
	if parentKey != nil && parent != c {
		other := *parent // whoever issues may hold another key than its certificate says
		if other.PublicKey, parent = parentKey.Public(), &other; f.issuer != nil {
			other.RawSubject = f.issuer
		}
	}
	public := f.public
	if public == nil {
		public = f.key.Public()
	}
	der, err := x509.CreateCertificate(nil, c, parent, public, parentKey)
	if err != nil {
		return nil, err
	}
	if f.spki != nil {
		return f.withKey(der, parentKey)
	}
	return x509.ParseCertificate(der)
}

// withKey puts another public key into a certificate and signs it again, with
// ECDSA and SHA-256. What comes back may be nothing that crypto/x509 can read.
func (f certForm) withKey(der []byte, parentKey crypto.Signer) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	var tbs struct {
		Version                                           asn1.RawValue `asn1:"explicit,tag:0"`
		Serial, Algorithm, Issuer, Validity, Subject, Key asn1.RawValue
		Extensions                                        asn1.RawValue `asn1:"explicit,tag:3"`
	}
	if _, err := asn1.Unmarshal(c.RawTBSCertificate, &tbs); err != nil {
		return nil, err
	}
	tbs.Key = asn1.RawValue{FullBytes: f.spki}
	whole := asn1.RawValue{}
	if whole.FullBytes, err = asn1.Marshal(tbs); err != nil {
		return nil, err
	}
	signature, err := parentKey.Sign(rand.Reader, hashOf(crypto.SHA256, whole.FullBytes), crypto.SHA256)
	if err != nil {
		return nil, err
	}
	raw, err := asn1.Marshal(struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}{whole, tbs.Algorithm, asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}})
	c.Raw, c.RawSubjectPublicKeyInfo = raw, f.spki
	return c, err
}
