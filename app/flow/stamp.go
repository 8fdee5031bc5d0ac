package flow

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"sync"
	"time"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/vault"
)

// stamps judges what every authority answered over an exhibit's manifest: the
// first verified reply counts, else the last one that came.
func (s *Session) stamps(ctx context.Context, c *vault.Case, e vault.Exhibit) []bundle.Stamp {
	var out []bundle.Stamp
	for _, a := range e.Authorities {
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

// timestamps are the same for a list: what was judged before, by this verifier
// and from the very same facts, is remembered. needed names what was used.
func (s *Session) timestamps(ctx context.Context, c *vault.Case, e vault.Exhibit, known *verdicts) (views []TimestampView, needed []verdictKey) {
	isPractice := c.Info().Practice
	for _, a := range e.Authorities {
		st := s.unjudged(e, a)
		kept := revocationFiles(e, 0, a.Name)
		var view *TimestampView
		for _, reply := range repliesOf(e, a) {
			key := keyOf(e.ManifestDigest, reply, s.app.judgeBy(reply.Authority, isPractice), kept)
			if x := known.find(key); reply.Damage == nil && x != nil {
				st.Received = reply.Received
				v := timestampView(st, time.Time{})
				x.fill(&v)
				v.setGap(st, e.Manifest.Finished.UTC)
				view, needed = &v, append(needed, key)
				break
			}
			records, _ := revocations(ctx, e, 0, a.Name)
			s.judgeReply(&st, c, e, reply, records)
			if st.Verified == nil {
				continue
			}
			v := timestampView(st, e.Manifest.Finished.UTC)
			// A record that could not be read now may refuse the reply when it can.
			if x := verdictOf(v, st.Verified); x != nil && len(records) == len(kept) {
				known.add(key, x)
				needed = append(needed, key)
			}
			view = &v
			break
		}
		if view == nil {
			v := timestampView(st, e.Manifest.Finished.UTC)
			view = &v
		}
		views = append(views, *view)
	}
	return views, needed
}

// unjudged is what the log says of an authority's timestamp besides its replies.
func (s *Session) unjudged(e vault.Exhibit, a evidence.Authority) bundle.Stamp {
	st := bundle.Stamp{Authority: a, FileName: evidence.TokenName(a.Name), Reason: "not-asked"}
	s.app.label(&st)
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
func (s *Session) judgeReply(st *bundle.Stamp, c *vault.Case, e vault.Exhibit, reply vault.Reply, records []tsa.RevocationRecord) {
	var nonce *big.Int
	if len(reply.Nonce) > 0 {
		nonce = new(big.Int).SetBytes(reply.Nonce)
	}
	judged := s.app.judge(reply.Authority, reply.Raw, e.ManifestDigest, nonce, &tsa.Window{From: reply.Sent, To: reply.Received}, c.Info().Practice, records)
	st.Reply, st.Verified, st.Checks, st.Reason = judged.Reply, judged.Verified, judged.Checks, judged.Reason
	if st.Sent, st.Received = reply.Sent, reply.Received; st.Verified == nil {
		st.Tries++
	}
}

// judge verifies one reply. Roots that came with the authority are the only
// ones that count; without any, the built-in list, the system's and the
// fingerprints that are pinned for this authority do.
func (a *App) judge(x evidence.Authority, raw []byte, digest evidence.Digest, nonce *big.Int, w *tsa.Window, isPractice bool, records []tsa.RevocationRecord) bundle.Stamp {
	st := bundle.Stamp{Authority: x, Reply: raw}
	o := a.judgeBy(x, isPractice)
	if x.RootsPEM != "" {
		var err error
		if o.Roots, err = tsa.ParseRootsPEM([]byte(x.RootsPEM)); err != nil {
			st.Reason = "roots"
			return st
		}
	}
	o.Nonce, o.Window, o.Revocation = nonce, w, records
	st.Verified, st.Checks = tsa.Verify(raw, digest, o)
	if st.Verified == nil {
		st.Reason = "rejected"
		if k, failed := tsa.FirstFailure(st.Checks); failed {
			st.Reason = "rejected:" + k.Name
		}
	}
	return st
}

// judgeBy says whom to trust about an authority, its own roots excepted.
func (a *App) judgeBy(x evidence.Authority, isPractice bool) tsa.Options {
	o := tsa.Options{SystemRoots: x.RootsPEM == "", Practice: isPractice && x.Practice}
	if x.RootsPEM == "" {
		o.Pins = a.pinsOf(x.URL)
	}
	return o
}

// timestampView shows a timestamp over something that was finished at a time,
// or over a fingerprint, with the zero time.
func timestampView(st bundle.Stamp, finished time.Time) TimestampView {
	v := TimestampView{Authority: st.Authority.Name, State: StampPending, Checks: st.Checks, Reason: st.Reason, Label: st.Label}
	if !st.LabelDate.IsZero() {
		v.LabelOn = st.LabelDate.Format(time.DateOnly)
	}
	if v.Checks == nil {
		v.Checks = []evidence.Check{}
	}
	switch {
	case st.Verified != nil:
		at := st.Verified.Time.UTC()
		v.State, v.Time, v.Reason = StampVerified, &at, ""
		v.Root, v.Qualified = st.Verified.RootFingerprint.String(), st.Verified.ClaimsQualified
		if st.Verified.HasAccuracy {
			v.Accuracy = st.Verified.Accuracy.Seconds()
		}
		v.setGap(st, finished)
		if offset, uncertainty, ok := st.ClockOffset(); ok {
			v.Clock = &ClockView{Offset: tenths(offset), Uncertainty: tenths(uncertainty)}
		}
	case len(st.Reply) > 0:
		v.State = StampRejected
	}
	return v
}

// setGap says how long after the end of what was kept a verified reply came.
func (v *TimestampView) setGap(st bundle.Stamp, finished time.Time) {
	if finished.IsZero() || st.Received.IsZero() {
		return
	}
	secs := tenths(st.Received.Sub(finished))
	v.Gap, v.Tries = &secs, st.Tries
}

// tenths cuts a span to tenths of a second, as manifests have it.
func tenths(d time.Duration) float64 { return d.Truncate(100 * time.Millisecond).Seconds() }

// answer is what came of asking one authority.
type answer struct {
	authority evidence.Authority
	reply     tsa.Reply
	err       error
}

// ask asks all authorities at once; one that fails does not hold up the others.
func (s *Session) ask(ctx context.Context, list []evidence.Authority, digest evidence.Digest, p evidence.Progress) []answer {
	client := s.app.stamper()
	out := make([]answer, len(list))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := int64(0)
	p.Amount(0, int64(len(list)))
	for i, a := range list {
		wg.Go(func() {
			out[i] = answer{authority: a}
			// Waiting for one's turn is short and can be cancelled like the rest.
			if out[i].err = wait(ctx, s.app.turns.take(a.URL, s.app.pauseOf(a.URL), s.app.cfg.Now())); out[i].err == nil {
				out[i].reply, out[i].err = client.Ask(ctx, a, digest)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			p.Amount(done, int64(len(list)))
		})
	}
	wg.Wait()
	return out
}

// stamp asks the authorities for an exhibit's timestamp and keeps whatever
// they answer. An authority's failure is a fact in the log, not an error.
func (s *Session) stamp(ctx context.Context, c *vault.Case, exhibit string, digest evidence.Digest, list []evidence.Authority, p evidence.Progress) error {
	answers := s.ask(ctx, list, digest, p)
	keep := context.WithoutCancel(ctx) // what came is kept, also after Cancel
	for _, x := range answers {
		var err error
		if x.err == nil {
			err = c.AddReply(keep, exhibit, x.authority, x.reply.Raw, x.reply.Nonce.Bytes(), x.reply.Sent, x.reply.Received)
		} else {
			_, err = c.Append(keep, evidence.Entry{Action: evidence.ActStampFailed, Exhibit: exhibit, Digest: digest,
				Detail: map[string]string{"authority": x.authority.Name, "url": x.authority.URL, "reason": stampReason(ctx, x.err)}})
		}
		if err != nil {
			return err
		}
		if x.err != nil {
			continue
		}
		if st := s.app.judge(x.authority, x.reply.Raw, digest, x.reply.Nonce, x.reply.Window(), c.Info().Practice, nil); st.Verified != nil {
			if err := s.keepRevocation(ctx, c, exhibit, 0, x.authority, st.Verified); err != nil {
				return err
			}
		}
	}
	return nil
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

// withAuthorities calls fn with the authorities to ask. In a practice case that
// is the practice authority alone, which runs on loopback while fn does.
func (s *Session) withAuthorities(ctx context.Context, info evidence.Case, asked []evidence.Authority, fn func([]evidence.Authority) error) error {
	if !info.Practice {
		if asked == nil {
			var err error
			if asked, err = s.app.Authorities(); err != nil {
				return err
			}
		}
		return fn(DistinctAuthorities(asked))
	}
	authority, err := practice.New(s.app.cfg.Now)
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

// Restamp asks again for every timestamp that a case still lacks.
func (s *Session) Restamp(ctx context.Context, caseID string, p evidence.Progress) ([]ExhibitView, error) {
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	list, err := c.Exhibits(ctx)
	if err != nil {
		return nil, err
	}
	p.Step(evidence.StepTimestamp)
	known := s.verdictsOf(ctx, c)
	for _, e := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		missing := s.missing(ctx, c, e, known)
		if len(missing) == 0 {
			continue
		}
		err := s.withAuthorities(ctx, c.Info(), missing, func(now []evidence.Authority) error {
			return s.stamp(ctx, c, e.ID, e.ManifestDigest, now, p)
		})
		if err != nil {
			return nil, err
		}
	}
	return s.exhibits(ctx, c)
}

// missing are the authorities of whom an exhibit has no verified timestamp.
func (s *Session) missing(ctx context.Context, c *vault.Case, e vault.Exhibit, known *verdicts) (list []evidence.Authority) {
	views, _ := s.timestamps(ctx, c, e, known)
	for i, v := range views {
		if v.State != StampVerified {
			list = append(list, e.Authorities[i])
		}
	}
	return list
}

// authoritiesOf collects whom the exhibits asked, so that an export asks the same.
func authoritiesOf(list []vault.Exhibit) []evidence.Authority {
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
