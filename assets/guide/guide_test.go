package guide

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"
)

var languages = []string{"fr", "nl", "de", "en"}

// faults are what is wrong with a document of the data: a text that lacks a language, and what is
// said without a source.
func faults(name string, doc []byte, sources map[string]Source) (list []string) {
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return []string{name + ": " + err.Error()}
	}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case []any:
			for i, x := range v {
				walk(fmt.Sprintf("%s[%d]", at, i), x)
			}
		case map[string]any:
			if isText(v) {
				for _, lang := range languages {
					s, _ := v[lang].(string)
					if strings.TrimSpace(s) == "" {
						list = append(list, at+" lacks "+lang)
					} else if s != strings.TrimSpace(s) && !strings.HasSuffix(s, "\n") {
						list = append(list, at+"."+lang+" has blanks around it")
					}
				}
				if len(v) > len(languages) {
					list = append(list, at+" has a language that is none")
				}
				return
			}
			// What says something in a text names where that was read; a law and a warning stand in
			// what does.
			if _, says := v["text"].(map[string]any); says {
				ids, _ := v["sources"].([]any)
				if len(ids) == 0 {
					list = append(list, at+" names no source")
				}
				for _, id := range ids {
					if _, ok := sources[fmt.Sprint(id)]; !ok {
						list = append(list, fmt.Sprintf("%s names %v, which is no source", at, id))
					}
				}
			}
			for key, x := range v {
				walk(at+"."+key, x)
			}
		}
	}
	walk(name, v)
	return list
}

func isText(m map[string]any) bool {
	for _, lang := range languages {
		if _, ok := m[lang]; ok {
			return true
		}
	}
	return false
}

func TestEveryTextHasFourLanguagesAndASource(t *testing.T) {
	files := []string{"more.json", "labels.json", "complaint.json", "letters.json", "keep.json"}
	entries, err := data.ReadDir("platforms")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		files = append(files, "platforms/"+e.Name())
	}
	used := map[string]bool{}
	for _, f := range files {
		b, err := data.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults(f, b, all().sources) {
			t.Error(fault)
		}
		for id := range all().sources {
			if strings.Contains(string(b), `"`+id+`"`) {
				used[id] = true
			}
		}
	}
	for id, s := range all().sources {
		if !used[id] {
			t.Errorf("nothing rests on the source %s", id)
		}
		_, day := time.Parse("2006-01-02", s.Date)
		_, month := time.Parse("2006-01", s.Date)
		if day != nil && month != nil || s.Text == "" || !slices.Contains([]string{"high", "medium", "low"}, s.Confidence) ||
			id != "knowledge" && !strings.HasPrefix(s.URL, "https://") {
			t.Errorf("source %s: %+v", id, s)
		}
	}
}

func TestFaultsAreFound(t *testing.T) {
	sources := map[string]Source{"a": {}}
	good := `{"text":{"fr":"a","nl":"b","de":"c","en":"d"},"sources":["a"]}`
	if got := faults("x", []byte(good), sources); got != nil {
		t.Fatal(got)
	}
	for what, bad := range map[string]string{
		"a language is missing":   strings.Replace(good, `"nl":"b",`, "", 1),
		"a language is empty":     strings.Replace(good, `"b"`, `" "`, 1),
		"no source":               strings.Replace(good, `["a"]`, `[]`, 1),
		"a source that is none":   strings.Replace(good, `["a"]`, `["b"]`, 1),
		"a language too many":     strings.Replace(good, `"nl"`, `"it":"e","nl"`, 1),
		"it lies deeper":          `{"steps":[{"id":"x","text":{"fr":"a","nl":"b","de":"c","en":"d"}}]}`,
		"a translation is a dash": strings.Replace(good, `"b"`, `""`, 1),
	} {
		if faults("x", []byte(bad), sources) == nil {
			t.Errorf("%s: nobody noticed", what)
		}
	}
}

// circulating are addresses that other projects list, and that lead to something else.
var circulating = []string{"1371776380779082", "149423", "567360146613371", "634636250523119"}

func TestStepsCanBeFollowed(t *testing.T) {
	// The manual's nine, and what people meet besides.
	for _, id := range strings.Fields("facebook messenger instagram snapchat youtube tiktok x whatsapp discord telegram reddit threads google bing pornhub") {
		if For(id).ID != id {
			t.Errorf("no steps for %s", id)
		}
	}
	if For("unheard-of").ID != Site {
		t.Error("a site that is no platform has no steps")
	}
	for id, p := range all().platforms {
		if len(p.Steps) == 0 || len(p.Learns) == 0 {
			t.Errorf("%s: no steps, or nothing on what the other person learns", id)
		}
		seen := map[string]bool{}
		for _, s := range p.Steps {
			if seen[s.ID] {
				t.Errorf("%s: %s stands twice", id, s.ID)
			}
			seen[s.ID] = true
			if all().labels.Ways[s.Way] == nil {
				t.Errorf("%s: %s: no such way: %q", id, s.ID, s.Way)
			}
			for _, c := range s.Copies {
				if all().labels.Copies[c] == nil {
					t.Errorf("%s: %s copies %q, which has no name", id, s.ID, c)
				}
			}
			if (s.Warning == nil) != (s.Risk == "") || s.Risk != "" && s.Risk != RiskAlerts && s.Risk != RiskLoses {
				t.Errorf("%s: %s: risk %q and its warning", id, s.ID, s.Risk)
			}
			if s.Where != "" && !strings.HasPrefix(s.Where, "https://") && !strings.HasPrefix(s.Where, "mailto:") {
				t.Errorf("%s: %s: %q", id, s.ID, s.Where)
			}
			for _, wrong := range circulating {
				if strings.Contains(s.Where, wrong) {
					t.Errorf("%s: %s leads to %s, which is known to be wrong", id, s.ID, s.Where)
				}
			}
		}
	}
	for _, m := range More() {
		if all().labels.Ways[m.Group] == nil {
			t.Errorf("%s: no such group: %q", m.ID, m.Group)
		}
	}
}

