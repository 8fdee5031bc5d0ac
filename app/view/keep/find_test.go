package keep

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"constat/app/flow/look"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
	"constat/evidence"
)

func TestExhibitsAreFoundAndSorted(t *testing.T) {
	r := inCase(t)
	s := &homeScreen{loaded: true}
	for i := range 400 {
		e := look.Exhibit{Exhibit: evidence.ExhibitID(i + 1), Kind: evidence.WebCapture, Outcome: evidence.Complete, Title: fmt.Sprintf("page %d", i+1), Address: fmt.Sprintf("https://exemple.be/%d", i+1)}
		if i == 17 {
			e.Outcome, e.Facts = evidence.Partial, map[string]string{"seen-by": "Élodie"}
		}
		s.list = append(s.list, e)
	}
	r.Put(s)
	drawn := func() (ids []string) {
		for _, o := range r.Everything() {
			if c, ok := o.(*widget.PressCard); ok {
				ids = append(ids, regexp.MustCompile(`E-[0-9]+`).FindString(viewtest.WordsIn(c)))
			}
		}
		return ids
	}
	r.Win.Canvas().Focus(s.find.Field)
	for words, want := range map[string]string{"elodie": "E-018", "exemple.be/399": "E-399", "partielle": "E-018"} {
		s.find.Field.SetText(words)
		if got := drawn(); len(got) != 1 || got[0] != want {
			t.Errorf("%q finds %v, want %s", words, got, want)
		}
		if r.Win.Canvas().Focused() != s.find.Field {
			t.Fatal("searching takes the focus away")
		}
	}
	s.find.Field.SetText("rien de tel")
	r.Sees("window.find.none")
	s.find.Field.SetText("")
	r.Pick(r.W.T("find.part") + " · 1")
	if got := drawn(); len(got) != 1 || got[0] != "E-018" {
		t.Errorf("kept in part: %v", got)
	}
	if strings.Contains(r.Words(), r.W.T("find.none")) {
		t.Error("nothing is found")
	}
}
