package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/flow"
	"constat/app/view"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

func TestChangeOfPassphrase(t *testing.T) {
	r := inCase(t)
	const fresh = "quatre nouveaux mots ensemble"
	r.Press("window.settings.title")
	r.Press("window.secret.passphrase")
	r.Sees("window.secret.new", "window.passphrase.advice")
	r.TypeInto(0, fresh)
	r.TypeInto(1, "autre chose")
	if !r.ButtonOf("window.secret.change").Disabled() {
		t.Error("two different passphrases can be taken")
	}
	r.Fields()[1].SetText(fresh)
	r.Press("window.secret.change")
	r.Sees("window.secret.changed", "window.tsa.title")
	r.Press("window.lock")
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	r.Sees("error.wrong-passphrase.what")
	r.TypeInto(0, fresh)
	r.Press("window.unlock.open")
	r.Sees("window.cases.why")
}

func TestNewRecoveryCodeEndsTheOldOne(t *testing.T) {
	r := newRig(t)
	r.TypeInto(0, viewtest.Passphrase)
	r.TypeInto(1, viewtest.Passphrase)
	r.Press("window.first.create")
	old := code(r)
	r.Press("window.code.noted")
	r.Press("window.code.next")
	r.Press("window.settings.title")
	r.Press("window.secret.code")
	r.Sees("window.renew.what", "window.renew.why")
	r.Press("window.renew.make")
	code := code(r)
	if code == old || !strings.Contains(r.Words(), strings.ReplaceAll(code, "-", " ")) {
		t.Errorf("the new code %q is not shown in groups: %s", code, r.Words())
	}
	r.Press("window.code.noted")
	r.Press("window.code.next")
	r.Sees("window.secret.title")
	r.Press("window.lock")
	for _, c := range []struct{ code, sees string }{{old, "window.recover.what"}, {code, "window.case.what"}} {
		r.Press("window.unlock.code")
		r.TypeInto(0, c.code)
		r.TypeInto(1, viewtest.Passphrase)
		r.TypeInto(2, viewtest.Passphrase)
		r.Press("window.recover.open")
		r.Sees(c.sees)
		if c.code == old {
			if r.W.Session() != nil || !r.Noticed() {
				t.Error("the old code still opens the vault")
			}
			r.Escape()
		}
	}
}

// TestACodeThatWasPerhapsNotReadIsSaidSo: locked, left, or locked before it came.
func TestACodeThatWasPerhapsNotReadIsSaidSo(t *testing.T) {
	for name, leave := range map[string]func(*viewtest.Rig){
		"locked": func(r *viewtest.Rig) {
			r.Press("window.renew.make")
			r.Clock.Pass(view.DefaultLockMinutes * time.Minute)
			r.Exec.Tick()
		},
		"left": func(r *viewtest.Rig) {
			r.Press("window.renew.make")
			r.Window.Exit()
			r.Start()
		},
		"locked before it came": func(r *viewtest.Rig) {
			r.Exec.Held = true
			r.Press("window.renew.make")
			r.Window.Lock()
			r.Exec.Held = false
			r.Exec.Finish()
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := inCase(t)
			if _, err := os.Stat(r.CodeMark()); err == nil {
				t.Fatal("a code that was read is still marked")
			}
			r.Press("window.settings.title")
			r.Press("window.secret.code")
			leave(r)
			if strings.Contains(r.Words(), r.W.T("renew.unseen")) {
				t.Error("said while the vault is locked")
			}
			r.TypeInto(0, viewtest.Passphrase)
			r.Press("window.unlock.open")
			r.Sees("window.renew.unseen", "window.renew.unseen-how")
			r.Press("window.secret.code")
			r.Press("window.renew.make")
			r.Press("window.code.noted")
			r.Press("window.code.next")
			r.W.Show(r.W.At(stage.Cases))
			if _, err := os.Stat(r.CodeMark()); err == nil || strings.Contains(r.Words(), r.W.T("renew.unseen")) {
				t.Error("still said after the code was noted")
			}
		})
	}
}

func TestOneWhoHasTheCodeIsNotAskedAgain(t *testing.T) {
	r := newRig(t)
	r.TypeInto(0, viewtest.Passphrase)
	r.TypeInto(1, viewtest.Passphrase)
	r.Press("window.first.create")
	r.Window.Exit()
	r.Start()
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	r.Sees("window.renew.unseen", "window.case.what")
	r.Press("window.renew.have")
	r.Press("window.lock")
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	if strings.Contains(r.Words(), r.W.T("renew.unseen")) {
		t.Error("asked again")
	}
}

// The key of an organisation can be let in and put out again; both are asked
// about with the key's fingerprint, and what is no key is refused in words.
func TestAccessOfAnOrganisation(t *testing.T) {
	r := inCase(t)
	other, _, err := r.App.CreateVault(t.Context(), filepath.Join(r.Home, "other"), viewtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	key := other.Recipient() // such a key is what an organisation would make
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	fingerprint := flow.NewRecipient("", key).Fingerprint.Grouped()[:19]
	r.Press("window.settings.title")
	r.Press("window.access.open")
	r.Sees("window.access.none", "window.access.means-how")
	r.Press("window.access.add") // nothing typed: nothing asked
	r.Sees("window.access.none")
	ask := func(name, key string) {
		r.Fields()[0].SetText(name)
		r.Fields()[1].SetText(key)
		r.Press("window.access.add")
		r.Sees("window.access.add-why")
	}
	ask("Aide", "age1 no key")
	r.Press("window.access.add-sure")
	r.Sees("error.recipient.what", "window.access.none")
	ask("Aide", " "+key+"\n")
	if !strings.Contains(r.Words(), fingerprint) {
		t.Errorf("asked without the fingerprint: %s", r.Words())
	}
	r.Press("window.back") // thought better of it
	r.Sees("window.access.none")
	ask("Aide", key)
	r.Press("window.access.add-sure")
	list, err := r.W.Session().Recipients()
	if err != nil || len(list) != 1 || list[0].Name != "Aide" || list[0].Recipient != key {
		t.Fatalf("%+v, %v", list, err)
	}
	if !strings.Contains(r.Words(), "Aide") || !strings.Contains(r.Words(), fingerprint) {
		t.Errorf("not listed: %s", r.Words())
	}
	r.Press("window.access.remove")
	r.Sees("window.access.remove-why")
	r.Press("window.access.remove-sure")
	r.Sees("window.access.none")
	if list, err := r.W.Session().Recipients(); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
