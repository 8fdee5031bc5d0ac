package view

import (
	"strings"
	"testing"
)

func TestWhatAnAddressSaysIsShownAndTheTimeIsMarkedAsDerived(t *testing.T) {
	r := inCase(t)
	e := r.keep("https://discord.com/channels/81384788765712384/381871767846780928/1176543210987654321")
	r.w.show(&exhibitScreen{id: e.Exhibit})
	r.sees("fact.platform", "platform.field.server", "platform.field.channel", "platform.field.message", "platform.basis.derived-from-id")
	for _, want := range []string{"Discord", "81384788765712384", "1176543210987654321", "2023"} {
		if !strings.Contains(r.words(), want) {
			t.Errorf("the exhibit does not say %q", want)
		}
	}
	e = r.keep("https://exemple.be/p/1")
	r.w.show(&exhibitScreen{id: e.Exhibit})
	if strings.Contains(r.words(), "Discord") {
		t.Error("an unknown site has a platform")
	}
}
