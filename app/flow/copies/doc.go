// Package copies is the family of use cases about copies of the vault at other places.
//
// # How to use it
//
// [ParsePlace] reads what a person wrote of a place. A [Keeper] belongs to an open vault:
// [Keeper.Add] looks whether the place is there and keeps it, with its credentials, in the vault;
// [Keeper.Push] brings what is new, to one place or to all; [Keeper.Check] compares. [Restore]
// needs no vault.
//
// # What it promises
//
// Nothing is sent before somebody adds a place. Credentials lie in the vault, encrypted, and are in
// no answer. A place that fails keeps no other from being pushed.
//
// # What it does not do
//
// It removes nothing at a place: whoever forgets one leaves the copy there.
package copies
