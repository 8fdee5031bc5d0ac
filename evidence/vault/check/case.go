package check

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"constat/evidence"
	"constat/evidence/reader"
)

const (
	maxLog   = 10 << 20 // plaintext of a log file, in bytes
	maxReply = 1 << 20  // in bytes
	maxFile  = 4 << 20  // in bytes
)

// entry is one log file, read.
type entry struct {
	reader.Line
	head    reader.Head // before this entry
	private private
	code    []byte // that proves where the file comes from; nil in version 1
	parts   [3][]byte
	proven  bool
}

// private is the second line of a log file.
type private struct {
	Format   string            `json:"format"`
	Manifest string            `json:"manifest"`
	Objects  map[string]string `json:"objects"`
	List     string            `json:"list"`
	Reply    *struct {
		Object string `json:"object"`
	} `json:"reply"`
	File *struct {
		Object string `json:"object"`
		Name   string `json:"name"`
	} `json:"file"`
}

// oneCase examines one case. The objects are listed before the log is read: the
// vault writes objects first, so what is recorded meanwhile is not missed.
func (r *run) oneCase(ctx context.Context, id string) error {
	objects, err := r.folder(id, "objects")
	if err != nil {
		return err
	}
	files, err := r.folder(id, "log")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(objects, isObjectName) && !slices.ContainsFunc(files, isLogName) {
		r.add(Unrecorded, evidence.NotDone, "%s: holds nothing: its creation was interrupted, or goes on", id)
		return nil
	}
	entries, err := r.log(ctx, id, files)
	if err != nil {
		return err
	}
	r.removed(id, entries)
	if err := r.index(ctx, id, entries); err != nil {
		return err
	}
	interrupted, err := r.heads(ctx, id, entries)
	if err != nil {
		return err
	}
	used := map[string]string{} // object -> what uses it
	use := func(object, what string) {
		if other, twice := used[object]; twice {
			r.add(LogFiles, evidence.Failed, "%s: object %.40q is both %s and %s", id, object, other, what)
		}
		used[object] = what
	}
	made := map[string]reader.SHA256{} // exhibit -> its manifest, as the log names it
	before := [3]int{r.failed(Manifests), r.failed(Artifacts), r.failed(Replies)}
	var n [3]int
	for _, e := range entries {
		if e.private.Manifest != "" {
			use(e.private.Manifest, e.Exhibit+" manifest")
			for name, object := range e.private.Objects {
				use(object, e.Exhibit+" "+name)
			}
			n[0]++
			n[1] += len(e.private.Objects)
			if err := r.exhibit(ctx, id, e, made); err != nil {
				return err
			}
			made[e.Exhibit] = e.Digest
		}
		if e.private.Reply != nil {
			use(e.private.Reply.Object, e.Exhibit+" reply")
			n[2]++
			if err := r.small(ctx, id, e, e.private.Reply.Object, maxReply); err != nil {
				return err
			}
		}
		if e.private.List != "" {
			use(e.private.List, fmt.Sprintf("list of entry %d", e.Seq))
			n[2]++
			if err := r.small(ctx, id, e, e.private.List, maxFile); err != nil {
				return err
			}
		}
		if e.private.File != nil {
			use(e.private.File.Object, e.Exhibit+" "+e.private.File.Name)
			n[2]++
			if err := r.small(ctx, id, e, e.private.File.Object, maxFile); err != nil {
				return err
			}
		}
	}
	for i, name := range []string{Manifests, Artifacts, Replies} {
		r.tally(name, id, before[i], n[i])
	}
	return r.unrecorded(ctx, id, objects, used, interrupted)
}

// folder lists one of the two folders of a case. What is in its place is a fault, and is not looked
// into.
func (r *run) folder(id, sub string) ([]string, error) {
	list, err := r.names("cases", id, sub)
	if bad, ok := errors.AsType[*errFile](err); ok {
		r.add(LogFiles, evidence.Failed, "%s: %s %s", id, sub, bad.reason)
		return nil, nil
	}
	return list, err
}

