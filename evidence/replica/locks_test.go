package replica_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence/replica"
)

// store is a place that locks what is put, and refuses dates that are past, as stores do.
type store struct {
	replica.Folder
	until map[string]time.Time
	now   *time.Time
}

// locking is the same store as one device has it.
type locking struct {
	store
	days time.Duration
	cut  error // of each lock that is to last longer
}

const day = 24 * time.Hour

func newStore(t *testing.T) store {
	now := time.Now().Truncate(time.Second)
	return store{replica.Folder{Dir: t.TempDir()}, map[string]time.Time{}, &now}
}

func (l *locking) LockFor() time.Duration { return l.days * day }

func (l *locking) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	err := l.Folder.Put(ctx, name, size, open)
	if err == nil {
		l.until[name] = l.now.Add(l.LockFor())
	}
	return err
}

func (l *locking) LockedUntil(_ context.Context, name string) (time.Time, error) {
	until, ok := l.until[name]
	if !ok {
		return until, replica.ErrMissing
	}
	return until, nil
}

func (l *locking) Extend(_ context.Context, prefix string, until time.Time) (first time.Time, n int, err error) {
	for name, now := range l.until {
		switch {
		case !strings.HasPrefix(name, prefix) || !now.Before(until):
			continue
		case l.cut != nil:
			return first, n, l.cut
		case !until.After(*l.now):
			return first, n, errors.New("the date must be in the future")
		}
		l.until[name], n = until, n+1
	}
	return l.first(), n, nil
}

func (s store) first() (first time.Time) {
	for _, until := range s.until {
		if first.IsZero() || until.Before(first) {
			first = until
		}
	}
	return first
}

func (d *device) copyOf(l *locking, name string) *replica.Copy {
	c := d.copyAt(l)
	c.Name, c.Now = name, func() time.Time { return *l.now }
	return c
}

// A push that was to make locks last longer, was interrupted, and is taken up when the date that it had
// in mind is past, goes on to one that is not.
func TestLocksAfterAnInterruption(t *testing.T) {
	a, _ := newDevice(t)
	a.keep(a.newCase(), "first")
	s := newStore(t)
	place := &locking{store: s, days: 30}
	c := a.copyOf(place, "c1")
	if _, err := c.Push(t.Context(), a.v, nil); err != nil {
		t.Fatal(err)
	}
	*s.now = s.now.Add(16 * day)
	place.cut = errors.New("the device was closed")
	if _, err := c.Push(t.Context(), a.v, nil); !errors.Is(err, place.cut) {
		t.Fatal(err)
	}
	place.cut, *s.now = nil, s.now.Add(60*day)
	p, err := c.Push(t.Context(), a.v, nil)
	if err != nil || !p.LockedFirst.Equal(s.first()) || !s.first().Equal(s.now.Add(30*day)) {
		t.Errorf("%+v, %v; locked until %s", p, err, s.first())
	}
}

// What another device pushed with a shorter lock is part of the copy: what is said of all of it holds
// for that, too.
func TestLocksOfAnotherDevice(t *testing.T) {
	for _, days := range []time.Duration{10, 0} {
		a, _ := newDevice(t)
		id := a.newCase()
		a.keep(id, "first")
		s := newStore(t)
		long, short := a.copyOf(&locking{store: s, days: 300}, "long"), a.copyOf(&locking{store: s, days: days}, "short")
		for n, c := range []*replica.Copy{long, short, long, long, short, long} {
			if n == 1 || n == 3 || n == 4 {
				a.keep(id, "more "+string(rune('a'+n)))
			}
			p, err := c.Push(t.Context(), a.v, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c == long && p.LockedFirst.After(s.first()) {
				t.Errorf("%d days, push %d: nothing before %s, it says; the first is %s", days, n, p.LockedFirst, s.first())
			}
			*s.now = s.now.Add(time.Hour)
		}
	}
}

// Of a file that was put again, the lock that counts is that of what is whole.
func TestLockOfWhatWasMended(t *testing.T) {
	a, _ := newDevice(t)
	a.keep(a.newCase(), "first")
	s := newStore(t)
	c := a.copyOf(&locking{store: s, days: 300}, "c1")
	if _, err := c.Push(t.Context(), a.v, nil); err != nil {
		t.Fatal(err)
	}
	name := filesOf(t, s.Dir)[0]
	write(t, filepath.Join(s.Dir, filepath.FromSlash(name)), []byte("other bytes"))
	c.Mend = true
	if p, err := c.Push(t.Context(), a.v, nil); err != nil || p.Again != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	soon := s.now.Add(3 * day)
	s.until[name+"-1"] = soon
	if f, err := c.Check(t.Context(), a.v, true, nil); err != nil || !f.Whole() || !f.LockedFirst.Equal(soon) {
		t.Errorf("%+v, %v", f, err)
	}
}

// filesOf are the names of what lies under files, in order.
func filesOf(t *testing.T, dir string) (files []string) {
	t.Helper()
	for name := range tree(t, dir) {
		if strings.Contains(name, "/files/") {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return files
}

// A name in between may be lost, and one far behind taken by somebody else: neither keeps a file from
// being found, nor from being put again.
func TestNamesWithGaps(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, code := newDevice(t)
	id := a.newCase()
	a.keep(id, "first")
	a.push(place)
	files := filesOf(t, place.Dir)
	at := func(name string) string { return filepath.Join(place.Dir, filepath.FromSlash(name)) }
	mend := a.copyAt(place)
	mend.Mend = true
	again := func(want int) {
		t.Helper()
		if p, err := mend.Push(t.Context(), a.v, nil); err != nil || p.Again != want || len(p.Unmended) != 0 {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	write(t, at(files[0]), []byte("not this"))
	again(1)
	write(t, at(files[0]+"-1"), []byte("nor this"))
	again(1)
	remove(t, at(files[0]+"-1"))
	if f := a.check(place); !f.Whole() {
		t.Errorf("%+v", f)
	}
	again(0)
	remove(t, at(files[1]))
	write(t, at(files[1]+"-9"), []byte("planted"))
	again(1)
	if _, err := os.Stat(at(files[1])); err != nil {
		t.Error(err)
	}
	if _, r := restored(t, place, replica.Secret{Text: code, Code: true}); len(r.Missing)+len(r.Damaged) != 0 {
		t.Errorf("%+v", r)
	}
}
