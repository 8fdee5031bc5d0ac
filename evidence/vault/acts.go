package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/recovery"
)

// detailChange is the detail of a custody entry that names the act on the whole
// vault which the entry is about; it is in the log of each case once.
const detailChange = "change"

// ChangePassphrase replaces identity.age in one step: at any moment either the
// old or the new passphrase opens the vault. The recovery code stays as it is.
// Each case's log gets an entry "passphrase-changed"; if that is interrupted it
// is made up for at the next opening.
func (v *Vault) ChangePassphrase(ctx context.Context, passphrase string) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	return v.replaceKey(ctx, identityName, passphrase, evidence.ActPassphraseChanged)
}

// NewRecoveryCode replaces recovery.age in one step; the old code no longer
// works. Each case's log gets an entry "recovery-code-reissued".
func (v *Vault) NewRecoveryCode(ctx context.Context) (RecoveryCode, error) {
	if err := v.begin(ctx); err != nil {
		return "", err
	}
	defer v.done()
	code, err := recovery.New(v.disk.Rand)
	if err != nil {
		return "", err
	}
	return code, v.replaceKey(ctx, recoveryName, string(code), evidence.ActRecoveryReissued)
}

// replaceKey stages the new file, notes the act together with its digest,
// puts it in place, and writes the act into the logs. Whether a crash came
// before or after the replacement, the digest tells.
func (v *Vault) replaceKey(ctx context.Context, name, secret string, action evidence.Action) error {
	v.acting.Lock()
	defer v.acting.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	write, err := lockKey(v.identity, secret, v.mark(), v.opts)
	if err != nil {
		return err
	}
	hasher := evidence.NewHasher()
	err = v.disk.Stage(v.dir, name, func(w io.Writer) error { return write(io.MultiWriter(w, hasher)) })
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	sum, _, _ := hasher.Sums()
	err = v.writeState(func(s *state) error {
		if err := v.confirmActs(s); err != nil {
			return err
		}
		a, err := v.newAct(action, nil)
		a.File, a.SHA256 = name, sum
		if s.Version >= version {
			s.Keys[name] = sum
		}
		s.Acts = append(s.Acts, a)
		return err
	})
	if err == nil {
		err = v.disk.Publish(v.dir, name)
	}
	if err != nil {
		_ = v.disk.FS.Remove(v.path(name + disk.PartSuffix)) // swept later otherwise
		return fmt.Errorf("write %s: %w", name, err)
	}
	// The key file is replaced: that must not look like a failure because a
	// log could not be written. The entries are owed, and the state says so.
	_ = v.settle(context.WithoutCancel(ctx))
	return nil
}

// confirmActs drops the acts that did not take place.
func (v *Vault) confirmActs(s *state) error {
	var acts []act
	for _, a := range s.Acts {
		if a.File != "" {
			sum, err := v.fileDigest(a.File)
			if err != nil {
				return err
			}
			if sum != a.SHA256 {
				delete(s.Keys, a.File) // it did not take place: what is there is not known by its digest
				continue
			}
			a.File, a.SHA256 = "", evidence.Digest{}
		}
		acts = append(acts, a)
	}
	if len(acts) >= maxActs {
		return fmt.Errorf("%d acts have not reached the custody logs", len(acts))
	}
	s.Acts = acts
	return nil
}

// settle writes the acts that are owed into the log of each case, and then
// forgets them. A case whose log is damaged cannot be written and is passed
// over. The caller holds v.acting.
func (v *Vault) settle(ctx context.Context) error {
	if v.RecipientsDamage() != nil || len(v.state.Acts) == 0 {
		return nil
	}
	owed := state{Acts: v.state.Acts, Keys: maps.Clone(v.state.Keys)}
	if err := v.confirmActs(&owed); err != nil {
		return err
	}
	if len(owed.Acts) > 0 {
		if err := v.eachCase(ctx, func(c *Case) error { return c.note(ctx, owed.Acts) }); err != nil {
			return err
		}
	}
	settled := map[string]bool{}
	for _, a := range v.state.Acts {
		settled[a.ID] = true
	}
	return v.writeState(func(s *state) error {
		s.Acts = slices.DeleteFunc(s.Acts, func(a act) bool { return settled[a.ID] })
		s.Keys = owed.Keys
		return nil
	})
}

// note appends the entries of acts that the log has not got yet.
func (c *Case) note(ctx context.Context, acts []act) error {
	if err := c.readyFor(ctx, ""); err != nil {
		return err
	}
	defer c.v.done()
	c.write.Lock()
	defer c.write.Unlock()
	if c.Damage() != nil {
		return nil
	}
	if c.v.Old() {
		return ErrVersion1
	}
	if err := c.noteLoss(); err != nil {
		return err
	}
	c.v.swap.RLock()
	defer c.v.swap.RUnlock()
	for _, a := range acts {
		if c.noted(a.ID) {
			continue
		}
		detail := maps.Clone(a.Detail)
		if detail == nil {
			detail = map[string]string{}
		}
		detail[detailChange] = a.ID
		if _, err := c.append(evidence.Entry{Action: a.Action, Time: a.Time, Detail: detail}, record{}); err != nil {
			return fmt.Errorf("write custody log: %w", err)
		}
	}
	return nil
}

func (c *Case) noted(change string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.changes[change]
}

// eachCase calls do for every case that has begun, and goes on after an error,
// so that one case does not stand in the way of the others.
func (v *Vault) eachCase(ctx context.Context, do func(*Case) error) error {
	entries, err := v.disk.ReadDir(v.path(casesName))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if evidence.CheckCaseID(e.Name()) != nil {
			continue
		}
		c, err := v.Case(ctx, e.Name())
		if _, unknown := errors.AsType[*UnknownCaseError](err); unknown || errors.Is(err, ErrForeign) {
			continue
		}
		if err == nil {
			err = do(c)
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(slices.DeleteFunc(errs, func(err error) bool { return err == nil })...)
}
