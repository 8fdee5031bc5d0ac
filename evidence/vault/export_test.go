package vault

import (
	"filippo.io/age"
)

// cheapest is the least cost that this package's own tests stretch a passphrase with.
const cheapest = 10

// Cheap are options whose vault opens at once. It exists in this package's tests alone; those of
// others have package vaulttest.
func Cheap(o Options) Options {
	o.cheap = cheapest
	return o
}

// IdentityOf is the private key of an open vault.
func IdentityOf(v *Vault) age.Identity { return v.identity }
