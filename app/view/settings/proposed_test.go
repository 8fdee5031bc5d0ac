package settings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

// proposing is a rig with an open case, on a device whose file proposes the key of another vault, and a place.
func proposing(t *testing.T) (r *viewtest.Rig, key, place string) {
	t.Helper()
	r = inCase(t)
	other := filepath.Join(r.Home, "other")
	s, _, err := r.App.CreateVault(t.Context(), other, viewtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(other, "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Recipient string }
	if err := json.Unmarshal(b, &header); err != nil {
		t.Fatal(err)
	}
	place = filepath.Join(r.Home, "stick")
	text, err := json.Marshal(map[string]any{"format": flow.OrganisationFormat, "name": "Centre",
		"proposed": map[string]any{"name": "Centre d'aide", "key": header.Recipient, "copies": map[string]any{"kind": "folder", "address": place}}})
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(r.Home, "data")
	if err := os.WriteFile(filepath.Join(data, flow.OrganisationFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
	r.Window.Lock()
	if r.App, err = flow.New(flow.Config{DataDir: data, Version: "test", Now: r.Clock.Now}); err != nil || r.App.LeftOut() != nil {
		t.Fatal(err, r.App.LeftOut())
	}
	r.Start()
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	return r, header.Recipient, place
}

// What the file of an organisation proposes is taken by nobody but a person who knows how the key's
// fingerprint begins; the screen does not say it before.
func TestAProposedKeyIsLetInByWhoKnowsIt(t *testing.T) {
	r, key, _ := proposing(t)
	r.W.Show(&accessScreen{})
	r.Sees("window.proposed.why", "window.access.none")
	known := flow.NewRecipient("", key).Fingerprint
	for _, shown := range []string{known.String()[:8], known.Grouped()[:9], key[:20]} {
		if strings.Contains(r.Words(), shown) {
			t.Fatalf("%q is on the screen, to be copied", shown)
		}
	}
	r.Press("window.proposed.take")
	r.Sees("window.proposed.wrong")
	for _, typed := range []string{strings.Repeat("0", 16), known.String()[:15], known.String()[1:20], known.String()[:16] + "x"} {
		r.Fields()[0].SetText(typed)
		r.Press("window.proposed.take")
		r.Sees("window.proposed.wrong")
	}
	if list, err := r.W.Session().Recipients(); err != nil || len(list) != 0 {
		t.Fatalf("let in: %v %v", list, err)
	}
	r.Fields()[0].SetText(strings.ToUpper(known.Grouped()[:19]))
	r.Press("window.proposed.take")
	r.Sees("window.access.add-why") // asked once more, with the whole fingerprint
	if !strings.Contains(r.Words(), known.Grouped()) {
		t.Error("the whole fingerprint is not shown")
	}
	if list, _ := r.W.Session().Recipients(); len(list) != 0 {
		t.Fatal("let in without the second question")
	}
	r.Press("window.access.add-sure")
	if list, err := r.W.Session().Recipients(); err != nil || len(list) != 1 || list[0].Name != "Centre d'aide" {
		t.Errorf("not let in: %v %v", list, err)
	}
	if strings.Contains(r.Words(), r.W.T("proposed.why")) {
		t.Error("it is still proposed")
	}
}

// A place that is proposed is filled in, by the same signs; it is added by the person.
func TestAProposedPlaceIsFilledIn(t *testing.T) {
	r, key, place := proposing(t)
	r.W.Show(&copiesScreen{})
	r.Sees("window.proposed.why", "window.copies.none")
	r.Press("window.proposed.take")
	r.Sees("window.proposed.wrong")
	r.Fields()[0].SetText(flow.NewRecipient("", key).Fingerprint.String()[:16])
	form := &r.W.Screen().(*copiesScreen).form
	form.Kind = 1
	r.W.Rebuild()
	for i, f := range r.Fields() {
		if i > 1 { // the sign that was read, and the address, which is overwritten
			f.SetText("of another place")
		}
	}
	if p, _ := form.Place(); p.User == "" && p.Secret == "" {
		t.Fatal("nothing is typed")
	}
	r.Press("window.proposed.take")
	r.Sees("window.proposed.filled", "window.copies.none")
	form.Kind = 1
	if p, _ := form.Place(); p.User != "" || p.Secret != "" {
		t.Errorf("what was typed for another place is still there: %+v", p)
	}
	form.Kind = 0
	if _, err := os.Stat(place); err == nil {
		t.Error("something is there already")
	}
	r.Press("window.copies.add")
	r.Sees("window.copies.never")
	if s := r.W.Screen().(*copiesScreen); len(s.list) != 1 || s.list[0].Address != place {
		t.Errorf("%+v", s.list)
	}
	if strings.Contains(r.Words(), r.W.T("proposed.why")) {
		t.Error("it is still proposed")
	}
}

// Large text, four languages, and the keys: with a proposal that was answered wrongly.
func TestProposalsFit(t *testing.T) {
	r, _, _ := proposing(t)
	cases, err := r.W.Session().Look.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.W.Desk().Case = cases[0]
	screens := viewtest.Gallery{
		"44-access-proposed": func() stage.Screen { return &accessScreen{proposed: proposed{wrong: true}} },
		"44-copies-proposed": func() stage.Screen { return &copiesScreen{loaded: true, filled: false} },
		"44-copies-filled":   func() stage.Screen { return &copiesScreen{loaded: true, filled: true} },
	}
	r.Look(t, screens)
	r.Tab(t, screens)
}
