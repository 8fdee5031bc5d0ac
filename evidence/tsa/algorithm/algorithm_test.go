package algorithm_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"testing"
	"time"

	"constat/evidence/tsa/algorithm"
)

func spki(t testing.TB, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func parse(t testing.TB, public crypto.PublicKey) algorithm.Key {
	t.Helper()
	k, err := algorithm.ParseKey(spki(t, public))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// params writes RSASSA-PSS-params with SHA-256, and a salt as long as it.
func params(t testing.TB, hash, mask asn1.ObjectIdentifier, salt int) []byte {
	t.Helper()
	type id struct{ Algorithm asn1.ObjectIdentifier }
	der, err := asn1.Marshal(struct {
		Hash id `asn1:"explicit,tag:0"`
		Mask struct {
			Function asn1.ObjectIdentifier
			Hash     id
		} `asn1:"explicit,tag:1"`
		Salt int `asn1:"explicit,tag:2"`
	}{Hash: id{hash}, Mask: struct {
		Function asn1.ObjectIdentifier
		Hash     id
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}, id{mask}}, Salt: salt})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

var (
	sha256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	sha512 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	sha1   = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
)

// What crypto/rsa signs, for moduli of every length modulo 8, is verified; any
// changed bit is noticed, and so is another message.
func TestVerifyAgreesWithTheStandardLibrary(t *testing.T) {
	message := []byte("what is signed")
	for _, bits := range []int{1024, 1025, 1026, 1031, 1032, 2048} {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		key := parse(t, k.Public())
		if key.Bits != bits || key.Name != algorithm.RSA {
			t.Errorf("%+v", key)
		}
		digest := algorithm.Sum(crypto.SHA256, message)
		plain, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, digest)
		if err != nil {
			t.Fatal(err)
		}
		check(t, key, "1.2.840.113549.1.1.11", nil, message, plain)
		for _, salt := range []int{1, 20, 32, 64} {
			pss, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, digest, &rsa.PSSOptions{SaltLength: salt})
			if err != nil {
				t.Fatal(err)
			}
			check(t, key, "1.2.840.113549.1.1.10", params(t, sha256, sha256, salt), message, pss)
			wrong, err := algorithm.Parse("1.2.840.113549.1.1.10", params(t, sha256, sha256, salt+1))
			if err != nil || wrong.Verify(key, message, pss) == nil {
				t.Errorf("another salt: %v", err)
			}
			wrong, err = algorithm.Parse("1.2.840.113549.1.1.10", params(t, sha256, sha512, salt))
			if err != nil || wrong.Verify(key, message, pss) == nil {
				t.Errorf("another mask: %v", err)
			}
		}
	}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := ecdsa.SignASN1(rand.Reader, ec, algorithm.Sum(crypto.SHA384, message))
	if err != nil {
		t.Fatal(err)
	}
	check(t, parse(t, ec.Public()), "1.2.840.10045.4.3.3", nil, message, signature)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	check(t, parse(t, public), "1.3.101.112", nil, message, ed25519.Sign(private, message))
}

func check(t *testing.T, key algorithm.Key, oid string, parameters, message, signature []byte) {
	t.Helper()
	a, err := algorithm.Parse(oid, parameters)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Verify(key, message, signature); err != nil {
		t.Errorf("%v with %d bits: %v", a, key.Bits, err)
	}
	for i := 0; i < len(signature); i += 1 + len(signature)/16 {
		spoiled := bytes.Clone(signature)
		if spoiled[i] ^= 0x10; a.Verify(key, message, spoiled) == nil {
			t.Errorf("%v: byte %d changed", a, i)
		}
	}
	for _, other := range [][]byte{nil, signature[1:], append([]byte{0}, signature...), append(bytes.Clone(signature), 0)} {
		if a.Verify(key, message, other) == nil {
			t.Errorf("%v: %d bytes", a, len(other))
		}
	}
	if a.Verify(key, append(message, '.'), signature) == nil {
		t.Errorf("%v: another message", a)
	}
}

