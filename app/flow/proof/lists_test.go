package proof

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/assets/authorities"
	"constat/evidence"
	"constat/evidence/trustlist"
)

// shelf is a network that has one thing at each of some addresses.
type shelf map[string][]byte

func (s shelf) RoundTrip(r *http.Request) (*http.Response, error) {
	b, ok := s[r.URL.String()]
	if !ok {
		return nil, errors.New("nobody is there")
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(b)), Request: r}, nil
}

// A list that is fetched counts if it holds, and still does after a start; one
// that does not come, or does not hold, leaves what was known.
func TestListsAreFetchedOnRequest(t *testing.T) {
	known, err := trustlist.ReadSet(authorities.Qualified())
	if err != nil {
		t.Fatal(err)
	}
	swedish, err := os.ReadFile("../../../evidence/trustlist/testdata/se.xml")
	if err != nil {
		t.Fatal(err)
	}
	location := ""
	for _, p := range known.Lists.Pointers {
		if p.Territory == "SE" {
			location = p.Location
		}
	}
	without := known
	without.Each = nil
	for _, l := range known.Each {
		if l.Territory != "SE" {
			without.Each = append(without.Each, l)
		}
	}
	dir := filepath.Join(t.TempDir(), "lists")
	start := func(network shelf) *Checker {
		return New(Config{Lists: without, ListsDir: dir, HTTP: &http.Client{Transport: network}})
	}
	has := func(k *Checker) bool {
		for _, l := range k.listSet().Each {
			if l.Territory == "SE" {
				return true
			}
		}
		return false
	}
	forged := bytes.Replace(swedish, []byte("Svcstatus/granted"), []byte("Svcstatus/withdrawn"), 1)
	for name, c := range map[string]struct {
		network shelf
		problem string
	}{
		"nobody there": {shelf{}, "nobody is there"},
		"forged":       {shelf{location: forged}, "signature of the list is not good"},
		"another":      {shelf{location: []byte("<html/>")}, "not a signed trusted list"},
	} {
		k := start(c.network)
		got, err := k.FetchLists(t.Context(), []string{"SE", "XX"}, evidence.NoProgress{})
		if err != nil || len(got) != 3 || got[1].Fetched || !strings.Contains(got[1].Problem, c.problem) || got[2].Problem == "" || has(k) || has(start(nil)) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if got[0].Fetched || got[0].Issued == nil || got[0].Sequence != 332 {
			t.Errorf("%s: the list of lists: %+v", name, got[0])
		}
	}
	k := start(shelf{location: swedish})
	got, err := k.FetchLists(t.Context(), []string{"SE"}, evidence.NoProgress{})
	if err != nil || !got[1].Fetched || got[1].Sequence != 48 || got[1].Services != 1 || !has(k) || !has(start(nil)) {
		t.Errorf("%+v %v", got, err)
	}
	// Whoever gets at the folder cannot put in what was not signed.
	if err := os.WriteFile(filepath.Join(dir, "SE.xml"), forged, 0o600); err != nil {
		t.Fatal(err)
	}
	if has(start(nil)) {
		t.Error("a forged list in the folder counts")
	}
}
