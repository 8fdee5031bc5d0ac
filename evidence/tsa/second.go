package tsa

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"constat/evidence/tsa/algorithm"
	"constat/evidence/tsa/der"
	"constat/evidence/tsa/names"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
	"github.com/sigstore/timestamp-authority/v2/pkg/verification"
	"golang.org/x/crypto/cryptobyte"
)

// errStopped is what [crossCheck] hands to the other verifier in place of data.
var errStopped = errors.New("every check before the imprint has passed")

type stopReader struct{}

var _ io.Reader = stopReader{}

func (stopReader) Read([]byte) (int, error) { return 0, errStopped }

// errBeyond reports what the second verifier cannot read or does not know. Its
// silence is no verdict.
var errBeyond = errors.New("sigstore timestamp-authority does not know")

// crossCheck has sigstore's verifier judge the same token against the root
// that was found, and demands that it agrees. That verifier hashes the data
// itself, last of all; we hold only the digest and have compared it already, so
// it gets a reader that fails, and agreement is that it came as far as reading.
// It sees the token only after everything else has passed, with the certificates
// of the chain in place of whatever else came along unsigned.
func (j *judge) crossCheck() error {
	if why := j.beyondSecond(); why != "" {
		return fmt.Errorf("%w %s", errBeyond, why)
	}
	token := j.data.with(j.chain)
	// Reading and judging are one step to its users. Here they are told apart: a
	// signature that it refuses is a verdict, a content that it cannot read after
	// having accepted the signature is none.
	message, err := pkcs7.Parse(token)
	if err != nil {
		return fmt.Errorf("%w the form: %w", errBeyond, err)
	}
	if err := message.Verify(); err == nil {
		if _, err := timestamp.Parse(token); err != nil {
			return fmt.Errorf("%w the form: %w", errBeyond, err)
		}
	}
	// The status is not signed. It was judged before; this one says granted,
	// because the verifier knows no other.
	granted := []byte{0x30, 0x03, 0x02, 0x01, statusGranted}
	resp := der.Append(nil, 0x30, append(granted, token...))
	var between []*x509.Certificate
	if len(j.chain) > 2 {
		between = j.chain[1 : len(j.chain)-1]
	}
	_, err = verification.VerifyTimestampResponse(resp, stopReader{}, verification.VerifyOpts{
		OID:           j.o.Policy,
		Intermediates: between,
		Roots:         j.chain[len(j.chain)-1:],
		Nonce:         j.o.Nonce,
	})
	switch {
	case errors.Is(err, errStopped):
		return nil
	case err == nil:
		return errors.New("the imprint was not compared")
	case unread(err):
		return fmt.Errorf("%w the form: %w", errBeyond, err)
	}
	return err
}

// unread reports whether the second verifier did not come as far as judging.
func unread(err error) bool {
	var structure asn1.StructuralError
	var syntax asn1.SyntaxError
	var parse timestamp.ParseError
	return errors.As(err, &structure) || errors.As(err, &syntax) || errors.As(err, &parse) ||
		errors.Is(err, pkcs7.ErrUnsupportedAlgorithm) || errors.Is(err, pkcs7.ErrUnsupportedContentType) ||
		errors.Is(err, x509.ErrUnsupportedAlgorithm) || errors.Is(err, verification.ErrUnsupportedHashAlg)
}

const oidECKey = "1.2.840.10045.2.1" // id-ecPublicKey

// beyondSecond names what the second verifier is known not to know, or nothing.
func (j *judge) beyondSecond() string {
	si := j.data.signers[0]
	known := []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}
	switch {
	case j.signAlg.Name() == algorithm.PSS:
		return "RSASSA-PSS"
	case si.signAlg == oidECKey:
		return "ECDSA by the name of its key"
	case !slices.Contains(known, j.signAlg.Hash()):
		return "signatures with " + j.signAlg.Hash().String()
	case si.issuer == nil:
		return "signers named by key identifier"
	case !bytes.Equal(si.issuer, j.signer.RawIssuer):
		return "names that differ in their letters only"
	case j.asSent:
		return "attributes that are signed in another order than that of DER"
	case !slices.Contains(known, j.imprint):
		return "imprints with " + j.imprint.String()
	}
	for i, c := range j.chain {
		public, isRSA := c.PublicKey.(*rsa.PublicKey)
		switch {
		case isRSA && int64(public.E) > math.MaxInt32:
			return "RSA with so large an exponent"
		case c.PublicKey == nil:
			return "a key in the chain"
		case len(c.UnhandledCriticalExtensions) > 0:
			return "constraints on names in the chain"
		case i == len(j.chain)-1:
		case c.SignatureAlgorithm == x509.UnknownSignatureAlgorithm:
			return "a signature algorithm in the chain"
		case !bytes.Equal(c.RawIssuer, j.chain[i+1].RawSubject) && names.Equal(c.RawIssuer, j.chain[i+1].RawSubject):
			return "names that differ in their letters only"
		}
	}
	return ""
}

// beyondOpenSSL names what `openssl ts -verify` does not know (seen with 3.0.19,
// which reads PKCS #7 instead of CMS), or nothing.
func (j *judge) beyondOpenSSL() string {
	si := j.data.signers[0]
	switch {
	case j.signAlg.Name() == algorithm.PSS:
		return "RSASSA-PSS"
	case j.signAlg.Name() == algorithm.Ed25519:
		return "Ed25519"
	case si.issuer == nil:
		return "a signer named by key identifier"
	case j.data.odd > 0:
		return "other things than certificates among them"
	case si.sent != nil && !j.asSent:
		return "attributes that were sent in another order than they were signed in"
	case slices.ContainsFunc(j.data.records, func(r []byte) bool { _, err := parseCRL(r); return err != nil }):
		return "revocation information that is no list"
	case j.info.tsa != nil && !j.namedAsOpenSSLNames():
		return "the authority's name in another form"
	}
	for _, form := range []struct {
		oid  string
		hash crypto.Hash
	}{{oidSigningCert, crypto.SHA1}, {oidSigningCertV2, crypto.SHA256}} {
		value, found, err := si.attribute(form.oid)
		if !found || err != nil {
			continue
		}
		ids, err := readESSCertIDs(value, form.hash)
		if err != nil {
			continue
		}
		for _, id := range ids {
			if !slices.ContainsFunc(j.chain, func(c *x509.Certificate) bool { return id.names(c) == nil }) {
				return "certificates named beside the signer's that stand on another way up"
			}
		}
	}
	return ""
}

// namedAsOpenSSLNames reports whether the tsa field is the signer's subject, or
// an alternative name byte for byte.
func (j *judge) namedAsOpenSSLNames() bool {
	if s := cryptobyte.String(j.info.tsa); s.PeekASN1Tag(der.Context4) {
		return true
	}
	return slices.ContainsFunc(j.signer.Extensions, func(e pkix.Extension) bool { return bytes.Contains(e.Value, j.info.tsa) })
}
