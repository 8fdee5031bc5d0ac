package view

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
)

func TestFirstStartMakesAVaultAndShowsTheCodeOnce(t *testing.T) {
	r := newRig(t)
	r.sees("window.first.what", "window.first.hide", "window.passphrase.advice")
	if got := r.win.Title(); got != "Constat" {
		t.Errorf("window title %q", got)
	}
	create := func() *widget.Button { return r.buttonOf("window.first.create") }
	r.typeInto(0, "court")
	r.sees("window.passphrase.too-short")
	if !create().Disabled() {
		t.Error("a vault can be made with a passphrase that is too short")
	}
	r.typeInto(0, " et encore quelques mots") // now long
	r.typeInto(1, "autre chose")
	r.sees("window.passphrase.differ")
	if !create().Disabled() {
		t.Error("a vault can be made with two different passphrases")
	}
	r.fields()[1].SetText(r.fields()[0].Text)
	r.sees("window.passphrase.same")
	r.press("window.first.create")
	code := r.w.screen.(*codeScreen).code
	if !strings.Contains(r.words(), strings.ReplaceAll(code, "-", " ")) {
		t.Errorf("the code %q is not shown in groups: %s", code, r.words())
	}
	if !r.buttonOf("window.code.next").Disabled() {
		t.Error("one can go on without having noted the code")
	}

	// The code goes to the clipboard for a minute.
	r.press("window.code.copy")
	r.sees("window.code.copied")
	if r.clip.Content() != code {
		t.Errorf("clipboard %q", r.clip.Content())
	}
	r.clock.pass(clipboardLimit - time.Second)
	r.exec.tick()
	if r.clip.Content() == "" {
		t.Error("clipboard was cleared too early")
	}
	r.clock.pass(time.Second)
	r.exec.tick()
	if r.clip.Content() != "" {
		t.Error("clipboard was not cleared after a minute")
	}

	// A page to print, where the person wants it, for the person alone.
	r.press("window.code.save")
	r.press("window.choose.folder")
	page, err := os.ReadFile(filepath.Join(r.home, pageName))
	if err != nil || !strings.Contains(string(page), strings.Split(code, "-")[0]) {
		t.Errorf("page to print: %v %s", err, page)
	}
	r.sees("window.code.saved")

	r.press("window.code.noted")
	r.press("window.code.next")
	r.sees("window.case.what", "window.practice.first")
}

// buttonOf returns the button with the text of a key.
func (r *rig) buttonOf(key string) *widget.Button {
	r.t.Helper()
	for _, o := range r.everything() {
		if b, ok := o.(*widget.Button); ok && b.Words() == r.w.text.T(key) {
			return b
		}
	}
	r.t.Fatalf("no button %s on: %s", key, r.words())
	return nil
}

func TestLockRefusesAWrongPassphraseAndOpensWithTheRightOne(t *testing.T) {
	r := inCase(t)
	r.press("window.lock")
	r.sees("window.unlock.what")
	if strings.Contains(r.words(), "Novembre") {
		t.Error("the case's name is shown while the vault is locked")
	}
	r.typeInto(0, "certainement pas ceci")
	r.press("window.unlock.open")
	r.sees("error.wrong-passphrase.what", "error.wrong-passphrase.do", "window.notice.copy")
	if got := r.fields()[0].Text; got != "" {
		t.Errorf("the wrong passphrase is still in the field: %q", got)
	}
	r.press("window.notice.copy")
	if !strings.Contains(r.clip.Content(), r.w.text.T("error.wrong-passphrase.what")) {
		t.Errorf("details copied: %q", r.clip.Content())
	}
	r.press("window.notice.close")
	r.typeInto(0, passphrase)
	r.fields()[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	r.sees("window.cases.why")
	if !strings.Contains(r.words(), "Novembre") {
		t.Error("the case is not listed")
	}
}

func TestRecoveryCodeSetsANewPassphrase(t *testing.T) {
	r := newRig(t)
	r.typeInto(0, passphrase)
	r.typeInto(1, passphrase)
	r.press("window.first.create")
	code := strings.ToLower(r.w.screen.(*codeScreen).code)
	for _, o := range r.everything() {
		if b, ok := o.(*widget.Button); ok && (b.Words() == r.w.text.T("window.lock") || b.Words() == r.w.text.T("window.settings.title")) {
			t.Errorf("%q leads away from a code that is shown only once", b.Words())
		}
	}
	r.press("window.code.noted")
	r.press("window.code.next")
	r.press("window.lock")
	r.press("window.unlock.code")
	r.typeInto(0, code)
	const fresh = "quatre nouveaux mots ensemble"
	r.typeInto(1, fresh)
	r.typeInto(2, fresh)
	r.press("window.recover.open")
	r.sees("window.case.what")
	r.press("window.lock")
	r.typeInto(0, fresh)
	r.press("window.unlock.open")
	r.sees("window.case.what")
}

func TestAutoLock(t *testing.T) {
	r := inCase(t)
	limit := DefaultLockMinutes * time.Minute
	r.clock.pass(limit - 30*time.Second)
	r.exec.tick()
	if want := r.w.text.N("window.side.lock-seconds", 30); !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
	r.w.keys.Down(&fyne.KeyEvent{Name: fyne.KeyA}) // the person is there
	r.clock.pass(limit - time.Second)
	r.exec.tick()
	if r.w.session == nil {
		t.Fatal("locked although the person was there")
	}
	r.clock.pass(2 * time.Second)
	r.exec.tick()
	if r.w.session != nil {
		t.Fatal("not locked")
	}
	r.sees("window.unlock.what")
}

func TestAutoLockWaitsForRunningWork(t *testing.T) {
	r := inCase(t)
	r.exec.held = true
	r.w.show(&captureScreen{request: flow.PreserveRequest{Case: r.w.matter.ID, Address: "https://exemple.be/", Subject: flow.SubjectMinor}, from: &homeScreen{}})
	r.clock.pass(2 * DefaultLockMinutes * time.Minute)
	r.exec.tick()
	if r.w.session == nil {
		t.Error("locked while a page was being kept")
	}
	r.exec.finish() // flow refuses it, because of the answer about age
	r.sees("window.age.stop", "window.help.child-focus")
}
