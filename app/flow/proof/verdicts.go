package proof

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/vault"
)

// keepVerdicts is how many replies have to be judged in vain before what came
// of it is worth keeping: below that a list is quick without.
const keepVerdicts = 64

// verdict is what came of judging one reply that passed. What was refused is
// never remembered: it is judged anew each time.
type verdict struct {
	time      time.Time
	accuracy  float64 // seconds; 0 if none is claimed
	root      string
	qualified bool
	clock     *Clock
	until     time.Time
	ends      string
	checks    []evidence.Check
}

// verdictKey is the SHA-256 of everything that a verdict depends on.
type verdictKey [sha256.Size]byte

// verdicts are remembered for the lists of one case, so that thousands of
// exhibits need not be judged anew at every look. An exhibit that is opened, an
// export, a renewal and every checker judge the replies themselves.
type verdicts struct {
	mu    sync.Mutex
	known map[verdictKey]*verdict
	fresh int // not on disk yet
}

// verdictsOf returns what is remembered of a case.
func (s *Stamper) verdictsOf(ctx context.Context, c *vault.Case) *verdicts {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := c.Info().ID
	v, ok := s.verdicts[id]
	if !ok {
		v = &verdicts{known: decodeVerdicts(c.Remembered(ctx), s.checker.verifier())}
		s.verdicts[id] = v
	}
	return v
}

// Remembered are the timestamps of one case as its lists show them: what was
// judged before is not judged anew; see [verdicts]. It is safe for concurrent use.
type Remembered struct {
	s     *Stamper
	c     *vault.Case
	known *verdicts

	mu     sync.Mutex
	needed []verdictKey // what the list that is being made has used
}

// Remembered begins a list of a case.
func (s *Stamper) Remembered(ctx context.Context, c *vault.Case) *Remembered {
	return &Remembered{s: s, c: c, known: s.verdictsOf(ctx, c)}
}

// Timestamps are those of one exhibit.
func (r *Remembered) Timestamps(ctx context.Context, e vault.Exhibit) []Timestamp {
	views, needed := r.s.timestamps(ctx, r.c, e, r.known)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.needed = append(r.needed, needed...)
	return views
}

// Keep ends a whole list: what it used is kept in the vault, as a cache.
func (r *Remembered) Keep(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.keep(ctx, r.c, r.s.checker.verifier(), r.needed)
}

// timestamps are the same for a list: what was judged before, by this verifier
// and from the very same facts, is remembered. needed names what was used.
func (s *Stamper) timestamps(
	ctx context.Context,
	c *vault.Case,
	e vault.Exhibit,
	known *verdicts,
) (views []Timestamp, needed []verdictKey) {
	isPractice := c.Info().Practice
	for _, a := range asked(e) {
		st := s.unjudged(e, a)
		kept := revocationFiles(e, 0, a.Name)
		var view *Timestamp
		for _, reply := range repliesOf(e, a) {
			key := keyOf(e.ManifestDigest, reply, s.checker.judgeBy(reply.Authority, isPractice), kept)
			if x := known.find(key); reply.Damage == nil && x != nil {
				st.Received = reply.Received
				v := timestampOf(st, time.Time{})
				x.fill(&v, s.checker.cfg.Now())
				v.setGap(st, e.Manifest.Finished.UTC)
				view, needed = &v, append(needed, key)
				break
			}
			records, _ := revocations(ctx, e, 0, a.Name)
			s.judgeReply(&st, c, e, reply, records)
			if st.Verified == nil {
				continue
			}
			v := timestampOf(st, e.Manifest.Finished.UTC)
			v.Listed = nil // a list says the same whether it remembers or not
			// A record that could not be read now may refuse the reply when it can.
			if x := verdictOf(v, st.Verified); x != nil && len(records) == len(kept) {
				known.add(key, x)
				needed = append(needed, key)
			}
			view = &v
			break
		}
		if view == nil {
			v := timestampOf(st, e.Manifest.Finished.UTC)
			view = &v
		}
		views = append(views, *view)
	}
	s.covered(ctx, c, e, views)
	return views, needed
}

func (v *verdicts) find(k verdictKey) *verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.known[k]
}

func (v *verdicts) add(k verdictKey, x *verdict) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known[k] == nil {
		v.known[k] = x
		v.fresh++
	}
}

