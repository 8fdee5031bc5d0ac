package s3test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Proxy stands before a store and can be told to answer in its place, to wait, to cut or to lie.
type Proxy struct {
	Locked, Open string // as of the store, but through the proxy

	mu    sync.Mutex
	asked int
	do    func(n int, w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter, *http.Request))
}

// Proxy puts one before the store; it ends with the test.
func (s *Store) Proxy(t testing.TB) *Proxy {
	t.Helper()
	to, err := url.Parse(s.Open)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{}
	// The host that a request was signed for is kept.
	through := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host})
			r.Out.Host = r.In.Host
		},
		FlushInterval: -1,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked++
		n, do := p.asked, p.do
		p.mu.Unlock()
		if do == nil {
			through.ServeHTTP(w, r)
			return
		}
		do(n, w, r, through.ServeHTTP)
	}))
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	p.Locked = strings.Replace(s.Locked, to.Host, srv.Listener.Addr().String(), 1)
	p.Open = strings.Replace(s.Open, to.Host, srv.Listener.Addr().String(), 1)
	return p
}

// Do has the proxy answer each request so; n counts them from 1, anew with each call. pass hands one on
// to the store. nil: all are handed on. It returns how many came before.
func (p *Proxy) Do(do func(n int, w http.ResponseWriter, r *http.Request, pass func(http.ResponseWriter, *http.Request))) (before int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, p.asked, p.do = p.asked, 0, do
	return before
}
