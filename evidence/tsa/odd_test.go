package tsa_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// oddRows are replies that a strict or an old reader refuses and an honest
// authority sends, and their dishonest twins.
func oddRows() []row {
	return []row{
		// What comes along, and is not needed.
		{"attribute certificate in the bag", func(_ *testing.T, f *forge) {
			f.odd = [][]byte{tagged(0xa2, []byte{0x30, 3, 2, 1, 1})}
		}, "", false, false},
		{"old attribute certificate in the bag", func(_ *testing.T, f *forge) {
			f.odd = [][]byte{tagged(0xa1, []byte{0x30, 0})}
		}, "", false, false},
		{"extended certificate in the bag", func(_ *testing.T, f *forge) {
			f.odd = [][]byte{tagged(0xa0, []byte{0x30, 0})}
		}, "", false, false},
		{"another format in the bag", func(_ *testing.T, f *forge) {
			f.odd = [][]byte{tagged(0xa3, []byte{6, 3, 0x2a, 3, 4, 5, 0})}
		}, "", false, false},
		{"brainpool key in the bag", func(t *testing.T, f *forge) { f.bag = append(f.bag, brainpool(t, f)) }, "", false, true},
		{"nonsense in the bag", func(_ *testing.T, f *forge) { f.odd = [][]byte{{0x30, 3, 2, 1, 1}} }, "", false, false},
		{"RSA key of 20,000 bits in the bag", func(t *testing.T, f *forge) {
			huge := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 20000, 1), E: 65537}
			f.bag = append(f.bag, certForm{serial: 9, name: "Huge", from: goodFrom, to: goodTo, key: otherKey(), public: huge}.issue(t, f.root, rootKey()))
		}, "", true, true},
		{"octets in the bag", func(_ *testing.T, f *forge) { f.odd = [][]byte{{4, 1, 0}} }, "reply", false, false},
		{"tag that no bag has", func(_ *testing.T, f *forge) { f.odd = [][]byte{tagged(0xa4, []byte{5, 0})} }, "reply", false, false},
		{"129 certificates in the bag", func(_ *testing.T, f *forge) {
			f.bag = append(f.bag, slices.Repeat([]*x509.Certificate{f.root}, 128)...)
		}, "reply", true, true},
		{"the signer's certificate cannot be read", func(t *testing.T, f *forge) {
			f.bag, f.odd = nil, [][]byte{{0x30, 3, 2, 1, 1}}
		}, "signature", false, false},
		{"list of 66 KiB inside", func(_ *testing.T, f *forge) {
			f.records = [][]byte{append([]byte{0x30, 0x83, 1, 2, 4, 4, 0x83, 1, 2, 0}, make([]byte, 0x10200-1)...)}
		}, "reply", false, false},
		{"OCSP answer inside", func(_ *testing.T, f *forge) {
			f.records = [][]byte{tagged(0xa1, []byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 0x10, 2, 0x30, 3, 10, 1, 1})}
		}, "", false, false},

		// Names that are equal by RFC 5280 clause 7.1, and some that are not.
		{"signer named in another string type", func(t *testing.T, f *forge) { f.sidIssuer = forgeName(t, utf8, "Forge", "Root") }, "", false, true},
		{"signer named in Teletex", func(t *testing.T, f *forge) { f.sidIssuer = forgeName(t, teletex, "Forge", "Root") }, "", false, true},
		{"signer named in BMP", func(t *testing.T, f *forge) {
			f.sidIssuer = forgeName(t, bmp, "\x00F\x00o\x00r\x00g\x00e", "\x00R\x00o\x00o\x00t")
		}, "", false, true},
		{"signer named in capitals and spaces", func(t *testing.T, f *forge) { f.sidIssuer = forgeName(t, utf8, " FORGE", "rOOT  ") }, "", false, true},
		{"signer named in another order", func(t *testing.T, f *forge) {
			f.sidIssuer = nameOf(t, attribute{3, printable, "Root"}, attribute{10, printable, "Forge"})
		}, "signature", false, false},
		{"signer named with half the name", func(t *testing.T, f *forge) {
			f.sidIssuer = nameOf(t, attribute{10, printable, "Forge"})
		}, "signature", false, false},
		{"issuer named in another string type", func(t *testing.T, f *forge) {
			f.signer(t, certForm{issuer: forgeName(t, utf8, "forge", "ROOT")})
		}, "", false, true},
		{"issuer of another name", func(t *testing.T, f *forge) {
			f.signer(t, certForm{issuer: forgeName(t, utf8, "Forge", "Roots")})
		}, "chain", false, false},
		{"issuerSerial in another string type", func(t *testing.T, f *forge) { f.essIssuer = forgeName(t, utf8, "forge", "root") }, "", true, true},

		// Signatures.
		{"attributes signed in the order sent", func(_ *testing.T, f *forge) { f.asSent = true }, "", false, true},
		{"attributes signed in the order sent, flipped", func(_ *testing.T, f *forge) { f.asSent, f.spoilSig = true, true }, "signature", false, false},
		{"Ed25519", func(t *testing.T, f *forge) {
			f.signer(t, certForm{key: oddKey()})
			f.hash, f.signOID = crypto.SHA512, asn1.ObjectIdentifier{1, 3, 101, 112}
		}, "", true, false},
		{"Ed25519, flipped", func(t *testing.T, f *forge) {
			f.signer(t, certForm{key: oddKey()})
			f.hash, f.signOID, f.spoilSig = crypto.SHA512, asn1.ObjectIdentifier{1, 3, 101, 112}, true
		}, "signature", false, false},
		{"Ed25519 with SHA-256", func(t *testing.T, f *forge) {
			f.signer(t, certForm{key: oddKey()})
			f.signOID = asn1.ObjectIdentifier{1, 3, 101, 112}
		}, "signature", true, false},
		{"ECDSA by the name of its key", func(_ *testing.T, f *forge) { f.signOID = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1} }, "", false, true},
		{"ECDSA with SHA3-256", func(_ *testing.T, f *forge) {
			f.hash, f.signOID = crypto.SHA3_256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 10}
		}, "", false, true},
		{"P-224", func(t *testing.T, f *forge) { f.signer(t, certForm{key: key(elliptic.P224(), "small")()}) }, "", true, true},
		{"RSA with an exponent of 40 bits", func(t *testing.T, f *forge) {
			k := exponent(t, big.NewInt(1<<40+15))
			f.signer(t, certForm{key: k, spki: k.spki(t)})
		}, "", false, true},
		{"RSA with an exponent of 200 bits", func(t *testing.T, f *forge) {
			k := exponent(t, new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 199), big.NewInt(351)))
			f.signer(t, certForm{key: k, spki: k.spki(t)})
		}, "", false, true},
		{"RSA with 1 for an exponent", func(t *testing.T, f *forge) {
			k := exponentKey{exponent(t, big.NewInt(65537)).n, big.NewInt(1), big.NewInt(1)}
			f.signer(t, certForm{key: k, spki: k.spki(t)})
		}, "signature", false, true},
		{"RSA of 1024 bits", func(t *testing.T, f *forge) { f.signer(t, certForm{key: smallRSA()}) }, "signature", true, true},
		{"authority with RSA of 1024 bits", func(t *testing.T, f *forge) { f.under(t, certForm{key: smallRSA()}, certForm{}) }, "chain", true, true},
		{"a root with RSA of 1024 bits", func(t *testing.T, f *forge) {
			form := rootForm()
			form.key = smallRSA()
			f.root = form.issue(t, nil, smallRSA())
			f.signerUnder(t, certForm{}, f.root, smallRSA())
		}, "chain", true, true},

		// What was signed.
		{"fraction of ten digits", func(_ *testing.T, f *forge) { f.genTime = "20260504102030.1234567891Z" }, "", false, true},
		{"fraction of 300 digits", func(_ *testing.T, f *forge) { f.genTime = "20260504102030." + strings.Repeat("1", 300) + "Z" }, "", false, true},
		{"fraction of ten digits with a zero", func(_ *testing.T, f *forge) { f.genTime = "20260504102030.1234567890Z" }, "reply", false, true},
		{"fraction without digits", func(_ *testing.T, f *forge) { f.genTime = "20260504102030.Z" }, "reply", false, true},
		{"fraction with a comma", func(_ *testing.T, f *forge) { f.genTime = "20260504102030,5Z" }, "reply", false, true},
		{"fraction with a letter", func(_ *testing.T, f *forge) { f.genTime = "20260504102030.5eZ" }, "reply", false, true},
		{"second 60 in the middle of a month", func(_ *testing.T, f *forge) { f.genTime = "20260504235960Z" }, "reply", false, true},
		{"second 60 at noon", func(_ *testing.T, f *forge) { f.genTime = "20260531115960Z" }, "reply", false, true},
		{"policy with a UUID in it", func(_ *testing.T, f *forge) {
			f.policyDER = append([]byte{6, 20, 0x69}, bytes.Repeat([]byte{0x83}, 18)...)
			f.policyDER = append(f.policyDER, 1)
		}, "policy", false, true},
		{"SHA-384 imprint, data at hand", func(_ *testing.T, f *forge) { f.imprint384(crypto.SHA384) }, "", true, true},
		{"SHA3-512 imprint, data at hand", func(_ *testing.T, f *forge) { f.imprint384(crypto.SHA3_512) }, "", false, true},
		{"SHA-224 imprint, data at hand", func(_ *testing.T, f *forge) { f.imprint384(crypto.SHA224) }, "", false, true},
		{"SHA-512 imprint of other data", func(_ *testing.T, f *forge) {
			f.imprint384(crypto.SHA512)
			f.imprint = hashOf(crypto.SHA512, []byte("other"))
		}, "imprint", false, false},
		{"tsa names the signer", func(_ *testing.T, f *forge) { f.tsaName = tagged(0xa4, f.cert.RawSubject) }, "", true, true},
		{"tsa names the signer in another string type", func(t *testing.T, f *forge) {
			f.tsaName = tagged(0xa4, forgeName(t, utf8, "FORGE", "signer"))
		}, "", true, true},
		{"tsa names an alternative name", func(t *testing.T, f *forge) {
			f.signer(t, certForm{extra: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: append([]byte{0x30, 11, 0x82, 9}, "tsa.forge"...)}}})
			f.tsaName = append([]byte{0x82, 9}, "TSA.forge"...)
		}, "", true, false},
		{"tsa names somebody else", func(t *testing.T, f *forge) {
			f.tsaName = tagged(0xa4, forgeName(t, printable, "Forge", "Somebody else"))
		}, "signing-certificate", true, false},
		{"tsa names the root", func(_ *testing.T, f *forge) { f.tsaName = tagged(0xa4, f.root.RawSubject) }, "signing-certificate", true, false},
		{"tsa is no name", func(_ *testing.T, f *forge) { f.tsaName = []byte{0xaf, 0} }, "signing-certificate", true, false},
		{"accuracy of ten minutes", func(_ *testing.T, f *forge) { f.accuracy = []int64{600, -1, -1} }, "", true, true},
		{"accuracy of hours", func(_ *testing.T, f *forge) { f.accuracy = []int64{3 * 3600, -1, -1} }, "reply", true, true},

		// Which certificates the signature is limited to.
		{"signer and its authority named", func(t *testing.T, f *forge) {
			f.essMore = []*x509.Certificate{f.under(t, certForm{}, certForm{}), f.root}
		}, "", true, true},
		{"a stranger named beside the signer", func(t *testing.T, f *forge) {
			stranger := certForm{serial: 3, name: "Stranger", from: goodFrom, to: goodTo, ca: true, key: otherKey()}.issue(t, f.root, rootKey())
			f.essMore, f.bag = []*x509.Certificate{stranger}, append(f.bag, stranger)
		}, "signing-certificate", true, false},
		{"a namesake of the authority named beside the signer", func(t *testing.T, f *forge) {
			f.under(t, certForm{}, certForm{})
			twin := certForm{serial: 3, name: "Middle", from: goodFrom, to: goodTo, ca: true, key: otherKey()}.issue(t, f.root, rootKey())
			f.essMore, f.bag = []*x509.Certificate{twin}, append(f.bag, twin)
		}, "signing-certificate", true, false},
		{"the authority named as another root issued it", func(t *testing.T, f *forge) {
			middle := f.under(t, certForm{}, certForm{})
			other := certForm{serial: 1, name: "Other root", from: goodFrom, to: goodTo, ca: true, key: otherKey()}.issue(t, nil, otherKey())
			cross := certForm{serial: 4, name: "Middle", from: goodFrom, to: goodTo, ca: true, key: middleKey()}.issue(t, other, otherKey())
			f.essMore, f.bag = []*x509.Certificate{middle, cross}, append(f.bag, cross)
		}, "", true, false},

		// Where an authority may name.
		{"permitted directory name", func(t *testing.T, f *forge) {
			f.under(t, certForm{extra: []pkix.Extension{constraint(t, false, true, nameOf(t, attribute{10, utf8, "FORGE"}))}}, certForm{})
		}, "", false, true},
		{"permitted directory name, not critical", func(t *testing.T, f *forge) {
			f.under(t, certForm{extra: []pkix.Extension{constraint(t, false, false, nameOf(t, attribute{10, utf8, "Forge"}))}}, certForm{})
		}, "", true, true},
		{"directory name that is not permitted", func(t *testing.T, f *forge) {
			f.under(t, certForm{extra: []pkix.Extension{constraint(t, false, false, nameOf(t, attribute{10, utf8, "Other"}))}}, certForm{})
		}, "chain", true, false},
		{"directory name that is not permitted, critical", func(t *testing.T, f *forge) {
			f.under(t, certForm{extra: []pkix.Extension{constraint(t, false, true, nameOf(t, attribute{10, utf8, "Other"}))}}, certForm{})
		}, "chain", false, false},
		{"excluded directory name", func(t *testing.T, f *forge) {
			f.under(t, certForm{extra: []pkix.Extension{constraint(t, true, false, nameOf(t, attribute{10, utf8, " forge "}))}}, certForm{})
		}, "chain", true, false},
		{"excluded directory name of another", func(t *testing.T, f *forge) {
			f.under(t, certForm{extra: []pkix.Extension{constraint(t, true, true, nameOf(t, attribute{10, utf8, "Other"}))}}, certForm{})
		}, "", false, true},
		{"excluded directory name by the root", func(t *testing.T, f *forge) {
			form := rootForm()
			form.extra = []pkix.Extension{constraint(t, true, false, forgeName(t, utf8, "Forge", "Signer"))}
			f.root = form.issue(t, nil, rootKey())
			f.signer(t, certForm{})
		}, "chain", true, false},
		{"constraints that cannot be read", func(t *testing.T, f *forge) {
			e := constraint(t, true, false, nameOf(t, attribute{10, utf8, "Other"}))
			e.Value = []byte{0x30, 6, 0xa0, 4, 0x30, 2, 0x8f, 0}
			f.under(t, certForm{extra: []pkix.Extension{e}}, certForm{})
		}, "chain", true, false},
	}
}

