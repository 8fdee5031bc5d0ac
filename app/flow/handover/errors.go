package handover

import (
	"errors"
	"fmt"

	"constat/evidence"
)

var (
	// ErrEmptyCase: there is nothing to export.
	ErrEmptyCase = errors.New("case has no exhibit")
	// ErrNothingChosen: a choice of exhibits has none.
	ErrNothingChosen = errors.New("no exhibit was chosen")
	// ErrChoiceNotNoted: the log cannot be written, so nobody could tell what was left out by choice
	// from what was taken away.
	ErrChoiceNotNoted = errors.New("a choice of exhibits cannot be noted in the custody log")
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

// ChoiceError is an exhibit that was chosen and cannot be in a bundle.
type ChoiceError struct {
	Exhibit string
	Closed  bool // it was marked as under 18; else there is none of that name
}

func (e *ChoiceError) Error() string {
	if e.Closed {
		return fmt.Sprintf("%.40q is closed and is not exported", e.Exhibit)
	}
	return fmt.Sprintf("no exhibit %.40q to export", e.Exhibit)
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
