package capture

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat/capture/tab"
)

// maxAddress is the longest address that is loaded, in bytes.
const maxAddress = tab.MaxAddress

// ParseAddress decides whether an address may be loaded: absolute, http or
// https, with a host, without user name and password, at most 8192
// bytes, without control characters or white space inside. White space around it is
// ignored, as it comes with copy and paste. The error is an [*AddressError].
func ParseAddress(s string) (*url.URL, error) {
	trimmed := strings.TrimSpace(s)
	refuse := func(r AddressReason) (*url.URL, error) {
		shown := trimmed
		if r == AddressCredentials {
			shown = ""
		}
		if len(shown) > maxAddress {
			shown = strings.ToValidUTF8(shown[:maxAddress], "")
		}
		return nil, &AddressError{Reason: r, Address: shown}
	}
	switch {
	case trimmed == "":
		return refuse(AddressEmpty)
	case len(trimmed) > maxAddress:
		return refuse(AddressTooLong)
	case !utf8.ValidString(trimmed), strings.ContainsFunc(trimmed, notInAddress):
		return refuse(AddressInvalid)
	}
	u, err := url.Parse(trimmed)
	if err != nil {
		// A host with a port and no scheme ("example.org:8080/x") is what
		// people copy; it is not broken, only incomplete.
		if !strings.Contains(trimmed, "://") {
			return refuse(AddressRelative)
		}
		return refuse(AddressInvalid)
	}
	scheme := strings.ToLower(u.Scheme)
	web := scheme == "http" || scheme == "https"
	switch {
	case scheme == "", !web && looksLikeHostPort(u):
		return refuse(AddressRelative)
	case !web:
		return refuse(AddressScheme)
	case u.User != nil:
		return refuse(AddressCredentials)
	case u.Hostname() == "", u.Opaque != "":
		return refuse(AddressNoHost)
	}
	return u, nil
}

// notInAddress refuses what a browser would silently drop or what hides the
// true address from the reader's eye.
func notInAddress(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
}

// looksLikeHostPort tells "example.org:8080/x", where url.Parse takes the host
// for a scheme.
func looksLikeHostPort(u *url.URL) bool {
	return strings.Contains(u.Scheme, ".") || u.Scheme == "localhost"
}