var smallRSA = sync.OnceValue(func() crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return k
})

// imprint384 has the token about the payload by another hash function, and the
// judge know its digest.
func (f *forge) imprint384(h crypto.Hash) {
	f.imprintOID, f.imprint = digestOIDs[h], hashOf(h, payload)
	f.imprints = map[crypto.Hash][]byte{h: hashOf(h, payload)}
}

// The last second of a month may have the number 60.
func TestLeapSecond(t *testing.T) {
	f := newForge(t)
	f.genTime = "20260630235960.25Z"
	o := f.options()
	o.Window = nil
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o)
	if want := time.Date(2026, 7, 1, 0, 0, 0, 25e7, time.UTC); ts == nil || !ts.Time.Equal(want) {
		t.Errorf("%+v %v", ts, checks)
	}
}

func TestLongFractionKeepsNanoseconds(t *testing.T) {
	f := newForge(t)
	f.genTime = "20260504102030.1234567899Z"
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options())
	if want := stamped.Add(123456789); ts == nil || !ts.Time.Equal(want) {
		t.Errorf("%+v %v", ts, checks)
	}
}

// What this program cannot check is not done, and no timestamp: it did not fail.
func TestUnknownAlgorithmsAreNotDone(t *testing.T) {
	ed448 := asn1.ObjectIdentifier{1, 3, 101, 113}
	spki, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{pkix.AlgorithmIdentifier{Algorithm: ed448}, asn1.BitString{Bytes: make([]byte, 57), BitLength: 57 * 8}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(f *forge)
		check string
	}{
		"signature with Ed448": {func(f *forge) {
			f.signer(t, certForm{spki: spki})
			f.hash, f.signOID = crypto.SHA512, ed448
		}, tsa.CheckSignature},
		"signer with a brainpool key": {func(f *forge) {
			f.cert = brainpool(t, f)
			f.bag, f.essV2, f.essSerial = []*x509.Certificate{f.cert}, f.cert, nil
		}, tsa.CheckSignature},
		"authority with Ed448": {func(f *forge) { f.under(t, certForm{spki: spki}, certForm{}) }, tsa.CheckChain},
		"authority with RSA of 20,000 bits": {func(f *forge) {
			huge := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 20000, 1), E: 65537}
			f.under(t, certForm{public: huge}, certForm{})
		}, tsa.CheckChain},
	} {
		t.Run(name, func(t *testing.T) {
			f := newForge(t)
			c.spoil(f)
			ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options())
			got := state(t, checks, c.check)
			if ts != nil || got.State != evidence.NotDone || !strings.Contains(got.Detail, "this program cannot check it") {
				t.Errorf("%v: %+v", ts, got)
			}
			if second := state(t, checks, tsa.CheckSecond); second.State != evidence.NotDone {
				t.Errorf("%+v", second)
			}
		})
	}
}

