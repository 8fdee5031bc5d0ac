package proof

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"sync"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/vault"
)

// Vault is what a [Stamper] needs of an open vault.
type Vault interface {
	Cases(ctx context.Context) ([]evidence.Case, error)
	Case(ctx context.Context, id string) (*vault.Case, error)
}

// Stamper has the exhibits of an open vault timestamped, and judges what was kept of it. It is safe
// for concurrent use.
type Stamper struct {
	checker *Checker
	vault   Vault

	mu       sync.Mutex
	verdicts map[string]*verdicts // by case
	graced   map[string]bool      // manifest and authority of whom an issuer was asked after the grace period
}

// NewStamper makes the Stamper of an open vault.
func NewStamper(k *Checker, v Vault) *Stamper {
	return &Stamper{checker: k, vault: v, verdicts: map[string]*verdicts{}, graced: map[string]bool{}}
}

// Stamps judges what every authority answered over an exhibit's manifest: the
// first verified reply counts, else the last one that came.
func (s *Stamper) Stamps(ctx context.Context, c *vault.Case, e vault.Exhibit) []bundle.Stamp {
	var out []bundle.Stamp
	for _, a := range asked(e) {
		st := s.unjudged(e, a)
		records, _ := revocations(ctx, e, 0, a.Name)
		for _, reply := range repliesOf(e, a) {
			if s.judgeReply(&st, c, e, reply, records); st.Verified != nil {
				break
			}
		}
		out = append(out, st)
	}
	return out
}

// Timestamps are the same as they are shown.
func (s *Stamper) Timestamps(ctx context.Context, c *vault.Case, e vault.Exhibit) []Timestamp {
	views := []Timestamp{}
	for _, st := range s.stands(ctx, c, e).first {
		views = append(views, timestampOf(st, e.Manifest.Finished.UTC))
	}
	return views
}

// unjudged is what the log says of an authority's timestamp besides its replies.
func (s *Stamper) unjudged(e vault.Exhibit, a evidence.Authority) bundle.Stamp {
	st := bundle.Stamp{Authority: a, FileName: evidence.TokenName(a.Name), Reason: "not-asked"}
	s.checker.label(&st)
	for _, f := range e.StampFailures {
		if f.Detail["authority"] != a.Name {
			continue
		}
		if st.Reason = f.Detail["reason"]; st.Reason != "cancelled" {
			st.Tries++
		}
	}
	return st
}

// asked are the authorities of an exhibit: those that it was to ask, and those
// that were asked later.
func asked(e vault.Exhibit) []evidence.Authority {
	out := slices.Clone(e.Authorities)
	for _, r := range e.Replies {
		if !slices.ContainsFunc(out, func(a evidence.Authority) bool { return a.Name == r.Authority.Name }) {
			out = append(out, r.Authority)
		}
	}
	return out
}

func repliesOf(e vault.Exhibit, a evidence.Authority) []vault.Reply {
	var out []vault.Reply
	for _, r := range e.Replies {
		if r.Authority.Name == a.Name {
			out = append(out, r)
		}
	}
	return out
}

// judgeReply judges one reply of an authority and puts what came of it into st.
func (s *Stamper) judgeReply(st *bundle.Stamp, c *vault.Case, e vault.Exhibit, reply vault.Reply, records []tsa.RevocationRecord) {
	var nonce *big.Int
	if len(reply.Nonce) > 0 {
		nonce = new(big.Int).SetBytes(reply.Nonce)
	}
	judged := s.checker.judge(
		reply.Authority,
		reply.Raw,
		e.ManifestDigest,
		nonce,
		&tsa.Window{From: reply.Sent, To: reply.Received},
		c.Info().Practice,
		records,
	)
	st.Reply, st.Verified, st.Checks, st.Reason = judged.Reply, judged.Verified, judged.Checks, judged.Reason
	st.Until, st.Ends, st.Lapsed, st.Listed = judged.Until, judged.Ends, judged.Lapsed, judged.Listed
	if st.Sent, st.Received = reply.Sent, reply.Received; st.Verified == nil {
		st.Tries++
	}
}

