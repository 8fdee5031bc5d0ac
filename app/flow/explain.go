package flow

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"constat/app/flow/copies"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/flow/remove"
	"constat/app/flow/system"
	"constat/assets/words"
	"constat/bundle"
	"constat/bundle/verify"
	"constat/capture"
	"constat/capture/chrome"
	"constat/evidence"
	"constat/evidence/held"
	"constat/evidence/intake"
	"constat/evidence/replica"
	"constat/evidence/tsa"
	"constat/evidence/vault"
)

// Message is an error in words: what happened, and what to do now.
type Message struct {
	What   string // one sentence
	Do     string // one or two sentences
	Detail string // facts for whoever helps: the cause's own text, cleaned
}

// The exit codes of constatctl.
const (
	ExitDone        = 0
	ExitNo          = 1   // the answer is no: not valid, capture not usable
	ExitFailed      = 2   // could not do it
	ExitUsage       = 3   // wrong use
	ExitLocked      = 4   // locked or wrong passphrase
	ExitInterrupted = 130 // cancelled
)

// kindOf sorts an error: the key of its words under "error.", placeholders for
// them, and the exit code. Order matters: the most telling cause comes first.
func kindOf(err error) (key string, pairs []any, code int) {
	if e, ok := errors.AsType[*UnsavedError](err); ok {
		_, _, code := kindOf(e.Err)
		return "unsaved", nil, code
	}
	if _, ok := errors.AsType[*organisationError](err); ok { // whatever is wrong in it
		return "organisation", nil, ExitFailed
	}
	if key, pairs, code, ok := copyKind(err); ok && !errors.Is(err, context.Canceled) {
		return key, pairs, code
	}
	if e, ok := errors.AsType[*TriedError](err); ok {
		return "tried", []any{"N", e.Count, "When", e.Last.UTC().Format("02.01.2006 15:04:05 UTC")}, ExitFailed
	}
	if e, ok := errors.AsType[*RoomError](err); ok {
		return "room", []any{"Mega", e.Free / 1_000_000}, ExitFailed
	}
	if _, ok := errors.AsType[OfflineError](err); ok {
		return "offline", nil, ExitFailed
	}
	if e, ok := errors.AsType[*keep.UnstampedError](err); ok && !errors.Is(err, vault.ErrGone) && !errors.Is(err, context.Canceled) {
		return "unstamped", []any{"Exhibit", e.Exhibit}, ExitFailed
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled", nil, ExitInterrupted
	case isOutput(err): // before a full disk: it is not the vault's
		return "output", nil, ExitFailed
	case errors.Is(err, vault.ErrGone):
		return "vault-gone", nil, ExitFailed
	case errors.Is(err, vault.ErrWrongPassphrase):
		return "wrong-passphrase", nil, ExitLocked
	case errors.Is(err, ErrNoPassphrase):
		return "no-passphrase", nil, ExitLocked
	case errors.Is(err, vault.ErrClosed):
		return "locked", nil, ExitLocked
	case errors.Is(err, vault.ErrRecoveryCode):
		return "recovery-code", nil, ExitLocked
	case errors.Is(err, ErrWeakPassphrase):
		return "weak-passphrase", []any{"N", minPassphrase}, ExitUsage
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, errDiskFull):
		return "disk-full", nil, ExitFailed
	}
	if e, ok := errors.AsType[*chrome.LeftError](err); ok {
		return "sweep", []any{"N", e.Files, "Path", evidence.Clean(strings.Join(e.Folders, ", "))}, ExitFailed
	}
	if e, ok := errors.AsType[*held.Error](err); ok {
		return "held", []any{"Path", evidence.Clean(e.Path)}, ExitFailed
	}
	if key, pairs, code, ok := usageKind(err); ok {
		return key, pairs, code
	}
	if key, pairs, ok := captureKind(err); ok {
		return key, pairs, ExitFailed
	}
	if key, pairs, code, ok := storeKind(err); ok {
		return key, pairs, code
	}
	if key, ok := importKind(err); ok && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		return key, nil, ExitFailed
	}
	switch {
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return "read-only", nil, ExitFailed
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout", nil, ExitFailed
	case errors.Is(err, fs.ErrNotExist):
		return "not-there", nil, ExitFailed
	}
	return "unknown", nil, ExitFailed
}

