// Package platforms is what is known of each platform, as data: one record a platform.
//
// # What it does
//
// [All] returns the records: the platform's names, its hosts with the shapes of their addresses and
// the forms of their ids, the lines that its pages show in place of what is gone or of what one
// must sign in for, the addresses of its sign-in pages, and where something is reported. Each fact
// names its source in sources.json, which has a date and how sure it is.
//
// # How to use it
//
// To add a platform, add records/<id>.json and its constant in evidence/platform; to add a fact,
// write it there with its source, and the source, if it is new, into sources.json.
// evidence/platform reads addresses and ids with it, capture/recognise judges pages with it. What a
// shape of address means is described in evidence/platform.
//
// # What it promises
//
// A test holds the data to it: no fact without a source and a date, no host in two records, no
// platform without a name. Bytes that are not a record do not pass as one: unknown fields and a
// source that is not there are errors.
//
// # What it does not do
//
// No live page was opened for any of it. A line of text that is not shown any more can only miss;
// an address for a report has to be opened by a person before it is shown to one who needs it: most
// were read in copies.
package platforms

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed sources.json records/*.json
var data embed.FS

// source is where a fact was read, and when.
type source struct {
	Text       string `json:"text"`
	Date       string `json:"date"`       // YYYY-MM or YYYY-MM-DD: of the source, or of reading where it has none
	Confidence string `json:"confidence"` // "high", "medium" or "low"
}

// Record is one platform.
type Record struct {
	ID    string `json:"id"`              // stable, lower-case
	Name  name   `json:"name"`            // its own, the same in every language
	Short *name  `json:"short,omitempty"` // as details of a record name it, where that is another one
	// Manual is its place in the manual of the Institute, if it is there.
	Manual *place `json:"manual,omitempty"`
	Sites  []Site `json:"sites"`
	// CountryDomains are what may stand for the "*" of a host such as "google.*".
	CountryDomains *words   `json:"country_domains,omitempty"`
	SignIn         []signIn `json:"sign_in,omitempty"`
	// TextsOf is the platform whose lines it shows: Gone and Wall are then those.
	TextsOf string   `json:"texts_of,omitempty"`
	Gone    []Phrase `json:"gone,omitempty"` // in place of content that is gone, or never was
	Wall    []Phrase `json:"wall,omitempty"` // in place of content for which one must be signed in
	// WallWithoutPassword: the wall has no field for a password.
	WallWithoutPassword *mark    `json:"wall_without_password,omitempty"`
	Report              []report `json:"report,omitempty"`
}

// name is a name.
type name struct {
	Text   string `json:"text"`
	Source string `json:"source"` // of sources.json, as below
}

// place is a place in a list, from 1.
type place struct {
	Place  int    `json:"place"`
	Source string `json:"source"`
}

// words are several, with blanks between.
type words struct {
	Names  string `json:"names"`
	Source string `json:"source"`
}

// mark is a fact that holds or does not.
type mark struct {
	Source string `json:"source"`
}

// Site is the shapes of addresses on some hosts; evidence/platform says how they are written.
type Site struct {
	Hosts []host `json:"hosts,omitempty"`
	// Within and Under stand for hosts: those of that platform's first site, for addresses whose
	// first segment is Under.
	Within   string            `json:"within,omitempty"`
	Under    string            `json:"under,omitempty"`
	Locales  bool              `json:"locales,omitempty"`  // also below fr., nl-be. and so on
	Named    bool              `json:"named,omitempty"`    // {name}.host is host/{name}
	Numbers  bool              `json:"numbers,omitempty"`  // an account that is only digits is an account id
	Fields   map[string]string `json:"fields,omitempty"`   // forms of ids
	Reserved string            `json:"reserved,omitempty"` // first segments that are no accounts
	NotIDs   string            `json:"not_ids,omitempty"`  // words that stand where ids do, and are none
	// RulesBelow: the rules hold on every host below those that say "below".
	RulesBelow bool    `json:"rules_below,omitempty"`
	Extras     []extra `json:"extras,omitempty"`
	Rules      []rule  `json:"rules,omitempty"` // tried in order
	Source     string  `json:"source"`          // of the hosts and of all that is said of them here
}

// host is one host, without "www.".
type host struct {
	Name  string `json:"name"`
	Below bool   `json:"below,omitempty"` // every host below it is the platform's, too
	First string `json:"first,omitempty"` // of those below, the ones that begin with this label only
	Pages bool   `json:"pages,omitempty"` // its pages, and those of hosts below it, show the lines of this record
}

// rule is one shape of address.
type rule struct {
	Address string `json:"address"`
	Kind    string `json:"kind"`
	Link    string `json:"link,omitempty"`
}

// extra is an optional parameter that makes something else of what the address is.
type extra struct {
	Parameter string   `json:"parameter"`
	Field     string   `json:"field"`
	Form      string   `json:"form"`
	Kind      string   `json:"kind"`
	On        []string `json:"on"`
}

// signIn is the address of a sign-in page: "/path" on any host of the platform, or a host with or
// without a path.
type signIn struct {
	At     string `json:"at"`
	Source string `json:"source"`
}

// Phrase is one line that a page shows, whole, without the mark at its end.
type Phrase struct {
	Language string `json:"language"` // BCP 47
	Text     string `json:"text"`
	Source   string `json:"source"`
}

// report is an address at which something is reported or asked for.
type report struct {
	// For is "report", "privacy", "policy" (what holds, without a form), "eu-form" (a notice after
	// the Digital Services Act), "us-form" (Take It Down Act), "complaint" (against a decision) or
	// "police".
	For        string `json:"for"`
	Address    string `json:"address"` // https or mailto
	Source     string `json:"source"`
	Confidence string `json:"confidence,omitempty"` // of this address, where it is not that of the source
}

type everything struct {
	records []Record
	sources map[string]source
}

// read reads the data once: it is constant, and a test holds that it can be read.
var read = sync.OnceValues(func() (everything, error) {
	e := everything{}
	if err := decode("sources.json", &e.sources); err != nil {
		return e, err
	}
	files, err := fs.Glob(data, "records/*.json")
	if err != nil {
		return e, err
	}
	for _, f := range files {
		var r Record
		if err := decode(f, &r); err != nil {
			return e, err
		}
		if path.Base(f) != r.ID+".json" {
			return e, fmt.Errorf("%s is the record of %q", f, r.ID)
		}
		e.records = append(e.records, r)
	}
	for i, r := range e.records {
		if r.TextsOf == "" {
			continue
		}
		j := slices.IndexFunc(e.records, func(o Record) bool { return o.ID == r.TextsOf })
		if j < 0 || len(r.Gone)+len(r.Wall) > 0 {
			return e, fmt.Errorf("%s: texts of %q", r.ID, r.TextsOf)
		}
		e.records[i].Gone, e.records[i].Wall = e.records[j].Gone, e.records[j].Wall
	}
	slices.SortFunc(e.records, func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
	return e, nil
})

func decode(name string, into any) error {
	f, err := data.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// All returns the records, ordered by id. They are shared: change nothing in them.
func All() ([]Record, error) {
	e, err := read()
	return e.records, err
}

// ShortName is the name as details of a record have it.
func (r Record) ShortName() string {
	if r.Short != nil {
		return r.Short.Text
	}
	return r.Name.Text
}

// Hosts returns the hosts of all sites, in order.
func (r Record) Hosts() []host {
	var all []host
	for _, s := range r.Sites {
		all = append(all, s.Hosts...)
	}
	return all
}

// SignInHosts are the hosts that its sign-in addresses name.
func (r Record) SignInHosts() []string {
	var all []string
	for _, s := range r.SignIn {
		if host, _, _ := strings.Cut(s.At, "/"); host != "" {
			all = append(all, host)
		}
	}
	return all
}
