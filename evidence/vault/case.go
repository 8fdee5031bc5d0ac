package vault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

const (
	logName     = "log"
	objectsName = "objects"
	caseIDBytes = 8
)

// Case is one case of an open vault. It is safe for concurrent use; there is
// one Case per id and vault.
type Case struct {
	v   *Vault
	id  string
	rel string // cases/<id>

	write    sync.Mutex // held while an entry is made, so that entries come one after another
	removing sync.Mutex // held while an object is removed or encrypted again; after the others
	indexing sync.Mutex // held while the index is written

	mu          sync.Mutex // guards what follows; never held during file operations
	log         *caseLog
	stale       bool // the log on disk may be ahead of log
	cache       cache
	index       indexState
	interrupted []string // objects that an entry was to name and does not
	told        []byte   // what [Case.SaveTold] kept last
	toldSeq     uint64   // as of that line
	summed      uint64   // the line that the summary on disk goes to
	numbered    bool     // objects that no entry names were looked at for their numbers
}

// CreateCase makes a case and writes the first line of its custody log:
// action "case-created", detail "title"; for practice, "practice": "true"; and
// "recipients", the fingerprints of the further recipients, if there are any.
func (v *Vault) CreateCase(ctx context.Context, title string, practice bool) (evidence.Case, error) {
	title, err := evidence.CleanTitle(title)
	if err != nil {
		return evidence.Case{}, err
	}
	if err := v.begin(ctx); err != nil {
		return evidence.Case{}, err
	}
	defer v.done()
	id, err := v.disk.RandomHex(caseIDBytes)
	if err != nil {
		return evidence.Case{}, err
	}
	c := v.newCase(id)
	for _, dir := range []string{v.path(casesName), c.path(), c.path(objectsName), c.path(logName)} {
		if err := v.disk.Mkdir(dir); err != nil {
			return evidence.Case{}, fmt.Errorf("create case: %w", err)
		}
	}
	c.log = newCaseLog(id)
	if v.Old() {
		return evidence.Case{}, ErrVersion1
	}
	e := evidence.Entry{Action: evidence.ActCaseCreated, Detail: map[string]string{"title": title}}
	if practice {
		e.Detail["practice"] = "true"
	}
	// A case has a head from before its first entry on: one without has lost it.
	if err := c.writeHead(); err != nil {
		return evidence.Case{}, fmt.Errorf("create case: %w", err)
	}
	if err := c.appendFirst(e); err != nil {
		return evidence.Case{}, fmt.Errorf("create case: %w", err)
	}
	if err := v.noteCase(id); err != nil {
		return evidence.Case{}, fmt.Errorf("create case: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.cases[id] == nil { // else somebody came upon it once its first line was there: a case has one log
		v.cases[id] = c
	}
	return c.log.info, nil
}

// appendFirst writes the first entry of a case.
func (c *Case) appendFirst(e evidence.Entry) error {
	v := c.v
	v.swap.RLock()
	defer v.swap.RUnlock()
	if v.stateDamage == nil && len(v.state.Recipients) > 0 {
		e.Detail["recipients"] = v.state.fingerprints()
	}
	_, err := c.append(e, record{})
	return err
}

// Cases lists all cases, oldest first. A case whose first entry is damaged is
// listed with its id alone; [Case.Damage] says what is wrong.
func (v *Vault) Cases(ctx context.Context) ([]evidence.Case, error) {
	if err := v.begin(ctx); err != nil {
		return nil, err
	}
	defer v.done()
	entries, err := v.disk.ReadDir(v.path(casesName))
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	list := []evidence.Case{}
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if evidence.CheckCaseID(e.Name()) != nil {
			continue
		}
		c := v.newCase(e.Name())
		begun, err := c.begun()
		if err != nil {
			return nil, fmt.Errorf("list cases: %w", err)
		}
		if !begun {
			continue
		}
		log := newCaseLog(c.id)
		if read, err := c.readEntry(1); err == nil && (read.proven || v.unprovenCase(ctx, c, read)) {
			log.accept(read)
		} else if err == nil {
			// It is listed with its id alone: what it says of itself is somebody else's.
		} else if _, damaged := errors.AsType[*CorruptError](err); !damaged {
			return nil, fmt.Errorf("list cases: %w", err)
		}
		list = append(list, log.info)
	}
	slices.SortFunc(list, func(a, b evidence.Case) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// Case opens one case. An unknown one is *[UnknownCaseError]; one that this vault did not write is
// [ErrForeign].
func (v *Vault) Case(ctx context.Context, id string) (*Case, error) {
	if evidence.CheckCaseID(id) != nil {
		return nil, &UnknownCaseError{ID: id}
	}
	if err := v.begin(ctx); err != nil {
		return nil, err
	}
	defer v.done()
	return v.openCase(ctx, id)
}

// openCase is Case for whoever counted in already.
func (v *Vault) openCase(ctx context.Context, id string) (*Case, error) {
	v.mu.Lock()
	c := v.cases[id]
	v.mu.Unlock()
	if c != nil {
		return c, nil
	}
	c = v.newCase(id)
	begun, err := c.begun()
	if err != nil {
		return nil, fmt.Errorf("open case: %w", err)
	}
	if !begun {
		return nil, &UnknownCaseError{ID: id}
	}
	log := c.readTail()
	if log == nil {
		if log, err = c.readLog(ctx); err != nil {
			return nil, fmt.Errorf("open case: %w", err)
		}
	}
	if log.foreignCase {
		return nil, log.damage
	}
	c.log = log
	v.compareRecipients(log)
	v.mu.Lock()
	defer v.mu.Unlock()
	if other := v.cases[id]; other != nil {
		return other, nil
	}
	// Under v.mu, and only by the first to come: nobody can have a draft yet.
	if err := c.sweep(); err != nil {
		return nil, fmt.Errorf("open case: %w", err)
	}
	for _, sub := range []string{logName, objectsName} {
		// Copying tools lose empty folders. If it cannot be made, writing will say so.
		_ = v.disk.Mkdir(c.path(sub))
	}
	v.cases[id] = c
	return c, nil
}

// sweep removes what was not finished in the folders of the case.
func (c *Case) sweep() error {
	err := passOver(c.v.disk.Sweep(c.path(), isCaseName))
	err = errors.Join(err, passOver(c.v.disk.Sweep(c.path(logName), logFile.MatchString)))
	return errors.Join(err, passOver(c.v.disk.Sweep(c.path(objectsName), objectName.MatchString)))
}

// isCaseName reports whether a case has a file of that name beside its folders.
func isCaseName(name string) bool {
	return name == indexName || name == verdictsName || name == headName || name == notesName || name == summaryName
}

func (v *Vault) newCase(id string) *Case {
	return &Case{v: v, id: id, rel: casesName + "/" + id, cache: newCache()}
}

func (v *Vault) path(parts ...string) string {
	return filepath.Join(append([]string{v.dir}, parts...)...)
}

func (c *Case) path(parts ...string) string {
	return c.v.path(append([]string{casesName, c.id}, parts...)...)
}

// begun tells a case from the folders of one whose creation was interrupted:
// those hold neither an entry nor an object.
func (c *Case) begun() (bool, error) {
	for _, sub := range []string{logName, objectsName} {
		entries, err := c.v.disk.ReadDir(c.path(sub))
		if planted(err) {
			return true, nil // it cannot be read, and says so
		}
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			if logFile.MatchString(e.Name()) || objectName.MatchString(e.Name()) {
				return true, nil
			}
		}
	}
	return false, nil
}

// sweepUnbegun removes the folders of cases whose creation was interrupted.
func (v *Vault) sweepUnbegun() error {
	entries, err := v.disk.ReadDir(v.path(casesName))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if evidence.CheckCaseID(e.Name()) != nil {
			continue
		}
		c := v.newCase(e.Name())
		if begun, err := c.begun(); err != nil {
			return err
		} else if begun {
			continue
		}
		if err := c.sweep(); err != nil {
			return err
		}
		for _, dir := range []string{c.path(logName), c.path(objectsName), c.path(headName), c.path()} {
			// A folder that holds something of somebody else stays; nothing depends on it.
			_ = v.disk.FS.Remove(dir)
		}
	}
	return nil
}

