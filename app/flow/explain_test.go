package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"constat/app/flow/copies"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/flow/remove"
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

// every kind of error that can reach a person, with its exit code.
var everyError = []struct {
	err  error
	code int
}{
	{context.Canceled, ExitInterrupted},
	{context.DeadlineExceeded, ExitFailed},
	{&RoomError{Free: 12_000_000}, ExitFailed},
	{OfflineError{}, ExitFailed},
	{keep.ErrPiece, ExitUsage},
	{vault.ErrWrongPassphrase, ExitLocked},
	{vault.ErrClosed, ExitLocked},
	{&vault.GoneError{Dir: "x"}, ExitFailed},
	{vault.ErrRecipient, ExitUsage},
	{&intake.SourceError{Reason: intake.Directory}, ExitFailed},
	{&intake.SourceError{Reason: intake.TooLarge}, ExitFailed},
	{vault.ErrRecoveryCode, ExitLocked},
	{vault.ErrExists, ExitFailed},
	{&vault.InUseError{}, ExitFailed},
	{&vault.NewerVersionError{Version: 2}, ExitFailed},
	{&vault.NotVaultError{Dir: "x"}, ExitFailed},
	{&vault.CorruptError{Path: "x"}, ExitFailed},
	{&vault.CorruptError{Path: "lock", Err: vault.ErrPlanted}, ExitFailed},
	{&vault.CorruptError{Path: "cases/x", Err: vault.ErrForeign}, ExitFailed},
	{vault.ErrVersion1, ExitFailed},
	{&vault.UnknownCaseError{ID: "x"}, ExitUsage},
	{&vault.UnknownExhibitError{ID: "x"}, ExitUsage},
	{ErrNoPassphrase, ExitLocked},
	{ErrWeakPassphrase, ExitUsage},
	{keep.ErrSubject, ExitUsage},
	{look.ErrMinor, ExitFailed},
	{&keep.ClosedFileError{Exhibit: "E-001", Title: "x"}, ExitFailed},
	{keep.ErrNotPage, ExitUsage},
	{&keep.UnstampedError{Exhibit: "E-001", Err: syscall.ENOSPC}, ExitFailed},
	{keep.ErrNoList, ExitUsage},
	{&keep.ListError{}, ExitUsage},
	{&keep.ListError{Count: keep.MaxList + 1}, ExitUsage},
	{&keep.ListError{Lines: []keep.ListLine{{Line: 3, Text: "x", Err: &capture.AddressError{Reason: capture.AddressRelative, Address: "x"}}}}, ExitUsage},
	{evidence.ErrFact, ExitUsage},
	{evidence.ErrAccount, ExitUsage},
	{remove.ErrNotice, ExitUsage},
	{&TriedError{Count: 2}, ExitFailed},
	{handover.ErrEmptyCase, ExitUsage},
	{handover.ErrZipPassword, ExitUsage},
	{handover.ErrAgeTarget, ExitUsage},
	{&handover.LargestError{Size: 9_000_000, Largest: 1}, ExitFailed},
	{&handover.LargestError{Size: 9_000_000, Largest: 1, Begun: true}, ExitFailed},
	{&handover.RoomError{Needed: 9_000_000, Free: 1}, ExitFailed},
	{handover.ErrHideNames, ExitUsage},
	{&handover.RecipientError{Err: handover.ErrNoTarget}, ExitUsage},
	{look.ErrNoPicture, ExitFailed},
	{&UsageError{Reason: "x"}, ExitUsage},
	{&OutputError{Err: syscall.ENOSPC}, ExitFailed},
	{&proof.AuthoritySpecError{Spec: "x"}, ExitUsage},
	{&handover.LanguageError{Language: "xx"}, ExitUsage},
	{&handover.MaskError{Exhibit: "E-009"}, ExitUsage},
	{&handover.ChoiceError{Exhibit: "E-009"}, ExitUsage},
	{&handover.ChoiceError{Exhibit: "E-009", Closed: true}, ExitUsage},
	{handover.ErrNothingChosen, ExitUsage},
	{handover.ErrChoiceNotNoted, ExitFailed},
	{&handover.TargetError{Path: "x"}, ExitFailed},
	{&UnsavedError{Err: syscall.ENOSPC}, ExitFailed},
	{&organisationError{Path: "x", Err: fs.ErrInvalid}, ExitFailed},
	{&settingsError{Path: "x", Err: fs.ErrInvalid}, ExitFailed},
	{&handover.BundleError{Path: "x"}, ExitNo},
	{&captureError{Outcome: evidence.Blank}, ExitFailed},
	{&proof.TokenError{Authority: "x"}, ExitFailed},
	{evidence.ErrTitle, ExitUsage},
	{tsa.ErrRoots, ExitUsage},
	{&tsa.AuthorityError{Authority: "x", Kind: tsa.Unreachable}, ExitFailed},
	{&bundle.ExistsError{Path: "x"}, ExitFailed},
	{&bundle.MismatchError{}, ExitFailed},
	{verify.ErrPassword, ExitFailed},
	{verify.ErrNotBundle, ExitFailed},
	{verify.ErrSealedAsAWhole, ExitFailed},
	{&chrome.NotFoundError{}, ExitFailed},
	{&chrome.StartError{Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintRoot, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintSandbox, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintDisplay, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintNamespace, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintSnap, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintFlatpak, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintLibrary, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.StartError{Hint: chrome.HintAdministrator, Err: fs.ErrInvalid}, ExitFailed},
	{&chrome.LeftError{Folders: []string{"x"}, Files: 2, Err: fs.ErrPermission}, ExitFailed},
	{&held.Error{Path: "x", Err: fs.ErrPermission}, ExitFailed},
	{&capture.BrowserGoneError{What: "browser"}, ExitFailed},
	{&capture.PageChangedError{Address: "https://example.org/"}, ExitFailed},
	{capture.ErrNoPage, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindUnreachable}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindRefused}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindDNS}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindTLS}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindTimeout}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindAborted}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindOther}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindAborted, Code: capture.CodeDownload}, ExitFailed},
	{&capture.NetworkError{Kind: capture.KindTimeout, Code: capture.CodeNoPicture}, ExitFailed},
	{&capture.AddressError{Reason: capture.AddressEmpty}, ExitUsage},
	{&capture.AddressError{Reason: capture.AddressTooLong}, ExitUsage},
	{&capture.AddressError{Reason: capture.AddressInvalid}, ExitUsage},
	{&capture.AddressError{Reason: capture.AddressRelative}, ExitUsage},
	{&capture.AddressError{Reason: capture.AddressScheme}, ExitUsage},
	{&capture.AddressError{Reason: capture.AddressNoHost}, ExitUsage},
	{&capture.AddressError{Reason: capture.AddressCredentials}, ExitUsage},
	{&replica.PlaceError{Kind: replica.Unreachable, Err: fs.ErrNotExist}, ExitFailed},
	{&replica.PlaceError{Kind: replica.Refused, Err: fs.ErrPermission}, ExitFailed},
	{&replica.PlaceError{Kind: replica.Full, Err: syscall.ENOSPC}, ExitFailed},
	{&replica.PlaceError{Kind: replica.Insecure, Err: fs.ErrInvalid}, ExitFailed},
	{&replica.PlaceError{Kind: replica.NoLock, Err: fs.ErrInvalid}, ExitFailed},
	{&replica.PlaceError{Kind: replica.Broken, Err: fs.ErrInvalid}, ExitFailed},
	{&replica.ForkError{Cases: []replica.Fork{{Case: "x", There: 2}}}, ExitNo},
	{&replica.ForkError{Cases: []replica.Fork{{Case: "x", Here: 2, There: 2, Both: true}}}, ExitNo},
	{&replica.ManyError{IDs: []string{"x"}}, ExitUsage},
	{&copies.UnknownError{}, ExitUsage},
	{&copies.UnknownError{Name: "x"}, ExitUsage},
	{copies.ErrPlace, ExitUsage},
	{&proof.BundleNotRenewableError{Bundle: "x", Verdict: proof.NotValid}, ExitNo},
	{&proof.BundleNotRenewableError{Bundle: "x", Verdict: proof.TimeNotProven}, ExitNo},
	{bundle.ErrFolder, ExitUsage},
	{bundle.ErrOld, ExitFailed},
	{bundle.ErrNoProofs, ExitFailed},
	{proof.ErrNoCalendar, ExitUsage},
	{&proof.CalendarProofError{File: "x", Err: fs.ErrInvalid}, ExitNo},
	{&proof.HeaderError{Err: fs.ErrInvalid}, ExitUsage},
	{replica.ErrNoCopy, ExitFailed},
	{replica.ErrTarget, ExitFailed},
	{syscall.ENOSPC, ExitFailed},
	{syscall.EROFS, ExitFailed},
	{fs.ErrPermission, ExitFailed},
	{fs.ErrNotExist, ExitFailed},
	{errors.New("something else"), ExitFailed},
}

