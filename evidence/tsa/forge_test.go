package tsa_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The forge makes replies with chosen defects. It shares no code with the
// package: what it writes, OpenSSL and sigstore's verifier judge as well.

var (
	oidData        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigned      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTST         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidAttrType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidAttrDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidAttrTime    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
	oidAttrESS     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidAttrESSv2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidStamping    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidCodeSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}
	oidUsage       = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidQC          = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
	oidRSA         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidPSS         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidSHA1        = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	testPolicy     = asn1.ObjectIdentifier{1, 2, 3, 4, 1}

	digestOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:     oidSHA1,
		crypto.SHA224:   {2, 16, 840, 1, 101, 3, 4, 2, 4},
		crypto.SHA3_256: {2, 16, 840, 1, 101, 3, 4, 2, 8},
		crypto.SHA3_512: {2, 16, 840, 1, 101, 3, 4, 2, 10},
		crypto.SHA256:   {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384:   {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512:   {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	ecdsaOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:   {1, 2, 840, 10045, 4, 1},
		crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2},
		crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3},
		crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4},
	}
)

type extension struct {
	oid      asn1.ObjectIdentifier
	critical bool
	value    []byte
}

type signedAttribute struct {
	oid    asn1.ObjectIdentifier
	values [][]byte // DER
}

// forge is a reply in the making. A test takes a good one and spoils a field.
type forge struct {
	status   int
	text     string
	failBit  int // 0: none
	noToken  bool
	trailing []byte // after the TimeStampResp

	version    int64
	policy     asn1.ObjectIdentifier
	imprintOID asn1.ObjectIdentifier
	imprint    []byte
	serial     *big.Int
	genTime    string
	accuracy   []int64 // seconds, milliseconds, microseconds; negative: left out
	nonce      *big.Int
	extensions []extension
	policyDER  []byte                 // in place of policy
	tsaName    []byte                 // DER of a GeneralName; nil: left out
	imprints   map[crypto.Hash][]byte // what the judge is given beside the digest
	tail       []byte                 // after the TSTInfo, inside the signed content
	inner      []byte                 // after the last field, inside the TSTInfo

	contentType asn1.ObjectIdentifier
	attrType    asn1.ObjectIdentifier // nil: left out
	essV1       *x509.Certificate     // nil: left out
	essV2       *x509.Certificate
	essHash     crypto.Hash
	essSerial   *big.Int // IssuerSerial; nil: left out
	essIssuer   []byte   // DER of a Name; nil: the certificate's
	essMore     []*x509.Certificate
	attributes  []signedAttribute
	digestOf    []byte // what the message digest is of; nil: the content
	unsorted    bool   // attributes are sent in another order than they were signed
	asSent      bool   // attributes are signed and sent in another order than that of DER

	cert       *x509.Certificate // the signer
	key        crypto.Signer
	hash       crypto.Hash
	signOID    asn1.ObjectIdentifier // nil: by key and hash
	signParams []byte                // DER; nil: none
	keyID      bool                  // names the signer by key identifier
	sidIssuer  []byte                // DER of a Name; nil: the certificate's
	spoilSig   bool
	bag        []*x509.Certificate
	odd        [][]byte       // DER of further elements of the bag
	records    [][]byte       // DER of revocation information
	more       []forgedSigner // further signers

	root *x509.Certificate
}

type forgedSigner struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var (
	stamped    = time.Date(2026, 5, 4, 10, 20, 30, 0, time.UTC)
	goodFrom   = stamped.AddDate(-1, 0, 0)
	goodTo     = stamped.AddDate(5, 0, 0)
	goodNonce  = big.NewInt(0x1122334455667788)
	goodSerial = big.NewInt(0xABCDE)
)

func rootForm() certForm {
	return certForm{serial: 1, name: "Root", from: goodFrom.AddDate(-5, 0, 0), to: goodTo.AddDate(20, 0, 0), ca: true, key: rootKey()}
}

// newForge returns a forge that makes a good reply about payload.
func newForge(t testing.TB) *forge {
	t.Helper()
	root := rootForm().issue(t, nil, rootKey())
	f := &forge{
		version: 1, policy: testPolicy, imprintOID: digestOIDs[crypto.SHA256],
		serial: goodSerial, genTime: stamped.Format("20060102150405Z"), accuracy: []int64{1, -1, -1}, nonce: goodNonce,
		contentType: oidTST, attrType: oidTST, essHash: crypto.SHA256, hash: crypto.SHA256, root: root,
	}
	digest := evidence.Sum(payload)
	f.imprint = digest[:]
	f.signer(t, certForm{})
	return f
}

// signer makes another signer certificate; what the form leaves out is good.
func (f *forge) signer(t testing.TB, form certForm) {
	t.Helper()
	f.signerUnder(t, form, f.root, rootKey())
}

