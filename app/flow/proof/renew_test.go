package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa/renewal"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

func TestRevocationIsKeptBesideTheToken(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one", Revocation: true})
	d := newDesk(t, Config{}, false)
	e := d.record("https://example.org/p/1", authority.Authority())
	stamps := d.timestamps(e.ID)
	if pending(stamps) {
		t.Fatalf("timestamps %+v", stamps)
	}
	for _, k := range stamps[0].Checks {
		if k.Name == "revocation" && k.State != evidence.Passed {
			t.Errorf("revocation %s: %s", k.State, k.Detail)
		}
	}
	if len(e.Files) < 2 {
		t.Fatalf("%d files", len(e.Files))
	}
	d.valid()
}

func TestRenewalIsOverEverythingBefore(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	d := newDesk(t, Config{}, false)
	e := d.record("https://example.org/p/1", authority.Authority())
	id := d.c.Info().ID
	list, err := d.s.Renew(t.Context(), id, false, evidence.NoProgress{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	first := list[0]
	authority.SetFault(tsatest.Broken)
	if list, err = d.s.Renew(t.Context(), id, true, evidence.NoProgress{}); err != nil || list[0].Renewed {
		t.Fatalf("renewed without an answer: %+v %v (not forced: %+v)", list, err, first)
	}
	authority.SetFault(tsatest.None)
	for round := 1; round <= 2; round++ {
		if list, err = d.s.Renew(t.Context(), id, true, evidence.NoProgress{}); err != nil || !list[0].Renewed {
			t.Fatalf("round %d: %+v %v", round, list, err)
		}
	}
	x := d.exhibit(e.ID)
	rounds := d.s.renewals(t.Context(), d.c, x)
	if len(rounds) < 2 || rounds[1].stamps[0].Verified == nil {
		t.Fatalf("%d rounds", len(rounds))
	}
	// An expert's way: every listed file has the digest that the list says, and OpenSSL accepts the token over the list.
	dir := t.TempDir()
	h := d.s.history(t.Context(), d.c, x)
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
	out := stock.Run(t, dir, "sh", "-c", "sha256sum -c "+rounds[1].list.Name+" 2>/dev/null || true")
	if strings.Contains(out, "FAILED") || strings.Count(out, ": OK") < 4 {
		t.Errorf("sha256sum says\n%s", out)
	}
	stock.Run(t, dir, "openssl", "ts", "-verify", "-in", rounds[1].tokens[0].Name, "-data", rounds[1].list.Name, "-CAfile", authority.RootPath)
}
