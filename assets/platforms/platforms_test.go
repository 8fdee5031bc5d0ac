package platforms

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	idForm    = regexp.MustCompile(`^[a-z0-9]+$`)
	hostForm  = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.([a-z]+|\*)$`)
	languages = regexp.MustCompile(`^[a-z]{2}$`)
	purposes  = []string{"report", "privacy", "policy", "eu-form", "us-form", "complaint", "police"}
	sureness  = []string{"high", "medium", "low"}
)

// check returns everything that is wrong with records and sources, or nil.
func check(records []Record, sources map[string]source) error {
	var all []error
	bad := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	used, where := map[string]bool{}, map[string]string{}
	for key, s := range sources {
		_, day := time.Parse("2006-01-02", s.Date)
		_, month := time.Parse("2006-01", s.Date)
		if strings.TrimSpace(s.Text) == "" || day != nil && month != nil || !slices.Contains(sureness, s.Confidence) {
			bad("source %s: text %q, date %q, confidence %q", key, s.Text, s.Date, s.Confidence)
		}
	}
	for _, r := range records {
		from := func(what, source string) {
			if used[source] = true; sources[source].Date == "" {
				bad("%s: %s without a source: %q", r.ID, what, source)
			}
		}
		if !idForm.MatchString(r.ID) || strings.TrimSpace(r.Name.Text) == "" {
			bad("%q has no name, or no id", r.ID)
		}
		from("name", r.Name.Source)
		if r.Short != nil {
			from("short name", r.Short.Source)
			if strings.TrimSpace(r.Short.Text) == "" {
				bad("%s: short name", r.ID)
			}
		}
		if r.Manual != nil {
			from("place in the manual", r.Manual.Source)
		}
		if len(r.Hosts()) == 0 {
			bad("%s has no host", r.ID)
		}
		for _, s := range r.Sites {
			from("site", s.Source)
			if (len(s.Hosts) == 0) != (s.Within != "" && s.Under != "") {
				bad("%s: a site of no hosts, or of two kinds", r.ID)
			}
			for _, h := range s.Hosts {
				if where[h.Name] != "" && h.First == "" || !hostForm.MatchString(h.Name) || strings.HasPrefix(h.Name, "www.") {
					bad("%s: host %q, which is in %q already or is none", r.ID, h.Name, where[h.Name])
				}
				if h.First == "" {
					where[h.Name] = r.ID
				}
			}
			if s.Within != "" && !slices.ContainsFunc(records, func(o Record) bool { return o.ID == s.Within && o.ID != r.ID }) {
				bad("%s: within %q", r.ID, s.Within)
			}
		}
		if r.CountryDomains != nil {
			from("country domains", r.CountryDomains.Source)
		}
		for _, s := range r.SignIn {
			from("sign-in address "+s.At, s.Source)
		}
		for _, p := range slices.Concat(r.Gone, r.Wall) {
			from("line "+p.Text, p.Source)
			if !languages.MatchString(p.Language) || strings.TrimSpace(p.Text) != p.Text || p.Text == "" {
				bad("%s: line %q of language %q", r.ID, p.Text, p.Language)
			}
		}
		if r.WallWithoutPassword != nil {
			from("a wall without a password", r.WallWithoutPassword.Source)
		}
		for _, a := range r.Report {
			from("address "+a.Address, a.Source)
			u, err := url.Parse(a.Address)
			if err != nil || u.Scheme != "https" && u.Scheme != "mailto" || !slices.Contains(purposes, a.For) ||
				a.Confidence != "" && !slices.Contains(sureness, a.Confidence) {
				bad("%s: address %q for %q", r.ID, a.Address, a.For)
			}
		}
	}
	for _, r := range records {
		for _, h := range r.SignInHosts() {
			if of := where[h]; of != "" && of != r.ID {
				bad("%s: sign-in host %q is in %q", r.ID, h, of)
			}
		}
	}
	for key := range sources {
		if !used[key] {
			bad("source %s is of nothing", key)
		}
	}
	return errors.Join(all...)
}

func TestPlatforms(t *testing.T) {
	e, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(e.records) < 22 || len(e.sources) < 10 {
		t.Errorf("%d records, %d sources", len(e.records), len(e.sources))
	}
	if err := check(e.records, e.sources); err != nil {
		t.Error(err)
	}
}

// What the check is for is found by it.
func TestFaultsInRecordsAreFound(t *testing.T) {
	e, err := read()
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(r *Record, sources map[string]source){
		"a platform without a name": func(r *Record, _ map[string]source) { r.Name.Text = "" },
		"a host in two records":     func(r *Record, _ map[string]source) { r.Sites[0].Hosts = []host{{Name: "x.com"}} },
		"a host that is none":       func(r *Record, _ map[string]source) { r.Sites[0].Hosts = []host{{Name: "https://a.example"}} },
		"a platform without a host": func(r *Record, _ map[string]source) { r.Sites = nil },
		"a site without a source":   func(r *Record, _ map[string]source) { r.Sites[0].Source = "" },
		"a line without a source":   func(r *Record, _ map[string]source) { r.Gone = []Phrase{{Language: "en", Text: "Gone"}} },
		"a line without a language": func(r *Record, _ map[string]source) { r.Wall = []Phrase{{Text: "Gone", Source: "knowledge"}} },
		"a source that is not there": func(r *Record, _ map[string]source) {
			r.Report = []report{{For: "report", Address: "https://a.example", Source: "?"}}
		},
		"an address for nothing": func(r *Record, _ map[string]source) {
			r.Report = []report{{Address: "https://a.example", Source: "knowledge"}}
		},
		"an address without protection": func(r *Record, _ map[string]source) {
			r.Report = []report{{For: "report", Address: "http://a.example", Source: "knowledge"}}
		},
		"a source without a date":          func(_ *Record, s map[string]source) { s["knowledge"] = source{Text: "a", Confidence: "low"} },
		"a source that says nothing":       func(_ *Record, s map[string]source) { s["knowledge"] = source{Date: "2026-11", Confidence: "low"} },
		"a source that is sure of nothing": func(_ *Record, s map[string]source) { s["knowledge"] = source{Text: "a", Date: "2026-11"} },
		"a sign-in address without source": func(r *Record, _ map[string]source) { r.SignIn = []signIn{{At: "/login"}} },
		"a sign-in host of another's":      func(r *Record, _ map[string]source) { r.SignIn = []signIn{{At: "x.com/login", Source: "knowledge"}} },
		"a source that nothing comes from": func(_ *Record, s map[string]source) {
			s["other"] = source{Text: "a", Date: "2026-11-29", Confidence: "low"}
		},
		"a site on hosts of nobody": func(r *Record, _ map[string]source) { r.Sites[0].Hosts, r.Sites[0].Within = nil, "nobody" },
	} {
		t.Run(name, func(t *testing.T) {
			records, sources := slices.Clone(e.records), maps.Clone(e.sources)
			records[0].Sites = slices.Clone(records[0].Sites)
			spoil(&records[0], sources)
			if check(records, sources) == nil {
				t.Error("nobody noticed")
			}
		})
	}
}