// log reads the log files in order, and the chain up to its first break. What
// comes after a break is still examined, each entry for itself.
func (r *run) log(ctx context.Context, id string, files []string) ([]entry, error) {
	beforeFiles, beforeChain := r.failed(LogFiles), r.failed(LogChain)
	var seqs []int
	for _, name := range files {
		if seq, err := strconv.Atoi(name); err == nil && isLogName(name) && seq > 0 {
			seqs = append(seqs, seq)
		} else {
			r.add(Unrecorded, evidence.NotDone, "%s: log/%.60s is not a log file", id, name)
		}
	}
	slices.Sort(seqs)
	var unproven, foreign []int // files without a code that holds; those of them that are somebody else's
	var entries []entry
	var chain reader.Log
	var broken error
	whole, next := true, 1
	if len(seqs) == 0 {
		r.add(LogFiles, evidence.Failed, "%s: there is no log", id)
		whole = false
	}
	for _, seq := range seqs {
		if seq > next {
			r.add(LogFiles, evidence.Failed, "%s: log/%08d to log/%08d are missing", id, next, seq-1)
			whole = false
		}
		next = seq + 1
		name := fmt.Sprintf("%08d", seq)
		line, e, err := r.logFile(ctx, id, name)
		if err == nil {
			var known bool
			if e.proven, known = r.logOrigin(id, seq, e); known && !e.proven {
				unproven = append(unproven, seq)
				if e.code != nil || lastProven(entries) {
					r.add(Origin, evidence.Failed, "%s: log/%s was not written by this vault", id, name)
					foreign = append(foreign, seq)
					continue
				}
			}
		}
		if bad, ok := errors.AsType[*errFile](err); ok {
			r.add(LogFiles, evidence.Failed, "%s: log/%s %s", id, name, bad.reason)
			whole = false
			continue
		}
		if err != nil {
			return nil, err
		}
		if e.Case != id || e.Seq != uint64(seq) {
			r.add(LogFiles, evidence.Failed, "%s: log/%s is entry %d of case %.40q", id, name, e.Seq, e.Case)
			whole = false
			continue
		}
		if n := len(entries); n > 0 && entries[n-1].Seq+1 == e.Seq {
			e.head = reader.Head{Seq: e.Seq - 1, SHA256: e.Previous}
		}
		if whole && broken == nil {
			if _, broken = chain.Next(line); broken != nil {
				broken = fmt.Errorf("custody log is damaged: entry %d: %w", seq, broken)
			}
		}
		entries = append(entries, e)
	}
	if len(foreign) > 0 && len(entries) > 0 && foreign[0] < int(entries[len(entries)-1].Seq) {
		whole = false
	}
	if len(entries) == 0 && len(foreign) > 0 {
		r.add(Origin, evidence.Failed, "%s: the case was not written by this vault", id)
		return nil, nil
	}
	if entries = r.oldEntries(id, entries, len(unproven)-len(foreign)); len(entries) == 0 && len(seqs) > 0 {
		return nil, nil
	}
	r.tally(LogFiles, id, beforeFiles, len(seqs))
	head := chain.Head()
	if broken != nil {
		r.add(LogChain, evidence.Failed, "%s: %v", id, broken)
	} else if !whole {
		r.add(LogChain, evidence.Failed, "%s: whole up to entry %d only", id, head.Seq)
	}
	if r.failed(LogChain) == beforeChain {
		r.add(LogChain, evidence.Passed, "%s: %d entries, head SHA-256 %s", id, head.Seq, head.SHA256)
	}
	return entries, nil
}

func lastProven(entries []entry) bool { return len(entries) > 0 && entries[len(entries)-1].proven }

// oldEntries judges the n entries at the start of a log that have no code: a vault of version 1
// wrote them if a line that proves itself follows and pins them. Otherwise nothing of the case is
// the vault's.
func (r *run) oldEntries(id string, entries []entry, n int) []entry {
	if n <= 0 || r.version < 2 {
		return entries
	}
	damaged := r.further != nil && slices.Contains(r.further.Unproven, id)
	if len(entries) > n && entries[n].proven && entries[n].Action == "vault-migrated" || damaged {
		r.add(Origin, evidence.NotDone, "%s: %d entries are not authenticated: a vault of version 1 wrote them; what came after pins them", id, n)
		return entries
	}
	if len(entries) > n {
		for _, e := range entries[:n] {
			r.add(Origin, evidence.Failed, "%s: log/%08d was not written by this vault", id, e.Seq)
		}
		return entries[n:]
	}
	r.add(Origin, evidence.Failed, "%s: the case was not written by this vault", id)
	return nil
}

// logFile reads one log file: custody line, private line, code and spaces.
func (r *run) logFile(ctx context.Context, id, name string) ([]byte, entry, error) {
	b := bounded{limit: maxLog}
	if err := r.decrypt(ctx, &b, "cases", id, "log", name); err != nil {
		return nil, entry{}, err
	}
	return splitLogFile(b.Bytes())
}

// splitLogFile takes the plaintext of a log file apart. Its error is *errFile.
func splitLogFile(b []byte) ([]byte, entry, error) {
	parts := bytes.Split(b, []byte("\n"))
	if len(parts) != 4 || len(parts[3]) != 0 || len(b)%1024 != 0 {
		return nil, entry{}, &errFile{"is not three lines padded to 1,024 bytes"}
	}
	var e entry
	var err error
	spaces := parts[2]
	if code := len(spaces) - len(bytes.TrimLeft(spaces, "0123456789abcdef")); code == 64 {
		if e.code, err = hex.DecodeString(string(spaces[:code])); err != nil {
			return nil, entry{}, &errFile{"has no code in hexadecimal"}
		}
		spaces = spaces[code:]
	}
	if len(bytes.TrimLeft(spaces, " ")) != 0 {
		return nil, entry{}, &errFile{"is not three lines padded to 1,024 bytes"}
	}
	e.parts = [3][]byte{parts[0], parts[1], spaces}
	if e.Line, err = reader.ReadLine(parts[0]); err != nil {
		return nil, entry{}, &errFile{"has no custody line: " + err.Error()}
	}
	if err := json.Unmarshal(parts[1], &e.private); err != nil || e.private.Format != "constat-record/1" {
		return nil, entry{}, &errFile{"has no record of version 1"}
	}
	return parts[0], e, nil
}

