// Package algorithm knows the keys, hashes and signatures that timestamps are
// made with, and until when each is to be relied on.
//
// # What it does
//
// [ParseKey] and [Parse] read a public key and the name of a signature
// algorithm as certificates and CMS write them; [Algorithm.Verify] says whether
// a signature holds. [Limits] is the one table of the dates by which a kind of
// key or hash ends; judging a token and renewing it both go by it.
//
// # How to use it
//
//	key, err := algorithm.ParseKey(cert.RawSubjectPublicKeyInfo)
//	alg, err := algorithm.Parse(oid, parameters)
//	alg, err = alg.With(hash)                  // CMS says the hash by itself
//	err = alg.Verify(key, message, signature)
//	if end, ended := algorithm.Ended(alg.Name(), key.Bits, at); ended { ... }
//
// # What it promises
//
// What this package does not know is [ErrUnsupported], never a bad signature:
// nobody may be told that a signature failed which nobody checked. Weak hashes
// (SHA-1, MD5 and older) are [ErrWeak] and verify nothing. RSA is at most 16384
// bits, with a public exponent of at most 64 bits beyond 3072 (as OpenSSL has
// it), so that no key of a stranger's costs seconds.
//
// RSASSA-PSS is read with every parameter of RFC 4055 but weak message hashes:
// any salt, any hash of the mask, SHA-1 for the mask included, on whose
// resistance to collisions nothing rests. crypto/rsa knows neither that nor
// exponents beyond 31 bits, so the check of the encoded message is ours
// (RFC 8017 clauses 8.1.2 and 8.2.2).
//
// # What it does not do
//
// It does not know DSA, Ed448, brainpool curves, nor post-quantum signatures. It
// verifies and never signs. The limits are what sources say today, not a
// forecast: see [Ended].
package algorithm
