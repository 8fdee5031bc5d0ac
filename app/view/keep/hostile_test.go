package keep

import (
	"testing"

	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

// TestHostileTextIsCleanedBeforeItIsDrawn spoils everything that an exhibit says.
func TestHostileTextIsCleanedBeforeItIsDrawn(t *testing.T) {
	r := inCase(t)
	list := viewtest.Hostile()
	screens := viewtest.Gallery{
		"home": func() stage.Screen { return &homeScreen{list: list, loaded: true} },
		"age":  func() stage.Screen { return &ageScreen{address: viewtest.HostileText, from: &homeScreen{}} },
	}
	for _, e := range list {
		screens["exhibit "+string(e.Kind)] = func() stage.Screen { return &exhibitScreen{id: "E-003", e: e, loaded: true, part: 1} }
	}
	r.Clean(t, screens)
}
