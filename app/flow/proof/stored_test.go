package proof

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// watched is a network that says when somebody asks an issuer about a certificate,
// after an authority was asked for the time.
type watched struct {
	authorities []evidence.Authority
	asked       func()
	stamping    atomic.Bool
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	stamp := false
	for _, a := range w.authorities {
		stamp = stamp || r.URL.String() == a.URL
	}
	if stamp {
		w.stamping.Store(true)
	} else if w.stamping.Load() {
		w.asked()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// What an authority replied cannot be had again at that time: nobody else is asked for anything
// before all replies that came are in the vault.
func TestRepliesAreStoredBeforeAnythingElseIsAskedFor(t *testing.T) {
	var list []evidence.Authority
	for _, name := range []string{"one", "two", "three"} {
		list = append(list, tsatest.New(t, tsatest.Options{Name: name, Revocation: true}).Authority())
	}
	var d *desk
	var once sync.Once
	stored, asked := -1, 0
	count := func(action evidence.Action) func() {
		return func() {
			asked++
			once.Do(func() {
				entries, err := d.c.Entries(t.Context())
				if err != nil {
					t.Error(err)
				}
				stored = 0
				for _, e := range entries {
					if e.Action == action {
						stored++
					}
				}
			})
		}
	}
	network := &watched{authorities: list, asked: count(evidence.ActStamped)}
	d = newDesk(t, Config{HTTP: &http.Client{Transport: network}}, false)
	e := d.record("https://example.org/p/1", list...)
	if stored != len(list) || asked < len(list) {
		t.Errorf("%d of %d replies were stored when an issuer was asked first; %d questions", stored, len(list), asked)
	}

	once, asked, stored = sync.Once{}, 0, -1
	network.asked = count(evidence.ActRenewalStamped)
	network.stamping.Store(false) // what is asked before the list is closed is part of it
	if _, err := d.s.Renew(t.Context(), d.c.Info().ID, RenewOptions{All: true}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	if stored != len(list) || asked < len(list) {
		t.Errorf("%d of %d renewals were stored when an issuer was asked first; %d questions", stored, len(list), asked)
	}
	if got := d.exhibit(e.ID); len(got.Files) < 3*len(list) {
		t.Errorf("%d files beside the exhibit", len(got.Files))
	}
	d.valid()
}
