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
	// Renewed: the whole history was judged again with what came, and its time
	// can now be shown to stand for longer.
	Renewed     bool       `json:"renewed"`
	StandsUntil *time.Time `json:"stands_until,omitempty"` // null: cannot be shown to stand
}

// NotLonger is why an exhibit was not renewed although timestamps came: they are
// signed with what ends no later than before.
const NotLonger = "not-longer"

// RenewOptions say what is renewed, and by whom.
type RenewOptions struct {
	All         bool                 // every exhibit that has a verified timestamp, due or not
	Authorities []evidence.Authority // nil: the chosen ones of today, and those that the exhibit asked
}

// Renew makes new timestamps over the old ones where a certificate or an
// algorithm ages out (after the idea of RFC 4998).
func (s *Stamper) Renew(ctx context.Context, caseID string, o RenewOptions, p evidence.Progress) ([]RenewResult, error) {
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
		if err := ctx.Err(); err != nil {
			return results, err
		}
		if e.Damage != nil {
			results = append(results, RenewResult{Exhibit: e.ID, Reason: "damaged"})
			continue
		}
		now := s.checker.cfg.Now()
		before := s.stands(ctx, c, e)
		r := RenewResult{Exhibit: e.ID}
		for _, step := range before.newest() {
			if due, why := renewal.Due(step.Time, now); due {
				r.Due, r.Reason = true, string(why)
			}
			r.Due = r.Due || o.All
		}
		r.setUntil(before.result.Until)
		if r.Due {
			if err := s.renew(ctx, c, e, o, before, p); err != nil {
				return append(results, r), err
			}
			if e, err = c.Exhibit(ctx, e.ID); err != nil {
				return append(results, r), err
			}
			after := s.stands(ctx, c, e)
			came := after.generation() > before.generation() && after.result.Proven != nil
			longer := after.result.Until.After(before.result.Until)
			if r.Renewed = came && (o.All || longer); came && !longer && !o.All {
				r.Reason = NotLonger
			}
			r.setUntil(after.result.Until)
		}
		results = append(results, r)
	}
	return results, nil
}

func (r *RenewResult) setUntil(t time.Time) {
	r.StandsUntil = nil
	if !t.IsZero() {
		until := t.UTC()
		r.StandsUntil = &until
	}
}

// standing is everything that was kept of an exhibit's timestamps, judged.
type standing struct {
	history renewal.History
	first   []bundle.Stamp // of generation 0
	rounds  []round
	result  renewal.Result
}

// generation is that of the last round which has a verified token.
func (x standing) generation() int {
	for _, step := range slices.Backward(x.result.Steps) {
		if step.Time != nil {
			return step.Generation
		}
	}
	return 0
}

// newest are the verified tokens of that round.
func (x standing) newest() []renewal.Step {
	var out []renewal.Step
	for _, step := range x.result.Steps {
		if step.Time != nil && step.Generation == x.generation() {
			out = append(out, step)
		}
	}
	return out
}

// stands judges all timestamps of an exhibit, renewals included.
func (s *Stamper) stands(ctx context.Context, c *vault.Case, e vault.Exhibit) standing {
	x := standing{first: s.Stamps(ctx, c, e), rounds: s.renewals(ctx, c, e)}
	x.judge(ctx, e, s.checker.cfg.Now())
	return x
}

func (x *standing) judge(ctx context.Context, e vault.Exhibit, now time.Time) {
	x.history = renewal.History{Manifest: renewal.File{Name: evidence.ManifestName, Data: e.ManifestBytes}}
	verified := map[string]*tsa.Timestamp{}
	g := renewal.Generation{}
	for _, st := range x.first {
		if st.Verified == nil {
			continue
		}
		verified[st.FileName] = st.Verified
		g.Tokens = append(g.Tokens, renewal.File{Name: st.FileName, Data: st.Reply})
		_, files := revocations(ctx, e, 0, st.Authority.Name)
		g.Revocation = append(g.Revocation, files...)
	}
	x.history.Generations = append(x.history.Generations, g)
	for _, r := range x.rounds {
		for _, st := range r.stamps {
			verified[st.FileName] = st.Verified
		}
		x.history.Generations = append(x.history.Generations, renewal.Generation{List: r.list, Tokens: r.tokens, Revocation: r.revocation})
	}
	x.result = renewal.Verify(x.history, func(_ int, token renewal.File, _ evidence.Digest) (*tsa.Timestamp, []evidence.Check) {
		return verified[token.Name], nil
	}, now)
	for _, step := range x.result.Steps {
		for i := range x.first {
			settle(&x.first[i], step)
		}
		for _, r := range x.rounds {
			for i := range r.stamps {
				settle(&r.stamps[i], step)
			}
		}
	}
}

