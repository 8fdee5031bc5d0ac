package tsa

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/algorithm"
	"constat/evidence/tsa/names"
)

// Limits of the search for a chain: crypto/x509 stops after as many signatures,
// and no chain is that long.
const (
	maxSignatureChecks = 100
	maxSteps           = 500
	maxChain           = 10
	maxCandidates      = 16
)

var (
	errNoChain = errors.New("no certificate leads to a trusted root")
	errSearch  = errors.New("the search for a chain was given up: too many certificates of one name")
)

// pathfinder builds chains (RFC 5280 clause 6) from a signer to trusted
// certificates, with names compared as clause 7.1 asks and with every algorithm
// that package algorithm knows. crypto/x509 compares names by their bytes and
// knows fewer; what else makes a chain good is left to it, see [pathfinder.judge].
type pathfinder struct {
	bag    []*x509.Certificate // to be used, never to be trusted
	at     time.Time
	checks int
	steps  int
	keys   map[*x509.Certificate]keyOrNot
	names  map[*x509.Certificate]string // of the subject
	issued map[[2]*x509.Certificate]issue
	open   error // what could not be checked, on some way
}

type keyOrNot struct {
	key algorithm.Key
	err error
}

// issue is whether one certificate was signed with the key of another.
type issue struct {
	alg algorithm.Algorithm
	err error
}

func newPathfinder(bag []*x509.Certificate, at time.Time) *pathfinder {
	return &pathfinder{bag: bag, at: at, keys: map[*x509.Certificate]keyOrNot{},
		names: map[*x509.Certificate]string{}, issued: map[[2]*x509.Certificate]issue{}}
}

func (p *pathfinder) key(c *x509.Certificate) (algorithm.Key, error) {
	k, ok := p.keys[c]
	if !ok {
		k.key, k.err = algorithm.ParseKey(c.RawSubjectPublicKeyInfo)
		p.keys[c] = k
	}
	return k.key, k.err
}

func (p *pathfinder) subject(c *x509.Certificate) string {
	key, ok := p.names[c]
	if !ok {
		key = names.Key(c.RawSubject)
		p.names[c] = key
	}
	return key
}

// signed verifies the signature on a certificate once.
func (p *pathfinder) signed(cert, by *x509.Certificate) (algorithm.Algorithm, error) {
	pair := [2]*x509.Certificate{cert, by}
	known, ok := p.issued[pair]
	if !ok {
		if p.checks++; p.checks > maxSignatureChecks {
			return algorithm.Algorithm{}, errSearch
		}
		var key algorithm.Key
		if key, known.err = p.key(by); known.err == nil {
			known.alg, known.err = checkIssued(cert, key)
		}
		p.issued[pair] = known
	}
	return known.alg, known.err
}

// find returns the good chains from the signer to one of the trusted
// certificates, or why there is none.
func (p *pathfinder) find(
	signer *x509.Certificate,
	trusted []*x509.Certificate,
	constraint func([]*x509.Certificate) error,
) ([][]*x509.Certificate, error) {
	var good [][]*x509.Certificate
	why := errNoChain
	candidates := 0
	var walk func(chain []*x509.Certificate) bool
	finish := func(chain []*x509.Certificate) bool {
		candidates++
		err := p.judge(chain)
		if err == nil && constraint != nil {
			err = constraint(chain)
		}
		if err == nil {
			good = append(good, slices.Clone(chain))
		} else if why == errNoChain {
			why = err
		}
		return candidates < maxCandidates
	}
	walk = func(chain []*x509.Certificate) bool {
		last := chain[len(chain)-1]
		for _, next := range p.issuers(last, trusted) {
			if p.extends(chain, next) && !finish(append(chain, next)) {
				return false
			}
		}
		for _, next := range p.issuers(last, p.bag) {
			if p.steps++; p.steps > maxSteps {
				return false
			}
			if len(chain) < maxChain && next.IsCA && !containsCertificate(trusted, next) && p.extends(chain, next) &&
				!walk(append(chain, next)) {
				return false
			}
		}
		return true
	}
	if containsCertificate(trusted, signer) {
		finish([]*x509.Certificate{signer})
	} else {
		walk([]*x509.Certificate{signer})
	}
	switch {
	case len(good) > 0:
		return good, nil
	case why == errNoChain && (p.steps > maxSteps || p.checks > maxSignatureChecks):
		return nil, errSearch
	case why == errNoChain && p.open != nil:
		return nil, p.open
	}
	return nil, why
}

