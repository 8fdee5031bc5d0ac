package flow

import (
	"slices"
	"time"

	"constat/assets/authorities"
	"constat/assets/words"
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
func (a *App) label(st *bundle.Stamp) { st.Label, st.LabelDate = a.labelOf(st.Authority.URL) }

func (a *App) labelOf(address string) (label string, since time.Time) {
	x, ok := a.known(address)
	if !ok {
		return "", time.Time{}
	}
	on := x.VerifiedOn
	if x.Label == authorities.OnTrustedList {
		on = x.ListedOn
	}
	at, err := time.Parse(time.DateOnly, on)
	if err != nil { // the list was checked
		return "", time.Time{}
	}
	return x.Label, at
}

// LabelWords says what a source said of the authority at an address, and when;
// it is empty for one that nothing is known of.
func (a *App) LabelWords(t *words.Text, address string) string {
	label, since := a.labelOf(address)
	if label == "" {
		return ""
	}
	return t.T("timestamp.label."+label, "Date", t.Day(since))
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
