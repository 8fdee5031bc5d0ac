// Package names compares the names in certificates as RFC 5280 clause 7.1 asks:
// by what they say, not by how their letters are encoded.
//
// # What it does
//
// [Equal] compares two distinguished names, [Owns] finds a general name among
// those of a certificate, and [CheckConstraints] holds the names of a chain
// against the constraints of the authorities in it, as far as crypto/x509 does
// not (RFC 5280 clause 4.2.1.10).
//
// # How to use it
//
//	if names.Equal(child.RawIssuer, parent.RawSubject) { ... }
//	err := names.CheckConstraints(chain) // signer first, root last
//
// # What it promises
//
// Two names are equal if they have the same attributes in the same order of
// relative names, whatever the string type, capitals, spaces and Unicode
// composition (RFC 4518, with NFKC and case folding). What cannot be read is
// equal to the same bytes only. A constraint counts whether its extension is
// critical or not; one that cannot be processed refuses every certificate that
// it could be about.
//
// # What it does not do
//
// Constraints on DNS names, IP addresses, URIs and mail addresses among the
// alternative names are left to crypto/x509, which has to be asked as well.
// Equal names prove nothing: a signature has to follow.
package names
