// Package evidence is the vocabulary of Constat and its rules: case, exhibit,
// artifact, manifest, digest, timestamp authority and custody log.
//
// # What it does
//
// It defines the values that every other package hands around, and the two
// formats that a third party must be able to check without our code: the
// manifest (constat-manifest/1) and the custody log (constat-custody/1). Both
// are specified to the byte in docs/formats.md.
//
// # How to use it
//
// A capture or an import yields artifacts and facts. They are written into a
// [Manifest], encoded once with [Manifest.Encode], and from then on only the
// exact bytes count: their SHA-256 is what a timestamp authority signs and what
// the custody [Entry] names. [Chain] appends entries and [VerifyChain] checks
// a log line by line.
//
// # What it promises
//
// Digests are comparable values whose zero is invalid. Encoded manifests and
// custody lines are never re-encoded: readers keep the bytes they were given.
// Decoders refuse unknown formats, oversized input and trailing data. All
// times are written in UTC; a local rendering names its zone and offset.
//
// # What it does not do
//
// It touches no disk, no network and no clock: package vault stores, package
// tsa asks for time and checks it. It holds no words for people; those live in
// app/flow and in the translations.
package evidence