// settle says of a stamp what its step in the history says.
func settle(st *bundle.Stamp, step renewal.Step) {
	if st.Verified == nil || st.FileName != step.Token || step.Time == nil {
		return
	}
	st.Until, st.Ends, st.Lapsed = step.Until, string(step.Ends), step.Standing == renewal.Lapsed
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
			a := authorityOf(e, f)
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

// authorityOf is whose reply a file is, with its roots. Files from before that
// was kept are of an authority that the exhibit itself asked.
func authorityOf(e vault.Exhibit, f vault.File) evidence.Authority {
	if f.Authority != nil {
		return *f.Authority
	}
	name := f.Detail["authority"]
	for _, a := range e.Authorities {
		if a.Name == name {
			return a
		}
	}
	return evidence.Authority{Name: name}
}

// renewers are whom a renewal asks: an authority of day one may be gone, so
// those that are chosen today come first.
func (s *Stamper) renewers(e vault.Exhibit, o RenewOptions) []evidence.Authority {
	if o.Authorities != nil {
		return o.Authorities
	}
	return append(slices.Clone(s.checker.Authorities()), e.Authorities...)
}

// renew lists everything that is there and has the list timestamped. A list
// without a token is taken up again by the next renewal.
func (s *Stamper) renew(ctx context.Context, c *vault.Case, e vault.Exhibit, o RenewOptions, x standing, p evidence.Progress) error {
	h := x.history
	generation := len(h.Generations)
	if last := h.Generations[generation-1]; generation > 1 && len(last.Tokens) == 0 {
		h.Generations, generation = h.Generations[:generation-1], generation-1
	} else if err := s.freshRevocation(ctx, c, &e, &x, generation-1); err != nil {
		return err
	} else {
		h = x.history
	}
	list, err := renewal.Build(h)
	if err != nil {
		return err
	}
	name := renewal.ListName(generation)
	if kept, err := e.ReadFile(ctx, name); err == nil {
		list = kept // what was listed then is what is stamped now
	} else if err := c.AddFile(ctx, e.ID, evidence.ActRenewalListed, name, list, nil); err != nil {
		return err
	}
	return s.With(ctx, c.Info(), s.renewers(e, o), func(authorities []evidence.Authority) error {
		var fresh []bundle.Stamp
		// As in Stamp: what came is stored before anybody is asked for more.
		for _, x := range s.checker.ask(ctx, authorities, evidence.Sum(list), p) {
			if x.err != nil {
				continue
			}
			st := s.checker.judge(x.authority, x.reply.Raw, evidence.Sum(list), x.reply.Nonce, x.reply.Window(), c.Info().Practice, nil)
			if st.Verified == nil {
				continue
			}
			err := c.AddReplyFile(context.WithoutCancel(ctx), e.ID, evidence.ActRenewalStamped, renewal.TokenName(generation, x.authority.Name), x.reply.Raw,
				map[string]string{"authority": x.authority.Name, "generation": strconv.Itoa(generation), "nonce": x.reply.Nonce.Text(16),
					"sent": x.reply.Sent.UTC().Format(time.RFC3339Nano), "received": x.reply.Received.UTC().Format(time.RFC3339Nano)}, x.authority)
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
}

// freshRevocation asks once more what the issuers say of the certificates under
// the last timestamps, before a list closes their generation: an answer from
// after the token, and after the days that a revocation may take to be known,
// says more than the one that came with it.
func (s *Stamper) freshRevocation(ctx context.Context, c *vault.Case, e *vault.Exhibit, x *standing, generation int) error {
	stamps := x.first
	if generation > 0 {
		stamps = x.rounds[generation-1].stamps
	}
	for _, st := range stamps {
		if st.Verified == nil || s.checker.cfg.Now().After(st.Verified.SignerNotAfter) {
			continue // an issuer need not speak of what has expired
		}
		if err := s.keepRevocation(ctx, c, e.ID, generation, st.Authority, st.Verified); err != nil {
			return err
		}
	}
	again, err := c.Exhibit(ctx, e.ID)
	if err != nil {
		return err
	}
	*e, *x = again, s.stands(ctx, c, again)
	return ctx.Err()
}
