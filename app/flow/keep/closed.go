package keep

import (
	"context"
	"fmt"
	"strings"

	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/vault"
)

// ClosedFileError: a file is, byte for byte, one of an exhibit that was closed
// because the person shown may have been under 18. It was not kept again.
type ClosedFileError struct {
	Name          string // of the artifact that it would have been
	Case, Exhibit string // where it is
	Title         string // of that case, cleaned
}

func (e *ClosedFileError) Error() string {
	return fmt.Sprintf("%s is a file of exhibit %s of case %s, which is closed: the person shown may have been under 18", e.Name, e.Exhibit, e.Case)
}

// Is makes it a [look.ErrMinor].
func (e *ClosedFileError) Is(target error) bool { return target == look.ErrMinor }

// closedFiles are the files of all closed exhibits of the vault, by digest.
func (k *Keeper) closedFiles(ctx context.Context) (map[evidence.Digest]ClosedFileError, error) {
	files := map[evidence.Digest]ClosedFileError{}
	err := k.eachClosed(ctx, func(info evidence.Case, e vault.Exhibit) {
		for _, a := range e.Manifest.Artifacts {
			if a.Size > 0 { // all empty files are the same
				files[a.SHA256] = ClosedFileError{Case: info.ID, Exhibit: e.ID, Title: info.Title}
			}
		}
	})
	return files, err
}

// closedAddress reports whether an address is that of a closed exhibit: loading
// it again would make another copy.
func (k *Keeper) closedAddress(ctx context.Context, address string) (bool, error) {
	closed, err := k.closedAddresses(ctx)
	return closed[strings.TrimSpace(address)], err
}

// closedAddresses are those of every closed exhibit of the vault.
func (k *Keeper) closedAddresses(ctx context.Context) (map[string]bool, error) {
	closed := map[string]bool{}
	err := k.eachClosed(ctx, func(_ evidence.Case, e vault.Exhibit) {
		for _, address := range addressesOf(e.Manifest) {
			closed[address] = true
		}
	})
	return closed, err
}

// eachClosed passes over a case or an exhibit that cannot be read: that is said
// where it is shown.
func (k *Keeper) eachClosed(ctx context.Context, do func(evidence.Case, vault.Exhibit)) error {
	cases, err := k.vault.Cases(ctx)
	if err != nil {
		return err
	}
	for _, info := range cases {
		c, err := k.vault.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		all, err := look.Tellings(ctx, c)
		if err != nil {
			return err
		}
		for id, t := range all {
			if !t.Closed {
				continue
			}
			if e, err := c.Exhibit(ctx, id); err == nil {
				do(info, e)
			}
		}
	}
	return ctx.Err()
}
