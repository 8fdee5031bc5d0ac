package proof

import (
	"path/filepath"
	"testing"

	"constat/app/flow/proof/prooftest"
	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

const passphrase = "quatre mots sans lien: tulipe 42"

// desk is what the family needs and nothing else: a vault with one case, and a Stamper.
type desk struct {
	t   testing.TB
	dir string
	k   *Checker
	v   *vault.Vault
	s   *Stamper
	c   *vault.Case
}

// newDesk opens a vault with one case. Nobody is asked but the authorities of the exhibits.
func newDesk(t testing.TB, cfg Config, isPractice bool) *desk {
	t.Helper()
	cfg.Version = "test"
	d := &desk{t: t, dir: filepath.Join(t.TempDir(), "vault"), k: New(cfg)}
	vaulttest.Make(t, d.dir, passphrase)
	d.open()
	info, err := d.v.CreateCase(t.Context(), "Novembre", isPractice)
	if err != nil {
		t.Fatal(err)
	}
	d.pick(info.ID)
	t.Cleanup(func() { _ = d.v.Close() })
	return d
}

func (d *desk) open() {
	d.t.Helper()
	v, err := vault.Open(d.t.Context(), d.dir, passphrase, vault.Options{Now: d.k.cfg.Now, Actor: "test"})
	if err != nil {
		d.t.Fatal(err)
	}
	d.v, d.s = v, NewStamper(d.k, v)
}

func (d *desk) pick(id string) {
	d.t.Helper()
	c, err := d.v.Case(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	d.c = c
}

// reopen locks the vault and opens it again, as after a start.
func (d *desk) reopen() {
	d.t.Helper()
	if err := d.v.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
	d.pick(d.c.Info().ID)
}

// record keeps an address and asks the authorities.
func (d *desk) record(address string, authorities ...evidence.Authority) vault.Exhibit {
	d.t.Helper()
	e := prooftest.Record(d.t, d.c, address, evidence.MomentOf(d.k.cfg.Now()), authorities)
	if err := d.s.Stamp(d.t.Context(), d.c, e.ID, e.ManifestDigest, authorities, evidence.NoProgress{}); err != nil {
		d.t.Fatal(err)
	}
	return d.exhibit(e.ID)
}

func (d *desk) exhibit(id string) vault.Exhibit {
	d.t.Helper()
	e, err := d.c.Exhibit(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

// timestamps are those of an exhibit, judged anew.
func (d *desk) timestamps(id string) []Timestamp {
	return d.s.Timestamps(d.t.Context(), d.c, d.exhibit(id))
}

// list is what a list of the case shows, by exhibit.
func (d *desk) list() [][]Timestamp {
	d.t.Helper()
	known := d.s.Remembered(d.t.Context(), d.c)
	var out [][]Timestamp
	err := d.c.EachExhibit(d.t.Context(), func(e vault.Exhibit) error {
		out = append(out, known.Timestamps(d.t.Context(), e))
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	known.Keep(d.t.Context())
	return out
}

// valid reads the whole vault with its independent checker.
func (d *desk) valid() {
	d.t.Helper()
	checks, err := d.v.Check(d.t.Context(), evidence.NoProgress{})
	if err != nil || !ResultOf(checks).Valid {
		d.t.Errorf("vault: %v %v", err, checks)
	}
}

// pending reports whether a timestamp is still to come.
func pending(list []Timestamp) bool {
	for _, ts := range list {
		if ts.State != Verified {
			return true
		}
	}
	return false
}
