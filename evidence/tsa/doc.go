// Package tsa asks timestamp authorities for the time (RFC 3161) and checks
// what they answered.
//
// # What it does
//
// [Client.Ask] sends the SHA-256 of something to an authority and brings back
// the reply, byte for byte. [Verify] judges a reply and is the only maker of a
// [Timestamp], the only thing that may be shown to anybody as a time.
//
// # How to use it
//
//	reply, err := client.Ask(ctx, authority, digest) // err is an *AuthorityError
//	...                                              // keep reply.Raw and reply.Nonce whatever comes next
//	ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{
//		Roots:  roots,
//		Nonce:  reply.Nonce,
//		Window: reply.Window(),
//	})
//	if ts == nil { ... }                             // checks say which one failed
//	records, problems := client.FetchRevocation(ctx, ts) // keep the records beside the reply
//
// With the records in Options.Revocation the check "revocation" is done too,
// now and in years. [NextTry] says when to ask again after a failure, and
// [Offset] how far this device's clock is from the authority's.
//
// # What it promises
//
// A Timestamp exists only if no check failed and every required one passed:
// see [Verify] for the list, with the clauses of RFC 3161, 5652, 5035 and
// 5816. The certificate chain is judged at the token's own time, so that a
// token outlives its signer's certificate. Parsing is not trusting: nothing in
// this package hands out the content of a reply that was not verified.
//
// Replies are hostile bytes. They are at most [MaxReply] long, are turned from
// BER into DER once by a bounded reader, and every later step, ours or a
// library's, sees those same DER bytes. Libraries see them only after our own
// checks of signature and chain have passed. At most 100 signatures are checked
// in search of a chain.
//
// Our own checks decide. The second verifier, sigstore's, has to agree wherever
// it can read what was verified; where it cannot, that is not done, never
// failed. What came along unsigned and nobody needs (attribute certificates,
// other formats, certificates that cannot be read) harms nothing. Names are
// compared by what they say (package names), and what a signature is made with
// is known to package algorithm, with the dates by which it ends. Bytes are taken
// apart by package der.
//
// A Client may be used by many goroutines at once. Ask sends nothing but the
// digest, a random number and the request for certificates; FetchRevocation
// nothing but which certificate it is about.
//
// # What it does not do
//
// It does not know the EU trusted lists, package trustlist does: [Timestamp.ClaimsQualified] is the
// token's own claim. It does not verify Ed448, brainpool curves nor RSA beyond 16384 bits; that is
// not done, and there is no Timestamp. It keeps no list of authorities and stores nothing. If
// system roots are asked for and no other root fits, Windows and macOS find the chain themselves
// and may fetch certificates on their own; only there have names to be equal by their bytes.
//
// # Revocation
//
// Without records the check "revocation" is not done, and says so. With them,
// every certificate of the chain but the root needs an OCSP answer or a
// revocation list that its issuer signed and that was current at the token's
// time or made later, while the certificate had not yet expired. A certificate
// that was revoked by then voids the token. One that was revoked later does so
// too, unless a reason is given that says the key was not abused: unspecified,
// affiliationChanged, superseded or cessationOfOperation (RFC 3161 clause 4).
// Where a record says since when the certificate was invalid, that counts (RFC
// 5280 clause 5.3.2). A record from after the certificate expired counts if it
// says that it still keeps those (archive cut-off, RFC 6960 clause 4.4.4).
// Records that came inside the token are read like those in Options.Revocation.
// The same rule is applied to the authorities above the signer, for which that
// clause does not ask.
//
// Not read are delta and indirect lists, lists for some reasons only, records signed with SHA-1,
// and what is said of the OCSP responder's own certificate. A record is believed for what it says
// of its own date: that no newer one was kept, nobody can see.
//
// Sub-package practice is an authority for practising, whose tokens are worth
// nothing; renewal keeps timestamps alive beyond their signers; tsatest runs
// OpenSSL's authority for tests.
package tsa
