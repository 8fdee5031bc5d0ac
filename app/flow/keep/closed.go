package keep

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// closedFiles are the files of all exhibits of the vault that were closed, what lies inside of them and
// what their web archives hold, by digest; see [look.Tells]. Those that were closed only because they
// share a file count with that file alone, which is among those of the other.
func (k *Keeper) closedFiles(ctx context.Context) (map[evidence.Digest]ClosedFileError, error) {
	files := map[evidence.Digest]ClosedFileError{}
	archives := false
	var at []string // addresses of closed pages
	var bad error
	err := k.eachClosed(ctx, func(info evidence.Case, e vault.Exhibit) {
		tells, err := look.Tells(ctx, look.HolderOf(e))
		bad = errors.Join(bad, err)
		for sum := range tells {
			files[sum] = ClosedFileError{Case: info.ID, Exhibit: e.ID, Title: info.Title}
		}
		archives = archives || e.Manifest.Kind == evidence.WebCapture
		at = append(at, shownAt(e.Manifest)...)
	})
	if err = errors.Join(err, bad); err != nil || !archives {
		return files, err
	}
	furniture, err := k.furniture(ctx, at)
	for sum := range furniture {
		delete(files, sum)
	}
	return files, err
}

// shownAt are the addresses at which a page showed its content: of one that led to a sign-in page, the
// one that was asked for.
func shownAt(m evidence.Manifest) []string {
	at := addressesOf(m)
	if !m.Outcome.Usable() && len(at) > 1 {
		at = at[:1]
	}
	return at
}

// furniture is what pages without content hold in this vault, but for those at the given addresses.
func (k *Keeper) furniture(ctx context.Context, but []string) (map[evidence.Digest]bool, error) {
	all := map[evidence.Digest]bool{}
	cases, err := k.vault.Cases(ctx)
	if err != nil {
		return nil, err
	}
	for _, info := range cases {
		c, err := k.vault.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		list, err := c.Exhibits(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if !slices.ContainsFunc(addressesOf(e.Manifest), func(a string) bool { return slices.Contains(but, a) }) {
				maps.Copy(all, look.Furniture(ctx, look.HolderOf(e)))
			}
		}
	}
	return all, ctx.Err()
}

// refuseClosed refuses an exhibit that holds a closed file, before it is one.
func (k *Keeper) refuseClosed(ctx context.Context, draft *vault.Draft, m evidence.Manifest) error {
	closed, err := k.closedFiles(ctx)
	if err != nil || len(closed) == 0 {
		return err
	}
	if m.Artifacts == nil {
		m.Artifacts = draft.Artifacts()
	}
	name, of, found, err := look.Common(ctx, look.Holder{Manifest: m, Open: draft.Open}, closed)
	if found {
		of.Name = name
		return &of
	}
	return err
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
			if all[e.ID].Closed {
				continue
			}
			if shares, err := look.Shares(ctx, look.HolderOf(e), files); err != nil {
				return names, err
			} else if !shares {
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
