package keep

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"constat/evidence/platform"
)

// samePage reports whether two addresses may be those of one page: the same thing of a platform, or
// the same host and path with nothing asked for in one that the other says otherwise. Also an address
// that a page to sign in to names as where it leads counts as its own. In doubt it says yes: it only
// keeps a page from being a witness.
func samePage(a, b string, now time.Time) bool {
	for _, x := range leadsTo(a, now) {
		for _, y := range leadsTo(b, now) {
			if sameThing(x, y, now) || sameAddress(x, y) {
				return true
			}
		}
	}
	return false
}

// leadsTo is an address with those that stand in it as a destination.
func leadsTo(address string, now time.Time) []string {
	address = platform.Trim(address)
	all := []string{address}
	if it, ok := platform.Recognize(address, now); ok && it.Target != "" {
		all = append(all, it.Target)
	}
	u, err := url.Parse(address)
	if err != nil {
		return all
	}
	for _, values := range u.Query() {
		for _, v := range values {
			if to, err := u.Parse(v); err == nil && (strings.HasPrefix(v, "/") || to.Host != "" && strings.Contains(v, "://")) {
				all = append(all, to.String())
			}
		}
	}
	return all
}

// sameThing reports whether a platform gives both the same id, or the same lasting address.
func sameThing(a, b string, now time.Time) bool {
	x, ok := platform.Recognize(a, now)
	y, same := platform.Recognize(b, now)
	if !ok || !same || x.Platform != y.Platform {
		return false
	}
	if x.Permalink != "" && x.Permalink == y.Permalink {
		return true
	}
	field, id := x.Own()
	other, with := y.Own()
	return id != "" && field == other && id == with
}

// following are the parameters by which sites follow a link around; they name no page.
var following = []string{"igsh", "igshid", "fbclid", "gclid", "dclid", "msclkid", "mibextid", "rdid", "ref", "ref_src", "si", "share_id"}

func sameAddress(a, b string) bool {
	x, err := url.Parse(a)
	y, wrong := url.Parse(b)
	if err != nil || wrong != nil || hostOf(x) == "" || hostOf(x) != hostOf(y) ||
		strings.TrimRight(x.Path, "/") != strings.TrimRight(y.Path, "/") {
		return false
	}
	p, q := asked(x), asked(y)
	return within(p, q) || within(q, p)
}

func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	for _, front := range []string{"www.", "m.", "mobile."} {
		if rest, ok := strings.CutPrefix(host, front); ok {
			return rest
		}
	}
	return host
}

func asked(u *url.URL) url.Values {
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "utm_") || slices.Contains(following, name) {
			q.Del(name)
		}
	}
	return q
}

// within reports whether everything that one asks for is asked for by the other too.
func within(p, q url.Values) bool {
	for name, values := range p {
		if !slices.Equal(values, q[name]) {
			return false
		}
	}
	return true
}
