package tsa

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"constat/evidence"

	"golang.org/x/crypto/ocsp"
)

// Kinds of [RevocationProblem] besides those of [AuthorityError].
const (
	NotNamed ErrorKind = "not-named" // the certificate says of no http address where to ask
	NotValid ErrorKind = "not-valid" // an answer that is not signed by the issuer, or about something else
	Stale    ErrorKind = "stale"     // an answer that was out of date at the token's time
)

// maxRevocationURLs is how many addresses of one kind are tried for one certificate.
const maxRevocationURLs = 3

// RevocationProblem says why there is no record of one kind for a certificate.
type RevocationProblem struct {
	Kind    RevocationKind // what was wanted
	Subject string         // of the certificate, RFC 4514, cleaned
	URL     string         // cleaned; empty if none is named
	Why     ErrorKind
	Status  int    // HTTP status if there was one, else 0
	Detail  string // facts, cleaned
}

// FetchRevocation asks what the certificates of a verified timestamp's chain,
// root excepted, name as sources of their revocation status: OCSP (RFC 6960)
// and CRLs (RFC 5280 clause 4.2.1.13), both where both are named. Only plain
// http is followed: an https source would need certificates to be checked in
// order to check certificates (RFC 5280 clause 8). Each address has the
// client's time limit. What comes back has been verified as [Verify] will do
// again; what was refused or could not be had is a problem, not an error.
//
// The certification authority learns that somebody looks at this timestamp
// authority's certificate, and nothing else.
func (c *Client) FetchRevocation(ctx context.Context, ts *Timestamp) ([]RevocationRecord, []RevocationProblem) {
	if ts == nil || len(ts.Chain) < 2 {
		return nil, nil
	}
	var records []RevocationRecord
	var problems []RevocationProblem
	for i, cert := range ts.Chain[:len(ts.Chain)-1] {
		if len(cert.OCSPServer)+len(cert.CRLDistributionPoints) == 0 {
			problems = append(problems, RevocationProblem{Subject: nameOf(cert), Why: NotNamed})
			continue
		}
		ask := revocationAsk{c, cert, ts.Chain[i+1], ts}
		for _, kind := range []RevocationKind{KindOCSP, KindCRL} {
			urls := cert.OCSPServer
			if kind == KindCRL {
				urls = cert.CRLDistributionPoints
			}
			if len(urls) == 0 || slices.ContainsFunc(records, func(r RevocationRecord) bool {
				_, err := ask.check(r)
				return r.Kind == kind && err == nil
			}) {
				continue // one list serves every certificate of its issuer
			}
			record, failed := ask.fetch(ctx, kind, urls)
			if record != nil {
				records = append(records, *record)
			} else {
				problems = append(problems, failed...)
			}
		}
	}
	return records, problems
}

func nameOf(cert *x509.Certificate) string { return evidence.Clean(cert.Subject.String()) }

// revocationAsk is the question about one certificate.
type revocationAsk struct {
	client       *Client
	cert, issuer *x509.Certificate
	ts           *Timestamp
}

// fetch tries the addresses of one kind in turn.
func (a revocationAsk) fetch(ctx context.Context, kind RevocationKind, urls []string) (*RevocationRecord, []RevocationProblem) {
	var failed []RevocationProblem
	for _, address := range urls[:min(len(urls), maxRevocationURLs)] {
		record := RevocationRecord{Kind: kind, URL: evidence.Clean(address), Subject: nameOf(a.cert)}
		problem := RevocationProblem{Kind: kind, Subject: record.Subject, URL: record.URL}
		var err error
		record.Raw, problem.Status, problem.Why, err = a.get(ctx, kind, address)
		record.Fetched = a.client.now().UTC()
		if err == nil {
			if problem.Why, err = a.check(record); err == nil {
				return &record, nil
			}
		}
		problem.Detail = evidence.Shorten(err.Error(), maxDetail)
		failed = append(failed, problem)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, failed
}

// check says what is wrong with a record, or nothing.
func (a revocationAsk) check(r RevocationRecord) (ErrorKind, error) {
	parsed, err := parseRecord(r)
	if err != nil {
		return Garbled, err
	}
	s, err := parsed.about(a.cert, a.issuer)
	switch {
	case err != nil:
		return NotValid, err
	case !s.revoked && !s.covers(a.ts.Time, a.cert):
		return Stale, errStale
	}
	return "", nil
}

// get makes the one request.
func (a revocationAsk) get(ctx context.Context, kind RevocationKind, address string) (raw []byte, status int, why ErrorKind, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return nil, 0, BadAddress, errors.New("not an http address")
	}
	ctx, cancel := context.WithTimeout(ctx, a.client.timeout())
	defer cancel()
	method, limit, query := http.MethodGet, MaxCRL, []byte(nil)
	if kind == KindOCSP {
		method, limit = http.MethodPost, MaxOCSP
		if query, err = ocsp.CreateRequest(a.cert, a.issuer, nil); err != nil {
			return nil, 0, BadAddress, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(query))
	if err != nil {
		return nil, 0, BadAddress, err
	}
	if kind == KindOCSP {
		req.Header.Set("Content-Type", "application/ocsp-request")
		req.Header.Set("Accept", "application/ocsp-response")
	}
	resp, err := a.client.http().Do(req)
	if err != nil {
		return nil, 0, kindOf(ctx, err), err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, resp.StatusCode, BadStatus, errors.New(resp.Status)
	}
	if raw, err = io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1)); err != nil {
		return nil, resp.StatusCode, kindOf(ctx, err), err
	}
	if len(raw) > limit {
		return nil, resp.StatusCode, TooLarge, fmt.Errorf("more than %d bytes", limit)
	}
	return raw, resp.StatusCode, "", nil
}
