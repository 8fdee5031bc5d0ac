package vault

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"time"

	"constat/evidence"
	"constat/evidence/vault/origin"
)

const (
	summaryName   = "summary"
	summaryFormat = "constat-summary/1"
	maxSummary    = 256 << 20 // bytes of plaintext
	// maxTail is how many entries may lie behind a summary: beyond that the whole log is read once,
	// and another one is written.
	maxTail = 256
	// maxTold is the largest text that [Case.SaveTold] keeps, in bytes.
	maxTold = 64 << 10
)

// summary is what a log says up to a line, as far as what comes after it can depend on it: so that
// whoever adds to a long case, or counts what is in it, need not read it. There is one of logs alone
// that are whole, all of which the vault itself wrote, and of which nothing was ever lost.
type summary struct {
	Format   string          `json:"format"`
	Case     string          `json:"case"`
	Seq      uint64          `json:"seq"`
	SHA256   evidence.Digest `json:"sha256"`   // of that line
	Time     time.Time       `json:"time"`     // UTC, of that entry
	Title    string          `json:"title"`    // as the first entry has it
	Created  time.Time       `json:"created"`  // UTC
	Practice bool            `json:"practice"` // likewise
	Exhibits int             `json:"exhibits"`
	Highest  int             `json:"highest"` // the highest number of one that was ever given
	Marked   int             `json:"marked"`  // lines that close an exhibit
	Changes  []string        `json:"changes"` // acts on the whole vault that the log has
	Readers  map[string]bool `json:"readers"` // fingerprints of further recipients: added or removed last
	Named    []byte          `json:"named"`   // the names of all objects, 16 bytes each, in order
	Told     []byte          `json:"told,omitempty"`
}

func (c *Case) summaryKey() []byte {
	return origin.Code(c.v.keys.Index, []byte(summaryFormat+" "+c.id))
}

func (c *Case) readSummary() (*summary, error) {
	b, err := readSealed(c.v.disk, c.v.dir, c.rel+"/"+summaryName, c.v.identity, maxSummary)
	if err != nil {
		return nil, err
	}
	var s summary
	if err := origin.Decode(b, c.summaryKey(), &s); err != nil {
		return nil, err
	}
	if s.Format != summaryFormat || s.Case != c.id || s.Seq == 0 || len(s.Named)%objectNameBytes != 0 {
		return nil, fmt.Errorf("not a summary of case %s", c.id)
	}
	return &s, nil
}

// readTail reads what lies behind the summary. It returns nil if there is none that can be used, or
// if anything is not as it should be: then the whole log has to be read, and says what is wrong.
func (c *Case) readTail() *caseLog {
	if c.v.Old() || c.v.unproven(c.id) {
		return nil
	}
	s, err := c.readSummary()
	if err != nil {
		return nil
	}
	seqs, err := c.logNumbers()
	if err != nil || !covered(seqs, s.Seq) || uint64(len(seqs)) > s.Seq+maxTail {
		return nil
	}
	last, err := c.readEntry(s.Seq)
	if err != nil || !last.proven || evidence.Sum(last.line) != s.SHA256 {
		return nil
	}
	l := newCaseLog(c.id)
	l.resume(s)
	for _, seq := range seqs[s.Seq:] {
		read, err := c.readEntry(seq)
		if err != nil || !read.proven {
			return nil
		}
		l.accept(read)
	}
	h, err := c.readHead()
	if err != nil || l.damage != nil || !l.has(h.Seq, h.SHA256) {
		return nil
	}
	if there, ok := c.v.heads.Of(c.id); ok && there.Seq > 0 && !l.has(there.Seq, there.SHA256) {
		return nil
	} else if ok {
		l.highest = max(l.highest, there.Exhibits)
	}
	l.highest = max(l.highest, h.Exhibits)
	if !l.summable() {
		return nil
	}
	c.interrupted = slices.DeleteFunc(h.Interrupted, l.names)
	c.told, c.toldSeq, c.summed = s.Told, s.Seq, s.Seq
	return l
}

