// Package authorities is the built-in list of RFC 3161 timestamp authorities,
// as data.
//
// # What it does
//
// [List] returns who can be asked: address, operator, country, where the
// address was read and when, the pause that fair use asks for, what the tokens
// are known to be, and the root that they are known to lead to.
//
// # How to use it
//
//	list, err := authorities.List()
//	for _, a := range list { if a.Recommended { ask(a) } }
//
// [TimeServers] returns public time servers, of which a person may choose one.
//
// # What it promises
//
// The list passes [Check]: no name or address twice, dates that exist, a pause
// of at least [leastPause], and at least two recommended authorities of which
// no two have the same operator, group or root, so that one broken operator
// leaves the other's word. Recommended ones come first.
//
// # What it does not do
//
// None of the authorities was contacted while this list was made. Whether one
// answers is found out when it is asked, and what it answers is believed only
// after every check of package tsa. The roots named here are facts to compare
// with, never trust; what an authority's timestamps are judged by are its
// [Anchor] certificates, which are in this package with their sources and stay
// in it, then the system's roots and the Mozilla set. A label says what a source said on a
// date; only the EU trusted lists say who is qualified today. The list is a
// default, and a person can replace it in the settings.
package authorities

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed authorities.json
var list []byte

//go:embed qualified.json
var qualified []byte

// Qualified is what the signed trusted lists of the European Union say of
// qualified time services, as internal/trustlists distilled it; package
// evidence/trustlist reads it. It is as old as its lists say.
func Qualified() []byte { return qualified }

// What is known about the tokens of an authority.
const (
	ClaimsQualified = "claims-qualified" // they carry esi4-qtstStatement-1 (ETSI EN 319 422): the issuer's own claim
	OnTrustedList   = "on-trusted-list"  // an EU trusted list named the service on ListedOn
	NotQualified    = "not-qualified"
)

// leastPause is the shortest pause between two requests to one authority.
const leastPause = 15 * time.Second

// Authority is one entry of the list.
type Authority struct {
	Name        string   `json:"name"`                // short, lower-case, safe as part of a file name
	URL         string   `json:"url"`                 // http or https; a token needs no secrecy, its signature protects it
	Operator    string   `json:"operator"`            // who runs it
	Group       string   `json:"group"`               // who controls the operator; two of one group are one witness
	Country     string   `json:"country"`             // of the operator, ISO 3166-1 alpha-2
	Label       string   `json:"label"`               // ClaimsQualified, OnTrustedList or NotQualified
	ListedOn    string   `json:"listed_on,omitempty"` // YYYY-MM-DD, only with OnTrustedList
	Source      string   `json:"source"`              // where address and label were read
	VerifiedOn  string   `json:"verified_on"`         // date of that source, YYYY-MM-DD
	Roots       []Root   `json:"roots"`               // that its tokens are known to lead to; empty: not known for sure
	RootsWhy    string   `json:"roots_why"`           // how the roots are known, or why they are not
	Anchors     []Anchor `json:"anchors"`             // that its timestamps are judged by
	Policies    []Policy `json:"policies"`            // that its tokens are known to be issued under; empty: none is known
	PauseSecs   int      `json:"pause_seconds"`       // least time between two requests
	Recommended bool     `json:"recommended"`         // asked by default
	Note        string   `json:"note,omitempty"`
}

// Root is a root certificate, as a fact to compare with.
type Root struct {
	Subject string `json:"subject"` // RFC 4514
	SHA256  string `json:"sha256"`  // of the whole certificate in DER, lower-case hexadecimal
}

// Policy is what an authority says in each token under which rules it was issued.
// Another one voids nothing, and is said.
type Policy struct {
	OID     string   `json:"oid"` // dotted
	Sources []Source `json:"sources"`
}

// Pause is the least time between two requests.
func (a Authority) Pause() time.Duration { return time.Duration(a.PauseSecs) * time.Second }

// Independent reports whether two authorities are two witnesses: neither
// operator nor group nor any root is the same.
func (a Authority) Independent(b Authority) bool {
	for _, r := range a.Roots {
		if slices.ContainsFunc(b.Roots, func(s Root) bool { return s.SHA256 == r.SHA256 }) {
			return false
		}
	}
	return !strings.EqualFold(a.Operator, b.Operator) && !strings.EqualFold(a.Group, b.Group)
}

