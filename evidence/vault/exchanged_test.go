package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

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
		if _, err := v.Case(t.Context(), id); !errors.Is(err, vault.ErrForeign) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if fails := checkFails(t, v); fails == nil {
		t.Error("the checker sees nothing")
	}
}
