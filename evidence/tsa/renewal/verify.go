package renewal

import (
	"errors"
	"fmt"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// Names of the checks, in the order in which [Verify] lists them.
const (
	CheckLists  = "renewal-lists"  // every list is of exactly what came before it
	CheckTokens = "renewal-tokens" // every generation has a verified token
	CheckChain  = "renewal-chain"  // from a first token that was renewed in time, again and again, to one that stands now
)

// Judge verifies one token over a digest, as [tsa.Verify] does: the caller
// chooses the roots and hands in the generation's revocation records.
type Judge func(generation int, token File, digest evidence.Digest) (*tsa.Timestamp, []evidence.Check)

// Standing is what became of a token.
type Standing string

const (
	Rejected Standing = "rejected" // it did not verify
	Stands   Standing = "stands"   // within its own limit
	Renewed  Standing = "renewed"  // past its limit, and renewed before it
	Lapsed   Standing = "lapsed"   // past its limit, and not renewed in time
)

// Step is one token of the history.
type Step struct {
	Generation int
	Token      string
	Time       *tsa.Timestamp   // nil if Standing is Rejected
	Checks     []evidence.Check // of the token itself
	Limit      time.Time        // UTC
	Ends       Reason
	Standing   Standing
	RenewedBy  string    // name of the later token that it rests on
	Until      time.Time // UTC; until when it can be shown to stand, by itself or by what renewed it
	EndsLast   Reason    // what ends then
}

// Result is the answer of [Verify].
type Result struct {
	Steps  []Step         // by generation, in the order of the history
	Proven *tsa.Timestamp // the earliest time of the manifest that stands today; nil if none does
	// Until is the latest moment up to which a time of the manifest can be shown
	// to stand without a further renewal, and Ends what ends then; zero if none stands.
	Until  time.Time
	Ends   Reason
	Checks []evidence.Check
}

// Verify judges a history at a moment. A token stands by itself up to its
// [Limit]. Past it, it counts only if a token of the next generation, over a
// list that names it, was issued before the limit, and counts itself (RFC 4998
// clause 5.3: an Archive Timestamp Chain is valid if each timestamp was valid
// when the next one was made). The moment of a token is taken at the late end
// of its accuracy.
func Verify(h History, judge Judge, now time.Time) Result {
	var r Result
	sound := checkLists(h) // the generations up to the first list that is not what it has to be
	r.add(CheckLists, sound.err, "%d lists", max(len(h.Generations)-1, 0))

	var missing error
	steps := make([][]*Step, len(h.Generations))
	for n, g := range h.Generations {
		about := h.Manifest
		if n > 0 {
			about = g.List
		}
		verified := 0
		for _, token := range g.Tokens {
			s := &Step{Generation: n, Token: token.Name, Standing: Rejected}
			if n < sound.generations {
				s.Time, s.Checks = judge(n, token, evidence.Sum(about.Data))
			}
			if s.Time != nil {
				s.Limit, s.Ends = Limit(s.Time)
				verified++
			}
			steps[n] = append(steps[n], s)
		}
		if verified == 0 && missing == nil {
			missing = fmt.Errorf("generation %d has no verified token", n)
		}
	}
	if len(h.Generations) == 0 {
		missing = errors.New("there is no generation")
	}
	r.add(CheckTokens, missing, "%d generations", len(h.Generations))

	for n := len(steps) - 1; n >= 0; n-- {
		for _, s := range steps[n] {
			var next []*Step
			if n+1 < len(steps) {
				next = steps[n+1]
			}
			s.settle(next, h.Cover, now)
		}
	}
	for n := range steps {
		for _, s := range steps[n] {
			r.Steps = append(r.Steps, *s)
			if n == 0 && s.counts() && (r.Proven == nil || s.Time.Time.Before(r.Proven.Time)) {
				r.Proven = s.Time
			}
			if n == 0 && s.counts() && s.Until.After(r.Until) {
				r.Until, r.Ends = s.Until, s.EndsLast
			}
		}
	}
	var err error
	if r.Proven == nil {
		err = errors.New("no first token stands or was renewed in time")
	}
	detail := ""
	if r.Proven != nil {
		detail = r.Proven.Time.Format(time.RFC3339)
	}
	r.add(CheckChain, err, "%s", detail)
	return r
}

func (r *Result) add(name string, err error, format string, args ...any) {
	c := evidence.Check{Name: name, State: evidence.Passed, Detail: fmt.Sprintf(format, args...)}
	if err != nil {
		c.State, c.Detail = evidence.Failed, evidence.Shorten(err.Error(), 300)
	}
	r.Checks = append(r.Checks, c)
}

func (s *Step) counts() bool { return s.Standing == Stands || s.Standing == Renewed }

// settle decides on a token, given the settled ones of the next generation and
// what covers all of them. Of what it may rest on the one that lasts longest counts.
func (s *Step) settle(next []*Step, cover []Cover, now time.Time) {
	if s.Time == nil {
		return
	}
	s.Standing, s.Until, s.EndsLast = Lapsed, s.Limit, s.Ends
	rests := func(name string, later *tsa.Timestamp, until time.Time, ends Reason) {
		late := later.Time.Add(later.Accuracy)
		// What is listed is older than the list; a time that says otherwise comes
		// from a clock that is wrong.
		if late.Before(s.Time.Time.Add(-s.Time.Accuracy)) || late.After(s.Limit) || !until.After(s.Until) {
			return
		}
		s.Standing, s.RenewedBy, s.Until, s.EndsLast = Renewed, name, until, ends
	}
	for _, later := range next {
		if later.counts() {
			rests(later.Token, later.Time, later.Until, later.EndsLast)
		}
	}
	for _, c := range cover {
		rests(c.Token, c.Time, c.Until, c.Ends)
	}
	if !now.After(s.Limit) {
		s.Standing = Stands
	}
}

// soundness is how far the lists are what they have to be.
type soundness struct {
	generations int
	err         error
}

// checkLists reads every list and compares it with the files, one by one. It
// does not use what [Build] writes.
func checkLists(h History) soundness {
	var files []Item
	files = append(files, item(Manifest, h.Manifest))
	for n, g := range h.Generations {
		if n == 0 && (g.List.Name != "" || len(g.List.Data) > 0) {
			return soundness{0, errors.New("generation 0 has a list")}
		}
		if n > 0 {
			l, err := Parse(g.List.Data)
			if err == nil {
				err = l.compare(n, files)
			}
			if err != nil {
				return soundness{n, fmt.Errorf("generation %d: %w", n, err)}
			}
		}
		files = append(files, g.items(n)...)
	}
	return soundness{generations: len(h.Generations)}
}

func (l List) compare(generation int, files []Item) error {
	if l.Generation != generation {
		return fmt.Errorf("list says generation %d", l.Generation)
	}
	for i, f := range files {
		switch {
		case i >= len(l.Items):
			return fmt.Errorf("%s is not listed", f.Name)
		case l.Items[i].Name != f.Name || l.Items[i].Kind != f.Kind:
			return fmt.Errorf("%s %s is listed where %s %s is kept", l.Items[i].Kind, l.Items[i].Name, f.Kind, f.Name)
		case l.Items[i] != f:
			return fmt.Errorf("%s differs from what is listed", f.Name)
		}
	}
	if len(l.Items) > len(files) {
		return fmt.Errorf("%s is listed and not kept", l.Items[len(files)].Name)
	}
	return nil
}

// Alone judges a token that nothing covers.
func Alone(ts *tsa.Timestamp, now time.Time) Step { return Covered(ts, nil, now) }

// Covered judges a token by itself and by what covers it.
func Covered(ts *tsa.Timestamp, cover []Cover, now time.Time) Step {
	s := Step{Time: ts}
	s.Limit, s.Ends = Limit(ts)
	s.settle(nil, cover, now)
	return s
}

// Counts reports whether the token can be shown to stand.
func (s Step) Counts() bool { return s.counts() }

// Why says what ends when the token no longer stands, or what it was renewed by.
func (s Step) Why() string {
	if s.RenewedBy != "" {
		return "renewed by " + s.RenewedBy
	}
	return string(s.Ends)
}
