package tsa

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The reader of OCSP answers is ours, because x/crypto/ocsp verifies with an
// embedded certificate before it knows whose it is, does not ask whether that
// certificate may answer, compares serial numbers only, and cannot tell a
// missing reason from "unspecified", on which the life of a token depends.

var (
	oidBasicOCSP = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidSHA1      = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	context2     = casn1.Tag(2).ContextSpecific().Constructed()
)

const (
	maxOCSPAnswers      = 64
	maxOCSPCertificates = 4
	ocspSuccessful      = 0
)

// basicOCSP is a BasicOCSPResponse (RFC 6960 clause 4.2.1).
type basicOCSP struct {
	tbs          []byte
	algorithm    x509.SignatureAlgorithm
	signature    []byte
	certificates []*x509.Certificate
	produced     time.Time
	answers      []ocspAnswer
}

// ocspAnswer is a SingleResponse.
type ocspAnswer struct {
	hash               crypto.Hash
	nameHash, keyHash  []byte
	serial             []byte // DER of the INTEGER
	unknown            bool
	criticalExtensions bool
	statement
}

// parseOCSP reads an OCSPResponse in DER with nothing after it.
func parseOCSP(raw []byte) (*basicOCSP, error) {
	bad := func(what string) (*basicOCSP, error) { return nil, fmt.Errorf("%w: OCSP: %s", errRecord, what) }
	var resp, outer, body, octets, basic cryptobyte.String
	var status int
	var oid asn1.ObjectIdentifier
	s := cryptobyte.String(raw)
	if !s.ReadASN1(&resp, casn1.SEQUENCE) || !s.Empty() || !resp.ReadASN1Enum(&status) {
		return bad("no response")
	}
	if status != ocspSuccessful {
		return bad(fmt.Sprintf("status %d", status))
	}
	if !resp.ReadASN1(&outer, context0) || !resp.Empty() || !outer.ReadASN1(&body, casn1.SEQUENCE) || !outer.Empty() ||
		!body.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidBasicOCSP) || !body.ReadASN1(&octets, casn1.OCTET_STRING) || !body.Empty() ||
		!octets.ReadASN1(&basic, casn1.SEQUENCE) || !octets.Empty() {
		return bad("not a basic response")
	}
	var b basicOCSP
	var tbs cryptobyte.String
	var alg asn1.ObjectIdentifier
	if !basic.ReadASN1Element(&tbs, casn1.SEQUENCE) || !readAlgorithm(&basic, &alg) || !basic.ReadASN1BitStringAsBytes(&b.signature) {
		return bad("signature")
	}
	b.tbs, b.algorithm = tbs, algorithmOf(alg)
	if basic.PeekASN1Tag(context0) {
		var list cryptobyte.String
		if !basic.ReadASN1(&outer, context0) || !outer.ReadASN1(&list, casn1.SEQUENCE) || !outer.Empty() {
			return bad("certificates")
		}
		for !list.Empty() {
			var der cryptobyte.String
			if len(b.certificates) == maxOCSPCertificates || !list.ReadASN1Element(&der, casn1.SEQUENCE) {
				return bad("certificates")
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return bad("certificate")
			}
			b.certificates = append(b.certificates, cert)
		}
	}
	if !basic.Empty() || !b.readData(tbs) {
		return bad("content")
	}
	return &b, nil
}

// algorithmOf returns the signature algorithm with that name; SHA-1 and MD5
// have none.
func algorithmOf(oid asn1.ObjectIdentifier) x509.SignatureAlgorithm {
	if byHash := signatureOIDs[oid.String()]; len(byHash) == 1 {
		for _, alg := range byHash {
			return alg
		}
	}
	return x509.UnknownSignatureAlgorithm
}

// readData reads a ResponseData.
func (b *basicOCSP) readData(tbs cryptobyte.String) bool {
	var data, list cryptobyte.String
	if !tbs.ReadASN1(&data, casn1.SEQUENCE) {
		return false
	}
	if data.PeekASN1Tag(context0) && !skipAny(&data) { // version 1
		return false
	}
	// Who claims to answer does not matter: whose key signed does.
	if !data.PeekASN1Tag(context1) && !data.PeekASN1Tag(context2) || !skipAny(&data) ||
		!data.ReadASN1GeneralizedTime(&b.produced) || !data.ReadASN1(&list, casn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var answer cryptobyte.String
		if len(b.answers) == maxOCSPAnswers || !list.ReadASN1(&answer, casn1.SEQUENCE) {
			return false
		}
		a, ok := readAnswer(answer)
		if !ok {
			return false
		}
		b.answers = append(b.answers, a)
	}
	critical, ok := readOCSPExtensions(&data)
	return ok && !critical && data.Empty()
}

