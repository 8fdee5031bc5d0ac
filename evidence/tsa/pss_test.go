package tsa_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"

	"github.com/digitorus/timestamp"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// signedByCMS has OpenSSL's authority make the content and `openssl cms` sign
// it again, because `openssl ts` knows neither RSA-PSS nor key identifiers.
func signedByCMS(t *testing.T, s *tsatest.Server, digest evidence.Digest, options ...string) (reply []byte, o tsa.Options) {
	t.Helper()
	plain, o := ask(t, s.Authority(), digest)
	ts, err := timestamp.ParseResponse(plain.Raw)
	if err != nil {
		t.Fatal(err)
	}
	content := contentOf(t, ts.RawToken)
	out := s.Dir + "/resigned.der"
	cmd := exec.Command("openssl", append([]string{"cms", "-sign", "-binary", "-nodetach", "-cades", "-nosmimecap", "-md", "sha256",
		"-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", write(t, content), "-signer", s.Dir + "/signer.pem", "-inkey", s.Dir + "/signer.key",
		"-outform", "DER", "-out", out}, options...)...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl cms: %v\n%s", err, text)
	}
	verify := exec.Command("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", out, "-CAfile", s.RootPath, "-purpose", "timestampsign", "-out", os.DevNull)
	verify.Env = cmd.Env
	if text, err := verify.CombinedOutput(); err != nil {
		t.Fatalf("openssl cms -verify: %v\n%s", err, text)
	}
	token, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return replyOf(t, token), o
}

