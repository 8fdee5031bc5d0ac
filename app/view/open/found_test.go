package open

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/view/viewtest"
)

const oldPassphrase = "quatre mots sans lien: tulipe"

// version1 is a vault that an earlier build made.
func version1(t *testing.T, dir string) {
	t.Helper()
	z, err := zip.OpenReader("../../../evidence/vault/testdata/version1.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
}

func unlock(r *viewtest.Rig, passphrase string) {
	r.T.Helper()
	r.TypeInto(0, passphrase)
	r.Press("window.unlock.open")
}

// TestTheOneQuestionOfVersion1: it is asked before the cases are shown; 'not now' changes nothing,
// 'yes' is needed to add.
func TestTheOneQuestionOfVersion1(t *testing.T) {
	r := newRig(t)
	version1(t, r.App.DefaultVault())
	r.Start()
	before, err := os.ReadFile(filepath.Join(r.App.DefaultVault(), "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	unlock(r, oldPassphrase)
	r.Sees("window.found.old", "window.found.ask", "window.found.ask-yes", "window.found.ask-no")
	if have := r.Words(); !strings.Contains(have, "Une affaire") || !strings.Contains(have, "Zweite Akte") {
		t.Errorf("the cases are not named: %s", have)
	}
	r.Press("window.found.later")
	r.Sees("window.cases.why")
	if !strings.Contains(r.Words(), "Une affaire") {
		t.Error("what is there cannot be read any more")
	}
	if after, err := os.ReadFile(filepath.Join(r.App.DefaultVault(), "vault.json")); err != nil || string(after) != string(before) {
		t.Errorf("'not now' changed the vault: %v %s", err, after)
	}
	// Something is to be added, which takes the answer.
	r.Press("window.cases.new")
	r.TypeInto(0, "Novembre")
	r.Press("window.case.create")
	r.Sees("error.vault-old.what")

	r.Press("window.settings.title")
	r.Press("window.found.open")
	r.Press("window.found.mine")
	r.Sees("window.found.migrated")
	if r.W.Session().Old() {
		t.Fatal("the vault is of version 1 still")
	}
	r.Press("window.back")
	r.Press("window.back")
	r.Press("window.cases.new")
	r.TypeInto(0, "Novembre")
	r.Press("window.case.create")
	r.Sees("window.keep.what")
	r.Press("window.lock")
	unlock(r, oldPassphrase)
	if strings.Contains(r.Words(), r.W.T("found.old")) {
		t.Error("the question is asked again")
	}
	r.Sees("window.cases.unproven")
}

// TestWhatWasFoundIsShownOnce: an older copy that was put back, a case of somebody else's, a clock
// that stands wrong.
func TestWhatWasFoundIsShownOnce(t *testing.T) {
	r := inCase(t)
	dir, id := r.App.DefaultVault(), r.W.Desk().Case.ID
	older := filepath.Join(t.TempDir(), "older")
	r.Press("window.lock")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.CopyFS(older, os.DirFS(filepath.Join(dir, "cases", id))))
	unlock(r, viewtest.Passphrase)
	if strings.Contains(r.Words(), r.W.T("found.title")) {
		t.Errorf("nothing happened, and yet: %s", r.Words())
	}
	_, err := r.W.Session().Check(t.Context(), nil) // which the log notes
	must(err)
	r.Press("window.lock")
	must(os.RemoveAll(filepath.Join(dir, "cases", id)))
	must(os.CopyFS(filepath.Join(dir, "cases", id), os.DirFS(older)))
	must(os.RemoveAll(filepath.Join(dir, "pending")))
	must(os.Symlink(t.TempDir(), filepath.Join(dir, "pending")))
	r.Clock.Pass(75 * 365 * 24 * time.Hour)
	unlock(r, viewtest.Passphrase)
	r.Sees("window.found.what")
	have := r.Words()
	for _, want := range []string{"2101", id, "pending"} {
		if !strings.Contains(have, want) {
			t.Errorf("%q is not said: %s", want, have)
		}
	}
	r.Press("window.found.next")
	r.Sees("window.cases.why")
	r.Press("window.settings.title")
	r.Press("window.found.open")
	r.Sees("window.found.what")
	r.Press("window.back")
	r.Sees("window.settings.general")
}
