package tsa

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/algorithm"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	queryType = "application/timestamp-query" // RFC 3161 clause 3.4
	replyType = "application/timestamp-reply"

	// defaultTimeout is how long one question may take, redirects included.
	defaultTimeout = 30 * time.Second

	maxRedirects = 3
	maxHeader    = 64 << 10 // bytes of HTTP headers
	nonceBytes   = 8        // 64 bits; some authorities take no more
)

// Client asks authorities. The zero value is ready to use.
type Client struct {
	// HTTP asks; nil means a client of our own: no proxy, no cookies, no kept
	// connections. Its CheckRedirect is replaced.
	HTTP    *http.Client
	Now     func() time.Time // nil: time.Now
	Rand    io.Reader        // nil: crypto/rand
	Timeout time.Duration    // 0: defaultTimeout
}

// Reply is what an authority answered. It is not verified.
type Reply struct {
	Raw            []byte   // the whole TimeStampResp as received, BER or DER
	Query          []byte   // the TimeStampReq as sent, DER
	Nonce          *big.Int // as sent
	Sent, Received time.Time
}

// Window is the span in which the authority answered, with the default tolerance.
func (r Reply) Window() *Window { return &Window{From: r.Sent, To: r.Received} }

// Ask sends a digest to an authority (RFC 3161 clauses 2.4.1 and 3.4) and
// returns its reply, which is granted but not verified: see [Verify]. A
// failure that the authority or the network caused is an *[AuthorityError];
// if ctx ended, errors.Is finds its cause in it.
func (c *Client) Ask(ctx context.Context, a evidence.Authority, digest evidence.Digest) (Reply, error) {
	return c.AskImprint(ctx, a, ImprintOf(digest))
}

// Imprint is what a timestamp is over: the digest of something by one hash function.
type Imprint struct {
	Hash crypto.Hash
	Sum  []byte
}

// ImprintOf is that of a digest by SHA-256.
func ImprintOf(digest evidence.Digest) Imprint { return Imprint{crypto.SHA256, digest[:]} }

// Verify is [Verify] for a reply that has to be over this.
func (m Imprint) Verify(raw []byte, o Options) (*Timestamp, []evidence.Check) {
	var digest evidence.Digest
	if m.Hash == crypto.SHA256 && len(m.Sum) == len(digest) {
		digest = evidence.Digest(m.Sum)
	}
	o.Imprints = map[crypto.Hash][]byte{m.Hash: m.Sum}
	return Verify(raw, digest, o)
}

func (m Imprint) computed() bool {
	return m.Hash.Available() && len(m.Sum) == m.Hash.Size() && len(bytes.Trim(m.Sum, "\x00")) > 0
}

