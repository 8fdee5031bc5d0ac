package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"constat/evidence"
)

// ErrVersion1: the vault is of version 1, and is written only once [Vault.Migrate] was called.
var ErrVersion1 = errors.New("vault is of version 1")

// Old reports whether the vault is of version 1, whose files do not prove who wrote them: anyone
// who could write to the folder can have put them there. It can be read, and is written only after
// [Vault.Migrate].
func (v *Vault) Old() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.old
}

// unproven reports whether a case of version 1 was too damaged to be migrated.
func (v *Vault) unproven(id string) bool {
	v.swap.RLock()
	defer v.swap.RUnlock()
	return v.stateDamage == nil && slices.Contains(v.state.Unproven, id)
}

// unprovenCase reports whether a first entry that proves nothing belongs to a case of the vault all
// the same.
func (v *Vault) unprovenCase(ctx context.Context, c *Case, first logRead) bool {
	if first.claims {
		return false
	}
	if v.Old() || v.unproven(c.id) {
		return true
	}
	open, err := v.openCase(ctx, c.id)
	return err == nil && open.Unproven() > 0
}

// Migrate makes a vault of version 1 one of version 2. The owner must have been asked first whether
// the cases in it are theirs: what lies there is taken for theirs from now on, and what is put
// there later is not. Each log gets a line "vault-migrated", which pins the lines before it and
// says how many prove nothing. A case whose log is damaged stays as it is. It can be called again
// after an interruption.
func (v *Vault) Migrate(ctx context.Context) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	v.acting.Lock()
	defer v.acting.Unlock()
	if !v.Old() {
		return nil
	}
	var damaged, ids []string
	err := v.eachCase(ctx, func(c *Case) error {
		ids = append(ids, c.id)
		if c.Damage() != nil {
			damaged = append(damaged, c.id)
			return nil
		}
		return c.migrate(ctx)
	})
	if err != nil {
		return fmt.Errorf("migrate vault: %w", err)
	}
	keys := map[string]evidence.Digest{}
	for _, name := range []string{identityName, recoveryName} {
		if keys[name], err = v.fileDigest(name); err != nil {
			return fmt.Errorf("migrate vault: %w", err)
		}
	}
	err = v.writeState(func(s *state) error {
		s.Version, s.Unproven, s.Cases, s.Keys = version, damaged, ids, keys
		return nil
	})
	if err == nil {
		err = v.writeHeader()
	}
	if err != nil {
		return fmt.Errorf("migrate vault: %w", err)
	}
	v.mu.Lock()
	v.old = false
	v.mu.Unlock()
	return nil
}

// migrate writes the line that pins those before it, unless it is there.
func (c *Case) migrate(ctx context.Context) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	defer c.v.done()
	c.write.Lock()
	defer c.write.Unlock()
	c.mu.Lock()
	n := len(c.log.entries)
	done := slices.ContainsFunc(c.log.entries, func(read logRead) bool { return read.proven })
	c.mu.Unlock()
	if done {
		return nil
	}
	c.v.swap.RLock()
	defer c.v.swap.RUnlock()
	_, err := c.append(
		evidence.Entry{Action: evidence.ActVaultMigrated, Detail: map[string]string{detailUnproven: strconv.Itoa(n)}},
		record{},
	)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.log.old = uint64(n)
	c.mu.Unlock()
	return nil
}

// writeHeader writes vault.json.
func (v *Vault) writeHeader() error {
	b, err := newHeader(v.own.String()).encode()
	if err != nil {
		return err
	}
	return v.disk.Write(v.dir, headerName, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// noteCase puts a case on the list of those that there are, so that one that is gone is missed.
func (v *Vault) noteCase(id string) error {
	v.acting.Lock()
	defer v.acting.Unlock()
	if v.RecipientsDamage() != nil {
		return nil // there is no list that could be added to
	}
	return v.writeState(func(s *state) error {
		if !slices.Contains(s.Cases, id) {
			s.Cases = append(s.Cases, id)
		}
		return nil
	})
}

// writable says why nothing can be recorded in the case, before anything is made for it.
func (c *Case) writable() error {
	if c.v.Old() {
		return ErrVersion1
	}
	return c.Damage()
}

// detailUnproven is the detail of a line "vault-migrated" that says how many lines before it prove
// nothing.
const detailUnproven = "not_authenticated"

// origin sorts the log files of a case, which are in order: those before old prove nothing and are
// the vault's all the same, because a line that proves itself follows and pins them, or because the
// vault is still of version 1; those that are not the vault's lose what they say.
func (c *Case) origin(reads []logRead) (old uint64) {
	first := -1
	for i, read := range reads {
		if read.proven {
			first = i
			break
		}
	}
	all := c.v.Old() || c.v.unproven(c.id)
	if first < 0 {
		if all {
			return ^uint64(0)
		}
		return 0
	}
	e, err := lone(reads[first])
	if all || err == nil && e.Action == evidence.ActVaultMigrated {
		return reads[first].seq - 1
	}
	return 0
}