// keep writes what a whole list needed, once enough of it is new. It is a
// cache: its errors go nowhere.
func (v *verdicts) keep(ctx context.Context, c *vault.Case, verifier string, needed []verdictKey) {
	v.mu.Lock()
	if v.fresh < keepVerdicts {
		v.mu.Unlock()
		return
	}
	known := make(map[verdictKey]*verdict, len(needed))
	for _, k := range needed {
		if x := v.known[k]; x != nil {
			known[k] = x
		}
	}
	v.known, v.fresh = known, 0
	b := encodeVerdicts(known, verifier)
	v.mu.Unlock()
	_ = c.Remember(ctx, b)
}

// judging are the modules, besides our own and the compiler's library, that
// decide what passes; Mozilla's roots are in one of them.
var judging = []string{"golang.org/x/crypto", "golang.org/x/crypto/x509roots/fallback", "github.com/digitorus/timestamp",
	"github.com/digitorus/pkcs7", "github.com/sigstore/timestamp-authority/v2"}

// verifier names the code that judges: the program, the compiler, and the
// libraries with their digests. What another one judged is not used. The window
// and the terminal's program of one build are one verifier.
func (k *Checker) verifier() string {
	name := k.cfg.Version
	if info, ok := debug.ReadBuildInfo(); ok {
		name += "\n" + info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
				name += "\n" + s.Value
			}
		}
		for _, m := range info.Deps {
			if slices.Contains(judging, m.Path) {
				name += "\n" + m.Path + " " + m.Version + " " + m.Sum
			}
		}
	}
	return evidence.Sum([]byte(name)).String()
}

// JudgesBy changes whenever the same replies may be judged otherwise: with the code that judges, and
// with what is known of authorities.
func (s *Stamper) JudgesBy() string {
	k := s.checker
	known, err := json.Marshal(k.cfg.Known)
	if err != nil {
		known = nil // not with values of these types
	}
	return evidence.Sum(append([]byte(k.verifier()+"\n"), known...)).String()
}

// keyOf sums everything that the verdict over a reply depends on, besides the
// verifier: what was asked, what came, whom to trust, and what is known of
// revocations. The records' digests are those of the log.
func keyOf(imprint evidence.Digest, r vault.Reply, o tsa.Options, records []vault.File) verdictKey {
	h := sha256.New()
	put := func(b []byte) {
		h.Write(binary.AppendUvarint(nil, uint64(len(b))))
		h.Write(b)
	}
	put(imprint[:])
	put(r.SHA256[:])
	put(r.Nonce)
	put([]byte(r.Authority.RootsPEM))
	flags := []byte{0, 0, 0}
	for i, on := range []bool{len(r.Nonce) > 0, o.SystemRoots, o.Practice} {
		if on {
			flags[i] = 1
		}
	}
	put(flags)
	for _, at := range []time.Time{r.Sent, r.Received} {
		put([]byte(at.UTC().Format(time.RFC3339Nano)))
	}
	put(binary.AppendUvarint(nil, uint64(len(o.Pins))))
	for _, pin := range o.Pins {
		put(pin[:])
	}
	put(binary.AppendUvarint(nil, uint64(len(o.Policies))))
	for _, policy := range o.Policies {
		put([]byte(policy))
	}
	for _, f := range records {
		put(f.SHA256[:])
		put([]byte(f.Detail["kind"]))
		put([]byte(f.Detail["subject"]))
		put([]byte(f.Detail["url"]))
	}
	var k verdictKey
	h.Sum(k[:0])
	return k
}

// verdictOf is what is remembered of a timestamp, or nil: roots of the system's
// store can be taken out of it while nobody looks, so what rests on them is
// judged each time.
func verdictOf(v Timestamp, ts *tsa.Timestamp) *verdict {
	if ts == nil || !slices.Contains([]string{tsa.RootPinned, tsa.RootBuiltIn, tsa.RootFingerprint}, ts.RootSource) {
		return nil
	}
	return &verdict{time: *v.Time, accuracy: v.Accuracy, root: v.Root, qualified: v.Qualified, clock: v.Clock,
		until: *v.StandsUntil, ends: v.Ends, checks: v.Checks}
}

// fill shows what is remembered; whether it stands is a matter of now.
func (x *verdict) fill(v *Timestamp, now time.Time) {
	at, until := x.time, x.until
	v.StandsUntil, v.Ends, v.Stands = &until, x.ends, !now.After(until)
	v.State, v.Time, v.Reason = Verified, &at, ""
	v.Accuracy, v.Root, v.Qualified, v.Clock, v.Checks = x.accuracy, x.root, x.qualified, x.clock, x.checks
}
