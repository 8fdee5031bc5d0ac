package keep

import (
	"strings"
	"testing"

	"constat/app/flow/proof"
	"constat/app/view/viewtest"
	"constat/evidence"
)

// onExhibit is a rig that shows an exhibit of its own.
func onExhibit(t *testing.T) (*viewtest.Rig, string) {
	t.Helper()
	r := inCase(t)
	e := r.Keep("https://exemple.be/p/1")
	r.W.Show(&exhibitScreen{id: e.Exhibit})
	return r, e.Exhibit
}

// facts are those that are kept of an exhibit.
func facts(r *viewtest.Rig, exhibit string) map[string]string {
	r.T.Helper()
	list, err := r.W.Session().Look.Exhibits(r.T.Context(), r.W.Desk().Case.ID)
	if err != nil {
		r.T.Fatal(err)
	}
	for _, e := range list {
		if e.Exhibit == exhibit {
			return e.Facts
		}
	}
	r.T.Fatalf("no exhibit %s", exhibit)
	return nil
}

func TestFactsAreKeptAsTypedAndSuspicionApart(t *testing.T) {
	r, id := onExhibit(t)
	r.Sees("window.facts.none")
	r.Press("window.facts.complete")
	r.Sees("window.facts.form-why", "window.facts.suspicion-why")
	for _, f := range evidence.FactFields() {
		r.Sees("fact-group." + string(f.Group))
		if f.Name != priorityField {
			r.Sees("fact." + f.Name)
		}
	}
	const typed, suspected = "  Instagram,  story ", "un ancien collègue"
	form := r.W.Screen().(*factsScreen)
	form.fields["platform"].SetText(typed)
	form.fields["suspected-person"].SetText(suspected)
	r.Press("window.mark.latest")
	r.Press("window.facts.save")
	r.Sees("window.facts.told", "fact.platform", "fact-group.suspicion", "window.mark.latest")
	got := facts(r, id)
	if len(got) != 3 || got["platform"] != typed || got["suspected-person"] != suspected || got[priorityField] != "latest" {
		t.Errorf("facts %q", got)
	}
	have := r.Words()
	if strings.Index(have, suspected) < strings.Index(have, r.W.Text().T("fact-group.suspicion")) {
		t.Errorf("the suspicion is among the facts: %s", have)
	}

	// What is taken back goes; the form begins with what is kept.
	r.Press("window.facts.complete")
	form = r.W.Screen().(*factsScreen)
	if form.fields["platform"].Text != typed || form.mark != "latest" || form.unsaved() {
		t.Errorf("the form begins with %q", form.typed())
	}
	form.fields["suspected-person"].SetText("")
	r.Press("window.facts.save")
	if got := facts(r, id); len(got) != 2 {
		t.Errorf("facts %q", got)
	}
}

