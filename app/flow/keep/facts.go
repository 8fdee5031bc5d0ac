package keep

import (
	"context"
	"errors"
	"maps"

	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/vault"
)

// SaveFacts keeps what the person tells about an exhibit, as typed. Only what
// changed is written; the earlier words stay in the custody log. An empty value
// takes a fact back.
func (k *Keeper) SaveFacts(ctx context.Context, caseID, exhibit string, facts map[string]string) (look.Exhibit, error) {
	if err := evidence.CheckFacts(facts); err != nil {
		return look.Exhibit{}, err
	}
	c, err := k.vault.Case(ctx, caseID)
	if err != nil {
		return look.Exhibit{}, err
	}
	told, err := look.TellingOf(ctx, c, exhibit)
	if err != nil {
		return look.Exhibit{}, err
	}
	changed := map[string]string{}
	for name, value := range facts {
		if told.Facts[name] != value {
			changed[name] = value
		}
	}
	if len(changed) > 0 {
		if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActFactsEdited, Exhibit: exhibit, Detail: changed}); err != nil {
			return look.Exhibit{}, err
		}
	}
	return k.look.ExhibitOf(ctx, c, exhibit)
}

// MarkMinor closes an exhibit's display and export at once and for good, and
// with it every exhibit of the vault that holds one of its files. It
// deletes nothing: whether to keep or hand over such a file is for Child Focus,
// the police or a lawyer to say.
func (k *Keeper) MarkMinor(ctx context.Context, caseID, exhibit string) (look.Exhibit, error) {
	c, err := k.vault.Case(ctx, caseID)
	if err != nil {
		return look.Exhibit{}, err
	}
	e, err := look.Open(ctx, c, exhibit)
	if errors.Is(err, look.ErrMinor) {
		return k.look.ExhibitOf(ctx, c, exhibit)
	}
	marked := exhibit
	if e.Manifest.Recheck != nil { // a visit shows what the exhibit shows: both are closed
		marked = e.Manifest.Recheck.Exhibit
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActMarkedMinor, Exhibit: marked}); err != nil {
		return look.Exhibit{}, err
	}
	// The bytes are closed, wherever they are: also inside of an e-mail, a ZIP or a web archive, and in other
	// cases. What was marked is closed from here on, whatever happens on the way.
	ctx = context.WithoutCancel(ctx)
	files, err := k.tells(ctx, c, e, marked)
	if err != nil {
		return look.Exhibit{}, err
	}
	with, unread, err := k.closeSharing(ctx, c, marked, files)
	if err != nil {
		return look.Exhibit{}, err
	}
	if !look.Unpacked(ctx, look.HolderOf(e)) { // what is in it is not known in others
		unread = append([]string{e.ID}, unread...)
	}
	x, err := k.look.ExhibitOf(ctx, c, exhibit)
	x.ClosedWith, x.ClosedUnread = with, unread
	return x, err
}

// tells are the digests that a closed exhibit is known by, with those of what it is a visit to.
func (k *Keeper) tells(ctx context.Context, c *vault.Case, e vault.Exhibit, marked string) (map[evidence.Digest]bool, error) {
	var seen *witnesses
	at := shownAt(e.Manifest)
	var visited vault.Exhibit
	if marked != e.ID {
		var err error
		if visited, err = c.Exhibit(ctx, marked); err == nil {
			at = append(at, shownAt(visited.Manifest)...)
		}
	}
	files, err := k.tellsOf(ctx, e, &seen, at...)
	if err != nil || visited.ID == "" {
		return files, err
	}
	more, err := k.tellsOf(ctx, visited, &seen, at...)
	maps.Copy(files, more)
	return files, err
}
