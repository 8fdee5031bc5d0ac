package names_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"constat/evidence/tsa/names"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	utf8, printable, ia5             = casn1.UTF8String, casn1.PrintableString, casn1.IA5String
	numeric, teletex, universal, bmp = casn1.Tag(18), casn1.Tag(20), casn1.Tag(28), casn1.Tag(30)
)

type part struct {
	arc   int
	tag   casn1.Tag
	value string
}

// name writes a Name: every slice is one relative name.
func name(t testing.TB, rdns ...[]part) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, rdn := range rdns {
			b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
				for _, p := range rdn {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 5, 4, p.arc})
						b.AddASN1(p.tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(p.value)) })
					})
				}
			})
		}
	})
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestEqual(t *testing.T) {
	one := func(tag casn1.Tag, value string) []byte { return name(t, []part{{3, tag, value}}) }
	for _, c := range []struct {
		what string
		a, b []byte
		want bool
	}{
		{"string types", one(printable, "Root"), one(utf8, "Root"), true},
		{"capitals", one(utf8, "ROOT"), one(utf8, "root"), true},
		{"capitals beyond ASCII", one(utf8, "AUTORITÉ"), one(utf8, "autorité"), true},
		{"sharp s", one(utf8, "Straße"), one(utf8, "STRASSE"), true},
		{"composed and not", one(utf8, "Autorit\u00e9"), one(utf8, "Autorite\u0301"), true},
		{"spaces at the ends", one(utf8, " Root  "), one(utf8, "Root"), true},
		{"spaces inside", one(utf8, "My   Root"), one(utf8, "My Root"), true},
		{"no space inside", one(utf8, "MyRoot"), one(utf8, "My Root"), false},
		{"Teletex as Latin-1", one(teletex, "Autorit\xe9"), one(utf8, "autorité"), true},
		{"BMP", one(bmp, "\x00R\x00\xe9"), one(utf8, "ré"), true},
		{"Universal", one(universal, "\x00\x00\x00R\x00\x01\xf6\x00"), one(utf8, "R\U0001f600"), true},
		{"IA5", one(ia5, "a.example"), one(utf8, "A.example"), true},
		{"Numeric", one(numeric, "12 3"), one(printable, "12 3"), true},
		{"another word", one(utf8, "Root"), one(utf8, "Roots"), false},
		{"empty and not", one(utf8, ""), one(utf8, "x"), false},
		{"another type", name(t, []part{{3, utf8, "x"}}), name(t, []part{{10, utf8, "x"}}), false},
		{"order inside a relative name", name(t, []part{{3, utf8, "a"}, {5, utf8, "b"}}), name(t, []part{{5, utf8, "B"}, {3, utf8, "A"}}), true},
		{"order of relative names", name(t, []part{{3, utf8, "a"}}, []part{{5, utf8, "b"}}), name(t, []part{{5, utf8, "b"}}, []part{{3, utf8, "a"}}), false},
		{"one relative name or two", name(t, []part{{3, utf8, "a"}, {5, utf8, "b"}}), name(t, []part{{3, utf8, "a"}}, []part{{5, utf8, "b"}}), false},
		{"odd BMP", one(bmp, "\x00R\x00"), one(utf8, "R"), false},
		{"UTF-8 that is none", one(utf8, "\xff"), one(utf8, "\xfe"), false},
		{"the same bytes that nobody reads", one(utf8, "\xff"), one(utf8, "\xff"), true},
		{"no name and another", []byte{1}, []byte{2}, false},
		{"no name", []byte{1}, []byte{1}, true},
		{"bytes after it", append(one(utf8, "x"), 5, 0), one(utf8, "X"), false},
	} {
		if got := names.Equal(c.a, c.b); got != c.want || names.Equal(c.b, c.a) != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

// A value cannot be made to look like a type, or two values like one.
func TestKeysTellApart(t *testing.T) {
	seen := map[string]string{}
	for what, der := range map[string][]byte{
		"a, b":   name(t, []part{{3, utf8, "a"}}, []part{{3, utf8, "b"}}),
		"a+b":    name(t, []part{{3, utf8, "a"}, {3, utf8, "b"}}),
		"ab":     name(t, []part{{3, utf8, "ab"}}),
		"zeros":  name(t, []part{{3, utf8, "a\x00b"}}),
		"octets": name(t, []part{{3, casn1.OCTET_STRING, "a"}}),
		"empty":  name(t),
	} {
		key := names.Key(der)
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s have one key", what, other)
		}
		seen[key] = what
	}
}

// form is a certificate in the making.
type form struct {
	subject []byte
	mail    string
	extra   []pkix.Extension
}

func (f form) cert(t testing.TB) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), RawSubject: f.subject, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1e9, 0), ExtraExtensions: f.extra}
	if f.mail != "" {
		c.RawSubject, c.Subject = nil, pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: f.mail}}}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return c
}

