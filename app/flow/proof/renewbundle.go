package proof

import (
	"context"
	"crypto"
	"fmt"
	"strings"
	"time"

	"constat/bundle"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa/renewal"
)

// BundleRenewal is what the renewal of a finished bundle came to.
type BundleRenewal struct {
	Bundle string `json:"bundle"`
	Due    bool   `json:"due"`
	Reason string `json:"reason,omitempty"` // why it was due, or why it was not renewed: [NotLonger], [Nobody]
	// Renewed: the bundle was verified again with what came, and all of it can now
	// be shown to stand for longer.
	Renewed     bool       `json:"renewed"`
	StandsUntil *time.Time `json:"stands_until,omitempty"` // of the whole
	Ends        string     `json:"ends,omitempty"`
	Verdict     Verdict    `json:"verdict"` // after the renewal
	// Added are the files that are new, in the bundle's folder.
	Added []string `json:"added"`
	// Records counts what the issuers said of the older timestamps' certificates
	// right before; NoRecord names what could not be had.
	Records  int      `json:"records"`
	NoRecord []string `json:"no_record,omitempty"`
	// Unanswered says of each authority that brought nothing usable why.
	Unanswered map[string]string `json:"unanswered,omitempty"`
	// Record is what became of the evidence record; nil: there is none that holds.
	Record *RecordRenewal `json:"evidence_record,omitempty"`
}

// Nobody is why a bundle was not renewed: no authority answered with what verifies.
const Nobody = "no-timestamp"

// BundleNotRenewableError is a bundle on which a renewal would be no proof.
type BundleNotRenewableError struct {
	Bundle  string
	Verdict Verdict // not valid, or could not be checked; TimeNotProven: nothing stands that could be renewed
}

func (e *BundleNotRenewableError) Error() string {
	return fmt.Sprintf("%s: not renewed, for it is %s", e.Bundle, e.Verdict)
}

// BundleRenewOptions say by whom and by what.
type BundleRenewOptions struct {
	All         bool                 // due or not
	Authorities []evidence.Authority // nil: the chosen ones of today
	RootsPEM    []byte               // trusted besides, for what is there and for what comes
	Hash        crypto.Hash          // that the evidence record is renewed by; 0: the one that it has
}

// RenewBundle makes new timestamps over a finished bundle's older ones. They lie
// beside those, where no list of the bundle names them: nothing that was sealed
// is touched. What is there is verified first, and all of it again at the end.
func (k *Checker) RenewBundle(ctx context.Context, dir string, o BundleRenewOptions, p evidence.Progress) (BundleRenewal, error) {
	r := BundleRenewal{Bundle: dir, Added: []string{}}
	asked := o.Authorities
	if asked == nil {
		asked = k.Authorities()
	}
	asked = DistinctAuthorities(asked)
	by := VerifyOptions{RootsPEM: o.RootsPEM}
	for _, a := range asked {
		by.RootsPEM = append(by.RootsPEM[:len(by.RootsPEM):len(by.RootsPEM)], "\n"+a.RootsPEM...)
	}
	if strings.TrimSpace(string(by.RootsPEM)) == "" {
		by.RootsPEM = nil
	}
	w, err := bundle.OpenWhole(dir)
	if err != nil {
		return r, err
	}
	p.Step(evidence.StepCheck)
	before, err := k.verifyWhole(ctx, dir, by)
	if err != nil {
		return r, err
	}
	until, ends := wholeUntil(before)
	r.set(until, ends, before)
	if before.Verdict == verify.NotValid || before.Verdict == verify.CouldNotCheck || until.IsZero() {
		return r, &BundleNotRenewableError{Bundle: dir, Verdict: r.Verdict}
	}
	generation, over := w.Newest()
	newest := tokensOver(before, over)
	for _, t := range newest {
		if due, why := renewal.Due(t.Timestamp, k.cfg.Now()); due {
			r.Due, r.Reason = true, string(why)
		}
	}
	r.Due = r.Due || o.All
	r.Record = newestRecord(before, o, k.cfg.Now())
	recordDue := r.Record != nil && r.Record.Due
	if !r.Due && !recordDue {
		return r, nil
	}
	p.Step(evidence.StepTimestamp)
	next := generation + 1
	if r.Due {
		var list []byte
		if list, next, err = k.listWhole(ctx, w, generation, newest, &r); err != nil {
			return r, err
		}
		if err := k.stampWhole(ctx, w, list, next, asked, &r, p); err != nil {
			return r, err
		}
	}
	var record []renewal.File
	if recordDue {
		if record, err = k.stampRecord(ctx, w, o.Hash, asked, &r, p); err != nil {
			return r, err
		}
	}
	p.Step(evidence.StepCheck)
	after, err := k.verifyWhole(context.WithoutCancel(ctx), dir, by, record...)
	if err != nil {
		return r, err
	}
	longer, ends := wholeUntil(after)
	came := len(tokensOver(after, renewal.ListName(next))) > 0
	r.set(longer, ends, after)
	r.Record.settle(after)
	if r.Record != nil && r.Record.Renewed { // checked first, then published
		for _, f := range record {
			if err := w.Add(f); err != nil {
				return r, err
			}
			r.Added = append(r.Added, f.Name)
		}
	}
	switch {
	case !r.Due:
	case !came:
		r.Reason = Nobody
	case after.Verdict != before.Verdict:
	case longer.After(until), o.All && !longer.IsZero():
		r.Renewed = true
	default:
		r.Reason = NotLonger
	}
	return r, ctx.Err()
}

