package proof

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"sync"
	"time"

	"constat/assets/authorities"
	"constat/evidence"
	"constat/evidence/trustlist"
	"constat/evidence/tsa"
)

// Config is what a [Checker] needs from outside.
type Config struct {
	Version string           // of this program: another one does not use what this one remembers
	Now     func() time.Time // nil: time.Now
	Rand    io.Reader        // nil: crypto/rand
	HTTP    *http.Client     // nil: a client of its own
	// Known is what is known of authorities: pauses, roots, labels.
	Known []authorities.Authority
	// Lists are what the European trusted lists say of qualified time services.
	Lists    trustlist.Set
	ListsDir string // where lists are kept that somebody asked for; empty: none are
	// Chosen are the authorities that the person chose; nil, or a nil list: the recommended ones of
	// Known.
	Chosen func() []evidence.Authority
	// Calendars are the OpenTimestamps calendars that the person chose; nil: none, and nobody is asked.
	Calendars func() []string
}

// Checker knows whom to ask for the time and whom to believe. It is safe for concurrent use.
type Checker struct {
	cfg   Config
	turns turns
	lists lists
}

// New makes a Checker.
func New(cfg Config) *Checker {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	return &Checker{cfg: cfg}
}

// Authorities returns whom a capture asks when nobody says otherwise.
func (k *Checker) Authorities() []evidence.Authority {
	if k.cfg.Chosen != nil {
		if list := k.cfg.Chosen(); list != nil {
			return list
		}
	}
	var out []evidence.Authority
	for _, x := range k.cfg.Known {
		if x.Recommended {
			out = append(out, evidence.Authority{Name: x.Name, URL: x.URL})
		}
	}
	return out
}

// ChosenRoots are those that the person gave for the authorities that they chose, in PEM.
func (k *Checker) ChosenRoots() (pem []byte) {
	for _, a := range k.Authorities() {
		if a.RootsPEM != "" {
			pem = append(append(pem, a.RootsPEM...), '\n')
		}
	}
	return pem
}

func (k *Checker) client() *tsa.Client {
	return &tsa.Client{HTTP: k.cfg.HTTP, Now: k.cfg.Now, Rand: k.cfg.Rand}
}

// answer is what came of asking one authority.
type answer struct {
	authority evidence.Authority
	reply     tsa.Reply
	err       error
}

// ask asks all authorities at once; one that fails does not hold up the others.
func (k *Checker) ask(ctx context.Context, list []evidence.Authority, digest evidence.Digest, p evidence.Progress) []answer {
	return k.askOver(ctx, list, tsa.ImprintOf(digest), p)
}

func (k *Checker) askOver(ctx context.Context, list []evidence.Authority, imprint tsa.Imprint, p evidence.Progress) []answer {
	client := k.client()
	out := make([]answer, len(list))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := int64(0)
	p.Amount(0, int64(len(list)))
	for i, a := range list {
		wg.Go(func() {
			out[i] = answer{authority: a}
			// Waiting for one's turn is short and can be cancelled like the rest.
			if out[i].err = wait(ctx, k.turns.take(a.URL, k.pauseOf(a.URL), k.cfg.Now())); out[i].err == nil {
				out[i].reply, out[i].err = client.AskImprint(ctx, a, imprint)
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			p.Amount(done, int64(len(list)))
		})
	}
	wg.Wait()
	return out
}

// Try asks an authority for a timestamp over random bytes and judges the
// answer. It returns how far this device's clock is ahead of the authority's.
func (k *Checker) Try(ctx context.Context, x evidence.Authority) (time.Duration, error) {
	var random [32]byte
	if _, err := io.ReadFull(k.cfg.Rand, random[:]); err != nil {
		return 0, err
	}
	digest := evidence.Sum(random[:])
	reply, err := k.client().Ask(ctx, x, digest)
	if err != nil {
		return 0, err
	}
	st := k.judge(x, reply.Raw, digest, reply.Nonce, reply.Window(), x.Practice, nil)
	if st.Verified == nil {
		return 0, &TokenError{Authority: x.Name, Checks: st.Checks}
	}
	st.Sent, st.Received = reply.Sent, reply.Received
	offset, _, _ := st.ClockOffset()
	return offset, nil
}

// TokenError: an authority answered with a token that failed a check.
type TokenError struct {
	Authority string
	Checks    []evidence.Check
}

func (e *TokenError) Error() string {
	if k, failed := tsa.FirstFailure(e.Checks); failed {
		return "timestamp of " + e.Authority + ": " + k.Name + ": " + k.Detail
	}
	return "timestamp of " + e.Authority + " cannot be trusted"
}