// copyKind: a full or unreachable place is not the vault's disk, so it is asked for first.
func copyKind(err error) (string, []any, int, bool) {
	if e, ok := errors.AsType[*replica.PlaceError](err); ok {
		return "copy-" + string(e.Kind), nil, ExitFailed, true
	}
	if e, ok := errors.AsType[*replica.ForkError](err); ok {
		key := "copy-behind"
		if e.Both() {
			key = "copy-fork"
		}
		return key, []any{"N", len(e.Cases)}, ExitNo, true
	}
	if e, ok := errors.AsType[*replica.ManyError](err); ok {
		return "copy-many", []any{"N", len(e.IDs), "IDs", strings.Join(e.IDs, ", ")}, ExitUsage, true
	}
	if e, ok := errors.AsType[*copies.UnknownError](err); ok {
		if e.Name == "" {
			return "copy-nowhere", nil, ExitUsage, true
		}
		return "copy-unknown", []any{"Name", evidence.Shorten(e.Name, 40)}, ExitUsage, true
	}
	switch {
	case errors.Is(err, copies.ErrPlace):
		return "copy-place", nil, ExitUsage, true
	case errors.Is(err, replica.ErrNoCopy):
		return "copy-none", nil, ExitFailed, true
	case errors.Is(err, replica.ErrTarget):
		return "copy-target", nil, ExitFailed, true
	}
	return "", nil, 0, false
}

func isOutput(err error) bool {
	_, ok := errors.AsType[*OutputError](err)
	return ok
}

func importKind(err error) (string, bool) {
	e, ok := errors.AsType[*intake.SourceError](err)
	if !ok {
		return "", false
	}
	if e.Reason == intake.TooLarge {
		return "import-too-large", true
	}
	return "import", true
}

func usageKind(err error) (string, []any, int, bool) {
	if e, ok := errors.AsType[*capture.AddressError](err); ok {
		return "address." + string(e.Reason), nil, ExitUsage, true
	}
	if _, ok := errors.AsType[*proof.AuthoritySpecError](err); ok {
		return "authority-spec", nil, ExitUsage, true
	}
	if e, ok := errors.AsType[*handover.LanguageError](err); ok {
		return "language", []any{"Language", evidence.Shorten(e.Language, 20)}, ExitUsage, true
	}
	if e, ok := errors.AsType[*handover.LargestError](err); ok {
		key := "export-largest"
		if e.Begun {
			key = "export-outgrown"
		}
		return key, []any{"Size", e.Size/1_000_000 + 1, "Largest", e.Largest / 1_000_000}, ExitFailed, true
	}
	if e, ok := errors.AsType[*handover.RoomError](err); ok {
		return "export-room", []any{"Needed", e.Needed/1_000_000 + 1, "Free", e.Free / 1_000_000}, ExitFailed, true
	}
	if _, ok := errors.AsType[*handover.RecipientError](err); ok {
		return "age-recipient", nil, ExitUsage, true
	}
	if e, ok := errors.AsType[*handover.MaskError](err); ok {
		return "mask", []any{"Exhibit", evidence.Shorten(e.Exhibit, 40)}, ExitUsage, true
	}
	if e, ok := errors.AsType[*handover.ChoiceError](err); ok {
		key := "choice"
		if e.Closed {
			key = "choice-closed"
		}
		return key, []any{"Exhibit", evidence.Shorten(e.Exhibit, 40)}, ExitUsage, true
	}
	if e, ok := errors.AsType[*keep.ClosedFileError](err); ok {
		return "closed-file", []any{"Exhibit", e.Exhibit, "Title", evidence.Shorten(e.Title, 200)}, ExitFailed, true
	}
	if e, ok := errors.AsType[*keep.ListError](err); ok {
		key, pairs := listKind(e)
		return key, pairs, ExitUsage, true
	}
	if _, ok := errors.AsType[*UsageError](err); ok {
		return "usage", nil, ExitUsage, true
	}
	switch {
	case errors.Is(err, keep.ErrScale), errors.Is(err, keep.ErrStills), errors.Is(err, keep.ErrPiece), errors.Is(err, keep.ErrNoFile), errors.Is(err, handover.ErrNoTarget):
		return "usage", nil, ExitUsage, true
	case errors.Is(err, handover.ErrNothingChosen):
		return "choice-none", nil, ExitUsage, true
	case errors.Is(err, handover.ErrChoiceNotNoted):
		return "choice-not-noted", nil, ExitFailed, true
	case errors.Is(err, keep.ErrSubject):
		return "subject", nil, ExitUsage, true
	case errors.Is(err, vault.ErrRecipient):
		return "recipient", nil, ExitUsage, true
	case errors.Is(err, keep.ErrNoList):
		return "no-list", nil, ExitUsage, true
	case errors.Is(err, keep.ErrNotPage):
		return "not-page", nil, ExitUsage, true
	case errors.Is(err, look.ErrMinor):
		return "minor", nil, ExitFailed, true
	case errors.Is(err, evidence.ErrAccount):
		return "account", nil, ExitUsage, true
	case errors.Is(err, remove.ErrNotice):
		return "notice", nil, ExitUsage, true
	case errors.Is(err, evidence.ErrFact):
		return "fact", nil, ExitUsage, true
	case errors.Is(err, handover.ErrAgeTarget):
		return "age-target", nil, ExitUsage, true
	case errors.Is(err, handover.ErrHideNames):
		return "hide-names", nil, ExitUsage, true
	case errors.Is(err, handover.ErrZipPassword):
		return "zip-password", nil, ExitUsage, true
	case errors.Is(err, evidence.ErrTitle):
		return "title", nil, ExitUsage, true
	case errors.Is(err, tsa.ErrRoots):
		return "roots", nil, ExitUsage, true
	}
	return "", nil, 0, false
}