// AskImprint is Ask for a digest by any hash function. Not every authority takes every one: it says
// so by refusing.
func (c *Client) AskImprint(ctx context.Context, a evidence.Authority, imprint Imprint) (Reply, error) {
	if !imprint.computed() {
		return Reply{}, errors.New("timestamp: digest was never computed")
	}
	query, nonce, err := c.query(imprint)
	if err != nil {
		return Reply{}, fmt.Errorf("timestamp query: %w", err)
	}
	failed := func(kind ErrorKind, status int, detail string, err error) (Reply, error) {
		return Reply{}, &AuthorityError{Authority: a.Name, URL: a.URL, Kind: kind, Status: status,
			Detail: evidence.Shorten(detail, maxDetail), Err: err,
			portal: kind == BadType && isPage(detail) || kind == BadStatus && status == http.StatusNetworkAuthenticationRequired ||
				errors.Is(err, errOtherHost)}
	}
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return failed(BadAddress, 0, "", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(query))
	if err != nil {
		return failed(BadAddress, 0, "", err)
	}
	// No User-Agent of our own: most authorities are asked in the clear, and
	// whoever watches the network need not learn which program this is.
	req.Header.Set("Content-Type", queryType)
	req.Header.Set("Accept", replyType)

	reply := Reply{Query: query, Nonce: nonce, Sent: c.now()}
	resp, err := c.http().Do(req)
	if err != nil {
		return failed(kindOf(ctx, err), 0, "", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 { // some answer 201
		return failed(BadStatus, resp.StatusCode, "", nil)
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || media != replyType {
		return failed(BadType, resp.StatusCode, resp.Header.Get("Content-Type"), nil)
	}
	if reply.Raw, err = io.ReadAll(io.LimitReader(resp.Body, MaxReply+1)); err != nil {
		return failed(kindOf(ctx, err), resp.StatusCode, "", err)
	}
	reply.Received = c.now()
	if len(reply.Raw) > MaxReply {
		return failed(TooLarge, resp.StatusCode, fmt.Sprintf("more than %d bytes", MaxReply), nil)
	}
	parsed, err := parseResponse(reply.Raw)
	switch {
	case err != nil:
		return failed(Garbled, resp.StatusCode, "", err)
	case parsed.bare:
		return failed(Garbled, resp.StatusCode, "a token without a reply around it", nil)
	case !parsed.granted():
		return failed(Refused, resp.StatusCode, parsed.describe(), nil)
	case len(parsed.token) == 0:
		return failed(Garbled, resp.StatusCode, "granted, but there is no token", nil)
	}
	return reply, nil
}

// query makes a TimeStampReq for a digest (RFC 3161 clause 2.4.1) that asks for
// the certificates, with a fresh nonce.
func (c *Client) query(imprint Imprint) ([]byte, *big.Int, error) {
	random := c.Rand
	if random == nil {
		random = rand.Reader
	}
	b := make([]byte, nonceBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, nil, err
	}
	nonce := new(big.Int).SetBytes(b)
	oid, err := algorithm.OID(imprint.Hash)
	if err != nil {
		return nil, nil, err
	}
	var q cryptobyte.Builder
	q.AddASN1(casn1.SEQUENCE, func(q *cryptobyte.Builder) {
		q.AddASN1Int64(1)
		q.AddASN1(casn1.SEQUENCE, func(q *cryptobyte.Builder) {
			q.AddASN1(casn1.SEQUENCE, func(q *cryptobyte.Builder) {
				q.AddASN1ObjectIdentifier(oid)
				q.AddASN1NULL() // some authorities want it, though RFC 5754 clause 2 does without
			})
			q.AddASN1OctetString(imprint.Sum)
		})
		q.AddASN1BigInt(nonce)
		q.AddASN1Boolean(true)
	})
	der, err := q.Bytes()
	return der, nonce, err
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return defaultTimeout
}

func (c *Client) http() *http.Client {
	own := http.Client{}
	if c.HTTP != nil {
		own = *c.HTTP
	} else {
		own.Transport = &http.Transport{
			DialContext:            (&net.Dialer{Timeout: defaultTimeout}).DialContext,
			ForceAttemptHTTP2:      true,
			DisableKeepAlives:      true,
			DisableCompression:     true,
			TLSHandshakeTimeout:    defaultTimeout,
			MaxResponseHeaderBytes: maxHeader,
		}
	}
	own.CheckRedirect = checkRedirect
	return &own
}

// isPage reports whether a media type is that of a web page.
func isPage(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "text/html" || media == "application/xhtml+xml")
}

var (
	errRedirect  = errors.New("redirect is not followed")
	errOtherHost = errors.New("to another host")
)

// checkRedirect follows a few redirects that keep the question a POST (307,
// 308) or a GET, from http to http or https and from https to https only.
func checkRedirect(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	if req.Method != via[0].Method && req.URL.Hostname() != via[0].URL.Hostname() {
		return fmt.Errorf("%w: it drops the question and leads %w", errRedirect, errOtherHost)
	}
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: more than %d", errRedirect, maxRedirects)
	case req.Method != via[0].Method:
		return fmt.Errorf("%w: it drops the question", errRedirect)
	case req.URL.Scheme != "https" && (req.URL.Scheme != "http" || last.Scheme == "https"):
		return fmt.Errorf("%w: from %s to %.20q", errRedirect, last.Scheme, req.URL.Scheme)
	}
	return nil
}

// kindOf sorts the errors of a question that got no answer.
func kindOf(ctx context.Context, err error) ErrorKind {
	var timeout net.Error
	switch {
	case errors.Is(err, errRedirect):
		return BadRedirect
	case errors.Is(ctx.Err(), context.Canceled):
		return Canceled
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	}
	return Unreachable
}
