package tsa

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // ESSCertID of RFC 2634 is defined with SHA-1; nothing else here uses it
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"constat/evidence/tsa/algorithm"
	"constat/evidence/tsa/der"
	"constat/evidence/tsa/names"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// signerCertificate finds the certificate that the signature names, by issuer
// and serial number or by key identifier (RFC 5652 clause 5.3), in the bag or
// among those that the caller brought. Order means nothing. Two different
// certificates under one name are refused, so that a smuggled one cannot stand
// in for the other.
func (d signedData) signerCertificate(brought []*x509.Certificate) (*x509.Certificate, error) {
	if len(d.signers) != 1 {
		// RFC 3161 clause 2.4.2: no signature but the authority's own.
		return nil, fmt.Errorf("%d signers", len(d.signers))
	}
	var found *x509.Certificate
	for _, c := range slices.Concat(d.certificates, brought) {
		if c == nil || !d.signers[0].names(c) {
			continue
		}
		if found != nil && !found.Equal(c) {
			return nil, errors.New("two certificates under the signer's name")
		}
		found = c
	}
	if found == nil {
		return nil, fmt.Errorf("no certificate for the signer among %d", len(d.certificates)+d.odd)
	}
	return found, nil
}

// names reports whether the signature says that it is the certificate's.
func (si signerInfo) names(c *x509.Certificate) bool {
	if si.issuer == nil {
		return len(si.keyID) > 0 && bytes.Equal(si.keyID, c.SubjectKeyId)
	}
	serial, err := asn1.Marshal(c.SerialNumber)
	return err == nil && bytes.Equal(serial, si.serial) && names.Equal(c.RawIssuer, si.issuer)
}

// checkSignature verifies the one signature over the content (RFC 5652
// clauses 5.4, 5.6 and 11.1, 11.2) and returns the algorithm it was made with.
// asSent says that it is over the attributes in the order in which they came.
// What this program cannot check is [algorithm.ErrUnsupported].
func (d signedData) checkSignature(cert *x509.Certificate, at time.Time) (alg algorithm.Algorithm, asSent bool, err error) {
	si := d.signers[0]
	hash, err := algorithm.Hash(si.digestAlg)
	if err != nil {
		return alg, false, fmt.Errorf("digest algorithm: %w", err)
	}
	if alg, err = algorithm.Parse(si.signAlg, si.signParams); err != nil {
		return alg, false, err
	}
	if alg, err = alg.With(hash); err != nil {
		return alg, false, err
	}
	// Signed attributes are a must for any content but id-data. Without them a
	// signature over other bytes could be passed off as one over attributes.
	contentType, found, err := si.attribute(oidContentType)
	var oid string
	if err != nil {
		return alg, false, err
	}
	if !found || !der.ReadOID(&contentType, &oid) || !contentType.Empty() || oid != d.contentType {
		return alg, false, errors.New("content type attribute is missing or differs")
	}
	digest, found, err := si.attribute(oidMessageDigest)
	var want []byte
	if err != nil {
		return alg, false, err
	}
	if !found || !digest.ReadASN1Bytes(&want, casn1.OCTET_STRING) || !digest.Empty() || !bytes.Equal(want, algorithm.Sum(hash, d.content)) {
		return alg, false, errors.New("message digest attribute is missing or differs")
	}
	key, err := algorithm.ParseKey(cert.RawSubjectPublicKeyInfo)
	if err != nil {
		return alg, false, err
	}
	if err := ended(alg.Name(), key, at); err != nil {
		return alg, false, err
	}
	if err = alg.Verify(key, si.signed, si.signature); err != nil && si.sent != nil && alg.Verify(key, si.sent, si.signature) == nil {
		return alg, true, nil
	}
	return alg, false, err
}

// checkSigningCertificate checks that what was signed names the certificate
// that is used to verify it: ESSCertID (RFC 5035 clause 5, SHA-1 by
// definition) or ESSCertIDv2 (RFC 5816 clause 2.2.1). Each that is there has to
// match, and what further certificates it names have to be among those above
// the signer, to which RFC 5035 clause 3 limits the chain. above is nil if
// there is no chain; if the way up ends below a root, what lies beyond is not
// known. It returns which attributes there are.
func (si signerInfo) checkSigningCertificate(cert *x509.Certificate, above []*x509.Certificate, toRoot bool) (string, error) {
	seen := ""
	for _, form := range []struct {
		oid  string
		name string
		hash crypto.Hash // the default, and for version 1 the only one
	}{
		{oidSigningCert, "ESSCertID", crypto.SHA1},
		{oidSigningCertV2, "ESSCertIDv2", crypto.SHA256},
	} {
		value, found, err := si.attribute(form.oid)
		if err != nil {
			return "", err
		}
		if !found {
			continue
		}
		ids, err := readESSCertIDs(value, form.hash)
		if err != nil {
			return "", fmt.Errorf("%s: %w", form.name, err)
		}
		// The first has to be the signer's (RFC 5035 clause 3).
		if err := ids[0].names(cert); err != nil {
			return "", fmt.Errorf("%s: %w", form.name, err)
		}
		for n, id := range ids[1:] {
			if len(above) > 0 && !slices.ContainsFunc(above, func(c *x509.Certificate) bool { return id.names(c) == nil }) && toRoot {
				return "", fmt.Errorf("%s: entry %d names a certificate outside the chain", form.name, n+2)
			}
		}
		if seen != "" {
			seen += ", "
		}
		seen += form.name
	}
	if seen == "" {
		return "", errors.New("no signing certificate attribute")
	}
	return seen, nil
}