// A policy of any size can be the one that was asked for: it is compared by
// what it says.
func TestPolicyOfAnySize(t *testing.T) {
	f := newForge(t)
	f.policyDER = append(append([]byte{6, 20, 0x69}, bytes.Repeat([]byte{0x83}, 18)...), 1)
	o := f.options()
	o.Policy = nil
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o)
	if ts == nil || !strings.HasPrefix(ts.Policy, "2.25.") {
		t.Fatalf("%+v %v", ts, checks)
	}
	if c := state(t, checks, tsa.CheckSecond); c.State != evidence.NotDone {
		t.Errorf("%+v", c)
	}
}

// A token by itself counts only where the caller says so, and has no status.
func TestBareToken(t *testing.T) {
	f := newForge(t)
	raw, digest, o := f.token(t), evidence.Sum(payload), f.options()
	if ts, checks := tsa.Verify(raw, digest, o); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckReply {
		t.Errorf("without being asked for: %v", checks)
	}
	o.Token = true
	ts, checks := tsa.Verify(raw, digest, o)
	if c := state(t, checks, tsa.CheckStatus); ts == nil || c.State != evidence.NotDone {
		t.Errorf("%+v", checks)
	}
	f.noToken = true // a reply still needs its token and its status
	if ts, checks := tsa.Verify(f.build(t), digest, o); ts != nil {
		t.Errorf("%v", checks)
	}
	f.noToken, f.status = false, 2
	if ts, checks := tsa.Verify(f.build(t), digest, o); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckStatus {
		t.Errorf("%v", checks)
	}
}

