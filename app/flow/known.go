package flow

import (
	"slices"
	"time"

	"constat/assets/authorities"
	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa"
)

// known returns what is known of the authority at an address.
func (a *App) known(address string) (authorities.Authority, bool) {
	i := slices.IndexFunc(a.cfg.Known, func(x authorities.Authority) bool { return x.URL == address })
	if i < 0 {
		return authorities.Authority{}, false
	}
	return a.cfg.Known[i], true
}

// label says beside a timestamp what is known of its authority, and since when:
// who is qualified today, only the EU trusted lists know.
func (a *App) label(st *bundle.Stamp) {
	x, ok := a.known(st.Authority.URL)
	if !ok {
		return
	}
	on := x.VerifiedOn
	if x.Label == authorities.OnTrustedList {
		on = x.ListedOn
	}
	if at, err := time.Parse(time.DateOnly, on); err == nil { // the list was checked
		st.Label, st.LabelDate = x.Label, at
	}
}

// pauseOf is the pause that fair use asks for; 0 for an authority that the
// person chose: they know its terms.
func (a *App) pauseOf(address string) time.Duration {
	x, ok := a.known(address)
	if !ok {
		return 0
	}
	return max(x.Pause(), tsa.LeastPause)
}

// pinsOf are the roots that an authority is known to lead to.
func (a *App) pinsOf(address string) []evidence.Digest {
	x, _ := a.known(address)
	return pins(x)
}

// allPins are the roots of every known authority, for who verifies a bundle: it
// does not say whom to believe about which address was asked.
func (a *App) allPins() []evidence.Digest {
	var all []evidence.Digest
	for _, x := range a.cfg.Known {
		all = append(all, pins(x)...)
	}
	return all
}

func pins(x authorities.Authority) []evidence.Digest {
	var list []evidence.Digest
	for _, r := range x.Roots {
		if sum, err := evidence.ParseDigest(r.SHA256); err == nil { // the list was checked
			list = append(list, sum)
		}
	}
	return list
}