// List returns the built-in authorities, recommended ones first.
func List() ([]Authority, error) {
	var l []Authority
	if err := json.Unmarshal(list, &l); err != nil {
		return nil, fmt.Errorf("built-in authorities: %w", err)
	}
	if err := loadAnchors(l); err != nil {
		return nil, fmt.Errorf("built-in authorities: %w", err)
	}
	if err := Check(l); err != nil {
		return nil, fmt.Errorf("built-in authorities: %w", err)
	}
	slices.SortStableFunc(l, func(a, b Authority) int {
		if a.Recommended == b.Recommended {
			return 0
		} else if a.Recommended {
			return -1
		}
		return 1
	})
	return l, nil
}

var (
	plainName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	dotted    = regexp.MustCompile(`^[0-2](\.(0|[1-9][0-9]*)){2,}$`)
	country   = regexp.MustCompile(`^[A-Z]{2}$`)
)

// Check reports everything that is wrong with a list; see the package's promises.
func Check(l []Authority) error {
	var wrong []error
	names, urls := map[string]bool{}, map[string]bool{}
	var recommended []Authority
	for i, a := range l {
		bad := func(format string, args ...any) {
			wrong = append(wrong, fmt.Errorf("authority %d (%.40q): %s", i+1, a.Name, fmt.Sprintf(format, args...)))
		}
		a.check(bad)
		for _, x := range a.Anchors {
			x.check(bad)
		}
		if address := canonical(a.URL); urls[address] {
			bad("address is there twice")
		} else {
			urls[address] = true
		}
		if names[a.Name] {
			bad("name is there twice")
		}
		names[a.Name] = true
		if !a.Recommended {
			continue
		}
		for _, b := range recommended {
			if !a.Independent(b) {
				bad("is recommended and not independent of %q", b.Name)
			}
		}
		recommended = append(recommended, a)
	}
	if len(recommended) < 2 {
		wrong = append(wrong, fmt.Errorf("%d recommended, two are needed", len(recommended)))
	}
	return errors.Join(wrong...)
}

// check looks at one entry by itself.
func (a Authority) check(bad func(format string, args ...any)) {
	if !plainName.MatchString(a.Name) {
		bad("name")
	}
	if u, err := url.Parse(a.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		bad("address %.80q", a.URL)
	}
	for what, text := range map[string]string{
		"operator": a.Operator, "group": a.Group, "source": a.Source, "roots_why": a.RootsWhy,
	} {
		if strings.TrimSpace(text) == "" {
			bad("no %s", what)
		}
	}
	if !country.MatchString(a.Country) {
		bad("country %.10q", a.Country)
	}
	if _, err := time.Parse(time.DateOnly, a.VerifiedOn); err != nil {
		bad("verified_on: %v", err)
	}
	switch _, err := time.Parse(time.DateOnly, a.ListedOn); a.Label {
	case OnTrustedList:
		if err != nil {
			bad("listed_on: %v", err)
		}
	case ClaimsQualified, NotQualified:
		if a.ListedOn != "" {
			bad("listed_on with label %s", a.Label)
		}
	default:
		bad("label %.40q", a.Label)
	}
	for _, r := range a.Roots {
		if b, err := hex.DecodeString(r.SHA256); err != nil || len(b) != 32 || strings.ToLower(r.SHA256) != r.SHA256 || r.Subject == "" {
			bad("root %.80q", r.Subject)
		}
	}
	for _, p := range a.Policies {
		if !dotted.MatchString(p.OID) || len(p.Sources) == 0 {
			bad("policy %.60q", p.OID)
		}
		for _, s := range p.Sources {
			if _, err := time.Parse(time.DateOnly, s.Read); err != nil || s.Where == "" {
				bad("policy %s: source %q of %q", p.OID, s.Where, s.Read)
			}
		}
	}
	if a.Pause() < leastPause {
		bad("pause of %v", a.Pause())
	}
}

// canonical makes two spellings of one address equal.
func canonical(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Host) + strings.TrimSuffix(u.Path, "/") + "?" + u.RawQuery
}
