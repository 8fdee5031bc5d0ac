package detail

import (
	"testing"

	"constat/evidence"
)

// Every action of the custody log has words in every language.
func TestActionsHaveWords(t *testing.T) {
	for lang, text := range texts(t) {
		for _, r := range evidence.Actions() {
			key := "action." + string(r.Action)
			if !text.Has(key) || text.T(key) == key {
				t.Errorf("%s: there are no words %s", lang, key)
			}
		}
	}
}
