package look

import (
	"slices"
	"testing"

	"constat/evidence"
	"constat/evidence/platform"
)

func TestExhibitsAreFoundByWhatIsKnownOfThem(t *testing.T) {
	e := Exhibit{
		Exhibit: "E-003", Title: "Publication privée", Address: "https://x.com/compte_x/status/1", Kind: evidence.WebCapture, Outcome: evidence.Partial,
		Platform: &platform.Item{Platform: platform.X, IDs: map[platform.Field]string{platform.FieldAccount: "compte_x"}},
		Facts:    map[string]string{"seen-by": "Élodie et sa sœur"},
	}
	for words, want := range map[string]bool{
		"": true, "e-003": true, "privee": true, "PRIVÉE x.com": true, "compte_x": true, "elodie": true, "twitter": true, "partielle": true,
		"complète": false, "compte_x nobody": false,
	} {
		if got := e.Matches(words, "partielle"); got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
	for s, want := range map[Sort]bool{SortAll: true, SortPart: true, SortWhole: false, SortFailed: false, SortAddress: false, SortFiles: false} {
		if e.Is(s) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
	e.Damage = "x"
	if !e.Is(SortFailed) || e.Is(SortPart) {
		t.Error("what is damaged is not among what did not come")
	}
}

func TestTagsStandInTheNotes(t *testing.T) {
	got := tagsIn("appelée lundi #urgent, revoir #Police. #urgent # et c# ")
	if !slices.Equal(got, []string{"urgent", "Police"}) {
		t.Errorf("%q", got)
	}
	c := Case{Title: "Novembre", Reference: "2026/041", Tags: got}
	if !c.Matches("041 police") || c.Matches("decembre") {
		t.Error("a case is not found by reference and tag")
	}
}
