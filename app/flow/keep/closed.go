package keep

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
	var seen *witnesses
	var bad error
	err := k.eachClosed(ctx, func(info evidence.Case, e vault.Exhibit) {
		tells, err := k.tellsOf(ctx, e, &seen, shownAt(e.Manifest)...)
		bad = errors.Join(bad, err)
		for sum := range tells {
			files[sum] = ClosedFileError{Case: info.ID, Exhibit: e.ID, Title: info.Title}
		}
	})
	return files, errors.Join(err, bad)
}

// tellsOf are what one closed exhibit is known by. Of what only its web archive holds goes what pages
// without content hold as well; its own files stay, whoever else has them. The witnesses are looked
// for once, when the first archive asks for them.
func (k *Keeper) tellsOf(ctx context.Context, e vault.Exhibit, seen **witnesses, at ...string) (map[evidence.Digest]bool, error) {
	own, bodies, err := look.TellsApart(ctx, look.HolderOf(e))
	if err != nil || len(bodies) == 0 {
		return own, err
	}
	if *seen == nil {
		if *seen, err = k.witnesses(ctx); err != nil {
			return nil, err
		}
	}
	for sum := range bodies {
		if !(*seen).furniture(sum, at) {
			own[sum] = true
		}
	}
	return own, nil
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

// witnesses are the pages of a vault on which no content was seen, and what their archives hold.
type witnesses struct {
	pages []witness
	now   time.Time
}

type witness struct {
	at    []string
	holds map[evidence.Digest]bool
}

// furniture reports whether a page without content holds this, but for pages at the given addresses:
// the content may lie below a request to sign in.
func (w *witnesses) furniture(sum evidence.Digest, but []string) bool {
	return slices.ContainsFunc(w.pages, func(x witness) bool {
		return x.holds[sum] && !slices.ContainsFunc(x.at, func(a string) bool {
			return slices.ContainsFunc(but, func(b string) bool { return samePage(a, b, w.now) })
		})
	})
}

// witnesses looks for them. What is closed itself is none: a person said what it may show.
func (k *Keeper) witnesses(ctx context.Context) (*witnesses, error) {
	all := &witnesses{now: k.now()}
	err := k.eachCase(ctx, false, func(c *vault.Case, told map[string]look.Telling) error {
		list, err := c.Exhibits(ctx)
		if err != nil {
			return err
		}
		for _, e := range list {
			if told[e.ID].Closed {
				continue
			}
			if holds := look.Furniture(ctx, look.HolderOf(e)); len(holds) > 0 {
				all.pages = append(all.pages, witness{at: addressesOf(e.Manifest), holds: holds})
			}
		}
		return nil
	})
	return all, err
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
// their ids: of another case with its id in front. Of the others it names those of which a
// file could not be read to its end. A case that cannot be read is passed over, as in
// eachClosed.
func (k *Keeper) closeSharing(ctx context.Context, of *vault.Case, marked string, files map[evidence.Digest]bool) (closed, unread []string, err error) {
	if len(files) == 0 {
		return nil, nil, nil
	}
	err = k.eachCase(ctx, false, func(c *vault.Case, told map[string]look.Telling) error {
		list, err := c.Exhibits(ctx)
		if err != nil {
			return err
		}
		for _, e := range list {
			if told[e.ID].Closed {
				continue
			}
			because, name := marked, e.ID
			if c.Info().ID != of.Info().ID {
				because, name = of.Info().ID+"/"+marked, c.Info().ID+"/"+e.ID
			}
			shares, whole, err := look.SharesSoFar(ctx, look.HolderOf(e), files)
			if err != nil {
				return err
			}
			if !shares {
				if !whole {
					unread = append(unread, name)
				}
				continue
			}
			if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActMarkedMinor, Exhibit: e.ID, Detail: map[string]string{"because": because}}); err != nil {
				return err
			}
			closed = append(closed, name)
		}
		return nil
	})
	return closed, unread, err
}

// eachClosed goes through what was marked, not what is closed because it shares a file with it. An
// exhibit that cannot be read is passed over: that is said where it is shown.
func (k *Keeper) eachClosed(ctx context.Context, do func(evidence.Case, vault.Exhibit)) error {
	return k.eachCase(ctx, true, func(c *vault.Case, told map[string]look.Telling) error {
		for id, t := range told {
			if !t.Marked() {
				continue
			}
			if e, err := c.Exhibit(ctx, id); err == nil {
				do(c.Info(), e)
			}
		}
		return nil
	})
}

// eachCase goes through the cases of the vault, each with what was told of its exhibits. One that
// cannot be read is passed over: that is said where it is shown. With closed, cases are left out in
// which nothing is closed; long ones are then not read for it.
func (k *Keeper) eachCase(ctx context.Context, closed bool, do func(*vault.Case, map[string]look.Telling) error) error {
	cases, err := k.vault.Cases(ctx)
	if err != nil {
		return err
	}
	for _, info := range cases {
		c, err := k.vault.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		if closed {
			if marked, err := c.Marked(ctx); err != nil {
				return err
			} else if !marked {
				continue
			}
		}
		told, err := look.Tellings(ctx, c)
		if err != nil {
			return err
		}
		if err := do(c, told); err != nil {
			return err
		}
	}
	return ctx.Err()
}
