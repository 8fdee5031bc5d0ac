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
	return fmt.Sprintf(
		"%s is a file of exhibit %s of case %s, which is closed: the person shown may have been under 18",
		e.Name,
		e.Exhibit,
		e.Case,
	)
}

// Is makes it a [look.ErrMinor].
func (e *ClosedFileError) Is(target error) bool { return target == look.ErrMinor }

// closedFiles are the files of all exhibits of the vault that were closed, and what lies inside of
// them, by digest. Those that were closed only because they share a file count with that file alone,
// which is among those of the other.
func (k *Keeper) closedFiles(ctx context.Context) (map[evidence.Digest]ClosedFileError, error) {
	files := map[evidence.Digest]ClosedFileError{}
	err := k.eachClosed(ctx, func(info evidence.Case, e vault.Exhibit) {
		for sum := range look.Held(e.Manifest) {
			files[sum] = ClosedFileError{Case: info.ID, Exhibit: e.ID, Title: info.Title}
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

// closeSharing closes every other exhibit of the vault that holds one of these files, and returns
// their ids: of another case with its id in front. A case that cannot be read is passed over, as in
// eachClosed.
func (k *Keeper) closeSharing(ctx context.Context, of *vault.Case, marked string, files map[evidence.Digest]bool) ([]string, error) {
	var names []string
	cases, err := k.vault.Cases(ctx)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	for _, info := range cases {
		c, err := k.vault.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		all, err := look.Tellings(ctx, c)
		if err != nil {
			return names, err
		}
		list, err := c.Exhibits(ctx)
		if err != nil {
			return names, err
		}
		for _, e := range list {
			if all[e.ID].Closed || !look.Shares(e.Manifest, files) {
				continue
			}
			because, name := marked, e.ID
			if info.ID != of.Info().ID {
				because, name = of.Info().ID+"/"+marked, info.ID+"/"+e.ID
			}
			if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActMarkedMinor, Exhibit: e.ID, Detail: map[string]string{"because": because}}); err != nil {
				return names, err
			}
			names = append(names, name)
		}
	}
	return names, ctx.Err()
}

// eachClosed goes through what was marked, not what is closed because it shares a file with it. A
// case or an exhibit that cannot be read is passed over: that is said where it is shown.
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
			if !t.Marked() {
				continue
			}
			if e, err := c.Exhibit(ctx, id); err == nil {
				do(info, e)
			}
		}
	}
	return ctx.Err()
}
