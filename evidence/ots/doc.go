// Package ots reads, writes, asks for and completes OpenTimestamps proofs: time
// that rests on no authority, but on the Bitcoin block chain.
//
// # How to use it
//
// [Client.Submit] has a digest taken in by calendars and returns a [Proof], which
// is pending; [Proof.Bytes] is the file that the stock client `ots` reads.
// [Client.Upgrade] asks the calendars, hours later, for the way from there to a
// block. [Parse] reads a file, [Proof.Attestations] what it leads to, and
// [Header.Confirms] compares a block header that somebody brings.
//
// # What it promises
//
// A calendar learns the SHA-256 of the digest with 16 random bytes behind it, and
// never the digest. What a calendar answers is read within limits and taken in
// only if it is a proof over what was asked. Nobody is asked but those that were
// named, and, for completing, the calendars of [Known]; no redirect is followed.
// [Parse] ends for every input within [Max] bytes, 256 steps deep, and what it computes
// has 4 MiB. A proof never grows past what it reads.
//
// # What it does not do
//
// It knows no block chain: which block has which number, and whether a header is
// in the chain, is not found out here. A pending attestation proves nothing, not even
// that the calendar which it names was ever asked. It
// follows no step by SHA-1, RIPEMD-160 or Keccak-256; what lies behind one is
// not computed, and said to be so.
package ots
