package tsa

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
)

// pssAlgorithms are the forms of RSASSA-PSS that crypto/x509 verifies: hash,
// hash of the mask and length of the salt all the same.
var pssAlgorithms = map[crypto.Hash]x509.SignatureAlgorithm{
	crypto.SHA256: x509.SHA256WithRSAPSS,
	crypto.SHA384: x509.SHA384WithRSAPSS,
	crypto.SHA512: x509.SHA512WithRSAPSS,
}

// pssParameters reports whether RSASSA-PSS-params (RFC 4055 clause 3.1, as
// RFC 4056 clause 3 asks for in CMS) say the given hash, MGF1 with the same
// hash, a salt as long as the hash, and the usual trailer. Whatever differs is
// refused: the defaults are SHA-1, and with parameters that are not signed a
// weaker hash could be slipped in (RFC 4056 clause 6).
func pssParameters(der []byte, hash crypto.Hash) bool {
	var body, field, mask cryptobyte.String
	var oid asn1.ObjectIdentifier
	var salt int
	s := cryptobyte.String(der)
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !s.Empty() {
		return false
	}
	if !body.ReadASN1(&field, context0) || !readHash(&field, hash) {
		return false
	}
	if !body.ReadASN1(&field, context1) || !field.ReadASN1(&mask, casn1.SEQUENCE) || !field.Empty() ||
		!mask.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidMGF1) || !readHash(&mask, hash) {
		return false
	}
	if !body.ReadASN1(&field, context2) || !field.ReadASN1Integer(&salt) || !field.Empty() || salt != hash.Size() {
		return false
	}
	return body.Empty() // trailerField is the default, which DER leaves out
}

// readHash reads the AlgorithmIdentifier of a hash, with NULL or no parameters
// (RFC 4055 clause 2.1), and nothing after it.
func readHash(s *cryptobyte.String, want crypto.Hash) bool {
	var oid asn1.ObjectIdentifier
	var parameters []byte
	if !readAlgorithmParameters(s, &oid, &parameters) || !s.Empty() {
		return false
	}
	null := len(parameters) == 0 || len(parameters) == 2 && parameters[0] == asn1.TagNull && parameters[1] == 0
	return null && hashOIDs[oid.String()] == want
}

// beyondSecond names what the second verifier cannot judge, or nothing.
func (d signedData) beyondSecond() string {
	switch {
	case len(d.signers) != 1:
		return ""
	case d.signers[0].signAlg.Equal(oidPSS):
		return "RSASSA-PSS"
	case d.signers[0].issuer == nil:
		return "signers named by key identifier"
	}
	return ""
}
