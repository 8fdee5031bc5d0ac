package vault

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/heads"
	"constat/evidence/vault/internal/cost"
	"constat/evidence/vault/origin"
	"constat/evidence/vault/recovery"
)

const (
	lockName    = "lock"
	casesName   = "cases"
	pendingName = "pending"
)

// Options are what a vault takes from outside. The zero value is right for
// everything but Actor.
type Options struct {
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Rand makes names, case ids, recovery codes and filling; the system's
	// random source if nil. Keys always come from the system's.
	Rand io.Reader
	// Actor is written into each custody entry that names none: program and
	// version, never a person, host or user.
	Actor string
	// WorkFactor is the cost of trying one passphrase, as log2 of scrypt's N:
	// 18 to 20; 0 means 18.
	WorkFactor int
	// Heads is a folder outside of the vault, in which is kept how far each log went, so that an
	// older copy of the vault is noticed; empty: nowhere.
	Heads string
	// Cost is the full one but in tests: package vaulttest alone makes another.
	Cost Cost

	fs         disk.FS // the real file system if nil
	indexAfter int     // entries or objects that are read in vain before an index is written; 0 means 64
}

// Cost is how a new passphrase or code is stretched where nothing is to be protected. Outside of
// this folder its only value is zero, the full cost.
type Cost = cost.Of

// Vault is an open vault. It holds the folder's lock and, in memory, the
// private key, until it is closed. It is safe for concurrent use.
type Vault struct {
	dir         string
	opts        Options
	disk        disk.Disk
	lock        *flock.Flock
	unlocked    bool // there is no lock file, and none can be made
	identity    *age.HybridIdentity
	own         *age.HybridRecipient
	keys        origin.Keys
	public      ed25519.PublicKey
	failed      []time.Time
	failedFiles []string

	acting sync.Mutex // held during acts on the whole vault, so that they come one after another

	// swap guards what follows. Whoever writes a file that is to be recorded
	// holds it for reading until it is, so that recipients cannot change in between.
	swap        sync.RWMutex
	state       state
	stateDamage error           // nil, or a *CorruptError: then the owner alone
	to          []age.Recipient // the owner and the further recipients
	generation  uint64          // changes with to

	heads *heads.Heads // what is known of the vault outside of its folder

	mu      sync.Mutex
	old     bool       // of version 1
	notices []Notice   // found when it was opened
	idle    *sync.Cond // signalled when busy falls to 0
	busy    int        // operations under way
	closed  bool
	cases   map[string]*Case
}

// Create makes a new vault in dir, which must not exist or be empty, and opens
// it. The recovery code is shown once and kept nowhere.
//
// vault.json is written last: a folder in which Create was interrupted is not
// a vault to [Open], and is empty to Create.
func Create(ctx context.Context, dir, passphrase string, o Options) (_ *Vault, _ RecoveryCode, err error) {
	v, err := prepare(dir, o)
	if err != nil {
		return nil, "", err
	}
	if err := v.disk.Mkdir(v.dir); err != nil {
		return nil, "", fmt.Errorf("create vault: %w", err)
	}
	// Looked at before the lock, too, so that no lock file is left in a folder
	// that belongs to something else.
	if err := v.checkEmpty(); err != nil {
		return nil, "", err
	}
	if err := v.acquire(); err != nil {
		return nil, "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.release())
		}
	}()
	if err := v.checkEmpty(); err != nil {
		return nil, "", err
	}
	code, err := recovery.New(v.disk.Rand)
	if err != nil {
		return nil, "", err
	}
	if v.identity, err = age.GenerateHybridIdentity(); err != nil {
		return nil, "", fmt.Errorf("create vault: %w", err)
	}
	if err := v.derive(); err != nil {
		return nil, "", err
	}
	if err := v.writeKey(ctx, recoveryName, string(code)); err != nil {
		return nil, "", err
	}
	if err := v.writeKey(ctx, identityName, passphrase); err != nil {
		return nil, "", err
	}
	first := state{Version: version, Keys: map[string]evidence.Digest{}}
	for _, name := range []string{identityName, recoveryName} {
		if first.Keys[name], err = v.fileDigest(name); err != nil {
			return nil, "", err
		}
	}
	if first, err = v.storeState(first); err != nil {
		return nil, "", err
	}
	if err := v.adopt(first); err != nil {
		return nil, "", err
	}
	if err := v.writeHeader(); err != nil {
		return nil, "", fmt.Errorf("create vault: %w", err)
	}
	v.heads = heads.Open(v.opts.Heads, v.identity, v.keys.Heads, v.opts.Rand, v.opts.Now())
	v.heads.NoteState(v.state.Serial, v.state.Written)
	v.heads.New()
	return v, code, nil
}

// checkEmpty accepts what an interrupted Create leaves behind.
func (v *Vault) checkEmpty() error {
	entries, err := v.disk.ReadDir(v.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch name := strings.TrimSuffix(e.Name(), disk.PartSuffix); {
		case name == lockName, name == identityName, name == recoveryName, name == stateName:
		case e.Name() == headerName+disk.PartSuffix:
		default:
			return fmt.Errorf("%w: %s", ErrExists, v.dir)
		}
	}
	return nil
}

// Open opens a vault with its passphrase. A wrong one is [ErrWrongPassphrase],
// and its time is kept for [Vault.FailedUnlocks].
func Open(ctx context.Context, dir, passphrase string, o Options) (*Vault, error) {
	return open(ctx, dir, identityName, passphrase, o)
}

