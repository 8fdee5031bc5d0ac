// Package heads keeps, outside of a vault's folder, how far its logs went.
//
// # What it does
//
// [Open] reads one file, encrypted and under a code of the vault's own key; [Heads.Note] and
// [Heads.NoteState] add to it. docs/formats.md has it to the byte.
//
// # What it promises
//
// Whoever can write to the vault's folder cannot take back what is known here. Errors go nowhere: a
// place that cannot be written knows less, and nothing that is recorded depends on it. A nil
// [*Heads] knows nothing. Values are safe for concurrent use, and take no other lock.
//
// # What it does not do
//
// It does not compare: the vault does.
package heads
