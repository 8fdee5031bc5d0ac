package vault_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
)

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestCopiedAndMoved: a vault is moved and backed up by copying its folder; the
// copy is a vault of its own, and both can be open side by side.
func TestCopiedAndMoved(t *testing.T) {
	ctx := t.Context()
	v, code := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture")
	closeVault(t, v)
	dir := t.TempDir()
	moved, copied := filepath.Join(dir, "moved é"), filepath.Join(dir, "copied")
	copyFolder(t, v.Dir(), copied)
	if err := os.Rename(v.Dir(), moved); err != nil {
		t.Fatal(err)
	}
	a, err := vault.Open(ctx, moved, passphrase, options())
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, a)
	b, err := vault.OpenWithRecovery(ctx, copied, code, options())
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, b)
	mustCapture(t, openCase(t, a, c.Info().ID), "only-here.png", "picture")
	for v, want := range map[*vault.Vault]int{a: 2, b: 1} {
		all, err := openCase(t, v, c.Info().ID).Exhibits(ctx)
		if err != nil || len(all) != want || checkFails(t, v) != nil {
			t.Errorf("%s: %d exhibits, %v", filepath.Base(v.Dir()), len(all), err)
		}
	}
	if a.SigningKeyFingerprint() != b.SigningKeyFingerprint() {
		t.Error("copies sign with different keys")
	}
}

// TestSideBySide: two vaults know nothing of each other.
func TestSideBySide(t *testing.T) {
	ctx := t.Context()
	a, _ := newVault(t)
	b, _ := newVault(t)
	ca, cb := newCase(t, a, "a"), newCase(t, b, "b")
	mustCapture(t, ca, "a.png", "in a")
	if _, err := b.Case(ctx, ca.Info().ID); !isType[*vault.UnknownCaseError](err) {
		t.Errorf("case of the other vault: %v", err)
	}
	// A case's folder that was dragged into the other vault is named as damaged.
	copyFolder(t, filepath.Join(a.Dir(), "cases", ca.Info().ID), filepath.Join(b.Dir(), "cases", ca.Info().ID))
	stray := openCase(t, b, ca.Info().ID)
	if !isType[*vault.CorruptError](stray.Damage()) {
		t.Errorf("case of the other vault: %v", stray.Damage())
	}
	if _, err := cb.Append(ctx, evidence.Entry{Action: evidence.ActViewed}); err != nil || checkFails(t, a) != nil {
		t.Errorf("own case: %v", err)
	}
}

// TestLockAfterKill: a process that is killed with the vault open, and in the
// middle of recording, leaves nothing that keeps the next one out.
func TestLockAfterKill(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	closeVault(t, v)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherProcess$")
	cmd.Env = append(os.Environ(), "VAULT_TEST_DIR="+v.Dir(), "VAULT_TEST_HOW=hang", "VAULT_TEST_CASE="+c.Info().ID)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(out).ReadString('\n'); said != "recording\n" {
		t.Errorf("the other process said %q, %v", said, err)
	}
	if _, err := vault.Open(t.Context(), v.Dir(), passphrase, options()); !errors.Is(err, vault.ErrLocked) {
		t.Errorf("while it records: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the other process ended by itself")
	}
	if n := countFiles(t, v.Dir(), "objects"); n == 0 {
		t.Error("it had stored nothing")
	}
	v = reopen(t, v)
	mustCapture(t, openCase(t, v, c.Info().ID), "a.png", "picture")
	if n := countFiles(t, v.Dir(), "objects"); n != 2 || checkFails(t, v) != nil {
		t.Errorf("%d objects, want picture and manifest; %v", n, checkFails(t, v))
	}
}
