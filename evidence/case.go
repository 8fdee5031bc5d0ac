package evidence

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Case is everything about one matter.
type Case struct {
	ID        string    `json:"id"` // 16 lower-case hex characters, random
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"created_at"` // UTC
	Practice  bool      `json:"practice"`   // PRACTICE — NOT EVIDENCE
}

const maxTitle = 200

var (
	caseID    = regexp.MustCompile(`^[0-9a-f]{16}$`)
	exhibitID = regexp.MustCompile(`^E-[0-9]{3,6}$`)
)

// Errors about names. They are wrong use, not failures.
var (
	ErrTitle     = errors.New("a case needs a title of 1 to 200 characters")
	errCaseID    = errors.New("not a case id")
	errExhibitID = errors.New("not an exhibit id")
)

// CleanTitle trims a title and refuses an empty or over-long one.
func CleanTitle(s string) (string, error) {
	s = strings.TrimSpace(Clean(s))
	if s == "" || utf8.RuneCountInString(s) > maxTitle {
		return "", ErrTitle
	}
	return s, nil
}

// CheckCaseID reports whether s has the form of a case id; it is safe as a
// folder name if so.
func CheckCaseID(s string) error {
	if !caseID.MatchString(s) {
		return fmt.Errorf("%w: %.40q", errCaseID, s)
	}
	return nil
}

// CheckExhibitID reports whether s has the form E-001.
func CheckExhibitID(s string) error {
	if !exhibitID.MatchString(s) {
		return fmt.Errorf("%w: %.40q", errExhibitID, s)
	}
	return nil
}

// ExhibitID returns the n-th exhibit's id, counted from 1: E-001.
func ExhibitID(n int) string { return fmt.Sprintf("E-%03d", n) }

// Authority is a timestamp authority (RFC 3161) as the person or the program chose it.
type Authority struct {
	Name     string `json:"name"` // short, safe as part of a file name; see [AuthorityName]
	URL      string `json:"url"`  // http or https
	RootsPEM string `json:"roots_pem,omitempty"`
	Practice bool   `json:"practice,omitempty"`
}
