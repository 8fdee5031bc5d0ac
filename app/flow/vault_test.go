package flow

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow/proof"
	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

func TestPassphraseLockAndRecovery(t *testing.T) {
	a := newApp(t)
	dir := filepath.Join(t.TempDir(), "vault")
	if _, _, err := a.CreateVault(t.Context(), dir, "password"); !errors.Is(err, ErrWeakPassphrase) {
		t.Errorf("weak passphrase: %v", err)
	}
	s, code, err := a.CreateVault(t.Context(), dir, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if len(strings.Split(code, "-")) != 8 {
		t.Errorf("recovery code %q", code)
	}
	c, err := s.Keep.CreateCase(t.Context(), "Novembre")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Unlock(t.Context(), dir, passphrase); ExitCode(err) != ExitFailed {
		t.Errorf("opened twice: %v", err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Look.Cases(t.Context()); ExitCode(err) != ExitLocked {
		t.Errorf("a locked vault answered: %v", err)
	}
	if _, err := a.Unlock(t.Context(), dir, "not the passphrase"); ExitCode(err) != ExitLocked {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := a.UnlockWithCode(t.Context(), dir, "ABCD", passphrase); ExitCode(err) != ExitLocked {
		t.Errorf("bad code: %v", err)
	}
	const other = "une phrase toute neuve, 7 lunes"
	s, err = a.UnlockWithCode(t.Context(), dir, code, other)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := s.Look.Cases(t.Context())
	if err != nil || len(cases) != 1 || cases[0].ID != c.ID || cases[0].Title != "Novembre" {
		t.Errorf("cases %+v, %v", cases, err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	s, err = a.Unlock(t.Context(), dir, other)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Lock()
	k, err := s.v.Case(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := k.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, e := range entries {
		if e.Action == evidence.ActUnlockFailed {
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d failed unlocks in the log, want 1", failed)
	}
}

func TestPassphraseIsTheSameHoweverItsAccentsAreTyped(t *testing.T) {
	a := newApp(t)
	dir := filepath.Join(t.TempDir(), "vault")
	s, _, err := a.CreateVault(t.Context(), dir, "e\u0301te\u0301 pluvieux, tulipe 42")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	s, err = a.Unlock(t.Context(), dir, "\u00e9t\u00e9 pluvieux, tulipe 42")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
}

func TestRatePassphrase(t *testing.T) {
	for p, want := range map[string]Strength{
		"": TooShort, "short": TooShort, "password123": Weak, "aaaaaaaaaaaa": Weak, "motdepasse2024": Weak,
		passphrase: Good,
	} {
		if got := RatePassphrase(p); got != want && !(want == Weak && got == TooShort) {
			t.Errorf("RatePassphrase(%q) = %d, want %d", p, got, want)
		}
	}
}

func TestVaultThatCannotBeUsed(t *testing.T) {
	a := newApp(t)
	empty := t.TempDir()
	if err := a.CheckVault(empty); ExitCode(err) != ExitFailed {
		t.Errorf("an empty folder: %v", err)
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "photo.jpg"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.CreateVault(t.Context(), full, passphrase); !errors.Is(err, vault.ErrExists) {
		t.Errorf("a folder with something in it: %v", err)
	}
	newer := t.TempDir()
	if err := os.WriteFile(filepath.Join(newer, "vault.json"), []byte(`{"format":"constat-vault/2","version":2,"recipient":"age1x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := a.Unlock(t.Context(), newer, passphrase)
	if _, ok := errors.AsType[*vault.NewerVersionError](err); !ok || ExitCode(err) != ExitFailed {
		t.Errorf("a newer vault: %v", err)
	}
}

func TestVaultBesideTheProgramComesFirst(t *testing.T) {
	stick := t.TempDir()
	a, err := New(Config{DataDir: filepath.Join(t.TempDir(), "data"), Beside: stick})
	if err != nil {
		t.Fatal(err)
	}
	own := a.DefaultVault()
	vaulttest.Make(t, filepath.Join(stick, PortableVault), passphrase)
	if got := a.DefaultVault(); got == own || filepath.Dir(got) != stick {
		t.Errorf("DefaultVault = %s", got)
	}
	// The stick in another machine, at another place.
	elsewhere := filepath.Join(t.TempDir(), "media")
	if err := os.CopyFS(elsewhere, os.DirFS(stick)); err != nil {
		t.Fatal(err)
	}
	b, err := New(Config{DataDir: filepath.Join(t.TempDir(), "data"), Beside: elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Unlock(t.Context(), b.DefaultVault(), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownCaseAndBadTitle(t *testing.T) {
	s, _ := openSession(t, newApp(t))
	for _, id := range []string{"", "0123456789abcdef", "../../etc", "x"} {
		if _, err := s.Look.Exhibits(t.Context(), id); ExitCode(err) != ExitUsage {
			t.Errorf("case %q: %v", id, err)
		}
	}
	for _, title := range []string{"", "   ", "\x00\u202e", fmt.Sprintf("%0201d", 0)} {
		if _, err := s.Keep.CreateCase(t.Context(), title); ExitCode(err) != ExitUsage {
			t.Errorf("title %q: %v", title, err)
		}
	}
}

func TestSettingsSurviveAndAreNeverOverwrittenWhenDamaged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a, err := New(Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{Language: "nl", Browser: "/opt/b", Authorities: []evidence.Authority{{Name: "x", URL: "http://tsa.example.org"}}}
	if err := a.SaveSettings(want); err != nil {
		t.Fatal(err)
	}
	if err := a.SaveSettings(Settings{Authorities: []evidence.Authority{{URL: "file:///etc/passwd"}}}); ExitCode(err) != ExitUsage {
		t.Errorf("a bad authority was saved: %v", err)
	}
	again, err := New(Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Settings(); got.Language != "nl" || got.Browser != "/opt/b" || len(got.Authorities) != 1 {
		t.Errorf("settings %+v", got)
	}
	path := filepath.Join(dir, "settings.json")
	if err := os.WriteFile(path, []byte("{damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{DataDir: dir}); ExitCode(err) != ExitFailed {
		t.Errorf("damaged settings: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "{damaged" {
		t.Error("damaged settings were overwritten")
	}
}

func TestAuthoritySpecs(t *testing.T) {
	read := func(string) ([]byte, error) { return nil, os.ErrNotExist }
	for _, bad := range []string{"", "tsa.example.org", "ftp://x", "http://", "file:///x", "http://u:p@x/", "http://x,missing.pem"} {
		if _, err := proof.ParseAuthority(bad, read); ExitCode(err) != ExitUsage {
			t.Errorf("%q: %v", bad, err)
		}
	}
	list, err := proof.ParseAuthorities("http://a.example/1; http://a.example/2;http://a.example/1", read)
	if err != nil || len(list) != 2 || list[0].Name == list[1].Name {
		t.Errorf("list %+v, %v", list, err)
	}
}
