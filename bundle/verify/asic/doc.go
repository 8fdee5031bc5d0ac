// Package asic reads an ASiC-S container (ETSI EN 319 162-1 V1.1.1, clause 4.3)
// with one file, a token over it and an archive timestamp (annex A.7), as a
// stranger would: without a line of what writes one (package bundle/asic).
//
// # How to use it
//
//	c, err := asic.Read(zip)
//	// c.Token is over c.Data, c.Archive over c.Manifest; both are still to be verified
//
// # What it promises
//
// [Read] takes such a container and nothing else: five entries in their order,
// stored, every byte of the file accounted for; the media type; a manifest that
// names the file and its token, each with the digest that it has. Work and memory
// are bounded by the length of the input. Whatever is wrong is an [ErrContainer]
// that says what.
//
// # What it does not do
//
// It verifies no token, and reads no other kind of container.
package asic