// subtrees writes NameConstraints: permitted, then excluded general names.
func subtrees(t testing.TB, permitted, excluded [][]byte) []pkix.Extension {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for n, list := range [][][]byte{permitted, excluded} {
			if len(list) == 0 {
				continue
			}
			b.AddASN1(casn1.Tag(n).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				for _, base := range list {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(base) })
				}
			})
		}
	})
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Value: der}}
}

func general(tag byte, value []byte) []byte { return append([]byte{tag, byte(len(value))}, value...) }

func alternative(list ...[]byte) []pkix.Extension {
	var body []byte
	for _, g := range list {
		body = append(body, g...)
	}
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: append([]byte{0x30, byte(len(body))}, body...)}}
}

func TestConstraints(t *testing.T) {
	country := func(c string) []byte { return name(t, []part{{6, printable, c}}) }
	belgian := name(t, []part{{6, printable, "BE"}}, []part{{3, utf8, "Signer"}})
	be, fr := general(0xa4, country("be")), general(0xa4, country("FR"))
	other := general(0xa0, []byte{6, 3, 0x2a, 3, 4, 0xa0, 2, 5, 0})
	for _, c := range []struct {
		what                string
		signer              form
		permitted, excluded [][]byte
		good                bool
	}{
		{"permitted", form{subject: belgian}, [][]byte{be}, nil, true},
		{"one of two permitted", form{subject: belgian}, [][]byte{fr, be}, nil, true},
		{"not permitted", form{subject: belgian}, [][]byte{fr}, nil, false},
		{"excluded", form{subject: belgian}, nil, [][]byte{be}, false},
		{"permitted and excluded", form{subject: belgian}, [][]byte{be}, [][]byte{general(0xa4, belgian)}, false},
		{"another excluded", form{subject: belgian}, nil, [][]byte{fr}, true},
		{"the end of a name is no subtree", form{subject: belgian}, nil, [][]byte{general(0xa4, name(t, []part{{3, utf8, "Signer"}}))}, true},
		{"everything permitted", form{subject: belgian}, [][]byte{general(0xa4, name(t))}, nil, true},
		{"everything excluded", form{subject: belgian}, nil, [][]byte{general(0xa4, name(t))}, false},
		{"alternative directory name", form{subject: belgian, extra: alternative(fr)}, [][]byte{be}, nil, false},
		{"mail in the subject, permitted host", form{mail: "tsa@a.example"}, [][]byte{general(0x81, []byte("A.example"))}, nil, true},
		{"mail in the subject, hosts below", form{mail: "tsa@a.example"}, [][]byte{general(0x81, []byte(".example"))}, nil, true},
		{"mail in the subject, another host", form{mail: "tsa@a.example"}, [][]byte{general(0x81, []byte("b.example"))}, nil, false},
		{"mail in the subject, excluded", form{mail: "tsa@a.example"}, nil, [][]byte{general(0x81, []byte("tsa@a.example"))}, false},
		{"mail in the subject, another excluded", form{mail: "tsa@a.example"}, nil, [][]byte{general(0x81, []byte("b@a.example"))}, true},
		{"a kind that nobody knows, not used", form{subject: belgian}, nil, [][]byte{other}, true},
		{"a kind that nobody knows, used", form{subject: belgian, extra: alternative(other)}, nil, [][]byte{other}, false},
		{"a distance", form{subject: belgian}, [][]byte{slices.Concat(be, []byte{0x80, 1, 1})}, nil, false},
		{"a greatest distance", form{subject: belgian}, [][]byte{slices.Concat(be, []byte{0x81, 1, 0})}, nil, false},
		{"no distance, written out", form{subject: belgian}, [][]byte{slices.Concat(be, []byte{0x80, 1, 0})}, nil, true},
		{"not a name", form{subject: belgian}, [][]byte{{5, 0}}, nil, false},
	} {
		authority := form{subject: country("BE"), extra: subtrees(t, c.permitted, c.excluded)}.cert(t)
		chain := []*x509.Certificate{c.signer.cert(t), authority}
		if err := names.CheckConstraints(chain); (err == nil) != c.good {
			t.Errorf("%s: %v", c.what, err)
		}
		if err := names.CheckConstraints(chain[1:]); err != nil {
			t.Errorf("%s: on itself: %v", c.what, err)
		}
	}
}

