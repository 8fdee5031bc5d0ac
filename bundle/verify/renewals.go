package verify

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/reader"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// unverified begins the name of a reply that who made the bundle could not
// verify. It is judged like any other, for another program may know more; that
// it is not verified here either takes nothing from the bundle.
const unverified = "unverified-"

func isUnverified(file string) bool { return strings.HasPrefix(path.Base(file), unverified) }

// placed are the names beside a file that was timestamped, which are no
// artifacts. The number is empty for what belongs to the file itself.
type placed struct{ token, list, revocation *regexp.Regexp }

func namesBeside(stem string) placed {
	one := `(?:` + regexp.QuoteMeta(stem) + `|renewal-([1-9][0-9]{0,2}))`
	return placed{
		regexp.MustCompile(`^(?:` + unverified + regexp.QuoteMeta(stem) + `|` + one[3:len(one)-1] + `)\.[A-Za-z0-9._-]+\.tsr$`),
		regexp.MustCompile(`^renewal-([1-9][0-9]{0,2})\.txt$`),
		regexp.MustCompile(`^` + one + `\.[A-Za-z0-9._-]+\.[0-9]{2,}\.(?:ocsp|crl)$`),
	}
}

var (
	besideManifest = namesBeside("manifest")
	besideSeal     = namesBeside("evidence-sha256")
	besideWhole    = namesBeside("tagmanifest-sha256")
)

// maxStamped is the longest file that a list of renewals names, in bytes.
const maxStamped = 64 << 20

// round is one generation of timestamps: over the file in generation 0, over a
// list in every other.
type round struct {
	list       string   // path in the bundle; empty in generation 0
	tokens     []string // paths, sorted
	revocation []string
}

// stack is what lies beside one file that was timestamped.
type stack struct {
	id     string // for people
	dir    string
	base   string         // name of the file in dir
	digest reader.SHA256  // of the file's exact bytes; zero if it cannot be read
	rounds map[int]*round // by generation; 0 is always there
}

func (s *stack) over(n int) string {
	if n > 0 {
		return s.dir + renewal.ListName(n)
	}
	return s.dir + s.base
}

// sort finds what belongs to the timestamps, by names alone, and returns it.
func (s *stack) sort(names []string, beside placed) (found []string) {
	s.rounds = map[int]*round{0: {}}
	at := func(number string) *round {
		n, _ := strconv.Atoi(number) // empty: generation 0
		if s.rounds[n] == nil {
			s.rounds[n] = &round{}
		}
		return s.rounds[n]
	}
	slices.Sort(names)
	for _, name := range names {
		base, here := strings.CutPrefix(name, s.dir)
		if !here {
			continue // of another stack
		}
		if m := beside.token.FindStringSubmatch(base); m != nil {
			at(m[1]).tokens = append(at(m[1]).tokens, name)
		} else if m := beside.list.FindStringSubmatch(base); m != nil {
			at(m[1]).list = name
		} else if m := beside.revocation.FindStringSubmatch(base); m != nil {
			at(m[1]).revocation = append(at(m[1]).revocation, name)
		} else {
			continue
		}
		found = append(found, name)
	}
	return found
}

// artifact takes a file out again: what was imported under the name of a token
// is an artifact.
func (s *stack) artifact(file string) {
	is := func(name string) bool { return name == file }
	for _, r := range s.rounds {
		r.tokens, r.revocation = slices.DeleteFunc(r.tokens, is), slices.DeleteFunc(r.revocation, is)
		if r.list == file {
			r.list = ""
		}
	}
	maps.DeleteFunc(s.rounds, func(n int, r *round) bool {
		return n > 0 && r.list == "" && len(r.tokens) == 0 && len(r.revocation) == 0
	})
}

// records are what was kept for judging a token, by its name. What they say
// counts as far as their signatures go.
func (c *checker) records(r *round, token string) ([]tsa.RevocationRecord, error) {
	var out []tsa.RevocationRecord
	stem := strings.TrimSuffix(token, "tsr")
	for _, name := range r.revocation {
		number, ok := strings.CutPrefix(name, stem)
		if !ok || strings.Count(number, ".") != 1 {
			continue // kept for another authority
		}
		b, err := c.load(name, tsa.MaxCRL)
		if err != nil {
			return nil, err
		}
		out = append(out, tsa.RevocationRecord{Kind: tsa.RevocationKind(name[strings.LastIndex(name, ".")+1:]), Raw: b})
	}
	return out, nil
}

