package help

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// check returns everything that is wrong with lines.
func check(lines []Line) error {
	var faults []error
	seen := map[string]bool{}
	id, country, number := regexp.MustCompile(`^[a-z0-9-]+$`), regexp.MustCompile(`^[A-Z]{2}$`), regexp.MustCompile(`^[0-9][0-9 -]*[0-9]$`)
	for _, l := range lines {
		dated := false
		for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
			_, err := time.Parse(layout, l.Date)
			dated = dated || err == nil
		}
		for what, ok := range map[string]bool{
			"id":         id.MatchString(l.ID) && !seen[l.ID],
			"country":    country.MatchString(l.Country),
			"name":       strings.TrimSpace(l.Name) != "",
			"kind":       slices.Contains([]string{"hot-line", "office", "police"}, l.Kind),
			"for":        slices.Contains([]string{"minors", "adults", "anyone", "women", "men", "urgent"}, l.For),
			"number":     l.Number == "" || number.MatchString(l.Number),
			"web":        l.Web == "" || strings.HasPrefix(l.Web, "https://"),
			"reach":      l.Number != "" || l.Web != "" || len(l.Mail) > 0,
			"source":     strings.TrimSpace(l.Source) != "",
			"date":       dated,
			"confidence": slices.Contains([]string{"high", "medium", "low"}, l.Confidence),
		} {
			if !ok {
				faults = append(faults, fmt.Errorf("%q: %s", l.ID, what))
			}
		}
		seen[l.ID] = true
	}
	return errors.Join(faults...)
}

func TestLines(t *testing.T) {
	if err := check(all()); err != nil {
		t.Error(err)
	}
	for _, c := range []string{"BE", "FR", "NL", "DE", "LU"} {
		if len(linesOf(c)) < 3 {
			t.Errorf("%s has %d", c, len(linesOf(c)))
		}
	}
	// What the window shows, and what the texts name.
	var shown []string
	for _, l := range Under18(Home) {
		shown = append(shown, l.Number)
	}
	if want := []string{"116 000", "101", "0800 12 800"}; !slices.Equal(shown, want) {
		t.Errorf("%v, want %v", shown, want)
	}
	if n := Numbers(Home); n["child-focus"] != "116 000" || n["police"] != "101" {
		t.Errorf("%v", n)
	}
	if len(Under18("XX"))+len(Numbers("XX")) > 0 {
		t.Error("a country that is none has lines")
	}
}

func TestNotesHaveFourLanguagesAndASource(t *testing.T) {
	for _, country := range []string{"BE", "FR", "NL", "DE", "LU", "EU"} {
		notes := Notes(country)
		if len(notes) == 0 || !slices.Contains(Countries(), country) || len(Of(country)) < 3 {
			t.Errorf("%s has %d notes, %d lines", country, len(notes), len(Of(country)))
		}
		for _, n := range notes {
			for _, lang := range []string{"fr", "nl", "de", "en"} {
				if strings.TrimSpace(n.Text[lang]) == "" {
					t.Errorf("%s lacks %s", country, lang)
				}
			}
			_, day := time.Parse("2006-01-02", n.Date)
			_, month := time.Parse("2006-01", n.Date)
			if day != nil && month != nil || n.Source == "" || !slices.Contains([]string{"high", "medium", "low"}, n.Confidence) {
				t.Errorf("%s: %+v", country, n)
			}
		}
	}
	if len(Notes("XX"))+len(Of("XX")) > 0 {
		t.Error("a country that is none has something")
	}
	if !strings.Contains(Notes("DE")[0].Text["de"], "drei Monaten") {
		t.Error("the limit of three months is not said")
	}
}

func TestFaultsInLinesAreFound(t *testing.T) {
	good := Line{ID: "a", Country: "BE", Name: "A", Kind: "office", For: "adults", Number: "101", Source: "s", Date: "2026-11", Confidence: "low"}
	if err := check([]Line{good}); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*Line){
		"no source":     func(l *Line) { l.Source = " " },
		"no date":       func(l *Line) { l.Date = "" },
		"no such day":   func(l *Line) { l.Date = "2026-02-30" },
		"no country":    func(l *Line) { l.Country = "" },
		"no name":       func(l *Line) { l.Name = "" },
		"not reachable": func(l *Line) { l.Number = "" },
		"no number":     func(l *Line) { l.Number = "call us" },
		"not sure":      func(l *Line) { l.Confidence = "" },
		"for nobody":    func(l *Line) { l.For = "" },
		"no kind":       func(l *Line) { l.Kind = "" },
		"in the clear":  func(l *Line) { l.Web = "http://a.example" },
	} {
		l := good
		if spoil(&l); check([]Line{l}) == nil {
			t.Errorf("%s: nobody noticed", what)
		}
	}
	if check([]Line{good, good}) == nil {
		t.Error("one that stands twice: nobody noticed")
	}
}
