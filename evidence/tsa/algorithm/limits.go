package algorithm

import "time"

// Limit says until when signatures of a kind of key, or a hash, are to be
// relied on.
type Limit struct {
	Name             string // RSA, PSS, ECDSA, Ed25519, or a hash as crypto.Hash names it
	MinBits, MaxBits int    // of the modulus, of the curve or of the hash; inclusive
	Until            time.Time
	Source           string
}

func endOf(year int) time.Time { return time.Date(year, 12, 31, 23, 59, 59, 0, time.UTC) }

// asOf is the day on which the table was made.
func asOf() time.Time { return time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC) }

const (
	manyBits = 1 << 20

	sourceNIST = "NIST SP 800-131A Rev. 2 (2019): less than 112 bits of security is disallowed since the end of 2013"
	sourceETSI = "ETSI TS 119 312 V1.5.1: PKCS#1 v1.5 of any size, and PSS of 1900 to 2999 bits, end on 2029-01-01, as the Commission's validator has it (esig/dss d9473b8e, constraint.xml, 2026-04-15)"
	sourceHash = "ETSI TS 119 312 V1.5.1: SHA-224 ends on 2029-01-01, as the Commission's validator has it (esig/dss d9473b8e, constraint.xml, 2026-04-15)"
	source2030 = "NIST IR 8547, initial public draft (November 2024): 112 bits of security is deprecated after 2030"
	source2035 = "NIST IR 8547, initial public draft (November 2024): RSA, ECDSA and EdDSA are disallowed after 2035"
)

// Limits returns the table. SHA-2 and SHA-3 of 256 bits and more are not in it:
// no end is announced for them.
func Limits() []Limit {
	return []Limit{
		{RSA, 0, 1899, endOf(2013), sourceNIST},
		{RSA, 1900, manyBits, endOf(2028), sourceETSI},
		{PSS, 0, 1899, endOf(2013), sourceNIST},
		{PSS, 1900, 2999, endOf(2028), sourceETSI},
		{PSS, 3000, manyBits, endOf(2035), source2035},
		{ECDSA, 0, 223, endOf(2013), sourceNIST},
		{ECDSA, 224, 255, endOf(2030), source2030},
		{ECDSA, 256, manyBits, endOf(2035), source2035},
		{Ed25519, 256, 256, endOf(2035), source2035},
		{"SHA-224", 224, 224, endOf(2028), sourceHash},
		{"SHA-512/224", 224, 224, endOf(2028), sourceHash},
		{"SHA3-224", 224, 224, endOf(2028), sourceHash},
	}
}

// LimitOf returns the row of a kind of key or hash.
func LimitOf(name string, bits int) (Limit, bool) {
	for _, l := range Limits() {
		if l.Name == name && bits >= l.MinBits && bits <= l.MaxBits {
			return l, true
		}
	}
	return Limit{}, false
}

// Ended reports whether something that was signed at a moment was signed too
// late for its key. Only limits that had passed when the table was made refuse
// anything: whether an announced one will hold, nobody knows, and a token from
// after it is for whoever reads a newer table. Until when a signature stands is
// said by the limit itself, announced or not.
func Ended(name string, bits int, at time.Time) (Limit, bool) {
	l, ok := LimitOf(name, bits)
	return l, ok && l.Until.Before(asOf()) && at.After(l.Until)
}
