package replica

import (
	"context"
	"errors"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// lies is what lies at a place under the names of one file.
type lies struct {
	sizes   []int64
	taken   uint16 // which of its names, counted from 0, are not free
	spoiled bool   // none of them has its bytes
}

// listed is what lies under files, by the digest in its name.
type listed map[evidence.Digest]*lies

// has reports whether there is something of that name and size, which is not known to be something
// else.
func (l listed) has(d evidence.Digest, size int64) bool {
	x := l[d]
	return x != nil && !x.spoiled && slices.Contains(x.sizes, size)
}

// free is the first of a file's names that nothing lies under; [maxOthers]+1 if there is none.
func (l listed) free(d evidence.Digest) int {
	if x := l[d]; x != nil {
		return bits.TrailingZeros16(^x.taken)
	}
	return 0
}

var otherName = regexp.MustCompile(`^([0-9a-f]{64})(?:-([1-9]))?$`)

// listFiles lists what lies under files.
func listFiles(ctx context.Context, p Place, id string) (listed, error) {
	list := listed{}
	err := p.List(ctx, folder(id)+"files/", "", func(name string, size int64) error {
		m := otherName.FindStringSubmatch(name[strings.LastIndexByte(name, '/')+1:])
		if m == nil {
			return nil
		}
		d, err := evidence.ParseDigest(m[1])
		n, _ := strconv.Atoi("0" + m[2]) // a digit, or none
		if err != nil || name != otherPath(id, d, n) {
			return nil
		}
		if list[d] == nil {
			list[d] = &lies{}
		}
		list[d].sizes, list[d].taken = append(list[d].sizes, size), list[d].taken|1<<n
		return nil
	})
	return list, err
}

// readBack reads all that heads name, and notes what is not what it should be.
func (c *Copy) readBack(ctx context.Context, k *vault.Key, files map[string]fileRef, have listed, p evidence.Progress) error {
	p.Step(evidence.StepCheck)
	var total, done int64
	for _, ref := range files {
		total += ref.Size
	}
	counted := &pace{ctx: ctx, rate: c.Rate, begun: time.Now(), done: func(n int) { done += int64(n); p.Amount(min(done, total), total) }}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		ref := files[path]
		if !have.has(ref.SHA256, ref.Size) {
			continue
		}
		_, good, err := fetchOne(ctx, c.Place, k.ID(), ref, counted, nil)
		if err != nil && !errors.Is(err, ErrMissing) {
			return err
		}
		if !good {
			have[ref.SHA256].spoiled = true
		}
	}
	return nil
}

// unmended are the paths whose file is still not at the place as it should be; now is what the copy
// has of each path.
func (l listed) unmended(files map[string]fileRef, now map[string]copied) (list []string) {
	for path, ref := range files {
		if now[path].SHA256 == ref.SHA256 && !l.has(ref.SHA256, ref.Size) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// doubt forgets the first day on which anything of the copy can be removed if a push that came since
// then is locked for less than that, or not at all: another device may lock for a shorter time, and a
// store may have ceased to. What came with it is then looked at, file by file.
func (c *Copy) doubt(ctx context.Context, k *vault.Key, s *state, from, to uint64) {
	e, ok := c.Place.(Extender)
	if !ok || e.LockFor() <= 0 {
		return
	}
	for n := from + 1; n <= to && !s.LockedFirst.IsZero(); n++ {
		until, err := e.LockedUntil(ctx, headPath(k.ID(), n))
		if errors.Is(err, ErrMissing) {
			continue // numbers may be left out
		}
		if err != nil || until.Before(s.LockedFirst) {
			s.LockedFirst = time.Time{}
		}
	}
}

// extend has locks last longer that would otherwise run out within half of the time for which they
// are given, and remembers the push: what was recorded first must not be the first that somebody can
// remove.
func (c *Copy) extend(ctx context.Context, k *vault.Key, s *state, out *Pushed) error {
	defer func() {
		c.saveState(k, *s)
		out.LockedFirst = s.LockedFirst
	}()
	e, ok := c.Place.(Extender)
	if !ok || e.LockFor() <= 0 || s.Number == 0 {
		return nil
	}
	now := c.now().UTC()
	// A date that an interrupted push was to bring about, and that is near or past by now, is none.
	if s.ExtendTo.Before(now.Add(e.LockFor() / 2)) {
		// Of a copy that this device began, LockedFirst is known from the first push on; otherwise it is
		// looked at now.
		if s.LockedFirst.After(now.Add(e.LockFor() / 2)) {
			return nil
		}
		s.ExtendTo = now.Add(e.LockFor()).Truncate(time.Second)
	}
	c.saveState(k, *s) // whoever is interrupted goes on to the same date
	first, n, err := e.Extend(ctx, folder(k.ID()), s.ExtendTo)
	out.Extended = n
	if err != nil {
		return err
	}
	s.LockedFirst, s.ExtendTo = first, time.Time{}
	s.Locked, _ = e.LockedUntil(ctx, headPath(k.ID(), s.Number)) // an error is no promise either way
	out.LockedUntil = s.Locked
	return nil
}