var errESS = errors.New("cannot be read")

// maxESSCertIDs is how many certificates an attribute may name.
const maxESSCertIDs = 32

// essCertID is an ESSCertID or an ESSCertIDv2.
type essCertID struct {
	hash           crypto.Hash
	digest         []byte
	issuer, serial []byte // DER; nil if they are left out
}

// readESSCertIDs reads a SigningCertificate or a SigningCertificateV2: at least
// one entry.
func readESSCertIDs(value cryptobyte.String, hash crypto.Hash) ([]essCertID, error) {
	var body, list cryptobyte.String
	if !value.ReadASN1(&body, casn1.SEQUENCE) || !value.Empty() || !body.ReadASN1(&list, casn1.SEQUENCE) ||
		!body.Empty() && (!der.SkipAny(&body) || !body.Empty()) {
		return nil, errESS
	}
	var ids []essCertID
	for !list.Empty() {
		id, err := readESSCertID(&list, hash)
		if err != nil {
			return nil, err
		}
		if ids = append(ids, id); len(ids) > maxESSCertIDs {
			return nil, errESS
		}
	}
	if len(ids) == 0 {
		return nil, errESS
	}
	return ids, nil
}

func readESSCertID(list *cryptobyte.String, hash crypto.Hash) (e essCertID, err error) {
	var id, digest cryptobyte.String
	e.hash = hash
	if !list.ReadASN1(&id, casn1.SEQUENCE) {
		return e, errESS
	}
	if hash != crypto.SHA1 && id.PeekASN1Tag(casn1.SEQUENCE) {
		var oid string
		if !der.ReadHash(&id, &oid) {
			return e, errESS
		}
		if e.hash, err = algorithm.Hash(oid); err != nil {
			return e, err
		}
	}
	if !id.ReadASN1(&digest, casn1.OCTET_STRING) {
		return e, errESS
	}
	e.digest = digest
	if id.Empty() {
		return e, nil
	}
	// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER }
	var both, list2, name, issuer, serial cryptobyte.String
	if !id.ReadASN1(&both, casn1.SEQUENCE) || !id.Empty() || !both.ReadASN1(&list2, casn1.SEQUENCE) ||
		!both.ReadASN1Element(&serial, casn1.INTEGER) || !both.Empty() ||
		!list2.ReadASN1(&name, der.Context4) || !list2.Empty() ||
		!name.ReadASN1Element(&issuer, casn1.SEQUENCE) || !name.Empty() {
		return e, errESS
	}
	e.issuer, e.serial = issuer, serial
	return e, nil
}

// names compares an identifier with a certificate.
func (e essCertID) names(cert *x509.Certificate) error {
	if !bytes.Equal(e.digest, algorithm.Sum(e.hash, cert.Raw)) {
		return errors.New("names another certificate")
	}
	if e.issuer == nil {
		return nil
	}
	own, err := asn1.Marshal(cert.SerialNumber)
	if err != nil || !names.Equal(e.issuer, cert.RawIssuer) || !bytes.Equal(e.serial, own) {
		return errors.New("names another issuer or serial number")
	}
	return nil
}

// checkTSAName holds the tsa field, if it is there, against the names in the
// signer's certificate (RFC 3161 clause 2.4.2: it has to correspond to one).
func checkTSAName(field []byte, cert *x509.Certificate) error {
	if field == nil {
		return nil
	}
	owns, ok := names.Owns(cert, field)
	switch {
	case !ok:
		return errors.New("the tsa field cannot be read")
	case !owns:
		return errors.New("the tsa field names another than the signer's certificate does")
	}
	return nil
}

var oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

// checkKeyUsage demands a certificate for timestamping and nothing else: one
// extended key usage, critical (RFC 3161 clause 2.3), no CA, and, where the
// key usage is restricted, one for signing.
func checkKeyUsage(cert *x509.Certificate) error {
	critical := false
	for _, e := range cert.Extensions {
		critical = critical || e.Id.Equal(oidExtKeyUsage) && e.Critical
	}
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	switch {
	case len(cert.ExtKeyUsage) != 1 || cert.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(cert.UnknownExtKeyUsage) > 0:
		return errors.New("extended key usage is not timeStamping alone")
	case !critical:
		return errors.New("extended key usage is not critical")
	case cert.IsCA:
		return errors.New("the signer is a certification authority")
	case cert.KeyUsage != 0 && cert.KeyUsage&signs == 0:
		return errors.New("key usage does not permit signing")
	}
	return nil
}