func (f *forge) signerUnder(t testing.TB, form certForm, parent *x509.Certificate, parentKey crypto.Signer) {
	t.Helper()
	if form.serial == 0 {
		form.serial = 77
	}
	if form.name == "" {
		form.name = "Signer"
	}
	if form.from.IsZero() {
		form.from = goodFrom
	}
	if form.to.IsZero() {
		form.to = goodTo
	}
	if form.key == nil {
		form.key = signerKey()
	}
	f.cert, f.key = form.issue(t, parent, parentKey), form.key
	f.bag = []*x509.Certificate{f.cert}
	f.essV2, f.essV1, f.essSerial = f.cert, nil, f.cert.SerialNumber
}

// options are what a good reply of this forge is judged by.
func (f *forge) options() tsa.Options {
	return tsa.Options{
		Roots: []*x509.Certificate{f.root}, Nonce: goodNonce, Policy: testPolicy, Imprints: f.imprints,
		Window: &tsa.Window{From: stamped, To: stamped.Add(time.Second), Tolerance: time.Minute},
	}
}

func (f *forge) rootPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.root.Raw}))
}

func mustDER(t testing.TB, b *cryptobyte.Builder) []byte {
	t.Helper()
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func hashOf(h crypto.Hash, b []byte) []byte {
	if h == crypto.SHA1 {
		s := sha1.Sum(b)
		return s[:]
	}
	w := h.New()
	w.Write(b)
	return w.Sum(nil)
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

func ctag(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }

func (f *forge) tstInfo(t testing.TB) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(f.version)
		if f.policyDER != nil {
			b.AddBytes(f.policyDER)
		} else {
			b.AddASN1ObjectIdentifier(f.policy)
		}
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addAlgorithm(b, f.imprintOID)
			b.AddASN1OctetString(f.imprint)
		})
		b.AddASN1BigInt(f.serial)
		b.AddASN1(casn1.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(f.genTime)) })
		if f.accuracy != nil {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for i, tag := range []casn1.Tag{casn1.INTEGER, casn1.Tag(0).ContextSpecific(), casn1.Tag(1).ContextSpecific()} {
					if f.accuracy[i] >= 0 {
						b.AddASN1Int64WithTag(f.accuracy[i], tag)
					}
				}
			})
		}
		if f.nonce != nil {
			b.AddASN1BigInt(f.nonce)
		}
		if f.tsaName != nil {
			b.AddASN1(ctag(0), func(b *cryptobyte.Builder) { b.AddBytes(f.tsaName) })
		}
		if len(f.extensions) > 0 {
			b.AddASN1(ctag(1), func(b *cryptobyte.Builder) {
				for _, e := range f.extensions {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(e.oid)
						if e.critical {
							b.AddASN1Boolean(true)
						}
						b.AddASN1OctetString(e.value)
					})
				}
			})
		}
		b.AddBytes(f.inner)
	})
	b.AddBytes(f.tail)
	return mustDER(t, &b)
}

// ess returns the DER of a SigningCertificate or SigningCertificateV2.
func (f *forge) ess(t testing.TB, cert *x509.Certificate, hash crypto.Hash) []byte {
	issuer := f.essIssuer
	if issuer == nil {
		issuer = cert.RawIssuer
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				if hash != crypto.SHA256 && hash != crypto.SHA1 {
					addAlgorithm(b, digestOIDs[hash])
				}
				b.AddASN1OctetString(hashOf(hash, cert.Raw))
				if f.essSerial != nil {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
							b.AddASN1(ctag(4), func(b *cryptobyte.Builder) { b.AddBytes(issuer) })
						})
						b.AddASN1BigInt(f.essSerial)
					})
				}
			})
			for _, c := range f.essMore {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(hashOf(hash, c.Raw)) })
			}
		})
	})
	return mustDER(t, &b)
}

func (f *forge) signedAttributes(t testing.TB, content []byte) [][]byte {
	if f.digestOf != nil {
		content = f.digestOf
	}
	value := func(add func(b *cryptobyte.Builder)) [][]byte {
		var b cryptobyte.Builder
		add(&b)
		return [][]byte{mustDER(t, &b)}
	}
	attrs := slices.Clone(f.attributes)
	if f.attrType != nil {
		attrs = append(attrs, signedAttribute{oidAttrType, value(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(f.attrType) })})
	}
	attrs = append(attrs, signedAttribute{oidAttrDigest, value(func(b *cryptobyte.Builder) { b.AddASN1OctetString(hashOf(f.hash, content)) })})
	if f.essV1 != nil {
		attrs = append(attrs, signedAttribute{oidAttrESS, [][]byte{f.ess(t, f.essV1, crypto.SHA1)}})
	}
	if f.essV2 != nil {
		attrs = append(attrs, signedAttribute{oidAttrESSv2, [][]byte{f.ess(t, f.essV2, f.essHash)}})
	}
	var encoded [][]byte
	for _, a := range attrs {
		var b cryptobyte.Builder
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(a.oid)
			b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(a.values, nil)) })
		})
		encoded = append(encoded, mustDER(t, &b))
	}
	slices.SortFunc(encoded, bytes.Compare)
	return encoded
}

