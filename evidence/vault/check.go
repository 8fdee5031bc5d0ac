package vault

import (
	"context"

	"constat/evidence"
	"constat/evidence/vault/check"
)

// Check examines the whole vault from the bytes on disk; see package check for
// what it looks at. An error means that it could not be carried out; damage is
// a check that failed. It may run while the vault is written.
func (v *Vault) Check(ctx context.Context, p evidence.Progress) ([]evidence.Check, error) {
	if err := v.begin(ctx); err != nil {
		return nil, err
	}
	defer v.done()
	if p == nil {
		p = evidence.NoProgress{}
	}
	return check.Run(ctx, v.dir, v.identity, v.Recipient(), p)
}
