package keep

import "testing"

// What a mail program writes around an address is no part of it; a full stop may be, and is taken off
// only where it alone keeps a known platform's id from being read.
func TestAnAddressIsTakenOutOfWhatWasPasted(t *testing.T) {
	for given, want := range map[string]string{
		" <https://exemple.example/a> ":                            "https://exemple.example/a",
		"\"https://exemple.example/a\"":                            "https://exemple.example/a",
		"https://exemple.example/Inc.":                             "https://exemple.example/Inc.",
		"https://exemple.example/Nom_(film)":                       "https://exemple.example/Nom_(film)",
		"https://x.com/mia_x/status/1790637656616943991).":         "https://x.com/mia_x/status/1790637656616943991",
		"https://x.com/mia_x/status/1790637656616943991…":          "https://x.com/mia_x/status/1790637656616943991…",
		"https://www.instagram.com/p/CxYzAbCdEf1CxYz/,":            "https://www.instagram.com/p/CxYzAbCdEf1CxYz/,",
		"https://www.reddit.com/r/belgium/comments/1abcde/titre/;": "https://www.reddit.com/r/belgium/comments/1abcde/titre/",
	} {
		if got := Pasted(given); got != want {
			t.Errorf("Pasted(%q) = %q, want %q", given, got, want)
		}
		if err := CheckAddress(given); err != nil {
			t.Errorf("%q: %v", given, err)
		}
	}
}
