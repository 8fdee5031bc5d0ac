package verify

import (
	"crypto"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"constat/bundle/verify/ers"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// Evidence records (RFC 4998) lie over the whole. Each is about every file that a
// list of the bundle names, and about the tag manifest; a later one is the last one
// before it that holds, renewed. They are one more proof, by another hash, which tools of
// others can read. No verdict rests on them: the bundle's own scripts have no
// reader of ASN.1 and must come to the same.

var ofRecord = regexp.MustCompile(`^evidence-record-([1-9][0-9]{0,2})\.ers$`)

// maxRecords is more than two centuries of renewals, one every two years.
const maxRecords = 100

// EvidenceRecord is a record of which everything holds.
type EvidenceRecord struct {
	File       string   // in the bundle
	Hashes     []string // of its chains, in order: "SHA-512"
	Files      int      // that it is about
	Timestamps []*tsa.Timestamp
	// Proven is its first time; zero: it cannot be shown to stand today. Until and
	// Ends are as in [Timestamp].
	Proven time.Time
	Until  time.Time
	Ends   renewal.Reason
}

func recordName(n int) string { return fmt.Sprintf("evidence-record-%d.ers", n) }

// evidenceRecords judges all that are there. Its error is the end of the context.
func (c *checker) evidenceRecords() error {
	numbers := map[int]bool{}
	for name := range c.sizes {
		if m := ofRecord.FindStringSubmatch(name); m != nil {
			n, _ := strconv.Atoi(m[1])
			numbers[n] = true
		}
	}
	if len(numbers) == 0 {
		c.skip(checkRecord, "there is none")
		return nil
	}
	list := slices.Sorted(maps.Keys(numbers))
	if extra := len(list) - maxRecords; extra > 0 {
		list = list[:maxRecords]
		c.skip(checkRecord, "more than %d: %d behind %s were not judged", maxRecords, extra, recordName(list[maxRecords-1]))
	}
	var older *ers.Record // the last one that holds: what does not hold is passed over, and said
	last := ""
	for _, n := range list {
		name := recordName(n)
		r, found, err := c.evidenceRecord(name)
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err == nil && n > 1 && older == nil {
			err = errors.New("the record that it renews is not here or does not hold")
		}
		if err == nil && older != nil && !r.Continues(older) {
			err = fmt.Errorf("it is not %s, renewed", last)
		}
		if err != nil {
			c.skip(checkRecord, "%s: proves nothing: %v", name, err)
			continue
		}
		older, last = r, name
		c.rep.Records = append(c.rep.Records, found)
		what := fmt.Sprintf("%s: %v over %d files, %d timestamps", name, found.Hashes, found.Files, len(found.Timestamps))
		if found.Proven.IsZero() {
			c.skip(checkRecord, "%s: none of it can be shown to stand today", what)
			continue
		}
		c.pass(checkRecord, "%s: first at %s, stands until %s (%s)", what, stamp(found.Proven), found.Until.Format(time.DateOnly), found.Ends)
	}
	return nil
}

// evidenceRecord judges one.
func (c *checker) evidenceRecord(name string) (*ers.Record, EvidenceRecord, error) {
	found := EvidenceRecord{File: name}
	b, err := c.load(name, ers.Max)
	if err != nil {
		return nil, found, err
	}
	r, err := ers.Parse(b)
	if err != nil {
		return nil, found, err
	}
	data := c.sealedFiles()
	found.Files = len(data)
	for _, chain := range r.Chains {
		found.Hashes = append(found.Hashes, chain.Hash.String())
	}
	group := func(h crypto.Hash) ([][]byte, error) { return c.digestsOf(data, h) }
	err = r.Over(group, func(o ers.Over) error {
		t, err := c.recordToken(o)
		if err != nil {
			return err
		}
		if n := len(found.Timestamps); n > 0 && t.Time.Add(t.Accuracy).Before(found.Timestamps[n-1].Time.Add(-found.Timestamps[n-1].Accuracy)) {
			return errors.New("it is older than the one before it")
		}
		found.Timestamps = append(found.Timestamps, t)
		return c.ctx.Err()
	})
	if err != nil {
		return nil, found, err
	}
	found.settle(c.o.now())
	return r, found, nil
}

// settle judges the timestamps, the last first: each has to stand by itself, or
// still to have stood when the one behind it was made, and that one stands
// (RFC 4998, clause 5.3).
func (f *EvidenceRecord) settle(now time.Time) {
	var cover []renewal.Cover
	for n, t := range slices.Backward(f.Timestamps) {
		step := renewal.Covered(t, cover, now)
		if cover = nil; !step.Counts() {
			continue
		}
		cover = []renewal.Cover{{Token: f.File, Time: t, Until: step.Until, Ends: step.EndsLast}}
		if n == 0 {
			f.Proven, f.Until, f.Ends = t.Time, step.Until, step.EndsLast
		}
	}
}

// recordToken verifies the token of one archive timestamp.
func (c *checker) recordToken(o ers.Over) (*tsa.Timestamp, error) {
	opts := tsa.Options{Token: true, Roots: slices.Concat(c.o.Roots, c.o.Anchors), SystemRoots: c.o.SystemRoots, Pins: c.o.Pins,
		Practice: c.o.Practice && c.rep.Practice, Now: c.o.now()}
	t, checks := tsa.Imprint{Hash: o.Hash, Sum: o.Sum}.Verify(o.Token, opts)
	if t != nil {
		return t, nil
	}
	if k, failed := tsa.FirstFailure(checks); failed {
		return nil, fmt.Errorf("%s: %s", k.Name, k.Detail)
	}
	return nil, errors.New("could not be verified")
}

// sealedFiles are the files that a record is about: all that a list names, and
// the tag manifest.
func (c *checker) sealedFiles() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c.sizes)) {
		if !isOfWhole(name) {
			out = append(out, name)
		}
	}
	return out
}

// digestsOf are those of the files of a record by a hash. By another hash than those
// of the lists each is read once more, however many records ask for it: whoever put
// a hundred of them there does not have all of a bundle read a hundred times.
func (c *checker) digestsOf(files []string, h crypto.Hash) ([][]byte, error) {
	if known := c.digests[h]; known != nil {
		return known, nil
	}
	out := make([][]byte, 0, len(files))
	for _, name := range files {
		s, readable := c.sums[name]
		switch {
		case !readable:
			return nil, fmt.Errorf("%s cannot be read", name)
		case h == crypto.SHA256:
			out = append(out, s.sha256[:])
		case h == crypto.SHA512:
			out = append(out, s.sha512[:])
		default:
			b, err := c.digest(name, h)
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		}
	}
	if c.digests == nil {
		c.digests = map[crypto.Hash][][]byte{}
	}
	c.digests[h] = out
	return out, nil
}

func (c *checker) digest(name string, h crypto.Hash) ([]byte, error) {
	r, err := c.tree.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	w := h.New()
	if _, err := io.Copy(w, withContext{c.ctx, io.LimitReader(r, c.sizes[name]+1)}); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return w.Sum(nil), nil
}
