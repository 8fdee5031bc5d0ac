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
// checks of signature and chain have passed.
//
// A Client may be used by many goroutines at once. Nothing but the digest, a
// random number and the request for certificates is sent.
//
// # What it does not do
//
// It does not check revocation: neither CRLs nor OCSP are fetched, and the
// check "revocation" says so each time. It does not know the EU trusted lists:
// [Timestamp.ClaimsQualified] is the token's own claim. It does not verify
// RSA-PSS or EdDSA signatures, nor signers that are named by key identifier;
// such replies fail. It does not compare the token's tsa field, a hint, with
// the name in the certificate. It keeps no list of authorities and stores
// nothing. If system roots are asked for and no other root fits, Windows and
// macOS judge the chain themselves and may fetch certificates on their own.
//
// Sub-package practice is an authority for practising, whose tokens are worth
// nothing; tsatest runs OpenSSL's authority for tests.
package tsa
