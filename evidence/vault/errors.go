package vault

import (
	"errors"
	"fmt"
	"io/fs"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/recovery"
)

// Errors without facts of their own.
var (
	// ErrWrongPassphrase: the passphrase, or a well-formed recovery code, does not open this vault.
	ErrWrongPassphrase = errors.New("wrong passphrase or recovery code")
	// ErrLocked: another process has the vault open; it comes as an [InUseError].
	ErrLocked = errors.New("vault is in use")
	// ErrExists: the folder for a new vault already holds something.
	ErrExists = errors.New("folder is not empty")
	// ErrClosed: the vault was closed.
	ErrClosed = errors.New("vault is closed")
	// ErrRecoveryCode: not a recovery code; a character is wrong, missing or too many.
	ErrRecoveryCode = recovery.ErrCode
	// ErrGone: the vault's folder cannot be reached any more; it comes as a [GoneError].
	ErrGone = errors.New("vault folder is gone")
	// ErrRecipient: not a further recipient that this vault can have.
	ErrRecipient = errors.New("not a post-quantum age recipient that can be added")
	// ErrPlanted: something that is no file of the vault lies in its place; see [Planted].
	ErrPlanted = disk.ErrNotFile
	// ErrDraft: a draft that was committed, aborted or is still being written to.
	ErrDraft = errors.New("draft cannot be used")
)

// InUseError says which vault another process, or another part of this one, has open.
type InUseError struct{ Dir string }

func (e *InUseError) Error() string { return fmt.Sprintf("%v: %s", ErrLocked, e.Dir) }

// Unwrap makes errors.Is(err, ErrLocked) true.
func (e *InUseError) Unwrap() error { return ErrLocked }

// GoneError says that the folder of an open vault is not where it was: the
// stick was pulled out, the folder renamed, or another put into its place.
// Nothing that was recorded is lost by that; once it is back all goes on.
type GoneError struct {
	Dir string
	Err error // may be nil
}

func (e *GoneError) Error() string { return fmt.Sprintf("%v: %s", ErrGone, e.Dir) }

// Unwrap makes errors.Is(err, ErrGone) true.
func (e *GoneError) Unwrap() error { return ErrGone }

// NotVaultError says why a folder is not a vault.
type NotVaultError struct {
	Dir    string
	Reason string
	Err    error // may be nil; e.g. fs.ErrNotExist
}

func (e *NotVaultError) Error() string { return fmt.Sprintf("not a vault: %s: %s", e.Dir, e.Reason) }
func (e *NotVaultError) Unwrap() error { return e.Err }

// NewerVersionError says that a later version of the program made the vault.
type NewerVersionError struct{ Version int }

func (e *NewerVersionError) Error() string {
	return fmt.Sprintf("vault format version %d is newer than this program", e.Version)
}

// UnknownCaseError says that a vault has no such case.
type UnknownCaseError struct{ ID string }

func (e *UnknownCaseError) Error() string { return fmt.Sprintf("no case %.40q", e.ID) }

// UnknownExhibitError says that a case has no such exhibit.
type UnknownExhibitError struct{ ID string }

func (e *UnknownExhibitError) Error() string { return fmt.Sprintf("no exhibit %.40q", e.ID) }

// UnknownArtifactError says that an exhibit has no such artifact.
type UnknownArtifactError struct{ Exhibit, Name string }

func (e *UnknownArtifactError) Error() string {
	return fmt.Sprintf("no artifact %.130q in %s", e.Name, e.Exhibit)
}

// Planted tells whether an error is that something lies in the vault's folder that the vault did
// not put there: a link, a pipe, a folder in the place of a file, a file of somebody else. It was
// neither opened nor changed.
func Planted(err error) (path string, is bool) {
	if !planted(err) {
		return "", false
	}
	if e, ok := errors.AsType[*CorruptError](err); ok {
		return e.Path, true
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Path, true
	}
	return "", true
}

// CorruptError names a file that is not what was written.
type CorruptError struct {
	Path   string          // within the vault, with slashes
	Reason string          // fact, not prose
	Want   evidence.Digest // zero if digests are not what differs
	Got    evidence.Digest
	Err    error // may be nil; e.g. fs.ErrNotExist, evidence.ErrCustody
}

func (e *CorruptError) Error() string {
	s := fmt.Sprintf("damaged: %s: %s", e.Path, e.Reason)
	if !e.Want.IsZero() {
		s += fmt.Sprintf(": SHA-256 %s, recorded %s", e.Got, e.Want)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *CorruptError) Unwrap() error { return e.Err }

// ErrForeign: it was not written by this vault. Anyone may encrypt to the vault's public key; what
// proves nothing beside that is not evidence. It comes as a [CorruptError].
var ErrForeign = errors.New("not written by this vault")

func foreign(rel string) *CorruptError {
	return &CorruptError{Path: rel, Reason: "was not written by this vault", Err: ErrForeign}
}

// RecoveryCode opens a vault when the passphrase is lost; see [recovery.Code].
type RecoveryCode = recovery.Code

// ParseRecoveryCode reads what a person typed from paper; see [recovery.Parse].
func ParseRecoveryCode(s string) (RecoveryCode, error) { return recovery.Parse(s) }
