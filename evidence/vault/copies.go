package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

const (
	copiesName = "copies.age"
	maxCopies  = 1 << 20 // bytes of plaintext
)

// Key reads and writes, in the vault's name, what belongs to the vault and lies outside of its
// folder: what it wrote proves itself to whoever has the vault's own key, and nobody else can read
// or make it.
type Key struct {
	id   *age.HybridIdentity
	own  *age.HybridRecipient
	code []byte
}

// Key returns the vault's.
func (v *Vault) Key() (*Key, error) {
	if err := v.enter(); err != nil {
		return nil, err
	}
	defer v.done()
	return &Key{id: v.identity, own: v.own, code: v.keys.Copies}, nil
}

// UnlockKey opens the bytes of an identity.age with the passphrase, or with code those of a
// recovery.age with the recovery code, as typed. A wrong secret is [ErrWrongPassphrase].
func UnlockKey(ctx context.Context, sealed []byte, secret string, code bool) (*Key, error) {
	name := identityName
	if code {
		parsed, err := ParseRecoveryCode(secret)
		if err != nil {
			return nil, err
		}
		name, secret = recoveryName, string(parsed)
	}
	if secret == "" {
		return nil, ErrWrongPassphrase
	}
	id, _, err := unlockBytes(ctx, name, sealed, secret)
	if err != nil {
		return nil, err
	}
	keys, err := origin.Derive(id)
	if err != nil {
		return nil, err
	}
	return &Key{id: id, own: id.Recipient(), code: keys.Copies}, nil
}

// ID names the vault outside of its folder: the first 32 digits of the SHA-256 of its recipient.
func (k *Key) ID() string { return evidence.Sum([]byte(k.own.String())).String()[:32] }

// Seal encrypts a value as JSON to the vault's owner alone, under a code for one purpose.
func (k *Key) Seal(purpose string, value any) ([]byte, error) {
	b, err := origin.Encode(value, origin.Code(k.code, []byte(purpose)))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = seal(&out, func(w io.Writer) error { _, err := w.Write(b); return err }, k.own)
	return out.Bytes(), err
}

