// Package web is how places are reached over a network: encrypted, and nowhere else than where the
// person said.
//
// # What it does
//
// [Guard] is the transport of every client of a place.
//
// # How to use it
//
//	client.Transport = web.Guard(address, nil)
//
// # What it promises
//
// Nothing is sent, and so no credentials either, over a connection that is not encrypted, but to
// this device itself; and nothing to another host than the one of the address, wherever a server
// redirects to. Answers that are lists are bounded.
//
// # What it does not do
//
// It knows neither stores nor credentials. Names that belong to one store (subdomains of
// amazonaws.com) count as one host.
package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"constat/evidence/replica"
)

// Address reads the address of a place.
func Address(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &replica.PlaceError{Kind: replica.Broken, Err: errors.New("not the address of a place")}
	}
	if u.Scheme == "http" && !local(u.Hostname()) {
		return nil, &replica.PlaceError{Kind: replica.Insecure, Err: errors.New("the address is not https")}
	}
	return u, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// maxAnswer bounds what is not a file: lists of names.
const maxAnswer = 64 << 20

// Guard sends to the host of an address alone. base is what sends, a transport of its own if nil.
func Guard(to *url.URL, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 20 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   20 * time.Second,
			ResponseHeaderTimeout: time.Minute,
			IdleConnTimeout:       time.Minute,
			MaxIdleConnsPerHost:   4,
		}
	}
	return &guard{to: to, base: base}
}

type guard struct {
	to   *url.URL
	base http.RoundTripper
}

const family = ".amazonaws.com"

func (g *guard) allows(u *url.URL) bool {
	if u.Scheme != g.to.Scheme {
		return false
	}
	if strings.EqualFold(u.Host, g.to.Host) {
		return true
	}
	return strings.HasSuffix(strings.ToLower(g.to.Host), family) && strings.HasSuffix(strings.ToLower(u.Host), family)
}

// RoundTrip implements [http.RoundTripper].
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.allows(r.URL) {
		return nil, &replica.PlaceError{Kind: replica.Insecure, Err: fmt.Errorf("it leads to another host, %.100s", r.URL.Host)}
	}
	rs, err := g.base.RoundTrip(r)
	if err == nil && (r.Method == "PROPFIND" || r.Method == http.MethodGet && isAnswer(r.URL.Query())) {
		rs.Body = &bounded{r: io.LimitReader(rs.Body, maxAnswer), Closer: rs.Body}
	}
	return rs, err
}

// isAnswer tells a list or a setting from an object, an older version of which is asked for by query, too.
func isAnswer(q url.Values) bool {
	q.Del("versionId")
	q.Del("partNumber")
	return len(q) > 0
}

type bounded struct {
	r io.Reader
	io.Closer
}

func (b *bounded) Read(p []byte) (int, error) { return b.r.Read(p) }

// During binds every request to a context, for clients that know none.
func During(ctx context.Context, base http.RoundTripper) http.RoundTripper { return during{ctx, base} }

type during struct {
	ctx  context.Context
	base http.RoundTripper
}

func (d during) RoundTrip(r *http.Request) (*http.Response, error) {
	return d.base.RoundTrip(r.WithContext(d.ctx))
}

// Failed sorts what went wrong by the status of an answer, 0 if there was none.
func Failed(ctx context.Context, status int, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*replica.PlaceError](err); ok {
		return e
	}
	kind := replica.Broken
	switch {
	case status == http.StatusNotFound:
		return replica.ErrMissing
	case status == http.StatusPreconditionFailed:
		return replica.ErrThere
	case status == http.StatusInsufficientStorage:
		kind = replica.Full
	case status == http.StatusUnauthorized,
		status == http.StatusForbidden,
		status == http.StatusMethodNotAllowed,
		status == http.StatusLocked:
		kind = replica.Refused
	case status >= 300 && status < 400:
		kind = replica.Insecure
	case status == 0, status == http.StatusTooManyRequests, status >= 500 && status != http.StatusNotImplemented:
		kind = replica.Unreachable
	}
	return &replica.PlaceError{Kind: kind, Err: err}
}
