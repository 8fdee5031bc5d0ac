package replica

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// Copy is one vault's copy at one place.
type Copy struct {
	Place Place
	Name  string // names the copy on this device: letters and digits
	// State is a folder outside of vault and place, in which this device keeps what it pushed last.
	State string
	Now   func() time.Time // time.Now if nil
	Rand  io.Reader        // crypto/rand if nil
	Rate  int64            // bytes a second at most; 0: as fast as it goes
	// Mend has a push read the whole copy back first, and put again what is missing or damaged there:
	// under a further name, where its own is taken.
	Mend bool
}

// Pushed is what a push did.
type Pushed struct {
	Number uint64    `json:"number"` // of the newest head at the place
	Time   time.Time `json:"time"`   // of that push
	Files  int       `json:"files"`  // that were put
	Bytes  int64     `json:"bytes"`
	Total  int       `json:"total"` // files that the copy has
	// Again: files that the place had and has no more, and that were put again.
	Again int `json:"again"`
	// PlaceBehind: the place no longer has what this device pushed last. It was put back, or heads
	// were lost.
	PlaceBehind bool `json:"place_behind"`
	// Foreign: heads at the place that this vault did not write.
	Foreign int `json:"foreign"`
	// MissingHere are paths that the copy has and the folder has no more; ChangedHere such as no
	// longer prove that this vault wrote them. Of both the copy keeps what it has.
	MissingHere []string  `json:"missing_here"`
	ChangedHere []string  `json:"changed_here"`
	LockedUntil time.Time `json:"locked_until,omitzero"` // as the place says of the newest head
	// LockedFirst is the first day on which anything of the copy can be removed, as the place said of
	// each file; Extended are the locks that this push made last longer.
	LockedFirst time.Time `json:"locked_first,omitzero"`
	Extended    int       `json:"locks_extended"`
	// Unmended are paths whose file is missing or damaged at the place, and not whole in the folder
	// either.
	Unmended []string `json:"unmended"`
}

// saveEvery is how many files are put before what was put is remembered on this device.
const saveEvery = 256

// Push brings what is new. It may be called while the vault is written.
func (c *Copy) Push(ctx context.Context, v *vault.Vault, p evidence.Progress) (Pushed, error) {
	if p == nil {
		p = evidence.NoProgress{}
	}
	k, err := v.Key()
	if err != nil {
		return Pushed{}, err
	}
	for {
		done, err := c.push(ctx, v, k, p)
		// Another device pushed in between; what it says is read, and then it is known whether one
		// may go on.
		if !errors.Is(err, errRace) {
			return done, err
		}
	}
}

var errRace = errors.New("another head came meanwhile")

func (c *Copy) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// known is what is known of a place before a push.
type known struct {
	state   state
	newest  head
	highest uint64
	behind  bool // the place
	foreign int
	files   map[string]fileRef // of all heads, if they were read
}

// anew reports whether what the place has must be looked at file by file.
func (kn known) anew(c *Copy) bool {
	return c.Mend || kn.behind || kn.state.Number == 0 && kn.newest.Number > 0
}

