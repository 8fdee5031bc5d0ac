package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"constat/evidence"

	"github.com/sigstore/timestamp-authority/v2/pkg/verification"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Limits of a list of roots.
const (
	maxRootsPEM = 1 << 20
	maxRoots    = 1000
)

// ErrRoots reports text that is not a list of certificates in PEM.
var ErrRoots = errors.New("not a list of certificates in PEM")

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
		cert, err := x509.ParseCertificate(block.Bytes)
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
// fingerprint: such a root is trusted because of the fingerprint alone, which
// came with the options. Among several chains one to a pinned fingerprint is
// preferred. It returns where the root came from.
func findChain(signer *x509.Certificate, bag []*x509.Certificate, at time.Time, o Options) ([]*x509.Certificate, string, error) {
	opts := x509.VerifyOptions{
		Intermediates: x509.NewCertPool(),
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}
	for _, c := range bag {
		opts.Intermediates.AddCert(c)
	}
	if len(o.Roots) == 0 && !o.SystemRoots && len(o.Pins) == 0 {
		return nil, "", errors.New("no roots to judge by")
	}
	err := errors.New("no root fits")
	for _, source := range []struct {
		name string
		use  bool
		pool func() (*x509.CertPool, error)
	}{
		{RootPinned, len(o.Roots) > 0, func() (*x509.CertPool, error) { return poolOf(o.Roots), nil }},
		{RootBuiltIn, o.SystemRoots, func() (*x509.CertPool, error) { return builtInPool(signer, bag) }},
		{RootSystem, o.SystemRoots, x509.SystemCertPool},
		{RootFingerprint, len(o.Pins) > 0, func() (*x509.CertPool, error) { return poolOf(withFingerprint(bag, o.Pins)), nil }},
	} {
		if !source.use {
			continue
		}
		pool, poolErr := source.pool()
		if poolErr != nil {
			err = poolErr
			continue
		}
		opts.Roots = pool
		chains, verifyErr := signer.Verify(opts)
		if verifyErr != nil {
			err = verifyErr
			continue
		}
		return preferred(chains, o.Pins), source.name, nil
	}
	return nil, "", err
}

// preferred is the first chain to a pinned fingerprint, or else the first one.
func preferred(chains [][]*x509.Certificate, pins []evidence.Digest) []*x509.Certificate {
	for _, chain := range chains {
		if len(withFingerprint(chain[len(chain)-1:], pins)) > 0 {
			return chain
		}
	}
	return chains[0]
}

func withFingerprint(certs []*x509.Certificate, pins []evidence.Digest) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range certs {
		if slices.Contains(pins, evidence.Sum(c.Raw)) {
			out = append(out, c)
		}
	}
	return out
}

func poolOf(certs []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range certs {
		if c != nil {
			pool.AddCert(c)
		}
	}
	return pool
}

// builtInPool holds those of Mozilla's roots, as the pinned module carries them,
// that can have signed one of the certificates: parsing all of them would take
// ten times as long as judging a reply. The module's own package would set them
// for the whole process; this does not.
func builtInPool(signer *x509.Certificate, bag []*x509.Certificate) (*x509.CertPool, error) {
	names := [][]byte{signer.RawIssuer}
	for _, c := range bag {
		names = append(names, c.RawIssuer)
	}
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		// A root's certificate has its own name in it, byte for byte.
		if !slices.ContainsFunc(names, func(name []byte) bool { return bytes.Contains(root.Certificate, name) }) {
			continue
		}
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, err
		}
		if root.Constraint == nil {
			pool.AddCert(cert)
		} else {
			pool.AddCertWithConstraint(cert, root.Constraint)
		}
	}
	return pool, nil
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

// errStopped is what [crossCheck] hands to the other verifier in place of data.
var errStopped = errors.New("every check before the imprint has passed")

type stopReader struct{}

var _ io.Reader = stopReader{}

func (stopReader) Read([]byte) (int, error) { return 0, errStopped }

// crossCheck has sigstore's verifier judge the same token against the root
// that was found, and demands that it agrees. That verifier hashes the data
// itself, last of all; we hold only the digest and have compared it already, so
// it gets a reader that fails, and agreement is that it came as far as reading.
// It sees the token only after everything else has passed.
func crossCheck(token []byte, chain []*x509.Certificate, o Options) error {
	// The status is not signed. It was judged before; this one says granted,
	// because the verifier knows no other.
	granted := []byte{0x30, 0x03, 0x02, 0x01, statusGranted}
	resp := appendTLV(nil, 0x30, append(granted, token...))
	var between []*x509.Certificate
	if len(chain) > 2 {
		between = chain[1 : len(chain)-1]
	}
	_, err := verification.VerifyTimestampResponse(resp, stopReader{}, verification.VerifyOpts{
		OID:           o.Policy,
		Intermediates: between,
		Roots:         chain[len(chain)-1:],
		Nonce:         o.Nonce,
	})
	if errors.Is(err, errStopped) {
		return nil
	}
	if err == nil {
		return errors.New("the imprint was not compared")
	}
	return err
}
