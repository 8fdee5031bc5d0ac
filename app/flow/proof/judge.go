package proof

import (
	"crypto/x509"
	"math/big"

	"constat/assets/authorities"
	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// judge verifies one reply. Roots that came with the authority are the only
// ones that count; without any, the anchors that are kept for it, the built-in
// list, the system's and the fingerprints that are pinned for it do.
func (k *Checker) judge(
	x evidence.Authority,
	raw []byte,
	digest evidence.Digest,
	nonce *big.Int,
	w *tsa.Window,
	isPractice bool,
	records []tsa.RevocationRecord,
) bundle.Stamp {
	return k.judgeOver(x, raw, tsa.ImprintOf(digest), nonce, w, isPractice, records)
}

// judgeOver is judge for a reply that is over any kind of digest.
func (k *Checker) judgeOver(
	x evidence.Authority,
	raw []byte,
	imprint tsa.Imprint,
	nonce *big.Int,
	w *tsa.Window,
	isPractice bool,
	records []tsa.RevocationRecord,
) bundle.Stamp {
	st := bundle.Stamp{Authority: x, Reply: raw}
	o := k.judgeBy(x, isPractice)
	if x.RootsPEM != "" {
		var err error
		if o.Roots, err = tsa.ParseRootsPEM([]byte(x.RootsPEM)); err != nil {
			st.Reason = "roots"
			return st
		}
	}
	o.Nonce, o.Window, o.Revocation = nonce, w, records
	st.Verified, st.Checks = imprint.Verify(raw, o)
	if st.Verified != nil {
		until, ends := renewal.Limit(st.Verified)
		st.Listed = k.listSet().Find(st.Verified.Chain, st.Verified.Time)
		st.Until, st.Ends, st.Lapsed = until, string(ends), k.cfg.Now().After(until)
	} else {
		st.Reason = "rejected"
		if k, failed := tsa.FirstFailure(st.Checks); failed {
			st.Reason = "rejected:" + k.Name
		}
	}
	return st
}

// judgeBy says whom to trust about an authority, its own roots excepted.
func (k *Checker) judgeBy(x evidence.Authority, isPractice bool) tsa.Options {
	o := tsa.Options{SystemRoots: x.RootsPEM == "", Practice: isPractice && x.Practice}
	if x.RootsPEM == "" {
		o.Pins = k.pinsOf(x.URL)
		known, _ := k.known(x.URL)
		o.Roots = anchorsOf(known)
		for _, p := range known.Policies {
			o.Policies = append(o.Policies, p.OID)
		}
	}
	return o
}

// anchorsOf are the certificates that are kept for an authority's timestamps.
func anchorsOf(x authorities.Authority) []*x509.Certificate {
	roots, err := tsa.ParseRootsPEM([]byte(x.AnchorsPEM()))
	if err != nil { // none: the list was checked
		return nil
	}
	return roots
}

// Anchors are those of every known authority, for who verifies a bundle.
func (k *Checker) Anchors() []*x509.Certificate {
	var all []*x509.Certificate
	for _, x := range k.cfg.Known {
		all = append(all, anchorsOf(x)...)
	}
	return all
}
