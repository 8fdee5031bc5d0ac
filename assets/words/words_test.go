package words

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

type message map[string]string // plural form -> text; "other" alone for a plain one

// readCatalog returns area -> language -> key -> message.
func readCatalog(t *testing.T) map[string]map[string]map[string]message {
	t.Helper()
	files, err := catalog.ReadDir("catalog")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]map[string]message{}
	for _, f := range files {
		parts := strings.Split(f.Name(), ".")
		if len(parts) != 3 || !slices.Contains(Languages, parts[1]) {
			t.Fatalf("%s is not <area>.<language>.json", f.Name())
		}
		b, err := catalog.ReadFile("catalog/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(b, &raw); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		messages := map[string]message{}
		for key, v := range raw {
			var plain string
			m := message{}
			if json.Unmarshal(v, &plain) == nil {
				m["other"] = plain
			} else if err := json.Unmarshal(v, &m); err != nil {
				t.Fatalf("%s: %s: %v", f.Name(), key, err)
			}
			messages[key] = m
		}
		if all[parts[0]] == nil {
			all[parts[0]] = map[string]map[string]message{}
		}
		all[parts[0]][parts[1]] = messages
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\{\s*\.([A-Za-z0-9]+)\s*\}\}`)

func placeholders(m message) []string {
	set := map[string]bool{}
	for _, text := range m {
		for _, p := range placeholder.FindAllStringSubmatch(text, -1) {
			set[p[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestEveryLanguageIsComplete(t *testing.T) {
	for area, langs := range readCatalog(t) {
		french := langs["fr"]
		for _, lang := range Languages {
			got := langs[lang]
			for key, want := range french {
				m, ok := got[key]
				if !ok {
					t.Errorf("%s.%s.json lacks %s", area, lang, key)
					continue
				}
				for form, text := range m {
					if strings.TrimSpace(text) == "" {
						t.Errorf("%s.%s.json: %s is empty (%s)", area, lang, key, form)
					}
				}
				if a, b := placeholders(want), placeholders(m); !slices.Equal(a, b) {
					t.Errorf("%s.%s.json: %s has placeholders %v, French has %v", area, lang, key, b, a)
				}
			}
			for key := range got {
				if _, ok := french[key]; !ok {
					t.Errorf("%s.%s.json has %s, French does not", area, lang, key)
				}
			}
		}
	}
}

func TestNoKeyStandsInTwoAreas(t *testing.T) {
	seen := map[string]string{}
	for area, langs := range readCatalog(t) {
		for key := range langs["fr"] {
			if other, ok := seen[key]; ok {
				t.Errorf("%s stands in %s and in %s", key, other, area)
			}
			seen[key] = area
		}
	}
}

func TestEveryMessageRenders(t *testing.T) {
	for _, lang := range Languages {
		text, err := For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for area, langs := range readCatalog(t) {
			for key, m := range langs[lang] {
				var pairs []any
				for _, p := range placeholders(m) {
					pairs = append(pairs, p, "⟦"+p+"⟧")
				}
				got := text.T(key, pairs...)
				if len(m) > 1 {
					got = text.N(key, 3, pairs...)
				}
				if got == key || strings.Contains(got, "{{") || strings.Contains(got, "<no value>") {
					t.Errorf("%s %s: %s renders as %q", area, lang, key, got)
				}
			}
		}
	}
}

func TestUnknownLanguageIsRefused(t *testing.T) {
	if _, err := For("xx"); err == nil {
		t.Error("For accepted a language that does not exist")
	}
}

func TestMissingKeyShowsItself(t *testing.T) {
	text, err := For("nl")
	if err != nil {
		t.Fatal(err)
	}
	if got := text.T("no.such.key"); got != "no.such.key" {
		t.Errorf("T = %q", got)
	}
	if text.Has("no.such.key") || !text.Has("app.name") {
		t.Error("Has is wrong")
	}
}

// Whatever a number is, there are words for it.
func TestEveryNumberHasWords(t *testing.T) {
	for _, lang := range Languages {
		text, err := For(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 2, 5, 21, 1_000_000, 2_000_000, 1_000_001, 1 << 62, -1_000_000} {
			if got := text.N("stamp.gap-tries", n, "Gap", "12 s"); !strings.Contains(got, text.Number(int64(n))) {
				t.Errorf("%s: %d is %q", lang, n, got)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for locale, want := range map[string]string{
		"fr_BE.UTF-8": "fr", "nl_BE": "nl", "de_DE.UTF-8": "de", "en_GB.UTF-8": "en",
		"de-AT": "de", "pt_PT.UTF-8": "fr", "C": "fr", "": "fr", "garbage!": "fr",
	} {
		if got := Match(locale); got != want {
			t.Errorf("Match(%q) = %q, want %q", locale, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	at := time.Date(2026, 11, 23, 11, 42, 7, 0, time.FixedZone("CET", 3600))
	for lang, want := range map[string][]string{
		"fr": {"lundi 23 novembre 2026 à 11:42:07", "23/11/2026 11:42:07", "UTC+1", "13\u00a0250", "2,4", "38\u00a0Mo"},
		"nl": {"maandag 23 november 2026 om 11:42:07", "23/11/2026 11:42:07", "UTC+1", "13\u00a0250", "2,4", "38\u00a0MB"},
		"de": {"Montag, 23. November 2026, um 11:42:07 Uhr", "23.11.2026 11:42:07", "UTC+1", "13\u00a0250", "2,4", "38\u00a0MB"},
		"en": {"Monday 23 November 2026 at 11:42:07", "23 Nov 2026 11:42:07", "UTC+1", "13\u00a0250", "2.4", "38\u00a0MB"},
	} {
		text, err := For(lang)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{text.DateTime(at), text.Short(at), text.Zone(at), text.Number(13250), text.Decimal(2.4, 1), text.Bytes(38_000_000)}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	en, _ := For("en")
	for d, want := range map[time.Duration]string{
		0: "0 s", 900 * time.Millisecond: "0 s", 12 * time.Second: "12 s", 245 * time.Second: "4 min 5 s", 2*time.Hour + 13*time.Minute + 9*time.Second: "2 h 13 min",
		time.Hour + 3*time.Second: "1 h", 24 * time.Hour: "1 day", 76 * time.Hour: "3 days 4 h",
	} {
		if got := strings.ReplaceAll(en.Duration(d), "\u00a0", " "); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
	if got := en.Day(at); got != "23 Nov 2026" {
		t.Errorf("Day = %q", got)
	}
	fr, _ := For("fr")
	if got := fr.Date(at.AddDate(0, 0, 8)); got != "mardi 1er décembre 2026" {
		t.Errorf("Date = %q", got)
	}
	if got := fr.Minute(at); got != "23/11/2026 11:42" {
		t.Errorf("Minute = %q", got)
	}
	if got := en.Zone(at.In(time.FixedZone("", -12600))); got != "UTC−3:30" {
		t.Errorf("Zone = %q", got)
	}
	if got := en.Zone(at.UTC()); got != "UTC" {
		t.Errorf("Zone = %q", got)
	}
}

var lineOf = regexp.MustCompile(`\{\{\s*\.Line\.([A-Za-z0-9]+)\s*\}\}`)

// Numbers of hot lines are data (assets/help): a text names the line, in every language the same
// ones, and no text has a number of its own.
func TestNumbersOfLinesAreData(t *testing.T) {
	numbers, named := lines(), 0
	names := func(m message) (all []string) {
		for _, text := range m {
			for _, line := range lineOf.FindAllStringSubmatch(text, -1) {
				all = append(all, line[1])
			}
		}
		slices.Sort(all)
		return all
	}
	for _, langs := range readCatalog(t) {
		for lang, messages := range langs {
			for key, m := range messages {
				for _, text := range m {
					for id, number := range numbers {
						if regexp.MustCompile(`(^|[^0-9])` + number + `($|[^0-9])`).MatchString(strings.ReplaceAll(text, "\u00a0", " ")) {
							t.Errorf("%s: %s has the number %s: say {{.Line.%s}}", lang, key, number, id)
						}
					}
				}
				here := names(m)
				named += len(here)
				if want := names(langs["fr"][key]); !slices.Equal(here, want) {
					t.Errorf("%s: %s names %v, in French %v", lang, key, here, want)
				}
				for _, id := range here {
					if numbers[id] == "" {
						t.Errorf("%s: %s names %s, which has no number", lang, key, id)
					}
				}
			}
		}
	}
	if named != 56 {
		t.Errorf("%d numbers are named", named)
	}
	text, err := For("fr")
	if err != nil {
		t.Fatal(err)
	}
	if got := text.T("error.minor.do"); !strings.Contains(got, "Child Focus, 116 000,") || !strings.Contains(got, "la police, 101\u00a0:") {
		t.Errorf("%q", got)
	}
}
