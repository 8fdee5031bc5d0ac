package keep

import (
	"strings"
	"testing"
)

func TestWhatAnAddressSaysIsShownAndTheTimeIsMarkedAsDerived(t *testing.T) {
	r := inCase(t)
	e := r.Keep("https://discord.com/channels/81384788765712384/381871767846780928/1176543210987654321")
	r.W.Show(&exhibitScreen{id: e.Exhibit})
	r.Sees("fact.platform", "platform.field.server", "platform.field.channel", "platform.field.message", "platform.basis.derived-from-id")
	for _, want := range []string{"Discord", "81384788765712384", "1176543210987654321", "2023"} {
		if !strings.Contains(r.Words(), want) {
			t.Errorf("the exhibit does not say %q", want)
		}
	}
	e = r.Keep("https://exemple.be/p/1")
	r.W.Show(&exhibitScreen{id: e.Exhibit})
	if strings.Contains(r.Words(), "Discord") {
		t.Error("an unknown site has a platform")
	}
}
