package tsa_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"

	"github.com/sigstore/timestamp-authority/v2/pkg/verification"
)

// row is a reply that somebody might send, and what three verifiers make of it.
type row struct {
	name    string
	spoil   func(t *testing.T, f *forge)
	fails   string // our failed checks, in order; "" means that it verifies
	sig     bool   // sigstore's verifier, as a library uses it, accepts
	openssl bool   // `openssl ts -verify -data` accepts; it is not told the nonce
}

// evilSigner signs under a home-made authority that nobody trusts.
func evilSigner(t *testing.T, f *forge) {
	evil := certForm{serial: 1, name: "Root", from: goodFrom, to: goodTo, ca: true, key: otherKey()}.issue(t, nil, otherKey())
	f.signerUnder(t, certForm{key: otherKey()}, evil, otherKey())
	f.bag = append(f.bag, evil)
}

func qualifiedStatement(t *testing.T) []byte {
	return statements(t, asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 1}, asn1.ObjectIdentifier{0, 4, 0, 19422, 1, 1})
}

func statements(t *testing.T, oids ...asn1.ObjectIdentifier) []byte {
	var list []struct{ ID asn1.ObjectIdentifier }
	for _, oid := range oids {
		list = append(list, struct{ ID asn1.ObjectIdentifier }{oid})
	}
	der, err := asn1.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// rows holds every reply of the study of verifiers, and more.
func rows() []row {
	return []row{
		{"good", func(*testing.T, *forge) {}, "", true, true},
		{"signature bit flipped", func(_ *testing.T, f *forge) { f.spoilSig = true }, "signature", false, false},
		{"wrong imprint", func(_ *testing.T, f *forge) { f.imprint = hashOf(crypto.SHA256, []byte("other")) }, "imprint", false, false},
		{"wrong nonce", func(_ *testing.T, f *forge) { f.nonce = big.NewInt(1) }, "nonce", false, true},
		{"nonce missing", func(_ *testing.T, f *forge) { f.nonce = nil }, "nonce", false, true},
		{"untrusted home-made CA", evilSigner, "chain", false, false},
		{"EKU not critical", func(t *testing.T, f *forge) { f.signer(t, certForm{plain: true}) }, "key-usage", false, false},
		{"EKU none", func(t *testing.T, f *forge) { f.signer(t, certForm{noUsage: true}) }, "key-usage", false, false},
		{"EKU codeSigning", func(t *testing.T, f *forge) {
			f.signer(t, certForm{usages: []asn1.ObjectIdentifier{oidCodeSigning}})
		}, "key-usage chain", false, false},
		{"EKU two", func(t *testing.T, f *forge) {
			f.signer(t, certForm{usages: []asn1.ObjectIdentifier{oidStamping, oidCodeSigning}})
		}, "key-usage", false, false},
		{"EKU unknown beside it", func(t *testing.T, f *forge) {
			f.signer(t, certForm{usages: []asn1.ObjectIdentifier{oidStamping, {1, 3, 6, 1, 4, 1, 99999, 1}}})
		}, "key-usage", false, true},
		{"key usage without signing", func(t *testing.T, f *forge) {
			f.signer(t, certForm{keyUsage: x509.KeyUsageKeyEncipherment})
		}, "key-usage", true, false},
		{"CA certificate as signer", func(t *testing.T, f *forge) {
			f.signer(t, certForm{ca: true, usages: []asn1.ObjectIdentifier{oidStamping}})
		}, "key-usage", false, false},
		{"signer expired before", func(t *testing.T, f *forge) {
			f.signer(t, certForm{from: stamped.AddDate(-2, 0, 0), to: stamped.AddDate(0, 0, -1)})
		}, "validity", false, false},
		{"signer expired a second before", func(t *testing.T, f *forge) {
			f.signer(t, certForm{to: stamped.Add(-time.Second)})
		}, "validity", false, false},
		{"genTime before NotBefore", func(_ *testing.T, f *forge) { f.genTime = "20200101000000Z" }, "validity window", false, true},
		{"genTime +10 years", func(_ *testing.T, f *forge) { f.genTime = "20360504102030Z" }, "validity window", false, true},
		{"genTime +2 h", func(_ *testing.T, f *forge) { f.genTime = "20260504122030Z" }, "window", true, true},
		{"no signingCertificate", func(_ *testing.T, f *forge) { f.essV2 = nil }, "signing-certificate", true, false},
		{"signingCertificateV2 of another", func(_ *testing.T, f *forge) { f.essV2 = f.root }, "signing-certificate", true, false},
		{"signingCertificate of another", func(_ *testing.T, f *forge) { f.essV1, f.essV2 = f.root, nil }, "signing-certificate", true, false},
		{"both, one of another", func(_ *testing.T, f *forge) { f.essV1 = f.root }, "signing-certificate", true, false},
		{"issuerSerial of another serial", func(_ *testing.T, f *forge) { f.essSerial = big.NewInt(5) }, "signing-certificate", true, false},
		{"issuerSerial of another issuer", func(_ *testing.T, f *forge) { f.essIssuer = f.cert.RawSubject }, "signing-certificate", true, false},
		{"signingCertificateV2 SHA-1", func(_ *testing.T, f *forge) { f.essHash = crypto.SHA1 }, "signing-certificate", true, false},
		{"id-data instead of TSTInfo", func(_ *testing.T, f *forge) { f.contentType, f.attrType = oidData, oidData }, "content-type", true, false},
		{"content type attribute differs", func(_ *testing.T, f *forge) { f.attrType = oidData }, "signature", true, true},
		{"content type attribute missing", func(_ *testing.T, f *forge) { f.attrType = nil }, "signature", true, true},
		{"trailing bytes after TSTInfo", func(_ *testing.T, f *forge) { f.tail = []byte{5, 0} }, "reply", true, true},
		{"surplus inside TSTInfo", func(_ *testing.T, f *forge) { f.inner = []byte{5, 0} }, "reply", true, false},
		{"trailing bytes after the reply", func(_ *testing.T, f *forge) { f.trailing = []byte{5, 0} }, "reply", false, true},
		{"TSTInfo version 2", func(_ *testing.T, f *forge) { f.version = 2 }, "version", true, false},
		{"two signers", func(t *testing.T, f *forge) {
			evil := *f
			evilSigner(t, &evil)
			f.more, f.bag = []forgedSigner{{evil.cert, evil.key}}, append(f.bag, evil.bag...)
		}, "signature", false, false},
		{"two signers, both good", func(_ *testing.T, f *forge) { f.more = []forgedSigner{{f.cert, f.key}} }, "signature", false, false},
		{"no certificates, forged", func(t *testing.T, f *forge) { f.bag, f.key = nil, otherKey() }, "signature", false, false},
		{"no certificates, flipped", func(_ *testing.T, f *forge) { f.bag, f.spoilSig = nil, true }, "signature", false, false},
		{"signed by another key", func(_ *testing.T, f *forge) { f.key = otherKey() }, "signature", false, false},
		{"signer by key identifier", func(_ *testing.T, f *forge) { f.keyID = true }, "signature", false, false},
		{"algorithm not that of the key", func(_ *testing.T, f *forge) { f.signOID = oidRSA }, "signature", false, true},
		{"algorithm RSA-PSS", func(t *testing.T, f *forge) {
			f.signer(t, certForm{key: rsaKey()})
			f.signOID = oidPSS
		}, "signature", false, true},
		{"digest and signature algorithm differ", func(_ *testing.T, f *forge) {
			f.hash, f.signOID = crypto.SHA512, ecdsaOIDs[crypto.SHA256]
		}, "signature", false, true},
		{"SHA-1 signature", func(_ *testing.T, f *forge) { f.hash = crypto.SHA1 }, "signature", true, true},
		{"SHA-1 imprint", func(_ *testing.T, f *forge) {
			f.imprintOID, f.imprint = oidSHA1, hashOf(crypto.SHA1, payload)
		}, "imprint", false, true},
		{"SHA-512 imprint", func(_ *testing.T, f *forge) {
			f.imprintOID, f.imprint = digestOIDs[crypto.SHA512], hashOf(crypto.SHA512, payload)
		}, "imprint", true, true},
		{"SHA-256 imprint called SHA-512", func(_ *testing.T, f *forge) { f.imprintOID = digestOIDs[crypto.SHA512] }, "imprint", false, false},
		{"content changed after signing", func(t *testing.T, f *forge) {
			f.digestOf = f.tstInfo(t)
			f.genTime = "20260504102031Z"
		}, "signature", false, false},
		{"critical extension", func(_ *testing.T, f *forge) {
			f.extensions = []extension{{asn1.ObjectIdentifier{1, 2, 3}, true, []byte{5, 0}}}
		}, "extensions", true, true},
		{"same extension twice", func(_ *testing.T, f *forge) {
			e := extension{oidQC, false, []byte{0x30, 0}}
			f.extensions = []extension{e, e}
		}, "reply", true, true},
		{"certificate under the signer's name", func(t *testing.T, f *forge) {
			twin := certForm{serial: 77, name: "Twin", from: goodFrom, to: goodTo, key: otherKey()}.issue(t, f.root, rootKey())
			f.bag = append(f.bag, twin)
		}, "signature", true, true},
		{"signingTime outside the certificate", func(_ *testing.T, f *forge) {
			f.attributes = []signedAttribute{{oidAttrTime, [][]byte{append([]byte{0x17, 13}, "010101000000Z"...)}}}
		}, "cross-check", false, true},
		{"message digest twice", func(_ *testing.T, f *forge) {
			f.attributes = []signedAttribute{{oidAttrDigest, [][]byte{append([]byte{4, 32}, make([]byte, 32)...)}}}
		}, "signature", false, false},
		{"accuracy of 999 days", func(_ *testing.T, f *forge) { f.accuracy = []int64{999 * 86400, -1, -1} }, "reply", true, true},
		{"accuracy of 1000 ms", func(_ *testing.T, f *forge) { f.accuracy = []int64{1, 1000, -1} }, "reply", true, true},
		{"local genTime", func(_ *testing.T, f *forge) { f.genTime = "20260504102030+0200" }, "reply", true, true},
		{"genTime with zeros", func(_ *testing.T, f *forge) { f.genTime = "20260504102030.500Z" }, "reply", false, true},
		{"genTime on 31 February", func(_ *testing.T, f *forge) { f.genTime = "20260231102030Z" }, "reply", false, true},
		{"refused", func(_ *testing.T, f *forge) { f.status, f.failBit, f.noToken = 2, 2, true }, "status", false, false},
		{"refused, with token", func(_ *testing.T, f *forge) { f.status = 2 }, "status", false, false},
		{"waiting", func(_ *testing.T, f *forge) { f.status, f.noToken = 3, true }, "status", false, false},
		{"granted without token", func(_ *testing.T, f *forge) { f.noToken = true }, "reply", false, false},

		// Unusual, and good.
		{"grantedWithMods", func(_ *testing.T, f *forge) { f.status, f.text = 1, "policy as we like it" }, "", false, true},
		{"status text", func(_ *testing.T, f *forge) { f.text = "Operation Okay" }, "", true, true},
		{"qualified statement", func(t *testing.T, f *forge) {
			f.extensions = []extension{{oidQC, false, qualifiedStatement(t)}}
		}, "", true, true},
		{"unknown extension", func(_ *testing.T, f *forge) {
			f.extensions = []extension{{asn1.ObjectIdentifier{1, 2, 3}, false, []byte{5, 0}}}
		}, "", true, true},
		{"fraction of a second", func(_ *testing.T, f *forge) { f.genTime = "20260504102030.123Z" }, "", true, true},
		{"no accuracy", func(_ *testing.T, f *forge) { f.accuracy = nil }, "", true, true},
		{"accuracy in ms", func(_ *testing.T, f *forge) { f.accuracy = []int64{-1, 20, 5} }, "", true, true},
		{"serial of 20 bytes", func(_ *testing.T, f *forge) { f.serial = new(big.Int).Lsh(big.NewInt(1), 159) }, "", true, true},
		{"ESSCertID", func(_ *testing.T, f *forge) { f.essV1, f.essV2 = f.cert, nil }, "", true, true},
		{"both identifiers", func(_ *testing.T, f *forge) { f.essV1 = f.cert }, "", true, true},
		{"ESSCertIDv2 SHA-384", func(_ *testing.T, f *forge) { f.essHash = crypto.SHA384 }, "", true, true},
		{"ESSCertIDv2 SHA-512, no issuerSerial", func(_ *testing.T, f *forge) { f.essHash, f.essSerial = crypto.SHA512, nil }, "", true, true},
		{"attributes in another order than signed", func(_ *testing.T, f *forge) { f.unsorted = true }, "", true, false},
		{"RSA SHA-256", func(t *testing.T, f *forge) { f.signer(t, certForm{key: rsaKey()}) }, "", true, true},
		{"RSA SHA-384", func(t *testing.T, f *forge) { f.signer(t, certForm{key: rsaKey()}); f.hash = crypto.SHA384 }, "", true, true},
		{"RSA SHA-512", func(t *testing.T, f *forge) { f.signer(t, certForm{key: rsaKey()}); f.hash = crypto.SHA512 }, "", true, true},
		{"P-384 SHA-384", func(t *testing.T, f *forge) { f.signer(t, certForm{key: bigKey()}); f.hash = crypto.SHA384 }, "", true, true},
		{"P-384 SHA-512", func(t *testing.T, f *forge) { f.signer(t, certForm{key: bigKey()}); f.hash = crypto.SHA512 }, "", true, true},
		{"intermediate, leaf last, injected certificates", func(t *testing.T, f *forge) {
			middle := certForm{serial: 2, name: "Middle", from: goodFrom, to: goodTo, ca: true, key: middleKey()}.issue(t, f.root, rootKey())
			f.signerUnder(t, certForm{}, middle, middleKey())
			evil := *f
			evilSigner(t, &evil)
			f.bag = append(append([]*x509.Certificate{}, evil.bag...), f.root, middle, f.cert)
		}, "", true, true},
	}
}

// sigstoreAccepts asks the library as its users do.
func sigstoreAccepts(f *forge, raw []byte) bool {
	_, err := verification.VerifyTimestampResponse(raw, bytes.NewReader(payload), verification.VerifyOpts{
		Roots: []*x509.Certificate{f.root}, Nonce: goodNonce,
	})
	return err == nil
}

func TestHostileReplies(t *testing.T) {
	digest := evidence.Sum(payload)
	for _, r := range slices.Concat(rows(), oddRows()) {
		t.Run(r.name, func(t *testing.T) {
			f := newForge(t)
			r.spoil(t, f)
			raw := f.build(t)
			ts, checks := tsa.Verify(raw, digest, f.options())
			if got := strings.Join(failed(checks), " "); got != r.fails || (ts != nil) != (r.fails == "") {
				t.Errorf("failed %q, want %q: %v", got, r.fails, checks)
			}
			if len(checks) != 18 {
				t.Errorf("%d checks", len(checks))
			}
			// The others judge the same bytes: rows that they accept and we do
			// not are why our own checks exist.
			if got := sigstoreAccepts(f, raw); got != r.sig {
				t.Errorf("sigstore accepts: %v", got)
			}
			at := []string{"-attime", big.NewInt(stamped.Unix()).String()}
			if out, got := opensslVerify(t, raw, payload, f.rootPEM(), at...); got != r.openssl {
				t.Errorf("OpenSSL accepts: %v: %s", got, out)
			}
			if r.fails != "" {
				return
			}
			if (ts.BeyondOpenSSL == "") != r.openssl {
				t.Errorf("OpenSSL accepts: %v, and it is said: %q", r.openssl, ts.BeyondOpenSSL)
			}
			ber := toBER(t, raw)
			again, checks := tsa.Verify(ber, digest, f.options())
			if again == nil || !again.Time.Equal(ts.Time) || again.Serial != ts.Serial || bytes.Equal(ber, raw) {
				t.Errorf("the same in BER: %v", checks)
			}
		})
	}
}

// A nil Timestamp for every reply is not enough: each check has to be the one
// that stops a reply which fails nothing else.
func TestEveryCheckStopsAReplyAlone(t *testing.T) {
	alone := map[string]bool{}
	for _, r := range rows() {
		alone[r.fails] = true
	}
	// Policy is not among the rows: the reply is good, the question differs.
	digest := evidence.Sum(payload)
	f := newForge(t)
	o := f.options()
	o.Policy = asn1.ObjectIdentifier{1, 2, 3}
	ts, checks := tsa.Verify(f.build(t), digest, o)
	if ts != nil || strings.Join(failed(checks), " ") != tsa.CheckPolicy {
		t.Errorf("policy: %v", checks)
	}
	alone[tsa.CheckPolicy] = true
	for _, c := range checks {
		if c.Name == tsa.CheckPinnedRoot || c.Name == tsa.CheckKnownPolicy {
			continue // that they stop none is TestPinnedFingerprints and TestAnotherPolicyIsSaid
		}
		if c.Name != tsa.CheckRevocation && !alone[c.Name] {
			t.Errorf("no reply fails %q alone", c.Name)
		}
	}
}

// The signer's certificate expired long ago: what counts is the token's time.
func TestExpiredSinceIsStillGood(t *testing.T) {
	f := newForge(t)
	long := time.Date(2011, 2, 3, 4, 5, 6, 0, time.UTC)
	f.root = certForm{serial: 1, name: "Old root", from: long.AddDate(-1, 0, 0), to: long.AddDate(2, 0, 0), ca: true, key: rootKey()}.issue(t, nil, rootKey())
	f.signer(t, certForm{from: long.AddDate(0, -1, 0), to: long.AddDate(1, 0, 0)})
	f.genTime = long.Format("20060102150405Z")
	o := f.options()
	o.Window, o.Nonce, o.Policy = nil, nil, nil
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o)
	if ts == nil || !ts.Time.Equal(long) {
		t.Fatal(checks)
	}
	for _, name := range []string{tsa.CheckNonce, tsa.CheckWindow, tsa.CheckPolicy, tsa.CheckRevocation} {
		if c := state(t, checks, name); c.State != evidence.NotDone || c.Detail == "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestFactsOfAnUnusualToken(t *testing.T) {
	f := newForge(t)
	f.extensions = []extension{{oidQC, false, qualifiedStatement(t)}}
	f.accuracy = []int64{-1, 20, 5}
	f.genTime = "20260504102030.123Z"
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options())
	if ts == nil {
		t.Fatal(checks)
	}
	if !ts.ClaimsQualified || ts.Accuracy != 20*time.Millisecond+5*time.Microsecond || ts.Serial != "0x0ABCDE" ||
		!ts.Time.Equal(stamped.Add(123*time.Millisecond)) || ts.Policy != "1.2.3.4.1" || ts.SignatureAlgorithm != "ECDSA-SHA256" {
		t.Errorf("%+v", ts)
	}
	for name, value := range map[string][]byte{
		"another statement": statements(t, asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 1}),
		"no list":           {5, 0},
		"not statements":    {0x30, 3, 2, 1, 1},
	} {
		f.extensions = []extension{{oidQC, false, value}}
		if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options()); ts == nil || ts.ClaimsQualified {
			t.Errorf("%s: %v", name, checks)
		}
	}
	f.accuracy = nil
	if ts, _ := tsa.Verify(f.build(t), evidence.Sum(payload), f.options()); ts == nil || ts.HasAccuracy {
		t.Errorf("accuracy without a claim: %+v", ts)
	}
}

