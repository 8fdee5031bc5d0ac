package vault_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

func TestPassphraseAndRecovery(t *testing.T) {
	ctx := t.Context()
	v, code := newVault(t)
	newCase(t, v, "a")
	closeVault(t, v)
	if _, err := vault.Open(ctx, v.Dir(), "wrong", options()); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := vault.Open(ctx, v.Dir(), "", options()); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("empty passphrase: %v", err)
	}
	typed := vault.RecoveryCode(strings.ToLower(strings.ReplaceAll(string(code), "-", " ")))
	r, err := vault.OpenWithRecovery(ctx, v.Dir(), typed, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ChangePassphrase(ctx, "new one"); err != nil {
		t.Fatal(err)
	}
	if err := r.ChangePassphrase(ctx, ""); err == nil {
		t.Error("an empty passphrase was taken")
	}
	newCode, err := r.NewRecoveryCode(ctx)
	if err != nil || newCode == code {
		t.Fatalf("new code %q, %v", newCode, err)
	}
	closeVault(t, r)
	if _, err := vault.OpenWithRecovery(ctx, v.Dir(), code, options()); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("old code: %v", err)
	}
	if _, err := vault.Open(ctx, v.Dir(), passphrase, options()); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("old passphrase: %v", err)
	}
	if _, err := vault.OpenWithRecovery(ctx, v.Dir(), code[:10], options()); !errors.Is(err, vault.ErrRecoveryCode) {
		t.Errorf("half a code: %v", err)
	}
	again, err := vault.Open(ctx, v.Dir(), "new one", options())
	if err != nil {
		t.Fatal(err)
	}
	defer closeVault(t, again)
	if list, err := again.Cases(ctx); err != nil || len(list) != 1 {
		t.Errorf("cases %v, %v", list, err)
	}
}

func TestFailedUnlocksAreKept(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	closeVault(t, v)
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.FixedZone("CET", 3600))
	o := options()
	o.Now = func() time.Time { return at }
	for range 3 {
		if _, err := vault.Open(ctx, v.Dir(), "guess", o); !errors.Is(err, vault.ErrWrongPassphrase) {
			t.Fatal(err)
		}
		at = at.Add(time.Minute)
	}
	// Pressing the button with an empty field is not an attempt.
	if _, err := vault.Open(ctx, v.Dir(), "", o); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(v.Dir(), "pending", "rubbish"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sizes := range []int{3, 3} { // until they are cleared
		v = reopen(t, v)
		if got := v.FailedUnlocks(); len(got) != sizes || !got[0].Equal(at.Add(-3*time.Minute)) {
			t.Fatalf("failed unlocks %v", got)
		}
	}
	if err := v.ClearFailedUnlocks(ctx); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	if got := v.FailedUnlocks(); len(got) != 0 {
		t.Errorf("failed unlocks after clearing: %v", got)
	}
}

func TestLock(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	_, err := vault.Open(ctx, v.Dir(), passphrase, options())
	if in, ok := errors.AsType[*vault.InUseError](err); !ok || in.Dir != v.Dir() || !errors.Is(err, vault.ErrLocked) {
		t.Errorf("second open in this process: %v", err)
	}
	if got := openElsewhere(t, v.Dir(), "try"); got != "locked" {
		t.Errorf("second open in another process: %s", got)
	}
	closeVault(t, v)
	if got := openElsewhere(t, v.Dir(), "try"); got != "opened" {
		t.Errorf("after closing: %s", got)
	}
	// The other process dies with the vault open; the lock must go with it.
	if got := openElsewhere(t, v.Dir(), "die"); got != "dies" {
		t.Errorf("the other process: %s", got)
	}
	reopen(t, v)
}

// openElsewhere runs this test binary again, as TestOtherProcess.
func openElsewhere(t *testing.T, dir, how string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherProcess$")
	cmd.Env = append(os.Environ(), "VAULT_TEST_DIR="+dir, "VAULT_TEST_HOW="+how)
	out, err := cmd.Output()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	word, _, _ := strings.Cut(string(out), "\n")
	return word
}

// TestOtherProcess is the other process of TestLock; alone it opens a vault of its own.
func TestOtherProcess(t *testing.T) {
	dir := os.Getenv("VAULT_TEST_DIR")
	if dir == "" {
		v, _ := newVault(t)
		closeVault(t, v)
		dir = v.Dir()
	}
	v, err := vault.Open(context.Background(), dir, passphrase, options())
	switch {
	case errors.Is(err, vault.ErrLocked):
		os.Stdout.WriteString("locked\n")
	case err != nil:
		t.Fatal(err)
	case os.Getenv("VAULT_TEST_HOW") == "hang":
		d := openCase(t, v, os.Getenv("VAULT_TEST_CASE")).NewDraft()
		for _, name := range []string{"whole.png", "half.png"} {
			_, err := d.Put(context.Background(), evidence.Artifact{Name: name, Role: evidence.Original}, readerFunc(func(p []byte) (int, error) {
				if name == "whole.png" {
					return 0, io.EOF
				}
				os.Stdout.WriteString("recording\n")
				select {} // until it is killed
			}))
			if err != nil {
				t.Fatal(err)
			}
		}
	case os.Getenv("VAULT_TEST_HOW") == "die":
		os.Stdout.WriteString("dies\n")
		os.Exit(1)
	default:
		os.Stdout.WriteString("opened\n")
		closeVault(t, v)
	}
}

