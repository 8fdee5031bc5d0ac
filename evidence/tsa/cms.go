package tsa

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningCert   = "1.2.840.113549.1.9.16.2.12"
	oidSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
)

// maxCertificates is how many elements may come along with a signature; no
// honest bag has as many.
const maxCertificates = 128

// signedData is the CMS envelope of a token (RFC 5652 clause 5.1).
type signedData struct {
	contentType  string
	content      []byte // eContent: the bytes that are signed
	certificates []*x509.Certificate
	odd          int      // elements of the bag that are no certificate that can be read
	records      [][]byte // DER of what came along of revocation: see embedded
	signers      []signerInfo

	head, tail []byte // DER of what stands before the certificates, and of the signers
}

// signerInfo is one signature (RFC 5652 clause 5.3).
type signerInfo struct {
	issuer     []byte // DER of the Name; nil if the signer is named by key identifier
	serial     []byte // DER of the INTEGER
	keyID      []byte // subjectKeyIdentifier; nil if the signer is named by issuer and serial number
	digestAlg  string
	attributes []attribute
	signed     []byte // DER of the signed attributes as SET OF: the bytes that are signed
	sent       []byte // the same in the order in which they came; nil if that is the order of DER
	signAlg    string
	signParams []byte // DER of the algorithm's parameters; nil if there are none
	signature  []byte
}

type attribute struct {
	oid    string
	values []cryptobyte.String
}

var errCMS = errors.New("not a SignedData")

// parseSignedData reads the DER of a ContentInfo that holds a SignedData.
// Unlike encoding/asn1 it accepts no surplus elements anywhere, so that no
// other reader can see something else in the same bytes.
func parseSignedData(raw []byte) (signedData, error) {
	var d signedData
	var info, outer, body, digests, encap, signers cryptobyte.String
	var oid string
	var version int
	s := cryptobyte.String(raw)
	if !s.ReadASN1(&info, casn1.SEQUENCE) || !s.Empty() || !der.ReadOID(&info, &oid) || oid != oidSignedData ||
		!info.ReadASN1(&outer, der.Context0) || !info.Empty() || !outer.ReadASN1(&body, casn1.SEQUENCE) || !outer.Empty() {
		return d, errCMS
	}
	inner := body
	if !body.ReadASN1Integer(&version) || !body.ReadASN1(&digests, casn1.SET) || !body.ReadASN1(&encap, casn1.SEQUENCE) {
		return d, errCMS
	}
	if !der.ReadOID(&encap, &d.contentType) || !encap.ReadASN1(&outer, der.Context0) || !encap.Empty() ||
		!outer.ReadASN1((*cryptobyte.String)(&d.content), casn1.OCTET_STRING) || !outer.Empty() {
		return d, fmt.Errorf("%w: no content", errCMS)
	}
	d.head = inner[:len(inner)-len(body)]
	if body.PeekASN1Tag(der.Context0) {
		if err := d.readCertificates(&body); err != nil {
			return d, err
		}
	}
	if body.PeekASN1Tag(der.Context1) {
		if err := d.readRecords(&body); err != nil {
			return d, err
		}
	}
	d.tail = body
	if !body.ReadASN1(&signers, casn1.SET) || !body.Empty() {
		return d, fmt.Errorf("%w: signers", errCMS)
	}
	for !signers.Empty() {
		signer, err := readSigner(&signers)
		if err != nil {
			return d, err
		}
		d.signers = append(d.signers, signer)
	}
	return d, nil
}

// readCertificates reads the bag (CertificateSet, RFC 5652 clause 10.2.3). It
// may hold attribute certificates, other formats, and certificates that nothing
// here can read; nobody needs them, or their absence is noticed where somebody
// does.
func (d *signedData) readCertificates(s *cryptobyte.String) error {
	var set cryptobyte.String
	if !s.ReadASN1(&set, der.Context0) {
		return errCMS
	}
	for n := 1; !set.Empty(); n++ {
		var raw cryptobyte.String
		var tag casn1.Tag
		if n > maxCertificates || !set.ReadAnyASN1Element(&raw, &tag) {
			return fmt.Errorf("%w: certificate %d", errCMS, n)
		}
		switch tag {
		case casn1.SEQUENCE:
			if cert, err := readCertificate(raw); err != nil {
				d.odd++
			} else {
				d.certificates = append(d.certificates, cert)
			}
		case der.Context0, der.Context1, der.Context2, der.Context3:
			d.odd++
		default:
			return fmt.Errorf("%w: certificate %d", errCMS, n)
		}
	}
	return nil
}

