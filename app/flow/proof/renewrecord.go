package proof

import (
	"context"
	"crypto"
	"errors"
	"time"

	"constat/bundle"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// RecordRenewal is what the renewal of a bundle's evidence record came to. The
// verdict on the bundle does not rest on it.
type RecordRenewal struct {
	Due    bool   `json:"due"`
	Reason string `json:"reason,omitempty"` // why it was due, or why it was not renewed: [NotLonger], [Nobody], [Foreign]
	// Renewed: the new record was verified, and can be shown to stand for longer, or
	// is by another hash, as was asked for.
	Renewed bool       `json:"renewed"`
	File    string     `json:"file"`   // of the newest record that holds
	Hashes  []string   `json:"hashes"` // of its chains, the first one first
	Until   *time.Time `json:"stands_until,omitempty"`
	Ends    string     `json:"ends,omitempty"`
	// Unanswered says of each authority that was asked and brought nothing usable why.
	Unanswered map[string]string `json:"unanswered,omitempty"`
}

const (
	// Foreign is why a record was not renewed: it holds, and another program wrote it.
	Foreign = "of-another-program"
	// AskedFor is why a record was due that need not be renewed by its age.
	AskedFor = "asked-for"
)

// newestRecord is the last record that holds, and whether it is due.
func newestRecord(v verify.Report, o BundleRenewOptions, now time.Time) *RecordRenewal {
	if len(v.Records) == 0 {
		return nil
	}
	r := &RecordRenewal{}
	last := v.Records[len(v.Records)-1]
	r.show(last)
	due, why := renewal.Due(last.Timestamps[len(last.Timestamps)-1], now)
	other := o.Hash != 0 && last.Hashes[len(last.Hashes)-1] != o.Hash.String()
	switch {
	case last.Proven.IsZero(): // nothing of it stands: a renewal would look like proof and be none
	case due:
		r.Due, r.Reason = true, string(why)
	case o.All || other:
		r.Due, r.Reason = true, AskedFor
	}
	return r
}

func (r *RecordRenewal) show(x verify.EvidenceRecord) {
	shown := recordOf(x)
	r.File, r.Hashes, r.Until, r.Ends = shown.File, shown.Hashes, shown.Until, shown.Ends
}

// settle compares it with what holds with the record that came. One that brings nothing
// is not written, so what is told then is what was there before.
func (r *RecordRenewal) settle(after verify.Report) {
	if r == nil || !r.Due || len(after.Records) == 0 {
		return
	}
	before := *r
	last := after.Records[len(after.Records)-1]
	r.show(last)
	switch {
	case r.File == before.File:
		if r.Reason != Foreign {
			r.Reason = Nobody
		}
	case r.Until != nil && (before.Reason == AskedFor || before.Until == nil || r.Until.After(*before.Until)):
		r.Renewed = true
	default:
		*r = before
		r.Reason = NotLonger
	}
}

// stampRecord asks one authority after the other, up to the first whose answer
// verifies, and returns the record that comes of it, which is not written yet.
func (k *Checker) stampRecord(
	ctx context.Context,
	w *bundle.Whole,
	hash crypto.Hash,
	asked []evidence.Authority,
	r *BundleRenewal,
	p evidence.Progress,
) ([]renewal.File, error) {
	next, err := w.RenewRecord(ctx, r.Record.File, hash)
	if errors.Is(err, bundle.ErrRecord) {
		r.Record.Reason = Foreign
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.Record.Unanswered = map[string]string{}
	for _, a := range asked {
		for _, x := range k.askOver(ctx, []evidence.Authority{a}, next.Imprint, p) {
			if x.err != nil {
				r.Record.Unanswered[a.Name] = stampReason(ctx, x.err)
				continue
			}
			st := k.judgeOver(a, x.reply.Raw, next.Imprint, x.reply.Nonce, x.reply.Window(), false, nil)
			if st.Verified == nil {
				r.Record.Unanswered[a.Name] = st.Reason
				continue
			}
			token, err := tsa.Token(x.reply.Raw)
			if err != nil {
				return nil, err
			}
			f, err := next.File(token)
			return []renewal.File{f}, err
		}
	}
	return nil, nil
}

// RecordHash is a hash function by the name that OpenSSL has for it; empty: none, which is 0.
func RecordHash(name string) (h crypto.Hash, ok bool) {
	known := map[string]crypto.Hash{"": 0, "sha512": crypto.SHA512, "sha3-256": crypto.SHA3_256, "sha3-512": crypto.SHA3_512, "sha384": crypto.SHA384}
	h, ok = known[name]
	return h, ok
}
