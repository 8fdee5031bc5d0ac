package replica

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// Found is what a check of a copy found.
type Found struct {
	Number uint64    `json:"number"` // of the newest head at the place
	Time   time.Time `json:"time"`   // of that push, by the clock of the device that pushed
	Device bool      `json:"this_device"`
	Files  int       `json:"files"` // that the copy names
	Bytes  int64     `json:"bytes"`
	Read   int       `json:"read"` // files whose bytes were read and compared with their digest; the others by size alone

	// PlaceBehind: the place has not got what this device pushed last; LastPushed is when that was.
	PlaceBehind bool      `json:"place_behind"`
	LastPushed  time.Time `json:"last_pushed,omitzero"`
	Gaps        int       `json:"heads_missing"`
	Foreign     int       `json:"heads_foreign"` // that this vault did not write
	Missing     []string  `json:"missing"`       // paths whose file is not at the place
	Damaged     []string  `json:"damaged"`       // paths whose file has other bytes, or another size

	Forks       []Fork   `json:"forks"`        // cases of which the place has what the folder has not
	MissingHere []string `json:"missing_here"` // paths of forked cases are not among them
	ChangedHere []string `json:"changed_here"` // they do not prove that this vault wrote them
	Ahead       int      `json:"ahead"`        // files in the folder that the copy has not: not pushed yet

	LockedUntil time.Time `json:"locked_until,omitzero"` // as the place says of the newest head
	// Of the files that were read, where the place locks: the first day on which one of them can be
	// removed, and how many are not locked at all.
	LockedFirst time.Time `json:"locked_first,omitzero"`
	Unlocked    int       `json:"unlocked"`
}

// Whole reports whether nothing that was looked at is wrong. What was not pushed yet is not wrong.
func (f Found) Whole() bool {
	return f.Number > 0 && !f.PlaceBehind && f.Gaps == 0 && f.Foreign == 0 && len(f.Missing) == 0 && len(f.Damaged) == 0 &&
		len(f.Forks) == 0 && len(f.MissingHere) == 0 && len(f.ChangedHere) == 0
}

// Check compares a copy with the folder, and reads all of it back if read is set. It changes
// nothing on either side.
func (c *Copy) Check(ctx context.Context, v *vault.Vault, read bool, p evidence.Progress) (Found, error) {
	if p == nil {
		p = evidence.NoProgress{}
	}
	k, err := v.Key()
	if err != nil {
		return Found{}, err
	}
	s, err := c.loadState(k)
	if err != nil {
		return Found{}, err
	}
	st, err := readStory(ctx, c.Place, k)
	if err != nil {
		return Found{}, err
	}
	f := Found{
		Number:     st.newest.Number,
		Time:       st.newest.Time,
		Device:     st.newest.Device == s.Device,
		Files:      len(st.files),
		Gaps:       len(st.gaps),
		Foreign:    len(st.foreign),
		LastPushed: s.Time,
	}
	if s.Number > 0 {
		h, err := readHead(ctx, c.Place, k, s.Number)
		if err != nil && !errors.Is(err, ErrMissing) && !errors.Is(err, vault.ErrForeign) {
			return Found{}, err
		}
		f.PlaceBehind = err != nil || h.digest != s.SHA256
	}
	if err := c.compareFiles(ctx, k, st, read, &f, p); err != nil {
		return Found{}, err
	}
	if err := c.compareFolder(ctx, v, k, st, &f); err != nil {
		return Found{}, err
	}
	if l, ok := c.Place.(Locker); ok && f.Number > 0 {
		f.LockedUntil, _ = l.LockedUntil(ctx, headPath(k.ID(), f.Number))
	}
	return f, nil
}

// compareFiles looks at what the heads name.
func (c *Copy) compareFiles(ctx context.Context, k *vault.Key, st story, read bool, f *Found, p evidence.Progress) error {
	have, err := listFiles(ctx, c.Place, k.ID())
	if err != nil {
		return err
	}
	e, locks := c.Place.(Extender)
	locks = locks && read && e.LockFor() > 0
	p.Step(evidence.StepCheck)
	var total, done int64
	for _, ref := range st.files {
		total += ref.Size
	}
	f.Bytes = total
	counted := &pace{ctx: ctx, rate: c.Rate, begun: time.Now(), done: func(n int) { done += int64(n); p.Amount(min(done, total), total) }}
	for _, path := range slices.Sorted(maps.Keys(st.files)) {
		ref := st.files[path]
		switch {
		case have[ref.SHA256] == nil:
			f.Missing = append(f.Missing, path)
			continue
		case !have.has(ref.SHA256, ref.Size):
			f.Damaged = append(f.Damaged, path)
			continue
		case !read:
			continue
		}
		name, good, err := fetchOne(ctx, c.Place, k.ID(), ref, counted, nil)
		if errors.Is(err, ErrMissing) {
			f.Missing = append(f.Missing, path)
			continue
		}
		if err != nil {
			return err
		}
		f.Read++
		if !good {
			f.Damaged = append(f.Damaged, path)
		}
		if locks && good {
			until, err := e.LockedUntil(ctx, name)
			if err != nil && !errors.Is(err, ErrMissing) {
				return err
			}
			f.locked(until)
		}
	}
	return nil
}