// resume begins a log behind a summary.
func (l *caseLog) resume(s *summary) {
	l.before = s
	l.info = evidence.Case{ID: l.id, Title: s.Title, CreatedAt: s.Created, Practice: s.Practice}
	l.chain = evidence.Resume(l.id, evidence.LogHead{Seq: s.Seq, SHA256: s.SHA256})
	l.highest = s.Highest
	for _, id := range s.Changes {
		l.changes[id] = true
	}
	maps.Copy(l.readers, s.Readers)
}

// length is how many entries the log has.
func (l *caseLog) length() uint64 {
	if l.before != nil {
		return l.before.Seq + uint64(len(l.entries))
	}
	return uint64(len(l.entries))
}

// count is how many exhibits the log has.
func (l *caseLog) count() int {
	if l.before != nil {
		return l.before.Exhibits + len(l.exhibits)
	}
	return len(l.exhibits)
}

// end is how far the log goes.
func (l *caseLog) end() Head {
	head := l.chain.Head()
	h := Head{Seq: head.Seq, SHA256: head.SHA256, Exhibits: max(l.highest, l.count())}
	if n := len(l.entries); n > 0 {
		h.Time = l.entries[n-1].entry.Time
	} else if l.before != nil {
		h.Time = l.before.Time
	}
	return h
}

// isBefore reports whether an exhibit may have been recorded in what is not in memory.
func (l *caseLog) isBefore(exhibit string) bool {
	if l.before == nil || exhibit == "" {
		return false
	}
	_, here := l.byID[exhibit]
	return !here && exhibitNumber(exhibit) <= l.before.Highest
}

// names reports whether an entry names this object.
func (l *caseLog) names(object string) bool {
	if l.named[object] {
		return true
	}
	raw, err := hex.DecodeString(object)
	if l.before == nil || err != nil || len(raw) != objectNameBytes {
		return false
	}
	all := l.before.Named
	at := func(i int) []byte { return all[i*objectNameBytes : (i+1)*objectNameBytes] }
	n := len(all) / objectNameBytes
	i := sort.Search(n, func(i int) bool { return bytes.Compare(at(i), raw) >= 0 })
	return i < n && bytes.Equal(at(i), raw)
}

// summable reports whether the log is one of which there is a summary.
func (l *caseLog) summable() bool {
	return l.damage == nil && l.headDamage == nil && !l.foreignCase && l.old == 0 && len(l.foreign) == 0 &&
		len(l.lost) == 0 && len(l.noted) == 0 && l.chain.Head().Seq > 0 && l.length() == l.chain.Head().Seq
}

// summarize says what the log says up to its end.
func (l *caseLog) summarize() *summary {
	end := l.end()
	s := &summary{Format: summaryFormat, Case: l.id, Seq: end.Seq, SHA256: end.SHA256, Time: end.Time,
		Title: l.info.Title, Created: l.info.CreatedAt, Practice: l.info.Practice,
		Exhibits: l.count(), Highest: l.highest, Marked: l.marked(),
		Changes: slices.Sorted(maps.Keys(l.changes)), Readers: maps.Clone(l.readers)}
	var names []string
	if l.before != nil {
		for at := 0; at < len(l.before.Named); at += objectNameBytes {
			names = append(names, string(l.before.Named[at:at+objectNameBytes]))
		}
	}
	for object := range l.named {
		if raw, err := hex.DecodeString(object); err == nil && len(raw) == objectNameBytes {
			names = append(names, string(raw))
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		s.Named = append(s.Named, name...)
	}
	return s
}

// marked counts the lines that close an exhibit.
func (l *caseLog) marked() (n int) {
	if l.before != nil {
		n = l.before.Marked
	}
	for _, read := range l.entries {
		if read.entry.Action == evidence.ActMarkedMinor {
			n++
		}
	}
	return n
}

// keepSummary writes a summary when the vault is closed, if the one that is there is far behind. It
// is a cache: its errors go nowhere.
func (c *Case) keepSummary() {
	c.mu.Lock()
	worth := !c.stale && c.log.before == nil && c.log.chain.Head().Seq >= c.summed+c.v.indexAfter()
	c.mu.Unlock()
	if worth {
		_ = c.writeSummary()
	}
}

// writeSummary writes it as of the line that is the last one now. What was told as of an earlier one is
// not in it: a line that came in between would never be counted.
func (c *Case) writeSummary() error {
	c.indexing.Lock()
	defer c.indexing.Unlock()
	c.mu.Lock()
	if c.stale || !c.log.summable() {
		c.mu.Unlock()
		return nil
	}
	s := c.log.summarize()
	if c.toldSeq == s.Seq {
		s.Told = c.told
	}
	c.mu.Unlock()
	b, err := origin.Encode(s, c.summaryKey())
	if err != nil {
		return err
	}
	if err := c.v.disk.Write(c.path(), summaryName, sealed(b, c.v.own)); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.summed = s.Seq
	return nil
}

// Told returns what [Case.SaveTold] kept last, and the entries that came after it. Without any it is
// not ok.
func (c *Case) Told(ctx context.Context) (text []byte, since []evidence.Entry, ok bool) {
	if err := c.readyFor(ctx, ""); err != nil {
		return nil, nil, false
	}
	defer c.v.done()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.told) == 0 || !c.log.summable() || c.log.length() < c.toldSeq {
		return nil, nil, false
	}
	n := c.log.length() - c.toldSeq
	for _, read := range c.log.entries[uint64(len(c.log.entries))-n:] {
		since = append(since, read.entry)
	}
	return slices.Clone(c.told), since, true
}

