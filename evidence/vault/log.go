package vault

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"sync"

	"constat/evidence"
	"constat/evidence/vault/origin"
)

var logFile = regexp.MustCompile(`^[0-9]{8}$`)

func logFileName(seq uint64) string { return fmt.Sprintf("%08d", seq) }

// logRead is one log file.
type logRead struct {
	seq    uint64
	line   []byte
	entry  evidence.Entry
	record record
	err    error // *CorruptError
	proven bool  // the file proves that this vault wrote it, for this place
	claims bool  // it says so
}

// exhibitRef is what the log says of one exhibit.
type exhibitRef struct {
	id          string
	entry       evidence.Entry
	manifest    string            // object name
	objects     map[string]string // artifact name -> object name
	authorities []evidence.Authority
	replies     []logRead
	files       []logRead
	failures    []evidence.Entry
	old         bool // recorded before objects proved where they come from
}

// caseLog is a custody log in memory. A Case guards it with its mutex; entries
// and what exhibits point to never change, so that a copy of a slice's header
// can be used without it.
type caseLog struct {
	id       string
	info     evidence.Case
	chain    evidence.Chain
	entries  []logRead
	exhibits []*exhibitRef  // replaced, never changed
	byID     map[string]int // exhibit -> place in exhibits
	changes  map[string]bool
	readers  map[string]bool // fingerprints of further recipients: added or removed last
	shared   map[evidence.Authority]evidence.Authority
	named    map[string]bool // objects
	noted    map[string]bool // lost heads that an entry names; see lossKey
	lost     []Head          // heads that the log once had and has no more
	highest  int             // the highest number of an exhibit that was ever given
	old      uint64          // so many entries prove nothing of where they come from: a vault of version 1 wrote them
	foreign  []string        // files that the vault did not write, beyond the end of the log
	damage   error           // first thing wrong, a *CorruptError

	// before is what the log says up to where entries begin; nil: entries are all there are. See [Case.readTail].
	before *summary

	foreignCase bool  // nothing of it proves to be the vault's
	headDamage  error // the head is missing, damaged or not the vault's
}

func newCaseLog(id string) *caseLog {
	return &caseLog{
		id: id, info: evidence.Case{ID: id}, byID: map[string]int{}, changes: map[string]bool{},
		readers: map[string]bool{}, shared: map[evidence.Authority]evidence.Authority{}, named: map[string]bool{}, noted: map[string]bool{},
	}
}

func (l *caseLog) path(seq uint64) string {
	return casesName + "/" + l.id + "/" + logName + "/" + logFileName(seq)
}

func (l *caseLog) broken(seq uint64, reason string, err error) {
	if l.damage == nil {
		l.damage = &CorruptError{Path: l.path(seq), Reason: reason, Err: err}
	}
}

// accept takes the next log file. After the first damage entries are still
// read for what they say, each for itself, so that nothing that is whole is
// out of reach; the chain then stands still.
func (l *caseLog) accept(read logRead) logRead {
	if read.err != nil {
		if l.damage == nil {
			l.damage = read.err
		}
		return read
	}
	if l.damage == nil && read.seq != l.chain.Head().Seq+1 {
		l.broken(l.chain.Head().Seq+1, "is missing", nil)
	}
	var err error
	if l.damage == nil {
		if read.entry, err = l.chain.Accept(read.line); err != nil {
			l.broken(read.seq, "does not continue the log", err)
		}
	}
	if l.damage != nil {
		if read.entry, err = lone(read); err != nil {
			return read
		}
	}
	if fault := l.fault(read); fault != "" {
		l.broken(read.seq, fault, nil)
		if read.entry.Case != l.id {
			return read
		}
	}
	l.share(&read)
	l.entries = append(l.entries, read)
	l.apply(read)
	return read
}

// fault says what is wrong with an entry beyond its link to the one before.
func (l *caseLog) fault(read logRead) string {
	e, r := read.entry, read.record
	switch {
	case e.Case != l.id:
		return "belongs to another case"
	case e.Seq == 1 && e.Action != evidence.ActCaseCreated:
		return "does not create a case"
	case r.Manifest == "":
		return ""
	}
	if _, twice := l.byID[e.Exhibit]; twice || l.isBefore(e.Exhibit) || evidence.CheckExhibitID(e.Exhibit) != nil || e.Digest.IsZero() {
		return "exhibit without a number of its own or without a digest"
	}
	return ""
}

