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

// The names beside a manifest that are no artifacts. <generation> is empty for
// what belongs to the manifest itself.
var (
	tokenFile      = regexp.MustCompile(`^(?:(?:unverified-)?manifest|renewal-([1-9][0-9]{0,2}))\.[A-Za-z0-9._-]+\.tsr$`)
	listFile       = regexp.MustCompile(`^renewal-([1-9][0-9]{0,2})\.txt$`)
	revocationFile = regexp.MustCompile(`^(?:manifest|renewal-([1-9][0-9]{0,2}))\.[A-Za-z0-9._-]+\.[0-9]{2,}\.(?:ocsp|crl)$`)
)

// unverified begins the name of a reply that who made the bundle could not
// verify. It is judged like any other, for another program may know more; that
// it is not verified here either takes nothing from the bundle.
const unverified = "unverified-"

func isUnverified(file string) bool { return strings.HasPrefix(path.Base(file), unverified) }

// round is one generation of timestamps: over the manifest in generation 0,
// over a list in every other.
type round struct {
	list       string   // path in the bundle; empty in generation 0
	tokens     []string // paths, sorted
	revocation []string
}

// sortTokens finds what belongs to an exhibit's timestamps, by names alone.
func (e *exhibit) sortTokens(names []string) {
	e.rounds = map[int]*round{0: {}}
	at := func(number string) *round {
		n, _ := strconv.Atoi(number) // empty: generation 0
		if e.rounds[n] == nil {
			e.rounds[n] = &round{}
		}
		return e.rounds[n]
	}
	slices.Sort(names)
	for _, name := range names {
		base := strings.TrimPrefix(name, e.dir)
		if m := tokenFile.FindStringSubmatch(base); m != nil {
			at(m[1]).tokens = append(at(m[1]).tokens, name)
		} else if m := listFile.FindStringSubmatch(base); m != nil {
			at(m[1]).list = name
		} else if m := revocationFile.FindStringSubmatch(base); m != nil {
			at(m[1]).revocation = append(at(m[1]).revocation, name)
		} else {
			continue
		}
		e.files[name] = true
	}
}

// artifact takes a file out again: what was imported under the name of a token
// is an artifact.
func (e *exhibit) artifact(file string) {
	is := func(name string) bool { return name == file }
	for _, r := range e.rounds {
		r.tokens, r.revocation = slices.DeleteFunc(r.tokens, is), slices.DeleteFunc(r.revocation, is)
		if r.list == file {
			r.list = ""
		}
	}
	maps.DeleteFunc(e.rounds, func(n int, r *round) bool {
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

// renewals checks the lists of an exhibit, and what its history proves today.
// all are the judged tokens.
func (c *checker) renewals(e *exhibit, all map[string]judged) error {
	numbers := slices.Sorted(maps.Keys(e.rounds))
	last := numbers[len(numbers)-1]
	if last == 0 || e.digest.IsZero() {
		return nil
	}
	before := c.failures[checkRenewal]
	whole := true
	for n := 1; n <= last; n++ {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		exact, err := c.list(e, n)
		if err != nil {
			c.fail(checkRenewal, "%v", err)
		}
		whole = whole && exact
	}
	if c.failures[checkRenewal] > before {
		return nil
	}
	c.pass(checkRenewal, "%s: %d lists, and the files here are as they say", e.id, last)
	if !whole {
		return nil // said already what is not covered
	}
	h, err := c.history(e, last)
	if err != nil {
		c.fail(checkRenewal, "%v", err)
		return nil
	}
	judge := func(_ int, token renewal.File, _ evidence.Digest) (*tsa.Timestamp, []evidence.Check) {
		return all[e.dir+token.Name].time, nil
	}
	if r := renewal.Verify(h, judge, c.o.now()); r.Proven != nil {
		c.pass(checkRenewal, "%s: renewed in time; what stands today is %s", e.id, r.Proven.Time.UTC().Format(time.RFC3339))
	} else {
		i := slices.IndexFunc(r.Checks, func(k evidence.Check) bool { return k.State == evidence.Failed })
		c.skip(checkRenewal, "%s: no first timestamp can be shown to stand today: %s", e.id, r.Checks[i].Detail)
	}
	return nil
}

// list compares one list with the files that are there. It is exact if it
// names all of them, in the fixed order, and nothing else.
func (c *checker) list(e *exhibit, n int) (exact bool, err error) {
	r := e.rounds[n]
	if r == nil || r.list == "" {
		return false, fmt.Errorf("%s%s: missing", e.dir, renewal.ListName(n))
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
		file := e.dir + i.Name
		listed[file] = true
		s, ok := c.sums[file]
		switch {
		case !ok && (i.Kind == renewal.Manifest || i.Kind == renewal.Renewal):
			return false, fmt.Errorf("%s: names %s, which is missing", r.list, i.Name)
		case !ok:
			c.skip(checkRenewal, "%s: names %s, which is not in this bundle", r.list, i.Name)
			exact = false
		case i.Size != c.sizes[file] || i.SHA256 != evidence.Digest(s.sha256) || i.SHA512 != evidence.Digest512(s.sha512):
			return false, fmt.Errorf("%s: %s is not as the list says", r.list, i.Name)
		}
	}
	if !listed[e.dir+reader.ManifestName] {
		return false, fmt.Errorf("%s: does not name %s", r.list, reader.ManifestName)
	}
	for m := range n {
		earlier := e.rounds[m]
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
func (c *checker) history(e *exhibit, last int) (renewal.History, error) {
	var h renewal.History
	read := func(name string, max int64) (renewal.File, error) {
		b, err := c.load(name, max)
		return renewal.File{Name: strings.TrimPrefix(name, e.dir), Data: b}, err
	}
	var err error
	if h.Manifest, err = read(e.dir+reader.ManifestName, reader.MaxManifest); err != nil {
		return h, err
	}
	for n := range last + 1 {
		var g renewal.Generation
		r := e.rounds[n]
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
