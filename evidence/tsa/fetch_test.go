package tsa_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"constat/evidence/tsa"
)

// Sources of revocation records of every bad kind: each is a problem that says
// what it was, and none is kept.
func TestFetchRevocationFromBadSources(t *testing.T) {
	f := newRevocationForge(t)
	good := f.crl(t).Raw
	stale := newRevocationForge(t)
	stale.from, stale.until = stamped.AddDate(0, 0, -9), stamped.AddDate(0, 0, -8)
	foreign := newRevocationForge(t)
	form := rootForm()
	form.key, form.keyUsage = otherKey(), x509.KeyUsageCRLSign|x509.KeyUsageCertSign
	foreign.issuer, foreign.issuerKey = form.issue(t, nil, otherKey()), otherKey()
	mux := http.NewServeMux()
	var hits atomic.Int64
	serve := func(path string, body []byte) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { hits.Add(1); _, _ = w.Write(body) })
	}
	serve("/good", good)
	serve("/stale", stale.crl(t).Raw)
	serve("/foreign", foreign.crl(t).Raw)
	serve("/html", []byte("<html>Please sign in</html>"))
	serve("/large", make([]byte, tsa.MaxCRL+1))
	serve("/ocsp-large", make([]byte, tsa.MaxOCSP+1))
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good", http.StatusFound) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	web := httptest.NewServer(mux)
	defer web.Close()

	fetch := func(ctx context.Context, ocsp, crl []string) ([]tsa.RevocationRecord, []tsa.RevocationProblem) {
		cert := *f.cert
		cert.OCSPServer, cert.CRLDistributionPoints = ocsp, crl
		ts := &tsa.Timestamp{Time: stamped}
		ts.Chain = append(ts.Chain, &cert, f.root)
		var client tsa.Client
		if strings.HasSuffix(crl[0], "/silent") {
			client.Timeout = soon
		}
		return client.FetchRevocation(ctx, ts)
	}
	for _, c := range []struct {
		url  string
		want tsa.ErrorKind // "" if a record is had
	}{
		{web.URL + "/good", ""},
		{web.URL + "/moved", ""},
		{web.URL + "/stale", tsa.Stale},
		{web.URL + "/foreign", tsa.NotValid},
		{web.URL + "/html", tsa.Garbled},
		{web.URL + "/large", tsa.TooLarge},
		{web.URL + "/nowhere", tsa.BadStatus},
		{web.URL + "/file", tsa.BadRedirect},
		{web.URL + "/silent", tsa.TimedOut},
		{strings.Replace(web.URL, "http:", "https:", 1) + "/good", tsa.BadAddress},
		{"ldap://127.0.0.1/cn=x", tsa.BadAddress},
		{"file:///etc/passwd", tsa.BadAddress},
		{"http://", tsa.BadAddress},
		{"\x00", tsa.BadAddress},
	} {
		records, problems := fetch(t.Context(), nil, []string{c.url})
		if c.want == "" {
			if len(records) != 1 || len(problems) != 0 || records[0].URL != c.url || records[0].Subject != f.cert.Subject.String() ||
				time.Since(records[0].Fetched) > time.Hour {
				t.Errorf("%s: %v %+v", c.url, records, problems)
			}
		} else if len(records) != 0 || len(problems) != 1 || problems[0].Why != c.want || problems[0].Kind != tsa.KindCRL || problems[0].Detail == "" {
			t.Errorf("%q: %v %+v", c.url, records, problems)
		}
	}
	if _, problems := fetch(t.Context(), []string{web.URL + "/ocsp-large"}, []string{web.URL + "/good"}); len(problems) != 1 || problems[0].Why != tsa.TooLarge {
		t.Errorf("%+v", problems)
	}
	if records, problems := fetch(t.Context(), nil, []string{web.URL + "/html", web.URL + "/good"}); len(records) != 1 || len(problems) != 0 {
		t.Errorf("the second of two is good: %v %+v", records, problems)
	}
	hits.Store(0)
	var many []string
	for n := range 20 {
		many = append(many, fmt.Sprintf("%s/html?%d", web.URL, n))
	}
	if _, problems := fetch(t.Context(), nil, many); len(problems) != 3 || hits.Load() != 3 {
		t.Errorf("%d problems, %d requests", len(problems), hits.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if records, problems := fetch(ctx, many, many); len(records) != 0 || len(problems) != 2 || problems[0].Why != tsa.Canceled {
		t.Errorf("cancelled: %+v", problems)
	}
}