// What a complaint needs is said for every platform, each with a way that there is.
func TestEveryPlatformSaysWhatToKeep(t *testing.T) {
	ids := map[string]bool{}
	for _, p := range AllPieces() {
		ids[p.ID] = true
	}
	for id, p := range all().platforms {
		pieces := p.Pieces()
		if len(pieces) == 0 || len(pieces) != len(p.Keep) {
			t.Errorf("%s: %d of %d pieces are known", id, len(pieces), len(p.Keep))
		}
		seen := map[string]bool{}
		for _, piece := range pieces {
			if seen[piece.ID] || !ids[piece.ID] || !slices.Contains([]string{KeepPage, KeepWindow, KeepFiles}, piece.Way) ||
				piece.Title == nil || piece.Text == nil || piece.How == nil {
				t.Errorf("%s: %+v", id, piece)
			}
			seen[piece.ID] = true
		}
	}
	for _, id := range strings.Fields("facebook instagram tiktok x youtube") {
		var got []string
		for _, piece := range For(id).Pieces() {
			got = append(got, piece.ID)
		}
		for _, want := range []string{"post", "profile", "comments", "search"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s: nobody is asked to keep %s", id, want)
			}
		}
	}
}

// promises are words that nobody can keep.
var promises = regexp.MustCompile(`(?i)anonym|guarant|garant|heavier|plus sévère|zwaarder|schwerer|strenger`)

func TestNothingIsPromised(t *testing.T) {
	for _, q := range TheComplaint().Questions {
		for _, lang := range languages {
			if s := q.Law.Text.In(lang) + q.Question.In(lang); promises.MatchString(s) {
				t.Errorf("%s: %q", q.ID, s)
			}
		}
		if _, err := time.Parse("2006-01-02", q.Law.ValidFrom); err != nil || q.Law.Reference == "" {
			t.Errorf("%s: law without a date or an article", q.ID)
		}
	}
	for id, p := range all().platforms {
		for _, s := range p.Steps {
			for _, lang := range languages {
				if promises.MatchString(s.Text.In(lang)) {
					t.Errorf("%s: %q", id, s.Text.In(lang))
				}
			}
		}
	}
}

func TestLettersHaveTheirParts(t *testing.T) {
	parts := map[string][]string{
		"dsa16":      {".Reasons", ".Places", ".Name", ".Mail"},
		"takeitdown": {".Reasons", ".Places", ".Name", ".Mail"},
		"site":       {".Places", ".Name", ".Mail"},
	}
	if len(Letters()) != len(parts) {
		t.Fatalf("%d letters", len(Letters()))
	}
	for kind, l := range Letters() {
		for lang, body := range l.Body {
			if _, err := template.New(kind).Parse(body); err != nil {
				t.Errorf("%s %s: %v", kind, lang, err)
			}
			for _, part := range parts[kind] {
				if !strings.Contains(body, part) {
					t.Errorf("%s %s lacks %s", kind, lang, part)
				}
			}
		}
	}
}

func TestTextsCanBeHad(t *testing.T) {
	if Way("report", "nl") == "" || CopyName("message_link", "de") == "" || Sentence("reason", "en") == "" || Blank("name", "fr") == "" {
		t.Error("a label is missing")
	}
	if got := For("discord").HowToFind("user_id", "en"); !strings.Contains(got, "developer mode") {
		t.Errorf("%q", got)
	}
	if got := SourcesOf("manual", "knowledge", "manual", "unheard-of"); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if (Text{"fr": "a"}).In("xx") != "a" {
		t.Error("a language that is none")
	}
}

// Each further step when nothing happens names the article that it rests on, and where that was read.
func TestFurtherStepsNameTheirArticle(t *testing.T) {
	want := map[string]string{"dsa20": "article 20", "dsa21": "article 21", "dsa53": "article 53", "court": "articles 9 and 10"}
	for _, m := range More() {
		article, ok := want[m.ID]
		if !ok {
			continue
		}
		delete(want, m.ID)
		named := false
		for _, s := range SourcesOf(m.Sources...) {
			named = named || strings.Contains(s.Text, article) && s.URL != "" && s.Date != ""
		}
		if !named {
			t.Errorf("%s: no dated source names %s", m.ID, article)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