func readAnswer(s cryptobyte.String) (a ocspAnswer, ok bool) {
	var id, name, key, serial, revoked, next cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !s.ReadASN1(&id, casn1.SEQUENCE) || !readAlgorithm(&id, &oid) || !id.ReadASN1(&name, casn1.OCTET_STRING) ||
		!id.ReadASN1(&key, casn1.OCTET_STRING) || !id.ReadASN1Element(&serial, casn1.INTEGER) || !id.Empty() {
		return a, false
	}
	a.nameHash, a.keyHash, a.serial = name, key, serial
	if a.hash = hashOIDs[oid.String()]; oid.Equal(oidSHA1) {
		a.hash = crypto.SHA1 // a name, not a proof: the signature is over the name
	}
	switch {
	case s.PeekASN1Tag(casn1.Tag(0).ContextSpecific()): // good
		if !skipAny(&s) {
			return a, false
		}
	case s.PeekASN1Tag(context1):
		a.revoked, a.reason = true, noReason
		if !s.ReadASN1(&revoked, context1) || !revoked.ReadASN1GeneralizedTime(&a.at) {
			return a, false
		}
		if revoked.PeekASN1Tag(context0) {
			var reason cryptobyte.String
			if !revoked.ReadASN1(&reason, context0) || !reason.ReadASN1Enum(&a.reason) || !reason.Empty() {
				return a, false
			}
		}
		if !revoked.Empty() {
			return a, false
		}
	default:
		a.unknown = true
		if !s.PeekASN1Tag(casn1.Tag(2).ContextSpecific()) || !skipAny(&s) {
			return a, false
		}
	}
	if !s.ReadASN1GeneralizedTime(&a.from) {
		return a, false
	}
	if s.PeekASN1Tag(context0) && (!s.ReadASN1(&next, context0) || !next.ReadASN1GeneralizedTime(&a.until) || !next.Empty()) {
		return a, false
	}
	a.criticalExtensions, ok = readOCSPExtensions(&s)
	return a, ok && s.Empty()
}

// readOCSPExtensions reads optional extensions [1] and reports whether one is critical.
func readOCSPExtensions(s *cryptobyte.String) (critical, ok bool) {
	var outer, list cryptobyte.String
	if !s.PeekASN1Tag(context1) {
		return false, true
	}
	if !s.ReadASN1(&outer, context1) || !outer.ReadASN1(&list, casn1.SEQUENCE) || !outer.Empty() {
		return false, false
	}
	for !list.Empty() {
		var ext, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var c bool
		if !list.ReadASN1(&ext, casn1.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&oid) ||
			ext.PeekASN1Tag(casn1.BOOLEAN) && !ext.ReadASN1Boolean(&c) || !ext.ReadASN1(&value, casn1.OCTET_STRING) || !ext.Empty() {
			return false, false
		}
		critical = critical || c
	}
	return critical, true
}

// about returns what the responder says of a certificate, if the responder is
// the issuer or was appointed by it (RFC 6960 clauses 3.2 and 4.2.2.2).
func (b *basicOCSP) about(cert, issuer *x509.Certificate) (statement, error) {
	serial, err := asn1.Marshal(cert.SerialNumber)
	if err != nil {
		return statement{}, errRecord
	}
	i := slices.IndexFunc(b.answers, func(a ocspAnswer) bool { return bytes.Equal(a.serial, serial) && a.names(issuer) })
	if i < 0 {
		return statement{}, errNotListed
	}
	a := b.answers[i]
	if !b.signedFor(issuer) {
		return statement{}, errRecordSign
	}
	switch {
	case a.unknown:
		return statement{}, fmt.Errorf("%w: the responder does not know the certificate", errRecord)
	case a.criticalExtensions:
		return statement{}, fmt.Errorf("%w: critical extension", errRecord)
	}
	return a.statement, nil
}

// names reports whether the answer is about a certificate of this issuer.
func (a ocspAnswer) names(issuer *x509.Certificate) bool {
	if a.hash == 0 {
		return false
	}
	var info, key cryptobyte.String
	var bits asn1.BitString
	s := cryptobyte.String(issuer.RawSubjectPublicKeyInfo)
	if !s.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1(&key, casn1.SEQUENCE) || !info.ReadASN1BitString(&bits) {
		return false
	}
	return bytes.Equal(a.nameHash, sum(a.hash, issuer.RawSubject)) && bytes.Equal(a.keyHash, sum(a.hash, bits.RightAlign()))
}

// signedFor verifies the signature: by the issuer, or by a responder with a
// certificate of the issuer's for just that. The appointment is verified
// first, so that a stranger's key is never used for anything.
func (b *basicOCSP) signedFor(issuer *x509.Certificate) bool {
	if b.algorithm == x509.UnknownSignatureAlgorithm {
		return false
	}
	if issuer.CheckSignature(b.algorithm, b.tbs, b.signature) == nil {
		return true
	}
	for _, c := range b.certificates {
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > maxRSABits {
			continue
		}
		if !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) || !bytes.Equal(c.RawIssuer, issuer.RawSubject) ||
			b.produced.Before(c.NotBefore) || b.produced.After(c.NotAfter) || weak(c.SignatureAlgorithm) || c.CheckSignatureFrom(issuer) != nil {
			continue
		}
		if c.CheckSignature(b.algorithm, b.tbs, b.signature) == nil {
			return true
		}
	}
	return false
}

// weak reports whether an algorithm uses a hash that no longer resists.
func weak(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.UnknownSignatureAlgorithm, x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.DSAWithSHA256, x509.ECDSAWithSHA1:
		return true
	}
	return false
}
