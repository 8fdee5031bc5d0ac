package keep

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/app/flow/keep"
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

// form opens the questions of an exhibit.
func form(r *viewtest.Rig) *factsScreen {
	r.T.Helper()
	r.Press("window.facts.complete")
	return r.W.Screen().(*factsScreen)
}

func TestFactsAreKeptAsTypedAndSuspicionApart(t *testing.T) {
	r, id := onExhibit(t)
	r.Sees("window.facts.none")
	f := form(r)
	const typed, suspected = "  Instagram,  story ", "un ancien collègue"
	for i, page := range keep.Questions(f.of.e, false) {
		if f.page = i; i > 0 {
			r.W.Rebuild()
		}
		r.Sees("window.facts.page." + page.ID)
		for _, name := range page.Fields {
			if key := "window.ask." + name; !r.W.Text().Has(key) {
				t.Errorf("nobody can be asked %s", name)
			}
			r.Sees("window.ask." + name)
		}
	}
	f.fields["platform"].SetText(typed)
	f.fields["suspected-person"].SetText(suspected)
	f.page = 7
	r.W.Rebuild()
	r.Press("window.mark.latest")
	r.Press("window.story.later")
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
	f = form(r)
	if f.fields["platform"].Text != typed || f.chosen[priorityField] != "latest" || len(f.draft.Changed()) != 0 {
		t.Errorf("the form begins with %q", f.typed())
	}
	f.fields["suspected-person"].SetText("")
	r.Escape()
	if got := facts(r, id); len(got) != 2 {
		t.Errorf("facts %q", got)
	}
}

func TestEveryWordIsKeptWhicheverWayOneLeaves(t *testing.T) {
	r, id := onExhibit(t)
	form(r)
	r.Escape() // nothing typed
	r.Sees("window.facts.title")
	ways := map[string]func(){
		"lock": func() { r.W.Desk(); r.Press("window.lock") },
		"exit": func() { r.Press("window.exit") },
		"idle": func() {
			r.Clock.Pass(11 * time.Minute)
			r.Exec.Tick()
		},
		"pause": func() {
			r.Exec.Tick()
			r.Clock.Pass(10 * time.Second)
			r.Exec.Tick()
			r.Sees("window.facts.saved")
		},
	}
	for _, key := range []string{"window.settings.title", "window.export.title", "window.cases.all"} {
		ways[key] = func() { r.Press(key) }
	}
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		if way == "exit" {
			continue // last
		}
		reopen(r, id)
		typed := "tapé avant " + way
		form(r).fields["platform"].SetText(typed)
		ways[way]()
		reopen(r, id)
		if got := facts(r, id)["platform"]; got != typed {
			t.Errorf("%s: saved %q, typed %q", way, got, typed)
		}
	}
	reopen(r, id)
	form(r).fields["platform"].SetText("tapé avant quitter vite")
	ways["exit"]()
	r.Start()
	reopen(r, id)
	if got := facts(r, id)["platform"]; got != "tapé avant quitter vite" {
		t.Errorf("exit: saved %q", got)
	}
}

// reopen shows the exhibit, unlocking the vault if need be.
func reopen(r *viewtest.Rig, id string) {
	r.T.Helper()
	if r.W.Session() == nil {
		r.TypeInto(0, viewtest.Passphrase)
		r.Press("window.unlock.open")
	}
	if r.W.Desk().Case.ID == "" {
		cases, err := r.W.Session().Look.Cases(r.T.Context())
		if err != nil {
			r.T.Fatal(err)
		}
		r.W.Desk().Case = cases[0]
	}
	r.W.Show(&exhibitScreen{id: id})
}

func TestAFactThatCannotBeKeptStaysInTheForm(t *testing.T) {
	r, _ := onExhibit(t)
	f := form(r)
	long := strings.Repeat("a ", evidence.MaxFact)
	f.fields["seen-by"].SetText(long)
	r.Press("window.story.later")
	r.Sees("error.fact.what", "error.fact.do")
	if r.W.Screen() != f || f.fields["seen-by"].Text != long {
		t.Error("what was typed is lost")
	}
	f.fields["seen-by"].SetText("")
}

func TestWhatTheAddressSaysIsShownAndNotAsked(t *testing.T) {
	r := inCase(t)
	e := r.Keep("https://x.com/compte_x/status/1791000000000000000")
	r.W.Show(&exhibitScreen{id: e.Exhibit})
	f := form(r)
	r.Sees("window.facts.known", "window.facts.from-address", "window.facts.from-id")
	have := r.Words()
	for _, want := range []string{"compte_x", "1791000000000000000"} {
		if !strings.Contains(have, want) {
			t.Errorf("%s is not shown: %s", want, have)
		}
	}
	if strings.Contains(have, r.W.T("ask.platform")) {
		t.Error("the platform is asked")
	}
	r.Press("window.facts.correct")
	r.Sees("window.ask.platform")
	r.Press("window.facts.skip")
	if r.Win.Canvas().Focused() != f.fields["kind"] {
		t.Errorf("a question is not skipped: %T", r.Win.Canvas().Focused())
	}
	r.Press("window.story.later")
	if got := facts(r, e.Exhibit); len(got) != 0 {
		t.Errorf("what is known is said to be told: %q", got)
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
	f := form(r)
	f.page = 7
	r.W.Rebuild()
	if len(f.draft.Changed()) != 0 || !strings.Contains(r.Words(), "très grave") {
		t.Errorf("marks %q: %s", f.chosen, r.Words())
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
	r.Put(&exhibitScreen{id: e.Exhibit, e: e, loaded: true, part: 1, open: map[string]bool{"stamps": true}})
	for _, want := range []string{
		r.W.Text().N("stamp.gap-tries", 3, "Gap", "3 jours 4 h"),
		r.W.Text().T("stamp.clock", "Offset", "−0,4", "Uncertainty", "0,6"),
		r.W.T("proof.clock-agrees", "Seconds", "1,0"),
		r.W.Text().T("timestamp.label.on-trusted-list", "Date", r.W.Text().Day(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))),
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
