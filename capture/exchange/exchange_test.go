package exchange

import "testing"

func TestWithoutUser(t *testing.T) {
	for in, want := range map[string]string{
		"https://u:p@example.org/x": "https://example.org/x",
		"https://example.org/a b":   "https://example.org/a b",
		"not an address":            "not an address",
	} {
		if got := WithoutUser(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}
