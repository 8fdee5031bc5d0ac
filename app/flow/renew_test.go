package flow

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa/renewal"
	"constat/evidence/tsa/tsatest"
)

func TestRevocationIsKeptBesideTheToken(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one", Revocation: true})
	s, c := openSession(t, newApp(t, authority.Authority()))
	e := record(t, s, c, "https://example.org/p/1")
	if e.Pending() {
		t.Fatalf("timestamps %+v", e.Timestamps)
	}
	for _, k := range e.Timestamps[0].Checks {
		if k.Name == "revocation" && k.State != evidence.Passed {
			t.Errorf("revocation %s: %s", k.State, k.Detail)
		}
	}
	k, err := s.v.Case(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	x, err := k.Exhibit(t.Context(), e.Exhibit)
	if err != nil || len(x.Files) < 2 {
		t.Fatalf("%d files, %v", len(x.Files), err)
	}
	if r, err := s.Check(t.Context(), evidence.NoProgress{}); err != nil || !r.Valid {
		t.Errorf("vault: %v %v", err, r.Checks)
	}
}

func TestRenewalIsOverEverythingBefore(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	s, c := openSession(t, newApp(t, authority.Authority()))
	e := record(t, s, c, "https://example.org/p/1")
	list, err := s.Renew(t.Context(), c.ID, false, evidence.NoProgress{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	first := list[0]
	authority.SetFault(tsatest.Broken)
	if list, err = s.Renew(t.Context(), c.ID, true, evidence.NoProgress{}); err != nil || list[0].Renewed {
		t.Fatalf("renewed without an answer: %+v %v (not forced: %+v)", list, err, first)
	}
	authority.SetFault(tsatest.None)
	for round := 1; round <= 2; round++ {
		if list, err = s.Renew(t.Context(), c.ID, true, evidence.NoProgress{}); err != nil || !list[0].Renewed {
			t.Fatalf("round %d: %+v %v", round, list, err)
		}
	}
	k, err := s.v.Case(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	x, err := k.Exhibit(t.Context(), e.Exhibit)
	if err != nil {
		t.Fatal(err)
	}
	rounds := s.renewals(t.Context(), k, x)
	if len(rounds) < 2 || rounds[1].stamps[0].Verified == nil {
		t.Fatalf("%d rounds", len(rounds))
	}
	// An expert's way: every listed file has the digest that the list says, and OpenSSL accepts the token over the list.
	dir := t.TempDir()
	h := s.history(t.Context(), k, x)
	files := []renewal.File{h.Manifest}
	for _, g := range h.Generations {
		files = append(append(files, g.Tokens...), g.Revocation...)
		if g.List.Name != "" {
			files = append(files, g.List)
		}
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := run(t, dir, "sh", "-c", "sha256sum -c "+rounds[1].list.Name+" 2>/dev/null || true")
	if strings.Contains(out, "FAILED") || strings.Count(out, ": OK") < 4 {
		t.Errorf("sha256sum says\n%s", out)
	}
	run(t, dir, "openssl", "ts", "-verify", "-in", rounds[1].tokens[0].Name, "-data", rounds[1].list.Name, "-CAfile", authority.RootPath)
}
