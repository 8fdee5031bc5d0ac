package vault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

const (
	indexName   = "index"
	indexFormat = "constat-index/2"
	// maxIndexLog bounds the part of an index that is read before it is known
	// who wrote it, in bytes.
	maxIndexLog = 512 << 20
	// indexAfter is how much has to be read in vain before an index is worth
	// writing: below that a case opens in well under a second without.
	indexAfter = 64
)

var errIndex = errors.New("not an index of this case")

// indexState is what is known of the index on disk.
type indexState struct {
	covers    uint64 // entries; 0 for none that can be used
	filled    bool   // written with all objects that lists need
	disproved bool   // it is authentic, and names a head that the log has not got
}

func (v *Vault) indexAfter() uint64 {
	if v.opts.indexAfter > 0 {
		return uint64(v.opts.indexAfter)
	}
	return indexAfter
}

// indexHead is the first line of an index; old is how many entries prove nothing of where they come
// from.
func indexHead(caseID string, head evidence.LogHead, old uint64) string {
	return fmt.Sprintf("%s %s %d %s %d\n", indexFormat, caseID, head.Seq, head.SHA256, old)
}

func parseIndexHead(line []byte, caseID string) (head evidence.LogHead, old uint64, err error) {
	fields := strings.Split(string(line), " ")
	if len(fields) != 5 || fields[0] != indexFormat || fields[1] != caseID {
		return head, 0, fmt.Errorf("%w: first line %.60q", errIndex, line)
	}
	if head.Seq, err = strconv.ParseUint(fields[2], 10, 32); err != nil {
		return head, 0, fmt.Errorf("%w: %w", errIndex, err)
	}
	if old, err = strconv.ParseUint(fields[4], 10, 32); err != nil || old > head.Seq {
		return head, 0, fmt.Errorf("%w: %.40q entries of version 1", errIndex, fields[4])
	}
	head.SHA256, err = evidence.ParseDigest(fields[3])
	return head, old, err
}

// indexReader reads the lines of an index, and sums what it reads.
type indexReader struct {
	r   *bufio.Reader
	mac hash.Hash
	n   int // bytes
}