func TestModificationsAreSaid(t *testing.T) {
	f := newForge(t)
	f.status = 1
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options())
	if c := state(t, checks, tsa.CheckStatus); ts == nil || !strings.Contains(c.Detail, "grantedWithMods") {
		t.Errorf("%+v", c)
	}
}

func TestDigestThatWasNeverComputed(t *testing.T) {
	f := newForge(t)
	f.imprint = make([]byte, 32)
	ts, checks := tsa.Verify(f.build(t), evidence.Digest{}, f.options())
	if ts != nil || strings.Join(failed(checks), " ") != tsa.CheckImprint {
		t.Error(checks)
	}
}

// A pinned issuing authority is enough: its root need not be known.
func TestPinnedIntermediate(t *testing.T) {
	f := newForge(t)
	middle := certForm{serial: 2, name: "Middle", from: goodFrom, to: goodTo, ca: true, key: middleKey()}.issue(t, f.root, rootKey())
	f.signerUnder(t, certForm{}, middle, middleKey())
	o := f.options()
	o.Roots = []*x509.Certificate{middle}
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o)
	if ts == nil || ts.RootFingerprint != evidence.Sum(middle.Raw) {
		t.Error(checks)
	}
}

// Whoever gives a marked root as if it were real does not get a Timestamp.
func TestPracticeMarkAnywhereInTheChain(t *testing.T) {
	for _, where := range []string{"root", "signer"} {
		f := newForge(t)
		form := certForm{}
		if where == "root" {
			f.root = certForm{serial: 1, name: evidence.PracticeMark, from: goodFrom, to: goodTo, ca: true, key: rootKey()}.issue(t, nil, rootKey())
		} else {
			form.name = evidence.PracticeMark + " (x)"
		}
		f.signer(t, form)
		o := f.options()
		ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o)
		if ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
			t.Errorf("%s: %v", where, checks)
		}
		o.Practice = true
		if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o); ts == nil || !ts.Practice {
			t.Errorf("%s as practice: %v", where, checks)
		}
	}
}