// A key of the kind that the algorithm is not for verifies nothing.
func TestKeyOfAnotherKind(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, oid := range []string{"1.2.840.113549.1.1.11", "1.3.101.112"} {
		a, err := algorithm.Parse(oid, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Verify(parse(t, ec.Public()), []byte("m"), []byte("s")) == nil {
			t.Error(oid)
		}
	}
	if (algorithm.Algorithm{}).Verify(parse(t, ec.Public()), nil, nil) == nil {
		t.Error("no algorithm")
	}
}

func TestWeakAndUnknown(t *testing.T) {
	for oid, want := range map[string]error{
		"1.2.840.113549.1.1.5": algorithm.ErrWeak, "1.2.840.10045.4.1": algorithm.ErrWeak,
		"1.3.101.113": algorithm.ErrUnsupported, "2.16.840.1.101.3.4.3.17": algorithm.ErrUnsupported, // Ed448, ML-DSA-44
	} {
		if _, err := algorithm.Parse(oid, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v", oid, err)
		}
	}
	for oid, want := range map[string]error{"1.3.14.3.2.26": algorithm.ErrWeak, "1.2.840.113549.2.5": algorithm.ErrWeak, "1.2.3": algorithm.ErrUnsupported} {
		if _, err := algorithm.Hash(oid); !errors.Is(err, want) {
			t.Errorf("%s: %v", oid, err)
		}
	}
	if _, err := algorithm.Parse("1.2.840.113549.1.1.10", params(t, sha1, sha1, 20)); !errors.Is(err, algorithm.ErrWeak) {
		t.Errorf("PSS with SHA-1: %v", err)
	}
	if _, err := algorithm.Parse("1.2.840.113549.1.1.10", []byte{0x30, 0}); !errors.Is(err, algorithm.ErrWeak) {
		t.Errorf("PSS with its defaults: %v", err)
	}
	a, err := algorithm.Parse("1.2.840.113549.1.1.11", []byte{5, 0})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.With(crypto.SHA512); err == nil {
		t.Error("SHA-512 with an algorithm for SHA-256")
	}
	if _, err := algorithm.Parse("1.2.840.113549.1.1.11", []byte{4, 0}); err == nil {
		t.Error("parameters that it does not have")
	}
}

// A key that names RSASSA-PSS signs in no other way, and keeps to what it says.
func TestKeyForPSSAlone(t *testing.T) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	digest := algorithm.Sum(crypto.SHA256, []byte("m"))
	pss, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, digest, &rsa.PSSOptions{SaltLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, digest)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what       string
		parameters []byte
		good       bool
	}{
		{"no parameters", nil, true},
		{"the same", params(t, sha256, sha256, 32), true},
		{"a shorter salt at least", params(t, sha256, sha256, 20), true},
		{"a longer salt at least", params(t, sha256, sha256, 33), false},
		{"another hash", params(t, sha512, sha256, 32), false},
		{"another mask", params(t, sha256, sha512, 32), false},
	} {
		key, err := algorithm.ParseKey(pssKey(t, k.Public(), c.parameters))
		if err != nil || key.Name != algorithm.PSS {
			t.Fatalf("%s: %v", c.what, err)
		}
		a, err := algorithm.Parse("1.2.840.113549.1.1.10", params(t, sha256, sha256, 32))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Verify(key, []byte("m"), pss); (err == nil) != c.good {
			t.Errorf("%s: %v", c.what, err)
		}
		if a, err = algorithm.Parse("1.2.840.113549.1.1.11", nil); err != nil || a.Verify(key, []byte("m"), plain) == nil {
			t.Errorf("%s: PKCS#1 v1.5: %v", c.what, err)
		}
	}
}

func pssKey(t *testing.T, public crypto.PublicKey, parameters []byte) []byte {
	t.Helper()
	var info struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if _, err := asn1.Unmarshal(spki(t, public), &info); err != nil {
		t.Fatal(err)
	}
	info.Algorithm.OID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	if info.Algorithm.Parameters = (asn1.RawValue{}); parameters != nil {
		info.Algorithm.Parameters.FullBytes = parameters
	}
	der, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// The table: every row says where it is from; nothing that is still announced
// refuses a token, and what ended refuses those from after its end.
func TestLimits(t *testing.T) {
	for _, l := range algorithm.Limits() {
		if l.Source == "" || l.Until.IsZero() || l.MinBits > l.MaxBits {
			t.Errorf("%+v", l)
		}
	}
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name  string
		bits  int
		at    time.Time
		ended bool
	}{
		{algorithm.RSA, 1024, day(2013, 6, 1), false},
		{algorithm.RSA, 1024, day(2014, 1, 1), true},
		{algorithm.RSA, 1536, day(2026, 6, 1), true},
		{algorithm.RSA, 2048, day(2026, 6, 1), false},
		{algorithm.RSA, 4096, day(2031, 1, 1), false}, // announced for 2029
		{algorithm.PSS, 1024, day(2026, 1, 1), true},
		{algorithm.ECDSA, 192, day(2026, 1, 1), true},
		{algorithm.ECDSA, 224, day(2026, 1, 1), false},
	} {
		if _, ended := algorithm.Ended(c.name, c.bits, c.at); ended != c.ended {
			t.Errorf("%s %d on %v: %v", c.name, c.bits, c.at, ended)
		}
	}
	for name, want := range map[string]int{algorithm.RSA: 2028, algorithm.PSS: 2035, algorithm.ECDSA: 2035} {
		bits := 4096
		if name == algorithm.ECDSA {
			bits = 256
		}
		if l, ok := algorithm.LimitOf(name, bits); !ok || l.Until.Year() != want {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if _, ok := algorithm.LimitOf("Ed448", 448); ok {
		t.Error("a kind that is not in the table")
	}
}

func FuzzParseKey(f *testing.F) {
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(spki(f, k.Public()), params(f, sha256, sha1, 0), []byte("signature"))
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(spki(f, ec.Public()), []byte{0x30, 0}, []byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	f.Fuzz(func(t *testing.T, key, parameters, signature []byte) {
		parsed, err := algorithm.ParseKey(key)
		if err != nil {
			return
		}
		for _, oid := range []string{"1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2", "1.3.101.112"} {
			if a, err := algorithm.Parse(oid, parameters); err == nil && a.Verify(parsed, []byte("nobody signed this"), signature) == nil {
				t.Fatalf("%v with %x: %x", a, key, signature)
			}
		}
	})
}
