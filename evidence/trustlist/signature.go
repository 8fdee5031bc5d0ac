package trustlist

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" // names a certificate in lists of some states
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"constat/evidence"

	"github.com/beevik/etree"
)

// MaxList is the longest list that is read, in bytes; that of Italy, the
// longest of 2023, has two and a half million.
const MaxList = 16 << 20

// Errors of [Open]; what they wrap says more.
var (
	ErrSize      = errors.New("list is too long")
	ErrForm      = errors.New("not a signed trusted list")
	ErrSignature = errors.New("signature of the list is not good")
	ErrSigner    = errors.New("list is signed by nobody who may")
	ErrOlder     = errors.New("list is older than the one that is known")
)

const (
	nsList           = "http://uri.etsi.org/02231/v2#"
	nsSig            = "http://www.w3.org/2000/09/xmldsig#"
	nsXAdES          = "http://uri.etsi.org/01903/v1.3.2#"
	exclC14N         = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped        = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	signedProperties = "http://uri.etsi.org/01903#SignedProperties"
)

var digests = map[string]crypto.Hash{
	"http://www.w3.org/2001/04/xmlenc#sha256":       crypto.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
	"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
}

type scheme struct {
	ecdsa bool
	hash  crypto.Hash
	pss   bool
}

var schemes = map[string]scheme{
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256":      {hash: crypto.SHA256},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384":      {hash: crypto.SHA384},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":      {hash: crypto.SHA512},
	"http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": {hash: crypto.SHA256, pss: true},
	"http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1": {hash: crypto.SHA384, pss: true},
	"http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1": {hash: crypto.SHA512, pss: true},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256":    {ecdsa: true, hash: crypto.SHA256},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384":    {ecdsa: true, hash: crypto.SHA384},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512":    {ecdsa: true, hash: crypto.SHA512},
}

// signed verifies the enveloped XAdES signature of a list and returns the bytes
// that it is over, without the signature, and who signed. Nothing but those
// bytes is read afterwards, so that nothing which was not signed can be.
func signed(raw []byte, may []evidence.Digest) ([]byte, *x509.Certificate, error) {
	if len(raw) > MaxList {
		return nil, nil, fmt.Errorf("%w: %d bytes", ErrSize, len(raw))
	}
	root, err := parse(raw)
	if err != nil {
		return nil, nil, err
	}
	sig, err := one(root, nsSig, "Signature")
	if err != nil {
		return nil, nil, err
	}
	cert, err := signer(sig)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(may, evidence.Sum(cert.Raw)) {
		return nil, nil, fmt.Errorf("%w: %s, SHA-256 %s", ErrSigner, evidence.Shorten(cert.Subject.String(), 200), evidence.Sum(cert.Raw))
	}
	info, err := one(sig, nsSig, "SignedInfo")
	if err != nil {
		return nil, nil, err
	}
	properties, err := below(sig, step{nsSig, "Object"}, step{nsXAdES, "QualifyingProperties"}, step{nsXAdES, "SignedProperties"})
	if err != nil {
		return nil, nil, err
	}
	// What the signature is over has the signature itself taken out.
	whole := root.Copy()
	inCopy, err := one(whole, nsSig, "Signature")
	if err != nil {
		return nil, nil, err
	}
	whole.RemoveChild(inCopy)
	content, err := canonical(whole, nil, false)
	if err != nil {
		return nil, nil, err
	}
	if err := references(info, root, sig, properties, content); err != nil {
		return nil, nil, err
	}
	if err := named(properties, cert); err != nil {
		return nil, nil, err
	}
	return content, cert, check(info, root, sig, cert)
}