// A pinned signer ends the chain before the root, whose mark is then in the
// signer's issuer only.
func TestPracticeMarkInTheIssuer(t *testing.T) {
	f := newForge(t)
	f.root = certForm{serial: 1, name: evidence.PracticeMark, from: goodFrom, to: goodTo, ca: true, key: rootKey()}.issue(t, nil, rootKey())
	f.signer(t, certForm{})
	o := f.options()
	o.Roots = []*x509.Certificate{nil, f.cert}
	if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Error(checks)
	}
	o.Practice = true
	if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o); ts == nil || len(ts.Chain) != 1 {
		t.Error(checks)
	}
}

// Every byte of a reply, changed in three ways: it fails, or it says the same.
func TestEveryByteCounts(t *testing.T) {
	f := newForge(t)
	f.text = "Operation Okay"
	f.bag = append(f.bag, f.root)
	raw := f.build(t)
	digest := evidence.Sum(payload)
	good, checks := tsa.Verify(raw, digest, f.options())
	if good == nil {
		t.Fatal(checks)
	}
	survived := 0
	for i := range raw {
		for _, mask := range []byte{0x01, 0x20, 0x80} {
			changed := slices.Clone(raw)
			changed[i] ^= mask
			ts, _ := tsa.Verify(changed, digest, f.options())
			if ts == nil {
				continue
			}
			survived++
			if !ts.Time.Equal(good.Time) || ts.Serial != good.Serial || ts.Accuracy != good.Accuracy || ts.Policy != good.Policy ||
				ts.Signer != good.Signer || ts.RootFingerprint != good.RootFingerprint || ts.ClaimsQualified != good.ClaimsQualified {
				t.Errorf("byte %d ^ %#x: another timestamp: %+v", i, mask, ts)
			}
		}
	}
	// The status text, the unused certificate and a few algorithm names are
	// not signed; everything else is.
	if limit := 3 * (len(f.text) + len(f.root.Raw) + 60); survived == 0 || survived > limit {
		t.Errorf("%d changes of %d survived, at most %d expected", survived, 3*len(raw), limit)
	}
}

