package platform

import (
	"net/url"
	"strings"
	"unicode"
)

// wrapped are the signs that programs and people put around an address.
var wrapped = [][2]string{{"<", ">"}, {"\"", "\""}, {"'", "'"}, {"«", "»"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"(", ")"}, {"[", "]"}}

// trailing are signs of a sentence that are copied along with an address that stands in it.
const trailing = ".,;:!?…\"'»”’>)]"

// Trim takes off what was copied along with an address: white space, a pair of brackets or quotation
// marks around it, signs of the sentence behind it. A closing bracket that belongs to an opening one
// in the address stays, and so does an ellipsis right behind an id: it says that the id is cut.
func Trim(s string) string {
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	s = strings.TrimPrefix(strings.TrimFunc(Unwrap(s), blank), "URL:") // RFC 3986, appendix C
	for s != "" {
		last := []rune(s)[len([]rune(s))-1]
		if !strings.ContainsRune(trailing, last) || last == '…' {
			return s
		}
		if open := map[rune]string{')': "(", ']': "["}[last]; open != "" && strings.Count(s, open) >= strings.Count(s, string(last)) {
			return s
		}
		s = strings.TrimFunc(strings.TrimSuffix(s, string(last)), blank)
	}
	return s
}

// Unwrap takes off white space and a pair of signs that stand around an address and are no part of it:
// "<https://…>" as mail programs write it, and quotation marks.
func Unwrap(s string) string {
	for {
		s = strings.TrimSpace(s)
		n := len(s)
		for _, w := range wrapped {
			inner, ok := strings.CutPrefix(s, w[0])
			if !ok {
				continue
			}
			// A sign behind the pair ("<…>,") belongs to the sentence.
			if i := strings.LastIndex(inner, w[1]); i >= 0 && strings.Trim(inner[i+len(w[1]):], trailing+" ") == "" {
				s = inner[:i]
				break
			}
		}
		if len(s) == n {
			return s
		}
	}
}

// appLink turns a link that opens a platform's app into the web address of the same thing, or
// returns "". Only links whose parts are ids are known.
func appLink(s string) string {
	scheme, _, ok := strings.Cut(s, "://")
	if !ok || len(s) > maxAddress || strings.ContainsFunc(s, unicode.IsSpace) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return ""
	}
	q := splitQuery(u.RawQuery)
	path := strings.Trim(u.EscapedPath(), "/")
	with := func(before, value string) string {
		if value == "" {
			return ""
		}
		return before + url.PathEscape(value)
	}
	switch strings.ToLower(scheme) {
	case "tg":
		return telegramLink(u.Hostname(), q, with)
	case "whatsapp":
		switch u.Hostname() {
		case "send":
			return with("https://wa.me/", strings.TrimLeft(q["phone"], "+ "))
		case "chat":
			return with("https://chat.whatsapp.com/", q["code"])
		}
	case "discord":
		// discord://-/channels/…, discord:///channels/…, discord://discord.com/channels/…
		if path != "" && (u.Host == "-" || u.Host == "" || u.Host == "discord.com" || u.Host == "discordapp.com") {
			return "https://discord.com/" + path
		}
	case "instagram":
		switch u.Hostname() {
		case "user":
			return with("https://www.instagram.com/", q["username"])
		case "media", "p":
			return with("https://www.instagram.com/p/", path)
		}
	case "twitter":
		switch u.Hostname() {
		case "status":
			return with("https://x.com/i/web/status/", q["id"])
		case "user":
			return with("https://x.com/", q["screen_name"])
		}
	case "snapchat":
		if u.Hostname() == "add" {
			return with("https://www.snapchat.com/add/", path)
		}
	case "fb":
		if u.Hostname() == "profile" {
			return with("https://www.facebook.com/profile.php?id=", path)
		}
	}
	return ""
}

// telegramLink follows https://core.telegram.org/api/links.
func telegramLink(what string, q map[string]string, with func(before, value string) string) string {
	behind := func(link string, values ...string) string {
		for _, v := range values {
			if link != "" && v != "" {
				link = with(link+"/", v)
			}
		}
		return link
	}
	switch what {
	case "resolve":
		if q["phone"] != "" {
			return with("https://t.me/+", strings.TrimLeft(q["phone"], "+ "))
		}
		link := behind(with("https://t.me/", q["domain"]), q["thread"], q["post"])
		if link != "" && q["comment"] != "" {
			return with(link+"?comment=", q["comment"])
		}
		return link
	case "join":
		return with("https://t.me/+", q["invite"])
	case "privatepost":
		return behind(with("https://t.me/c/", q["channel"]), q["thread"], q["post"])
	}
	return ""
}
