package names

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// kind is the tag of a GeneralName (RFC 5280 clause 4.2.1.6).
type kind uint8

const (
	otherName kind = iota
	mail
	host
	x400
	directory
	edi
	uri
	address
	registered
)

// general is one GeneralName. For a directory name, value is the DER of the
// Name; for the other kinds it is the content.
type general struct {
	kind  kind
	value []byte
}

func readGeneral(s *cryptobyte.String) (g general, ok bool) {
	var value cryptobyte.String
	var tag casn1.Tag
	if !s.ReadAnyASN1(&value, &tag) {
		return g, false
	}
	plain := tag &^ casn1.Tag(0x20)
	if plain < casn1.Tag(0x80) || plain > casn1.Tag(0x80|byte(registered)) {
		return g, false
	}
	g = general{kind(plain &^ 0x80), value}
	if g.kind == directory {
		var name cryptobyte.String // a CHOICE is tagged explicitly
		if !value.ReadASN1Element(&name, casn1.SEQUENCE) || !value.Empty() {
			return g, false
		}
		g.value = name
	}
	return g, true
}

func (g general) equal(other general) bool {
	if g.kind != other.kind {
		return false
	}
	switch g.kind {
	case directory:
		return Equal(g.value, other.value)
	case host:
		return strings.EqualFold(string(g.value), string(other.value))
	case mail:
		a, ok := splitMail(string(g.value))
		b, also := splitMail(string(other.value))
		return ok && also && a.local == b.local && strings.EqualFold(a.host, b.host)
	}
	return bytes.Equal(g.value, other.value)
}

// Owns reports whether a GeneralName, in DER, is one of the certificate's: its
// subject, a mail address in that, or one of its alternative names. ok is false
// if it cannot be read.
func Owns(cert *x509.Certificate, der []byte) (owns, ok bool) {
	s := cryptobyte.String(der)
	g, ok := readGeneral(&s)
	if !ok || !s.Empty() {
		return false, false
	}
	of, ok := namesOf(cert)
	if !ok {
		return false, false
	}
	for _, own := range of {
		if own.equal(g) {
			return true, true
		}
	}
	return false, true
}

// namesOf are the subject, unless it is empty, the mail addresses in it, and
// the alternative names.
func namesOf(cert *x509.Certificate) ([]general, bool) {
	var all []general
	if subject, ok := parse(cert.RawSubject); !ok {
		return nil, false
	} else if len(subject) > 0 {
		all = append(all, general{directory, cert.RawSubject})
	}
	for _, a := range cert.Subject.Names {
		if text, ok := a.Value.(string); ok && a.Type.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}) {
			all = append(all, general{mail, []byte(text)})
		}
	}
	for _, e := range cert.Extensions {
		if !e.Id.Equal(oidAlternatives) {
			continue
		}
		var list cryptobyte.String
		s := cryptobyte.String(e.Value)
		if !s.ReadASN1(&list, casn1.SEQUENCE) || !s.Empty() {
			return nil, false
		}
		for !list.Empty() {
			g, ok := readGeneral(&list)
			if !ok {
				return nil, false
			}
			all = append(all, g)
		}
	}
	return all, true
}

type mailbox struct{ local, host string }

func splitMail(s string) (mailbox, bool) {
	i := strings.LastIndexByte(s, '@')
	if i < 0 {
		return mailbox{}, false
	}
	return mailbox{s[:i], s[i+1:]}, true
}