func (c *Copy) push(ctx context.Context, v *vault.Vault, k *vault.Key, p evidence.Progress) (Pushed, error) {
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	kn, err := c.lookAt(ctx, k)
	if err != nil {
		return Pushed{}, err
	}
	snap, err := v.Snapshot(ctx)
	if err != nil {
		return Pushed{}, err
	}
	fork, err := forked(ctx, v, k, c.Place, kn.newest, kn.state)
	if err != nil {
		return Pushed{}, err
	}
	snap = fork.without(snap)
	out := Pushed{PlaceBehind: kn.behind, Foreign: kn.foreign}
	s := &kn.state
	empty, known := kn.highest == 0 && len(s.Files) == 0, s.Number
	fresh, err := c.putFiles(ctx, v, k, snap, s, &out, kn, fork, p)
	if err != nil {
		return out, err
	}
	out.Total = len(s.Files)
	if len(fresh) == 0 && !kn.behind && kn.newest.Number > 0 && out.Again == 0 {
		if fork.err() == nil {
			s.Number, s.SHA256, s.Time = kn.newest.Number, kn.newest.digest, kn.newest.Time
		}
		c.doubt(ctx, k, s, known, kn.highest)
		out.Number, out.Time, out.LockedUntil = kn.newest.Number, kn.newest.Time, s.Locked
		return out, errors.Join(c.extend(ctx, k, s, &out), fork.err())
	}
	cases := maps.Clone(kn.newest.Cases)
	if cases == nil {
		cases = map[string]vault.Head{}
	}
	maps.Copy(cases, snap.Heads)
	h := headFile{Format: headFormat, Vault: k.ID(), Number: kn.highest + 1, Previous: kn.newest.digest, Device: s.Device,
		Time: c.now().UTC().Truncate(time.Second), Total: len(s.Files), Files: fresh, Cases: cases}
	// As often as the list doubles everything is listed: few heads tell all, and all heads together
	// stay small.
	if s.Listed += len(fresh); kn.newest.Number == 0 || kn.behind || out.Again > 0 || s.Listed >= len(s.Files) {
		h.Whole, h.Files, s.Listed = true, nil, 0
		for path, f := range s.Files {
			h.Files = append(h.Files, fileRef{Path: path, Size: f.Size, SHA256: f.SHA256})
		}
		slices.SortFunc(h.Files, func(a, b fileRef) int { return strings.Compare(a.Path, b.Path) })
	}
	for _, f := range h.Files {
		if isKeyFile(f.Path) {
			if err := c.putKey(ctx, k, snap, f, h.Number); err != nil {
				return out, err
			}
		}
	}
	b, err := k.Seal(headPurpose, h)
	if err != nil {
		return out, err
	}
	if err := c.Place.Put(ctx, headPath(k.ID(), h.Number), int64(len(b)), openBytes(b)); errors.Is(err, ErrThere) {
		return out, errRace
	} else if err != nil {
		c.savePartly(k, *s, fresh)
		return out, err
	}
	s.Number, s.SHA256, s.Time = h.Number, evidence.Sum(b), h.Time
	if l, ok := c.Place.(Locker); ok {
		// What the store says of it now; an error is no promise either way.
		s.Locked, _ = l.LockedUntil(ctx, headPath(k.ID(), h.Number))
	}
	if e, ok := c.Place.(Extender); ok && e.LockFor() > 0 && empty && out.Files == len(fresh) {
		s.LockedFirst, _ = e.LockedUntil(ctx, filePath(k.ID(), fresh[0].SHA256)) // nothing was put before it
	}
	c.doubt(ctx, k, s, known, s.Number)
	out.Number, out.Time, out.LockedUntil = s.Number, s.Time, s.Locked
	return out, errors.Join(c.extend(ctx, k, s, &out), fork.err())
}

// lookAt finds out what is at the place, as far as a push has to know.
func (c *Copy) lookAt(ctx context.Context, k *vault.Key) (known, error) {
	s, err := c.loadState(k)
	if err != nil {
		return known{}, err
	}
	kn := known{state: s}
	if s.Number > 0 {
		h, err := readHead(ctx, c.Place, k, s.Number)
		if err != nil && !errors.Is(err, ErrMissing) && !errors.Is(err, vault.ErrForeign) {
			return known{}, err
		}
		kn.behind = err != nil || h.digest != s.SHA256
		if !kn.behind && !c.Mend {
			return c.lookOn(ctx, k, kn, h)
		}
	}
	// A device that pushes for the first time, or a place that is not what it was: all heads are read.
	st, err := readStory(ctx, c.Place, k)
	if err != nil {
		return known{}, err
	}
	kn.newest, kn.highest, kn.foreign, kn.files = st.newest, max(st.highest, s.Number), len(st.foreign), st.files
	// Another device may have pushed to a place that was put back: what it brought is in the copy, too.
	for path, f := range st.files {
		if kn.state.Files[path].SHA256 != f.SHA256 {
			kn.state.Files[path] = copied{Size: f.Size, SHA256: f.SHA256}
		}
	}
	return kn, nil
}

// lookOn reads what came after the head that this device knows.
func (c *Copy) lookOn(ctx context.Context, k *vault.Key, kn known, h head) (known, error) {
	kn.newest, kn.highest = h, h.Number
	numbers, err := headNumbers(ctx, c.Place, k.ID(), h.Number)
	if err != nil {
		return known{}, err
	}
	for _, n := range numbers {
		kn.highest = n
		next, err := readHead(ctx, c.Place, k, n)
		if errors.Is(err, vault.ErrForeign) {
			kn.foreign++
			continue
		}
		if errors.Is(err, ErrMissing) {
			continue
		}
		if err != nil {
			return known{}, err
		}
		for _, f := range next.Files {
			if old := kn.state.Files[f.Path]; old.SHA256 != f.SHA256 {
				kn.state.Files[f.Path] = copied{Size: f.Size, SHA256: f.SHA256}
			}
		}
		kn.newest = next
	}
	return kn, nil
}

