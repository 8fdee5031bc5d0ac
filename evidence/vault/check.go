package vault

import (
	"context"
	"time"

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
	return check.Run(ctx, v.dir, v.identity, v.Recipient(), v.knownHeads(), p)
}

// knownHeads is what was known of the vault outside of its folder, in the checker's own terms.
func (v *Vault) knownHeads() check.Known {
	k := check.Known{From: "this device"}
	known, since := v.heads.Known()
	if known == nil {
		return k
	}
	k.Since = since.Format(time.RFC3339)
	k.Heads = map[string]check.Head{}
	for id, h := range known {
		k.Heads[id] = check.Head{Seq: h.Seq, SHA256: h.SHA256, Time: h.Time.Format(time.RFC3339), Exhibits: h.Exhibits}
	}
	return k
}

// KnownElsewhere reports whether, before the vault was opened, anything outside of its folder knew
// how far its logs went.
func (v *Vault) KnownElsewhere() bool {
	known, _ := v.heads.Known()
	return known != nil
}
