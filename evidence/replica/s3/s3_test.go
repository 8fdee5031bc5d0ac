package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"constat/evidence/replica"
	"constat/evidence/replica/s3"
	"constat/evidence/replica/s3/s3test"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

const passphrase = "a passphrase of the test"

func open(t *testing.T) (*vault.Vault, *replica.Copy, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	code := vaulttest.Make(t, dir, passphrase)
	v, err := vault.Open(t.Context(), dir, passphrase, vault.Options{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v, &replica.Copy{Name: "s3", State: t.TempDir()}, code
}

func newCase(t *testing.T, v *vault.Vault) {
	t.Helper()
	if _, err := v.CreateCase(t.Context(), "November", false); err != nil {
		t.Fatal(err)
	}
}

// One store for all that needs one: what its locks keep, a kill in between, what it refuses.
func TestStore(t *testing.T) {
	ctx := t.Context()
	store := s3test.Start(t)
	v, c, code := open(t)
	newCase(t, v)
	place, err := s3.New(s3.Config{Address: store.Locked, User: store.User, Secret: store.Secret, LockDays: 30})
	if err != nil {
		t.Fatal(err)
	}
	if err := place.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	c.Place = place
	first, err := c.Push(ctx, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(first.LockedUntil); left < 29*24*time.Hour || left > 31*24*time.Hour {
		t.Errorf("locked until %s", first.LockedUntil)
	}
	if again, err := c.Push(ctx, v, nil); err != nil || again.Files != 0 || again.Number != 1 {
		t.Errorf("%+v, %v", again, err)
	}

	// Nobody removes a version before its date; who "deletes" or overwrites only puts something
	// before it.
	var keys []minio.ObjectInfo
	for o := range store.Client.ListObjectsIter(ctx, "locked", minio.ListObjectsOptions{WithVersions: true, Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		keys = append(keys, o)
	}
	for i, o := range keys {
		if err := store.Client.RemoveObject(ctx, "locked", o.Key, minio.RemoveObjectOptions{VersionID: o.VersionID}); err == nil {
			t.Errorf("%s was removed", o.Key)
		}
		if i%2 == 0 {
			if err := store.Client.RemoveObject(ctx, "locked", o.Key, minio.RemoveObjectOptions{}); err != nil {
				t.Errorf("%s: %v", o.Key, err)
			}
			continue
		}
		_, err := store.Client.PutObject(ctx, "locked", o.Key, strings.NewReader("something else"), 14, minio.PutObjectOptions{SendContentMd5: true})
		if err != nil {
			t.Errorf("%s: %v", o.Key, err)
		}
	}
	r, err := replica.Restore(ctx, place, replica.Secret{Text: code, Code: true}, filepath.Join(t.TempDir(), "vault"), nil)
	if err != nil || len(r.Missing)+len(r.Damaged) != 0 || r.Files != first.Total {
		t.Errorf("%+v, %v", r, err)
	}

	// Killed: said, and the next push goes on.
	newCase(t, v)
	store.Kill()
	_, err = c.Push(ctx, v, nil)
	kind(t, err, replica.Unreachable)
	store.Again(t)
	if p, err := c.Push(ctx, v, nil); err != nil || p.Number <= first.Number {
		t.Errorf("%+v, %v", p, err)
	}

	// Refused: wrong secret, no lock, no bucket.
	for name, x := range map[string]struct {
		c    s3.Config
		want replica.Kind
	}{
		"secret": {s3.Config{Address: store.Locked, User: store.User, Secret: "wrong"}, replica.Refused},
		"lock":   {s3.Config{Address: store.Open, User: store.User, Secret: store.Secret, LockDays: 1}, replica.NoLock},
		"bucket": {s3.Config{Address: store.Open + "-nowhere", User: store.User, Secret: store.Secret}, replica.Unreachable},
	} {
		p, err := s3.New(x.c)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { kind(t, p.Ready(ctx), x.want) })
	}

	// Without locks: put on condition, and only then.
	p, err := s3.New(s3.Config{Address: store.Open, User: store.User, Secret: store.Secret})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, replica.ErrThere} {
		err := p.Put(ctx, "a/b", 4, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte("text"))), nil })
		if !errors.Is(err, want) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if _, err := p.Get(ctx, "a/c", 0); !errors.Is(err, replica.ErrMissing) {
		t.Errorf("%v", err)
	}
	broken := errors.New("the disk is gone")
	if err := p.Put(ctx, "a/d", 4, func() (io.ReadCloser, error) { return io.NopCloser(failing{broken}), nil }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func kind(t *testing.T, err error, want replica.Kind) {
	t.Helper()
	if e, ok := errors.AsType[*replica.PlaceError](err); !ok || e.Kind != want {
		t.Errorf("%v, not %s", err, want)
	}
}

// A store that leads elsewhere, is full, or refuses gets nothing but the question.
func TestAnswers(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the other host got %s %s", r.Method, r.Header) }))
	defer other.Close()
	for status, want := range map[int]replica.Kind{
		http.StatusTemporaryRedirect: replica.Insecure, http.StatusInsufficientStorage: replica.Full, http.StatusForbidden: replica.Refused,
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.Header().Set("Location", other.URL)
			w.WriteHeader(status)
		}))
		p, err := s3.New(s3.Config{Address: srv.URL + "/bucket", User: "u", Secret: "s", Region: "us-east-1"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		kind(t, p.Put(ctx, "a", 4, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("text")), nil }), want)
		cancel()
		srv.Close()
	}
	_, err := s3.New(s3.Config{Address: "http://192.0.2.1/bucket"})
	kind(t, err, replica.Insecure)
}
