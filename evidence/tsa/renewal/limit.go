package renewal

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"time"

	"constat/evidence/tsa"
	"constat/evidence/tsa/algorithm"
)

// Reason says why a timestamp needs renewal.
type Reason string

const (
	NotDue           Reason = ""
	CertificateEnds  Reason = "certificate-ends"  // of the signer, or of an authority above it
	AlgorithmEnds    Reason = "algorithm-ends"    // of a key in the chain, root included
	CertificateEnded Reason = "certificate-ended" // too late: see Verify
	AlgorithmEnded   Reason = "algorithm-ended"
)

// Lead is how long before its limit a timestamp is due for renewal: long
// enough for somebody who looks at a case twice a year.
const Lead = 183 * 24 * time.Hour

// Limit returns until when a timestamp stands by itself, and what ends then:
// [CertificateEnds] or [AlgorithmEnds]. The root's own date of expiry does not
// count: it is trusted because somebody chose it (RFC 5280 clause 6.1). Its
// key does: whoever breaks it can make a chain of any date. A key that is not
// in the table ([algorithm.Limits]) has no time left.
func Limit(ts *tsa.Timestamp) (time.Time, Reason) {
	end, reason := ts.SignerNotAfter, CertificateEnds
	for n, c := range ts.Chain {
		if n < len(ts.Chain)-1 && c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	for n, c := range ts.Chain {
		if until := lastDay(c, signedBy(ts, n)); until.Before(end) {
			end, reason = until, AlgorithmEnds
		}
	}
	return end.UTC(), reason
}

// signedBy reports whether the key of the nth certificate was used for
// RSASSA-PSS, which outlives the older padding: on the token, or on the
// certificate below.
func signedBy(ts *tsa.Timestamp, n int) (pss bool) {
	name := ts.SignatureAlgorithm
	if n > 0 {
		name = ts.Chain[n-1].SignatureAlgorithm.String()
	}
	return strings.HasSuffix(name, "-RSAPSS")
}

// lastDay is the limit of a certificate's key; zero if it is not in the table.
func lastDay(c *x509.Certificate, pss bool) time.Time {
	name, bits := keyOf(c)
	if name == algorithm.RSA && pss {
		name = algorithm.PSS
	}
	l, _ := algorithm.LimitOf(name, bits)
	return l.Until
}

func keyOf(c *x509.Certificate) (string, int) {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return algorithm.RSA, k.N.BitLen()
	case *ecdsa.PublicKey:
		return algorithm.ECDSA, k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return algorithm.Ed25519, 8 * ed25519.PublicKeySize
	}
	k, err := algorithm.ParseKey(c.RawSubjectPublicKeyInfo) // crypto/x509 does not know every key
	if err != nil {
		return "", 0
	}
	return k.Name, k.Bits
}

// Due reports whether a timestamp is to be renewed now, and why: [Lead] before
// its [Limit]. After the limit it is still due: another timestamp of the same
// generation may stand, and the renewal is over all of them.
func Due(ts *tsa.Timestamp, now time.Time) (bool, Reason) {
	end, reason := Limit(ts)
	switch {
	case now.Before(end.Add(-Lead)):
		return false, NotDue
	case !now.After(end):
		return true, reason
	case reason == AlgorithmEnds:
		return true, AlgorithmEnded
	}
	return true, CertificateEnded
}
