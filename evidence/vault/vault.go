package vault

import (
	"constat/evidence/vault/disk"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"
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

	cheap      int     // if not 0, the cost in place of WorkFactor; only this package's tests set it
	fs         disk.FS // the real file system if nil
	indexAfter int     // entries or objects that are read in vain before an index is written; 0 means 64
}

// Vault is an open vault. It holds the folder's lock and, in memory, the
// private key, until it is closed. It is safe for concurrent use.
type Vault struct {
	dir      string
	opts     Options
	disk     disk.Disk
	lock     *flock.Flock
	identity *age.HybridIdentity
	own      *age.HybridRecipient
	keys     derived
	public   ed25519.PublicKey
	failed   []time.Time

	acting sync.Mutex // held during acts on the whole vault, so that they come one after another

	// swap guards what follows. Whoever writes a file that is to be recorded
	// holds it for reading until it is, so that recipients cannot change in between.
	swap        sync.RWMutex
	state       state
	stateDamage error           // nil, or a *CorruptError: then the owner alone
	to          []age.Recipient // the owner and the further recipients
	generation  uint64          // changes with to

	mu     sync.Mutex
	idle   *sync.Cond // signalled when busy falls to 0
	busy   int        // operations under way
	closed bool
	cases  map[string]*Case
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
			err = errors.Join(err, v.lock.Unlock())
		}
	}()
	if err := v.checkEmpty(); err != nil {
		return nil, "", err
	}
	code, err := newRecoveryCode(v.disk.Rand)
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
	if err := v.storeState(v.state); err != nil {
		return nil, "", err
	}
	b, err := newHeader(v.own.String()).encode()
	if err != nil {
		return nil, "", err
	}
	err = v.disk.Write(v.dir, headerName, func(w io.Writer) error { _, err := w.Write(b); return err })
	if err != nil {
		return nil, "", fmt.Errorf("create vault: %w", err)
	}
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
			err = errors.Join(err, v.lock.Unlock())
		}
	}()
	v.identity, err = unlockKey(ctx, v.disk.FS, v.dir, keyFile, secret)
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
	for _, sub := range []string{"", pendingName} {
		if err := v.disk.Sweep(filepath.Join(v.dir, sub)); err != nil {
			return nil, fmt.Errorf("open vault: %w", err)
		}
	}
	if err := v.sweepUnbegun(); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	if err := v.readFailedUnlocks(); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	// What a crash left owing to the logs. A vault that cannot be written must
	// open all the same; then it stays owed.
	v.acting.Lock()
	defer v.acting.Unlock()
	_ = v.settle(ctx)
	return v, nil
}

// derive makes what follows from the identity alone.
func (v *Vault) derive() (err error) {
	v.own = v.identity.Recipient()
	v.keys, err = deriveKeys(v.identity)
	if err != nil {
		return err
	}
	v.public = v.keys.signing.Public().(ed25519.PublicKey)
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
		dir: dir, opts: o, disk: disk.New(o.fs, o.Rand), cases: map[string]*Case{},
		lock: flock.New(filepath.Join(dir, lockName), flock.SetPermissions(disk.FileMode)),
	}
	v.idle = sync.NewCond(&v.mu)
	return v, nil
}

func (v *Vault) acquire() error {
	got, err := v.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock vault: %w", err)
	}
	if !got {
		return &InUseError{Dir: v.dir}
	}
	v.disk.Present = v.present
	return nil
}

// present says whether the folder is still the one whose lock is held: a stick
// may have been pulled, and another put into its place.
func (v *Vault) present() error {
	held, err := v.lock.Stat()
	if err != nil {
		return &GoneError{Dir: v.dir, Err: err}
	}
	there, err := os.Stat(v.path(lockName))
	if err != nil || !os.SameFile(held, there) {
		return &GoneError{Dir: v.dir, Err: err}
	}
	return nil
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
	v.cases, v.identity, v.keys = nil, nil, derived{}
	return v.lock.Unlock()
}

// Recipient returns the vault's public key: anyone may encrypt to it.
func (v *Vault) Recipient() string { return v.own.String() }

// Dir returns the vault's folder as an absolute path.
func (v *Vault) Dir() string { return v.dir }

func (v *Vault) writeKey(ctx context.Context, name, secret string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	write, err := lockKey(v.identity, secret, v.opts)
	if err != nil {
		return err
	}
	if err := v.disk.Write(v.dir, name, write); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