func TestEveryTruncationFails(t *testing.T) {
	f := newForge(t)
	raw := f.build(t)
	for i := range raw {
		if ts, checks := tsa.Verify(raw[:i], evidence.Sum(payload), f.options()); ts != nil || checks[0].State != evidence.Failed || len(checks) != 18 {
			t.Fatalf("the first %d bytes: %v", i, checks)
		}
	}
}

func TestSizeAndDepth(t *testing.T) {
	wordy := newForge(t)
	wordy.text = strings.Repeat("x", tsa.MaxReply)
	for name, raw := range map[string][]byte{
		"empty":        nil,
		"too large":    wordy.build(t),
		"nested":       bytes.Repeat([]byte{0x30, 0x80}, tsa.MaxReply/2),
		"nested, DER":  nested(2000),
		"long length":  {0x30, 0x84, 0xff, 0xff, 0xff, 0xff},
		"huge length":  {0x30, 0x88, 1, 0, 0, 0, 0, 0, 0, 0},
		"zeros":        make([]byte, 1000),
		"indefinite":   {0x04, 0x80, 0, 0},
		"octets of no": {0x24, 0x03, 0x02, 0x01, 0x00},
		"no end":       {0x30, 0x80, 0x02, 0x01, 0x00},
	} {
		if ts, checks := tsa.Verify(raw, evidence.Sum(payload), tsa.Options{}); ts != nil || checks[0].State != evidence.Failed || len(checks) != 18 {
			t.Errorf("%s: %v", name, checks)
		}
	}
}

func nested(depth int) []byte {
	var b []byte
	for range depth {
		next, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: b})
		if err != nil {
			panic(err)
		}
		b = next
	}
	return b
}
