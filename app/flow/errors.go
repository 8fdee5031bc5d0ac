package flow

import "errors"

// Errors of the use cases themselves, without facts.
var (
	// ErrWeakPassphrase: too short or too common for a vault.
	ErrWeakPassphrase = errors.New("passphrase is too weak")
	// ErrNoPassphrase: there is nobody to ask for it.
	ErrNoPassphrase = errors.New("no passphrase")
)

// UsageError is wrong use of the command line or of a call.
type UsageError struct{ Reason string }

func (e *UsageError) Error() string { return e.Reason }