// Info returns the case as its log's first entry tells it.
func (c *Case) Info() evidence.Case {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.info
}

// Head returns the sequence number and digest of the log's last line.
func (c *Case) Head() evidence.LogHead {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.chain.Head()
}

// Damage returns nil, or what is wrong with the custody log: a *[CorruptError].
// A damaged case can be read as far as it goes, and refuses to be written.
//
// What the index covers (see the package's description) is taken from there
// when a case is opened; only [Vault.Check] reads every file of the log.
func (c *Case) Damage() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.damage
}

// Foreign names the log files of the case that this vault did not write, if they lie beyond the end
// of the log. What they say is nowhere shown.
func (c *Case) Foreign() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log.foreign)
}

// Unproven returns how many entries, from the first, prove nothing of where they come from, because
// a vault of version 1 wrote them. What follows them pins them.
func (c *Case) Unproven() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int(min(c.log.old, c.log.length()))
}

// nextExhibit returns the next exhibit's number, which was never given before, and the log's head.
func (c *Case) nextExhibit() (string, evidence.LogHead) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return evidence.ExhibitID(max(c.log.highest, c.log.count()) + 1), c.log.chain.Head()
}

// entries returns the log as it is now. What is appended later lies beyond the
// end of the slice; its elements never change.
func (c *Case) entries() ([]logRead, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.entries, c.log.damage
}