// forked says in which cases the place has what the folder has not.
func forked(ctx context.Context, v *vault.Vault, k *vault.Key, place Place, newest head, s state) (*ForkError, error) {
	e := &ForkError{Device: newest.Device, Time: newest.Time}
	for _, id := range slices.Sorted(maps.Keys(newest.Cases)) {
		there := newest.Cases[id]
		cs, err := v.Case(ctx, id)
		if err != nil {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			e.Cases = append(e.Cases, Fork{Case: id, There: there.Seq})
			continue
		}
		if has, err := cs.Has(ctx, there.Seq, there.SHA256); err != nil {
			return nil, err
		} else if has {
			continue
		}
		f := Fork{Case: id, Here: cs.Head().Seq, There: there.Seq, Both: true}
		if f.Here < f.There {
			f.Both = f.Here > 0 && !sameLine(ctx, v, k, place, s, id, f.Here)
		}
		e.Cases = append(e.Cases, f)
	}
	return e, nil
}

// err is nil if nothing is forked.
func (e *ForkError) err() error {
	if len(e.Cases) == 0 {
		return nil
	}
	return e
}

func (e *ForkError) has(path string) bool {
	return slices.ContainsFunc(e.Cases, func(f Fork) bool { return strings.HasPrefix(path, "cases/"+f.Case+"/") })
}

// without leaves out the cases of which the place has something else, and then also what belongs to
// the vault as a whole: the place may have newer ones. All other cases are copied.
func (e *ForkError) without(s vault.Snapshot) vault.Snapshot {
	if len(e.Cases) == 0 {
		return s
	}
	s.Files = slices.DeleteFunc(s.Files, func(f vault.SnapshotFile) bool { return !strings.Contains(f.Path, "/") || e.has(f.Path) })
	for _, f := range e.Cases {
		delete(s.Heads, f.Case)
	}
	return s
}

// sameLine reports whether the last line here is, byte for byte, a file that the place has for that
// line.
func sameLine(ctx context.Context, v *vault.Vault, k *vault.Key, place Place, s state, id string, seq uint64) bool {
	path := fmt.Sprintf("cases/%s/log/%08d", id, seq)
	sum, _, err := hashFile(ctx, v, path, &pace{ctx: ctx})
	return err == nil && s.Files[path].SHA256 == sum
}

func hashFile(ctx context.Context, v *vault.Vault, path string, p *pace) (evidence.Digest, int64, error) {
	r, err := v.OpenFile(ctx, path)
	if err != nil {
		return evidence.Digest{}, 0, err
	}
	h := sha256.New()
	n, err := io.Copy(h, p.wrap(r))
	return evidence.Digest(h.Sum(nil)), n, errors.Join(err, r.Close())
}

// putFiles puts what the place has not, and returns what a head has to name. What was put stands in s.
func (c *Copy) putFiles(ctx context.Context, v *vault.Vault, k *vault.Key, snap vault.Snapshot, s *state, out *Pushed, kn known,
	fork *ForkError, p evidence.Progress) (fresh []fileRef, err error) {
	var have listed
	if kn.anew(c) {
		if have, err = listFiles(ctx, c.Place, k.ID()); err != nil {
			return nil, err
		}
	}
	if c.Mend {
		if err := c.readBack(ctx, k, kn.files, have, p); err != nil {
			return nil, err
		}
		defer func() { out.Unmended = have.unmended(kn.files, s.Files) }()
	}
	p.Step(evidence.StepCopy)
	var total, sent int64
	here := map[string]bool{}
	for _, f := range snap.Files {
		here[f.Path] = true
		if isNew(*s, f, have) {
			total += f.Size
		}
	}
	for path := range s.Files {
		if !here[path] && immutable(path) && !fork.has(path) {
			out.MissingHere = append(out.MissingHere, path)
		}
	}
	slices.Sort(out.MissingHere)
	counted := &pace{ctx: ctx, rate: c.Rate, begun: time.Now(), done: func(n int) { sent += int64(n); p.Amount(min(sent, total), total) }}
	put := 0
	var named []fileRef // what the head is to name
	defer func() {
		if err != nil && put > 0 {
			c.savePartly(k, *s, named)
		}
	}()
	for _, f := range snap.Files {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !isNew(*s, f, have) {
			continue
		}
		ref, there, err := c.putFile(ctx, v, k, f, s, out, have, counted)
		if err != nil {
			return nil, err
		}
		if ref.Path == "" {
			continue
		}
		old, known := s.Files[f.Path]
		if !known || old.SHA256 != ref.SHA256 {
			named = append(named, ref)
		}
		if !there {
			out.Files++
			out.Bytes += ref.Size
			if known && old.SHA256 == ref.SHA256 {
				out.Again++
			}
		}
		s.Files[f.Path] = copied{Size: ref.Size, Modified: modified(f), SHA256: ref.SHA256}
		if put++; put%saveEvery == 0 {
			// Without a head it is not a copy yet: it is only known to be there.
			c.savePartly(k, *s, named)
		}
	}
	return named, nil
}

