package keep_test

import (
	"slices"
	"strings"
	"testing"

	"constat/app/flow/keep"
)

func TestAddressesAsPeoplePasteThem(t *testing.T) {
	for text, want := range map[string]string{
		"https://example.org/a":                                    "https://example.org/a",
		"  https://example.org/a \n":                               "https://example.org/a",
		"www.example.org/a":                                        "https://www.example.org/a",
		"example.org/a?b=c#d":                                      "https://example.org/a?b=c#d",
		"instagram.com":                                            "https://instagram.com",
		"<https://example.org/a>":                                  "https://example.org/a",
		"(https://example.org/a)":                                  "https://example.org/a",
		"[https://example.org/a]":                                  "https://example.org/a",
		"«https://example.org/a»":                                  "https://example.org/a",
		"“https://example.org/a”":                                  "https://example.org/a",
		"(example.org/a).":                                         "https://example.org/a",
		"Regarde ça : https://example.org/a, c'est moi !":          "https://example.org/a",
		"Voir www.example.org/a.":                                  "https://www.example.org/a",
		"https://example.org/wiki/Foo_(bar)":                       "https://example.org/wiki/Foo_(bar)",
		"(voir https://example.org/wiki/Foo_(bar))":                "https://example.org/wiki/Foo_(bar)",
		"https://example.org/a\nhttps://example.org/b":             "https://example.org/a https://example.org/b",
		"https://example.org/a\r\nwww.example.org/b\r\n\r\n# note": "https://example.org/a https://www.example.org/b",
		"https://example.org/a https://example.org/b":              "https://example.org/a https://example.org/b",
		"http://example.org/a":                                     "http://example.org/a",
		"HTTPS://Example.org/A":                                    "HTTPS://Example.org/A",
		"ftp://example.org/a":                                      "ftp://example.org/a",
		"file:///etc/passwd":                                       "file:///etc/passwd",
		"bonjour":                                                  "bonjour",
		"":                                                         "",
	} {
		got, twice := keep.Addresses(text)
		if strings.Join(got, " ") != want || len(twice) > 0 {
			t.Errorf("%q: %q %q, want %q", text, got, twice, want)
		}
	}
	if got, twice := keep.Addresses("www.example.org\nhttps://www.example.org\nwww.example.org"); len(got) != 1 || !slices.Equal(twice, got) {
		t.Errorf("%q %q", got, twice)
	}
}

// Whatever is pasted, what comes out is one line each, and trimming ends.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"www.a.be", "(https://a.be/(b))", "https://a.be…", "\ufeff#x\nhttp://a.be"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, _ := keep.Addresses(s)
		for i, a := range list {
			if slices.Contains(list[:i], a) {
				t.Errorf("%q twice", a)
			}
			if len(list) > 1 && strings.ContainsAny(a, "\n\r") {
				t.Errorf("%q is several lines", a)
			}
		}
	})
}
