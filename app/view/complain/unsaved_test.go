package complain

import (
	"os"
	"path/filepath"
	"testing"

	"constat/app/view/stage"
)

// Notes that cannot be kept stay on the screen, with why.
func TestNotesThatCannotBeKeptStayOnTheScreen(t *testing.T) {
	r := inCase(t)
	r.W.Show(r.W.At(stage.Complain))
	s := r.W.Screen().(*complainScreen)
	s.notes.SetText("à ne pas perdre")
	at := filepath.Join(r.W.Folder(), "cases")
	if err := os.Rename(at, at+"-away"); err != nil {
		t.Fatal(err)
	}
	r.Escape()
	if r.W.Screen() != stage.Screen(s) || s.notes.Text != "à ne pas perdre" || !r.Noticed() {
		t.Errorf("%T is shown, noticed %v: %s", r.W.Screen(), r.Noticed(), r.Words())
	}
	if err := os.Rename(at+"-away", at); err != nil {
		t.Fatal(err)
	}
	r.Escape()
	notes, err := r.W.Session().Complain.Notes(t.Context(), r.W.Desk().Case.ID)
	if _, still := r.W.Screen().(*complainScreen); still || err != nil || notes != "à ne pas perdre" {
		t.Errorf("kept %q, %v; %T is shown", notes, err, r.W.Screen())
	}
}
