package report

import (
	"testing"
	"time"

	"constat/evidence/platform"
)

// An id of the wrong form is on the paper with its reason; without it a post would stand there
// without an id and nobody would know why.
func TestAnIDThatIsNoneIsNamed(t *testing.T) {
	now := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	for address, want := range map[string]PlatformFact{
		"https://discord.com/channels/1067148002722062416/1067148002722062416/10671480027220624": {Name: "field.message", Value: "10671480027220624", Reason: "older-than-holder"},
		"https://x.com/jeanne/status/":             {Name: "field.post", Reason: "length"},
		"https://www.instagram.com/p/AAAAAAAAAAA/": {Name: timeName, Reason: "before-scheme"},
	} {
		it, _ := platform.Recognize(address, now)
		found := false
		for _, f := range PlatformFacts(&it) {
			found = found || f == want
		}
		if !found {
			t.Errorf("%s: %+v", address, PlatformFacts(&it))
		}
	}
}
