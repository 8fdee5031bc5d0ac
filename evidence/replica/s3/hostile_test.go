package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/evidence/replica"
	"constat/evidence/replica/s3"
	"constat/evidence/replica/s3/s3test"
	"constat/evidence/vault"
	"constat/internal/pace"
	"constat/internal/smalldisk"
)

type passing = func(http.ResponseWriter, *http.Request)

func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code><Message>no</Message></Error>")
}

// behind is a vault with a case, and a copy of it at a store that is reached through a proxy.
func behind(t *testing.T) (v *vault.Vault, c *replica.Copy, code string, proxy *s3test.Proxy) {
	t.Helper()
	store := s3test.Start(t)
	proxy = store.Proxy(t)
	v, c, code = open(t)
	newCase(t, v)
	place, err := s3.New(s3.Config{Address: proxy.Open, User: store.User, Secret: store.Secret})
	if err != nil {
		t.Fatal(err)
	}
	c.Place = place
	return v, c, code, proxy
}

// What a store does to a push, at every request of it: each is said for what it is, the copy before it
// stands, and the next push makes it good.
func TestStoreStopsAnywhere(t *testing.T) {
	ctx := t.Context()
	v, c, code, proxy := behind(t)
	place := c.Place
	if _, err := c.Push(ctx, v, nil); err != nil {
		t.Fatal(err)
	}
	newCase(t, v)
	proxy.Do(nil)
	if _, err := c.Push(ctx, v, nil); err != nil {
		t.Fatal(err)
	}
	requests := proxy.Do(nil)
	if requests < 10 {
		t.Fatalf("a push is of %d requests", requests)
	}
	for name, x := range map[string]struct {
		want replica.Kind
		do   func(w http.ResponseWriter, r *http.Request, pass passing)
	}{
		"refuses": {replica.Refused, func(w http.ResponseWriter, _ *http.Request, _ passing) { answer(w, 403, "AccessDenied") }},
		"full":    {replica.Full, func(w http.ResponseWriter, _ *http.Request, _ passing) { answer(w, 507, "InsufficientStorage") }},
		"cut off": {replica.Unreachable, func(http.ResponseWriter, *http.Request, passing) { panic(http.ErrAbortHandler) }},
		"cut off afterwards": {replica.Unreachable, func(w http.ResponseWriter, r *http.Request, pass passing) {
			pass(lost{w}, r)
			panic(http.ErrAbortHandler)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			// At every third request, beginning elsewhere each time: each kind of request is met.
			for from := 1 + len(name)%3; from <= requests; from += 3 {
				newCase(t, v)
				proxy.Do(func(n int, w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter, *http.Request)) {
					if n < from {
						pass(w, r)
						return
					}
					x.do(w, r, pass)
				})
				short, cancel := context.WithTimeout(ctx, pace.Processor().Of(time.Minute))
				_, err := c.Push(short, v, nil)
				cancel()
				if err == nil && from < requests/2 {
					t.Errorf("at request %d of %d nothing was said", from, requests)
				}
				if err != nil {
					kind(t, err, x.want)
				}
				proxy.Do(nil)
				if f, err := c.Check(ctx, v, true, nil); err != nil || len(f.Missing)+len(f.Damaged)+f.Foreign+f.Gaps > 0 || f.PlaceBehind {
					t.Errorf("at request %d the copy before it is not whole: %+v, %v", from, f, err)
				}
				if _, err := c.Push(ctx, v, nil); err != nil {
					t.Fatal(err)
				}
				if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() || f.Ahead != 0 {
					t.Errorf("at request %d the next push does not make it good: %+v, %v", from, f, err)
				}
			}
		})
	}
	got, err := replica.Restore(ctx, place, replica.Secret{Text: code, Code: true}, filepath.Join(t.TempDir(), "vault"), nil)
	if err != nil || len(got.Missing)+len(got.Damaged) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// lost swallows an answer.
type lost struct{ http.ResponseWriter }

func (lost) Write(b []byte) (int, error) { return len(b), nil }
func (lost) WriteHeader(int)             {}
func (lost) Flush()                      {}

