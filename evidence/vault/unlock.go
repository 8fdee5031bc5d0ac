package vault

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxPending bounds what somebody who guesses can write to the disk.
const maxPending = 1000

// noteFailedUnlock keeps the time of a wrong passphrase, encrypted to the
// public recipient. The person must be told that the passphrase was wrong
// whether or not this works, so its errors go nowhere.
func (v *Vault) noteFailedUnlock() {
	dir := filepath.Join(v.dir, pendingName)
	entries, err := v.disk.ReadDir(dir)
	if err != nil || len(entries) >= maxPending {
		return
	}
	name, err := v.disk.RandomHex(objectNameBytes)
	if err != nil || v.disk.Mkdir(dir) != nil {
		return
	}
	at := v.opts.Now().UTC().Format(time.RFC3339) // no fractions: all records have one length
	_ = v.disk.Write(dir, name, sealed([]byte(at+"\n"), v.own))
}

// readFailedUnlocks skips what it cannot read: anyone who can write to the
// folder can put rubbish there, and that must not keep the person out.
func (v *Vault) readFailedUnlocks() error {
	entries, err := v.disk.ReadDir(filepath.Join(v.dir, pendingName))
	if err != nil {
		return err
	}
	for _, e := range entries[:min(len(entries), maxPending)] {
		b, err := readSealed(v.disk, v.dir, pendingName+"/"+e.Name(), v.identity, 100)
		if err != nil {
			continue
		}
		if at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(b))); err == nil {
			v.failed = append(v.failed, at)
		}
	}
	slices.SortFunc(v.failed, time.Time.Compare)
	return nil
}

// FailedUnlocks returns the times, oldest first, at which a wrong passphrase or
// recovery code was tried since [Vault.ClearFailedUnlocks]. At most 1,000 are
// kept. Anyone who can write to the folder can add to them or remove them.
func (v *Vault) FailedUnlocks() []time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.failed)
}

// ClearFailedUnlocks forgets them. It is called after they were written into a
// case's custody log.
func (v *Vault) ClearFailedUnlocks(ctx context.Context) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	dir := filepath.Join(v.dir, pendingName)
	entries, err := v.disk.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		errs = append(errs, v.disk.Remove(dir, e.Name()))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	v.mu.Lock()
	v.failed = nil
	v.mu.Unlock()
	return nil
}
