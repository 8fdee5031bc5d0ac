package handover

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"

	"constat/app/flow/look"
	"constat/bundle"
	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/ots"
	"constat/evidence/vault"
)

// Left is an exhibit of the case that is not in a bundle.
type Left struct {
	Exhibit string `json:"exhibit"`
	Reason  string `json:"reason"` // choice, minor, same, damaged
}

// ByChoice are the exhibits that were left out by choice.
func (r ExportResult) ByChoice() (ids []string) {
	for _, l := range r.LeftOut {
		if l.Reason == report.LeftOutChoice {
			ids = append(ids, l.Exhibit)
		}
	}
	return ids
}

// Still is what an exhibit that was left out by choice shows and another one holds, which is in the bundle.
type Still struct {
	Exhibit string `json:"exhibit"` // left out
	In      string `json:"in"`      // in the bundle
	File    string `json:"file"`    // of In: one of its files, or what lies inside of one
}

// StillIn are the exhibits that were left out by choice and are in the bundle nevertheless, in others.
func (r ExportResult) StillIn() (left, in []string) {
	for _, s := range r.Still {
		left, in = append(left, s.Exhibit), append(in, s.In)
	}
	slices.Sort(left)
	slices.Sort(in)
	return slices.Compact(left), slices.Compact(in)
}

// Promises counts the calendars that took the bundle in, of those that were to be asked.
func (r ExportResult) Promises() (taken, of int) {
	for _, a := range r.Calendars {
		if a.State == ots.Taken {
			taken++
		}
	}
	return taken, len(r.Calendars)
}

// stillIn looks what of the exhibits that were left out by choice lies in those that are not, in
// whatever wrapping: who leaves a picture out wants to know that it goes along elsewhere. Each pair is
// named once, with the first file by name. What of those cannot be read completely is named too.
func stillIn(ctx context.Context, out, in []vault.Exhibit, p evidence.Progress) (found []Still, unread []string, err error) {
	if len(out) == 0 {
		return nil, nil, nil
	}
	p.Step(evidence.StepCompare)
	all := int64(len(out) + len(in))
	read := int64(0)
	looked := func() { read++; p.Amount(read, all) }
	files := map[evidence.Digest][]string{}
	for _, e := range out {
		tells, entire, err := look.TellsSoFar(ctx, look.HolderOf(e))
		if err != nil {
			return nil, nil, err
		}
		if !entire || e.Damage != nil {
			unread = append(unread, e.ID)
		}
		for sum := range tells {
			files[sum] = append(files[sum], e.ID)
		}
		looked()
	}
	for _, e := range in {
		first := map[string]string{}
		entire, err := look.EachCommon(ctx, look.HolderOf(e), files, func(name string, of []string) {
			for _, id := range of {
				if known, ok := first[id]; !ok || name < known {
					first[id] = name
				}
			}
		})
		if err != nil {
			return nil, nil, err
		}
		if !entire {
			unread = append(unread, e.ID)
		}
		for _, id := range slices.Sorted(maps.Keys(first)) {
			found = append(found, Still{Exhibit: id, In: e.ID, File: first[id]})
		}
		looked()
	}
	return found, unread, nil
}

// choose takes what was asked for out of what can be exported, and says what was left out by that.
// nil asks for all. What was named and is not there, or is closed, is not passed over.
func choose(list []vault.Exhibit, closed []bundle.LeftOut, wanted []string) (in, out []vault.Exhibit, err error) {
	if wanted == nil {
		return list, nil, nil
	}
	for _, id := range wanted {
		switch {
		case slices.ContainsFunc(list, func(e vault.Exhibit) bool { return e.ID == id }):
		case slices.ContainsFunc(closed, func(l bundle.LeftOut) bool { return l.Exhibit == id }):
			return nil, nil, &ChoiceError{Exhibit: id, Closed: true}
		default:
			return nil, nil, &ChoiceError{Exhibit: id}
		}
	}
	for _, e := range list {
		if slices.Contains(wanted, e.ID) {
			in = append(in, e)
		} else {
			out = append(out, e)
		}
	}
	if len(in) == 0 {
		return nil, nil, ErrNothingChosen
	}
	return in, out, nil
}

// leaving is what is not in the bundle, and why.
type leaving struct {
	closed  []bundle.LeftOut
	chosen  []vault.Exhibit
	damaged map[string]error
	still   map[string][]string // of chosen: exhibits that hold a file of it
	unread  map[string]bool     // of chosen: whether that is all is not known
}

// note takes in where files of what was left out by choice lie nevertheless.
func (l leaving) note(still []Still, unread []string) {
	for _, s := range still {
		l.still[s.Exhibit] = append(l.still[s.Exhibit], s.In)
	}
	for _, e := range l.chosen { // one that goes along and cannot be read may hold any of them
		l.unread[e.ID] = slices.Contains(unread, e.ID) ||
			slices.ContainsFunc(unread, func(id string) bool { return !slices.Contains(idsOf(l.chosen), id) })
	}
}

func idsOf(list []vault.Exhibit) (ids []string) {
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}

// list names it all.
func (l leaving) list() []bundle.LeftOut {
	all := slices.Clone(l.closed)
	for _, id := range slices.Sorted(maps.Keys(l.damaged)) {
		all = append(all, bundle.LeftOut{Exhibit: id, Reason: report.LeftOutDamaged})
	}
	for _, e := range l.chosen {
		in := slices.DeleteFunc(slices.Clone(l.still[e.ID]), func(id string) bool { return l.damaged[id] != nil })
		all = append(all, bundle.LeftOut{Exhibit: e.ID, Reason: report.LeftOutChoice, StillIn: in, Unread: l.unread[e.ID]})
	}
	return all
}

// begin notes in the custody log what goes into the bundle and what does not, and signs that very
// line. If the log cannot be written, the last line that begins no export is signed, so that no
// earlier export speaks for this bundle; and nothing can be left out by choice then, because nobody could tell it
// from what was taken away.
func (x *Exporter) begin(ctx context.Context, c *vault.Case, in []vault.Exhibit, out leaving, language string) (
	head *bundle.SignedHead, notNoted string, err error) {
	share := bundle.ShareOf(out.list())
	for _, e := range in {
		share.Here = append(share.Here, e.ID)
	}
	e, err := c.Append(ctx, evidence.Entry{Action: evidence.ActExporting, Detail: share.Detail(language)})
	if err == nil {
		head, err = x.signed(ctx, c, e.Seq)
		return head, "", err
	}
	if notNoted = unnoted(err); notNoted == "" {
		return nil, "", err
	}
	if len(out.chosen) > 0 {
		return nil, "", fmt.Errorf("%w: %w", ErrChoiceNotNoted, err)
	}
	entries, err := c.Entries(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, e := range slices.Backward(entries) {
		if e.Action != evidence.ActExporting {
			head, err = x.signed(ctx, c, e.Seq)
			break
		}
	}
	return head, notNoted, err
}

// signed signs a line of the log: two bundles from one vault carry the same key. Lines of a vault of
// version 1 prove nothing yet, and are not signed: nil.
func (x *Exporter) signed(ctx context.Context, c *vault.Case, seq uint64) (*bundle.SignedHead, error) {
	head, signature, err := c.SignLine(ctx, seq)
	if errors.Is(err, vault.ErrVersion1) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(x.vault.PublicKey())
	if err != nil {
		return nil, err
	}
	return &bundle.SignedHead{
		Statement: vault.HeadStatement(c.Info().ID, head), Signature: signature, KeyFingerprint: x.vault.SigningKeyFingerprint(),
		PublicKeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
	}, nil
}
