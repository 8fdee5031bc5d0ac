package bundle

import (
	"context"
	"errors"
	"slices"

	"constat/bundle/paper/after"
	"constat/evidence"
	"constat/evidence/tsa"
)

// dated puts a timestamp into the report itself, so that it proves its time also when it is alone. It
// is one more question, to the first authority that answers well, and the digest is all that leaves. Without an answer the report is as it was
// drawn: the timestamp over the whole covers it in either case.
func (w *writer) dated(ctx context.Context, pdf []byte) ([]byte, error) {
	if w.in.StampOver == nil || !slices.ContainsFunc(w.stamps, Stamp.Kept) {
		return pdf, nil // whoever did not answer a moment ago is not waited for again
	}
	var material after.Material
	for _, c := range w.chains() {
		material.Certificates = append(material.Certificates, c.Raw)
	}
	w.revocation(ctx, &material)
	room, err := after.Reserve(pdf, material)
	if errors.Is(err, after.ErrForm) {
		return pdf, nil
	}
	if err != nil {
		return nil, err
	}
	for _, s := range w.in.StampOver(ctx, tsa.ImprintOf(evidence.Digest(room.Digest()))) {
		if !s.Kept() {
			continue
		}
		token, err := tsa.Token(s.Reply)
		if err != nil {
			continue
		}
		if filled, err := room.Fill(token); err == nil {
			return filled, nil
		}
	}
	return pdf, ctx.Err()
}

// maxRevocation is how many bytes of revocation answers the report takes in.
const maxRevocation = 4 << 20

// revocation asks what is said now of the certificates of whoever answered first for the fingerprint:
// the same who is asked for the report's timestamp. What cannot be had is not there; nobody believes it
// for lying there, only its signatures.
func (w *writer) revocation(ctx context.Context, m *after.Material) {
	i := slices.IndexFunc(w.stamps, Stamp.Kept)
	if w.in.Revocation == nil || i < 0 || w.stamps[i].Verified.Practice {
		return
	}
	left := maxRevocation
	for _, r := range w.in.Revocation(ctx, w.stamps[i].Verified) {
		if left -= len(r.Raw); left < 0 {
			return
		}
		switch r.Kind {
		case tsa.KindOCSP:
			m.OCSP = append(m.OCSP, r.Raw)
		case tsa.KindCRL:
			m.CRL = append(m.CRL, r.Raw)
		}
	}
}