// Stamp asks the authorities for an exhibit's timestamp and keeps whatever
// they answer. An authority's failure is a fact in the log, not an error.
func (s *Stamper) Stamp(
	ctx context.Context,
	c *vault.Case,
	exhibit string,
	digest evidence.Digest,
	list []evidence.Authority,
	p evidence.Progress,
) error {
	answers := s.checker.ask(ctx, list, digest, p)
	// All that came is stored, also after Cancel, before anybody is asked for more: it cannot be
	// had again.
	keep := context.WithoutCancel(ctx)
	var failed error
	for _, x := range answers {
		failed = errors.Join(failed, s.store(keep, c, exhibit, digest, x, stampReason(ctx, x.err)))
	}
	if failed != nil {
		return failed
	}
	for _, x := range answers {
		if x.err != nil {
			continue
		}
		if st := s.checker.judge(x.authority, x.reply.Raw, digest, x.reply.Nonce, x.reply.Window(), c.Info().Practice, nil); st.Verified != nil {
			if err := s.keepRevocation(ctx, c, exhibit, 0, x.authority, st.Verified); err != nil {
				return err
			}
		}
	}
	return nil
}

// store puts one answer into the vault, or why there is none.
func (s *Stamper) store(ctx context.Context, c *vault.Case, exhibit string, digest evidence.Digest, x answer, reason string) error {
	if x.err == nil {
		return c.AddReply(ctx, exhibit, x.authority, x.reply.Raw, x.reply.Nonce.Bytes(), x.reply.Sent, x.reply.Received)
	}
	_, err := c.Append(ctx, evidence.Entry{Action: evidence.ActStampFailed, Exhibit: exhibit, Digest: digest,
		Detail: map[string]string{"authority": x.authority.Name, "url": x.authority.URL, "reason": reason}})
	return err
}

// stampReason is the stable code of a failure to get a timestamp.
func stampReason(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return "cancelled"
	}
	if ae, ok := errors.AsType[*tsa.AuthorityError](err); ok {
		return string(ae.Cause())
	}
	return "other"
}

// With calls fn with the authorities to ask. In a practice case that
// is the practice authority alone, which runs on loopback while fn does.
func (s *Stamper) With(ctx context.Context, info evidence.Case, asked []evidence.Authority, fn func([]evidence.Authority) error) error {
	if !info.Practice {
		if asked == nil {
			asked = s.checker.Authorities()
		}
		return fn(DistinctAuthorities(asked))
	}
	authority, err := practice.New(s.checker.cfg.Now)
	if err != nil {
		return err
	}
	url, stop, err := authority.Listen(ctx)
	if err != nil {
		return err
	}
	defer stop()
	return fn([]evidence.Authority{authority.Describe(url)})
}

// Restamp asks again for every timestamp that a case still lacks; with a list it
// asks those authorities, for each exhibit that has no verified timestamp of them.
func (s *Stamper) Restamp(ctx context.Context, caseID string, by []evidence.Authority, p evidence.Progress) error {
	c, err := s.vault.Case(ctx, caseID)
	if err != nil {
		return err
	}
	list, err := c.Exhibits(ctx)
	if err != nil {
		return err
	}
	p.Step(evidence.StepTimestamp)
	known := s.Remembered(ctx, c)
	for _, e := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		lacking := missing(ctx, e, known)
		if by != nil && !c.Info().Practice {
			lacking = further(e, by, lacking)
		}
		if len(lacking) == 0 {
			continue
		}
		err := s.With(ctx, c.Info(), lacking, func(now []evidence.Authority) error {
			return s.Stamp(ctx, c, e.ID, e.ManifestDigest, now, p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// missing are the authorities of whom an exhibit has no verified timestamp.
func missing(ctx context.Context, e vault.Exhibit, known *Remembered) (list []evidence.Authority) {
	for i, v := range known.Timestamps(ctx, e) {
		if v.State != Verified {
			list = append(list, asked(e)[i])
		}
	}
	return list
}

// further are those of a list of whom an exhibit lacks a timestamp, under names
// that no other authority of it has.
func further(e vault.Exhibit, by, lacking []evidence.Authority) []evidence.Authority {
	there := asked(e)
	var out []evidence.Authority
	for _, a := range by {
		i := slices.IndexFunc(there, func(b evidence.Authority) bool { return b.URL == a.URL })
		switch {
		case i < 0:
			all := DistinctAuthorities(append(slices.Clone(there), a))
			a = all[len(all)-1]
			there = append(there, a)
			out = append(out, a)
		case slices.ContainsFunc(lacking, func(b evidence.Authority) bool { return b.Name == there[i].Name }):
			a.Name = there[i].Name
			out = append(out, a)
		}
	}
	return out
}

// Asked collects whom the exhibits asked, so that an export asks the same.
func Asked(list []vault.Exhibit) []evidence.Authority {
	var all []evidence.Authority
	for _, e := range list {
		for _, a := range e.Authorities {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}
