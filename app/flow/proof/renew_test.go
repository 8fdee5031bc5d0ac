package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	list, err := d.s.Renew(t.Context(), id, RenewOptions{}, evidence.NoProgress{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	first := list[0]
	authority.SetFault(tsatest.Broken)
	if list, err = d.s.Renew(t.Context(), id, RenewOptions{All: true}, evidence.NoProgress{}); err != nil || list[0].Renewed {
		t.Fatalf("renewed without an answer: %+v %v (not forced: %+v)", list, err, first)
	}
	authority.SetFault(tsatest.None)
	for round := 1; round <= 2; round++ {
		if list, err = d.s.Renew(t.Context(), id, RenewOptions{All: true}, evidence.NoProgress{}); err != nil || !list[0].Renewed {
			t.Fatalf("round %d: %+v %v", round, list, err)
		}
	}
	x := d.exhibit(e.ID)
	rounds := d.s.renewals(t.Context(), d.c, x)
	if len(rounds) < 2 || rounds[1].stamps[0].Verified == nil {
		t.Fatalf("%d rounds", len(rounds))
	}
	// An expert's way: every listed file has the digest that the list says, and OpenSSL accepts the
	// token over the list.
	dir := t.TempDir()
	h := d.s.stands(t.Context(), d.c, x).history
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

// An authority of day one may be gone: whoever is there today is asked, with
// roots of its own, and the history is judged with those.
func TestARenewalAsksWhoIsThereToday(t *testing.T) {
	gone := tsatest.New(t, tsatest.Options{Name: "gone"})
	today := tsatest.New(t, tsatest.Options{Name: "today"})
	d := newDesk(t, Config{Chosen: func() []evidence.Authority { return []evidence.Authority{today.Authority()} }}, false)
	e := d.record("https://example.org/p/1", gone.Authority())
	gone.SetFault(tsatest.Broken)
	id := d.c.Info().ID
	list, err := d.s.Renew(t.Context(), id, RenewOptions{All: true}, evidence.NoProgress{})
	if err != nil || !list[0].Renewed || list[0].StandsUntil == nil {
		t.Fatalf("%+v %v", list, err)
	}
	d.reopen()
	x := d.s.stands(t.Context(), d.c, d.exhibit(e.ID))
	if len(x.rounds) != 1 || len(x.rounds[0].stamps) != 1 || x.rounds[0].stamps[0].Authority.Name != today.Authority().Name || x.rounds[0].stamps[0].Verified == nil {
		t.Fatalf("%+v", x.rounds)
	}
	d.valid()

	// A further authority may be asked for the exhibit itself, too.
	third := tsatest.New(t, tsatest.Options{Name: "third"})
	if err := d.s.Restamp(t.Context(), id, []evidence.Authority{third.Authority()}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	if ts := d.timestamps(e.ID); len(ts) != 2 || ts[1].State != Verified || ts[1].Authority != third.Authority().Name || !ts[1].Stands {
		t.Errorf("%+v", ts)
	}
	if err := d.s.Restamp(t.Context(), id, []evidence.Authority{third.Authority()}, evidence.NoProgress{}); err != nil || len(d.exhibit(e.ID).Replies) != 2 {
		t.Errorf("asked again for what is there: %v", err)
	}
}

// Renewed is said of what a judge of the whole history agrees with: a renewal
// that came after the end revives nothing.
func TestARenewalThatCameTooLateIsNone(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	now := time.Now()
	d := newDesk(t, Config{Now: func() time.Time { return now }}, false)
	e := d.record("https://example.org/p/1", authority.Authority())
	ts := d.timestamps(e.ID)[0]
	if !ts.Stands || ts.StandsUntil == nil {
		t.Fatalf("%+v", ts)
	}
	now = ts.StandsUntil.Add(time.Hour)
	late := d.timestamps(e.ID)[0]
	if late.State != Verified || late.Stands {
		t.Errorf("after its end: %+v", late)
	}
	list, err := d.s.Renew(t.Context(), d.c.Info().ID, RenewOptions{}, evidence.NoProgress{})
	if err != nil || !list[0].Due || list[0].Renewed || list[0].StandsUntil != nil {
		t.Errorf("%+v %v", list, err)
	}
}
