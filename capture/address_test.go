package capture

import (
	"errors"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, s := range []string{
		"http://example.org", "https://example.org/a?b=c#d", " \thttps://example.org/ \n", "HTTPS://EXAMPLE.ORG/",
		"http://127.0.0.1:8080/", "http://[::1]:8080/", "https://exämple.org/ü", "https://example.org/%E2%80%AE",
		"https://example.org/@name/video/1", "https://example.org/" + strings.Repeat("a", maxAddress-len("https://example.org/")),
	} {
		if u, err := ParseAddress(s); err != nil || u.Host == "" {
			t.Errorf("%.60q: %v", s, err)
		}
	}
	for s, want := range map[string]AddressReason{
		"":                               AddressEmpty,
		" \n":                            AddressEmpty,
		"example.org":                    AddressRelative,
		"example.org/path":               AddressRelative,
		"example.org:8080/path":          AddressRelative,
		"localhost:8080":                 AddressRelative,
		"//example.org/":                 AddressRelative,
		"/etc/passwd":                    AddressRelative,
		"ftp://example.org/":             AddressScheme,
		"file:///etc/passwd":             AddressScheme,
		"javascript:alert(1)":            AddressScheme,
		"data:text/html,x":               AddressScheme,
		"chrome://crash":                 AddressScheme,
		"http://":                        AddressNoHost,
		"https:///path":                  AddressNoHost,
		"https:example.org":              AddressNoHost,
		"http://:8080/":                  AddressNoHost,
		"https://user:pass@example.org/": AddressCredentials,
		"https://user@example.org/":      AddressCredentials,
		"https://example.org/a b":        AddressInvalid,
		"https://example.org/a\nb":       AddressInvalid,
		"https://example.org/\x00":       AddressInvalid,
		"https://example.org/\u202egpj":  AddressInvalid,
		"https://example.org/\xff":       AddressInvalid,
		"https://exam%zzple.org/":        AddressInvalid,
		"http://[::1/":                   AddressInvalid,
		"http://a/" + strings.Repeat("a", maxAddress): AddressTooLong,
	} {
		_, err := ParseAddress(s)
		var e *AddressError
		if !errors.As(err, &e) || e.Reason != want {
			t.Errorf("%.60q: %v, want %s", s, err, want)
			continue
		}
		if strings.Contains(e.Error(), "pass@") || strings.Contains(e.Address, "user") {
			t.Errorf("the error repeats the credentials: %v", e)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"https://example.org/a?b#c", "user:p@h", "http://[::1]:1/", "a.b:80/c", "\u202e", "http://a@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseAddress(s)
		if err != nil {
			var e *AddressError
			if !errors.As(err, &e) || e.Reason == "" || len(e.Address) > maxAddress {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if u.User != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Fatalf("%q was accepted as %v", s, u)
		}
		// What is loaded must be accepted again, or it is not what was checked.
		if _, err := ParseAddress(u.String()); err != nil && len(u.String()) <= maxAddress {
			t.Fatalf("%q becomes %q: %v", s, u, err)
		}
	})
}