// readRecords reads what came along of revocation (RevocationInfoChoices, RFC
// 5652 clause 10.2.1): lists, and OCSP answers in the form of RFC 5940.
func (d *signedData) readRecords(s *cryptobyte.String) error {
	var set cryptobyte.String
	if !s.ReadASN1(&set, der.Context1) {
		return errCMS
	}
	for !set.Empty() {
		var raw, body, value cryptobyte.String
		var tag casn1.Tag
		var oid string
		switch {
		case !set.ReadAnyASN1Element(&raw, &tag):
			return fmt.Errorf("%w: revocation", errCMS)
		case tag == casn1.SEQUENCE:
			d.records = append(d.records, raw)
		case tag != der.Context1:
			return fmt.Errorf("%w: revocation", errCMS)
		case raw.ReadASN1(&body, der.Context1) && der.ReadOID(&body, &oid) && oid == oidRevocationOCSP && body.ReadASN1Element(&value, casn1.SEQUENCE):
			d.records = append(d.records, value)
		}
	}
	return nil
}

// with returns the DER of the token with other certificates, and without what
// else came along unsigned.
func (d signedData) with(certs []*x509.Certificate) []byte {
	var bag []byte
	for _, c := range certs {
		bag = append(bag, c.Raw...)
	}
	body := append(slices.Clone(d.head), der.Append(nil, byte(der.Context0), bag)...)
	body = der.Append(nil, byte(casn1.SEQUENCE), append(body, d.tail...))
	oid := []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2} // signedData
	return der.Append(nil, byte(casn1.SEQUENCE), append(oid, der.Append(nil, byte(der.Context0), body)...))
}

func readSigner(s *cryptobyte.String) (signerInfo, error) {
	var si signerInfo
	var body, sid, issuer, serial, attrs, signature cryptobyte.String
	var version int
	bad := func(what string) (signerInfo, error) {
		return si, fmt.Errorf("%w: signer: %s", errCMS, what)
	}
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !body.ReadASN1Integer(&version) {
		return bad("version")
	}
	if body.PeekASN1Tag(casn1.SEQUENCE) {
		if !body.ReadASN1(&sid, casn1.SEQUENCE) || !sid.ReadASN1Element(&issuer, casn1.SEQUENCE) ||
			!sid.ReadASN1Element(&serial, casn1.INTEGER) || !sid.Empty() {
			return bad("name")
		}
		si.issuer, si.serial = issuer, serial
	} else {
		var id cryptobyte.String
		if !body.ReadASN1(&id, casn1.Tag(0).ContextSpecific()) {
			return bad("name")
		}
		si.keyID = id
	}
	if !der.ReadHash(&body, &si.digestAlg) {
		return bad("digest algorithm")
	}
	if body.PeekASN1Tag(der.Context0) {
		if !body.ReadASN1(&attrs, der.Context0) {
			return bad("attributes")
		}
		var err error
		if err = si.readAttributes(attrs); err != nil {
			return si, err
		}
	}
	if !der.ReadAlgorithm(&body, &si.signAlg, &si.signParams) || !body.ReadASN1(&signature, casn1.OCTET_STRING) {
		return bad("signature")
	}
	si.signature = signature
	if body.PeekASN1Tag(der.Context1) && !der.SkipAny(&body) || !body.Empty() {
		return bad("surplus")
	}
	return si, nil
}

// readAttributes reads the attributes and the bytes that their signature is
// over: their DER as an explicit SET OF, in DER order (RFC 5652 clause 5.4).
// Many writers sign them in the order in which they send them.
func (si *signerInfo) readAttributes(s cryptobyte.String) error {
	var encoded [][]byte
	whole := s
	for !s.Empty() {
		var element, body, set cryptobyte.String
		var a attribute
		if !s.ReadASN1Element(&element, casn1.SEQUENCE) {
			return fmt.Errorf("%w: attribute", errCMS)
		}
		encoded = append(encoded, element)
		if !element.ReadASN1(&body, casn1.SEQUENCE) || !der.ReadOID(&body, &a.oid) ||
			!body.ReadASN1(&set, casn1.SET) || !body.Empty() {
			return fmt.Errorf("%w: attribute", errCMS)
		}
		for !set.Empty() {
			var value cryptobyte.String
			var tag casn1.Tag
			if !set.ReadAnyASN1Element(&value, &tag) {
				return fmt.Errorf("%w: attribute value", errCMS)
			}
			a.values = append(a.values, value)
		}
		si.attributes = append(si.attributes, a)
	}
	slices.SortFunc(encoded, bytes.Compare)
	sorted := bytes.Join(encoded, nil)
	si.signed = der.Append(nil, byte(casn1.SET), sorted)
	if !bytes.Equal(sorted, whole) {
		si.sent = der.Append(nil, byte(casn1.SET), whole)
	}
	return nil
}

// attribute returns the one value of a signed attribute. An attribute that is
// there twice, or that has not exactly one value, is refused: readers would
// differ in which one counts (RFC 5652 clause 11).
func (si signerInfo) attribute(oid string) (value cryptobyte.String, found bool, err error) {
	for _, a := range si.attributes {
		if a.oid != oid {
			continue
		}
		if found || len(a.values) != 1 {
			return nil, false, fmt.Errorf("attribute %s is not there exactly once", oid)
		}
		value, found = a.values[0], true
	}
	return value, found, nil
}
