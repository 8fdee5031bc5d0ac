package tsa

import (
	"crypto/x509"
	"errors"
	"fmt"

	"constat/evidence/tsa/algorithm"
	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var errCertificate = errors.New("not a certificate")

// readCertificate reads one certificate. crypto/x509 refuses whole certificates
// for a key that it does not know; such a one is read with another key in its
// place and comes back without: whoever needs the key asks package algorithm.
func readCertificate(raw []byte) (*x509.Certificate, error) {
	cert, err := x509.ParseCertificate(raw)
	if err == nil {
		return cert, nil
	}
	stand, ok := withoutKey(raw)
	if !ok {
		return nil, err
	}
	cert, again := x509.ParseCertificate(stand)
	if again != nil {
		return nil, err
	}
	own, ok := splitCertificate(raw)
	if !ok {
		return nil, errCertificate
	}
	cert.Raw, cert.RawTBSCertificate, cert.RawSubjectPublicKeyInfo = raw, own.tbs, own.key
	return cert, nil
}

// pieces are the parts of a certificate that crypto/x509 does not hand out.
type pieces struct {
	tbs, rest  []byte // of the certificate
	head       []byte // of the TBSCertificate, before the key
	key        []byte
	tail       []byte // after the key
	algorithm  string // of the signature
	parameters []byte
}

func splitCertificate(raw []byte) (p pieces, ok bool) {
	var outer, tbs, body, key cryptobyte.String
	s := cryptobyte.String(raw)
	if !s.ReadASN1(&outer, casn1.SEQUENCE) || !s.Empty() || !outer.ReadASN1Element(&tbs, casn1.SEQUENCE) {
		return p, false
	}
	p.tbs, p.rest = tbs, outer
	if !der.ReadAlgorithm(&outer, &p.algorithm, &p.parameters) || !tbs.ReadASN1(&body, casn1.SEQUENCE) {
		return p, false
	}
	whole := body
	if body.PeekASN1Tag(der.Context0) && !der.SkipAny(&body) {
		return p, false
	}
	for range 5 { // serial number, algorithm, issuer, validity, subject
		if !der.SkipAny(&body) {
			return p, false
		}
	}
	p.head = whole[:len(whole)-len(body)]
	ok = body.ReadASN1Element(&key, casn1.SEQUENCE)
	p.key, p.tail = key, body
	return p, ok
}

// withoutKey replaces the public key of a certificate by one of no kind.
func withoutKey(raw []byte) ([]byte, bool) {
	p, ok := splitCertificate(raw)
	if !ok {
		return nil, false
	}
	none := []byte{0x30, 8, 0x30, 3, 6, 1, 0x2a, 3, 1, 0} // id 1.2, an empty bit string
	tbs := der.Append(nil, 0x30, append(append(append([]byte{}, p.head...), none...), p.tail...))
	return der.Append(nil, 0x30, append(tbs, p.rest...)), true
}

// checkIssued verifies the signature of a certificate with the key of another
// one, and says with what it was made. Names and powers are not looked at.
func checkIssued(cert *x509.Certificate, by algorithm.Key) (algorithm.Algorithm, error) {
	p, ok := splitCertificate(cert.Raw)
	if !ok {
		return algorithm.Algorithm{}, errCertificate
	}
	alg, err := algorithm.Parse(p.algorithm, p.parameters)
	if err != nil {
		return alg, err
	}
	if err := alg.Verify(by, cert.RawTBSCertificate, cert.Signature); err != nil {
		return alg, fmt.Errorf("certificate of %s: %w", cert.Subject, err)
	}
	return alg, nil
}