// contentOf takes the TSTInfo out of a token.
func contentOf(t *testing.T, token []byte) []byte {
	t.Helper()
	var info struct {
		OID     asn1.ObjectIdentifier
		Content struct {
			Version int
			Digests asn1.RawValue
			Encap   struct {
				OID     asn1.ObjectIdentifier
				Content []byte `asn1:"explicit,tag:0"`
			}
		} `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(token, &info); err != nil {
		t.Fatal(err)
	}
	return info.Content.Encap.Content
}

// replyOf puts a token into a TimeStampResp that grants it.
func replyOf(t *testing.T, token []byte) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddBytes(token)
	})
	return mustDER(t, &b)
}

func TestOpenSSLSignsWithPSSAndKeyIdentifier(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{Key: tsatest.RSA})
	digest := evidence.Sum(payload)
	pss := func(hash, salt string) []string {
		return []string{"-md", hash, "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:" + salt}
	}
	for _, c := range []struct {
		name    string
		options []string
		alg     string // "" if it is refused
	}{
		{"plain RSA", nil, "SHA256-RSA"},
		{"PSS SHA-256", pss("sha256", "32"), "SHA256-RSAPSS"},
		{"PSS SHA-384", pss("sha384", "48"), "SHA384-RSAPSS"},
		{"PSS SHA-512", pss("sha512", "64"), "SHA512-RSAPSS"},
		{"key identifier", []string{"-keyid"}, "SHA256-RSA"},
		{"PSS and key identifier", append(pss("sha256", "32"), "-keyid"), "SHA256-RSAPSS"},
		{"PSS with a short salt", pss("sha256", "20"), "SHA256-RSAPSS"},
		{"PSS with a long salt", pss("sha256", "100"), "SHA256-RSAPSS"},
		{"PSS without salt", pss("sha256", "0"), "SHA256-RSAPSS"},
		{"PSS with another hash for the mask", append(pss("sha256", "32"), "-keyopt", "rsa_mgf1_md:sha512"), "SHA256-RSAPSS"},
		{"PSS with SHA-1 for the mask", append(pss("sha256", "32"), "-keyopt", "rsa_mgf1_md:sha1"), "SHA256-RSAPSS"},
		{"PSS with SHA-1", pss("sha1", "20"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			reply, o := signedByCMS(t, s, digest, c.options...)
			o.Nonce = nil // another question was asked for each; the nonce has its own tests
			ts, checks := tsa.Verify(reply, digest, o)
			if c.alg == "" {
				if ts != nil || strings.Join(failed(checks), " ") != tsa.CheckSignature {
					t.Errorf("%v", checks)
				}
				return
			}
			if ts == nil || ts.SignatureAlgorithm != c.alg {
				t.Fatalf("%+v %v", ts, checks)
			}
			if (ts.BeyondOpenSSL == "") != (c.options == nil) {
				t.Errorf("openssl ts cannot judge it: %q", ts.BeyondOpenSSL)
			}
			want := evidence.NotDone
			if c.options == nil {
				want = evidence.Passed
			}
			if got := state(t, checks, tsa.CheckSecond); got.State != want {
				t.Errorf("%+v", got)
			}
			// The signature still counts: any changed bit of it is noticed.
			spoiled := bytes.Clone(reply)
			spoiled[len(spoiled)-1] ^= 1
			if ts, checks := tsa.Verify(spoiled, digest, o); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckSignature {
				t.Errorf("spoiled: %v", checks)
			}
			if ts, _ := tsa.Verify(reply, evidence.Sum([]byte("other")), o); ts != nil {
				t.Error("about something else")
			}
		})
	}
}

// Parameters that are not those that the signature was made with refuse it.
func TestPSSParameters(t *testing.T) {
	hash := func(oid asn1.ObjectIdentifier) []byte {
		var b cryptobyte.Builder
		addAlgorithm(&b, oid)
		return mustDER(t, &b)
	}
	sha256, sha512 := digestOIDs[crypto.SHA256], digestOIDs[crypto.SHA512]
	type params struct {
		hash, mask, salt bool
		hashOID, maskOID asn1.ObjectIdentifier
		mgf              asn1.ObjectIdentifier
		saltLen          int64
		tail             []byte
	}
	mgf1 := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	for _, c := range []struct {
		name string
		p    params
		good bool
	}{
		{"good", params{true, true, true, sha256, sha256, mgf1, 32, nil}, true},
		{"hash left out, which is SHA-1", params{false, true, true, sha256, sha256, mgf1, 32, nil}, false},
		{"mask left out", params{true, false, true, sha256, sha256, mgf1, 32, nil}, false},
		{"salt left out, which is 20", params{true, true, false, sha256, sha256, mgf1, 32, nil}, false},
		{"hash differs", params{true, true, true, sha512, sha256, mgf1, 32, nil}, false},
		{"mask differs", params{true, true, true, sha256, sha512, mgf1, 32, nil}, false},
		{"other mask function", params{true, true, true, sha256, sha256, oidRSA, 32, nil}, false},
		{"salt of 31", params{true, true, true, sha256, sha256, mgf1, 31, nil}, false},
		{"negative salt", params{true, true, true, sha256, sha256, mgf1, -32, nil}, false},
		{"other trailer", params{true, true, true, sha256, sha256, mgf1, 32, []byte{0xa3, 3, 2, 1, 2}}, false},
		{"trailer written out", params{true, true, true, sha256, sha256, mgf1, 32, []byte{0xa3, 3, 2, 1, 1}}, true},
		{"salt longer than the key", params{true, true, true, sha256, sha256, mgf1, 1 << 20, nil}, false},
	} {
		var b cryptobyte.Builder
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if c.p.hash {
				b.AddASN1(ctag(0), func(b *cryptobyte.Builder) { b.AddBytes(hash(c.p.hashOID)) })
			}
			if c.p.mask {
				b.AddASN1(ctag(1), func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(c.p.mgf)
						b.AddBytes(hash(c.p.maskOID))
					})
				})
			}
			if c.p.salt {
				b.AddASN1(ctag(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(c.p.saltLen) })
			}
			b.AddBytes(c.p.tail)
		})
		f := newForge(t)
		f.signer(t, certForm{key: rsaKey()})
		f.key = pssSigner{rsaKey().(*rsa.PrivateKey)}
		f.signOID, f.signParams = oidPSS, mustDER(t, &b)
		ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options())
		if (ts != nil) != c.good || !c.good && strings.Join(failed(checks), " ") != tsa.CheckSignature {
			t.Errorf("%s: %v", c.name, checks)
		}
	}
}

// pssSigner signs with RSASSA-PSS.
type pssSigner struct{ *rsa.PrivateKey }

func (s pssSigner) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return rsa.SignPSS(rand.Reader, s.PrivateKey, o.HashFunc(), digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
}

// Two certificates with the identifier that the signature names: which one is
// meant would be for the sender to choose.
func TestKeyIdentifierTwice(t *testing.T) {
	f := newForge(t)
	f.keyID, f.cert.SubjectKeyId = true, []byte{1, 2, 3}
	if ts, _ := tsa.Verify(f.build(t), evidence.Sum(payload), f.options()); ts != nil {
		t.Error("the certificate itself has no such identifier")
	}
	f = newForge(t)
	f.signer(t, certForm{keyIDOf: []byte{1, 2, 3}})
	f.keyID = true
	if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options()); ts == nil {
		t.Errorf("named by key identifier: %v", checks)
	}
	twin := certForm{serial: 78, name: "Twin", from: goodFrom, to: goodTo, key: otherKey(), keyIDOf: []byte{1, 2, 3}}.issue(t, f.root, rootKey())
	f.bag = append(f.bag, twin)
	if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options()); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckSignature {
		t.Errorf("a twin: %v", checks)
	}
}
