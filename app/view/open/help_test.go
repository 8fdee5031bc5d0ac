package open

import (
	"strings"
	"testing"

	"constat/app/view/viewtest"
	"constat/assets/help"
	"constat/assets/words"
)

// Who helps can be read and copied while the vault is locked, behind a word that says nothing, and
// one comes back to where one was.
func TestHelpIsThereWhileLockedAndLeadsBack(t *testing.T) {
	r := inCase(t)
	r.Window.Lock()
	have := r.Words()
	for _, l := range help.Of(help.Home) {
		if l.Number != "" && strings.Contains(have, l.Number) {
			t.Errorf("a locked window shows %s to a passer-by", l.Number)
		}
	}
	r.TypeInto(0, "à moitié")
	r.Press("window.side.help")
	have = r.Words()
	for _, l := range help.Of(help.Home) {
		if !strings.Contains(have, l.Name) || !strings.Contains(have, r.W.Text().T("helpline.for."+l.For)) {
			t.Errorf("%s is not there, or not for whom: %s", l.Name, have)
		}
	}
	r.Press("window.copy")
	if got := r.Clip.Content(); got != "101" && got != "112" {
		t.Errorf("copied %q, not what is urgent", got)
	}
	r.Press("window.side.help") // it is here already, and stays
	r.Escape()
	r.Sees("window.unlock.what")
	if got := r.Fields()[0].Text; got != "à moitié" {
		t.Errorf("what was typed is %q", got)
	}
	r.Fields()[0].SetText("")
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	r.Press("window.side.help")
	r.Pick(r.W.Text().T("country.DE"))
	if have := r.Words(); !strings.Contains(have, "HateAid") || strings.Contains(have, "Child Focus ") {
		t.Errorf("of Germany: %s", have)
	}
	r.Press("window.back")
	r.Sees("window.cases.title")
}

func TestEveryCountryHasAName(t *testing.T) {
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range help.Countries() {
			if !text.Has("country." + c) {
				t.Errorf("%s: %s has no name", lang, c)
			}
		}
	}
}