// share keeps one copy of each authority: its roots are long, and the same in
// thousands of entries.
func (l *caseLog) share(read *logRead) {
	one := func(a evidence.Authority) evidence.Authority {
		if _, ok := l.shared[a]; !ok {
			l.shared[a] = a
		}
		return l.shared[a]
	}
	read.record.Authorities = slices.Clone(read.record.Authorities) // may be a caller's
	for i, a := range read.record.Authorities {
		read.record.Authorities[i] = one(a)
	}
	if read.record.Reply != nil {
		read.record.Reply.Authority = one(read.record.Reply.Authority)
	}
}

// lone reads a line whose predecessors are not known. It may be out of place,
// as in a log whose files were mixed up: the damage says so already.
func lone(read logRead) (evidence.Entry, error) {
	var e evidence.Entry
	if err := json.Unmarshal(read.line, &e); err != nil {
		return evidence.Entry{}, err
	}
	if e.Format != evidence.CustodyFormat {
		return evidence.Entry{}, errors.New("not a custody line")
	}
	return e, nil
}

// apply keeps what an entry says about case and exhibits.
func (l *caseLog) apply(read logRead) {
	e, r := read.entry, read.record
	if e.Seq == 1 {
		l.info.Title, l.info.CreatedAt = e.Detail["title"], e.Time
		l.info.Practice = e.Detail["practice"] == "true"
	}
	l.applyChange(e)
	for _, object := range r.objects() {
		l.named[object] = true
	}
	i, there := l.byID[e.Exhibit]
	if r.Manifest != "" {
		if !there && evidence.CheckExhibitID(e.Exhibit) == nil && !e.Digest.IsZero() {
			l.byID[e.Exhibit] = len(l.exhibits)
			l.exhibits = append(l.exhibits, &exhibitRef{
				id: e.Exhibit, entry: e, manifest: r.Manifest, objects: r.Objects, authorities: r.Authorities,
				old: !read.proven,
			})
			l.highest = max(l.highest, exhibitNumber(e.Exhibit))
		}
		return
	}
	if !there || r.Reply == nil && r.File == nil && e.Action != evidence.ActStampFailed {
		return
	}
	x := *l.exhibits[i] // the one that somebody may be looking at stays as it is
	switch {
	case r.Reply != nil:
		x.replies = append(slices.Clip(x.replies), read)
	case r.File != nil:
		x.files = append(slices.Clip(x.files), read)
	default:
		x.failures = append(slices.Clip(x.failures), e)
	}
	l.exhibits[i] = &x
}

// applyChange keeps what an entry says about the whole vault.
func (l *caseLog) applyChange(e evidence.Entry) {
	if id := e.Detail[detailChange]; id != "" {
		l.changes[id] = true
	}
	switch e.Action {
	case evidence.ActEntriesLost:
		l.noted[e.Detail["seq"]+" "+e.Detail["sha256"]] = true
	case evidence.ActRecipientAdded, evidence.ActRecipientRemoved:
		l.readers[e.Detail["recipient_sha256"]] = e.Action == evidence.ActRecipientAdded
	case evidence.ActRecipientsReset:
		clear(l.readers)
	}
}

// readEntry reads one log file. Damage is a *CorruptError.
func (c *Case) readEntry(seq uint64) (logRead, error) {
	rel := c.rel + "/" + logName + "/" + logFileName(seq)
	b, err := readSealed(c.v.disk, c.v.dir, rel, c.v.identity, maxLogFile)
	if err != nil {
		return logRead{}, err
	}
	t, r, err := decodeLogFile(b)
	if err != nil {
		return logRead{}, &CorruptError{Path: rel, Reason: "is not a log file", Err: err}
	}
	return logRead{seq: seq, line: t.line, record: r, claims: t.code != nil, proven: proves(c.v.keys.Log, c.id, seq, t)}, nil
}

// readLog reads the whole log: what the index covers from there, the rest from
// its files. Damage is kept in the result; an error means
// that the disk could not be read or the context ended.
func (c *Case) readLog(ctx context.Context) (*caseLog, error) {
	seqs, err := c.logNumbers()
	if planted(err) {
		log := newCaseLog(c.id)
		log.damage = &CorruptError{Path: c.rel + "/" + logName, Reason: "cannot be opened", Err: err}
		return log, nil
	}
	if err != nil {
		return nil, err
	}
	log := c.readIndex(seqs)
	if log == nil {
		log = newCaseLog(c.id)
	}
	var reads []logRead
	for _, seq := range seqs[len(log.entries):] {
		reads = append(reads, logRead{seq: seq})
	}
	err = parallel(ctx, len(reads), func(i int) error {
		read, err := c.readEntry(reads[i].seq)
		if _, damaged := errors.AsType[*CorruptError](err); damaged {
			reads[i].err = err
			return nil
		}
		reads[i] = read
		return err
	})
	if err != nil {
		return nil, err
	}
	c.acceptOwn(log, reads)
	if len(seqs) == 0 {
		log.broken(1, "is missing", nil)
	}
	c.compareHeads(log)
	return log, nil
}