func listKind(e *keep.ListError) (string, []any) {
	switch {
	case len(e.Lines) > 0:
		return "list-lines", []any{"N", len(e.Lines), "Line", e.Lines[0].Line, "Text", evidence.Shorten(e.Lines[0].Text, 100)}
	case e.Count == 0:
		return "list-empty", nil
	}
	return "list-long", []any{"Max", keep.MaxList}
}

func captureKind(err error) (string, []any, bool) {
	if e, ok := errors.AsType[*capture.NetworkError](err); ok {
		switch e.Code {
		case capture.CodeDownload:
			return "network.download", nil, true
		case capture.CodeNoPicture:
			return "network.no-picture", nil, true
		}
		return "network." + string(e.Kind), nil, true
	}
	if _, ok := errors.AsType[*chrome.NotFoundError](err); ok {
		return "browser-not-found", nil, true
	}
	if e, ok := errors.AsType[*chrome.StartError](err); ok {
		switch e.Hint {
		case chrome.HintRoot, chrome.HintSandbox, chrome.HintNamespace, chrome.HintSnap, chrome.HintFlatpak, chrome.HintLibrary,
			chrome.HintAdministrator, chrome.HintDisplay:
			return "browser-start." + e.Hint, nil, true
		}
		return "browser-start", nil, true
	}
	if _, ok := errors.AsType[*capture.BrowserGoneError](err); ok {
		return "browser-gone", nil, true
	}
	if _, ok := errors.AsType[*capture.PageChangedError](err); ok {
		return "page-changed", nil, true
	}
	if errors.Is(err, capture.ErrNoPage) {
		return "no-page", nil, true
	}
	if e, ok := errors.AsType[*tsa.AuthorityError](err); ok {
		return "authority", []any{"Name", e.Authority}, true
	}
	if e, ok := errors.AsType[*proof.TokenError](err); ok {
		return "token", []any{"Name", e.Authority}, true
	}
	if _, ok := errors.AsType[*captureError](err); ok {
		return "capture-outcome", nil, true
	}
	return "", nil, false
}