func (f *forge) addSigner(t testing.TB, b *cryptobyte.Builder, content []byte, s forgedSigner) {
	attrs := f.signedAttributes(t, content)
	if f.asSent {
		slices.Reverse(attrs)
	}
	var set cryptobyte.Builder
	set.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(attrs, nil)) })
	message, opts := mustDER(t, &set), crypto.SignerOpts(f.hash)
	if _, pure := s.key.(ed25519.PrivateKey); pure {
		opts = crypto.Hash(0)
	} else {
		message = hashOf(f.hash, message)
	}
	signature, err := s.key.Sign(nil, message, opts)
	if err != nil {
		t.Fatal(err)
	}
	if f.unsorted {
		slices.Reverse(attrs)
	}
	if f.spoilSig {
		signature[len(signature)-1] ^= 1
	}
	signOID := f.signOID
	if signOID == nil {
		if signOID = ecdsaOIDs[f.hash]; isRSA(s.key) {
			signOID = oidRSA
		}
	}
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if f.keyID {
			b.AddASN1Int64(3)
			b.AddASN1(casn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(s.cert.SubjectKeyId) })
		} else {
			b.AddASN1Int64(1)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				if f.sidIssuer != nil {
					b.AddBytes(f.sidIssuer)
				} else {
					b.AddBytes(s.cert.RawIssuer)
				}
				b.AddASN1BigInt(s.cert.SerialNumber)
			})
		}
		addAlgorithm(b, digestOIDs[f.hash])
		b.AddASN1(ctag(0), func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(attrs, nil)) })
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(signOID)
			b.AddBytes(f.signParams)
		})
		b.AddASN1OctetString(signature)
	})
}

func isRSA(k crypto.Signer) bool { _, ok := k.Public().(*rsa.PublicKey); return ok }

// token returns the DER of the ContentInfo.
func (f *forge) token(t testing.TB) []byte {
	content := f.tstInfo(t)
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSigned)
		b.AddASN1(ctag(0), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(3)
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, digestOIDs[f.hash]) })
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(f.contentType)
					b.AddASN1(ctag(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
				})
				if len(f.bag)+len(f.odd) > 0 {
					b.AddASN1(ctag(0), func(b *cryptobyte.Builder) {
						for _, c := range f.bag {
							b.AddBytes(c.Raw)
						}
						b.AddBytes(bytes.Join(f.odd, nil))
					})
				}
				if len(f.records) > 0 {
					b.AddASN1(ctag(1), func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(f.records, nil)) })
				}
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
					for _, s := range append([]forgedSigner{{f.cert, f.key}}, f.more...) {
						f.addSigner(t, b, content, s)
					}
				})
			})
		})
	})
	return mustDER(t, &b)
}

// build returns the TimeStampResp.
func (f *forge) build(t testing.TB) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(f.status))
			if f.text != "" {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(f.text)) })
				})
			}
			if f.failBit > 0 {
				bits := make([]byte, f.failBit/8+1)
				bits[f.failBit/8] = 0x80 >> (f.failBit % 8)
				b.AddASN1(casn1.BIT_STRING, func(b *cryptobyte.Builder) {
					b.AddUint8(uint8(7 - f.failBit%8))
					b.AddBytes(bits)
				})
			}
		})
		if !f.noToken {
			b.AddBytes(f.token(t))
		}
	})
	return append(mustDER(t, &b), f.trailing...)
}

// toBER rewrites DER with indefinite lengths and octet strings in two parts,
// as some authorities send them.
func toBER(t testing.TB, der []byte) []byte {
	t.Helper()
	var out []byte
	for rest := der; len(rest) > 0; {
		var v asn1.RawValue
		tail, err := asn1.Unmarshal(rest, &v)
		if err != nil {
			t.Fatal(err)
		}
		head := rest[0]
		switch {
		case v.IsCompound:
			out = append(append(append(out, head, 0x80), toBER(t, v.Bytes)...), 0, 0)
		case head == asn1.TagOctetString:
			half := len(v.Bytes) / 2
			out = append(out, head|0x20, 0x80)
			for _, part := range [][]byte{v.Bytes[:half], v.Bytes[half:]} {
				short, err := asn1.Marshal(part)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, short...)
			}
			out = append(out, 0, 0)
		default:
			out = append(out, v.FullBytes...)
		}
		rest = tail
	}
	return out
}
