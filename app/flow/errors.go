package flow

import (
	"errors"
	"fmt"
	"time"
)

// Errors of the use cases themselves, without facts.
var (
	// ErrWeakPassphrase: too short or too common for a vault.
	ErrWeakPassphrase = errors.New("passphrase is too weak")
	// ErrNoPassphrase: there is nobody to ask for it.
	ErrNoPassphrase = errors.New("no passphrase")
)

// OutputError: the job was done, and its answer could not be written in full.
type OutputError struct{ Err error }

func (e *OutputError) Error() string { return fmt.Sprintf("output: %v", e.Err) }

// Unwrap returns the cause.
func (e *OutputError) Unwrap() error { return e.Err }

// UsageError is wrong use of the command line or of a call.
type UsageError struct{ Reason string }

func (e *UsageError) Error() string { return e.Reason }

// UnsavedError: what a person typed could not be kept when they left the screen that it stood on.
type UnsavedError struct{ Err error }

func (e *UnsavedError) Error() string { return "not kept: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *UnsavedError) Unwrap() error { return e.Err }

// TriedError: wrong passphrases were typed since the last unlocking. Nothing failed; a person
// should know.
type TriedError struct {
	Count int
	Last  time.Time // UTC, this device's clock
}

func (e *TriedError) Error() string {
	return fmt.Sprintf("%d wrong passphrases since the last unlocking, the last at %s", e.Count, e.Last.UTC().Format(time.RFC3339))
}
