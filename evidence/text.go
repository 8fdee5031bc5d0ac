package evidence

import (
	"cmp"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes text from a page, a server or a person safe to show on one line:
// invalid UTF-8 becomes U+FFFD, control characters and line ends become spaces,
// and characters that change the direction or hide text (bidi controls,
// zero-width and other format characters) are removed. It never changes what
// is stored; it is for screens, logs and paper.
func Clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range strings.ToValidUTF8(s, string(utf8.RuneError)) {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r):
			// U+202E and friends: shown text must read as it is stored.
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Shorten is [Clean] cut to at most n characters, with an ellipsis that shows the cut.
func Shorten(s string, n int) string {
	s = Clean(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:max(n-1, 0)]) + "…"
}

// AuthorityName derives a short file-safe name from an authority's address:
// the host, with its port if one is written; "authority" if none of it can stand
// in a file name.
func AuthorityName(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "authority"
	}
	var b strings.Builder
	for _, r := range strings.ToLower(u.Host) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			b.WriteRune(r)
		} else {
			b.WriteByte('-')
		}
	}
	return cmp.Or(strings.Trim(b.String(), ".-"), "authority")
}
