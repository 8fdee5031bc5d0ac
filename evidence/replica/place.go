package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Place is where copies are put. Names are of letters, digits, '.', '-' and '/'. It is safe for
// concurrent use.
type Place interface {
	// Put stores size bytes under a name that is not there. It fails with [ErrThere] if there is
	// something of that name, and never leaves a part of the bytes under it. open may be called
	// more than once.
	Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error
	// Get opens what lies under a name. try 0 is what is there now, higher ones are what was there
	// before it, as far as the place keeps that. Without one it is [ErrMissing].
	Get(ctx context.Context, name string, try int) (io.ReadCloser, error)
	// List hands over all names that begin with prefix, which ends with '/', and come after
	// 'after', in any order.
	List(ctx context.Context, prefix, after string, each func(name string, size int64) error) error
	// Folders hands over the names of the folders at its top.
	Folders(ctx context.Context, each func(name string) error) error
	// Size returns the size of what lies under a name, or [ErrMissing].
	Size(ctx context.Context, name string) (int64, error)
}

// Locker is a place that may keep everybody from removing what was put, for some time.
type Locker interface {
	// LockedUntil returns until when what lies under a name cannot be removed, as the place says;
	// zero if it can.
	LockedUntil(ctx context.Context, name string) (time.Time, error)
}

// Extender is a place whose locks can be made to last longer.
type Extender interface {
	Locker
	// LockFor is how long what is put is locked; 0: not at all.
	LockFor() time.Duration
	// Extend has everything under a prefix, in each of its versions, locked until a date at the
	// least. It returns the first day on which one of them can be removed, as the place says then,
	// which is zero if one is not locked; and how many locks last longer now.
	Extend(ctx context.Context, prefix string, until time.Time) (first time.Time, extended int, err error)
}

// Errors without facts.
var (
	ErrThere   = errors.New("there is something of that name")
	ErrMissing = errors.New("not there")
	// ErrNoCopy: the place has no copy of a vault, or none that its secret opens.
	ErrNoCopy = errors.New("no copy of a vault at this place")
	// ErrTarget: the folder to restore into is not empty.
	ErrTarget = errors.New("folder to restore into is not empty")
)

// Kind says why a place did not do it.
type Kind string

// The kinds.
const (
	Unreachable Kind = "unreachable" // not connected, no answer, not the folder it was
	Refused     Kind = "refused"     // it does not let us in, or not do this
	Full        Kind = "full"
	Insecure    Kind = "insecure" // no encrypted connection, or it leads to another host
	NoLock      Kind = "no-lock"  // it does not offer to keep anybody from removing
	Broken      Kind = "broken"   // its answer cannot be used
)

// PlaceError is what went wrong at a place.
type PlaceError struct {
	Kind Kind
	Err  error
}

func (e *PlaceError) Error() string { return fmt.Sprintf("place %s: %v", e.Kind, e.Err) }

// Unwrap returns the cause.
func (e *PlaceError) Unwrap() error { return e.Err }

// Fork is a case of which the place has something else than the folder.
type Fork struct {
	Case  string `json:"case"`
	Here  uint64 `json:"here"`  // last line of the log in the folder; 0 if the case is not there
	There uint64 `json:"there"` // at the place
	Both  bool   `json:"both"`  // both went on; otherwise the folder is only behind
}

// ForkError: in some cases the folder is behind the place, or went another way. Nothing of these
// was put, nor of what belongs to the vault as a whole; all other cases were.
type ForkError struct {
	Cases  []Fork
	Device string    // that pushed last
	Time   time.Time // of that push
}

func (e *ForkError) Error() string {
	n := 0
	for _, f := range e.Cases {
		if f.Both {
			n++
		}
	}
	return fmt.Sprintf("the copy goes further than this folder in %d cases, and in %d of them both were written; last pushed %s",
		len(e.Cases), n, e.Time.UTC().Format(time.RFC3339))
}

// Both reports whether in any case both went on.
func (e *ForkError) Both() bool {
	for _, f := range e.Cases {
		if f.Both {
			return true
		}
	}
	return false
}

// ManyError: the place has copies of several vaults, and it is not known which one is meant.
type ManyError struct{ IDs []string }

func (e *ManyError) Error() string {
	return fmt.Sprintf("copies of %d vaults at this place", len(e.IDs))
}