func TestNothingTypedIsLostWithoutAQuestion(t *testing.T) {
	r, id := onExhibit(t)
	r.Press("window.facts.complete")
	r.Escape() // nothing typed: no question
	r.Sees("window.facts.title")

	for _, way := range []string{"window.back", "window.settings.title", "window.export.title", "window.cases.all"} {
		r.W.Show(&exhibitScreen{id: id})
		r.Press("window.facts.complete")
		r.W.Screen().(*factsScreen).fields["platform"].SetText("tapé")
		r.Press(way)
		r.Sees("window.facts.lose", "window.facts.discard")
		r.Press("window.facts.stay")
		if got := r.W.Screen().(*factsScreen).fields["platform"].Text; got != "tapé" {
			t.Errorf("%s: %q is left of what was typed", way, got)
		}
		r.Press(way)
		r.Press("window.facts.discard")
		if _, still := r.W.Screen().(*factsScreen); still {
			t.Errorf("%s: one cannot leave without saving", way)
		}
		if r.W.Desk().Case.ID == "" {
			cases, err := r.W.Session().Look.Cases(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			r.W.Desk().Case = cases[0]
		}
		if got := facts(r, id); len(got) != 0 {
			t.Errorf("%s: saved although refused: %q", way, got)
		}
	}

	r.W.Show(&exhibitScreen{id: id})
	r.Press("window.facts.complete")
	r.W.Screen().(*factsScreen).fields["platform"].SetText("tapé")
	r.Escape()
	r.Press("window.facts.save")
	r.Sees("window.facts.title")
	if got := facts(r, id)["platform"]; got != "tapé" {
		t.Errorf("saved %q", got)
	}
}

func TestAFactThatCannotBeKeptStaysInTheForm(t *testing.T) {
	r, _ := onExhibit(t)
	r.Press("window.facts.complete")
	form := r.W.Screen().(*factsScreen)
	long := strings.Repeat("a ", evidence.MaxFact)
	form.fields["seen-by"].SetText(long)
	r.Press("window.facts.save")
	r.Sees("error.fact.what", "error.fact.do")
	if r.W.Screen() != form || form.fields["seen-by"].Text != long {
		t.Error("what was typed is lost")
	}
}

func TestMarkingIsOnePressAndCanBeTakenBack(t *testing.T) {
	r, id := onExhibit(t)
	for _, m := range []struct{ key, want string }{
		{"window.mark.as-first", "first"}, {"window.mark.worst", "worst"}, {"window.mark.worst", ""},
	} {
		r.Press(m.key)
		if got := facts(r, id)[priorityField]; got != m.want {
			t.Errorf("after %s: %q, want %q", m.key, got, m.want)
		}
		if marked := viewtest.Marked(r.ButtonOf(m.key)); marked != (m.want != "") {
			t.Errorf("after %s: shown as marked: %v", m.key, marked)
		}
	}
}

func TestOtherWordsOfAMarkStay(t *testing.T) {
	r, id := onExhibit(t)
	if _, err := r.W.Session().Keep.SaveFacts(t.Context(), r.W.Desk().Case.ID, id, map[string]string{priorityField: "très grave"}); err != nil {
		t.Fatal(err)
	}
	r.W.Show(&exhibitScreen{id: id})
	r.Press("window.facts.complete")
	if form := r.W.Screen().(*factsScreen); form.unsaved() || !strings.Contains(r.Words(), "très grave") {
		t.Errorf("mark %q: %s", form.mark, r.Words())
	}
}

func TestTheClockIsAheadOrBehind(t *testing.T) {
	r := inCase(t)
	e := viewtest.MadeUp()
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	if want := r.W.T("proof.clock-ahead", "Seconds", "2,4"); !strings.Contains(r.Words(), want) {
		t.Errorf("%q is not shown: %s", want, r.Words())
	}
	e.Manifest.Clock[0].OffsetSecs = -2.4
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	if want := r.W.T("proof.clock-behind", "Seconds", "2,4"); !strings.Contains(r.Words(), want) {
		t.Errorf("%q is not shown: %s", want, r.Words())
	}
	e.Manifest.Clock[0].OffsetSecs = 0
	e.Timestamps[0].Clock = &proof.Clock{Offset: 301.2, Uncertainty: 1.5}
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	if want := r.W.T("proof.clock-ahead", "Seconds", "301,2"); !strings.Contains(r.Words(), want) {
		t.Errorf("%q is not shown: %s", want, r.Words())
	}
}

// A timestamp says how long after the capture it came, what the device's clock
// was, and what is known of the service.
func TestATimestampSaysItsGap(t *testing.T) {
	r := inCase(t)
	e := viewtest.MadeUp()
	gap := 76 * 3600.0
	e.Timestamps[0].Gap, e.Timestamps[0].Tries = &gap, 3
	e.Timestamps[0].Clock = &proof.Clock{Offset: -0.4, Uncertainty: 0.6}
	e.Timestamps[0].Label, e.Timestamps[0].LabelOn = "on-trusted-list", "2026-08-01"
	e.Manifest.Clock = nil
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	for _, want := range []string{
		r.W.Text().N("stamp.gap-tries", 3, "Gap", "3 jours 4 h"),
		r.W.Text().T("stamp.clock", "Offset", "−0,4", "Uncertainty", "0,6"),
		r.W.T("proof.clock-agrees", "Seconds", "1,0"),
		r.W.Text().T("timestamp.label.on-trusted-list", "Date", "01.08.2026"),
	} {
		if !strings.Contains(r.Words(), want) {
			t.Errorf("%q is not shown: %s", want, r.Words())
		}
	}
}

// What went wrong stands in the language of the window, with its numbers.
func TestAProblemIsSaidInTheLanguageOfTheWindow(t *testing.T) {
	r := inCase(t)
	e := viewtest.MadeUp()
	e.Outcome = evidence.Partial
	e.Problems = []evidence.Problem{{Code: "cut", Detail: "cut at 13000 px of 20000 px"}, {Code: "cut-width", Detail: "of a later version"}}
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	for _, want := range []string{"13 000 pixels sur 20 000", "of a later version"} {
		if !strings.Contains(r.Words(), want) {
			t.Errorf("%q is not shown: %s", want, r.Words())
		}
	}
}
