package webdav_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	dav "golang.org/x/net/webdav"

	"constat/evidence/replica"
	"constat/evidence/replica/webdav"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

const passphrase, user, secret = "a passphrase of the test", "caseworker", "a secret: äé"

// server is a WebDAV server over a folder, encrypted, that can be told to fail.
type server struct {
	*httptest.Server
	status atomic.Int64 // of every PUT, in place of what it asks for
	cut    atomic.Int64 // bytes that a PUT keeps; 0: all
}

func start(t *testing.T, dir string) *server {
	t.Helper()
	s := &server{}
	h := &dav.Handler{FileSystem: dav.Dir(dir), LockSystem: dav.NewMemLS()}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, ok := r.BasicAuth(); !ok || u != user || p != secret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if n := s.status.Load(); n != 0 && r.Method == http.MethodPut {
			w.WriteHeader(int(n))
			return
		}
		if n := s.cut.Load(); n != 0 && r.Method == http.MethodPut {
			r.Body = io.NopCloser(io.LimitReader(r.Body, n))
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) place(t *testing.T, secret string) *webdav.Place {
	t.Helper()
	p, err := webdav.New(webdav.Config{Address: s.URL, User: user, Secret: secret, Base: s.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func kind(t *testing.T, err error, want replica.Kind) {
	t.Helper()
	if e, ok := errors.AsType[*replica.PlaceError](err); !ok || e.Kind != want {
		t.Errorf("%v, not %s", err, want)
	}
}

func text(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(s))), nil }
}

func TestServer(t *testing.T) {
	ctx := t.Context()
	srv := start(t, t.TempDir())
	dir := filepath.Join(t.TempDir(), "vault")
	code := vaulttest.Make(t, dir, passphrase)
	v, err := vault.Open(ctx, dir, passphrase, vault.Options{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if _, err := v.CreateCase(ctx, "November", false); err != nil {
		t.Fatal(err)
	}
	place := srv.place(t, secret)
	if err := place.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	c := &replica.Copy{Place: place, Name: "dav", State: t.TempDir()}

	// Full, refusing, cut off: said, and the next push goes on.
	for status, want := range map[int]replica.Kind{507: replica.Full, 403: replica.Refused, 503: replica.Unreachable} {
		srv.status.Store(int64(status))
		_, err := c.Push(ctx, v, nil)
		kind(t, err, want)
	}
	srv.status.Store(0)
	srv.cut.Store(100)
	if _, err := c.Push(ctx, v, nil); err == nil {
		t.Error("what was cut off counts as put")
	}
	srv.cut.Store(0)
	pushed, err := c.Push(ctx, v, nil)
	if err != nil || pushed.Number != 1 {
		t.Fatalf("%+v, %v", pushed, err)
	}
	if again, err := c.Push(ctx, v, nil); err != nil || again.Files != 0 {
		t.Errorf("%+v, %v", again, err)
	}
	if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() || f.Read != pushed.Total {
		t.Errorf("%+v, %v", f, err)
	}
	r, err := replica.Restore(ctx, place, replica.Secret{Text: code, Code: true}, filepath.Join(t.TempDir(), "vault"), nil)
	if err != nil || r.Files != pushed.Total {
		t.Errorf("%+v, %v", r, err)
	}

	kind(t, srv.place(t, "wrong").Ready(ctx), replica.Refused)
	if err := place.Put(ctx, "x/y", 4, text("text")); err != nil {
		t.Error(err)
	}
	if err := place.Put(ctx, "x/y", 4, text("more")); !errors.Is(err, replica.ErrThere) {
		t.Errorf("%v", err)
	}
	if _, err := place.Get(ctx, "x/z", 0); !errors.Is(err, replica.ErrMissing) {
		t.Errorf("%v", err)
	}
	srv.CloseClientConnections()
	srv.Close()
	kind(t, place.Ready(ctx), replica.Unreachable)
}

// Credentials go to the host of the address, and only encrypted.
func TestNowhereElse(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the other host got %s %s", r.Method, r.Header) }))
	defer other.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer srv.Close()
	p, err := webdav.New(webdav.Config{Address: srv.URL, User: user, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	kind(t, p.Ready(t.Context()), replica.Insecure)
	for address, want := range map[string]replica.Kind{
		"http://cloud.example.org/dav": replica.Insecure, "ftp://cloud.example.org": replica.Broken, "https://u:p@cloud.example.org": replica.Broken,
		strings.Replace(srv.URL, "127.0.0.1", "192.0.2.7", 1): replica.Insecure,
	} {
		_, err := webdav.New(webdav.Config{Address: address})
		kind(t, err, want)
	}
}
