package verify

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/reader"
	"constat/evidence/trustlist"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

const (
	exhibitsDir = "data/exhibits/"
	maxToken    = tsa.MaxReply
)

// exhibit is one folder below data/exhibits/.
type exhibit struct {
	stack
	manifest reader.Manifest // zero if it cannot be read
	files    map[string]bool // what has a place in the folder
}

func (c *checker) readExhibits() error {
	byID := map[string][]string{}
	for name := range c.sizes {
		if rest, ok := strings.CutPrefix(name, exhibitsDir); ok {
			if id, _, ok := strings.Cut(rest, "/"); ok {
				byID[id] = append(byID[id], name)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if !reader.IsExhibit(id) {
			c.fail(checkExhibit, "not an exhibit id: %.40q", id)
			continue
		}
		e := &exhibit{stack: stack{id: id, dir: exhibitsDir + id + "/", base: reader.ManifestName}, files: map[string]bool{}}
		for _, name := range e.sort(byID[id], besideManifest) {
			e.files[name] = true
		}
		c.exhibits = append(c.exhibits, e)
		c.rep.Exhibits = append(c.rep.Exhibits, id)
		if err := c.readManifest(e); err != nil {
			c.fail(checkExhibit, "%s: %v", id, err)
		}
	}
	if n, err := strconv.Atoi(c.info["Constat-Exhibits"]); err != nil || n != len(c.exhibits) || n == 0 {
		c.fail(checkExhibit, "bag-info.txt says %.20q, there are %d", c.info["Constat-Exhibits"], len(c.exhibits))
	}
	c.passUnlessFailed(checkExhibit, "%d manifests, and every file they name", len(c.exhibits))
	return nil
}

// readManifest checks one manifest and the files that it names.
func (c *checker) readManifest(e *exhibit) error {
	name := e.dir + reader.ManifestName
	e.files[name] = true
	b, err := c.load(name, reader.MaxManifest)
	if err != nil {
		return err
	}
	m, err := reader.ReadManifest(b)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	e.manifest, e.digest = m, sumOf(b)
	if m.Exhibit != e.id {
		c.fail(checkExhibit, "%s: is that of %s", name, m.Exhibit)
	}
	if m.Case != c.info["External-Identifier"] {
		c.fail(checkExhibit, "%s: belongs to case %s, not to %.40q", name, m.Case, c.info["External-Identifier"])
	}
	for _, a := range m.Artifacts {
		file := e.dir + a.Name
		e.files[file] = true
		e.artifact(file)
		s, ok := c.sums[file]
		switch {
		case !ok:
			c.fail(checkExhibit, "%s: missing or not readable", file)
		case c.sizes[file] != a.Size:
			c.fail(checkExhibit, "%s: %d bytes, the manifest says %d", file, c.sizes[file], a.Size)
		case s.sha256 != a.SHA256 || s.sha512 != a.SHA512:
			c.fail(checkExhibit, "%s: changed: SHA-256 %s, the manifest says %s", file, s.sha256, a.SHA256)
		}
	}
	return nil
}

// custody checks the log, and that log and manifests name each other.
func (c *checker) custody() error {
	signed := c.readHead()
	if _, ok := c.sums[logName]; !ok {
		c.headInLog(signed, false, 0)
		c.fail(checkLog, "%s: missing or not readable", logName)
		c.skip(checkAnchor, "there is no log")
		return nil
	}
	heads := map[uint64][]*exhibit{} // whose history ends at this line
	byID := map[string]*exhibit{}
	for _, e := range c.exhibits {
		if !e.digest.IsZero() {
			heads[e.manifest.Head.Seq] = append(heads[e.manifest.Head.Seq], e)
			byID[e.id] = e
		}
	}
	anchored, kept := map[string]bool{}, map[string]bool{}
	absent, closed := map[string]bool{}, map[string]string{}
	made, visited := map[string]reader.SHA256{}, map[string]string{} // manifests that the log names; second visits
	headFound, unproven := false, uint64(0)
	s := shared{made: map[string]uint64{}}
	r, err := c.tree.open(logName)
	if err != nil {
		c.fail(checkLog, "%s: %v", logName, err)
		return nil
	}
	defer r.Close()
	h := newDigester()
	var foreign string
	head, err := reader.ReadLog(io.TeeReader(withContext{c.ctx, r}, h), func(en reader.Line) error {
		if en.Case != c.info["External-Identifier"] {
			foreign = en.Case
		}
		if signed != nil && en.Seq == signed.Seq && en.SHA256 == signed.SHA256 {
			headFound, s.signed = true, en
		}
		c.note(en)
		for _, e := range heads[en.Seq] {
			if en.SHA256 == e.manifest.Head.SHA256 {
				anchored[e.id] = true
			}
		}
		switch en.Action {
		case "captured", "imported", "recorded", "rechecked":
			if _, twice := made[en.Exhibit]; !twice {
				made[en.Exhibit], s.made[en.Exhibit] = en.Digest, en.Seq
			}
			if en.Action == "rechecked" {
				visited[en.Exhibit] = en.Detail["of"]
			}
			e, ok := byID[en.Exhibit]
			if !ok {
				absent[en.Exhibit] = true
			} else if en.Digest == e.digest && en.Seq > e.manifest.Head.Seq {
				kept[e.id] = true
			}
		case "exporting":
			s.last = en
			if en.Detail["of"] != "" {
				s.says = en.Seq
			}
		case "marked-minor":
			closed[en.Exhibit] = "the person shown may have been under 18"
			if en.Detail["because"] != "" {
				closed[en.Exhibit] = "it holds a file of an exhibit that was closed"
			}
		case "vault-migrated":
			n, err := strconv.ParseUint(en.Detail["not_authenticated"], 10, 64)
			if err != nil || n >= en.Seq {
				n = en.Seq - 1 // it pins what is before it, whatever it says
			}
			unproven = max(unproven, n)
		}
		return nil
	})
	if ctxErr := c.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	switch got, _ := h.sums(); {
	case err != nil:
		c.fail(checkLog, "%s: %v", logName, err)
	case got.sha256 != c.sums[logName].sha256:
		c.fail(checkLog, "%s: %v", logName, errChanged)
	case foreign != "":
		c.fail(checkLog, "%s: belongs to case %s", logName, foreign)
	case head.Seq == 0:
		c.fail(checkLog, "%s: is empty", logName)
	default:
		c.pass(checkLog, "%d lines, head %s", head.Seq, head.SHA256)
	}
	c.headInLog(signed, headFound, unproven)
	for visit, of := range visited { // what is closed is closed with every visit to it
		if closed[visit] == "" && closed[of] != "" {
			closed[visit] = closed[of]
		}
	}
	c.rechecks(made)
	chosen := c.share(s, signed)
	maps.DeleteFunc(absent, func(id string, _ bool) bool { return chosen[id] }) // said with the others
	c.anchors(anchored, kept, absent, closed)
	return nil
}

// rechecks: a second visit names an exhibit of this case, and its very manifest.
func (c *checker) rechecks(made map[string]reader.SHA256) {
	for _, e := range c.exhibits {
		if r := e.manifest.Recheck; r != nil && made[r.Exhibit] != r.Manifest {
			c.fail(checkAnchor, "%s: is a second visit to %s with manifest %s, which the log does not name", e.id, r.Exhibit, r.Manifest)
		}
	}
}

func (c *checker) anchors(anchored, kept, absent map[string]bool, closed map[string]string) {
	n := 0
	for _, e := range c.exhibits {
		if e.digest.IsZero() {
			continue
		}
		n++
		if !anchored[e.id] {
			c.fail(checkAnchor, "%s: line %d of the log is not the one that its manifest names", e.id, e.manifest.Head.Seq)
		}
		if !kept[e.id] {
			c.fail(checkAnchor, "%s: the log does not name its manifest %s", e.id, e.digest)
		}
	}
	c.passUnlessFailed(checkAnchor, "%d exhibits", n)
	for _, id := range slices.Sorted(maps.Keys(absent)) {
		switch shown := evidence.Shorten(id, 20); {
		case c.failures[checkAnchor] > 0:
		case closed[id] != "":
			c.skip(checkAnchor, "%s: the log says that it was closed, because %s; it is not in this bundle", shown, closed[id])
		default:
			c.skip(checkAnchor, "%s: the log says that it was kept; it is not in this bundle", shown)
		}
	}
}

// judged is one token and what was found.
type judged struct {
	file, over string
	time       *tsa.Timestamp
	failed     []evidence.Check
	unknown    string // why it could be neither verified nor refused
}

// timestamps checks every token: over the whole, over the fingerprint, over
// manifests, and over the lists of renewals; and says of each whether it stands at
// the checker's own moment. What lies over the whole covers everything else, and
// what lies over the fingerprint every exhibit.
func (c *checker) timestamps() error {
	whole := &stack{id: tagListName, base: tagListName, digest: c.sums[tagListName].sha256}
	whole.sort(slices.DeleteFunc(slices.Collect(maps.Keys(c.sizes)), func(n string) bool { return !isOfWhole(n) }), besideWhole)
	over, err := c.stacked(whole, nil)
	if err != nil {
		return err
	}
	var cover []renewal.Cover
	if c.failures[checkTagFiles]+c.failures[checkPayload256] == 0 {
		cover = covers(over)
	}
	seal := &stack{
		id:     evidenceName,
		dir:    payloadDir,
		base:   strings.TrimPrefix(evidenceName, payloadDir),
		digest: reader.SHA256(c.rep.Fingerprint),
	}
	seal.sort(slices.Collect(maps.Keys(c.sizes)), besideSeal)
	first, err := c.stacked(seal, cover)
	if err != nil {
		return err
	}
	c.rep.StandsUntil, c.rep.Ends = first.Until, first.Ends
	if c.failures[checkEvidence] == 0 {
		cover = append(cover, covers(first)...)
	}
	for _, e := range c.exhibits {
		if _, err := c.stacked(&e.stack, cover); err != nil {
			return err
		}
	}
	return nil
}

// covers are the first timestamps of a stack that can be shown to stand: each is
// over a list that names whatever is older than it.
func covers(r renewal.Result) []renewal.Cover {
	var out []renewal.Cover
	for _, s := range r.Steps {
		if s.Generation == 0 && (s.Standing == renewal.Stands || s.Standing == renewal.Renewed) {
			out = append(out, renewal.Cover{Token: s.Token, Time: s.Time, Until: s.Until, Ends: s.EndsLast})
		}
	}
	return out
}

// stacked judges all tokens of one stack, and what they are worth today.
func (c *checker) stacked(s *stack, cover []renewal.Cover) (renewal.Result, error) {
	found := map[string]judged{}
	rounds := map[int][]judged{}
	for _, n := range slices.Sorted(maps.Keys(s.rounds)) {
		digest := s.digest
		if n > 0 {
			digest = c.sums[s.rounds[n].list].sha256
		}
		some, err := c.judgeAll(s.rounds[n], s.over(n), digest)
		if err != nil {
			return renewal.Result{}, err
		}
		for _, j := range some {
			found[j.file] = j
		}
		rounds[n] = some
	}
	r, err := c.standing(s, found, cover)
	if err != nil {
		return r, err
	}
	steps := map[string]renewal.Step{}
	for _, step := range r.Steps {
		steps[s.dir+step.Token] = step
	}
	for _, n := range slices.Sorted(maps.Keys(rounds)) {
		c.sumUp(s.over(n), rounds[n], steps)
	}
	return r, nil
}

// judgeAll checks the tokens of one round, which are all over the same.
func (c *checker) judgeAll(r *round, over string, digest reader.SHA256) ([]judged, error) {
	if len(r.tokens) == 0 {
		c.skip(checkTimestamp, "%s: has none", over)
		return nil, nil
	}
	var all []judged
	for _, file := range r.tokens {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		records, err := c.records(r, file)
		if err != nil {
			c.fail(checkTimestamp, "%v", err)
		}
		all = append(all, c.judge(file, over, digest, records))
	}
	return all, nil
}

func (c *checker) judge(file, over string, digest reader.SHA256, records []tsa.RevocationRecord) judged {
	j := judged{file: file, over: over}
	raw, err := c.load(file, maxToken)
	if err != nil {
		j.failed = []evidence.Check{{Name: checkReadable, Detail: err.Error()}}
		return j
	}
	if digest.IsZero() {
		j.failed = []evidence.Check{{Name: tsa.CheckImprint, Detail: "what it was given for cannot be read"}}
		return j
	}
	// A practice token counts in a practice bundle only.
	t, checks := tsa.Verify(raw, evidence.Digest(digest), tsa.Options{Roots: slices.Concat(c.o.Roots, c.o.Anchors),
		SystemRoots: c.o.SystemRoots, Pins: c.o.Pins, Revocation: records, Practice: c.o.Practice && c.rep.Practice, Now: c.o.now()})
	j.time = t
	for _, k := range checks {
		// The pins are of many authorities: that a token leads to none of them says nothing.
		if tsa.Voids(k) {
			j.failed = append(j.failed, k)
		}
	}
	if t == nil && len(j.failed) == 0 {
		// An algorithm that this program does not know: nothing failed.
		j.unknown = "could not be verified"
		for _, k := range checks {
			if k.State == evidence.NotDone && (k.Name == tsa.CheckSignature || k.Name == tsa.CheckChain) {
				j.unknown = k.Name + ": " + k.Detail
			}
		}
	}
	return j
}

func (j judged) why() string {
	if len(j.failed) > 0 {
		return j.failed[0].Name + ": " + j.failed[0].Detail
	}
	return j.unknown
}

// sumUp decides what an unknown root means. If another token over the same
// digest passed, it is a token that could not be checked; if none did and the
// caller brought roots, it is a failure; if the caller brought none, nothing
// can be said. A time that cannot be shown to stand today is not done: it was
// good, and whoever comes late enough can make such a token.
func (c *checker) sumUp(over string, all []judged, steps map[string]renewal.Step) {
	passed := slices.ContainsFunc(all, func(j judged) bool { return j.time != nil })
	for _, j := range all {
		switch {
		case j.time != nil:
			note := ""
			if why := j.time.BeyondOpenSSL; why != "" {
				note = "; stock openssl ts cannot judge it: " + why
			}
			step, ok := steps[j.file]
			if !ok { // no list of its exhibit covers it: it stands by itself or not at all
				step = renewal.Alone(j.time, c.o.now())
			}
			stands := step.Standing != renewal.Lapsed
			if stands {
				c.pass(checkTimestamp, "%s: %s, root %s, stands until %s (%s)%s", j.file, j.time.Time.UTC().Format("2006-01-02T15:04:05Z"),
					j.time.RootFingerprint, step.Until.Format(time.DateOnly), step.Why(), note)
			} else {
				c.skip(checkTimestamp, "%s: %s, root %s; cannot be shown to stand today: it stood until %s (%s), and nothing that was made by then covers it%s",
					j.file, j.time.Time.UTC().Format("2006-01-02T15:04:05Z"), j.time.RootFingerprint, step.Limit.Format(time.DateOnly), step.Ends, note)
			}
			c.qualified(j)
			c.rep.Timestamps = append(
				c.rep.Timestamps,
				Timestamp{File: j.file, Over: over, Stands: stands, Until: step.Until, Ends: step.EndsLast, Timestamp: j.time},
			)
		case isUnverified(j.file):
			c.skip(checkTimestamp, "%s: this program could not verify it: %s", j.file, j.why())
		case j.unknown != "":
			c.skip(checkTimestamp, "%s: %s", j.file, j.unknown)
			c.unchecked = c.unchecked || !passed
		case !onlyChain(j.failed):
			c.fail(checkTimestamp, "%s: %s: %s", j.file, j.failed[0].Name, j.failed[0].Detail)
		case passed:
			c.skip(checkTimestamp, "%s: its root is not among those that were brought", j.file)
		case len(c.o.Roots) == 0:
			c.skip(checkTimestamp, "%s: no root certificate was brought for it", j.file)
			c.unchecked = true
		default:
			c.fail(checkTimestamp, "%s: %s: %s", j.file, j.failed[0].Name, j.failed[0].Detail)
		}
	}
}

// qualified says what the trusted lists say of a verified token's service, at the
// token's own time. It takes nothing from the verdict, and what the token says of
// itself is not looked at.
func (c *checker) qualified(j judged) {
	if j.time.Practice {
		return
	}
	switch f := c.o.Lists.Find(j.time.Chain, j.time.Time); {
	case f == nil:
	case f.State == trustlist.Qualified:
		c.pass(checkQualified, "%s: on the trusted list of %s as qualified at the token's own time, list of %s: %s", j.file, f.Territory,
			f.Issued.Format(time.DateOnly), f.Service)
	case f.State == trustlist.ListIsOlder:
		c.skip(
			checkQualified,
			"%s: on the trusted list of %s of %s as qualified, which is older than the token and says nothing of its time",
			j.file,
			f.Territory,
			f.Issued.Format(time.DateOnly),
		)
	case f.State == trustlist.NotQualified:
		c.skip(
			checkQualified,
			"%s: on the trusted list of %s of %s, and not as qualified at the token's own time (%s)",
			j.file,
			f.Territory,
			f.Issued.Format(time.DateOnly),
			cmp.Or(f.Status, "not yet listed"),
		)
	default:
		c.skip(checkQualified, "%s: on none of %d trusted lists, the oldest of %s", j.file, f.Looked, f.Issued.Format(time.DateOnly))
	}
}

func onlyChain(failed []evidence.Check) bool {
	return len(failed) == 1 && failed[0].Name == tsa.CheckChain
}
