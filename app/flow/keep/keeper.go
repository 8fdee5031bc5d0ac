package keep

import (
	"context"
	"sync"
	"time"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/capture"
	"constat/evidence"
	"constat/evidence/vault"
)

// Vault is what a [Keeper] needs of an open vault.
type Vault interface {
	Cases(ctx context.Context) ([]evidence.Case, error)
	Case(ctx context.Context, id string) (*vault.Case, error)
	CreateCase(ctx context.Context, title string, practice bool) (evidence.Case, error)
}

// Config is what a [Keeper] needs from outside.
type Config struct {
	Vault    Vault
	Stamps   *proof.Stamper // has every exhibit timestamped
	Look     *look.Reader   // shows what was kept
	Now      func() time.Time
	Software evidence.Software // as manifests name this program
	// Recorder is what keeps a page, with the settings of now; a practice page is kept without
	// asking anybody.
	Recorder func(practice bool) (*capture.Recorder, error)
	// CauseOf names the kind of an error, as lists and the custody log have it.
	CauseOf func(error) string
}

// Keeper puts pages, files and addresses into an open vault. It is safe for concurrent use.
type Keeper struct {
	vault    Vault
	stamps   *proof.Stamper
	look     *look.Reader
	now      func() time.Time
	software evidence.Software
	recorder func(practice bool) (*capture.Recorder, error)
	causeOf  func(error) string

	mu      sync.Mutex
	young   map[string]bool // addresses for which the question about age was not answered 'adult'
	stands  map[string]bool // of these, those for which something was recorded
	stopped func()          // ends practice, if it runs
	window  *Window         // the one that is open, if any
	ended   bool
}

// New makes a Keeper.
func New(c Config) *Keeper {
	return &Keeper{
		vault:    c.Vault,
		stamps:   c.Stamps,
		look:     c.Look,
		now:      c.Now,
		software: c.Software,
		recorder: c.Recorder,
		causeOf:  c.CauseOf,
		young:    map[string]bool{},
		stands:   map[string]bool{},
	}
}

// End stops practice and closes the window, and lets no other be opened: the vault is about to be
// locked.
func (k *Keeper) End() error {
	k.mu.Lock()
	stop := k.stopped
	k.stopped, k.ended = nil, true
	k.mu.Unlock()
	if stop != nil {
		stop()
	}
	return k.CloseWindow()
}

// CreateCase makes a case.
func (k *Keeper) CreateCase(ctx context.Context, title string) (look.Case, error) {
	return k.createCase(ctx, title, false)
}

func (k *Keeper) createCase(ctx context.Context, title string, practice bool) (look.Case, error) {
	title, err := evidence.CleanTitle(title)
	if err != nil {
		return look.Case{}, err
	}
	info, err := k.vault.CreateCase(ctx, title, practice)
	if err != nil {
		return look.Case{}, err
	}
	return k.look.CaseOf(ctx, info)
}
