package report

import (
	"strings"
	"testing"

	"constat/assets/words"
	"constat/evidence"
)

// What a capture noted in English is printed in the language, with its numbers, and what it is said
// of stays readable.
func TestDetailsAreInTheLanguageOfTheReport(t *testing.T) {
	e := scene()
	m := &e.Manifest
	m.Problems = []evidence.Problem{
		{Code: "load-timeout", Detail: "30 s"},
		{Code: "scroll-stopped", Detail: "limit of time: 214 steps, 192600 px, page of 9000 px became 400000 px"},
		{Code: "resource-failed", Detail: "6: 2 × Image net::ERR_CONNECTION_REFUSED, 1 × Stylesheet net::ERR_NAME_NOT_RESOLVED, 3 × not finished"},
		{Code: "cut", Detail: "cut at 100000 px of 400000 px"},
		{Code: "dialog", Detail: "confirm: Wollen Sie <wirklich> weiter?"},
		{Code: "script-stopped", Detail: "more than 10 dialogs"},
		{Code: "script-stopped", Detail: "picture not delivered after 10 s"},
		{Code: "pane-cut", Detail: "pane-1-001.png: 12 pictures, 800 of 900 px"},
		{Code: "uncovered-cut", Detail: "2 tiles: the browser ended"},
		{Code: "overlay-closed", Detail: `"continuer sans accepter" (Didomi), 5 tiles`},
		{Code: "wacz-incomplete", Detail: "9: 2 × frames or workers not followed, 3 × not handed over, 4 × too large"},
		{Code: "chains-left-out", Detail: "2 of 14 hosts: cdn.example.org, img.example.org"},
		{Code: "recognised", Detail: `Instagram fr: "Cette page n'est malheureusement pas disponible"`},
		{Code: "x-of-a-later-version", Detail: "later detail of 3 things"},
	}
	m.Precondition = []evidence.Precondition{
		{Item: "versions", State: evidence.Met, Detail: "HeadlessChrome/156.0.8078.73"},
		{Item: "own-view", State: evidence.NotMet, Detail: "phone view: user agent, touch and metrics; Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"},
		{Item: "fresh-profile", State: evidence.Met, Detail: "browser started ahead for one capture, at 2026-11-23T10:42:07.123Z"},
		{Item: "empty-cache", State: evidence.Met, Detail: "off the record, 0 cookies"},
		{Item: "first-page", State: evidence.NotMet, Detail: "1 other pages open"},
		{Item: "no-proxy", State: evidence.Met, Detail: "environment"},
		{Item: "clock", State: evidence.Met, Detail: "-0.4 s to the server's Date"},
		{Item: "time-server", State: evidence.Met, Detail: "+0.012 s to system's own: time.example.org, stratum 2, round trip 31 ms"},
		{Item: "clock-kept", State: evidence.Met, Detail: "adjtimex: within 0.016 s by its own estimate"},
		{Item: "name-servers", State: evidence.Met, Detail: "resolv.conf: 192.0.2.53, 2001:db8::53"},
		{Item: "name-answer", State: evidence.NotChecked, Detail: "the browser's resolver told nothing of it; address as used: [2001:db8:1234:5678:9abc:def0:1234:5678]:443"},
		{Item: "reached-by-link", State: evidence.NotChecked, Detail: "window"},
		{Item: "scrolled", State: evidence.NotMet, Detail: "limit of time: 214 steps, 192600 px, page of 9000 px became 400000 px"},
		{Item: "network-capture", State: evidence.NotMet},
	}
	m.Clock = []evidence.ClockCheck{{Source: "http-date", OffsetSecs: -0.4, Detail: "Age: 3600"},
		{Source: "ntp", OffsetSecs: 0.012, Detail: "system's own: time.example.org, stratum 2, round trip 31 ms"}}
	english := []string{"steps", "became", "not finished", "cut at", "dialogs", "delivered", "pictures", "tiles", "handed over", "too large", "hosts",
		"http-date", "browser started", "off the record", "pages open", "environment", "to the server", "round trip", "estimate", "told nothing", "system's own", "Age:", "confirm:"}
	for _, lang := range words.Languages {
		pages, _ := printed(t, e, lang)
		all := strings.Join(strings.Fields(strings.Join(pages, " ")), " ")
		if lang != "en" {
			for _, word := range english {
				if strings.Contains(all, word) {
					t.Errorf("%s: the report says %q", lang, word)
				}
			}
		}
		for _, want := range []string{"net::ERR_NAME_NOT_RESOLVED", "100 000", "400 000", "pane-1-001.png", "continuer sans accepter", "Didomi",
			"cdn.example.org", "later detail of 3 things", "Wollen Sie <wirklich> weiter?", "time.example.org", "3 600", "192.0.2.53"} {
			if !strings.Contains(squeezed(all), squeezed(want)) { // lines are broken within addresses, too
				t.Errorf("%s: the report lacks %q", lang, want)
			}
		}
	}
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
