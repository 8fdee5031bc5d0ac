package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// AccountField is one thing that a person can tell about the whole case; all are optional, and kept
// as typed.
type AccountField struct {
	Name  string // stable; words are in the translations under "account.<name>"
	Group string // "cover", "story", "people", "circumstance", "wish", "appointment" or "tick"
	Long  bool   // more than a line
}

// AccountFields is the schema of the account for a complaint, in the order in which it is asked and
// printed.
func AccountFields() []AccountField {
	return []AccountField{
		{"concerned", "cover", false},
		{"made-by", "cover", false}, // and in what role
		{"reference", "cover", false},
		{"happened", "story", true},
		{"first-known", "story", false}, // when the person learned of it, as they say it
		{"still-online", "story", false},
		{"who-made", "people", false},
		{"who-has-access", "people", true},
		{"accounts", "people", true},
		{"who-can-see", "people", true},
		{"witnesses", "people", true},
		{"malice-or-profit", "circumstance", true},
		{"because-of-sex", "circumstance", true},
		{"partner-or-family", "circumstance", true},
		{"trust-or-authority", "circumstance", true},
		{"several-people", "circumstance", true},
		{"vulnerability", "circumstance", true},
		{"asked-for", "wish", true},
		{"appointment", "appointment", false}, // where and when, as the person says it
		{"police-reference", "appointment", false},
		{"ticked", "tick", false}, // ids of things to bring that the person ticked, separated by spaces
	}
}

// ReportFields are the fields of an entry of the log of reports, in the order in which they are
// printed. Those that end in "-on" are days, YYYY-MM-DD.
func ReportFields() []string {
	return []string{"entry", "to", "on", "exhibits", "reference", "state", "answer", "answered-on", "next-on"}
}

// ReportStates are how far a report is.
func ReportStates() []string { return []string{"sent", "answered", "removed", "refused"} }

// ErrAccount: a field that is not in the schema, too long, or no day where one is needed.
var ErrAccount = errors.New("not something that can be kept in the account")

// CheckAccount reports whether every field is in the schema, and every value text of at most
// [MaxFact] characters.
func CheckAccount(fields map[string]string) error {
	for name, value := range fields {
		if !slices.ContainsFunc(AccountFields(), func(f AccountField) bool { return f.Name == name }) {
			return fmt.Errorf("%w: %.40q", ErrAccount, name)
		}
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > MaxFact {
			return fmt.Errorf("%w: %s is too long or not text", ErrAccount, name)
		}
	}
	return nil
}

// CheckReport reports whether an entry of the log of reports can be kept.
func CheckReport(fields map[string]string) error {
	for name, value := range fields {
		if !slices.Contains(ReportFields(), name) {
			return fmt.Errorf("%w: %.40q", ErrAccount, name)
		}
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > MaxFact {
			return fmt.Errorf("%w: %s is too long or not text", ErrAccount, name)
		}
		if value == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, value); strings.HasSuffix(name, "-on") || name == "on" {
			if err != nil {
				return fmt.Errorf("%w: %s %.40q is no day as YYYY-MM-DD", ErrAccount, name, value)
			}
		}
		if name == "state" && !slices.Contains(ReportStates(), value) {
			return fmt.Errorf("%w: state %.40q", ErrAccount, value)
		}
	}
	return nil
}