func storeKind(err error) (string, []any, int, bool) {
	if _, ok := errors.AsType[*vault.InUseError](err); ok {
		return "vault-in-use", nil, ExitFailed, true
	}
	if e, ok := errors.AsType[*vault.NewerVersionError](err); ok {
		return "vault-newer", []any{"Version", e.Version}, ExitFailed, true
	}
	if e, ok := errors.AsType[*vault.NotVaultError](err); ok {
		return "not-vault", []any{"Dir", evidence.Clean(e.Dir)}, ExitFailed, true
	}
	if errors.Is(err, vault.ErrExists) {
		return "vault-exists", nil, ExitFailed, true
	}
	if errors.Is(err, vault.ErrForeign) {
		e, _ := errors.AsType[*vault.CorruptError](err)
		path := ""
		if e != nil {
			path = e.Path
		}
		return "foreign", []any{"Path", evidence.Clean(path)}, ExitFailed, true
	}
	if errors.Is(err, vault.ErrVersion1) {
		return "vault-old", nil, ExitFailed, true
	}
	if path, ok := vault.Planted(err); ok {
		return "planted", []any{"Path", evidence.Shorten(path, 400)}, ExitFailed, true
	}
	if e, ok := errors.AsType[*vault.CorruptError](err); ok {
		return "corrupt", []any{"Path", evidence.Clean(e.Path)}, ExitFailed, true
	}
	if e, ok := errors.AsType[*vault.UnknownCaseError](err); ok {
		return "unknown-case", []any{"ID", evidence.Shorten(e.ID, 40)}, ExitUsage, true
	}
	if e, ok := errors.AsType[*vault.UnknownExhibitError](err); ok {
		return "unknown-exhibit", []any{"ID", evidence.Shorten(e.ID, 40)}, ExitUsage, true
	}
	if e, ok := errors.AsType[*bundle.ExistsError](err); ok {
		return "target-exists", []any{"Path", evidence.Clean(e.Path)}, ExitFailed, true
	}
	if e, ok := errors.AsType[*handover.TargetError](err); ok {
		return "target-exists", []any{"Path", evidence.Clean(e.Path)}, ExitFailed, true
	}
	if _, ok := errors.AsType[*bundle.MismatchError](err); ok {
		return "mismatch", nil, ExitFailed, true
	}
	if e, ok := errors.AsType[*proof.BundleNotRenewableError](err); ok {
		if e.Verdict == proof.TimeNotProven || e.Verdict == proof.Valid {
			return "renew-lapsed", nil, ExitNo, true
		}
		return "renew-bundle", nil, ExitNo, true
	}
	switch {
	case errors.Is(err, bundle.ErrFolder):
		return "renew-zip", nil, ExitUsage, true
	case errors.Is(err, bundle.ErrOld):
		return "renew-old", nil, ExitFailed, true
	case errors.Is(err, bundle.ErrNoProofs):
		return "calendar-old", nil, ExitFailed, true
	case errors.Is(err, proof.ErrNoCalendar):
		return "calendar-none", nil, ExitUsage, true
	}
	if e, ok := errors.AsType[*proof.CalendarProofError](err); ok {
		return "calendar-proof", []any{"Reason", evidence.Clean(e.Error())}, ExitNo, true
	}
	if e, ok := errors.AsType[*proof.HeaderError](err); ok {
		return "block-header", []any{"Reason", evidence.Clean(e.Error())}, ExitUsage, true
	}
	if _, ok := errors.AsType[*handover.BundleError](err); ok {
		return "bundle", nil, ExitNo, true
	}
	if _, ok := errors.AsType[*settingsError](err); ok {
		return "settings", nil, ExitFailed, true
	}
	switch {
	case errors.Is(err, handover.ErrEmptyCase):
		return "empty-case", nil, ExitUsage, true
	case errors.Is(err, look.ErrNoPicture):
		return "no-picture", nil, ExitFailed, true
	case errors.Is(err, verify.ErrPassword):
		return "bundle-password", nil, ExitFailed, true
	case errors.Is(err, verify.ErrSealedAsAWhole):
		return "bundle-age", nil, ExitFailed, true
	case errors.Is(err, verify.ErrNotBundle):
		return "not-bundle", nil, ExitFailed, true
	}
	return "", nil, 0, false
}

// Explain puts an error into words. It never returns an empty What or Do.
func Explain(err error, t *words.Text) Message {
	if e, ok := errors.AsType[*system.Error](err); ok {
		what := t.T("place."+string(e.Place.Kind), "Path", evidence.Clean(e.Path), "Service", evidence.Clean(e.Place.Service))
		if e.Vault {
			return Message{What: what, Do: t.T("place.vault")}
		}
		return Message{What: what, Do: t.T("place.readable")}
	}
	key, pairs, _ := kindOf(err)
	if e, ok := errors.AsType[*TriedError](err); ok {
		pairs = []any{"N", e.Count, "When", t.Short(e.Last.Local()) + " (" + t.Zone(e.Last.Local()) + ")"}
	}
	return Message{
		What:   t.T("error."+key+".what", pairs...),
		Do:     t.T("error."+key+".do", pairs...),
		Detail: evidence.Shorten(strings.Join(strings.Fields(err.Error()), " "), 600),
	}
}

// causeOf names the kind of an error, as its words are looked up.
func causeOf(err error) string {
	key, _, _ := kindOf(err)
	return key
}

// ExitCode is the number that a terminal gets for an error; 0 for nil.
func ExitCode(err error) int {
	if err == nil {
		return ExitDone
	}
	_, _, code := kindOf(err)
	return code
}
