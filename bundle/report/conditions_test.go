package report

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"constat/assets/words"
	"constat/evidence"
)

func TestConditionsSayWhatWasMetAndWhatWasNot(t *testing.T) {
	e := scene()
	e.Manifest.Precondition = []evidence.Precondition{
		{Item: "x-of-a-later-version", State: evidence.NotChecked, Detail: "later"},
		{Item: "reached-by-link", State: evidence.NotMet, Detail: "address entered"},
		{Item: "fresh-profile", State: evidence.Met},
		{Item: "local-addresses", State: evidence.NotChecked},
		{Item: "name-servers", State: evidence.Met, Detail: "resolv.conf: 192.0.2.53"},
	}
	e.Manifest.Artifacts = append(e.Manifest.Artifacts, evidence.Artifact{Name: evidence.MHTMLName, Role: evidence.Original, SHA256: evidence.Sum(nil)})
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		pages, _ := printed(t, e, lang)
		all := strings.Join(strings.Fields(strings.Join(pages, " ")), " ")
		var places []int
		for _, want := range []string{
			// fresh profile, name servers, digests, format and zone are met; a link and a second
			// record are not
			text.T("report.pre.count", "Met", 5, "NotMet", 2, "NotChecked", 2), text.T("report.pre.before"), text.T("report.pre.while"),
			text.T("report.pre.kept"), "x-of-a-later-version", text.T("report.pre.never")[:40],
		} {
			i := strings.Index(all, strings.Join(strings.Fields(want), " "))
			if i < 0 {
				t.Errorf("%s: the report lacks %q", lang, want)
			}
			places = append(places, i)
		}
		if !slices.IsSorted(places) {
			t.Errorf("%s: the parts stand at %v", lang, places)
		}
		for _, want := range []string{"192.0.2.53", evidence.MHTMLName, text.T("detail.entered"), "✓"} {
			if !strings.Contains(all, want) {
				t.Errorf("%s: the report lacks %q", lang, want)
			}
		}
		if strings.Contains(all, "address entered") {
			t.Errorf("%s: the reason is not in words", lang)
		}
	}
}

func TestAPageThatWasKeptTwiceSaysSo(t *testing.T) {
	first, second := scene(), scene()
	second.Manifest.Exhibit = "E-002"
	other := scene()
	other.Manifest.Exhibit, other.Manifest.Request = "E-003", &evidence.Request{Address: "https://exemple.be/other"}
	w := &writer{in: Input{Exhibits: []Exhibit{first, second, other}}}
	for _, test := range []struct {
		e    Exhibit
		want evidence.Precondition
	}{
		{first, evidence.Precondition{Item: "again", State: evidence.Met, Detail: "E-002"}},
		{second, evidence.Precondition{Item: "again", State: evidence.Met, Detail: "E-001"}},
		{other, evidence.Precondition{Item: "again", State: evidence.NotMet}},
	} {
		if got := w.seenInBundle(test.e); !slices.ContainsFunc(got, func(p evidence.Precondition) bool { return reflect.DeepEqual(p, test.want) }) {
			t.Errorf("%s: %+v", test.e.Manifest.Exhibit, got)
		}
	}
}
