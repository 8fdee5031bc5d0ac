package keep_test

import (
	"slices"
	"testing"
	"time"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/platform"
)

func listed(id, address string, outcome evidence.Outcome, facts map[string]string) look.Exhibit {
	e := look.Exhibit{Exhibit: id, Kind: evidence.WebCapture, Outcome: outcome, Address: address, Facts: facts}
	if item, ok := platform.Recognize(address, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)); ok {
		e.Platform = &item
	}
	return e
}

func pieces(p keep.Place) map[string]keep.Piece {
	out := map[string]keep.Piece{}
	for _, x := range p.Pieces {
		out[x.ID] = x
	}
	return out
}

func TestWhatElseToKeepIsTickedFromTheExhibits(t *testing.T) {
	post := listed("E-001", "https://x.com/compte_x/status/1791000000000000000", evidence.Complete, map[string]string{"priority": "worst"})
	other := listed("E-002", "https://x.com/someone_else", evidence.Complete, nil)
	m := keep.MoreOf([]look.Exhibit{post, other}, "fr")
	if len(m.Places) != 1 || m.Places[0].Platform != "x" || len(m.Sources) == 0 {
		t.Fatalf("%+v", m.Places)
	}
	p := pieces(m.Places[0])
	if x := p["post"]; x.State != keep.PieceKept || x.Basis != keep.FromAddress || !slices.Equal(x.Exhibits, []string{"E-001"}) {
		t.Errorf("post: %+v", x)
	}
	if x := p["profile"]; x.State != keep.PieceNotYet || x.Account != "compte_x" || x.Address != "https://x.com/compte_x" {
		t.Errorf("somebody else's profile counts, or the address of the right one is not known: %+v", x)
	}
	if got := p["comments"].Address; got != "https://x.com/compte_x/status/1791000000000000000" {
		t.Errorf("the comments are at %q", got)
	}
	for _, id := range []string{"comments", "messages", "search"} {
		if p[id].State != keep.PieceNotYet {
			t.Errorf("%s is ticked although nothing shows it: %+v", id, p[id])
		}
	}
	if w := m.Marks[2]; w.Mark != "worst" || !slices.Equal(w.Exhibits, []string{"E-001"}) || len(m.Marks[0].Exhibits) != 0 {
		t.Errorf("marks %+v", m.Marks)
	}

	// The profile, in part; the comments, as the person says; a result of a search engine; a second
	// visit and what is closed count for nothing.
	profile := listed("E-003", "https://x.com/compte_x", evidence.Partial, nil)
	comments := listed("E-004", "https://x.com/compte_x/status/1791000000000000000", evidence.Complete, map[string]string{"shows": "comments"})
	search := listed("E-005", "https://www.google.com/search?q=un+nom", evidence.Complete, nil)
	visit := listed("E-006", "https://x.com/messages/1-2", evidence.Complete, nil)
	visit.Recheck = &evidence.Recheck{Exhibit: "E-001"}
	closed := listed("E-007", "https://www.tiktok.com/@a/video/7300000000000000000", evidence.Complete, nil)
	closed.Closed = true
	m = keep.MoreOf([]look.Exhibit{post, other, search, profile, comments, visit, closed}, "nl")
	if len(m.Places) != 1 {
		t.Fatalf("%+v", m.Places)
	}
	p = pieces(m.Places[0])
	for id, want := range map[string][2]string{
		"post": {keep.PieceKept, keep.FromAddress}, "profile": {keep.PiecePartial, keep.FromAddress},
		"comments": {keep.PieceKept, keep.FromPerson}, "search": {keep.PieceKept, keep.FromAddress}, "messages": {keep.PieceNotYet, ""},
	} {
		if x := p[id]; x.State != want[0] || x.Basis != want[1] {
			t.Errorf("%s: %+v, want %v", id, x, want)
		}
	}
	if slices.Contains(p["post"].Exhibits, "E-004") {
		t.Error("what the person says shows the comments counts as the post")
	}
}

func TestWhatNeitherAddressNorPersonNamesIsNotTicked(t *testing.T) {
	chat := look.Exhibit{Exhibit: "E-001", Kind: evidence.Import, Outcome: evidence.Complete, Facts: map[string]string{"platform": "whatsapp"}}
	site := listed("E-002", "https://www.exemple.be/p/1", evidence.Removed, nil)
	m := keep.MoreOf([]look.Exhibit{chat, site}, "fr")
	if len(m.Places) != 2 || m.Places[0].Platform != "site" || m.Places[1].Name != "WhatsApp" {
		t.Fatalf("%+v", m.Places)
	}
	if x := pieces(m.Places[0])["post"]; x.State != keep.PieceFailed || x.Exhibits[0] != "E-002" {
		t.Errorf("what was removed counts as kept: %+v", x)
	}
	if got := m.Places[1].Untold; !slices.Equal(got, []string{"E-001"}) {
		t.Errorf("untold %v", got)
	}
	for id, x := range pieces(m.Places[1]) {
		if x.State != keep.PieceNotYet || x.Way != "files" {
			t.Errorf("%s: %+v", id, x)
		}
	}
	chat.Facts["shows"] = "messages"
	if x := pieces(keep.MoreOf([]look.Exhibit{chat}, "fr").Places[0])["messages"]; x.State != keep.PieceKept || x.Basis != keep.FromPerson {
		t.Errorf("messages: %+v", x)
	}
}
