package view

import (
	"strings"
	"testing"

	"constat/app/flow"
	"constat/evidence"
)

// onExhibit is a rig that shows an exhibit of its own.
func onExhibit(t *testing.T) (*rig, string) {
	t.Helper()
	r := inCase(t)
	e := r.keep("https://exemple.be/p/1")
	r.w.show(&exhibitScreen{id: e.Exhibit})
	return r, e.Exhibit
}

func (r *rig) facts(exhibit string) map[string]string {
	r.t.Helper()
	list, err := r.w.session.Exhibits(r.t.Context(), r.w.matter.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range list {
		if e.Exhibit == exhibit {
			return e.Facts
		}
	}
	r.t.Fatalf("no exhibit %s", exhibit)
	return nil
}

func TestFactsAreKeptAsTypedAndSuspicionApart(t *testing.T) {
	r, id := onExhibit(t)
	r.sees("window.facts.none")
	r.press("window.facts.complete")
	r.sees("window.facts.form-why", "window.facts.suspicion-why")
	for _, f := range evidence.FactFields() {
		r.sees("fact-group." + string(f.Group))
		if f.Name != priorityField {
			r.sees("fact." + f.Name)
		}
	}
	const typed, suspected = "  Instagram,  story ", "un ancien collègue"
	form := r.w.screen.(*factsScreen)
	form.fields["platform"].SetText(typed)
	form.fields["suspected-person"].SetText(suspected)
	r.press("window.mark.latest")
	r.press("window.facts.save")
	r.sees("window.facts.told", "fact.platform", "fact-group.suspicion", "window.mark.latest")
	got := r.facts(id)
	if len(got) != 3 || got["platform"] != typed || got["suspected-person"] != suspected || got[priorityField] != "latest" {
		t.Errorf("facts %q", got)
	}
	have := r.words()
	if strings.Index(have, suspected) < strings.Index(have, r.w.text.T("fact-group.suspicion")) {
		t.Errorf("the suspicion is among the facts: %s", have)
	}

	// What is taken back goes; the form begins with what is kept.
	r.press("window.facts.complete")
	form = r.w.screen.(*factsScreen)
	if form.fields["platform"].Text != typed || form.mark != "latest" || form.unsaved() {
		t.Errorf("the form begins with %q", form.typed())
	}
	form.fields["suspected-person"].SetText("")
	r.press("window.facts.save")
	if got := r.facts(id); len(got) != 2 {
		t.Errorf("facts %q", got)
	}
}

func TestNothingTypedIsLostWithoutAQuestion(t *testing.T) {
	r, id := onExhibit(t)
	r.press("window.facts.complete")
	r.escape() // nothing typed: no question
	r.sees("window.facts.title")

	for _, way := range []string{"window.back", "window.settings.title", "window.export.title", "window.cases.all"} {
		r.w.show(&exhibitScreen{id: id})
		r.press("window.facts.complete")
		r.w.screen.(*factsScreen).fields["platform"].SetText("tapé")
		r.press(way)
		r.sees("window.facts.lose", "window.facts.discard")
		r.press("window.facts.stay")
		if got := r.w.screen.(*factsScreen).fields["platform"].Text; got != "tapé" {
			t.Errorf("%s: %q is left of what was typed", way, got)
		}
		r.press(way)
		r.press("window.facts.discard")
		if _, still := r.w.screen.(*factsScreen); still {
			t.Errorf("%s: one cannot leave without saving", way)
		}
		if r.w.matter.ID == "" {
			cases, err := r.w.session.Cases(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			r.w.openCase(cases[0])
		}
		if got := r.facts(id); len(got) != 0 {
			t.Errorf("%s: saved although refused: %q", way, got)
		}
	}

	r.w.show(&exhibitScreen{id: id})
	r.press("window.facts.complete")
	r.w.screen.(*factsScreen).fields["platform"].SetText("tapé")
	r.escape()
	r.press("window.facts.save")
	r.sees("window.facts.title")
	if got := r.facts(id)["platform"]; got != "tapé" {
		t.Errorf("saved %q", got)
	}
}

func TestAFactThatCannotBeKeptStaysInTheForm(t *testing.T) {
	r, _ := onExhibit(t)
	r.press("window.facts.complete")
	form := r.w.screen.(*factsScreen)
	long := strings.Repeat("a ", evidence.MaxFact)
	form.fields["seen-by"].SetText(long)
	r.press("window.facts.save")
	r.sees("error.fact.what", "error.fact.do")
	if r.w.screen != form || form.fields["seen-by"].Text != long {
		t.Error("what was typed is lost")
	}
}

func TestMarkingIsOnePressAndCanBeTakenBack(t *testing.T) {
	r, id := onExhibit(t)
	for _, m := range []struct{ key, want string }{
		{"window.mark.as-first", "first"}, {"window.mark.worst", "worst"}, {"window.mark.worst", ""},
	} {
		r.press(m.key)
		if got := r.facts(id)[priorityField]; got != m.want {
			t.Errorf("after %s: %q, want %q", m.key, got, m.want)
		}
		if marked := len(rendererObjects(r.buttonOf(m.key))) > 3; marked != (m.want != "") {
			t.Errorf("after %s: shown as marked: %v", m.key, marked)
		}
	}
}

func TestOtherWordsOfAMarkStay(t *testing.T) {
	r, id := onExhibit(t)
	if _, err := r.w.session.SaveFacts(t.Context(), r.w.matter.ID, id, map[string]string{priorityField: "très grave"}); err != nil {
		t.Fatal(err)
	}
	r.w.show(&exhibitScreen{id: id})
	r.press("window.facts.complete")
	if form := r.w.screen.(*factsScreen); form.unsaved() || !strings.Contains(r.words(), "très grave") {
		t.Errorf("mark %q: %s", form.mark, r.words())
	}
}

func TestTheClockIsAheadOrBehind(t *testing.T) {
	r := inCase(t)
	e := madeUp()
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	if want := r.w.t("proof.clock-ahead", "Seconds", "2,4"); !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
	e.Manifest.Clock[0].OffsetSecs = -2.4
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	if want := r.w.t("proof.clock-behind", "Seconds", "2,4"); !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
	e.Manifest.Clock[0].OffsetSecs = 0
	e.Timestamps[0].Clock = &flow.ClockView{Offset: 301.2, Uncertainty: 1.5}
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	if want := r.w.t("proof.clock-ahead", "Seconds", "301,2"); !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
}

// A timestamp says how long after the capture it came, what the device's clock
// was, and what is known of the service.
func TestATimestampSaysItsGap(t *testing.T) {
	r := inCase(t)
	e := madeUp()
	gap := 76 * 3600.0
	e.Timestamps[0].Gap, e.Timestamps[0].Tries = &gap, 3
	e.Timestamps[0].Clock = &flow.ClockView{Offset: -0.4, Uncertainty: 0.6}
	e.Timestamps[0].Label, e.Timestamps[0].LabelOn = "on-trusted-list", "2026-08-01"
	e.Manifest.Clock = nil
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	for _, want := range []string{
		r.w.text.N("stamp.gap-tries", 3, "Gap", "3 jours 4 h"),
		r.w.text.T("stamp.clock", "Offset", "−0,4", "Uncertainty", "0,6"),
		r.w.t("proof.clock-agrees", "Seconds", "1,0"),
		r.w.text.T("timestamp.label.on-trusted-list", "Date", "01.08.2026"),
	} {
		if !strings.Contains(r.words(), want) {
			t.Errorf("%q is not shown: %s", want, r.words())
		}
	}
}

// What went wrong stands in the language of the window, with its numbers.
func TestAProblemIsSaidInTheLanguageOfTheWindow(t *testing.T) {
	r := inCase(t)
	e := madeUp()
	e.Outcome = evidence.Partial
	e.Problems = []evidence.Problem{{Code: "cut", Detail: "cut at 13000 px of 20000 px"}, {Code: "cut-width", Detail: "of a later version"}}
	r.put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1})
	for _, want := range []string{"13 000 pixels sur 20 000", "of a later version"} {
		if !strings.Contains(r.words(), want) {
			t.Errorf("%q is not shown: %s", want, r.words())
		}
	}
}
