package open

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/view/viewtest"
	"constat/app/view/widget"
)

func TestFirstStartMakesAVaultAndShowsTheCodeOnce(t *testing.T) {
	r := newRig(t)
	r.Sees("window.first.what", "window.first.hide", "window.passphrase.advice")
	if got := r.Win.Title(); got != "Constat" {
		t.Errorf("window title %q", got)
	}
	create := func() *widget.Button { return r.ButtonOf("window.first.create") }
	r.TypeInto(0, "court")
	r.Sees("window.passphrase.too-short")
	if !create().Disabled() {
		t.Error("a vault can be made with a viewtest.Passphrase that is too short")
	}
	r.TypeInto(0, " et encore quelques mots") // now long
	r.TypeInto(1, "autre chose")
	r.Sees("window.passphrase.differ")
	if !create().Disabled() {
		t.Error("a vault can be made with two different passphrases")
	}
	r.Fields()[1].SetText(r.Fields()[0].Text)
	r.Sees("window.passphrase.same")
	r.Press("window.first.create")
	code := code(r)
	if !strings.Contains(r.Words(), strings.ReplaceAll(code, "-", " ")) {
		t.Errorf("the code %q is not shown in groups: %s", code, r.Words())
	}
	if !r.ButtonOf("window.code.next").Disabled() {
		t.Error("one can go on without having noted the code")
	}
	for _, key := range []fyne.KeyName{fyne.KeyEscape, fyne.KeyReturn} {
		r.Key(key)
		r.Sees("window.code.next")
	}

	// The code goes to the clipboard for a minute.
	r.Press("window.code.copy")
	r.Sees("window.code.copied")
	if r.Clip.Content() != code {
		t.Errorf("clipboard %q", r.Clip.Content())
	}
	r.Clock.Pass(time.Minute - time.Second)
	r.Exec.Tick()
	if r.Clip.Content() == "" {
		t.Error("clipboard was cleared too early")
	}
	r.Clock.Pass(time.Second)
	r.Exec.Tick()
	if r.Clip.Content() != "" {
		t.Error("clipboard was not cleared after a minute")
	}

	// A page to print, where the person wants it, for the person alone.
	r.Press("window.code.save")
	r.Press("window.choose.folder")
	page, err := os.ReadFile(filepath.Join(r.Home, "page.html"))
	if err != nil || !strings.Contains(string(page), strings.Split(code, "-")[0]) {
		t.Errorf("page to print: %v %s", err, page)
	}
	r.Sees("window.code.saved")

	r.Press("window.code.noted")
	r.Press("window.code.next")
	r.Sees("window.case.what", "window.practice.first")
}

func TestLockRefusesAWrongPassphraseAndOpensWithTheRightOne(t *testing.T) {
	r := inCase(t)
	r.Press("window.lock")
	r.Sees("window.unlock.what")
	if strings.Contains(r.Words(), "Novembre") {
		t.Error("the case's name is shown while the vault is locked")
	}
	r.TypeInto(0, "certainement pas ceci")
	r.Press("window.unlock.open")
	r.Sees("error.wrong-passphrase.what", "error.wrong-passphrase.do", "window.notice.copy")
	if got := r.Fields()[0].Text; got != "" {
		t.Errorf("the wrong viewtest.Passphrase is still in the field: %q", got)
	}
	r.Press("window.notice.copy")
	if !strings.Contains(r.Clip.Content(), r.W.Text().T("error.wrong-passphrase.what")) {
		t.Errorf("details copied: %q", r.Clip.Content())
	}
	r.Press("window.notice.close")
	r.TypeInto(0, viewtest.Passphrase)
	r.Fields()[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.Sees("window.cases.why", "error.tried.do") // that another one was typed before is said
	if !strings.Contains(r.Words(), "Novembre") {
		t.Error("the case is not listed")
	}
	r.Press("window.notice.close")
	r.Press("window.lock")
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	r.Sees("window.cases.why")
	if r.Noticed() {
		t.Error("a wrong passphrase is said twice")
	}
}

func TestRecoveryCodeSetsANewPassphrase(t *testing.T) {
	r := newRig(t)
	r.TypeInto(0, viewtest.Passphrase)
	r.TypeInto(1, viewtest.Passphrase)
	r.Press("window.first.create")
	code := strings.ToLower(code(r))
	for _, o := range r.Everything() {
		if b, ok := o.(*widget.Button); ok && (b.Words() == r.W.Text().T("window.lock") || b.Words() == r.W.Text().T("window.settings.title")) {
			t.Errorf("%q leads away from a code that is shown only once", b.Words())
		}
	}
	r.Press("window.code.noted")
	r.Press("window.code.next")
	r.Press("window.lock")
	r.Press("window.unlock.code")
	r.TypeInto(0, code)
	const fresh = "quatre nouveaux mots ensemble"
	r.TypeInto(1, fresh)
	r.TypeInto(2, fresh)
	r.Press("window.recover.open")
	r.Sees("window.case.what")
	r.Press("window.lock")
	r.TypeInto(0, fresh)
	r.Press("window.unlock.open")
	r.Sees("window.case.what")
}
