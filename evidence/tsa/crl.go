package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidReasonCode   = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidDistribution = asn1.ObjectIdentifier{2, 5, 29, 28} // issuingDistributionPoint
)

// revocationList is a CertificateList (RFC 5280 clause 5).
type revocationList struct {
	list  *x509.RevocationList
	scope listScope
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
		case e.Critical: // a delta list says so in a critical extension
			return nil, fmt.Errorf("%w: CRL: critical extension %v", errRecord, e.Id)
		}
	}
	for _, entry := range list.RevokedCertificateEntries {
		for _, e := range entry.Extensions {
			if e.Critical && !e.Id.Equal(oidReasonCode) {
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
	if body.PeekASN1Tag(context0) {
		var point, names cryptobyte.String
		if !body.ReadASN1(&point, context0) || !point.ReadASN1(&names, context0) || !point.Empty() {
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
	if !bytes.Equal(r.list.RawIssuer, issuer.RawSubject) {
		return statement{}, errOtherIssuer
	}
	if weak(r.list.SignatureAlgorithm) || r.list.CheckSignatureFrom(issuer) != nil {
		return statement{}, errRecordSign
	}
	if !r.scope.includes(cert) {
		return statement{}, errNotListed
	}
	s := statement{from: r.list.ThisUpdate, until: r.list.NextUpdate}
	for _, e := range r.list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(cert.SerialNumber) != 0 {
			continue
		}
		s.revoked, s.at, s.reason = true, e.RevocationTime, noReason
		for _, x := range e.Extensions {
			if x.Id.Equal(oidReasonCode) {
				s.reason = e.ReasonCode
			}
		}
		return s, nil
	}
	return s, nil
}
