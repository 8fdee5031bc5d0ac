package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"constat/evidence/vault/disk"
)

const (
	identityName = "identity.age"
	recoveryName = "recovery.age"
	maxKeyFile   = 64 << 10 // bytes, encrypted
)

// scrypt costs, as the base-2 logarithm of N (age: r = 8, p = 1, so that 18
// takes 256 MiB and about a second).
const (
	defaultWork = 18
	maxWork     = 20 // 1 GiB: a hostile identity.age must not take the machine
)

func (o Options) work() (int, error) {
	switch {
	case o.WorkFactor == 0:
		return o.Cost.Or(defaultWork), nil
	case o.WorkFactor < defaultWork || o.WorkFactor > maxWork:
		return 0, fmt.Errorf("work factor %d is not within %d and %d", o.WorkFactor, defaultWork, maxWork)
	}
	return o.WorkFactor, nil
}

// keyMark stands before the key in a vault of version 2; age takes it for a comment. Whoever does
// not know the passphrase cannot have the vault taken for an older one, which would believe what
// proves nothing.
const keyMark = "# constat-vault/2\n"

func (v *Vault) mark() string {
	if v.Old() {
		return ""
	}
	return keyMark
}

// lockKey returns what writes the private key, encrypted under a secret.
func lockKey(id *age.HybridIdentity, secret, mark string, o Options) (func(io.Writer) error, error) {
	work, err := o.work()
	if err != nil {
		return nil, err
	}
	to, err := age.NewScryptRecipient(secret)
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(work)
	return sealed([]byte(mark+id.String()+"\n"), to), nil
}

// unlockKey decrypts the private key, and says whether it has the mark. A wrong secret is
// [ErrWrongPassphrase].
func unlockKey(ctx context.Context, f disk.FS, dir, name, secret string) (_ *age.HybridIdentity, marked bool, _ error) {
	if secret == "" {
		return nil, false, ErrWrongPassphrase
	}
	b, err := readPlain(f, filepath.Join(dir, name), maxKeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, &CorruptError{Path: name, Reason: "is missing", Err: err}
	}
	if planted(err) {
		return nil, false, &CorruptError{Path: name, Reason: "cannot be opened", Err: err}
	}
	if err != nil {
		return nil, false, err
	}
	return unlockBytes(ctx, name, b, secret)
}

// unlockBytes is unlockKey for a key file that was read already.
func unlockBytes(ctx context.Context, name string, b []byte, secret string) (_ *age.HybridIdentity, marked bool, _ error) {
	damaged := func(reason string, err error) (*age.HybridIdentity, bool, error) {
		return nil, false, &CorruptError{Path: name, Reason: reason, Err: err}
	}
	if len(b) > maxKeyFile {
		return damaged(fmt.Sprintf("more than %d bytes", maxKeyFile), nil)
	}
	with, err := age.NewScryptIdentity(secret)
	if err != nil {
		return nil, false, err
	}
	with.SetMaxWorkFactor(maxWork)
	if err := ctx.Err(); err != nil {
		return nil, false, context.Cause(ctx) // the next step takes a second and cannot be interrupted
	}
	plain, err := age.Decrypt(bytes.NewReader(b), with)
	if no, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		if len(no.StanzaTypes) == 1 && no.StanzaTypes[0] == "scrypt" {
			return nil, false, ErrWrongPassphrase
		}
		return damaged("not encrypted under a passphrase", err)
	}
	if err != nil {
		return damaged("does not decrypt", err)
	}
	text, err := io.ReadAll(io.LimitReader(plain, maxKeyFile))
	if err != nil {
		return damaged("does not decrypt", err)
	}
	key, marked := strings.CutPrefix(string(text), keyMark)
	id, err := age.ParseHybridIdentity(strings.TrimSpace(key))
	if err != nil {
		return damaged("does not hold a key", nil) // the error could quote the key
	}
	return id, marked, nil
}
