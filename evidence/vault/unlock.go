package vault

import (
	"context"
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
	names, err := v.pendingFiles()
	if err != nil || len(names) >= maxPending {
		return
	}
	name, err := v.disk.RandomHex(objectNameBytes)
	if err != nil || v.disk.Mkdir(dir) != nil {
		return
	}
	at := v.opts.Now().UTC().Format(time.RFC3339) // no fractions: all records have one length
	_ = v.disk.Write(dir, name, sealed([]byte(at+"\n"), v.own))
}

// pendingFiles lists what can be failed unlocks. Other names are somebody else's, and stay.
func (v *Vault) pendingFiles() (names []string, err error) {
	entries, err := v.disk.ReadDir(v.path(pendingName))
	for _, e := range entries {
		if objectName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// readFailedUnlocks skips what it cannot read: anyone who can write to the
// folder can put rubbish there, and that must not keep the person out.
func (v *Vault) readFailedUnlocks() error {
	names, err := v.pendingFiles()
	if err != nil {
		return err
	}
	for _, name := range names[:min(len(names), maxPending)] {
		b, err := readSealed(v.disk, v.dir, pendingName+"/"+name, v.identity, 100)
		if err != nil {
			continue
		}
		if at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(b))); err == nil {
			v.failed = append(v.failed, at)
			v.failedFiles = append(v.failedFiles, name)
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
// case's custody log. What else lies in their folder is left alone.
func (v *Vault) ClearFailedUnlocks(ctx context.Context) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	v.mu.Lock()
	files := v.failedFiles
	v.mu.Unlock()
	if err := v.disk.Remove(v.path(pendingName), files...); err != nil {
		return err
	}
	v.mu.Lock()
	v.failed, v.failedFiles = nil, nil
	v.mu.Unlock()
	return nil
}