func TestEveryErrorHasWordsAndAnExitCode(t *testing.T) {
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range everyError {
			for _, err := range []error{e.err, fmt.Errorf("while doing: %w", e.err), errors.Join(e.err, errors.New("and more"))} {
				m := Explain(err, text)
				if strings.HasPrefix(m.What, "error.") || strings.HasPrefix(m.Do, "error.") || m.What == "" || m.Do == "" {
					t.Errorf("%s: %v has no words: %q, %q", lang, err, m.What, m.Do)
				}
				if got := ExitCode(err); got != e.code {
					t.Errorf("%v: exit code %d, want %d", err, got, e.code)
				}
			}
		}
	}
	if ExitCode(nil) != ExitDone {
		t.Error("nil is not done")
	}
}

func TestEveryErrorTextIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, e := range everyError {
		key, _, _ := kindOf(e.err)
		used[key] = true
	}
	keys, err := words.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		name, ok := strings.CutPrefix(k, "error.")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(strings.TrimSuffix(name, ".what"), ".do")
		if !used[name] {
			t.Errorf("no error has the words %s", k)
		}
	}
}

func TestDetailIsCleaned(t *testing.T) {
	text, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	m := Explain(errors.New("bad\n\x1b[31m\u202ething"+strings.Repeat("x", 5000)), text)
	if strings.ContainsAny(m.Detail, "\n\x1b\u202e") || len(m.Detail) > 1000 {
		t.Errorf("detail %q", m.Detail)
	}
}
