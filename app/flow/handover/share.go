package handover

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"

	"constat/bundle"
	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/vault"
)

// Left is an exhibit of the case that is not in a bundle.
type Left struct {
	Exhibit string `json:"exhibit"`
	Reason  string `json:"reason"` // choice, minor, damaged
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

// choose takes what was asked for out of what can be exported, and says what was left out by that.
// nil asks for all. What was named and is not there, or is closed, is not passed over.
func choose(list []vault.Exhibit, closed []bundle.LeftOut, wanted []string) (in []vault.Exhibit, out []string, err error) {
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
			out = append(out, e.ID)
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
	chosen  []string
	damaged map[string]error
}

// list names it all.
func (l leaving) list() []bundle.LeftOut {
	all := slices.Clone(l.closed)
	for _, id := range slices.Sorted(maps.Keys(l.damaged)) {
		all = append(all, bundle.LeftOut{Exhibit: id, Reason: report.LeftOutDamaged})
	}
	for _, id := range l.chosen {
		all = append(all, bundle.LeftOut{Exhibit: id, Reason: report.LeftOutChoice})
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