// The signer's certificate may be among those that the caller brings.
func TestSignerBroughtByTheCaller(t *testing.T) {
	f := newForge(t)
	f.bag = nil
	o := f.options()
	if ts, _ := tsa.Verify(f.build(t), evidence.Sum(payload), o); ts != nil {
		t.Error("a certificate that nobody has")
	}
	o.Roots = append(o.Roots, f.cert)
	if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o); ts == nil {
		t.Error(checks)
	}
	f.key = otherKey()
	if ts, _ := tsa.Verify(f.build(t), evidence.Sum(payload), o); ts != nil {
		t.Error("signed by another key")
	}
}

// No token is ahead of the clock of whoever judges it, but for a tolerance.
func TestAheadOfTheJudgesClock(t *testing.T) {
	f := newForge(t)
	raw, digest, o := f.build(t), evidence.Sum(payload), f.options()
	o.Window = nil
	for _, c := range []struct {
		now  time.Time
		good bool
	}{
		{stamped.AddDate(9, 0, 0), true}, {stamped, true},
		{stamped.Add(-tsa.DefaultTolerance - time.Second), true}, // its accuracy
		{stamped.Add(-tsa.DefaultTolerance - 2*time.Second), false},
		{stamped.AddDate(-1, 0, 0), false},
	} {
		o.Now = c.now
		ts, checks := tsa.Verify(raw, digest, o)
		if (ts != nil) != c.good || !c.good && strings.Join(failed(checks), " ") != tsa.CheckWindow {
			t.Errorf("judged at %v: %v", c.now, checks)
		}
	}
}

// A bag of authorities that certify each other costs no more than a bag.
func TestManyAuthoritiesOfOneName(t *testing.T) {
	f := newForge(t)
	var bag []*x509.Certificate
	for i := range 60 {
		k := key(elliptic.P256(), "cross"+string(rune('A'+i)))()
		form := certForm{serial: int64(100 + i), name: "Middle", from: goodFrom, to: goodTo, ca: true, key: k, issuer: forgeName(t, printable, "Forge", "Middle")}
		bag = append(bag, form.issue(t, f.root, middleKey()))
	}
	middle := certForm{serial: 2, name: "Middle", from: goodFrom, to: goodTo, ca: true, key: middleKey(), issuer: forgeName(t, printable, "Forge", "Middle")}.issue(t, f.root, middleKey())
	f.signerUnder(t, certForm{}, middle, middleKey())
	f.bag = append(f.bag, append(bag, middle)...)
	raw, o := f.build(t), f.options()
	began := time.Now()
	ts, checks := tsa.Verify(raw, evidence.Sum(payload), o)
	if ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("%v", checks)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
