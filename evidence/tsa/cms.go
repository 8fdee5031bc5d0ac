package tsa

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// Limits of what comes along with a signature. No chain is that long and no key
// that large; without them a reply of 64 KiB could keep a processor busy for
// minutes.
const (
	maxCertificates = 32
	maxRSABits      = 16384
)

// signedData is the CMS envelope of a token (RFC 5652 clause 5.1).
type signedData struct {
	contentType  asn1.ObjectIdentifier
	content      []byte // eContent: the bytes that are signed
	certificates []*x509.Certificate
	signers      []signerInfo
}

// signerInfo is one signature (RFC 5652 clause 5.3).
type signerInfo struct {
	issuer     []byte // DER of the Name; nil if the signer is named by key identifier
	serial     []byte // DER of the INTEGER
	keyID      []byte // subjectKeyIdentifier; nil if the signer is named by issuer and serial number
	digestAlg  asn1.ObjectIdentifier
	attributes []attribute
	signed     []byte // DER of the signed attributes as SET OF: the bytes that are signed
	signAlg    asn1.ObjectIdentifier
	signParams []byte // DER of the algorithm's parameters; nil if there are none
	signature  []byte
}

type attribute struct {
	oid    asn1.ObjectIdentifier
	values []cryptobyte.String
}

var errCMS = errors.New("not a SignedData")

// parseSignedData reads the DER of a ContentInfo that holds a SignedData.
// Unlike encoding/asn1 it accepts no surplus elements anywhere, so that no
// other reader can see something else in the same bytes.
func parseSignedData(der []byte) (signedData, error) {
	var d signedData
	var info, outer, body, digests, encap, signers cryptobyte.String
	var oid asn1.ObjectIdentifier
	var version int
	s := cryptobyte.String(der)
	if !s.ReadASN1(&info, casn1.SEQUENCE) || !s.Empty() || !info.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidSignedData) ||
		!info.ReadASN1(&outer, context0) || !info.Empty() || !outer.ReadASN1(&body, casn1.SEQUENCE) || !outer.Empty() {
		return d, errCMS
	}
	if !body.ReadASN1Integer(&version) || !body.ReadASN1(&digests, casn1.SET) || !body.ReadASN1(&encap, casn1.SEQUENCE) {
		return d, errCMS
	}
	if !encap.ReadASN1ObjectIdentifier(&d.contentType) || !encap.ReadASN1(&outer, context0) || !encap.Empty() ||
		!outer.ReadASN1((*cryptobyte.String)(&d.content), casn1.OCTET_STRING) || !outer.Empty() {
		return d, fmt.Errorf("%w: no content", errCMS)
	}
	if body.PeekASN1Tag(context0) {
		var err error
		if d.certificates, err = readCertificates(&body); err != nil {
			return d, err
		}
	}
	if body.PeekASN1Tag(context1) && !skipAny(&body) { // revocation lists: not used
		return d, errCMS
	}
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

func readCertificates(s *cryptobyte.String) ([]*x509.Certificate, error) {
	var set cryptobyte.String
	if !s.ReadASN1(&set, context0) {
		return nil, errCMS
	}
	var certs []*x509.Certificate
	for !set.Empty() {
		var der cryptobyte.String
		if len(certs) == maxCertificates || !set.ReadASN1Element(&der, casn1.SEQUENCE) {
			return nil, fmt.Errorf("%w: certificate %d", errCMS, len(certs)+1)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate %d: %w", errCMS, len(certs)+1, err)
		}
		if key, ok := cert.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > maxRSABits {
			return nil, fmt.Errorf("%w: certificate %d: RSA key of %d bits", errCMS, len(certs)+1, key.N.BitLen())
		}
		certs = append(certs, cert)
	}
	return certs, nil
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
	if !readAlgorithm(&body, &si.digestAlg) {
		return bad("digest algorithm")
	}
	if body.PeekASN1Tag(context0) {
		if !body.ReadASN1(&attrs, context0) {
			return bad("attributes")
		}
		var err error
		if si.attributes, si.signed, err = readAttributes(attrs); err != nil {
			return si, err
		}
	}
	if !readAlgorithmParameters(&body, &si.signAlg, &si.signParams) || !body.ReadASN1(&signature, casn1.OCTET_STRING) {
		return bad("signature")
	}
	si.signature = signature
	if body.PeekASN1Tag(context1) && !skipAny(&body) || !body.Empty() {
		return bad("surplus")
	}
	return si, nil
}

// readAttributes returns the attributes and the bytes that their signature is
// over: their DER as an explicit SET OF, in DER order (RFC 5652 clause 5.4).
func readAttributes(s cryptobyte.String) ([]attribute, []byte, error) {
	var attrs []attribute
	var encoded [][]byte
	for !s.Empty() {
		var element, body, set cryptobyte.String
		var a attribute
		if !s.ReadASN1Element(&element, casn1.SEQUENCE) {
			return nil, nil, fmt.Errorf("%w: attribute", errCMS)
		}
		encoded = append(encoded, element)
		if !element.ReadASN1(&body, casn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&a.oid) ||
			!body.ReadASN1(&set, casn1.SET) || !body.Empty() {
			return nil, nil, fmt.Errorf("%w: attribute", errCMS)
		}
		for !set.Empty() {
			var value cryptobyte.String
			var tag casn1.Tag
			if !set.ReadAnyASN1Element(&value, &tag) {
				return nil, nil, fmt.Errorf("%w: attribute value", errCMS)
			}
			a.values = append(a.values, value)
		}
		attrs = append(attrs, a)
	}
	slices.SortFunc(encoded, bytes.Compare)
	return attrs, appendTLV(nil, byte(casn1.SET), bytes.Join(encoded, nil)), nil
}

// attribute returns the one value of a signed attribute. An attribute that is
// there twice, or that has not exactly one value, is refused: readers would
// differ in which one counts (RFC 5652 clause 11).
func (si signerInfo) attribute(oid asn1.ObjectIdentifier) (value cryptobyte.String, found bool, err error) {
	for _, a := range si.attributes {
		if !a.oid.Equal(oid) {
			continue
		}
		if found || len(a.values) != 1 {
			return nil, false, fmt.Errorf("attribute %v is not there exactly once", oid)
		}
		value, found = a.values[0], true
	}
	return value, found, nil
}
