package tsa

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"constat/evidence/tsa/algorithm"
	"constat/evidence/tsa/der"
	"constat/evidence/tsa/names"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The reader of OCSP answers is ours, because x/crypto/ocsp verifies with an
// embedded certificate before it knows whose it is, does not ask whether that
// certificate may answer, compares serial numbers only, and cannot tell a
// missing reason from "unspecified", on which the life of a token depends.

const (
	oidBasicOCSP      = "1.3.6.1.5.5.7.48.1.1"
	oidArchiveCutoff  = "1.3.6.1.5.5.7.48.1.6" // RFC 6960 clause 4.4.4
	oidRevocationOCSP = "1.3.6.1.5.5.7.16.2"   // RFC 5940
	oidSHA1           = "1.3.14.3.2.26"
)

const (
	maxOCSPAnswers      = 64
	maxOCSPCertificates = 4
	ocspSuccessful      = 0
)

// basicOCSP is a BasicOCSPResponse (RFC 6960 clause 4.2.1).
type basicOCSP struct {
	tbs          []byte
	algorithm    algorithm.Algorithm
	unknown      error // why there is no algorithm
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
	var oid string
	s := cryptobyte.String(raw)
	if !s.ReadASN1(&resp, casn1.SEQUENCE) || !s.Empty() || !resp.ReadASN1Enum(&status) {
		return bad("no response")
	}
	if status != ocspSuccessful {
		return bad(fmt.Sprintf("status %d", status))
	}
	if !resp.ReadASN1(&outer, der.Context0) || !resp.Empty() || !outer.ReadASN1(&body, casn1.SEQUENCE) || !outer.Empty() ||
		!der.ReadOID(&body, &oid) || oid != oidBasicOCSP || !body.ReadASN1(&octets, casn1.OCTET_STRING) || !body.Empty() ||
		!octets.ReadASN1(&basic, casn1.SEQUENCE) || !octets.Empty() {
		return bad("not a basic response")
	}
	var b basicOCSP
	var tbs cryptobyte.String
	var alg string
	var parameters []byte
	if !basic.ReadASN1Element(&tbs, casn1.SEQUENCE) || !der.ReadAlgorithm(&basic, &alg, &parameters) ||
		!basic.ReadASN1BitStringAsBytes(&b.signature) {
		return bad("signature")
	}
	b.tbs = tbs
	b.algorithm, b.unknown = algorithm.Parse(alg, parameters)
	if basic.PeekASN1Tag(der.Context0) {
		var list cryptobyte.String
		if !basic.ReadASN1(&outer, der.Context0) || !outer.ReadASN1(&list, casn1.SEQUENCE) || !outer.Empty() {
			return bad("certificates")
		}
		for !list.Empty() {
			var raw cryptobyte.String
			if len(b.certificates) == maxOCSPCertificates || !list.ReadASN1Element(&raw, casn1.SEQUENCE) {
				return bad("certificates")
			}
			cert, err := readCertificate(raw)
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

// readData reads a ResponseData.
func (b *basicOCSP) readData(tbs cryptobyte.String) bool {
	var data, list cryptobyte.String
	if !tbs.ReadASN1(&data, casn1.SEQUENCE) {
		return false
	}
	if data.PeekASN1Tag(der.Context0) && !der.SkipAny(&data) { // version 1
		return false
	}
	// Who claims to answer does not matter: whose key signed does.
	if !data.PeekASN1Tag(der.Context1) && !data.PeekASN1Tag(der.Context2) || !der.SkipAny(&data) ||
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
	e, ok := readOCSPExtensions(&data)
	return ok && !e.critical && data.Empty()
}

func readAnswer(s cryptobyte.String) (a ocspAnswer, ok bool) {
	var id, name, key, serial, revoked, next cryptobyte.String
	var oid string
	if !s.ReadASN1(&id, casn1.SEQUENCE) || !der.ReadHash(&id, &oid) || !id.ReadASN1(&name, casn1.OCTET_STRING) ||
		!id.ReadASN1(&key, casn1.OCTET_STRING) || !id.ReadASN1Element(&serial, casn1.INTEGER) || !id.Empty() {
		return a, false
	}
	a.nameHash, a.keyHash, a.serial = name, key, serial
	if a.hash, _ = algorithm.Hash(oid); oid == oidSHA1 {
		a.hash = crypto.SHA1 // a name, not a proof: the signature is over the name
	}
	switch {
	case s.PeekASN1Tag(casn1.Tag(0).ContextSpecific()): // good
		if !der.SkipAny(&s) {
			return a, false
		}
	case s.PeekASN1Tag(der.Context1):
		a.revoked, a.reason = true, noReason
		if !s.ReadASN1(&revoked, der.Context1) || !revoked.ReadASN1GeneralizedTime(&a.at) {
			return a, false
		}
		if revoked.PeekASN1Tag(der.Context0) {
			var reason cryptobyte.String
			if !revoked.ReadASN1(&reason, der.Context0) || !reason.ReadASN1Enum(&a.reason) || !reason.Empty() {
				return a, false
			}
		}
		if !revoked.Empty() {
			return a, false
		}
	default:
		a.unknown = true
		if !s.PeekASN1Tag(casn1.Tag(2).ContextSpecific()) || !der.SkipAny(&s) {
			return a, false
		}
	}
	if !s.ReadASN1GeneralizedTime(&a.from) {
		return a, false
	}
	if s.PeekASN1Tag(der.Context0) && (!s.ReadASN1(&next, der.Context0) || !next.ReadASN1GeneralizedTime(&a.until) || !next.Empty()) {
		return a, false
	}
	e, ok := readOCSPExtensions(&s)
	a.criticalExtensions, a.kept = e.critical, e.kept
	if a.revoked {
		a.since(e.invalid)
	}
	return a, ok && s.Empty()
}

// ocspExtensions are what the extensions of an answer say.
type ocspExtensions struct {
	critical bool      // one that is not understood
	kept     time.Time // archive cut-off; zero: none
	invalid  time.Time // invalidity date; zero: none
}

// readOCSPExtensions reads optional extensions [1]. Those of revocation lists
// may be among them (RFC 6960 clause 4.4.5).
func readOCSPExtensions(s *cryptobyte.String) (e ocspExtensions, ok bool) {
	var outer, list cryptobyte.String
	if !s.PeekASN1Tag(der.Context1) {
		return e, true
	}
	if !s.ReadASN1(&outer, der.Context1) || !outer.ReadASN1(&list, casn1.SEQUENCE) || !outer.Empty() {
		return e, false
	}
	for !list.Empty() {
		var ext, value cryptobyte.String
		var oid string
		var critical bool
		if !list.ReadASN1(&ext, casn1.SEQUENCE) || !der.ReadOID(&ext, &oid) ||
			ext.PeekASN1Tag(casn1.BOOLEAN) && !ext.ReadASN1Boolean(&critical) || !ext.ReadASN1(&value, casn1.OCTET_STRING) || !ext.Empty() {
			return e, false
		}
		switch oid {
		case oidArchiveCutoff:
			ok = value.ReadASN1GeneralizedTime(&e.kept) && value.Empty()
		case oidInvalidityDate.String():
			ok = value.ReadASN1GeneralizedTime(&e.invalid) && value.Empty()
		default:
			e.critical, ok = e.critical || critical, true
		}
		if !ok {
			return e, false
		}
	}
	return e, true
}

// about returns what the responder says of a certificate, if the responder is
// the issuer or was appointed by it (RFC 6960 clauses 3.2 and 4.2.2.2).
func (b *basicOCSP) about(cert, issuer *x509.Certificate) (statement, error) {
	serial, err := asn1.Marshal(cert.SerialNumber)
	if err != nil {
		return statement{}, errRecord
	}
	i := slices.IndexFunc(b.answers, func(a ocspAnswer) bool { return bytes.Equal(a.serial, serial) && a.names(cert, issuer) })
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

// names reports whether the answer is about a certificate of this issuer, whose
// name is hashed as the certificate or as the issuer's own writes it.
func (a ocspAnswer) names(cert, issuer *x509.Certificate) bool {
	if a.hash == 0 {
		return false
	}
	var info, key cryptobyte.String
	var bits asn1.BitString
	s := cryptobyte.String(issuer.RawSubjectPublicKeyInfo)
	if !s.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1(&key, casn1.SEQUENCE) || !info.ReadASN1BitString(&bits) ||
		!names.Equal(cert.RawIssuer, issuer.RawSubject) {
		return false
	}
	return bytes.Equal(a.keyHash, algorithm.Sum(a.hash, bits.RightAlign())) &&
		(bytes.Equal(a.nameHash, algorithm.Sum(a.hash, issuer.RawSubject)) || bytes.Equal(a.nameHash, algorithm.Sum(a.hash, cert.RawIssuer)))
}

// signedFor verifies the signature: by the issuer, or by a responder with a
// certificate of the issuer's for just that. The appointment is verified
// first, so that a stranger's key is never used for anything.
func (b *basicOCSP) signedFor(issuer *x509.Certificate) bool {
	key, err := algorithm.ParseKey(issuer.RawSubjectPublicKeyInfo)
	if b.unknown != nil || err != nil {
		return false
	}
	if b.signedWith(key) {
		return true
	}
	for _, c := range b.certificates {
		if !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) || !names.Equal(c.RawIssuer, issuer.RawSubject) ||
			b.produced.Before(c.NotBefore) || b.produced.After(c.NotAfter) || !mayIssue(issuer, x509.KeyUsageCertSign) {
			continue
		}
		if alg, err := checkIssued(c, key); err != nil || ended(alg.Name(), key, b.produced) != nil {
			continue
		}
		if own, err := algorithm.ParseKey(c.RawSubjectPublicKeyInfo); err == nil && b.signedWith(own) {
			return true
		}
	}
	return false
}

func (b *basicOCSP) signedWith(key algorithm.Key) bool {
	return ended(b.algorithm.Name(), key, b.produced) == nil && b.algorithm.Verify(key, b.tbs, b.signature) == nil
}

// mayIssue reports whether a certificate gives the power to sign others, or
// lists of them.
func mayIssue(c *x509.Certificate, usage x509.KeyUsage) bool {
	if c.Version == 3 && !c.BasicConstraintsValid || c.BasicConstraintsValid && !c.IsCA {
		return false
	}
	return c.KeyUsage == 0 || c.KeyUsage&usage != 0
}
