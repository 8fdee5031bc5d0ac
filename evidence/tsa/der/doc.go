// Package der reads the few pieces of ASN.1 that timestamps and certificates
// have in common, strictly.
//
// # What it does
//
// [ToDER] turns one BER value of a stranger into DER; the readers take algorithm
// and object identifiers apart.
//
// # How to use it
//
//	clean, err := der.ToDER(raw)
//	s := cryptobyte.String(clean)
//
// # What it promises
//
// Time and memory are bounded by the length of the input, which is at most
// [Max], times its depth, which is bounded too. Nothing is skipped silently.
//
// # What it does not do
//
// It does not look into octet strings, sort sets, or judge what it reads.
package der
