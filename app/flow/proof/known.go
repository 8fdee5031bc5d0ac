package proof

import (
	"slices"
	"strings"
	"time"

	"constat/assets/authorities"
	"constat/assets/words"
	"constat/bundle"
	"constat/evidence"
	"constat/evidence/tsa"
)

// known returns what is known of the authority at an address.
func (k *Checker) known(address string) (authorities.Authority, bool) {
	i := slices.IndexFunc(k.cfg.Known, func(x authorities.Authority) bool { return x.URL == address })
	if i < 0 {
		return authorities.Authority{}, false
	}
	return k.cfg.Known[i], true
}

// label says beside a timestamp what is known of its authority, and since when:
// who is qualified today, only the EU trusted lists know.
func (k *Checker) label(st *bundle.Stamp) { st.Label, st.LabelDate = k.labelOf(st.Authority.URL) }

func (k *Checker) labelOf(address string) (label string, since time.Time) {
	x, ok := k.known(address)
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
func (k *Checker) LabelWords(t *words.Text, address string) string {
	label, since := k.labelOf(address)
	if label == "" {
		return ""
	}
	return t.T("timestamp.label."+label, "Date", t.Day(since))
}

// Known are the authorities that the program knows, with what it knows of each.
func (k *Checker) Known() []authorities.Authority { return slices.Clone(k.cfg.Known) }

// AnchorWords says by which certificates an authority's timestamps are judged, one
// line each, with what is needed to compare them.
func (k *Checker) AnchorWords(t *words.Text, address string) []string {
	known, _ := k.known(address)
	var out []string
	for _, a := range known.Anchors {
		until, _ := time.Parse(time.DateOnly, a.Until) // the list was checked
		var read time.Time
		for _, s := range a.Sources {
			if at, err := time.Parse(time.DateOnly, s.Read); err == nil && at.After(read) {
				read = at
			}
		}
		sum, _ := evidence.ParseDigest(a.SHA256)
		key := "timestamp.anchor"
		if len(a.Sources) == 1 {
			key = "timestamp.anchor-once"
		}
		subject, _, _ := strings.Cut(strings.TrimPrefix(a.Subject, "CN="), ",")
		out = append(out, t.T(key, "Subject", subject, "Until", t.Day(until), "N", len(a.Sources), "Read", t.Day(read), "Fingerprint", sum.Grouped()))
	}
	return out
}

// pauseOf is the pause that fair use asks for; 0 for an authority that the
// person chose: they know its terms.
func (k *Checker) pauseOf(address string) time.Duration {
	x, ok := k.known(address)
	if !ok {
		return 0
	}
	return max(x.Pause(), tsa.LeastPause)
}

// pinsOf are the roots that an authority is known to lead to.
func (k *Checker) pinsOf(address string) []evidence.Digest {
	x, _ := k.known(address)
	return pins(x)
}

// Pins are the roots of every known authority, for who verifies a bundle: it
// does not say whom to believe about which address was asked.
func (k *Checker) Pins() []evidence.Digest {
	var all []evidence.Digest
	for _, x := range k.cfg.Known {
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
	for _, a := range x.Anchors {
		if sum, err := evidence.ParseDigest(a.SHA256); err == nil && !slices.Contains(list, sum) {
			list = append(list, sum)
		}
	}
	return list
}
