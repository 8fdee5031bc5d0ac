package flow_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/app/flow/proof"
	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

func TestPassphraseLockAndRecovery(t *testing.T) {
	a := flowtest.App(t)
	dir := filepath.Join(t.TempDir(), "vault")
	if _, _, err := a.CreateVault(t.Context(), dir, "password"); !errors.Is(err, flow.ErrWeakPassphrase) {
		t.Errorf("weak flowtest.Passphrase: %v", err)
	}
	s, code, err := a.CreateVault(t.Context(), dir, flowtest.Passphrase)
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
	if _, err := a.Unlock(t.Context(), dir, flowtest.Passphrase); flow.ExitCode(err) != flow.ExitFailed {
		t.Errorf("opened twice: %v", err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Look.Cases(t.Context()); flow.ExitCode(err) != flow.ExitLocked {
		t.Errorf("a locked vault answered: %v", err)
	}
	if _, err := a.Unlock(t.Context(), dir, "not the flowtest.Passphrase"); flow.ExitCode(err) != flow.ExitLocked {
		t.Errorf("wrong flowtest.Passphrase: %v", err)
	}
	if _, err := a.UnlockWithCode(t.Context(), dir, "ABCD", flowtest.Passphrase); flow.ExitCode(err) != flow.ExitLocked {
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
	failed := 0
	for _, e := range flowtest.Entries(t, s, other, c.ID) {
		if e.Action == evidence.ActUnlockFailed {
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d failed unlocks in the log, want 1", failed)
	}
}

func TestPassphraseIsTheSameHoweverItsAccentsAreTyped(t *testing.T) {
	a := flowtest.App(t)
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
	for p, want := range map[string]flow.Strength{
		"": flow.TooShort, "short": flow.TooShort, "password123": flow.Weak, "aaaaaaaaaaaa": flow.Weak, "motdepasse2024": flow.Weak,
		flowtest.Passphrase: flow.Good,
	} {
		if got := flow.RatePassphrase(p); got != want && !(want == flow.Weak && got == flow.TooShort) {
			t.Errorf("flow.RatePassphrase(%q) = %d, want %d", p, got, want)
		}
	}
}

func TestVaultThatCannotBeUsed(t *testing.T) {
	a := flowtest.App(t)
	empty := t.TempDir()
	if err := a.CheckVault(empty); flow.ExitCode(err) != flow.ExitFailed {
		t.Errorf("an empty folder: %v", err)
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "photo.jpg"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.CreateVault(t.Context(), full, flowtest.Passphrase); !errors.Is(err, vault.ErrExists) {
		t.Errorf("a folder with something in it: %v", err)
	}
	newer := t.TempDir()
	if err := os.WriteFile(filepath.Join(newer, "vault.json"), []byte(`{"format":"constat-vault/3","version":3,"recipient":"age1x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := a.Unlock(t.Context(), newer, flowtest.Passphrase)
	if _, ok := errors.AsType[*vault.NewerVersionError](err); !ok || flow.ExitCode(err) != flow.ExitFailed {
		t.Errorf("a newer vault: %v", err)
	}
}

func TestVaultBesideTheProgramComesFirst(t *testing.T) {
	stick := t.TempDir()
	a, err := flow.New(flow.Config{DataDir: filepath.Join(t.TempDir(), "data"), Beside: stick})
	if err != nil {
		t.Fatal(err)
	}
	own := a.DefaultVault()
	beside := filepath.Join(stick, flow.PortableVault)
	// The portable ZIP comes with an empty folder. One with something else in it is not ours to use.
	if err := os.Mkdir(beside, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := a.DefaultVault(); filepath.Dir(got) != stick {
		t.Errorf("with an empty folder beside the program: %s", got)
	}
	other := filepath.Join(beside, "holiday.jpg")
	if err := os.WriteFile(other, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := a.DefaultVault(); got != own {
		t.Errorf("with a folder of something else beside the program: %s", got)
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	vaulttest.Make(t, filepath.Join(stick, flow.PortableVault), flowtest.Passphrase)
	if got := a.DefaultVault(); got == own || filepath.Dir(got) != stick {
		t.Errorf("DefaultVault = %s", got)
	}
	// The stick in another machine, at another place.
	elsewhere := filepath.Join(t.TempDir(), "media")
	if err := os.CopyFS(elsewhere, os.DirFS(stick)); err != nil {
		t.Fatal(err)
	}
	b, err := flow.New(flow.Config{DataDir: filepath.Join(t.TempDir(), "data"), Beside: elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Unlock(t.Context(), b.DefaultVault(), flowtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
}

func TestUnknownCaseAndBadTitle(t *testing.T) {
	s, _ := flowtest.Open(t, flowtest.App(t))
	for _, id := range []string{"", "0123456789abcdef", "../../etc", "x"} {
		if _, err := s.Look.Exhibits(t.Context(), id); flow.ExitCode(err) != flow.ExitUsage {
			t.Errorf("case %q: %v", id, err)
		}
	}
	for _, title := range []string{"", "   ", "\x00\u202e", fmt.Sprintf("%0201d", 0)} {
		if _, err := s.Keep.CreateCase(t.Context(), title); flow.ExitCode(err) != flow.ExitUsage {
			t.Errorf("title %q: %v", title, err)
		}
	}
}

func TestSettingsSurviveAndAreNeverOverwrittenWhenDamaged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a, err := flow.New(flow.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	want := flow.Settings{Language: "nl", Browser: "/opt/b", Authorities: []evidence.Authority{{Name: "x", URL: "http://tsa.example.org"}}}
	if err := a.SaveSettings(want); err != nil {
		t.Fatal(err)
	}
	if err := a.SaveSettings(flow.Settings{Authorities: []evidence.Authority{{URL: "file:///etc/passwd"}}}); flow.ExitCode(err) != flow.ExitUsage {
		t.Errorf("a bad authority was saved: %v", err)
	}
	again, err := flow.New(flow.Config{DataDir: dir})
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
	if _, err := flow.New(flow.Config{DataDir: dir}); flow.ExitCode(err) != flow.ExitFailed {
		t.Errorf("damaged settings: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "{damaged" {
		t.Error("damaged settings were overwritten")
	}
}

func TestAuthoritySpecs(t *testing.T) {
	read := func(string) ([]byte, error) { return nil, os.ErrNotExist }
	for _, bad := range []string{"", "tsa.example.org", "ftp://x", "http://", "file:///x", "http://u:p@x/", "http://x,missing.pem"} {
		if _, err := proof.ParseAuthority(bad, read); flow.ExitCode(err) != flow.ExitUsage {
			t.Errorf("%q: %v", bad, err)
		}
	}
	list, err := proof.ParseAuthorities("http://a.example/1; http://a.example/2;http://a.example/1", read)
	if err != nil || len(list) != 2 || list[0].Name == list[1].Name {
		t.Errorf("list %+v, %v", list, err)
	}
}

// TestManyFailedUnlocks: however many somebody plants, a log gets a line that counts them.
func TestManyFailedUnlocks(t *testing.T) {
	a := flowtest.App(t)
	s, c := flowtest.Open(t, a)
	dir := s.Vault()
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := a.Unlock(t.Context(), dir, "quite wrong"); !errors.Is(err, vault.ErrWrongPassphrase) {
			t.Fatal(err)
		}
	}
	s, err := a.Unlock(t.Context(), dir, flowtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	var said []map[string]string
	for _, e := range flowtest.Entries(t, s, flowtest.Passphrase, c.ID) {
		if e.Action == evidence.ActUnlockFailed {
			said = append(said, e.Detail)
		}
	}
	if len(said) != 1 || said[0]["count"] != "5" || said[0]["tried_at"] == "" || said[0]["last_tried_at"] == "" {
		t.Errorf("the log says %q", said)
	}
}