func TestOwns(t *testing.T) {
	subject := name(t, []part{{3, printable, "TSA"}})
	host, where := general(0x82, []byte("tsa.example")), general(0x86, []byte("http://tsa.example"))
	cert := form{subject: subject, extra: alternative(host, where, general(0x81, []byte("tsa@a.example")))}.cert(t)
	for _, c := range []struct {
		what     string
		name     []byte
		owns, ok bool
	}{
		{"subject", general(0xa4, name(t, []part{{3, utf8, "tsa"}})), true, true},
		{"another", general(0xa4, name(t, []part{{3, utf8, "tsb"}})), false, true},
		{"host", general(0x82, []byte("TSA.example")), true, true},
		{"address", where, true, true},
		{"another address", general(0x86, []byte("http://tsa.exampl")), false, true},
		{"mail", general(0x81, []byte("tsa@A.example")), true, true},
		{"mail of another", general(0x81, []byte("TSA@a.example")), false, true},
		{"host as an address", general(0x86, []byte("tsa.example")), false, true},
		{"no name", []byte{5, 0}, false, false},
		{"two names", append(general(0x82, []byte("tsa.example")), 0x82, 0), false, false},
		{"nothing", nil, false, false},
	} {
		if owns, ok := names.Owns(cert, c.name); owns != c.owns || ok != c.ok {
			t.Errorf("%s: %v %v", c.what, owns, ok)
		}
	}
}

func FuzzKey(f *testing.F) {
	f.Add(name(f, []part{{3, utf8, "a"}}), name(f, []part{{3, bmp, "\x00A"}}))
	f.Add([]byte{0x30, 0}, []byte{})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if !names.Equal(a, a) || names.Equal(a, b) != names.Equal(b, a) {
			t.Fatalf("%x %x", a, b)
		}
		if names.Key(a) == names.Key(b) != names.Equal(a, b) {
			t.Fatalf("keys of %x and %x", a, b)
		}
	})
}

func FuzzConstraints(f *testing.F) {
	signer := form{subject: name(f, []part{{6, printable, "BE"}})}.cert(f)
	f.Add(subtrees(f, [][]byte{general(0xa4, name(f, []part{{6, printable, "FR"}}))}, nil)[0].Value, []byte{0x30, 0})
	f.Fuzz(func(t *testing.T, constraints, alternatives []byte) {
		below := *signer
		below.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: alternatives}}
		above := *signer
		above.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Value: constraints}}
		_ = names.CheckConstraints([]*x509.Certificate{&below, &above})
		_, _ = names.Owns(&below, alternatives)
	})
}