// A store that does not answer ends a push with words, one that is slow is waited for, and who gives up
// waiting is not held.
func TestSlowStore(t *testing.T) {
	ctx := t.Context()
	store := s3test.Start(t)
	proxy := store.Proxy(t)
	v, c, _ := open(t)
	newCase(t, v)
	impatient := &http.Transport{ResponseHeaderTimeout: 100 * time.Millisecond}
	place, err := s3.New(s3.Config{Address: proxy.Open, User: store.User, Secret: store.Secret, Base: impatient})
	if err != nil {
		t.Fatal(err)
	}
	c.Place = place
	proxy.Do(func(_ int, _ http.ResponseWriter, r *http.Request, _ func(http.ResponseWriter, *http.Request)) {
		_, _ = io.Copy(io.Discard, r.Body) // or it would not be seen that the other side has gone
		<-r.Context().Done()
	})
	_, err = c.Push(ctx, v, nil)
	kind(t, err, replica.Unreachable)

	if c.Place, err = s3.New(s3.Config{Address: proxy.Open, User: store.User, Secret: store.Secret}); err != nil {
		t.Fatal(err)
	}
	waiting, cancel := context.WithCancel(ctx)
	proxy.Do(func(n int, w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter, *http.Request)) {
		if n < 5 {
			pass(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	if _, err := c.Push(waiting, v, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// A byte at a time, and a pause before each answer.
	proxy.Do(func(_ int, w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter, *http.Request)) {
		pass(dripping{w}, r)
	})
	if p, err := c.Push(ctx, v, nil); err != nil || p.Number != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() {
		t.Errorf("%+v, %v", f, err)
	}
}

type dripping struct{ http.ResponseWriter }

func (d dripping) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := d.ResponseWriter.Write(b[i : i+1]); err != nil {
			return i, err
		}
		if i%64 == 0 {
			_ = http.NewResponseController(d.ResponseWriter).Flush()
		}
	}
	return len(b), nil
}

// A store that shows an older state, or one object for another, is found out by who knew better; what
// it withholds is named, and nothing of it is taken for the vault's.
func TestLyingStore(t *testing.T) {
	ctx := t.Context()
	v, c, code, proxy := behind(t)
	place := c.Place
	for range 3 {
		newCase(t, v)
		if _, err := c.Push(ctx, v, nil); err != nil {
			t.Fatal(err)
		}
	}
	// The newest head is answered with an older one: the signature of the request does not matter to a
	// store that lies, so the answer is fetched by the test.
	older := func(name string) []byte {
		o, err := place.Get(ctx, name, 0)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(o)
		if err := errors.Join(err, o.Close()); err != nil {
			t.Fatal(err)
		}
		return b
	}
	var names []string
	if err := place.List(ctx, "", "", func(name string, _ int64) error { names = append(names, name); return nil }); err != nil {
		t.Fatal(err)
	}
	var heads, files []string
	for _, name := range names {
		switch {
		case strings.Contains(name, "/heads/"):
			heads = append(heads, name)
		case strings.Contains(name, "/files/"):
			files = append(files, name)
		}
	}
	lie := func(name string, b []byte) {
		proxy.Do(func(_ int, w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter, *http.Request)) {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, name) {
				w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
				w.Header().Set("ETag", `"0"`)
				_, _ = w.Write(b)
				return
			}
			pass(w, r)
		})
	}
	lie(heads[2], older(heads[1]))
	if f, err := c.Check(ctx, v, true, nil); err != nil || f.Whole() || !f.PlaceBehind || f.Foreign != 1 || f.Number != 2 {
		t.Errorf("an older head: %+v, %v", f, err)
	}
	proxy.Do(nil)
	exchanged := older(files[1])
	lie(files[0], exchanged)
	f, err := c.Check(ctx, v, true, nil)
	if err != nil || f.Whole() || len(f.Damaged) != 1 {
		t.Errorf("an exchanged object: %+v, %v", f, err)
	}
	got, err := replica.Restore(ctx, place, replica.Secret{Text: code, Code: true}, filepath.Join(t.TempDir(), "vault"), nil)
	if err != nil || len(got.Damaged) != 1 || got.Damaged[0] != f.Damaged[0] {
		t.Errorf("an exchanged object: %+v, %v", got, err)
	}
	proxy.Do(nil)
	if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() {
		t.Errorf("%+v, %v", f, err)
	}
}

