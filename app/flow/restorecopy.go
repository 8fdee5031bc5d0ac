package flow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"constat/app/flow/copies"
	"constat/evidence"
	"constat/evidence/replica"
	"constat/evidence/vault"
)

// RestoredCopy is what came of restoring a vault from a copy.
type RestoredCopy struct {
	Vault string `json:"vault"`
	replica.Restored
	Cases []RestoredCase `json:"cases"`
}

// RestoredCase is how far a case goes.
type RestoredCase struct {
	Case     string    `json:"case"`
	Entries  uint64    `json:"entries"` // lines of its log in the copy
	Time     time.Time `json:"time"`    // of the last one
	Exhibits int       `json:"exhibits"`
	// Lost are lines, and LostExhibits exhibits, that this device knows of and the copy has not;
	// LostTime is when the last of them was written. What no device knows of is not counted.
	Lost         uint64     `json:"lost"`
	LostExhibits int        `json:"lost_exhibits"`
	LostTime     *time.Time `json:"lost_time"`
}

// RestoreCopy makes a vault of the newest copy at a place, in a folder that is empty or missing,
// and opens it once with the same secret, to see that it does, and what is known to be lost.
func (a *App) RestoreCopy(
	ctx context.Context,
	place copies.Place,
	s replica.Secret,
	dir string,
	p evidence.Progress,
) (out RestoredCopy, err error) {
	if !s.Code {
		s.Text = norm.NFC.String(s.Text)
	}
	out.Restored, err = copies.Restore(ctx, place, s, dir, p)
	out.Vault = dir
	if err != nil {
		return out, err
	}
	open := func() (*vault.Vault, error) { return vault.Open(ctx, dir, s.Text, a.vaultOptions()) }
	if s.Code {
		open = func() (*vault.Vault, error) {
			return vault.OpenWithRecovery(ctx, dir, vault.RecoveryCode(s.Text), a.vaultOptions())
		}
	}
	v, err := open()
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	for id, h := range out.Restored.Cases {
		r := RestoredCase{Case: id, Entries: h.Seq, Time: h.Time, Exhibits: h.Exhibits}
		if c, err := v.Case(ctx, id); err == nil {
			for _, lost := range c.Lost() {
				if lost.Seq > h.Seq && lost.Seq-h.Seq > r.Lost {
					r.Lost, r.LostExhibits, r.LostTime = lost.Seq-h.Seq, max(lost.Exhibits-h.Exhibits, 0), &lost.Time
				}
			}
		}
		out.Cases = append(out.Cases, r)
	}
	slices.SortFunc(out.Cases, func(a, b RestoredCase) int { return strings.Compare(a.Case, b.Case) })
	return out, ctx.Err()
}
