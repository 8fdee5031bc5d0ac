package evidence

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// FactGroup sorts what a person can tell about an exhibit.
type FactGroup string

const (
	FactItem       FactGroup = "item"       // what was published, where, when
	FactAccount    FactGroup = "account"    // the account that published it
	FactSuspicion  FactGroup = "suspicion"  // whom the person suspects: kept apart from fact
	FactVisibility FactGroup = "visibility" // who could see it
	FactIntent     FactGroup = "intent"     // signs of malice, profit or a motive
	FactWitness    FactGroup = "witness"
	FactSteps      FactGroup = "steps"   // what was done about it
	FactKeeping    FactGroup = "keeping" // who kept it, and with whose consent
	FactPriority   FactGroup = "priority"
)

// FactField is one thing that a person can tell; all are optional, and kept as typed.
type FactField struct {
	Name  string // stable; words are in the translations under "fact.<name>"
	Group FactGroup
	Long  bool // more than a line
}

// FactFields is the schema, in the order in which it is asked and printed.
func FactFields() []FactField {
	return []FactField{
		{"platform", FactItem, false},
		{"kind", FactItem, false},
		{FactShows, FactItem, false}, // what of a matter it shows, by the ids of assets/guide: post, profile …
		{"permalink", FactItem, false},
		{"ids", FactItem, false},
		{"date-shown", FactItem, false},    // verbatim, as on the page: "2 days ago"
		{"date-absolute", FactItem, false}, // with zone
		{"date-source", FactItem, false},   // how it is known
		{"account-name", FactAccount, false},
		{"account-handle", FactAccount, false},
		{"account-address", FactAccount, false},
		{"account-id", FactAccount, false},
		{"account-contact", FactAccount, false}, // e-mail or telephone that it shows
		{"first-contact", FactAccount, false},
		{"suspected-person", FactSuspicion, false},
		{"suspicion-reason", FactSuspicion, true},
		{"audience", FactVisibility, false}, // public, friends, group, message
		{"counts-shown", FactVisibility, false},
		{"seen-by", FactVisibility, true},
		{"intent-quotes", FactIntent, true},
		{"witnesses", FactWitness, true},
		{"steps-taken", FactSteps, true},
		{"kept-by", FactKeeping, false},   // the person, a caseworker or a witness, named or not
		{"consent", FactKeeping, false},   // of the person shown, if somebody else keeps it
		{"priority", FactPriority, false}, // first, latest, worst
	}
}

// FactShows is the fact that says which part of a matter an exhibit shows: chosen, not typed.
const FactShows = "shows"

// MaxFact is the longest value of a fact, in characters.
const MaxFact = 10_000

// ErrFact reports a fact that is not in the schema or too long.
var ErrFact = errors.New("not a fact that can be kept")

// CheckFacts reports whether every name is in the schema and every value is
// valid text of at most [MaxFact] characters.
func CheckFacts(facts map[string]string) error {
	fields := FactFields()
	for name, value := range facts {
		if !slices.ContainsFunc(fields, func(f FactField) bool { return f.Name == name }) {
			return fmt.Errorf("%w: %.40q", ErrFact, name)
		}
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > MaxFact {
			return fmt.Errorf("%w: %s is too long or not text", ErrFact, name)
		}
	}
	return nil
}

// Claim is what an imported file says of itself. Nothing of it was checked.
type Claim struct {
	Artifact string `json:"artifact"`
	Name     string `json:"name"`   // stable, e.g. "taken-at"
	Value    string `json:"value"`  // as the file has it
	Source   string `json:"source"` // "exif", "mp4", "eml", "whatsapp", "file-system"
}
