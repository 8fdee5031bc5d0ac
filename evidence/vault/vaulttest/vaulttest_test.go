package vaulttest_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

var options = vault.Options{Actor: "test"}

// What Make makes is a vault like any other: it opens with both secrets and
// with no other, takes a case, and the independent checker finds it whole.
func TestMake(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "vault")
	code := vaulttest.Make(t, dir, "the first")
	other := filepath.Join(t.TempDir(), "vault")
	if again := vaulttest.Make(t, other, "the second"); again != code {
		t.Errorf("two codes in one process: %s, %s", code, again)
	}
	if _, err := vault.Open(ctx, dir, "the second", options); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("the passphrase of another: %v", err)
	}
	for name, open := range map[string]func() (*vault.Vault, error){
		"passphrase": func() (*vault.Vault, error) { return vault.Open(ctx, dir, "the first", options) },
		"code": func() (*vault.Vault, error) {
			return vault.OpenWithRecovery(ctx, dir, vault.RecoveryCode(code), options)
		},
	} {
		v, err := open()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := v.CreateCase(ctx, name, false); err != nil {
			t.Error(err)
		}
		checks, err := v.Check(ctx, evidence.NoProgress{})
		if err != nil || slices.ContainsFunc(checks, func(c evidence.Check) bool { return c.State == evidence.Failed }) {
			t.Errorf("%s: %v, %+v", name, err, checks)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A vault that was made in earnest keeps its key, its code and what is in it.
func TestCheapen(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "vault")
	v, _, err := vault.Create(ctx, dir, "in earnest", options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.CreateCase(ctx, "before", false); err != nil {
		t.Error(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	recovery := read(t, filepath.Join(dir, "recovery.age"))
	if err := vaulttest.Cheapen(dir, "guess"); err == nil {
		t.Error("a wrong passphrase was taken")
	}
	if err := vaulttest.Cheapen(dir, "in earnest"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(recovery, read(t, filepath.Join(dir, "recovery.age"))) {
		t.Error("the recovery code's file changed")
	}
	if key := read(t, filepath.Join(dir, "identity.age")); !bytes.Contains(key, []byte(" 1\n")) {
		t.Errorf("stretched as before: %.80q", key)
	}
	again, err := vault.Open(ctx, dir, "in earnest", options)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if list, err := again.Cases(ctx); err != nil || len(list) != 1 {
		t.Errorf("cases %v, %v", list, err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
