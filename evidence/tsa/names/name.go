package names

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Equal reports whether two DER encodings of a Name say the same.
func Equal(a, b []byte) bool { return bytes.Equal(a, b) || Key(a) == Key(b) }

// Key returns a string that equal names have in common, and no others.
func Key(der []byte) string {
	n, ok := parse(der)
	if !ok {
		return "?" + string(der)
	}
	out := []byte("=")
	for _, rdn := range n {
		out = appendSized(out, []byte(rdn))
	}
	return string(out)
}

// name is a distinguished name: one string for every relative name, equal
// exactly if they are.
type name []string

// within reports whether the name lies in the subtree below base.
func (n name) within(base name) bool {
	return len(n) >= len(base) && slices.Equal(n[:len(base)], base)
}

// parse reads the DER of a Name (RFC 5280 clause 4.1.2.4).
func parse(der []byte) (name, bool) {
	var list cryptobyte.String
	s := cryptobyte.String(der)
	if !s.ReadASN1(&list, casn1.SEQUENCE) || !s.Empty() {
		return nil, false
	}
	n := name{}
	for !list.Empty() {
		var set cryptobyte.String
		if !list.ReadASN1(&set, casn1.SET) {
			return nil, false
		}
		var parts []string
		for !set.Empty() {
			part, ok := readAttribute(&set)
			if !ok {
				return nil, false
			}
			parts = append(parts, part)
		}
		slices.Sort(parts) // a SET, however it was sorted
		n = append(n, strings.Join(parts, ""))
	}
	return n, true
}

// readAttribute reads an AttributeTypeAndValue into a string that tells it from
// every other: its type, then its value, each after its length.
func readAttribute(s *cryptobyte.String) (string, bool) {
	var body, oid, value cryptobyte.String
	var tag casn1.Tag
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !body.ReadASN1(&oid, casn1.OBJECT_IDENTIFIER) ||
		!body.ReadAnyASN1(&value, &tag) || !body.Empty() {
		return "", false
	}
	out := appendSized(nil, oid)
	if text, ok := decode(tag, value); ok {
		return string(appendSized(append(out, 0), []byte(prepare(text)))), true
	}
	return string(appendSized(append(out, byte(tag)), value)), true
}

func appendSized(out, b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(b))), b...)
}

// decode reads the string types of a DirectoryString, and IA5String, which mail
// addresses and domain components have. TeletexString is taken as Latin-1, as
// everybody does.
func decode(tag casn1.Tag, b []byte) (string, bool) {
	const (
		numeric, teletex, visible, universal, bmp = casn1.Tag(18), casn1.Tag(20), casn1.Tag(26), casn1.Tag(28), casn1.Tag(30)
	)
	switch tag {
	case casn1.UTF8String:
		return string(b), utf8.Valid(b)
	case casn1.PrintableString, casn1.IA5String, visible, numeric:
		return string(b), !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf })
	case teletex:
		r := make([]rune, len(b))
		for i, c := range b {
			r[i] = rune(c)
		}
		return string(r), true
	case bmp:
		if len(b)%2 != 0 {
			return "", false
		}
		u := make([]uint16, len(b)/2)
		for i := range u {
			u[i] = binary.BigEndian.Uint16(b[2*i:])
			if utf16.IsSurrogate(rune(u[i])) {
				return "", false
			}
		}
		return string(utf16.Decode(u)), true
	case universal:
		if len(b)%4 != 0 {
			return "", false
		}
		r := make([]rune, len(b)/4)
		for i := range r {
			c := binary.BigEndian.Uint32(b[4*i:])
			if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
				return "", false
			}
			r[i] = rune(c)
		}
		return string(r), true
	}
	return "", false
}

// prepare brings a string into the form in which equal ones are the same (RFC
// 4518 clauses 2.2 to 2.6.1): composed, folded, without spaces at its ends and
// with single ones inside.
func prepare(s string) string {
	s = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
	return strings.Join(strings.Fields(s), " ")
}
