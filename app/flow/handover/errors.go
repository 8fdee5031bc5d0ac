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
	// ErrAgeTarget: what is encrypted to a key is a file ending in .zip.age, and nothing else is.
	ErrAgeTarget = errors.New("a recipient needs a target ending in .zip.age, without a password")
	// ErrHideNames: names are hidden in an encrypted ZIP only.
	ErrHideNames = errors.New("names are hidden in a ZIP with a password only")
	// ErrZipPassword: a password was given for a folder.
	ErrZipPassword = errors.New("a password needs a target ending in .zip")
)

// RecipientError is what is no key to encrypt a bundle to.
type RecipientError struct{ Err error }

func (e *RecipientError) Error() string { return e.Err.Error() }
func (e *RecipientError) Unwrap() error { return e.Err }

// RoomError: there is no room for the bundle where it is to be made. Nothing was begun.
type RoomError struct{ Needed, Free int64 } // Needed: at least

func (e *RoomError) Error() string {
	return fmt.Sprintf("the bundle takes at least %d bytes, and %d are free", e.Needed, e.Free)
}

// LargestError: the place takes no file as large as one of the bundle. Nothing was begun, or what was is removed.
type LargestError struct {
	Size, Largest int64 // Size: at least
	Begun         bool  // it showed only while the file was written
}

func (e *LargestError) Error() string {
	return fmt.Sprintf("a file of at least %d bytes, and the place takes none of more than %d", e.Size, e.Largest)
}

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