// savePartly remembers what is at the place already. What no head names yet is not in it, so that
// the next push names it; it then finds it there.
func (c *Copy) savePartly(k *vault.Key, s state, unnamed []fileRef) {
	files := make(map[string]copied, len(s.Files))
	for path, f := range s.Files {
		files[path] = f
	}
	for _, f := range unnamed {
		delete(files, f.Path)
	}
	s.Files = files
	c.saveState(k, s)
}

func modified(f vault.SnapshotFile) int64 {
	if f.Bytes != nil {
		return 0
	}
	return f.Modified.UnixNano()
}

// isNew reports whether a file may have to be put.
func isNew(s state, f vault.SnapshotFile, have listed) bool {
	old, ok := s.Files[f.Path]
	if !ok {
		return true
	}
	if have != nil && !have.has(old.SHA256, old.Size) {
		return true
	}
	if f.Bytes != nil {
		return evidence.Sum(f.Bytes) != old.SHA256
	}
	return old.Size != f.Size || old.Modified != modified(f)
}

// putFile puts one file, unless it is there. An empty path says that it is not to be copied.
func (c *Copy) putFile(ctx context.Context, v *vault.Vault, k *vault.Key, f vault.SnapshotFile, s *state, out *Pushed,
	have listed, p *pace) (ref fileRef, there bool, err error) {
	sum, size := evidence.Sum(f.Bytes), int64(len(f.Bytes))
	if f.Bytes == nil {
		if sum, size, err = hashFile(ctx, v, f.Path, &pace{ctx: ctx}); err != nil {
			return fileRef{}, false, err
		}
	}
	if old, ok := s.Files[f.Path]; ok && immutable(f.Path) && old.SHA256 != sum {
		ok, err := v.Proves(ctx, f.Path)
		if err != nil {
			return fileRef{}, false, err
		}
		if !ok {
			out.ChangedHere = append(out.ChangedHere, f.Path)
			return fileRef{}, false, nil
		}
	}
	ref = fileRef{Path: f.Path, Size: size, SHA256: sum}
	if old, ok := s.Files[f.Path]; ok && old.SHA256 == sum && have == nil {
		return ref, true, nil // only its time has changed
	}
	if have.has(sum, size) {
		return ref, true, nil
	}
	open := func() (io.ReadCloser, error) {
		if f.Bytes != nil {
			r, err := openBytes(f.Bytes)()
			return p.wrap(r), err
		}
		r, err := v.OpenFile(ctx, f.Path)
		if err != nil {
			return nil, err
		}
		return p.wrap(&checked{r: r, h: sha256.New(), want: sum, path: f.Path}), nil
	}
	// A name that other bytes have taken stays as it is, whoever put them: the file gets another one.
	n := have.free(sum)
	if n > maxOthers {
		return ref, false, &PlaceError{Kind: Broken, Err: fmt.Errorf("all names of %s are taken by other bytes", sum)}
	}
	err = c.Place.Put(ctx, otherPath(k.ID(), sum, n), size, open)
	if errors.Is(err, ErrThere) {
		return ref, true, nil
	}
	if err == nil && have != nil {
		was := have[sum]
		have[sum] = &lies{sizes: []int64{size}, taken: 1 << n}
		if was != nil {
			have[sum].taken |= was.taken
		}
	}
	return ref, false, err
}

// putKey puts a file that a restore begins with.
func (c *Copy) putKey(ctx context.Context, k *vault.Key, snap vault.Snapshot, ref fileRef, n uint64) error {
	for _, f := range snap.Files {
		if f.Path == ref.Path && evidence.Sum(f.Bytes) == ref.SHA256 {
			err := c.Place.Put(ctx, keyPath(k.ID(), f.Path, n, ref.SHA256), ref.Size, openBytes(f.Bytes))
			if errors.Is(err, ErrThere) {
				return nil
			}
			return err
		}
	}
	return nil
}

// checked fails at the end of a file that is no longer what was hashed: it must not get the name of
// what it was.
type checked struct {
	r    io.ReadCloser
	h    hash.Hash
	want evidence.Digest
	path string
}

func (r *checked) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	_, _ = r.h.Write(b[:n])
	if err == io.EOF && evidence.Digest(r.h.Sum(nil)) != r.want {
		return n, fmt.Errorf("%s changed while it was copied", r.path)
	}
	return n, err
}

func (r *checked) Close() error { return r.r.Close() }
