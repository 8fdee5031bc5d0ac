package sight

import (
	"slices"
	"strings"
	"testing"
)

func TestRefusalWordsAcceptNothing(t *testing.T) {
	for _, w := range refusalWords() {
		if w != strings.ToLower(strings.TrimSpace(w)) || slices.Contains([]string{"accept", "accept all", "ok", "close"}, w) {
			t.Errorf("%q", w)
		}
	}
}
