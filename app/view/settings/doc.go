// Package settings changes what is not secret, and leads to what is: the passphrase, the
// recovery code, and who else may read the vault.
//
// # How to use it
//
// [Rooms] says which of its screens stand where.
//
// # What it promises
//
// Every change is stored at once. A new recovery code is remembered as unread before it
// is made, so that a lock in between cannot hide that the old one ended. Giving access
// and ending it are asked about once more, with the key's fingerprint.
//
// # What it does not do
//
// It checks no authority: package flow does when it is used.
package settings
