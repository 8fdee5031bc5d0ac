package view

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/flow"
)

func TestChangeOfPassphrase(t *testing.T) {
	r := inCase(t)
	const fresh = "quatre nouveaux mots ensemble"
	r.press("window.settings.title")
	r.press("window.secret.passphrase")
	r.sees("window.secret.new", "window.passphrase.advice")
	r.typeInto(0, fresh)
	r.typeInto(1, "autre chose")
	if !r.buttonOf("window.secret.change").Disabled() {
		t.Error("two different passphrases can be taken")
	}
	r.fields()[1].SetText(fresh)
	r.press("window.secret.change")
	r.sees("window.secret.changed", "window.tsa.title")
	r.press("window.lock")
	r.typeInto(0, passphrase)
	r.press("window.unlock.open")
	r.sees("error.wrong-passphrase.what")
	r.typeInto(0, fresh)
	r.press("window.unlock.open")
	r.sees("window.cases.why")
}

func TestNewRecoveryCodeEndsTheOldOne(t *testing.T) {
	r := newRig(t)
	r.typeInto(0, passphrase)
	r.typeInto(1, passphrase)
	r.press("window.first.create")
	old := r.w.screen.(*codeScreen).code
	r.press("window.code.noted")
	r.press("window.code.next")
	r.press("window.settings.title")
	r.press("window.secret.code")
	r.sees("window.renew.what", "window.renew.why")
	r.press("window.renew.make")
	code := r.w.screen.(*codeScreen).code
	if code == old || !strings.Contains(r.words(), strings.ReplaceAll(code, "-", " ")) {
		t.Errorf("the new code %q is not shown in groups: %s", code, r.words())
	}
	r.press("window.code.noted")
	r.press("window.code.next")
	r.sees("window.secret.title")
	r.press("window.lock")
	for _, c := range []struct{ code, sees string }{{old, "window.recover.what"}, {code, "window.case.what"}} {
		r.press("window.unlock.code")
		r.typeInto(0, c.code)
		r.typeInto(1, passphrase)
		r.typeInto(2, passphrase)
		r.press("window.recover.open")
		r.sees(c.sees)
		if c.code == old {
			if r.w.session != nil || r.w.notice == nil {
				t.Error("the old code still opens the vault")
			}
			r.escape()
		}
	}
}

// TestACodeThatWasPerhapsNotReadIsSaidSo: locked, left, or locked before it came.
func TestACodeThatWasPerhapsNotReadIsSaidSo(t *testing.T) {
	for name, leave := range map[string]func(*rig){
		"locked": func(r *rig) {
			r.press("window.renew.make")
			r.clock.pass(DefaultLockMinutes * time.Minute)
			r.exec.tick()
		},
		"left": func(r *rig) {
			r.press("window.renew.make")
			r.w.Exit()
			r.start()
		},
		"locked before it came": func(r *rig) {
			r.exec.held = true
			r.press("window.renew.make")
			r.w.Lock()
			r.exec.held = false
			r.exec.finish()
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := inCase(t)
			if _, err := os.Stat(r.codeMark()); err == nil {
				t.Fatal("a code that was read is still marked")
			}
			r.press("window.settings.title")
			r.press("window.secret.code")
			leave(r)
			if strings.Contains(r.words(), r.w.t("renew.unseen")) {
				t.Error("said while the vault is locked")
			}
			r.typeInto(0, passphrase)
			r.press("window.unlock.open")
			r.sees("window.renew.unseen", "window.renew.unseen-how")
			r.press("window.secret.code")
			r.press("window.renew.make")
			r.press("window.code.noted")
			r.press("window.code.next")
			r.w.show(&casesScreen{})
			if _, err := os.Stat(r.codeMark()); err == nil || strings.Contains(r.words(), r.w.t("renew.unseen")) {
				t.Error("still said after the code was noted")
			}
		})
	}
}

func TestOneWhoHasTheCodeIsNotAskedAgain(t *testing.T) {
	r := newRig(t)
	r.typeInto(0, passphrase)
	r.typeInto(1, passphrase)
	r.press("window.first.create")
	r.w.Exit()
	r.start()
	r.typeInto(0, passphrase)
	r.press("window.unlock.open")
	r.sees("window.renew.unseen", "window.case.what")
	r.press("window.renew.have")
	r.press("window.lock")
	r.typeInto(0, passphrase)
	r.press("window.unlock.open")
	if strings.Contains(r.words(), r.w.t("renew.unseen")) {
		t.Error("asked again")
	}
}

func TestTheMarkOfAnotherVaultSaysNothing(t *testing.T) {
	r := newRig(t)
	if err := os.MkdirAll(filepath.Dir(r.codeMark()), 0o700); err != nil {
		t.Fatal(err)
	}
	m := codeMark{path: r.codeMark(), vault: "/elsewhere"}
	if err := m.set(); err != nil {
		t.Fatal(err)
	}
	other := codeMark{path: r.codeMark(), vault: "/here"}
	if other.read(); other.on {
		t.Error("the mark of another vault is taken for this one's")
	}
	again := codeMark{path: r.codeMark(), vault: "/elsewhere"}
	if again.read(); !again.on {
		t.Error("the mark is not read back")
	}
	if err := m.clear(); err != nil || m.clear() != nil {
		t.Errorf("clearing twice: %v", err)
	}
}

// The key of an organisation can be let in and put out again; both are asked
// about with the key's fingerprint, and what is no key is refused in words.
func TestAccessOfAnOrganisation(t *testing.T) {
	r := inCase(t)
	other, _, err := r.app.CreateVault(t.Context(), filepath.Join(r.home, "other"), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	key := other.Recipient() // such a key is what an organisation would make
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	fingerprint := flow.NewRecipient("", key).Fingerprint.Grouped()[:19]
	r.press("window.settings.title")
	r.press("window.access.open")
	r.sees("window.access.none", "window.access.means-how")
	r.press("window.access.add") // nothing typed: nothing asked
	r.sees("window.access.none")
	ask := func(name, key string) {
		r.fields()[0].SetText(name)
		r.fields()[1].SetText(key)
		r.press("window.access.add")
		r.sees("window.access.add-why")
	}
	ask("Aide", "age1 no key")
	r.press("window.access.add-sure")
	r.sees("error.recipient.what", "window.access.none")
	ask("Aide", " "+key+"\n")
	if !strings.Contains(r.words(), fingerprint) {
		t.Errorf("asked without the fingerprint: %s", r.words())
	}
	r.press("window.back") // thought better of it
	r.sees("window.access.none")
	ask("Aide", key)
	r.press("window.access.add-sure")
	list, err := r.w.session.Recipients()
	if err != nil || len(list) != 1 || list[0].Name != "Aide" || list[0].Recipient != key {
		t.Fatalf("%+v, %v", list, err)
	}
	if !strings.Contains(r.words(), "Aide") || !strings.Contains(r.words(), fingerprint) {
		t.Errorf("not listed: %s", r.words())
	}
	r.press("window.access.remove")
	r.sees("window.access.remove-why")
	r.press("window.access.remove-sure")
	r.sees("window.access.none")
	if list, err := r.w.session.Recipients(); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
