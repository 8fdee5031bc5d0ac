// Package ers reads evidence records (RFC 4998) as a stranger would: written from
// the RFC and from docs/formats.md, without a line of what writes them (package
// bundle/record).
//
// # How to use it
//
//	r, err := ers.Parse(der)
//	err = r.Over(group, func(o ers.Over) error { // each timestamp in turn
//		ts, checks := tsa.Verify(o.Token, …) // has to be over o.Sum
//	})
//
// # What it promises
//
// [Parse] takes DER alone: one value, nothing behind it, lengths in their shortest
// form. [Record.Over] derives anew what each timestamp has to be over, from the
// digests of the data and from the record's own bytes: the first of all, the tree
// over the data (clause 4.3); the first of a later chain, the tree over the data
// and all chains before (clause 5.3); every other, the token before it. It fails
// with one of the named errors, and says at which timestamp.
//
// All data are one group: a first hash list that has a digest of nothing that is
// there, or lacks one, is refused, so that nothing can be taken out or put in.
//
// # What it does not do
//
// It verifies no token, and compares no times: package verify does. It refuses
// encryptionInfo (clause 6), and does not look into cryptoInfos and attributes:
// nothing that a record brings along is trusted.
package ers
