package flow

import (
	"errors"
	"fmt"
)

// Errors of the use cases themselves, without facts.
var (
	// ErrSubject: the person shown was or may have been under 18. Nothing was
	// loaded; Record is the way.
	ErrSubject = errors.New("under 18 or not sure: address-only record")
	// ErrWeakPassphrase: too short or too common for a vault.
	ErrWeakPassphrase = errors.New("passphrase is too weak")
	// ErrNoPassphrase: there is nobody to ask for it.
	ErrNoPassphrase = errors.New("no passphrase")
	// ErrEmptyCase: there is nothing to export.
	ErrEmptyCase = errors.New("case has no exhibit")
	// ErrZipPassword: a password was given for a folder.
	ErrZipPassword = errors.New("a password needs a target ending in .zip")
	// ErrNotPage: the exhibit is no page that was kept from the web, so that
	// there is nothing to visit again.
	ErrNotPage = errors.New("exhibit is not a web page that was kept")
	// ErrNoPicture: the exhibit has no picture to show.
	ErrNoPicture = errors.New("exhibit has no picture")
)

// UsageError is wrong use of the command line or of a call.
type UsageError struct{ Reason string }

func (e *UsageError) Error() string { return e.Reason }

// AuthoritySpecError is a timestamp authority that cannot be used as given.
type AuthoritySpecError struct {
	Spec, Reason string
	Err          error
}

func (e *AuthoritySpecError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("timestamp authority %q: %s: %v", e.Spec, e.Reason, e.Err)
	}
	return fmt.Sprintf("timestamp authority %q: %s", e.Spec, e.Reason)
}

// Unwrap returns the cause.
func (e *AuthoritySpecError) Unwrap() error { return e.Err }

// LanguageError is a report language that does not exist.
type LanguageError struct{ Language string }

func (e *LanguageError) Error() string { return fmt.Sprintf("no report in language %q", e.Language) }

// TargetError is a place where a file or folder cannot be written, because
// something is there already. Nothing is ever overwritten.
type TargetError struct{ Path string }

func (e *TargetError) Error() string { return fmt.Sprintf("%s exists already", e.Path) }
