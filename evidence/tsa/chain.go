package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	"constat/evidence"
	"constat/evidence/tsa/algorithm"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Limits of a list of roots.
const (
	maxRootsPEM = 1 << 20
	maxRoots    = 1000
)

// ErrRoots reports a file that is not a list of certificates.
var ErrRoots = errors.New("not a list of certificates in PEM")

// ParseRoots reads certificates in PEM, as [ParseRootsPEM] does, or one or more
// in DER, one after the other.
func ParseRoots(b []byte) ([]*x509.Certificate, error) {
	if bytes.Contains(b, []byte("-----BEGIN")) || len(b) > maxRootsPEM {
		return ParseRootsPEM(b)
	}
	var roots []*x509.Certificate
	for s := cryptobyte.String(b); !s.Empty(); {
		var raw cryptobyte.String
		if !s.ReadASN1Element(&raw, casn1.SEQUENCE) || len(roots) == maxRoots {
			return nil, fmt.Errorf("%w, nor in DER", ErrRoots)
		}
		cert, err := readCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("%w, nor in DER: certificate %d: %w", ErrRoots, len(roots)+1, err)
		}
		roots = append(roots, cert)
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("%w: none found", ErrRoots)
	}
	return roots, nil
}

// ParseRootsPEM reads the certificates of a PEM file (RFC 7468) of at most
// 1 MiB: at least one, and nothing but certificates; text between them is
// ignored. A private key is refused: whoever hands one over made a mistake.
func ParseRootsPEM(b []byte) ([]*x509.Certificate, error) {
	if len(b) > maxRootsPEM {
		return nil, fmt.Errorf("%w: %d bytes", ErrRoots, len(b))
	}
	var roots []*x509.Certificate
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%w: %s", ErrRoots, evidence.Shorten(block.Type, 40))
		}
		cert, err := readCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate %d: %w", ErrRoots, len(roots)+1, err)
		}
		if roots = append(roots, cert); len(roots) > maxRoots {
			return nil, fmt.Errorf("%w: more than %d", ErrRoots, maxRoots)
		}
	}
	if bytes.Contains(b, []byte("-----BEGIN")) {
		return nil, fmt.Errorf("%w: certificate %d is damaged", ErrRoots, len(roots)+1)
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("%w: none found", ErrRoots)
	}
	return roots, nil
}

// Where a root came from: [Timestamp.RootSource].
const (
	RootPinned      = "pinned"             // Options.Roots
	RootBuiltIn     = "built-in list"      // Mozilla's, as built into the program
	RootSystem      = "system"             // the system's store, as it was then
	RootFingerprint = "pinned fingerprint" // Options.Pins
)

// findChain builds the chain from the signer to a trusted root (RFC 5280
// clause 6) as it was valid at the given moment: first to the pinned roots,
// then, if asked for, to the list built into this program, then to the
// system's, and last to a certificate of the reply that has a pinned
// fingerprint: such a one is trusted because of the fingerprint alone, which
// came with the options. Among several chains one with a pinned fingerprint is
// preferred. It returns where the root came from. If the chain could not be
// judged, the error is [algorithm.ErrUnsupported].
func findChain(p *pathfinder, signer *x509.Certificate, o Options) ([]*x509.Certificate, string, error) {
	if len(o.Roots) == 0 && !o.SystemRoots && len(o.Pins) == 0 {
		return nil, "", errors.New("no roots to judge by")
	}
	err := errors.New("no root fits")
	for _, source := range []struct {
		name string
		use  bool
		find func() ([][]*x509.Certificate, error)
	}{
		{RootPinned, len(o.Roots) > 0, func() ([][]*x509.Certificate, error) { return p.find(signer, o.Roots, nil) }},
		{RootBuiltIn, o.SystemRoots, func() ([][]*x509.Certificate, error) { return p.findBuiltIn(signer) }},
		{RootSystem, o.SystemRoots, func() ([][]*x509.Certificate, error) { return p.findSystem(signer) }},
		{RootFingerprint, len(o.Pins) > 0, func() ([][]*x509.Certificate, error) {
			return p.find(signer, withFingerprint(p.bag, o.Pins), nil)
		}},
	} {
		if !source.use {
			continue
		}
		chains, findErr := source.find()
		if findErr == nil {
			return preferred(chains, o.Pins), source.name, nil
		}
		if !errors.Is(err, algorithm.ErrUnsupported) {
			err = findErr
		}
	}
	return nil, "", err
}

func withFingerprint(certs []*x509.Certificate, pins []evidence.Digest) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range certs {
		if c != nil && slices.Contains(pins, evidence.Sum(c.Raw)) {
			out = append(out, c)
		}
	}
	return out
}

// findBuiltIn searches those of Mozilla's roots, as the pinned module carries
// them, that can have signed one of the certificates: parsing all of them would
// take ten times as long as judging a reply. The module's own package would set
// them for the whole process; this does not.
func (p *pathfinder) findBuiltIn(signer *x509.Certificate) ([][]*x509.Certificate, error) {
	named := [][]byte{signer.RawIssuer}
	for _, c := range p.bag {
		named = append(named, c.RawIssuer)
	}
	var roots []*x509.Certificate
	constraints := map[*x509.Certificate]func([]*x509.Certificate) error{}
	for root := range bundle.Roots() {
		// A root's certificate has its own name in it, byte for byte. That an
		// authority of the web writes its own name in two ways was never seen.
		if !slices.ContainsFunc(named, func(name []byte) bool { return bytes.Contains(root.Certificate, name) }) {
			continue
		}
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, err
		}
		roots = append(roots, cert)
		constraints[cert] = root.Constraint
	}
	return p.find(signer, roots, func(chain []*x509.Certificate) error {
		if constraint := constraints[chain[len(chain)-1]]; constraint != nil {
			return constraint(chain)
		}
		return nil
	})
}

// findSystem asks the system, which on Windows and macOS judges the chain
// itself and hands out no list; what it found is judged again.
func (p *pathfinder) findSystem(signer *x509.Certificate) ([][]*x509.Certificate, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	opts := x509.VerifyOptions{
		Roots: pool, Intermediates: x509.NewCertPool(), CurrentTime: p.at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	for _, c := range p.bag {
		if _, err := p.key(c); err == nil {
			opts.Intermediates.AddCert(c)
		}
	}
	chains, err := signer.Verify(opts)
	if err != nil {
		return nil, err
	}
	for _, chain := range chains {
		if judged := p.judge(chain); judged == nil {
			return [][]*x509.Certificate{chain}, nil
		} else {
			err = judged
		}
	}
	return nil, err
}

// isPractice reports whether a certificate of the chain carries the practice
// mark in its subject or issuer.
func isPractice(chain []*x509.Certificate) bool {
	mark := []byte(evidence.PracticeMark)
	for _, c := range chain {
		if bytes.Contains(c.RawSubject, mark) || bytes.Contains(c.RawIssuer, mark) {
			return true
		}
	}
	return false
}
