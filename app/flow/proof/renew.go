package proof

import (
	"context"
	"slices"
	"strconv"
	"time"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
	"constat/evidence/vault"
)

// RenewResult is what a renewal came to, exhibit by exhibit.
type RenewResult struct {
	Exhibit string `json:"exhibit"`
	Due     bool   `json:"due"`
	Reason  string `json:"reason,omitempty"` // why it was due
	Renewed bool   `json:"renewed"`
}

// Renew makes new timestamps over the old ones where a certificate or an
// algorithm ages out (after the idea of RFC 4998). With all set it renews every
// exhibit that has a verified timestamp.
func (s *Stamper) Renew(ctx context.Context, caseID string, all bool, p evidence.Progress) ([]RenewResult, error) {
	c, err := s.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	list, err := c.Exhibits(ctx)
	if err != nil {
		return nil, err
	}
	p.Step(evidence.StepTimestamp)
	results := []RenewResult{}
	for _, e := range list {
		r := RenewResult{Exhibit: e.ID}
		for _, ts := range s.newest(ctx, c, e) {
			if due, why := renewal.Due(ts, s.checker.cfg.Now()); due {
				r.Due, r.Reason = true, string(why)
			}
			r.Due = r.Due || all
		}
		if r.Due {
			if r.Renewed, err = s.renew(ctx, c, e, p); err != nil {
				return results, err
			}
		}
		results = append(results, r)
	}
	return results, nil
}

// newest are the verified timestamps of the last generation that has any.
func (s *Stamper) newest(ctx context.Context, c *vault.Case, e vault.Exhibit) []*tsa.Timestamp {
	generations := [][]bundle.Stamp{s.Stamps(ctx, c, e)}
	for _, r := range s.renewals(ctx, c, e) {
		generations = append(generations, r.stamps)
	}
	for _, stamps := range slices.Backward(generations) {
		var out []*tsa.Timestamp
		for _, st := range stamps {
			if st.Verified != nil {
				out = append(out, st.Verified)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// round is one renewal as it is kept.
type round struct {
	generation int
	list       renewal.File
	stamps     []bundle.Stamp
	tokens     []renewal.File
	revocation []renewal.File
}

// renewals judges what was kept of an exhibit's renewals, oldest first.
func (s *Stamper) renewals(ctx context.Context, c *vault.Case, e vault.Exhibit) []round {
	var rounds []round
	for generation := 1; ; generation++ {
		name := renewal.ListName(generation)
		data, err := e.ReadFile(ctx, name)
		if err != nil {
			return rounds
		}
		r := round{generation: generation, list: renewal.File{Name: name, Data: data}}
		for _, f := range e.Files {
			if f.Action != evidence.ActRenewalStamped || f.Detail["generation"] != strconv.Itoa(generation) {
				continue
			}
			raw, err := e.ReadFile(ctx, f.Name)
			if err != nil {
				continue
			}
			a := authorityNamed(e, f.Detail["authority"])
			records, files := revocations(ctx, e, generation, a.Name)
			st := s.checker.judge(a, raw, evidence.Sum(data), nil, nil, c.Info().Practice, records)
			st.FileName = f.Name
			st.Sent, _ = time.Parse(time.RFC3339Nano, f.Detail["sent"])
			st.Received, _ = time.Parse(time.RFC3339Nano, f.Detail["received"])
			s.checker.label(&st)
			r.stamps = append(r.stamps, st)
			r.tokens = append(r.tokens, renewal.File{Name: f.Name, Data: raw})
			r.revocation = append(r.revocation, files...)
		}
		rounds = append(rounds, r)
	}
}

// authorityNamed is the authority as the exhibit asked it, with its roots.
func authorityNamed(e vault.Exhibit, name string) evidence.Authority {
	for _, a := range e.Authorities {
		if a.Name == name {
			return a
		}
	}
	return evidence.Authority{Name: name}
}

// history is everything that was kept of an exhibit's timestamps.
func (s *Stamper) history(ctx context.Context, c *vault.Case, e vault.Exhibit) renewal.History {
	h := renewal.History{Manifest: renewal.File{Name: evidence.ManifestName, Data: e.ManifestBytes}}
	first := renewal.Generation{}
	for _, st := range s.Stamps(ctx, c, e) {
		if st.Verified == nil {
			continue
		}
		first.Tokens = append(first.Tokens, renewal.File{Name: st.FileName, Data: st.Reply})
		_, files := revocations(ctx, e, 0, st.Authority.Name)
		first.Revocation = append(first.Revocation, files...)
	}
	h.Generations = append(h.Generations, first)
	for _, r := range s.renewals(ctx, c, e) {
		h.Generations = append(h.Generations, renewal.Generation{List: r.list, Tokens: r.tokens, Revocation: r.revocation})
	}
	return h
}

// renew lists everything that is there and has the list timestamped. A list
// without a token is taken up again by the next renewal.
func (s *Stamper) renew(ctx context.Context, c *vault.Case, e vault.Exhibit, p evidence.Progress) (bool, error) {
	h := s.history(ctx, c, e)
	generation := len(h.Generations)
	if last := h.Generations[generation-1]; generation > 1 && len(last.Tokens) == 0 {
		h.Generations, generation = h.Generations[:generation-1], generation-1
	}
	list, err := renewal.Build(h)
	if err != nil {
		return false, err
	}
	name := renewal.ListName(generation)
	if kept, err := e.ReadFile(ctx, name); err == nil {
		list = kept // what was listed then is what is stamped now
	} else if err := c.AddFile(ctx, e.ID, evidence.ActRenewalListed, name, list, nil); err != nil {
		return false, err
	}
	var fresh []bundle.Stamp
	err = s.With(ctx, c.Info(), e.Authorities, func(authorities []evidence.Authority) error {
		// As in Stamp: what came is stored before anybody is asked for more.
		for _, x := range s.checker.ask(ctx, authorities, evidence.Sum(list), p) {
			if x.err != nil {
				continue
			}
			st := s.checker.judge(x.authority, x.reply.Raw, evidence.Sum(list), x.reply.Nonce, x.reply.Window(), c.Info().Practice, nil)
			if st.Verified == nil {
				continue
			}
			err := c.AddFile(context.WithoutCancel(ctx), e.ID, evidence.ActRenewalStamped, renewal.TokenName(generation, x.authority.Name), x.reply.Raw,
				map[string]string{"authority": x.authority.Name, "generation": strconv.Itoa(generation), "nonce": x.reply.Nonce.Text(16),
					"sent": x.reply.Sent.UTC().Format(time.RFC3339Nano), "received": x.reply.Received.UTC().Format(time.RFC3339Nano)})
			if err != nil {
				return err
			}
			fresh = append(fresh, st)
		}
		for _, st := range fresh {
			if err := s.keepRevocation(ctx, c, e.ID, generation, st.Authority, st.Verified); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return len(fresh) > 0, err
}