// locked takes up until when one file cannot be removed.
func (f *Found) locked(until time.Time) {
	if until.IsZero() {
		f.Unlocked++
	} else if f.LockedFirst.IsZero() || until.Before(f.LockedFirst) {
		f.LockedFirst = until
	}
}

// fetchOne reads a file, under whichever of its names, and in whichever version, has the digest that it should have, and hands its
// bytes to keep, if that is not nil, which begins anew with each try and is told whether they were
// right. It returns the name under which they were. All names are tried: what lay under one of them may
// be gone.
func fetchOne(ctx context.Context, place Place, id string, ref fileRef, p *pace, keep func(r io.Reader) error) (name string, good bool, err error) {
	there := false
	for n := 0; n <= maxOthers; n++ {
		name = otherPath(id, ref.SHA256, n)
		found, good, err := fetchName(ctx, place, name, ref, p, keep)
		if err != nil || good {
			return name, good, err
		}
		there = there || found
	}
	if !there {
		return "", false, ErrMissing
	}
	return "", false, nil
}

// fetchName is fetchOne for one of the file's names.
func fetchName(ctx context.Context, place Place, name string, ref fileRef, p *pace, keep func(r io.Reader) error) (found, good bool, err error) {
	for try := range maxTries {
		r, err := place.Get(ctx, name, try)
		if errors.Is(err, ErrMissing) {
			break
		}
		if broken(err) { // no file, or an answer that is none
			found = true
			continue
		}
		if err != nil {
			return found, false, err
		}
		found = true
		h := sha256.New()
		in := io.TeeReader(io.LimitReader(p.wrap(r), ref.Size+1), h)
		if keep == nil {
			_, err = io.Copy(io.Discard, in)
		} else {
			err = keep(&exact{r: in, sum: func() bool { return evidence.Digest(h.Sum(nil)) == ref.SHA256 }})
		}
		if cerr := r.Close(); err == nil {
			err = cerr
		}
		if errors.Is(err, errOther) || broken(err) {
			continue
		}
		if err != nil {
			return found, false, err
		}
		if evidence.Digest(h.Sum(nil)) == ref.SHA256 {
			return true, true, nil
		}
	}
	return found, false, nil
}

var errOther = errors.New("has other bytes than the head says")

// exact fails at the end of bytes that are not the right ones.
type exact struct {
	r   io.Reader
	sum func() bool
}

func (e *exact) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	if err == io.EOF && !e.sum() {
		return n, errOther
	}
	return n, err
}

// compareFolder looks at the folder beside the copy.
func (c *Copy) compareFolder(ctx context.Context, v *vault.Vault, k *vault.Key, st story, f *Found) error {
	s := state{Files: map[string]copied{}}
	for path, ref := range st.files {
		s.Files[path] = copied{Size: ref.Size, SHA256: ref.SHA256}
	}
	fork, err := forked(ctx, v, k, c.Place, st.newest, s)
	if err != nil {
		return err
	}
	f.Forks = fork.Cases
	snap, err := v.Snapshot(ctx)
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, file := range snap.Files {
		here[file.Path] = true
		ref, ok := st.files[file.Path]
		switch {
		case !ok:
			f.Ahead++
		case file.Bytes != nil:
			if evidence.Sum(file.Bytes) != ref.SHA256 && !fork.has(file.Path) {
				f.Ahead++
			}
		case !fork.has(file.Path):
			sum, _, err := hashFile(ctx, v, file.Path, &pace{ctx: ctx})
			if err != nil {
				return err
			}
			if sum == ref.SHA256 {
				continue
			}
			ok, err := v.Proves(ctx, file.Path)
			if err != nil {
				return err
			}
			if ok {
				f.Ahead++ // it was encrypted again
			} else {
				f.ChangedHere = append(f.ChangedHere, file.Path)
			}
		}
	}
	for path := range st.files {
		if !here[path] && immutable(path) && !fork.has(path) {
			f.MissingHere = append(f.MissingHere, path)
		}
	}
	slices.SortFunc(f.MissingHere, strings.Compare)
	return nil
}
