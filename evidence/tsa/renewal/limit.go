package renewal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"time"

	"constat/evidence/tsa"
)

// Algorithm says until when signatures of a kind of key are to be relied on.
type Algorithm struct {
	Name             string // "RSA", "ECDSA", "Ed25519"
	MinBits, MaxBits int    // of the modulus or of the curve; inclusive
	Until            time.Time
	Source           string
}

func endOf(year int) time.Time { return time.Date(year, 12, 31, 23, 59, 59, 0, time.UTC) }

const (
	manyBits = 1 << 20

	sourceNIST = "NIST SP 800-131A Rev. 2 (2019): less than 112 bits of security is disallowed since the end of 2013"
	sourceETSI = "ETSI TS 119 312: RSA of 1900 to 2999 bits ends with 2028"
	source2030 = "NIST IR 8547, initial public draft (November 2024): 112 bits of security is deprecated after 2030"
	source2035 = "NIST IR 8547, initial public draft (November 2024): RSA, ECDSA and EdDSA are disallowed after 2035"
)

// Algorithms returns the table of limits. SHA-256, SHA-384 and SHA-512 are not
// in it: no end is announced for them, and package tsa accepts no other hash.
func Algorithms() []Algorithm {
	return []Algorithm{
		{"RSA", 0, 1899, endOf(2013), sourceNIST},
		{"RSA", 1900, 2999, endOf(2028), sourceETSI},
		{"RSA", 3000, manyBits, endOf(2035), source2035},
		{"ECDSA", 0, 223, endOf(2013), sourceNIST},
		{"ECDSA", 224, 255, endOf(2030), source2030},
		{"ECDSA", 256, manyBits, endOf(2035), source2035},
		{"Ed25519", 256, 256, endOf(2035), source2035},
	}
}

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
// in the table has no time left.
func Limit(ts *tsa.Timestamp) (time.Time, Reason) {
	end, reason := ts.SignerNotAfter, CertificateEnds
	for n, c := range ts.Chain {
		if n < len(ts.Chain)-1 && c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	for _, c := range ts.Chain {
		if until := lastDay(c); until.Before(end) {
			end, reason = until, AlgorithmEnds
		}
	}
	return end.UTC(), reason
}

// lastDay is the limit of a certificate's key; zero if it is not in the table.
func lastDay(c *x509.Certificate) time.Time {
	name, bits := keyOf(c.PublicKey)
	for _, a := range Algorithms() {
		if a.Name == name && bits >= a.MinBits && bits <= a.MaxBits {
			return a.Until
		}
	}
	return time.Time{}
}

func keyOf(key crypto.PublicKey) (string, int) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return "RSA", k.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 256
	}
	return "", 0
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
