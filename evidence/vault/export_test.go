package vault

import (
	"filippo.io/age"

	"constat/evidence/vault/internal/cost"
)

// Cheap are options whose vault opens at once. It exists in this package's tests alone; those of
// others have package vaulttest.
func Cheap(o Options) Options {
	o.Cost = cost.Least()
	return o
}

// IdentityOf is the private key of an open vault.
func IdentityOf(v *Vault) age.Identity { return v.identity }