func (r *BundleRenewal) set(until time.Time, ends renewal.Reason, v verify.Report) {
	r.Verdict, r.StandsUntil, r.Ends = Verdict(v.Verdict), nil, ""
	if !until.IsZero() {
		until = until.UTC()
		r.StandsUntil, r.Ends = &until, string(ends)
	}
}

// verifyWhole judges the bundle. How long after a page was kept it was stamped is
// no matter of a renewal. Files that are not written yet are judged as if they were.
func (k *Checker) verifyWhole(ctx context.Context, dir string, by VerifyOptions, beside ...renewal.File) (verify.Report, error) {
	v, err := k.verifying(by)
	if err != nil {
		return verify.Report{}, err
	}
	v.Beside = beside
	return verify.Verify(ctx, dir, v)
}

// wholeUntil is up to when a time over the whole can be shown to stand.
func wholeUntil(v verify.Report) (until time.Time, ends renewal.Reason) {
	for _, t := range tokensOver(v, bundle.WholeName) {
		if t.Stands && t.Until.After(until) {
			until, ends = t.Until, t.Ends
		}
	}
	return until, ends
}

func tokensOver(v verify.Report, over string) (out []verify.Timestamp) {
	for _, t := range v.Timestamps {
		if t.Over == over {
			out = append(out, t)
		}
	}
	return out
}

// listWhole writes the list of the next generation, after asking once more what
// the issuers say of the certificates under the newest timestamps. A list of
// before that nobody stamped is taken up again as it is.
func (k *Checker) listWhole(
	ctx context.Context,
	w *bundle.Whole,
	generation int,
	newest []verify.Timestamp,
	r *BundleRenewal,
) ([]byte, int, error) {
	next := generation + 1
	if len(w.History.Generations) > next {
		return w.History.Generations[next].List.Data, next, nil
	}
	now := &w.History.Generations[generation]
	for _, t := range newest {
		if k.cfg.Now().After(t.SignerNotAfter) || t.Practice {
			continue // an issuer need not speak of what has expired
		}
		records, problems := k.client().FetchRevocation(ctx, t.Timestamp)
		for _, x := range records {
			f := renewal.File{Name: w.RevocationName(t.File, x.Kind), Data: x.Raw}
			if err := w.Add(f); err != nil {
				return nil, 0, err
			}
			now.Revocation = append(now.Revocation, f)
			r.Added = append(r.Added, f.Name)
			r.Records++
		}
		for _, x := range problems {
			r.NoRecord = append(r.NoRecord, strings.TrimSpace(x.Subject+" "+string(x.Kind)+" "+string(x.Why)))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	list, err := renewal.Build(w.History)
	if err != nil {
		return nil, 0, err
	}
	return list, next, nil
}

// stampWhole asks the authorities, and writes list and replies only if one of
// them verifies.
func (k *Checker) stampWhole(
	ctx context.Context,
	w *bundle.Whole,
	list []byte,
	next int,
	asked []evidence.Authority,
	r *BundleRenewal,
	p evidence.Progress,
) error {
	r.Unanswered = map[string]string{}
	digest := evidence.Sum(list)
	written := len(w.History.Generations) > next
	for _, x := range k.ask(ctx, asked, digest, p) {
		if x.err != nil {
			r.Unanswered[x.authority.Name] = stampReason(ctx, x.err)
			continue
		}
		st := k.judge(x.authority, x.reply.Raw, digest, x.reply.Nonce, x.reply.Window(), false, nil)
		if st.Verified == nil {
			r.Unanswered[x.authority.Name] = st.Reason
			continue
		}
		files := []renewal.File{{Name: w.TokenName(next, x.authority.Name), Data: x.reply.Raw}}
		if !written { // the list first: a token over nothing would be a bad one
			files = append([]renewal.File{{Name: renewal.ListName(next), Data: list}}, files...)
			written = true
		}
		for _, f := range files {
			if err := w.Add(f); err != nil {
				return err
			}
			r.Added = append(r.Added, f.Name)
		}
	}
	return nil
}
