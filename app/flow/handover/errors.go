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

// MaskError is a way of masking that there is not, or an exhibit that is not there.
type MaskError struct{ Exhibit, Choice string }

func (e *MaskError) Error() string {
	if e.Choice == "" {
		return fmt.Sprintf("no exhibit %.40q to mask", e.Exhibit)
	}
	return fmt.Sprintf("%.40q: %.40q is no way to mask; there are show, blur and leave-out", e.Exhibit, e.Choice)
}

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