// exhibit examines a manifest and the artifacts that it lists; made are the
// manifests of the exhibits before it.
func (r *run) exhibit(ctx context.Context, id string, e entry, made map[string]reader.SHA256) error {
	bad := func(name, format string, args ...any) {
		r.add(name, evidence.Failed, "%s: %s: %s", id, e.Exhibit, fmt.Sprintf(format, args...))
	}
	b := bounded{limit: reader.MaxManifest}
	err := r.object(ctx, &b, id, e.private.Manifest)
	if err == nil {
		err = r.madeHere(e)
	}
	if fault, ok := errors.AsType[*errFile](err); ok {
		bad(Manifests, "%s %s", e.private.Manifest, fault.reason)
		return nil
	}
	if err != nil {
		return err
	}
	if got := sumOf(b.Bytes()); got != e.Digest {
		bad(Manifests, "SHA-256 %s, recorded %s", got, e.Digest)
		return nil
	}
	m, err := reader.ReadManifest(b.Bytes())
	if err != nil {
		bad(Manifests, "%v", err)
		return nil
	}
	if m.Case != id || m.Exhibit != e.Exhibit {
		bad(Manifests, "it is that of %s in case %s", m.Exhibit, m.Case)
	}
	if !e.head.SHA256.IsZero() && m.Head != e.head {
		bad(Manifests, "it anchors entry %d %s", m.Head.Seq, m.Head.SHA256)
	}
	if x := m.Recheck; x != nil && made[x.Exhibit] != x.Manifest {
		bad(Manifests, "it is a second visit to %s with manifest %s, which the log does not name before", x.Exhibit, x.Manifest)
	}
	listed := map[string]bool{}
	for _, a := range m.Artifacts {
		listed[a.Name] = true
		object, ok := e.private.Objects[a.Name]
		if !ok {
			bad(Artifacts, "%s has no object", a.Name)
			continue
		}
		h := newDigester()
		err := r.object(ctx, h, id, object)
		if err == nil {
			err = r.madeHere(e)
		}
		if fault, ok := errors.AsType[*errFile](err); ok {
			bad(Artifacts, "%s: %s %s", a.Name, object, fault.reason)
			continue
		}
		if err != nil {
			return err
		}
		if sum, sum512, size := h.sums(); sum != a.SHA256 || sum512 != a.SHA512 || size != a.Size {
			bad(Artifacts, "%s: %s: %d bytes, SHA-256 %s; listed %d bytes, %s", a.Name, object, size, sum, a.Size, a.SHA256)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.private.Objects)) {
		if !listed[name] {
			bad(Artifacts, "%.130q is stored, but not in the manifest", name)
		}
	}
	return nil
}

// small checks what is kept beside an exhibit: its digest stands in the entry.
func (r *run) small(ctx context.Context, id string, e entry, object string, limit int) error {
	b := bounded{limit: limit}
	err := r.object(ctx, &b, id, object)
	if err == nil {
		err = r.madeHere(e)
	}
	fault, isFault := errors.AsType[*errFile](err)
	switch {
	case isFault:
		r.add(Replies, evidence.Failed, "%s: %s: entry %d: %s %s", id, e.Exhibit, e.Seq, object, fault.reason)
	case err != nil:
		return err
	case sumOf(b.Bytes()) != e.Digest:
		r.add(Replies, evidence.Failed, "%s: %s: entry %d: SHA-256 %s, recorded %s", id, e.Exhibit, e.Seq, sumOf(b.Bytes()), e.Digest)
	}
	return nil
}

// object decrypts an object whose name comes from a log file, and so may be anything.
func (r *run) object(ctx context.Context, w io.Writer, id, name string) error {
	if !isObjectName(name) {
		return &errFile{"is not an object's name"}
	}
	return r.decrypt(ctx, w, "cases", id, "objects", name)
}

// madeHere is the fault of an object that does not prove where it comes from, though the entry does
// that names it.
func (r *run) madeHere(e entry) error {
	if e.proven && !r.proven {
		return &errFile{"was not written by this vault"}
	}
	return nil
}

func isLogName(name string) bool { return len(name) == 8 && strings.Trim(name, "0123456789") == "" }

func isObjectName(name string) bool {
	return len(name) == 32 && strings.Trim(name, "0123456789abcdef") == ""
}

func (r *run) unrecorded(ctx context.Context, id string, objects []string, used map[string]string, interrupted []string) error {
	for _, name := range objects {
		switch {
		case used[name] != "":
		case strings.HasSuffix(name, ".part"):
			r.add(Unrecorded, evidence.NotDone, "%s: objects/%.60s was not finished, or is being written", id, name)
		case !isObjectName(name):
			r.add(Unrecorded, evidence.NotDone, "%s: objects/%.60s is named by no entry", id, name)
		default:
			if err := r.lost(ctx, id, name, interrupted); err != nil {
				return err
			}
		}
	}
	return nil
}