// line returns the next line without its line feed; it is good until the next call.
func (x *indexReader) line(limit int) ([]byte, error) {
	var long []byte
	for {
		part, err := x.r.ReadSlice('\n')
		x.n += len(part)
		if len(long)+len(part) > limit+1 || x.n > maxIndexLog {
			return nil, fmt.Errorf("%w: more than %d bytes", errIndex, limit)
		}
		if err == nil && long == nil {
			x.mac.Write(part)
			return part[:len(part)-1], nil
		}
		long = append(long, part...)
		if err == nil {
			x.mac.Write(long)
			return long[:len(long)-1], nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
	}
}

// parseIndex reads the first part of an index: head, log, and code. What it
// returns is trusted only because of the code, which comes last.
func parseIndex(r *bufio.Reader, caseID string, key []byte) (*caseLog, error) {
	x := &indexReader{r: r, mac: hmac.New(sha256.New, key)}
	first, err := x.line(200)
	if err != nil {
		return nil, err
	}
	head, old, err := parseIndexHead(first, caseID)
	if err != nil {
		return nil, err
	}
	log := newCaseLog(caseID)
	log.old = old
	for seq := uint64(1); seq <= head.Seq; seq++ {
		line, err := x.line(evidence.MaxCustodyLine)
		if err != nil {
			return nil, err
		}
		read := logRead{seq: seq, line: bytes.Clone(line), proven: seq > old}
		second, err := x.line(maxRecord)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(second, &read.record); err != nil {
			return nil, fmt.Errorf("%w: %w", errIndex, err)
		}
		if err := read.record.check(); err != nil {
			return nil, err
		}
		if log.accept(read); log.damage != nil {
			return nil, log.damage
		}
	}
	want := x.mac.Sum(nil)
	last, err := x.line(2 * sha256.Size)
	if err != nil {
		return nil, err
	}
	if got, err := hex.DecodeString(string(last)); err != nil || !hmac.Equal(got, want) {
		return nil, fmt.Errorf("%w: it was not written by the holder of the key", errIndex)
	}
	if log.chain.Head() != head {
		return nil, fmt.Errorf("%w: head", errIndex)
	}
	return log, nil
}

// readIndex returns the log as far as the index has it, or nil: then there is
// none that can be used. names are the log files that are there, in order.
func (c *Case) readIndex(names []uint64) *caseLog {
	log, state := c.findIndex(names)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.index = state
	return log
}

func (c *Case) findIndex(names []uint64) (*caseLog, indexState) {
	none := indexState{}
	f, err := openSealed(c.v.disk, c.v.dir, c.rel+"/"+indexName, c.v.identity)
	if err != nil {
		return nil, none
	}
	defer f.Close()
	log, err := parseIndex(bufio.NewReaderSize(f, 64<<10), c.id, c.v.keys.Index)
	if err != nil || log.chain.Head().Seq == 0 {
		return nil, none
	}
	head := log.chain.Head()
	if !covered(names, head.Seq) {
		return nil, indexState{disproved: true}
	}
	last, err := c.readEntry(head.Seq)
	if err != nil || !last.proven && head.Seq > log.old {
		return nil, none // the log is read from its files, and says what is wrong
	}
	if evidence.Sum(last.line) != head.SHA256 {
		return nil, indexState{disproved: true}
	}
	return log, indexState{covers: head.Seq}
}

// covered reports whether names begin with 1 to n.
func covered(names []uint64, n uint64) bool {
	return uint64(len(names)) >= n && (n == 0 || names[0] == 1 && names[n-1] == n)
}

// stored reads the second part of an index: the objects that lists need, in the
// order of exhibits, the manifest of each before its replies. Nothing in it is
// taken on trust: each object has its digest in the log. nil has none.
type stored struct {
	f    io.Closer
	r    *bufio.Reader
	name string // of the next object; empty at the end
	size int
}

// openStored goes to the second part. A fault there means that objects are read
// from their own files.
func (c *Case) openStored() *stored {
	c.mu.Lock()
	covers := c.index.covers
	c.mu.Unlock()
	if covers == 0 {
		return nil
	}
	f, err := openSealed(c.v.disk, c.v.dir, c.rel+"/"+indexName, c.v.identity)
	if err != nil {
		return nil
	}
	s := &stored{f: f, r: bufio.NewReaderSize(f, 64<<10)}
	// It may have been replaced since the log was read: its own head counts.
	first, err := s.r.ReadSlice('\n')
	if err == nil {
		var head evidence.LogHead
		head, _, err = parseIndexHead(bytes.TrimSuffix(first, []byte{'\n'}), c.id)
		for i := uint64(0); err == nil && i < 2*head.Seq+1; i++ {
			err = skipLine(s.r)
		}
	}
	if err != nil {
		s.close()
		return nil
	}
	s.advance()
	return s
}

func skipLine(r *bufio.Reader) error {
	for {
		if _, err := r.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// advance reads the line before an object: name, space, length.
func (s *stored) advance() {
	s.name = ""
	line, err := s.r.ReadSlice('\n')
	if err != nil {
		return
	}
	name, length, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
	size, err := strconv.Atoi(length)
	if err == nil && size >= 0 && size <= evidence.MaxManifest && objectName.MatchString(name) {
		s.name, s.size = name, size
	}
}

// take returns an object if it is the next one.
func (s *stored) take(object string) ([]byte, bool) {
	if s == nil || s.name != object {
		return nil, false
	}
	n := s.size
	b := make([]byte, n+1)
	if _, err := io.ReadFull(s.r, b); err != nil || b[n] != '\n' {
		s.name = ""
		return nil, false
	}
	s.advance()
	return b[:n:n], true
}

// takeAll puts into ready what it has of one exhibit.
func (s *stored) takeAll(ref *exhibitRef, ready map[string][]byte) {
	for _, object := range ref.listed() {
		if b, ok := s.take(object.name); ok {
			ready[object.name] = b
		}
	}
}

func (s *stored) close() {
	if s != nil && s.f != nil {
		_ = s.f.Close() // it was only read
		s.f = nil
	}
}

// listedObject is an object that a list needs.
type listedObject struct {
	name  string
	want  evidence.Digest
	limit int64
	old   bool
}

func (x *exhibitRef) listed() []listedObject {
	list := []listedObject{{x.manifest, x.entry.Digest, evidence.MaxManifest, x.old}}
	for _, read := range x.replies {
		list = append(list, listedObject{read.record.Reply.Object, read.entry.Digest, maxReply, !read.proven})
	}
	return list
}

// fillIndex writes the index after a list that had to read much from files of
// their own. It is a cache: its errors go nowhere.
func (c *Case) fillIndex(ctx context.Context, missed int) {
	c.mu.Lock()
	worth := c.log.before == nil && c.log.chain.Head().Seq >= c.index.covers+c.v.indexAfter() ||
		!c.index.filled && uint64(missed) >= c.v.indexAfter()
	c.mu.Unlock()
	if worth {
		_ = c.writeIndex(ctx, true)
	}
}

// keepIndex writes the index when the vault is closed, with what is at hand.
func (c *Case) keepIndex() {
	c.mu.Lock()
	worth := !c.stale && c.log.before == nil && c.log.chain.Head().Seq >= c.index.covers+c.v.indexAfter()
	c.mu.Unlock()
	if worth {
		_ = c.writeIndex(context.Background(), false)
	}
	c.keepSummary()
}

// writeIndex writes an index of the log as it is in memory, which is never
// ahead of the disk. With fill, objects that are not at hand are read.
func (c *Case) writeIndex(ctx context.Context, fill bool) error {
	c.indexing.Lock()
	defer c.indexing.Unlock()
	c.mu.Lock()
	head, damage, disproved := c.log.chain.Head(), c.log.damage, c.index.disproved
	entries, refs, unproven := c.log.entries, append([]*exhibitRef(nil), c.log.exhibits...), min(c.log.old, head.Seq)
	c.mu.Unlock()
	// What an authentic index says against the log stays, for [Vault.Check] to show.
	if damage != nil || disproved {
		return nil
	}
	old := c.openStored()
	defer old.close()
	err := c.v.disk.Stage(c.path(), indexName, func(w io.Writer) error {
		return seal(w, func(w io.Writer) error {
			b := bufio.NewWriterSize(w, 64<<10)
			if err := writeIndexLog(b, c.id, head, unproven, entries, c.v.keys.Index); err != nil {
				return err
			}
			for _, ref := range refs {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				for _, object := range ref.listed() {
					if err := c.writeStored(b, ref, object, old, fill); err != nil {
						return err
					}
				}
			}
			return b.Flush()
		}, c.v.own)
	})
	if err != nil {
		return err
	}
	old.close() // Windows cannot replace an open file
	if err := c.v.disk.Publish(c.path(), indexName); err != nil {
		return errors.Join(err, c.v.disk.FS.Remove(c.path(indexName+disk.PartSuffix)))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.index = indexState{covers: head.Seq, filled: fill}
	return nil
}

// writeIndexLog writes the first part: head, each entry's custody line and
// record, and the code over all that.
func writeIndexLog(w io.Writer, caseID string, head evidence.LogHead, old uint64, entries []logRead, key []byte) error {
	code := hmac.New(sha256.New, key)
	both := io.MultiWriter(w, code)
	if _, err := io.WriteString(both, indexHead(caseID, head, old)); err != nil {
		return err
	}
	for _, read := range entries {
		read.record.Format = recordFormat
		second, err := json.Marshal(read.record)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(both, "%s\n%s\n", read.line, second); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%x\n", code.Sum(nil))
	return err
}

// writeStored writes one object of the second part, if it can be had and is whole.
func (c *Case) writeStored(w io.Writer, ref *exhibitRef, object listedObject, old *stored, fill bool) error {
	b, ok := old.take(object.name)
	if !ok {
		b, ok = c.cached(ref, object.name)
	}
	if !ok && fill {
		var err error
		if b, err = c.readObject(object.name, object.want, object.limit, object.old); err != nil {
			if _, damaged := errors.AsType[*CorruptError](err); damaged {
				return nil // it is read, and found damaged, each time
			}
			return err
		}
		ok = true
	}
	if !ok || evidence.Sum(b) != object.want {
		return nil
	}
	_, err := fmt.Fprintf(w, "%s %d\n%s\n", object.name, len(b), b)
	return err
}

func (c *Case) cached(ref *exhibitRef, object string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if object == ref.manifest {
		m, ok := c.cache.manifests[ref.id]
		return m.bytes, ok
	}
	b, ok := c.cache.replies[object]
	return b, ok
}