// parse reads the document as a tree. Entities of its own a list may not have.
func parse(raw []byte) (*etree.Element, error) {
	doc := etree.NewDocument()
	doc.ReadSettings.Permissive = false
	if _, err := doc.ReadFrom(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	for _, t := range doc.Child {
		if _, ok := t.(*etree.Directive); ok {
			return nil, fmt.Errorf("%w: has a document type", ErrForm)
		}
	}
	root := doc.Root()
	if root == nil || root.Tag != "TrustServiceStatusList" || root.NamespaceURI() != nsList {
		return nil, fmt.Errorf("%w: no TrustServiceStatusList", ErrForm)
	}
	return root, nil
}

// one returns the only child of a name.
func one(in *etree.Element, space, tag string) (*etree.Element, error) {
	var found *etree.Element
	for _, c := range in.ChildElements() {
		if c.Tag == tag && c.NamespaceURI() == space {
			if found != nil {
				return nil, fmt.Errorf("%w: two %s", ErrForm, tag)
			}
			found = c
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w: no %s", ErrForm, tag)
	}
	return found, nil
}

type step struct{ space, tag string }

func below(in *etree.Element, way ...step) (_ *etree.Element, err error) {
	for _, s := range way {
		if in, err = one(in, s.space, s.tag); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func text(e *etree.Element) string { return strings.Join(strings.Fields(e.Text()), "") }

// signer is the first certificate that the signature brings; whether it may
// sign the caller says.
func signer(sig *etree.Element) (*x509.Certificate, error) {
	info, err := one(sig, nsSig, "KeyInfo")
	if err != nil {
		return nil, err
	}
	for _, data := range info.ChildElements() {
		for _, c := range data.ChildElements() {
			if c.Tag != "X509Certificate" || c.NamespaceURI() != nsSig {
				continue
			}
			der, err := base64.StdEncoding.DecodeString(text(c))
			if err != nil {
				return nil, fmt.Errorf("%w: certificate: %w", ErrForm, err)
			}
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return nil, fmt.Errorf("%w: certificate: %w", ErrForm, err)
			}
			return cert, nil
		}
	}
	return nil, fmt.Errorf("%w: no certificate", ErrForm)
}

// references compares the digests: exactly one is of the whole list, and one of
// the signed properties.
func references(info, root, sig, properties *etree.Element, content []byte) error {
	way, err := ancestors(root, properties)
	if err != nil {
		return err
	}
	wholes, both := 0, 0
	for _, r := range info.ChildElements() {
		if r.Tag != "Reference" || r.NamespaceURI() != nsSig {
			continue
		}
		uri, over := r.SelectAttrValue("URI", "-"), []byte(nil)
		var wanted []string
		switch id := properties.SelectAttrValue("Id", ""); {
		case r.SelectAttrValue("Type", "") == signedProperties && id != "" && uri == "#"+id:
			// Without transforms the form is Canonical XML 1.0 (XMLDSIG clause 4.4.3.2).
			inclusive := len(transforms(r)) == 0
			if over, err = canonical(properties, way, inclusive); err != nil {
				return err
			}
			if !inclusive {
				wanted = []string{exclC14N}
			}
			both++
		case uri == "" || root.SelectAttrValue("Id", "") != "" && uri == "#"+root.SelectAttrValue("Id", ""):
			over, wanted = content, []string{enveloped, exclC14N}
			wholes++
		default:
			return fmt.Errorf("%w: it is over %.60q, too", ErrForm, uri)
		}
		if got := transforms(r); !slices.Equal(got, wanted) {
			return fmt.Errorf("%w: transforms %.200q", ErrForm, got)
		}
		if err := digest(r, over, false); err != nil {
			return err
		}
	}
	if wholes != 1 || both != 1 {
		return fmt.Errorf("%w: not over the whole list and its own properties", ErrForm)
	}
	return nil
}

// ancestors are those of an element, outermost first.
func ancestors(root, e *etree.Element) ([]*etree.Element, error) {
	var way []*etree.Element
	for p := e.Parent(); p != nil && p.Tag != ""; p = p.Parent() {
		way = append(way, p)
	}
	if len(way) == 0 || way[len(way)-1] != root {
		return nil, fmt.Errorf("%w: not within the list", ErrForm)
	}
	slices.Reverse(way)
	return way, nil
}

func transforms(r *etree.Element) []string {
	var out []string
	list, err := one(r, nsSig, "Transforms")
	if err != nil {
		return nil
	}
	for _, t := range list.ChildElements() {
		if len(t.ChildElements()) > 0 {
			return []string{"with parameters"}
		}
		out = append(out, t.SelectAttrValue("Algorithm", ""))
	}
	return out
}

// digest compares the digest that an element names with that of some bytes. SHA-1
// is good enough only for what its caller has compared already.
func digest(named *etree.Element, of []byte, known bool) error {
	method, err := one(named, nsSig, "DigestMethod")
	if err != nil {
		return err
	}
	value, err := one(named, nsSig, "DigestValue")
	if err != nil {
		return err
	}
	hash, ok := digests[method.SelectAttrValue("Algorithm", "")]
	if known && method.SelectAttrValue("Algorithm", "") == nsSig+"sha1" {
		hash, ok = crypto.SHA1, true
	}
	if !ok {
		return fmt.Errorf("%w: digest %.100q", ErrForm, method.SelectAttrValue("Algorithm", ""))
	}
	h := hash.New()
	h.Write(of)
	if got, err := base64.StdEncoding.DecodeString(text(value)); err != nil || !bytes.Equal(got, h.Sum(nil)) {
		return fmt.Errorf("%w: it is over something else", ErrSignature)
	}
	return nil
}

// named demands that the signed properties name the certificate (ETSI EN 319
// 132-1 clause 5.2.2), so that no other one with the same key can take its place.
func named(properties *etree.Element, cert *x509.Certificate) error {
	about, err := one(properties, nsXAdES, "SignedSignatureProperties")
	if err != nil {
		return err
	}
	for _, tag := range []string{"SigningCertificate", "SigningCertificateV2"} {
		list, err := one(about, nsXAdES, tag)
		if err != nil {
			continue
		}
		first, err := below(list, step{nsXAdES, "Cert"}, step{nsXAdES, "CertDigest"})
		if err != nil {
			return err
		}
		return digest(first, cert.Raw, true)
	}
	return fmt.Errorf("%w: names no certificate", ErrForm)
}

// check verifies the signature value.
func check(info, root, sig *etree.Element, cert *x509.Certificate) error {
	method, err := one(info, nsSig, "CanonicalizationMethod")
	if err != nil {
		return err
	}
	if a := method.SelectAttrValue("Algorithm", ""); a != exclC14N || len(method.ChildElements()) > 0 {
		return fmt.Errorf("%w: canonical form %.100q", ErrForm, a)
	}
	if method, err = one(info, nsSig, "SignatureMethod"); err != nil {
		return err
	}
	name := method.SelectAttrValue("Algorithm", "")
	s, ok := schemes[name]
	if !ok {
		return fmt.Errorf("%w: signature %.100q", ErrForm, name)
	}
	over, err := canonical(info, []*etree.Element{root, sig}, false)
	if err != nil {
		return err
	}
	element, err := one(sig, nsSig, "SignatureValue")
	if err != nil {
		return err
	}
	value, err := base64.StdEncoding.DecodeString(text(element))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	h := s.hash.New()
	h.Write(over)
	sum := h.Sum(nil)
	good := false
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if s.ecdsa || key.N.BitLen() < 1900 {
			break
		}
		if s.pss {
			good = rsa.VerifyPSS(key, s.hash, sum, value, nil) == nil
		} else {
			good = rsa.VerifyPKCS1v15(key, s.hash, sum, value) == nil
		}
	case *ecdsa.PublicKey:
		if n := len(value) / 2; s.ecdsa && n > 0 && len(value) == 2*n { // RFC 4050: r and s side by side
			good = ecdsa.Verify(key, sum, new(big.Int).SetBytes(value[:n]), new(big.Int).SetBytes(value[n:]))
		}
	}
	if !good {
		return ErrSignature
	}
	return nil
}
