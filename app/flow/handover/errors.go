package handover

import (
	"errors"
	"fmt"

	"constat/evidence"
)

var (
	// ErrEmptyCase: there is nothing to export.
	ErrEmptyCase = errors.New("case has no exhibit")
	// ErrNoTarget: nobody said where to.
	ErrNoTarget = errors.New("no place for the bundle")
	// ErrZipPassword: a password was given for a folder.
	ErrZipPassword = errors.New("a password needs a target ending in .zip")
)

// LanguageError is a report language that does not exist.
type LanguageError struct{ Language string }

func (e *LanguageError) Error() string { return fmt.Sprintf("no report in language %q", e.Language) }

// BundleError: a bundle was written and did not pass its own check.
type BundleError struct {
	Path   string
	Checks []evidence.Check
}

func (e *BundleError) Error() string {
	for _, k := range e.Checks {
		if k.State == evidence.Failed {
			return "bundle " + e.Path + " did not pass its check: " + k.Name + ": " + k.Detail
		}
	}
	return "bundle " + e.Path + " did not pass its check"
}
