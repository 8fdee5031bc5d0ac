package names

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidConstraints  = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidAlternatives = asn1.ObjectIdentifier{2, 5, 29, 17}
)

// Handles reports whether [CheckConstraints] does justice to a critical
// extension that crypto/x509 leaves unhandled: constraints, or alternative
// names, of kinds that it does not know.
func Handles(oid asn1.ObjectIdentifier) bool {
	return oid.Equal(oidConstraints) || oid.Equal(oidAlternatives)
}

var errConstraints = errors.New("name constraints that cannot be read")

// constraints are the subtrees in which an authority may name (RFC 5280 clause
// 4.2.1.10).
type constraints struct{ permitted, excluded []general }

// CheckConstraints holds the names of every certificate of a chain, signer
// first, against the constraints of those above it. An authority's certificate
// that names itself as issuer is passed over, unless it is the signer's.
func CheckConstraints(chain []*x509.Certificate) error {
	for i := 1; i < len(chain); i++ {
		c, found, err := constraintsOf(chain[i])
		if err != nil {
			return fmt.Errorf("%s: %w", chain[i].Subject, err)
		}
		if !found {
			continue
		}
		for j, below := range chain[:i] {
			if j > 0 && Equal(below.RawSubject, below.RawIssuer) {
				continue
			}
			of, ok := namesOf(below)
			if !ok {
				return fmt.Errorf("%s: names that cannot be read", below.Subject)
			}
			for _, g := range of {
				if err := c.check(g); err != nil {
					return fmt.Errorf("%s may not name %s: %w", chain[i].Subject, below.Subject, err)
				}
			}
		}
	}
	return nil
}

func constraintsOf(cert *x509.Certificate) (c constraints, found bool, err error) {
	for _, e := range cert.Extensions {
		if !e.Id.Equal(oidConstraints) {
			continue
		}
		var body cryptobyte.String
		s := cryptobyte.String(e.Value)
		if !s.ReadASN1(&body, casn1.SEQUENCE) || !s.Empty() || !readSubtrees(&body, der.Context0, &c.permitted) ||
			!readSubtrees(&body, der.Context1, &c.excluded) || !body.Empty() {
			return c, true, errConstraints
		}
		found = true
	}
	return c, found, nil
}

// readSubtrees reads GeneralSubtrees, if they are there. Distances other than
// the default, which RFC 5280 forbids, make them unreadable.
func readSubtrees(s *cryptobyte.String, tag casn1.Tag, into *[]general) bool {
	if !s.PeekASN1Tag(tag) {
		return true
	}
	var list cryptobyte.String
	if !s.ReadASN1(&list, tag) {
		return false
	}
	for !list.Empty() {
		var tree cryptobyte.String
		if !list.ReadASN1(&tree, casn1.SEQUENCE) {
			return false
		}
		base, ok := readBase(&tree)
		if !ok {
			return false
		}
		if minimum := casn1.Tag(0).ContextSpecific(); tree.PeekASN1Tag(minimum) {
			var n int64
			if !tree.ReadASN1Int64WithTag(&n, minimum) || n != 0 {
				return false
			}
		}
		if !tree.Empty() {
			return false
		}
		*into = append(*into, base)
	}
	return true
}

func readBase(s *cryptobyte.String) (general, bool) {
	g, ok := readGeneral(s)
	if !ok || g.kind != directory {
		return g, ok
	}
	_, ok = parse(g.value)
	return g, ok
}

var (
	errExcluded     = errors.New("excluded")
	errNotPermitted = errors.New("not among those that are permitted")
	errProcess      = errors.New("a constraint of a kind that this program does not know")
)

// check holds one name against the constraints of its kind.
func (c constraints) check(g general) error {
	if g.kind == host || g.kind == uri || g.kind == address {
		return nil // crypto/x509 does
	}
	for _, base := range c.excluded {
		if base.kind != g.kind {
			continue
		}
		in, known := g.within(base)
		if !known {
			return errProcess
		}
		if in {
			return errExcluded
		}
	}
	asked, in := false, false
	for _, base := range c.permitted {
		if base.kind != g.kind {
			continue
		}
		one, known := g.within(base)
		if !known {
			return errProcess
		}
		asked, in = true, in || one
	}
	if asked && !in {
		return errNotPermitted
	}
	return nil
}

// within reports whether a name lies in the subtree below base, which is of
// the same kind.
func (g general) within(base general) (in, known bool) {
	switch g.kind {
	case directory:
		n, ok := parse(g.value)
		b, also := parse(base.value)
		return ok && also && n.within(b), ok && also
	case mail:
		return mailWithin(string(g.value), string(base.value))
	}
	return false, false // otherName and the like
}

// mailWithin: a mailbox, a host, or, with a dot in front, every host below it.
func mailWithin(s, base string) (in, known bool) {
	m, ok := splitMail(s)
	if !ok {
		return false, false
	}
	if b, ok := splitMail(base); ok {
		return m.local == b.local && strings.EqualFold(m.host, b.host), true
	}
	if strings.HasPrefix(base, ".") {
		return len(m.host) > len(base) && strings.EqualFold(m.host[len(m.host)-len(base):], base), true
	}
	return strings.EqualFold(m.host, base), true
}
