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

// Old reports whether the vault is of version 1, whose files do not prove who wrote them: anyone who could write to
// the folder can have put them there. It can be read, and is written only after [Vault.Migrate].
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

// unprovenCase reports whether a first entry that proves nothing belongs to a case of the vault all the same.
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

// Migrate makes a vault of version 1 one of version 2. The owner must have been asked first whether the cases in it are
// theirs: what lies there is taken for theirs from now on, and what is put there later is not. Each log gets a line
// "vault-migrated", which pins the lines before it and says how many prove nothing. A case whose log is damaged
// stays as it is. It can be called again after an interruption.
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
	_, err := c.append(evidence.Entry{Action: evidence.ActVaultMigrated, Detail: map[string]string{detailUnproven: strconv.Itoa(n)}}, record{})
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

// Notices returns what was found when the vault was opened, and that its owner must be told.
func (v *Vault) Notices() []Notice {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.notices)
}

// notice looks for what is older than what is known, and for cases that are gone. It opens no case unless its head is not
// the one that is known.
func (v *Vault) notice(ctx context.Context) error {
	add := func(n Notice) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.notices = append(v.notices, n)
	}
	if _, err := v.disk.ReadDir(v.path(pendingName)); planted(err) {
		add(Notice{Kind: NoticePlanted, Path: pendingName})
	}
	if v.Old() {
		return nil
	}
	if v.stateDamage == nil {
		if v.heads != nil && v.heads.file.Serial > v.state.Serial {
			add(Notice{Kind: NoticeOldState, Path: stateName, Time: v.heads.file.State})
		}
		for _, name := range []string{identityName, recoveryName} {
			want, ok := v.state.Keys[name]
			if got, err := v.fileDigest(name); err == nil && ok && got != want {
				add(Notice{Kind: NoticeOldKey, Path: name, Time: v.state.Written})
			}
		}
		v.heads.noteState(v.state.Serial, v.state.Written)
	}
	entries, err := v.disk.ReadDir(v.path(casesName))
	if err != nil {
		return passOver(err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		if evidence.CheckCaseID(e.Name()) != nil {
			continue
		}
		there[e.Name()] = true
		if err := v.noticeCase(ctx, e.Name(), add); err != nil {
			return err
		}
	}
	gone := slices.Clone(v.state.Cases)
	if v.heads != nil {
		for id := range v.heads.known() {
			if !slices.Contains(gone, id) {
				gone = append(gone, id)
			}
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		if !there[id] {
			head, _ := v.heads.of(id)
			add(Notice{Kind: NoticeCaseGone, Case: id, Time: head.Time, N: head.Exhibits})
		}
	}
	return nil
}

func (v *Vault) noticeCase(ctx context.Context, id string, add func(Notice)) error {
	c := v.newCase(id)
	h, err := c.readHead()
	known, ok := v.heads.of(id)
	if err == nil && (!ok || known.Seq == h.Seq && known.SHA256 == h.SHA256) {
		there, err := v.disk.FS.Exists(c.path(logName, logFileName(h.Seq)))
		next, err2 := v.disk.FS.Exists(c.path(logName, logFileName(h.Seq+1)))
		if err == nil && err2 == nil && there && !next {
			v.heads.note(id, h.head())
			return nil
		}
	}
	open, err := v.openCase(ctx, id)
	if _, unknown := errors.AsType[*UnknownCaseError](err); unknown {
		return nil
	}
	if errors.Is(err, ErrForeign) {
		add(Notice{Kind: NoticeForeign, Case: id})
		return nil
	}
	if err != nil {
		return err
	}
	open.mu.Lock()
	defer open.mu.Unlock()
	l := open.log
	for _, lost := range l.lost {
		add(Notice{Kind: NoticeOldCase, Case: id, Time: lost.Time, N: int(lost.Seq)})
	}
	if len(l.foreign) > 0 {
		add(Notice{Kind: NoticeForeign, Case: id, N: len(l.foreign)})
	}
	if len(l.lost) == 0 && l.damage == nil && len(l.entries) > 0 {
		head := l.chain.Head()
		v.heads.note(id, Head{Seq: head.Seq, SHA256: head.SHA256, Time: l.entries[len(l.entries)-1].entry.Time, Exhibits: l.highest})
	}
	return nil
}