func TestCreateRefusesWhatIsThere(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	newCase(t, v, "a")
	closeVault(t, v)
	if _, _, err := vault.Create(ctx, v.Dir(), passphrase, options()); !errors.Is(err, vault.ErrExists) {
		t.Errorf("over a vault: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := vault.Create(ctx, dir, passphrase, options()); !errors.Is(err, vault.ErrExists) {
		t.Errorf("over a person's folder: %v", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("the person's folder was changed: %v, %v", list, err)
	}
	if _, err := vault.Open(ctx, dir, passphrase, options()); !isType[*vault.NotVaultError](err) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open a person's folder: %v", err)
	}
	for _, o := range []vault.Options{{WorkFactor: 10}, {WorkFactor: 17}, {WorkFactor: 21}, {WorkFactor: -1}} {
		if _, _, err := vault.Create(ctx, t.TempDir(), passphrase, o); err == nil {
			t.Errorf("work factor of %+v was taken", o)
		}
	}
}

func TestHeader(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	closeVault(t, v)
	other, _ := newVault(t)
	path := filepath.Join(v.Dir(), "vault.json")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	newer := func(err error) bool {
		e, ok := errors.AsType[*vault.NewerVersionError](err)
		return ok && e.Version == 3
	}
	for name, test := range map[string]struct {
		text string
		want func(error) bool
	}{
		"newer version":    {strings.Replace(text, `"version": 2`, `"version": 3`, 1), newer},
		"newer format":     {strings.Replace(text, "vault/2", "vault/3", 1), newer},
		"other format":     {strings.Replace(text, "constat-vault/2", "restic/1", 1), isType[*vault.NotVaultError]},
		"no version":       {strings.Replace(text, `"version": 2`, `"version": 0`, 1), isType[*vault.NotVaultError]},
		"cut":              {text[:len(text)/2], isType[*vault.NotVaultError]},
		"empty":            {"", isType[*vault.NotVaultError]},
		"two":              {text + text, isType[*vault.NotVaultError]},
		"huge":             {text + strings.Repeat(" ", 1<<20), isType[*vault.NotVaultError]},
		"bad recipient":    {strings.Replace(text, "age1pq1", "age1pq1q", 1), isType[*vault.NotVaultError]},
		"their recipient":  {strings.Replace(text, v.Recipient(), other.Recipient(), 1), isType[*vault.CorruptError]},
		"as it was":        {text, func(err error) bool { return err == nil }},
		"unknown field":    {strings.Replace(text, `"version"`, `"later": {}, "version"`, 1), func(err error) bool { return err == nil }},
		"old X25519 owner": {strings.Replace(text, v.Recipient(), "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", 1), isType[*vault.NotVaultError]},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			v, err := vault.Open(ctx, v.Dir(), passphrase, options())
			if err == nil {
				closeVault(t, v)
			}
			if !test.want(err) {
				t.Errorf("%T: %v", err, err)
			}
		})
	}
}

// TestHostileKeyFile: the cost that identity.age asks for is bounded, and other
// kinds of file are named as damaged, not as a wrong passphrase.
func TestHostileKeyFile(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	closeVault(t, v)
	path := filepath.Join(v.Dir(), "identity.age")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	costly := strings.Replace(string(whole), " 1\n", " 30\n", 1)
	if costly == string(whole) {
		t.Fatal("no work factor found")
	}
	object := sealedTo(t, v.Recipient(), "x")
	for name, b := range map[string]string{
		"costly": costly, "cut": string(whole[:len(whole)-5]), "empty": "", "other kind": object, "huge": strings.Repeat("x", 1<<20),
	} {
		if err := os.WriteFile(path, []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := vault.Open(ctx, v.Dir(), passphrase, options())
		if e, ok := errors.AsType[*vault.CorruptError](err); !ok || e.Path != "identity.age" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(ctx, v.Dir(), passphrase, options()); !isType[*vault.CorruptError](err) {
		t.Errorf("missing: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	ctx, cancel := context.WithCancel(t.Context())
	d := c.NewDraft()
	stop := readerFunc(func(p []byte) (int, error) { cancel(); return copy(p, "plain"), nil })
	if _, err := d.Put(ctx, evidence.Artifact{Name: "a.txt", Role: evidence.Original}, stop); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if _, err := v.Check(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("check: %v", err)
	}
	if _, err := c.Exhibits(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("exhibits: %v", err)
	}
	objects, err := os.ReadDir(filepath.Join(v.Dir(), "cases", c.Info().ID, "objects"))
	if err != nil || len(objects) != 0 {
		t.Errorf("left after a cancelled put: %v, %v", objects, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
