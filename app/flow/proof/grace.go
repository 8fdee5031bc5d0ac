package proof

import (
	"context"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/vault"
)

const (
	// grace is how long a revocation may take to be known: issuers have a day to
	// decide (ETSI EN 319 411-1), and answers are made ahead. What they say after
	// it is kept once more beside each token.
	grace = 48 * time.Hour
	// graceRound is how many exhibits one round of the background looks after.
	graceRound = 100
)

// overdue are the authorities of whose certificates nothing is kept from after
// the grace period, by the log alone.
func (s *Stamper) overdue(e vault.Exhibit) []evidence.Authority {
	var out []evidence.Authority
	for _, f := range e.Files {
		if f.Action == evidence.ActRenewalListed {
			return nil // the list has closed this generation; a renewal asks for its own
		}
	}
	now := s.checker.cfg.Now()
	for _, a := range asked(e) {
		if a.Practice || s.triedGrace(e, a) {
			continue
		}
		var known time.Time // from when on an answer says enough
		for _, r := range repliesOf(e, a) {
			if at := r.Received.Add(grace); at.After(known) {
				known = at
			}
		}
		if known.IsZero() || now.Before(known) {
			continue
		}
		enough := false
		for _, f := range revocationFiles(e, 0, a.Name) {
			enough = enough || !f.Time.Before(known)
		}
		if !enough {
			out = append(out, a)
		}
	}
	return out
}

// triedGrace reports whether an issuer was asked since the vault was opened: one
// that says nothing is not asked again and again.
func (s *Stamper) triedGrace(e vault.Exhibit, a evidence.Authority) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.graced[e.ManifestDigest.String()+a.Name]
}

func (s *Stamper) tryGrace(e vault.Exhibit, a evidence.Authority) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.graced[e.ManifestDigest.String()+a.Name] = true
}

// afterGrace keeps, once the grace period is over, what the issuers say then of
// the certificates under an exhibit's timestamps. Tokens of one signer need one
// answer: told has what this round was told already.
func (s *Stamper) afterGrace(
	ctx context.Context,
	c *vault.Case,
	e vault.Exhibit,
	told map[evidence.Digest][]tsa.RevocationRecord,
) (kept int, err error) {
	list := s.overdue(e)
	if len(list) == 0 {
		return 0, nil
	}
	for _, st := range s.Stamps(ctx, c, e) {
		for _, a := range list {
			if a.Name != st.Authority.Name {
				continue
			}
			s.tryGrace(e, a)
			if st.Verified == nil || st.Verified.Practice || s.checker.cfg.Now().After(st.Verified.SignerNotAfter) {
				continue // an issuer need not speak of what has expired
			}
			signer := evidence.Sum(st.Verified.Chain[0].Raw)
			records, ok := told[signer]
			if !ok {
				records, _ = s.checker.client().FetchRevocation(ctx, st.Verified)
				told[signer] = records
			}
			if err := ctx.Err(); err != nil {
				return kept, err
			}
			if err := s.keepRecords(ctx, c, e.ID, 0, a, records); err != nil {
				return kept, err
			}
			kept += len(records)
		}
	}
	return kept, nil
}
