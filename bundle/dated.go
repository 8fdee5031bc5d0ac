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
// is one more question, and the digest is all that leaves. Without an answer the report is as it was
// drawn: the timestamp over the whole covers it in either case.
func (w *writer) dated(ctx context.Context, pdf []byte) ([]byte, error) {
	if w.in.Stamp == nil || !slices.ContainsFunc(w.stamps, Stamp.Kept) {
		return pdf, nil // whoever did not answer a moment ago is not waited for again
	}
	var material after.Material
	for _, c := range w.chains() {
		material.Certificates = append(material.Certificates, c.Raw)
	}
	room, err := after.Reserve(pdf, material)
	if errors.Is(err, after.ErrForm) {
		return pdf, nil
	}
	if err != nil {
		return nil, err
	}
	for _, s := range w.in.Stamp(ctx, evidence.Digest(room.Digest())) {
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