// OpenWithRecovery opens a vault with its recovery code, as typed; see
// [ParseRecoveryCode]. [Vault.ChangePassphrase] is what usually comes next.
func OpenWithRecovery(ctx context.Context, dir string, code RecoveryCode, o Options) (*Vault, error) {
	code, err := ParseRecoveryCode(string(code))
	if err != nil {
		return nil, err
	}
	return open(ctx, dir, recoveryName, string(code), o)
}

func open(ctx context.Context, dir, keyFile, secret string, o Options) (_ *Vault, err error) {
	v, err := prepare(dir, o)
	if err != nil {
		return nil, err
	}
	var h header
	if h, v.own, err = readHeader(v.disk.FS, v.dir); err != nil {
		return nil, err
	}
	if err := v.acquire(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.release())
		}
	}()
	var marked bool
	v.identity, marked, err = unlockKey(ctx, v.disk.FS, v.dir, keyFile, secret)
	if errors.Is(err, ErrWrongPassphrase) && secret != "" {
		v.noteFailedUnlock()
	}
	if err != nil {
		return nil, err
	}
	// Whoever exchanged the recipient would otherwise be able to read
	// everything that is recorded from now on.
	if v.identity.Recipient().String() != h.Recipient {
		return nil, &CorruptError{Path: headerName, Reason: "its recipient does not belong to " + keyFile}
	}
	if err := v.derive(); err != nil {
		return nil, err
	}
	if err := v.readState(); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v.heads = heads.Open(v.opts.Heads, v.identity, v.keys.Heads, v.opts.Rand, v.opts.Now())
	// Whoever could have the vault taken for one of version 1 could put in what proves nothing.
	v.old = h.Version < version && !marked && v.state.Version < version && !v.heads.SawVersion2()
	if !v.old && h.Version < version {
		_ = v.writeHeader() // a migration was interrupted, or somebody put the old one back
	}
	if err := v.sweep(); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	// What a crash left owing to the logs. A vault that cannot be written must
	// open all the same; then it stays owed.
	v.acting.Lock()
	defer v.acting.Unlock()
	_ = v.settle(ctx)
	if err := v.notice(ctx); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return v, nil
}

// sweep removes what an interruption left, and reads what it owes. What somebody
// put in the place of a folder is not looked into, and keeps nobody out.
func (v *Vault) sweep() error {
	err := passOver(v.disk.Sweep(v.dir, isTopName))
	err = errors.Join(err, passOver(v.disk.Sweep(v.path(pendingName), objectName.MatchString)))
	err = errors.Join(err, passOver(v.sweepUnbegun()))
	return errors.Join(err, passOver(v.readFailedUnlocks()))
}

// passOver drops an error that says that something else lies where the vault has a file or a folder.
func passOver(err error) error {
	if planted(err) {
		return nil
	}
	return err
}

// planted reports whether an error says that something lies in the folder that the vault did not
// put there.
func planted(err error) bool {
	return errors.Is(err, disk.ErrNotFile) || errors.Is(err, disk.ErrNotFolder)
}

// isTopName reports whether the vault has a file of that name beside its cases.
func isTopName(name string) bool {
	switch name {
	case headerName, identityName, recoveryName, stateName, copiesName:
		return true
	}
	return false
}

// derive makes what follows from the identity alone.
func (v *Vault) derive() (err error) {
	v.own = v.identity.Recipient()
	v.keys, err = origin.Derive(v.identity)
	if err != nil {
		return err
	}
	v.public = v.keys.Signing.Public().(ed25519.PublicKey)
	return v.adopt(state{})
}

// prepare makes a Vault that has touched nothing yet.
func prepare(dir string, o Options) (*Vault, error) {
	if _, err := o.work(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	v := &Vault{
		dir: dir, opts: o, disk: disk.New(dir, o.fs, o.Rand), cases: map[string]*Case{},
		lock: newLock(dir),
	}
	v.idle = sync.NewCond(&v.mu)
	return v, nil
}

// begin counts an operation in; each begin that returned nil needs a done.
func (v *Vault) begin(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := v.enter(); err != nil {
		return err
	}
	if err := v.present(); err != nil {
		v.done()
		return err
	}
	return nil
}

// enter is begin for what must also be done when a context has ended.
func (v *Vault) enter() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return ErrClosed
	}
	v.busy++
	return nil
}

func (v *Vault) done() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.busy--; v.busy == 0 {
		v.idle.Broadcast()
	}
}

// Close waits until what is under way has ended, and lets go of the lock. What
// may take long is ended by its context. Drafts that were neither committed
// nor aborted are swept when their case is next opened. A second Close does nothing.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil
	}
	v.closed = true // before the wait: whoever asks from within an operation is refused, not blocked
	for v.busy > 0 {
		v.idle.Wait()
	}
	if v.present() == nil {
		for _, c := range v.cases {
			c.keepIndex()
		}
	}
	v.cases, v.identity, v.keys = nil, nil, origin.Keys{}
	return v.release()
}

// Recipient returns the vault's public key: anyone may encrypt to it.
func (v *Vault) Recipient() string { return v.own.String() }

// Dir returns the vault's folder as an absolute path.
func (v *Vault) Dir() string { return v.dir }

func (v *Vault) writeKey(ctx context.Context, name, secret string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	write, err := lockKey(v.identity, secret, v.mark(), v.opts)
	if err != nil {
		return err
	}
	if err := v.disk.Write(v.dir, name, write); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
