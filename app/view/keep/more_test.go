package keep

import (
	"slices"
	"strings"
	"testing"

	"constat/app/flow/keep"
)

func TestWhatElseToKeepStartsThatCapture(t *testing.T) {
	r := inCase(t)
	first := r.Keep("https://x.com/compte_x/status/1791000000000000000")
	r.Sees("window.more.why")
	r.W.Show(&exhibitScreen{id: first.Exhibit})
	r.Press("window.exhibit.more")
	r.Sees("window.more.why", "window.more.state.noted", "window.more.many")
	if have := r.Words(); strings.Contains(have, r.W.T("more.fresh", "Exhibit", first.Exhibit)) || r.W.Desk().Case.Kept != 0 {
		t.Errorf("an address alone is called kept: %s", have)
	}
	if have := r.Words(); !strings.Contains(have, "compte_x") {
		t.Errorf("the profile is not named: %s", have)
	}

	// The profile: its address is known, so the question about age comes at once.
	more := r.W.Screen().(*moreScreen)
	place := keep.MoreOf(more.list, "fr").Places[0]
	at := slices.IndexFunc(place.Pieces, func(p keep.Piece) bool { return p.ID == "profile" })
	more.keep(r.W, place, place.Pieces[at])
	age, ok := r.W.Screen().(*ageScreen)
	if !ok || age.address != "https://x.com/compte_x" || age.from.meant.Piece != "profile" {
		t.Fatalf("%T: %+v", r.W.Screen(), age)
	}
	r.Press("window.age.unsure")
	r.Press("window.record.button")
	if got := facts(r, "E-002")["shows"]; got != "profile" {
		t.Errorf("what was kept as the profile shows %q", got)
	}

	// A search: nobody knows its address, so it is asked for by its name, with how to get it.
	r.W.Show(&moreScreen{})
	more = r.W.Screen().(*moreScreen)
	place = keep.MoreOf(more.list, "fr").Places[0]
	at = slices.IndexFunc(place.Pieces, func(p keep.Piece) bool { return p.ID == "search" })
	more.keep(r.W, place, place.Pieces[at])
	home := r.W.Screen().(*homeScreen)
	if have := r.Words(); home.address.Text != "" || !strings.Contains(have, place.Pieces[at].How) {
		t.Errorf("address %q: %s", home.address.Text, have)
	}
	r.Press("window.more.else")
	r.Sees("window.keep.what")

	// Files from a phone.
	more.keep(r.W, keep.Place{Platform: "whatsapp"}, keep.Piece{ID: "messages", Way: "files"})
	if _, still := r.W.Screen().(*moreScreen); still {
		t.Error("no file is asked for")
	}
}

func TestWhatAnExhibitShowsAndTheWorstAreChosen(t *testing.T) {
	r := inCase(t)
	e := r.Keep("https://www.instagram.com/explore/")
	r.W.Show(&moreScreen{})
	r.Sees("window.more.untold")
	comments := ""
	for _, p := range keep.MoreOf(r.Exhibits(), "fr").Places[0].Pieces {
		if p.ID == "comments" {
			comments = p.Title
		}
	}
	r.Pick(comments)
	if got := facts(r, e.Exhibit)["shows"]; got != "comments" {
		t.Errorf("it shows %q", got)
	}
	r.Pick(r.W.ExhibitTitle(r.Exhibits()[0], 40)) // of the first
	if got := facts(r, e.Exhibit)[priorityField]; got != "first" {
		t.Errorf("it is %q", got)
	}
	if have := r.Words(); strings.Contains(have, r.W.T("more.untold")) || !strings.Contains(have, r.W.T("more.from-person")) {
		t.Errorf("what was said is not shown: %s", have)
	}
}

func TestWithoutExhibitsNothingElseIsAskedFor(t *testing.T) {
	r := inCase(t)
	r.W.Show(&moreScreen{})
	r.Sees("window.more.none")
	r.Press("window.more.paste")
	r.Sees("window.keep.what")
}
