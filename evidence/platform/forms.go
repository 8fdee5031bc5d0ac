package platform

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat/evidence"
)

const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letter = lower + upper
	alnum  = letter + digits
	token  = alnum + "_-" // base64 for addresses, RFC 4648 section 5
)

// form is what an id must look like: characters of chars (empty: see check),
// min to max of them, the first one of first if set, and whatever check adds.
type form struct {
	chars, first string
	min, max     int
	check        func(string) Reason
}

// judge returns "" if v has the form.
func (f form) judge(v string) Reason {
	if !utf8.ValidString(v) {
		return ReasonCharacters
	}
	for _, r := range v {
		if f.chars != "" && !strings.ContainsRune(f.chars, r) {
			return ReasonCharacters
		}
	}
	if n := utf8.RuneCountInString(v); n < max(f.min, 1) || n > f.max {
		return ReasonLength
	}
	if f.first != "" && !strings.Contains(f.first, v[:1]) {
		return ReasonForm
	}
	if f.check != nil {
		return f.check(v)
	}
	return ""
}

// forms by name. Lengths are generous where the platform states none.
var forms = map[string]form{
	"number":    {chars: digits, min: 1, max: 25},
	"base36":    {chars: alnum, min: 2, max: 12}, // either case means the same
	"code":      {chars: token, min: 3, max: 80},
	"long":      {chars: token + ".=", min: 1, max: 300},
	"hexcode":   {chars: lower + digits, min: 6, max: 40},
	"name":      {chars: token + ".", min: 1, max: 64},
	"word":      {min: 1, max: 150, check: wordy("._-·")},
	"slug":      {min: 1, max: 300, check: wordy("._-·~")},
	"text":      {min: 1, max: 500, check: plainText},
	"url":       {min: 1, max: 4096, check: plainText},
	"phone":     {chars: digits, min: 7, max: 15}, // E.164
	"latlon":    {chars: digits + ".,-z", min: 3, max: 60},
	"uuid":      {chars: "0123456789abcdefABCDEF-", min: 36, max: 36, check: uuid},
	"snowflake": {chars: digits, min: 17, max: 19, check: int63},
	"number63":  {chars: digits, min: 1, max: 19, check: int63},
	"longint":   {chars: digits, min: 15, max: 19, check: int63},

	"fb-account": {min: 2, max: 120, check: wordy(".-_")},
	"fb-post":    {chars: alnum, min: 1, max: 200, check: fbPost},
	"fb-set":     {chars: alnum + ".", min: 3, max: 100},
	"ig-account": {chars: alnum + "._", min: 1, max: 30},
	"ig-media":   {chars: digits, min: 19, max: 19, check: int63}, // since 2013; shorter ones are not whole
	"fb-tid":     {chars: token + ".=:", min: 3, max: 200},
	"sc-story":   {chars: token + ".=:", min: 1, max: 300},
	"tt-post":    {chars: digits, min: 19, max: 19, check: int63}, // of every year since 2016
	"tt-secuid":  {chars: token, min: 30, max: 120, check: prefixed("MS4wLjABAAAA")},
	"x-file":     {chars: token + ".:", min: 1, max: 64},
	"shortcode":  {chars: token, min: 5, max: 50, check: shortcode},
	"dc-invite":  {chars: alnum + "-", min: 2, max: 32},
	"rd-account": {chars: token, min: 2, max: 24},
	"rd-group":   {chars: token, min: 2, max: 30},
	"sc-account": {chars: token + ".", first: letter, min: 3, max: 15},
	"tg-name":    {chars: alnum + "_", first: letter, min: 3, max: 32}, // three: the oldest bots
	"tg-invite":  {chars: token, min: 10, max: 64},
	"tg-chat":    {chars: digits + "-_", min: 5, max: 40},
	"tt-account": {chars: alnum + "._", min: 1, max: 32},
	"x-account":  {chars: alnum + "_", min: 1, max: 20}, // 15 today; a few old ones are longer
	"x-post":     {chars: digits, min: 1, max: 19, check: xPost},
	"x-chat":     {chars: digits + "-", min: 3, max: 60},
	"yt-video":   {chars: token, min: 11, max: 11},
	"yt-channel": {chars: token, min: 24, max: 24, check: prefixed("UC")},
	"yt-post":    {chars: token, min: 20, max: 60, check: prefixed("Ug")},
	"yt-handle":  {min: 3, max: 30, check: wordy("._-·")},
	"yt-comment": {chars: token + ".", min: 10, max: 120},
	"xh-post":    {chars: alnum, min: 3, max: 14},
}

func prefixed(p string) func(string) Reason {
	return func(v string) Reason {
		if !strings.HasPrefix(v, p) {
			return ReasonForm
		}
		return ""
	}
}

// wordy accepts letters, marks and digits of every script, and the extra ones.
func wordy(extra string) func(string) Reason {
	return func(v string) Reason {
		for _, r := range v {
			if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(extra, r) {
				return ReasonCharacters
			}
		}
		return ""
	}
}

func plainText(v string) Reason {
	if evidence.Clean(v) != v {
		return ReasonCharacters
	}
	return ""
}

func int63(v string) Reason {
	if _, ok := parseID(v); !ok {
		return ReasonRange
	}
	return ""
}

// xPost refuses what lies between the last number of the old counter, about 3e10, and the first that
// carries a time, made hours after the epoch: none was ever given out, so the number is cut.
func xPost(v string) Reason {
	n, ok := parseID(v)
	switch {
	case !ok:
		return ReasonRange
	case n > 31_000_000_000 && n>>22 < 3_600_000:
		return ReasonLength
	}
	return ""
}

func uuid(v string) Reason {
	for i, c := range []byte(v) {
		if (c == '-') != (i == 8 || i == 13 || i == 18 || i == 23) {
			return ReasonForm
		}
	}
	return ""
}

// fbPost accepts the number of old and the pfbid of new posts.
func fbPost(v string) Reason {
	switch {
	case strings.HasPrefix(v, "pfbid"):
		if len(v) < 20 {
			return ReasonLength
		}
	case strings.Trim(v, digits) != "":
		return ReasonForm
	case len(v) > 25:
		return ReasonLength
	}
	return ""
}

// shortcode accepts Instagram's: up to 11 characters, and 28 more for posts of
// private accounts.
func shortcode(v string) Reason {
	if len(v) > 11 && len(v) < 28+5 || len(v) > 28+11 {
		return ReasonLength
	}
	if _, ok := mediaID(v); !ok {
		return ReasonRange
	}
	return ""
}

// resolve makes an absolute address of what a redirect names, or "".
func resolve(host, v string) string {
	base := &url.URL{Scheme: "https", Host: host, Path: "/"}
	u, err := base.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}