// standing judges what the timestamps of a stack are worth at the checker's own
// moment, and checks its lists. all are its judged tokens; cover is what lies
// over all of them.
func (c *checker) standing(s *stack, all map[string]judged, cover []renewal.Cover) (renewal.Result, error) {
	numbers := slices.Sorted(maps.Keys(s.rounds))
	last := numbers[len(numbers)-1]
	if s.digest.IsZero() {
		return renewal.Result{}, nil
	}
	before := c.failures[checkRenewal]
	whole := true
	for n := 1; n <= last; n++ {
		if err := c.ctx.Err(); err != nil {
			return renewal.Result{}, err
		}
		exact, err := c.list(s, n)
		if err != nil {
			c.fail(checkRenewal, "%v", err)
		}
		whole = whole && exact
	}
	if c.failures[checkRenewal] > before {
		whole = false
	} else if last > 0 {
		c.pass(checkRenewal, "%s: %d lists, and the files here are as they say", s.id, last)
	}
	if !whole {
		last = 0 // said already what is not covered: each first token has to stand by itself
	}
	h, err := c.history(s, last)
	if err != nil {
		c.fail(checkRenewal, "%v", err)
		return renewal.Result{}, nil
	}
	h.Cover = cover
	judge := func(_ int, token renewal.File, _ evidence.Digest) (*tsa.Timestamp, []evidence.Check) {
		return all[s.dir+token.Name].time, nil
	}
	r := renewal.Verify(h, judge, c.o.now())
	switch {
	case len(h.Generations[0].Tokens) == 0:
	case r.Proven != nil:
		c.pass(checkStands, "%s: %s, stands until %s (%s)", s.id, r.Proven.Time.UTC().Format(time.RFC3339), r.Until.Format(time.DateOnly), r.Ends)
	default:
		c.skip(checkStands, "%s: no timestamp of it can be shown to stand today", s.id)
	}
	return r, nil
}

// list compares one list with the files that are there. It is exact if it
// names all of them, in the fixed order, and nothing else.
func (c *checker) list(s *stack, n int) (exact bool, err error) {
	r := s.rounds[n]
	if r == nil || r.list == "" {
		return false, fmt.Errorf("%s%s: missing", s.dir, renewal.ListName(n))
	}
	b, err := c.load(r.list, renewal.MaxList)
	if err != nil {
		return false, err
	}
	l, err := renewal.Parse(b)
	if err != nil {
		return false, fmt.Errorf("%s: %w", r.list, err)
	}
	if l.Generation != n {
		return false, fmt.Errorf("%s: says generation %d", r.list, l.Generation)
	}
	listed := map[string]bool{}
	exact = true
	for _, i := range l.Items {
		file := s.dir + i.Name
		listed[file] = true
		sum, ok := c.sums[file]
		switch {
		case !ok && (i.Kind == renewal.Manifest || i.Kind == renewal.Renewal):
			return false, fmt.Errorf("%s: names %s, which is missing", r.list, i.Name)
		case !ok:
			c.skip(checkRenewal, "%s: names %s, which is not in this bundle", r.list, i.Name)
			exact = false
		case i.Size != c.sizes[file] || i.SHA256 != evidence.Digest(sum.sha256) || i.SHA512 != evidence.Digest512(sum.sha512):
			return false, fmt.Errorf("%s: %s is not as the list says", r.list, i.Name)
		}
	}
	if !listed[s.dir+s.base] {
		return false, fmt.Errorf("%s: does not name %s", r.list, s.base)
	}
	for m := range n {
		earlier := s.rounds[m]
		if earlier == nil {
			return false, fmt.Errorf("%s: %s before it is missing", r.list, renewal.ListName(m))
		}
		if m > 0 && !listed[earlier.list] {
			return false, fmt.Errorf("%s: does not name %s", r.list, earlier.list)
		}
		for _, file := range slices.Concat(earlier.tokens, earlier.revocation) {
			if !listed[file] && !isUnverified(file) {
				c.skip(checkRenewal, "%s: does not cover %s", r.list, file)
				exact = false
			}
		}
	}
	return exact, nil
}

// history reads everything again for [renewal.Verify].
func (c *checker) history(s *stack, last int) (renewal.History, error) {
	var h renewal.History
	read := func(name string, max int64) (renewal.File, error) {
		b, err := c.load(name, max)
		return renewal.File{Name: strings.TrimPrefix(name, s.dir), Data: b}, err
	}
	var err error
	if last == 0 { // no list, so nothing is compared with one
		var g renewal.Generation
		for _, name := range s.rounds[0].tokens {
			g.Tokens = append(g.Tokens, renewal.File{Name: strings.TrimPrefix(name, s.dir)})
		}
		return renewal.History{Generations: []renewal.Generation{g}}, nil
	}
	if h.Manifest, err = read(s.dir+s.base, maxStamped); err != nil {
		return h, err
	}
	for n := range last + 1 {
		var g renewal.Generation
		r := s.rounds[n]
		if n > 0 {
			if g.List, err = read(r.list, renewal.MaxList); err != nil {
				return h, err
			}
		}
		for _, name := range r.tokens {
			if isUnverified(name) {
				continue // no list names it
			}
			f, err := read(name, maxToken)
			if err != nil {
				return h, err
			}
			g.Tokens = append(g.Tokens, f)
		}
		for _, name := range r.revocation {
			f, err := read(name, tsa.MaxCRL)
			if err != nil {
				return h, err
			}
			g.Revocation = append(g.Revocation, f)
		}
		h.Generations = append(h.Generations, g)
	}
	return h, nil
}