// acceptOwn takes what the vault wrote. What somebody put behind the end of the log is left out and
// takes nothing with it; within the log it is damage.
func (c *Case) acceptOwn(log *caseLog, reads []logRead) {
	if len(log.entries) == 0 {
		log.old = c.origin(reads)
	} else if c.v.Old() {
		log.old = ^uint64(0)
	}
	own := func(read logRead) bool { return read.proven || read.seq <= log.old && !read.claims }
	last, noted := len(log.entries) > 0, uint64(0)
	end := -1
	for i, read := range reads {
		if read.err == nil && own(read) {
			last, end = true, i
		}
	}
	if h, err := c.readHead(); err == nil {
		noted = h.Seq
	}
	for i, read := range reads {
		beyond := i > end && (read.seq > noted && noted > 0 || noted == 0 && read.err == nil)
		switch {
		case read.err == nil && own(read):
		case beyond: // nothing that was recorded here is concerned
			log.foreign = append(log.foreign, log.path(read.seq))
			continue
		case read.err == nil:
			read.err = foreign(log.path(read.seq))
		}
		log.accept(read)
	}
	if !last && len(log.foreign) > 0 {
		log.foreignCase, log.damage = true, foreign(c.rel)
	}
}

// parallel calls do for 0 to n-1 on all processors, and returns the first error.
func parallel(ctx context.Context, n int, do func(int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// proves reports whether a log file was made by the holder of the vault's key for this place.
func proves(key []byte, caseID string, seq uint64, f logText) bool {
	return f.code != nil && hmac.Equal(f.code, origin.LogCode(key, caseID, seq, f.line, f.second, f.filling))
}

// setAside gives a log file of somebody else, which lies where the next one goes, another name.
// Nothing in it was shown; it is neither opened nor removed.
func (c *Case) setAside(seq uint64) error {
	c.mu.Lock()
	rel := c.log.path(seq)
	i := slices.Index(c.log.foreign, rel)
	c.mu.Unlock()
	if i < 0 {
		return nil
	}
	from := c.path(logName, logFileName(seq))
	// What is no file stays where it is; its own path is what has to be said.
	f, err := c.v.disk.FS.Open(from)
	if planted(err) {
		return err
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = c.rename(from)
	}
	if err != nil && !c.v.disk.Missing(err) { // the person may have taken it away meanwhile
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log.foreign = slices.Delete(slices.Clone(c.log.foreign), i, i+1)
	return nil
}

// rename gives a file of somebody else a name that no log file has.
func (c *Case) rename(from string) error {
	random, err := c.v.disk.RandomHex(4)
	if err != nil {
		return err
	}
	return c.v.disk.FS.Rename(from, from+".foreign-"+random)
}

// ready is [Vault.begin] that also reads the whole log, unless it is in memory, and brings it up to
// date if the last write left its state open.
func (c *Case) ready(ctx context.Context) error {
	return c.readied(ctx, func(l *caseLog) bool { return l.before == nil })
}

// readyFor is ready for what needs the end of the log alone, and one exhibit, or none.
func (c *Case) readyFor(ctx context.Context, exhibit string) error {
	return c.readied(ctx, func(l *caseLog) bool { return !l.isBefore(exhibit) })
}

func (c *Case) readied(ctx context.Context, enough func(*caseLog) bool) error {
	if err := c.v.begin(ctx); err != nil {
		return err
	}
	is := func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return !c.stale && enough(c.log)
	}
	if is() {
		return nil
	}
	c.write.Lock()
	defer c.write.Unlock()
	if is() { // another call read it meanwhile
		return nil
	}
	log, err := c.readLog(ctx)
	if err != nil {
		c.v.done()
		return err
	}
	c.mu.Lock()
	log.highest = max(log.highest, c.log.highest) // a number that was seen anywhere is not given again
	c.log, c.stale = log, false
	c.mu.Unlock()
	return nil
}
