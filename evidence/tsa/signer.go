package tsa

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // ESSCertID of RFC 2634 is defined with SHA-1; nothing else here uses it
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// hashOIDs are the hash functions that are accepted (RFC 5754 clause 2).
// SHA-1 and MD5 are not among them.
var hashOIDs = map[string]crypto.Hash{
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// signatureOIDs are the signature algorithms that are accepted, by hash. CMS
// names RSA without a hash as often as with one (RFC 5754 clause 3.2).
var signatureOIDs = map[string]map[crypto.Hash]x509.SignatureAlgorithm{
	"1.2.840.113549.1.1.1": {
		crypto.SHA256: x509.SHA256WithRSA, crypto.SHA384: x509.SHA384WithRSA, crypto.SHA512: x509.SHA512WithRSA,
	},
	"1.2.840.113549.1.1.11": {crypto.SHA256: x509.SHA256WithRSA},
	"1.2.840.113549.1.1.12": {crypto.SHA384: x509.SHA384WithRSA},
	"1.2.840.113549.1.1.13": {crypto.SHA512: x509.SHA512WithRSA},
	"1.2.840.10045.4.3.2":   {crypto.SHA256: x509.ECDSAWithSHA256},
	"1.2.840.10045.4.3.3":   {crypto.SHA384: x509.ECDSAWithSHA384},
	"1.2.840.10045.4.3.4":   {crypto.SHA512: x509.ECDSAWithSHA512},
}

// signerCertificate finds the certificate that the signature names, by issuer
// and serial number or by key identifier (RFC 5652 clause 5.3). Order in the
// bag means nothing. Two different certificates under one name are refused, so
// that a smuggled one cannot stand in for the other.
func (d signedData) signerCertificate() (*x509.Certificate, error) {
	if len(d.signers) != 1 {
		// RFC 3161 clause 2.4.2: no signature but the authority's own.
		return nil, fmt.Errorf("%d signers", len(d.signers))
	}
	var found *x509.Certificate
	for _, c := range d.certificates {
		if !d.signers[0].names(c) {
			continue
		}
		if found != nil && !found.Equal(c) {
			return nil, errors.New("two certificates under the signer's name")
		}
		found = c
	}
	if found == nil {
		return nil, fmt.Errorf("no certificate for the signer among %d", len(d.certificates))
	}
	return found, nil
}

// names reports whether the signature says that it is the certificate's.
func (si signerInfo) names(c *x509.Certificate) bool {
	if si.issuer == nil {
		return len(si.keyID) > 0 && bytes.Equal(si.keyID, c.SubjectKeyId)
	}
	serial, err := asn1.Marshal(c.SerialNumber)
	return err == nil && bytes.Equal(c.RawIssuer, si.issuer) && bytes.Equal(serial, si.serial)
}

// checkSignature verifies the one signature over the content (RFC 5652
// clauses 5.4, 5.6 and 11.1, 11.2) and returns the algorithm it was made with.
func (d signedData) checkSignature(cert *x509.Certificate) (x509.SignatureAlgorithm, error) {
	si := d.signers[0]
	hash, ok := hashOIDs[si.digestAlg.String()]
	if !ok {
		return 0, fmt.Errorf("digest algorithm %v is not accepted", si.digestAlg)
	}
	alg, ok := signatureOIDs[si.signAlg.String()][hash]
	if si.signAlg.Equal(oidPSS) {
		if !pssParameters(si.signParams, hash) {
			return 0, fmt.Errorf("RSASSA-PSS parameters are not those of %v throughout", hash)
		}
		alg, ok = pssAlgorithms[hash], true
	}
	if !ok {
		return 0, fmt.Errorf("signature algorithm %v with %v is not accepted", si.signAlg, hash)
	}
	// Signed attributes are a must for any content but id-data. Without them a
	// signature over other bytes could be passed off as one over attributes.
	contentType, found, err := si.attribute(oidContentType)
	var oid asn1.ObjectIdentifier
	if err != nil {
		return 0, err
	}
	if !found || !contentType.ReadASN1ObjectIdentifier(&oid) || !contentType.Empty() || !oid.Equal(d.contentType) {
		return 0, errors.New("content type attribute is missing or differs")
	}
	digest, found, err := si.attribute(oidMessageDigest)
	var want []byte
	if err != nil {
		return 0, err
	}
	if !found || !digest.ReadASN1Bytes(&want, casn1.OCTET_STRING) || !digest.Empty() || !bytes.Equal(want, sum(hash, d.content)) {
		return 0, errors.New("message digest attribute is missing or differs")
	}
	return alg, cert.CheckSignature(alg, si.signed, si.signature)
}

func sum(h crypto.Hash, b []byte) []byte {
	w := h.New()
	w.Write(b)
	return w.Sum(nil)
}

// checkSigningCertificate checks that what was signed names the certificate
// that is used to verify it: ESSCertID (RFC 5035 clause 5, SHA-1 by
// definition) or ESSCertIDv2 (RFC 5816 clause 2.2.1). Each that is there has to
// match. It returns which ones there are.
func (si signerInfo) checkSigningCertificate(cert *x509.Certificate) (string, error) {
	seen := ""
	for _, form := range []struct {
		oid  asn1.ObjectIdentifier
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
		if err := matchESSCertID(value, form.hash, cert); err != nil {
			return "", fmt.Errorf("%s: %w", form.name, err)
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

// matchESSCertID compares the first certificate identifier, which has to be
// the signer's (RFC 5035 clause 3), with the certificate.
func matchESSCertID(value cryptobyte.String, hash crypto.Hash, cert *x509.Certificate) error {
	var body, list, id, digest cryptobyte.String
	if !value.ReadASN1(&body, casn1.SEQUENCE) || !value.Empty() || !body.ReadASN1(&list, casn1.SEQUENCE) ||
		!list.ReadASN1(&id, casn1.SEQUENCE) || !body.Empty() && (!skipAny(&body) || !body.Empty()) {
		return errESS
	}
	if hash != crypto.SHA1 && id.PeekASN1Tag(casn1.SEQUENCE) {
		var oid asn1.ObjectIdentifier
		if !readAlgorithm(&id, &oid) {
			return errESS
		}
		var ok bool
		if hash, ok = hashOIDs[oid.String()]; !ok {
			return fmt.Errorf("hash %v is not accepted", oid)
		}
	}
	if !id.ReadASN1(&digest, casn1.OCTET_STRING) {
		return errESS
	}
	if !bytes.Equal(digest, sum(hash, cert.Raw)) {
		return errors.New("names another certificate")
	}
	if id.Empty() {
		return nil
	}
	// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER }
	var both, names, name, issuer, serial cryptobyte.String
	if !id.ReadASN1(&both, casn1.SEQUENCE) || !id.Empty() || !both.ReadASN1(&names, casn1.SEQUENCE) ||
		!both.ReadASN1Element(&serial, casn1.INTEGER) || !both.Empty() ||
		!names.ReadASN1(&name, casn1.Tag(4).ContextSpecific().Constructed()) || !names.Empty() ||
		!name.ReadASN1Element(&issuer, casn1.SEQUENCE) || !name.Empty() {
		return errESS
	}
	own, err := asn1.Marshal(cert.SerialNumber)
	if err != nil || !bytes.Equal(issuer, cert.RawIssuer) || !bytes.Equal(serial, own) {
		return errors.New("names another issuer or serial number")
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
