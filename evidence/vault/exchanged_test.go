package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
)

// TestCasesThatWereExchanged: each log is whole, and is not that of the case in
// whose folder it lies.
func TestCasesThatWereExchanged(t *testing.T) {
	v, _ := newVault(t)
	one, two := newCase(t, v, "one").Info().ID, newCase(t, v, "two").Info().ID
	closeVault(t, v)
	cases := filepath.Join(v.Dir(), "cases")
	for _, move := range [][2]string{{one, "aside"}, {two, one}, {"aside", two}} {
		if err := os.Rename(filepath.Join(cases, move[0]), filepath.Join(cases, move[1])); err != nil {
			t.Fatal(err)
		}
	}
	v, err := vault.Open(t.Context(), v.Dir(), passphrase, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeVault(t, v) })
	for _, id := range []string{one, two} {
		c, err := v.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, said := errors.AsType[*vault.CorruptError](c.Damage()); !said {
			t.Errorf("%s: damage %v", id, c.Damage())
		}
		if _, err := c.Append(t.Context(), evidence.Entry{Action: evidence.ActViewed}); err == nil {
			t.Errorf("%s: an entry was written into the log of another case", id)
		}
	}
	if fails := checkFails(t, v); fails == nil {
		t.Error("the checker sees nothing")
	}
}
