package keep

import (
	"slices"
	"time"

	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/platform"
)

// FromID is the basis of what an id carries, such as a time.
const FromID = "from-id"

// Known is something that nobody needs to be asked. It is no fact that the person told, and stands
// nowhere as one.
type Known struct {
	Field string `json:"field"` // of evidence.FactFields
	Value string `json:"value"` // for "kind" a kind, for "date-absolute" a time in UTC
	Basis string `json:"basis"`
}

// KnownOf is what an exhibit says of itself by its address.
func KnownOf(e look.Exhibit) []Known {
	list := []Known{}
	it := e.Platform
	if it == nil {
		return list
	}
	add := func(field, value, basis string) {
		if value != "" {
			list = append(list, Known{field, value, basis})
		}
	}
	add("platform", it.Platform.Name(), FromAddress)
	if !slices.Contains([]platform.Kind{platform.KindPage, platform.KindShortLink, platform.KindRedirect}, it.Kind) {
		add("kind", string(it.Kind), FromAddress)
	}
	add("permalink", it.Permalink, FromAddress)
	if f, id := it.Own(); id != "" && f != platform.FieldAccount {
		add("ids", id, FromAddress)
	}
	add("account-handle", it.IDs[platform.FieldAccount], FromAddress)
	add("account-id", it.IDs[platform.FieldAccountID], FromAddress)
	if it.Kind != platform.KindSearch && it.Kind != platform.KindImageSearch {
		add("account-address", platform.ProfileOf(*it), FromAddress)
	}
	if it.Time != nil {
		add("date-absolute", it.Time.Time.UTC().Format(time.RFC3339), FromID)
	}
	return list
}

// Page is a few questions that belong together. Each can be skipped.
type Page struct {
	ID     string   `json:"id"`
	Fields []string `json:"fields"` // of evidence.FactFields
}

// pages are all questions, a few at a time.
var pages = []Page{
	{"post", []string{"platform", "kind", evidence.FactShows}},
	{"where", []string{"permalink", "ids"}},
	{"when", []string{"date-shown", "date-absolute", "date-source"}},
	{"account", []string{"account-name", "account-handle", "account-contact"}},
	{"profile", []string{"account-address", "account-id", "first-contact"}},
	{"suspicion", []string{"suspected-person", "suspicion-reason"}},
	{"who", []string{"audience", "counts-shown", "seen-by"}},
	{"intent", []string{"intent-quotes", "priority"}},
	{"done", []string{"steps-taken", "witnesses"}},
	{"kept", []string{"kept-by", "consent"}},
}

// Questions are what is worth asking of an exhibit: nothing that is known, unless the person told it
// before or wants to correct it; whence a date is known only where one is asked for.
func Questions(e look.Exhibit, correct bool) []Page {
	known := map[string]bool{}
	for _, k := range KnownOf(e) {
		known[k.Field] = true
	}
	known["date-source"] = known["date-absolute"]
	if known["kind"] && stateOf(e) != PieceFailed {
		known[evidence.FactShows] = true
	}
	list := []Page{}
	for _, p := range pages {
		ask := Page{ID: p.ID, Fields: []string{}}
		for _, f := range p.Fields {
			if correct || !known[f] || e.Facts[f] != "" {
				ask.Fields = append(ask.Fields, f)
			}
		}
		if len(ask.Fields) > 0 {
			list = append(list, ask)
		}
	}
	return list
}
