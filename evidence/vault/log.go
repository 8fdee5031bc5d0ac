package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"constat/evidence"
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
}

// exhibitRef is what the log says of one exhibit.
type exhibitRef struct {
	id          string
	entry       evidence.Entry
	manifest    string            // object name
	objects     map[string]string // artifact name -> object name
	authorities []evidence.Authority
	replies     []logRead
	failures    []evidence.Entry
}

// caseLog is a custody log in memory, up to one entry. Once a Case holds it, it
// is read only: the next entry makes a clone.
type caseLog struct {
	id       string
	info     evidence.Case
	chain    evidence.Chain
	entries  []logRead
	exhibits []*exhibitRef
	byID     map[string]*exhibitRef
	damage   error // first thing wrong, a *CorruptError
}

func newCaseLog(id string) *caseLog {
	return &caseLog{id: id, info: evidence.Case{ID: id}, byID: map[string]*exhibitRef{}}
}

// clone shares what cannot change. Appending to the clone's slices writes
// beyond the end of the original's, which nobody looks at; there is only ever
// one clone under way (see Case.write), and one that was given up is overwritten.
func (l *caseLog) clone() *caseLog {
	n := *l
	n.byID = maps.Clone(l.byID)
	return &n
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
	if read.entry.Case != l.id {
		l.broken(read.seq, "belongs to another case", nil)
		return read
	}
	l.entries = append(l.entries, read)
	l.apply(read)
	return read
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
		if e.Action != evidence.ActCaseCreated {
			l.broken(1, "does not create a case", nil)
		}
		l.info.Title, l.info.CreatedAt = e.Detail["title"], e.Time
		l.info.Practice = e.Detail["practice"] == "true"
	}
	if r.Manifest != "" {
		if evidence.CheckExhibitID(e.Exhibit) != nil || l.byID[e.Exhibit] != nil || e.Digest.IsZero() {
			l.broken(read.seq, "exhibit without a number of its own or without a digest", nil)
			return
		}
		x := &exhibitRef{id: e.Exhibit, entry: e, manifest: r.Manifest, objects: r.Objects, authorities: r.Authorities}
		l.exhibits = append(l.exhibits, x)
		l.byID[x.id] = x
		return
	}
	old := l.byID[e.Exhibit]
	if old == nil || r.Reply == nil && e.Action != evidence.ActStampFailed {
		return
	}
	x := *old // the one in the log before this entry stays as it is
	if r.Reply != nil {
		x.replies = append(slices.Clip(x.replies), read)
	} else {
		x.failures = append(slices.Clip(x.failures), e)
	}
	l.byID[x.id] = &x
}

// list returns the exhibits in the order in which they were recorded.
func (l *caseLog) list() []*exhibitRef {
	list := make([]*exhibitRef, len(l.exhibits))
	for i, x := range l.exhibits {
		list[i] = l.byID[x.id]
	}
	return list
}

// readEntry reads one log file. Damage is a *CorruptError.
func (c *Case) readEntry(seq uint64) (logRead, error) {
	rel := c.rel + "/" + logName + "/" + logFileName(seq)
	b, err := readSealed(c.v.disk.fs, c.v.dir, rel, c.v.identity, maxLogFile)
	if err != nil {
		return logRead{}, err
	}
	read := logRead{seq: seq}
	if read.line, read.record, err = decodeLogFile(b); err != nil {
		return logRead{}, &CorruptError{Path: rel, Reason: "is not a log file", Err: err}
	}
	return read, nil
}

// readLog reads the whole log. Damage is kept in the result; an error means
// that the disk could not be read or the context ended.
func (c *Case) readLog(ctx context.Context) (*caseLog, error) {
	files, err := c.v.disk.readDir(c.path(logName))
	if err != nil {
		return nil, err
	}
	var reads []logRead
	for _, f := range files {
		// Other names are not ours: desktop systems leave files of their own everywhere.
		if logFile.MatchString(f.Name()) {
			seq, err := strconv.ParseUint(f.Name(), 10, 64)
			if err != nil {
				return nil, err
			}
			reads = append(reads, logRead{seq: seq})
		}
	}
	slices.SortFunc(reads, func(a, b logRead) int { return int(a.seq) - int(b.seq) })
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
	log := newCaseLog(c.id)
	for _, read := range reads {
		log.accept(read)
	}
	if len(reads) == 0 {
		log.broken(1, "is missing", nil)
	}
	return log, nil
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
