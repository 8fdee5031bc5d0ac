package flow

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

// keepRevocation keeps beside a fresh, verified token what its certificates'
// issuers say of them now, so that it can be judged when they no longer answer.
// What cannot be had is no error: the check "revocation" says that it was not done.
func (s *Session) keepRevocation(ctx context.Context, c *vault.Case, exhibit string, generation int, a evidence.Authority, ts *tsa.Timestamp) error {
	if a.Practice {
		return nil // its certificates name nobody
	}
	records, _ := s.app.stamper().FetchRevocation(ctx, ts)
	keep := context.WithoutCancel(ctx)
	e, err := c.Exhibit(keep, exhibit)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, f := range e.Files {
		taken[f.Name] = true
	}
	n := 0
	for _, r := range records {
		name := ""
		for name == "" || taken[name] {
			n++
			name = renewal.RevocationName(generation, a.Name, n, r.Kind)
		}
		taken[name] = true
		err := c.AddFile(keep, exhibit, evidence.ActRevocationKept, name, r.Raw, map[string]string{
			"authority": a.Name, "generation": strconv.Itoa(generation), "kind": string(r.Kind), "url": r.URL, "subject": r.Subject,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// revocations are the records kept for one authority's tokens of a generation.
// One that cannot be read is left out: a check that is not done says so.
func revocations(ctx context.Context, e vault.Exhibit, generation int, authority string) (records []tsa.RevocationRecord, files []renewal.File) {
	for _, f := range revocationFiles(e, generation, authority) {
		raw, err := e.ReadFile(ctx, f.Name)
		if err != nil {
			continue
		}
		records = append(records, tsa.RevocationRecord{Kind: tsa.RevocationKind(f.Detail["kind"]), URL: f.Detail["url"],
			Subject: f.Detail["subject"], Fetched: f.Time, Raw: raw})
		files = append(files, renewal.File{Name: f.Name, Data: raw})
	}
	return records, files
}

// revocationFiles are those records as the log has them.
func revocationFiles(e vault.Exhibit, generation int, authority string) []vault.File {
	var out []vault.File
	for _, f := range e.Files {
		if f.Action == evidence.ActRevocationKept && f.Detail["authority"] == authority && f.Detail["generation"] == strconv.Itoa(generation) {
			out = append(out, f)
		}
	}
	return out
}

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
func (s *Session) Renew(ctx context.Context, caseID string, all bool, p evidence.Progress) ([]RenewResult, error) {
	c, err := s.v.Case(ctx, caseID)
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
			if due, why := renewal.Due(ts, s.app.cfg.Now()); due {
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
func (s *Session) newest(ctx context.Context, c *vault.Case, e vault.Exhibit) []*tsa.Timestamp {
	generations := [][]bundle.Stamp{s.stamps(ctx, c, e)}
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
func (s *Session) renewals(ctx context.Context, c *vault.Case, e vault.Exhibit) []round {
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
			st := s.app.judge(a, raw, evidence.Sum(data), nil, nil, c.Info().Practice, records)
			st.FileName = f.Name
			st.Sent, _ = time.Parse(time.RFC3339Nano, f.Detail["sent"])
			st.Received, _ = time.Parse(time.RFC3339Nano, f.Detail["received"])
			s.app.label(&st)
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
func (s *Session) history(ctx context.Context, c *vault.Case, e vault.Exhibit) renewal.History {
	h := renewal.History{Manifest: renewal.File{Name: evidence.ManifestName, Data: e.ManifestBytes}}
	first := renewal.Generation{}
	for _, st := range s.stamps(ctx, c, e) {
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
func (s *Session) renew(ctx context.Context, c *vault.Case, e vault.Exhibit, p evidence.Progress) (bool, error) {
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
	renewed := false
	err = s.withAuthorities(ctx, c.Info(), e.Authorities, func(authorities []evidence.Authority) error {
		for _, x := range s.ask(ctx, authorities, evidence.Sum(list), p) {
			if x.err != nil {
				continue
			}
			st := s.app.judge(x.authority, x.reply.Raw, evidence.Sum(list), x.reply.Nonce, x.reply.Window(), c.Info().Practice, nil)
			if st.Verified == nil {
				continue
			}
			err := c.AddFile(context.WithoutCancel(ctx), e.ID, evidence.ActRenewalStamped, renewal.TokenName(generation, x.authority.Name), x.reply.Raw,
				map[string]string{"authority": x.authority.Name, "generation": strconv.Itoa(generation), "nonce": x.reply.Nonce.Text(16),
					"sent": x.reply.Sent.UTC().Format(time.RFC3339Nano), "received": x.reply.Received.UTC().Format(time.RFC3339Nano)})
			if err != nil {
				return err
			}
			renewed = true
			if err := s.keepRevocation(ctx, c, e.ID, generation, x.authority, st.Verified); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return renewed, err
}