// Locks that would run out are made to last longer, of everything there is, and the first day on which
// anything can be removed is said as the store says it.
func TestLocksAreExtended(t *testing.T) {
	ctx := t.Context()
	store := s3test.Start(t)
	v, c, _ := open(t)
	newCase(t, v)
	const day = 24 * time.Hour
	later := time.Duration(0)
	now := func() time.Time { return time.Now().Add(later) }
	place, err := s3.New(s3.Config{Address: store.Locked, User: store.User, Secret: store.Secret, LockDays: 30, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	c.Place, c.Now = place, now
	about := func(what string, got time.Time, days int) {
		t.Helper()
		if d := time.Until(got) - time.Duration(days)*day; d < -day || d > day {
			t.Errorf("%s: locked until %s, want about %d days", what, got, days)
		}
	}
	first, err := c.Push(ctx, v, nil)
	if err != nil || first.Extended != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	about("first", first.LockedFirst, 30)
	later = 10 * day
	newCase(t, v)
	p, err := c.Push(ctx, v, nil)
	if err != nil || p.Extended != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	about("what was put first", p.LockedFirst, 30)
	about("what was put last", p.LockedUntil, 40)
	// Nothing is new, and half of the time is over.
	later = 16 * day
	if p, err = c.Push(ctx, v, nil); err != nil || p.Files != 0 || p.Extended < first.Files {
		t.Fatalf("%+v, %v", p, err)
	}
	about("extended", p.LockedFirst, 46)
	about("extended", p.LockedUntil, 46)
	if p, err = c.Push(ctx, v, nil); err != nil || p.Extended != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	f, err := c.Check(ctx, v, true, nil)
	if err != nil || !f.Whole() || f.Unlocked != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	about("checked", f.LockedFirst, 46)

	// A device that knows nothing of the copy looks at all of it.
	again := *c
	again.State = t.TempDir()
	if p, err = again.Push(ctx, v, nil); err != nil {
		t.Fatal(err)
	}
	about("looked at anew", p.LockedFirst, 46)

	// What was put without a lock is said.
	open, err := s3.New(s3.Config{Address: store.Locked, User: store.User, Secret: store.Secret})
	if err != nil {
		t.Fatal(err)
	}
	newCase(t, v)
	c.Place = open
	if _, err := c.Push(ctx, v, nil); err != nil {
		t.Fatal(err)
	}
	c.Place = place
	if f, err := c.Check(ctx, v, true, nil); err != nil || f.Unlocked == 0 {
		t.Errorf("%+v, %v", f, err)
	}
}

// A store whose disk is full says so, and what was there before stays.
func TestFullStore(t *testing.T) {
	ctx := t.Context()
	disk := smalldisk.Mount(t, 8<<20)
	store := s3test.StartIn(t, disk.Dir)
	v, c, _ := open(t)
	newCase(t, v)
	place, err := s3.New(s3.Config{Address: store.Open, User: store.User, Secret: store.Secret})
	if err != nil {
		t.Fatal(err)
	}
	c.Place = place
	first, err := c.Push(ctx, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	newCase(t, v)
	disk.Fill(t, 0)
	_, err = c.Push(ctx, v, nil)
	if e, ok := errors.AsType[*replica.PlaceError](err); !ok || e.Kind != replica.Full && e.Kind != replica.Unreachable {
		t.Errorf("%v", err)
	}
	t.Logf("what the store says: %v", err)
	disk.Free(t)
	if f, err := c.Check(ctx, v, true, nil); err != nil || f.Number != first.Number || len(f.Missing)+len(f.Damaged) > 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if p, err := c.Push(ctx, v, nil); err != nil || p.Number != first.Number+1 {
		t.Errorf("%+v, %v", p, err)
	}
	if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() {
		t.Errorf("%+v, %v", f, err)
	}
}