// WriteLog writes the exact custody lines, each with a line feed. If the log is
// damaged it writes nothing and returns what [Case.Damage] does.
func (c *Case) WriteLog(ctx context.Context, w io.Writer) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	defer c.v.done()
	entries, damage := c.entries()
	if damage != nil {
		return damage
	}
	for _, read := range entries {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, err := w.Write(append(slices.Clone(read.line), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// Entries returns the custody log, oldest first, as far as it can be read.
func (c *Case) Entries(ctx context.Context) ([]evidence.Entry, error) {
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	defer c.v.done()
	entries, _ := c.entries()
	var list []evidence.Entry
	for _, read := range entries {
		list = append(list, read.entry)
	}
	return list, nil
}

// Append writes one entry that carries no bytes of its own: a failed capture or
// stamp, a view, an export, a check. Action is required; Exhibit must exist if
// it is given; Time and Actor are filled in if they are empty; the rest is the
// log's. Entries that carry bytes are made by [Case.Commit], [Case.AddReply]
// and [Case.AddFile], those about the whole vault by what does it.
func (c *Case) Append(ctx context.Context, e evidence.Entry) (evidence.Entry, error) {
	if !e.Action.Rule().Alone {
		return evidence.Entry{}, fmt.Errorf("action %q cannot be appended alone", e.Action)
	}
	if err := c.readyFor(ctx, e.Exhibit); err != nil {
		return evidence.Entry{}, err
	}
	defer c.v.done()
	c.write.Lock()
	defer c.write.Unlock()
	if _, err := c.known(e.Exhibit); e.Exhibit != "" && err != nil {
		return evidence.Entry{}, err
	}
	if err := c.noteLoss(); err != nil {
		return evidence.Entry{}, fmt.Errorf("write custody log: %w", err)
	}
	c.v.swap.RLock()
	defer c.v.swap.RUnlock()
	e, err := c.append(e, record{})
	if err != nil {
		return evidence.Entry{}, fmt.Errorf("write custody log: %w", err)
	}
	return e, nil
}

// errUnsettled wraps the error of a write after which the entry may or may not
// be on disk. What it names must then stay.
var errUnsettled = errors.New("entry may have been written")

// append makes an entry durable and then part of the log. The caller holds
// c.write, or is the only one who knows c; and it holds v.swap for reading.
func (c *Case) append(e evidence.Entry, r record) (evidence.Entry, error) {
	if e.Time.IsZero() {
		e.Time = c.v.opts.Now()
	}
	e.Time = e.Time.UTC().Round(0).Truncate(time.Millisecond)
	if e.Actor == "" {
		e.Actor = c.v.opts.Actor
	}
	e.Case = c.id
	read, err := c.prepare(e, r)
	if err != nil {
		return evidence.Entry{}, err
	}
	plain, err := encodeLogFile(read.line, r, func(line, second, filling []byte) []byte {
		return origin.LogCode(c.v.keys.Log, c.id, read.seq, line, second, filling)
	})
	if err != nil {
		return evidence.Entry{}, err
	}
	dir, name := c.path(logName), logFileName(read.seq)
	if err := c.setAside(read.seq); err != nil {
		return evidence.Entry{}, err
	}
	if there, err := c.v.disk.FS.Exists(filepath.Join(dir, name)); err != nil {
		return evidence.Entry{}, err
	} else if there {
		return evidence.Entry{}, &CorruptError{
			Path:   c.rel + "/" + logName + "/" + name,
			Reason: "is there before it was written",
			Err:    disk.ErrNotFile,
		}
	}
	if err := c.v.disk.Stage(dir, name, sealed(plain, c.v.to...)); err != nil {
		return evidence.Entry{}, err
	}
	err = c.v.disk.Publish(dir, name)
	c.mu.Lock()
	if err != nil {
		c.stale = true
		c.mu.Unlock()
		return evidence.Entry{}, errors.Join(errUnsettled, err)
	}
	e, err = c.log.accept(read).entry, c.log.damage
	c.mu.Unlock()
	// The entry is recorded whether or not this works: a head may be behind its log.
	_ = c.writeHead()
	return e, err
}

// prepare makes the next line, and refuses one that would break the log.
func (c *Case) prepare(e evidence.Entry, r record) (logRead, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stale {
		return logRead{}, errors.New("custody log must be read again first")
	}
	if c.log.damage != nil {
		return logRead{}, c.log.damage
	}
	if c.v.Old() && e.Action != evidence.ActVaultMigrated {
		return logRead{}, ErrVersion1
	}
	e, line, err := c.log.chain.Next(e)
	if err != nil {
		return logRead{}, err
	}
	read := logRead{seq: e.Seq, line: line, entry: e, record: r, proven: true}
	if fault := c.log.fault(read); fault != "" {
		return logRead{}, &CorruptError{Path: c.log.path(read.seq), Reason: fault}
	}
	return read, nil
}