// extends reports whether a certificate may come next: one that is not in the
// chain yet, nor one of the same name with the same key, and whose signature is
// on the last one.
func (p *pathfinder) extends(chain []*x509.Certificate, next *x509.Certificate) bool {
	for _, c := range chain {
		if c.Equal(next) ||
			bytes.Equal(c.RawSubjectPublicKeyInfo, next.RawSubjectPublicKeyInfo) && names.Equal(c.RawSubject, next.RawSubject) {
			return false
		}
	}
	_, err := p.signed(chain[len(chain)-1], next)
	if err != nil && p.open == nil && errors.Is(err, algorithm.ErrUnsupported) {
		p.open = err
	}
	return err == nil
}

// issuers are the certificates with the name of the issuer, those with the key
// identifier that it is named by first.
func (p *pathfinder) issuers(cert *x509.Certificate, of []*x509.Certificate) []*x509.Certificate {
	var first, then []*x509.Certificate
	issuer := names.Key(cert.RawIssuer)
	for _, c := range of {
		if c == nil || p.subject(c) != issuer {
			continue
		}
		if len(cert.AuthorityKeyId) > 0 && bytes.Equal(cert.AuthorityKeyId, c.SubjectKeyId) {
			first = append(first, c)
		} else {
			then = append(then, c)
		}
	}
	return append(first, then...)
}

func containsCertificate(list []*x509.Certificate, c *x509.Certificate) bool {
	return slices.ContainsFunc(list, func(x *x509.Certificate) bool { return x != nil && x.Equal(c) })
}

// judge says whether a chain whose names and signatures fit is good at the
// moment. Validity, powers, lengths, policies, usages and constraints are
// judged by crypto/x509, on copies of the certificates: each has the name of
// its issuer as the issuer writes it, and the signature of a key of our own,
// because the real ones have been verified already, some with algorithms that
// crypto/x509 does not know. Constraints on names that it does not know are
// judged by package names first.
func (p *pathfinder) judge(chain []*x509.Certificate) error {
	if err := names.CheckConstraints(chain); err != nil {
		return err
	}
	for i, c := range chain[1:] {
		alg, err := p.signed(chain[i], c)
		if err != nil {
			return err
		}
		key, err := p.key(c)
		if err != nil {
			return err
		}
		if err := ended(alg.Name(), key, p.at); err != nil {
			return fmt.Errorf("%s: %w", c.Subject, err)
		}
	}
	copies := make([]*x509.Certificate, len(chain))
	opts := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: p.at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	for i := len(chain) - 1; i >= 0; i-- {
		c := *chain[i]
		own := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i)}, ed25519.SeedSize))
		c.PublicKey, c.PublicKeyAlgorithm, c.SignatureAlgorithm = own.Public(), x509.Ed25519, x509.PureEd25519
		if i < len(chain)-1 {
			above := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))
			c.Signature, c.RawIssuer = ed25519.Sign(above, c.RawTBSCertificate), copies[i+1].RawSubject
		}
		c.UnhandledCriticalExtensions = slices.DeleteFunc(slices.Clone(c.UnhandledCriticalExtensions), names.Handles)
		if copies[i] = &c; i == len(chain)-1 {
			opts.Roots.AddCert(&c)
		} else if i > 0 {
			opts.Intermediates.AddCert(&c)
		}
	}
	_, err := copies[0].Verify(opts)
	return err
}

// ended is an error if a key had no time left at the moment.
func ended(name string, key algorithm.Key, at time.Time) error {
	if l, ok := algorithm.Ended(name, key.Bits, at); ok {
		return fmt.Errorf("%s of %d bits ended on %s (%s)", name, key.Bits, l.Until.Format(time.DateOnly), l.Source)
	}
	return nil
}

// above returns every certificate, of the bag and of others, that stands above
// the signer on any way up, the signer included.
func (p *pathfinder) above(signer *x509.Certificate, others []*x509.Certificate) []*x509.Certificate {
	found := []*x509.Certificate{signer}
	for i := 0; i < len(found) && len(found) < maxCertificates; i++ {
		for _, list := range [][]*x509.Certificate{p.bag, others} {
			for _, next := range p.issuers(found[i], list) {
				if containsCertificate(found, next) {
					continue
				}
				if _, err := p.signed(found[i], next); err == nil {
					found = append(found, next)
				}
			}
		}
	}
	return found
}

// preferred is the first chain with a pinned fingerprint, or else the first one.
func preferred(chains [][]*x509.Certificate, pins []evidence.Digest) []*x509.Certificate {
	for _, chain := range chains {
		if len(withFingerprint(chain, pins)) > 0 {
			return chain
		}
	}
	return chains[0]
}