// SaveTold keeps a short text of what the log says as a whole, as of the line that is its last one
// now, so that a list of cases need not read each of them. It is a cache, as [Case.Remember] is.
func (c *Case) SaveTold(ctx context.Context, seq uint64, text []byte) error {
	if len(text) == 0 || len(text) > maxTold {
		return fmt.Errorf("text of %d bytes, not of 1 to %d", len(text), maxTold)
	}
	if err := c.readyFor(ctx, ""); err != nil {
		return err
	}
	defer c.v.done()
	c.mu.Lock()
	if !c.log.summable() || c.log.chain.Head().Seq != seq {
		c.mu.Unlock()
		return nil // it is made again when it is needed
	}
	c.told, c.toldSeq = slices.Clone(text), seq
	worth := seq >= c.v.indexAfter()
	c.mu.Unlock()
	if !worth {
		return nil
	}
	return c.writeSummary()
}

// Marked reports whether the log has a line that closes an exhibit.
func (c *Case) Marked(ctx context.Context) (bool, error) {
	if err := c.readyFor(ctx, ""); err != nil {
		return false, err
	}
	defer c.v.done()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.marked() > 0, nil
}

// EntriesAbout returns entries of the log, oldest first, among them all that tell something of one
// exhibit. It reads the whole log only if they are not at its end.
func (c *Case) EntriesAbout(ctx context.Context, exhibit string) ([]evidence.Entry, error) {
	err := c.readied(ctx, func(l *caseLog) bool {
		// A visit depends on what is said of the exhibit that it went to.
		return !l.isBefore(exhibit) && (l.before == nil || !slices.ContainsFunc(l.entries, func(read logRead) bool {
			return read.entry.Exhibit == exhibit && l.isBefore(read.entry.Detail["of"])
		}))
	})
	if err != nil {
		return nil, err
	}
	defer c.v.done()
	entries, _ := c.entries()
	list := make([]evidence.Entry, 0, len(entries))
	for _, read := range entries {
		list = append(list, read.entry)
	}
	return list, nil
}

// logNumbers lists the log files that are there, in order.
func (c *Case) logNumbers() ([]uint64, error) {
	files, err := c.v.disk.ReadDir(c.path(logName))
	if err != nil {
		return nil, err
	}
	var seqs []uint64
	for _, f := range files {
		// Other names are not ours: desktop systems leave files of their own everywhere.
		if logFile.MatchString(f.Name()) {
			seq, err := strconv.ParseUint(f.Name(), 10, 64)
			if err != nil {
				return nil, err
			}
			seqs = append(seqs, seq)
		}
	}
	slices.Sort(seqs)
	return seqs, nil
}
