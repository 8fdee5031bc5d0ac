// Package origin says whether a vault's own key made a file, and for which place in it.
//
// # What it does
//
// [Derive] makes the vault's keys of its private one. [LogCode] is what a log file proves itself
// with, [Place] and [Witness] are what an object does; [Encode] and [Mark] put a code before what
// is the vault's own: state, heads, notes.
//
// # What it promises
//
// Codes are compared in constant time. What has no code that holds is never returned.
// docs/formats.md has each to the byte; the checker (evidence/vault/check) computes them with code
// of its own.
//
// # What it does not do
//
// It reads and writes no files, and does not decide what follows from a missing proof.
package origin
