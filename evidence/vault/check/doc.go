// Package check examines a vault from the bytes on disk alone.
//
// # What it does
//
// [Run] reads vault.json, every custody log, every object that the logs name,
// and says of each thing it looked at whether it passed, failed, or was not
// done and why.
//
// # How to use it
//
// From an open vault: vault.Check. Without the program: any age identity of
// the vault will do.
//
// # What it promises
//
// It shares no code with package vault, which writes: the layout is taken from
// docs/formats.md, and read again here, manifests and custody lines with package
// reader, which no writer uses. Shared are age, which encrypts, and from package
// evidence the words for a check and for progress. It writes nothing. Damage is
// never an error: an error means that the examination could not be carried
// out. Names of checks are stable:
//
//	vault-json          format, version, and whether its recipient is that of the key in use
//	key-files           identity.age and recovery.age are there and under a passphrase;
//	                    whether they hold the key in use takes their passphrases
//	log-files           all log files from 00000001 on are there and can be read
//	log-chain           each line follows from the one before
//	manifests           as the log says: digest, case, exhibit, anchored head, same artifacts as stored
//	artifacts           size, SHA-256 and SHA-512 as the manifest says
//	replies             timestamp replies: SHA-256 as the log says (package tsa verifies what is in them)
//	recipients          state.age is authentic; no file is encrypted to more than it lists, nor is
//	                    anybody on the list whom a log says was removed; a change is finished
//	index               an authentic index names a head that the log has; it is a cache, so that
//	                    one that is missing or damaged is "not-done"
//	origin              each log file proves that this vault wrote it, for its place; "not-done" for lines of version 1
//	heads               each log goes as far as its head says, and as anything outside of the folder knows;
//	                    no case is gone
//	unrecorded          an object of this vault that no log names: its entry is lost; "not-done": other files that no log names; left by an interruption, or by a log that was cut short
//
// Of the checks from log-files to replies there is one that passed per case,
// or one that failed per thing that is wrong. The detail begins with the case id.
//
// # What it does not do
//
// An older copy of the whole folder is whole; only what is known outside of it (Known, a manifest's
// timestamp, an export) proves how far it once went.
package check
