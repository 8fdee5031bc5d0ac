package tsa

import (
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

var (
	oidReasonCode     = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidDistribution   = asn1.ObjectIdentifier{2, 5, 29, 28} // issuingDistributionPoint
	oidInvalidityDate = asn1.ObjectIdentifier{2, 5, 29, 24}
	oidExpiredOnCRL   = asn1.ObjectIdentifier{2, 5, 29, 60} // ITU-T X.509 clause 9.5.2.8
)

// revocationList is a CertificateList (RFC 5280 clause 5).
type revocationList struct {
	list  *x509.RevocationList
	scope listScope
	kept  time.Time // certificates that expired since are still listed; zero: none are
}

// listScope is what an IssuingDistributionPoint (RFC 5280 clause 5.2.5) says
// of which certificates a list is complete for.
type listScope struct {
	addresses       []string // nil: no distribution point is named
	named           bool
	onlyEnd, onlyCA bool
}

// parseCRL reads a CRL in DER that is complete for its scope and about its
// issuer's own certificates: no delta, no indirect one, no list for some
// reasons only, nothing critical that is not understood.
func parseCRL(raw []byte) (*revocationList, error) {
	list, err := x509.ParseRevocationList(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: CRL: %w", errRecord, err)
	}
	r := &revocationList{list: list}
	for _, e := range list.Extensions {
		switch {
		case e.Id.Equal(oidDistribution):
			if !r.scope.read(e.Value) {
				return nil, fmt.Errorf("%w: CRL: distribution point", errRecord)
			}
		case e.Id.Equal(oidExpiredOnCRL):
			if !readTime(e.Value, &r.kept) {
				return nil, fmt.Errorf("%w: CRL: expired certificates", errRecord)
			}
		case e.Critical: // a delta list says so in a critical extension
			return nil, fmt.Errorf("%w: CRL: critical extension %v", errRecord, e.Id)
		}
	}
	for _, entry := range list.RevokedCertificateEntries {
		for _, e := range entry.Extensions {
			if e.Critical && !e.Id.Equal(oidReasonCode) && !e.Id.Equal(oidInvalidityDate) {
				return nil, fmt.Errorf("%w: CRL: entry with critical extension %v", errRecord, e.Id)
			}
		}
	}
	return r, nil
}

// read reads an IssuingDistributionPoint. It refuses indirect lists, lists for
// some reasons, and lists of attribute certificates.
func (l *listScope) read(value []byte) bool {
	var body cryptobyte.String
	s := cryptobyte.String(value)
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !s.Empty() {
		return false
	}
	if body.PeekASN1Tag(der.Context0) {
		var point, names cryptobyte.String
		if !body.ReadASN1(&point, der.Context0) || !point.ReadASN1(&names, der.Context0) || !point.Empty() {
			return false
		}
		l.named = true
		for !names.Empty() {
			var name cryptobyte.String
			var tag casn1.Tag
			if !names.ReadAnyASN1(&name, &tag) {
				return false
			}
			if tag == casn1.Tag(6).ContextSpecific() {
				l.addresses = append(l.addresses, string(name))
			}
		}
	}
	return readFlag(&body, 1, &l.onlyEnd) && readFlag(&body, 2, &l.onlyCA) && body.Empty()
}

// readFlag reads an optional implicitly tagged BOOLEAN.
func readFlag(s *cryptobyte.String, tag uint8, to *bool) bool {
	t := casn1.Tag(tag).ContextSpecific()
	if !s.PeekASN1Tag(t) {
		return true
	}
	var v cryptobyte.String
	if !s.ReadASN1(&v, t) || len(v) != 1 || v[0] != 0 && v[0] != 0xff {
		return false
	}
	*to = v[0] == 0xff
	return true
}

// includes reports whether the list is complete for a certificate.
func (l listScope) includes(cert *x509.Certificate) bool {
	if l.onlyEnd && cert.IsCA || l.onlyCA && !cert.IsCA {
		return false
	}
	return !l.named || slices.ContainsFunc(l.addresses, func(a string) bool { return slices.Contains(cert.CRLDistributionPoints, a) })
}

func (r *revocationList) about(cert, issuer *x509.Certificate) (statement, error) {
	if !names.Equal(r.list.RawIssuer, issuer.RawSubject) {
		return statement{}, errOtherIssuer
	}
	if !r.signedBy(issuer) {
		return statement{}, errRecordSign
	}
	if !r.scope.includes(cert) {
		return statement{}, errNotListed
	}
	s := statement{from: r.list.ThisUpdate, until: r.list.NextUpdate, kept: r.kept}
	for _, e := range r.list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(cert.SerialNumber) != 0 {
			continue
		}
		s.revoked, s.at, s.reason = true, e.RevocationTime, noReason
		for _, x := range e.Extensions {
			switch {
			case x.Id.Equal(oidReasonCode):
				s.reason = e.ReasonCode
			case x.Id.Equal(oidInvalidityDate):
				var invalid time.Time
				if !readTime(x.Value, &invalid) {
					return statement{}, fmt.Errorf("%w: invalidity date", errRecord)
				}
				s.since(invalid)
			}
		}
		return s, nil
	}
	return s, nil
}

// signedBy verifies the signature with the key of the issuer, which has to have
// the power to sign lists. crypto/x509 knows fewer algorithms.
func (r *revocationList) signedBy(issuer *x509.Certificate) bool {
	var outer, tbs cryptobyte.String
	var oid string
	var parameters []byte
	s := cryptobyte.String(r.list.Raw)
	if !s.ReadASN1(&outer, casn1.SEQUENCE) || !outer.ReadASN1Element(&tbs, casn1.SEQUENCE) ||
		!der.ReadAlgorithm(&outer, &oid, &parameters) {
		return false
	}
	alg, err := algorithm.Parse(oid, parameters)
	if err != nil || !mayIssue(issuer, x509.KeyUsageCRLSign) {
		return false
	}
	key, err := algorithm.ParseKey(issuer.RawSubjectPublicKeyInfo)
	return err == nil && ended(alg.Name(), key, r.list.ThisUpdate) == nil && alg.Verify(key, tbs, r.list.Signature) == nil
}

// readTime reads a GeneralizedTime and nothing else.
func readTime(der []byte, to *time.Time) bool {
	s := cryptobyte.String(der)
	return s.ReadASN1GeneralizedTime(to) && s.Empty()
}
