package verify

import (
	"testing"

	"constat/evidence/reader"
)

// TestWordsOfTheWholeCaseAreLookedFor: a report of other words is noticed, and an older one, which
// has none, is not blamed.
func TestWordsOfTheWholeCaseAreLookedFor(t *testing.T) {
	for name, row := range map[string]struct {
		paper string
		info  map[string]string
		fails bool
	}{
		"there":     {"Quelqu'un a publié une photo. Oui. paroles sexistes. Instagram REF-99177", map[string]string{"Constat-Account": "printed"}, false},
		"exchanged": {"Personne n'a publié. Instagram REF-99177", map[string]string{"Constat-Account": "printed"}, true},
		"older":     {"", map[string]string{}, false},
	} {
		c := &checker{info: row.info, account: map[string]string{}, facts: map[string]map[string]string{}, failures: map[string]int{}}
		c.note(reader.Line{Action: "account-edited", Detail: map[string]string{"happened": "Un autre texte", "ticked": "nothing-of-it"}})
		c.note(reader.Line{Action: "account-edited", Detail: map[string]string{"happened": "Quelqu'un a publié une photo", "because-of-sex": "yes\nparoles sexistes"}})
		c.note(reader.Line{Action: "reported", Detail: map[string]string{"entry": "R-001", "to": "Instagram", "reference": "REF-99177"}})
		c.told(squash(row.paper))
		if (c.failures[checkReport] > 0) != row.fails {
			t.Errorf("%s: %+v", name, c.rep.Checks)
		}
	}
}
