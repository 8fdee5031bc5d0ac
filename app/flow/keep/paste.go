package keep

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// inText is an address inside other words: with its scheme, or beginning as people say it.
	inText = regexp.MustCompile(`(?i)(?:https?://|\bwww\.)[^\s<>"“”„«»‹›]+`)
	// bareHost is a whole line that is an address without its scheme: a name with a dot and an
	// ending of letters.
	bareHost = regexp.MustCompile(`(?i)^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?::[0-9]{2,5})?(?:[/?#]\S*)?$`)
	// scheme is what an address that is none of ours begins with.
	scheme = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*:`)
)

// Addresses finds the addresses in what a person pasted: one or many, in brackets, within a shared
// text, with or without "https://". Each counts once; twice are those that stood there again. A
// text without any address returns it as it is, so that [CheckAddress] can say what is wrong with
// it. Nothing is loaded.
func Addresses(text string) (addresses, twice []string) {
	add := func(a string) {
		switch {
		case !slices.Contains(addresses, a):
			addresses = append(addresses, a)
		case !slices.Contains(twice, a):
			twice = append(twice, a)
		}
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !strings.ContainsAny(line, " \t") && scheme.MatchString(line) && strings.Contains(line, "://") {
			add(line) // as it is: it may be meant to be refused
			continue
		}
		found := inText.FindAllString(line, -1)
		for _, f := range found {
			add(whole(trimmed(f)))
		}
		if len(found) > 0 {
			continue
		}
		if bare := trimmed(strings.TrimLeft(line, "<([{\"“„«‹'* ")); bareHost.MatchString(bare) {
			add(whole(bare))
		}
	}
	if len(addresses) == 0 {
		if text = strings.TrimSpace(text); text != "" {
			return []string{text}, nil
		}
	}
	return addresses, twice
}

// whole puts the scheme before an address that was written without one.
func whole(address string) string {
	if lower := strings.ToLower(address); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return address
	}
	return "https://" + address
}

// trimmed takes off what a sentence put behind an address. A closing bracket stays if the address
// opened it.
func trimmed(s string) string {
	for s != "" {
		last := s[len(s)-1:]
		switch {
		case strings.Contains(".,;:!?'*_|", last):
		case last == ")" && strings.Count(s, "(") < strings.Count(s, ")"):
		case last == "]" && strings.Count(s, "[") < strings.Count(s, "]"):
		case last == "}" && strings.Count(s, "{") < strings.Count(s, "}"):
		case strings.HasSuffix(s, "…"):
			s = strings.TrimSuffix(s, "…")
			continue
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}
