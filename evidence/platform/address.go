package platform

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// maxAddress is the longest address looked at, in bytes; browsers and servers
// refuse longer ones long before.
const maxAddress = 8192

// address is a web address taken apart as a browser would, with everything
// refused on which browsers and parsers are known to disagree.
type address struct {
	host     string   // lower case, no port, no trailing dot, no "www."
	segments []string // decoded, none empty
	query    map[string]string
	fragment string
	ok       bool // false if the path must not be interpreted
}

// splitAddress returns false unless s is an http or https address (the scheme
// may be missing) of a plain ASCII host on the scheme's usual port.
func splitAddress(s string) (address, bool) {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	})
	if s == "" || len(s) > maxAddress {
		return address{}, false
	}
	// A backslash is a slash to a browser and a plain character to others; a
	// space, tab or line end inside is dropped by some.
	if strings.ContainsFunc(s, func(r rune) bool {
		return r == '\\' || unicode.IsSpace(r) || unicode.IsControl(r)
	}) {
		return address{}, false
	}
	if i := strings.IndexAny(s, "/?#"); i < 0 || !strings.HasPrefix(s[i:], "//") || !strings.HasSuffix(s[:i], ":") {
		s = "https://" + strings.TrimPrefix(s, "//")
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Opaque != "" {
		return address{}, false
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		return address{}, false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if !plainHost(host) {
		return address{}, false
	}
	a := address{host: strings.TrimPrefix(host, "www."), ok: true, query: splitQuery(u.RawQuery), fragment: u.Fragment}
	path := u.EscapedPath()
	if rest, bang := strings.CutPrefix(u.Fragment, "!/"); bang {
		// twitter.com/#!/name of 2010 to 2012, and Facebook of the same years.
		path, a.fragment = rest, ""
	}
	for seg := range strings.SplitSeq(path, "/") {
		if seg == "" {
			continue
		}
		dec, err := url.PathUnescape(seg)
		if err != nil || dec == "." || dec == ".." {
			a.ok = false
			break
		}
		a.segments = append(a.segments, dec)
	}
	return a, true
}

// plainHost refuses addresses of numbers, look-alike letters and their
// punycode: no platform known here uses either.
func plainHost(h string) bool {
	if h == "" || len(h) > 253 || !strings.Contains(h, ".") {
		return false
	}
	for label := range strings.SplitSeq(h, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "xn--") ||
			label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// splitQuery keeps the parameters that mean one thing: a name that stands twice
// with different values is dropped, because servers disagree on which counts.
func splitQuery(raw string) map[string]string {
	out := map[string]string{}
	var twice []string
	for strings.Contains(raw, "&amp;") { // copied from a page's source, or from the source of a source
		raw = strings.ReplaceAll(raw, "&amp;", "&")
	}
	for pair := range strings.SplitSeq(raw, "&") {
		k, v, _ := strings.Cut(pair, "=")
		k, errK := url.QueryUnescape(k)
		v, errV := url.QueryUnescape(v)
		if k == "" || errK != nil || errV != nil {
			continue
		}
		if old, dup := out[k]; dup && old != v {
			twice = append(twice, k)
		}
		out[k] = v
	}
	for _, k := range slices.Compact(twice) {
		delete(out, k)
	}
	return out
}