// Open reads what Seal made for this purpose. What the vault's own key did not make is [ErrForeign].
func (k *Key) Open(purpose string, sealed []byte, value any) error {
	r, err := age.Decrypt(bytes.NewReader(sealed), k.id)
	if err != nil {
		return errors.Join(ErrForeign, err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return errors.Join(ErrForeign, err)
	}
	err = origin.Decode(b, origin.Code(k.code, []byte(purpose)), value)
	if errors.Is(err, origin.ErrCode) {
		return ErrForeign
	}
	return err
}

// Written is how many files this vault has written since it was opened: whoever keeps copies of it
// looks whether it grew.
func (v *Vault) Written() uint64 { return v.disk.Written.Load() }

// SnapshotFile is one file of the vault as it was when the snapshot was taken.
type SnapshotFile struct {
	Path     string // within the vault, with slashes
	Size     int64
	Modified time.Time
	Bytes    []byte // of a small file that changes in place; nil otherwise
}

// Snapshot is what a copy of the vault takes: all files but caches, the lock, and what is pending;
// and how far each log that could be read goes.
type Snapshot struct {
	Files []SnapshotFile
	Heads map[string]Head // by case
}

// Snapshot lists the files of the vault as they belong together: no log goes further than the head
// beside it says, and each object that a log names is there. Files of logs and objects keep their
// bytes afterwards, until recipients change.
func (v *Vault) Snapshot(ctx context.Context) (Snapshot, error) {
	if err := v.begin(ctx); err != nil {
		return Snapshot{}, err
	}
	defer v.done()
	v.acting.Lock()
	defer v.acting.Unlock()
	s := Snapshot{Heads: map[string]Head{}}
	for _, name := range []string{headerName, identityName, recoveryName, stateName, copiesName} {
		if err := v.snapSmall(&s, name); err != nil {
			return Snapshot{}, err
		}
	}
	folders, err := v.disk.ReadDir(v.path(casesName))
	if err != nil {
		return Snapshot{}, err
	}
	for _, f := range folders {
		if ctx.Err() != nil {
			return Snapshot{}, context.Cause(ctx)
		}
		if evidence.CheckCaseID(f.Name()) == nil && f.IsDir() {
			if err := v.snapCase(ctx, &s, f.Name()); err != nil {
				return Snapshot{}, fmt.Errorf("case %s: %w", f.Name(), err)
			}
		}
	}
	return s, nil
}

func (v *Vault) snapCase(ctx context.Context, s *Snapshot, id string) error {
	c, err := v.openCase(ctx, id)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		c = nil // it is copied as it lies there
	} else {
		c.write.Lock() // no entry is made meanwhile
		defer c.write.Unlock()
		c.mu.Lock()
		h := c.log.end()
		damaged := c.log.damage != nil
		c.mu.Unlock()
		if h.Seq > 0 && !damaged {
			s.Heads[id] = h
		}
	}
	rel := casesName + "/" + id
	for _, name := range []string{headName, notesName} {
		if err := v.snapSmall(s, rel+"/"+name); err != nil {
			return err
		}
	}
	for sub, ours := range map[string]func(string) bool{logName: logFile.MatchString, objectsName: objectName.MatchString} {
		list, err := v.disk.ReadDir(v.path(casesName, id, sub))
		if planted(err) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range list {
			if !ours(e.Name()) || !disk.IsFile(e.Type()) {
				continue
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			s.Files = append(s.Files, SnapshotFile{Path: rel + "/" + sub + "/" + e.Name(), Size: info.Size(), Modified: info.ModTime()})
		}
	}
	return nil
}

// snapSmall puts a file that changes in place into the snapshot, with its bytes, if it is there.
func (v *Vault) snapSmall(s *Snapshot, rel string) error {
	b, err := readPlain(v.disk.FS, filepath.Join(v.dir, filepath.FromSlash(rel)), maxState)
	if planted(err) || err != nil && v.disk.Missing(err) {
		return nil
	}
	if err != nil {
		return v.disk.Gone(err)
	}
	if len(b) > maxState {
		return &CorruptError{Path: rel, Reason: "is too large"}
	}
	s.Files = append(s.Files, SnapshotFile{Path: rel, Size: int64(len(b)), Bytes: b})
	return nil
}

// OpenFile opens a file of a snapshot as it lies in the folder: ciphertext.
func (v *Vault) OpenFile(ctx context.Context, rel string) (io.ReadCloser, error) {
	if err := v.begin(ctx); err != nil {
		return nil, err
	}
	defer v.done()
	f, err := v.disk.FS.Open(filepath.Join(v.dir, filepath.FromSlash(rel)))
	return f, v.disk.Gone(err)
}

// Proves reports whether a file of a log, or an object, is whole and was written by this vault for
// its place. An error means that it could not be read.
func (v *Vault) Proves(ctx context.Context, rel string) (bool, error) {
	parts := strings.Split(rel, "/")
	if len(parts) != 4 || parts[0] != casesName {
		return false, fmt.Errorf("%s is neither of a log nor an object", rel)
	}
	c, err := v.Case(ctx, parts[1])
	if err != nil {
		return false, notDamage(err)
	}
	if err := c.ready(ctx); err != nil {
		return false, err
	}
	defer v.done()
	if parts[2] == logName {
		seq, err := strconv.ParseUint(parts[3], 10, 64)
		if err != nil {
			return false, err
		}
		read, err := c.readEntry(seq)
		return err == nil && (read.proven || v.Old() || seq <= c.pinned()), notDamage(err)
	}
	c.mu.Lock()
	old := c.log.old > 0
	c.mu.Unlock()
	o, err := c.openProven(parts[3], old)
	if err != nil {
		return false, notDamage(err)
	}
	_, err = io.Copy(io.Discard, disk.Until(ctx, o))
	return err == nil, notDamage(errors.Join(err, o.Close()))
}

func (c *Case) pinned() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.old
}

func notDamage(err error) error {
	if _, damaged := errors.AsType[*CorruptError](err); damaged {
		return nil
	}
	return err
}

// Has reports whether the log of the case has this line at this place.
func (c *Case) Has(ctx context.Context, seq uint64, sum evidence.Digest) (bool, error) {
	err := c.readied(ctx, func(l *caseLog) bool { return l.before == nil || seq >= l.before.Seq })
	if err != nil {
		return false, err
	}
	defer c.v.done()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.has(seq, sum), nil
}

// SaveCopies keeps where copies of the vault lie, and what is needed to reach them, for the owner
// alone.
func (v *Vault) SaveCopies(ctx context.Context, places any) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	v.acting.Lock()
	defer v.acting.Unlock()
	b, err := origin.Encode(places, origin.Code(v.keys.Copies, []byte(copiesName)))
	if err != nil {
		return err
	}
	if len(b) > maxCopies {
		return fmt.Errorf("%s: more than %d bytes", copiesName, maxCopies)
	}
	return v.disk.Write(v.dir, copiesName, sealed(b, v.own))
}

// Copies reads what SaveCopies kept, and leaves places as it is if there is nothing.
func (v *Vault) Copies(ctx context.Context, places any) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	b, err := readSealed(v.disk, v.dir, copiesName, v.identity, maxCopies)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	err = origin.Decode(b, origin.Code(v.keys.Copies, []byte(copiesName)), places)
	if errors.Is(err, origin.ErrCode) {
		return foreign(copiesName)
	}
	if jerr, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &CorruptError{Path: copiesName, Reason: "is damaged", Err: jerr}
	}
	return err
}
