package report_test

import (
	"strings"
	"testing"
	"time"

	"constat/assets/words"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence"
	"constat/internal/stock"
)

// TestLaterVisitsStandUnderTheExhibit: when, what was seen, and no word more.
func TestLaterVisitsStandUnderTheExhibit(t *testing.T) {
	c := sample.New(t, sample.Options{Tall: 800})
	kept, percent := evidence.Sum(c.Exhibits[0].ManifestBytes), 12
	for _, r := range []evidence.Recheck{
		{State: evidence.CannotTell, Reason: "network-dns", Detail: "net::ERR_NAME_NOT_RESOLVED"},
		{State: evidence.Gone, Reason: "status", Detail: "404"},
		{State: evidence.Changed, Reason: "text", SameText: &percent},
		{State: "x-later-state", Reason: "x-later-reason", Detail: "later"},
	} {
		r.Exhibit, r.ManifestSHA256 = "E-001", kept
		c.Recheck(r)
	}
	for _, lang := range words.Languages {
		t.Run(lang, func(t *testing.T) {
			text, err := words.For(lang)
			if err != nil {
				t.Fatal(err)
			}
			in := report.Input{Case: c.Case, Exhibits: c.Exhibits, Fingerprint: evidence.Sum(c.Log), Language: lang,
				Location: time.FixedZone("CET", 3600), CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software}
			path, _ := draw(t, in, "recheck-"+lang)
			all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-"))
			at := func(n int) string {
				return text.DateTime(sample.Start.Add(time.Duration(3+n) * 4 * time.Minute).In(time.FixedZone("CET", 3600)))
			}
			for _, want := range []string{
				text.N("report.brief.recheck", 4), text.T("report.recheck.title"), text.T("report.recheck.note"),
				text.T("recheck.state.gone"), text.T("recheck.reason.status", "When", at(2), "Detail", "404"),
				text.T("recheck.reason.network-dns", "When", at(1), "Detail", "net::ERR_NAME_NOT_RESOLVED"),
				text.T("recheck.reason.text", "When", at(3), "Detail", ""), text.T("report.fact.same-text", "Percent", 12),
				"x-later-state", "x-later-reason later", text.T("report.fact.recheck") + " E-001",
			} {
				if !strings.Contains(all, flat(want)) {
					t.Errorf("the report lacks %q", want)
				}
			}
			if n := strings.Count(all, flat(text.T("report.recheck.note"))); n != 1 {
				t.Errorf("the list of visits stands %d times", n)
			}
		})
	}
}
