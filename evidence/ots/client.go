package ots

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"constat/evidence"
)

// Calendars are those that the reference client asks (opentimestamps-client).
func Calendars() []string {
	return []string{
		"https://a.pool.opentimestamps.org",
		"https://b.pool.opentimestamps.org",
		"https://a.pool.eternitywall.com",
		"https://ots.btc.catallaxy.com",
	}
}

// known are whose calendars may be asked for the rest of a proof that names them: the
// list of the reference client. A proof is anybody's word, and must not make this
// device ask whomever it likes.
var known = []string{".calendar.opentimestamps.org", ".calendar.eternitywall.com", ".calendar.catallaxy.com"}

// Known reports whether a calendar that a proof names is one of those.
func Known(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && (u.Path == "" || u.Path == "/") && u.Port() == "" &&
		slices.ContainsFunc(known, func(end string) bool { return strings.HasSuffix(u.Hostname(), end) })
}

// What became of asking a calendar.
const (
	Taken       = "taken"        // it promises to bring the digest into a block
	Completed   = "completed"    // it gave a way to a block
	NotYet      = "not-yet"      // it has none so far
	NotAsked    = "not-asked"    // the proof names it, and nobody else does, or it is one too many
	TimedOut    = "timeout"      // it did not answer in time
	Unreachable = "unreachable"  // no connection
	Cancelled   = "cancelled"    // by whoever asked
	BadStatus   = "bad-status"   // it answered, and not with a proof
	TooLarge    = "too-large"    // it answered more than a proof may have, or this one with it
	Garbled     = "garbled"      // what it answered is no proof over what was asked
	BadAddress  = "bad-address"  // it cannot be asked
	BadRedirect = "bad-redirect" // it sent elsewhere
)

// Answer is what became of asking one.
type Answer struct {
	Calendar string `json:"calendar"`
	State    string `json:"state"`
}

const (
	media    = "application/vnd.opentimestamps.v1"
	maxReply = 10000 // bytes, as the reference client has it
	waits    = 20 * time.Second
	// maxAsked is how many calendars are asked about one proof: together they cannot
	// make more of it than [Max].
	maxAsked = 10
)

// Client asks calendars. The zero value is ready to use.
type Client struct {
	HTTP    *http.Client  // nil: one of our own; its CheckRedirect is replaced
	Rand    io.Reader     // nil: crypto/rand
	Timeout time.Duration // for one question; 0: 20 seconds
}

// Submit asks all calendars, up to ten, at once to take a digest in. The proof is nil if none did;
// an error means that nobody was asked.
func (c *Client) Submit(ctx context.Context, digest evidence.Digest, calendars []string) (*Proof, []Answer, error) {
	random := c.Rand
	if random == nil {
		random = rand.Reader
	}
	var nonce [16]byte
	if _, err := io.ReadFull(random, nonce[:]); err != nil {
		return nil, nil, err
	}
	p, end := begin(digest, nonce)
	answers := make([]Answer, len(calendars))
	nodes := make([]*node, len(calendars))
	var wg sync.WaitGroup
	for i, address := range calendars {
		if i >= maxAsked {
			answers[i] = Answer{Calendar: address, State: NotAsked}
			continue
		}
		wg.Go(func() {
			answers[i] = Answer{Calendar: address, State: Taken}
			b, bad := c.ask(ctx, http.MethodPost, address, "digest", end.message)
			if bad == "" {
				n, err := parseOver(b, end.message, begun)
				if err != nil {
					bad = Garbled
				}
				nodes[i] = n
			}
			if bad != "" {
				answers[i].State, nodes[i] = bad, nil
			}
		})
	}
	wg.Wait()
	taken := false
	for _, n := range nodes {
		if n != nil {
			end.merge(n)
			taken = true
		}
	}
	if !taken {
		return nil, answers, nil
	}
	return p, answers, nil
}

// Upgrade asks the calendars of pending attestations for the way to a block, and takes
// it in. It asks those of [Known] and those that are named here, and no others that a proof names.
func (c *Client) Upgrade(ctx context.Context, p *Proof, also []string) (changed bool, answers []Answer) {
	type question struct {
		at       *node
		depth    int
		calendar string
	}
	var named []question
	p.root.walkFrom(0, func(n *node, depth int) {
		if n.completed() || n.message == nil {
			return
		}
		for _, a := range n.attestations {
			if x := a.read(n.message); x.Kind == Pending {
				named = append(named, question{n, depth, x.Calendar})
			}
		}
	})
	asked := 0
	for _, q := range named {
		x := Answer{Calendar: q.calendar, State: NotAsked}
		may := Known(q.calendar) || slices.ContainsFunc(also, func(s string) bool { return strings.TrimSuffix(s, "/") == strings.TrimSuffix(q.calendar, "/") })
		if may && asked < maxAsked { // whom nobody named takes nobody's turn
			asked++
			x.State = c.complete(ctx, p, q.at, q.depth, q.calendar)
			changed = changed || x.State == Completed
		}
		answers = append(answers, x)
	}
	return changed, answers
}

func (c *Client) complete(ctx context.Context, p *Proof, at *node, depth int, calendar string) string {
	b, bad := c.ask(ctx, http.MethodGet, calendar, "timestamp/"+hex.EncodeToString(at.message), nil)
	if bad != "" {
		return bad
	}
	n, err := parseOver(b, at.message, depth)
	if err != nil || n.misnamed() {
		return Garbled
	}
	if !n.completed() {
		return NotYet
	}
	if len(p.Bytes())+len(b)+1 > Max || p.root.weight()+n.weight() > maxMessages {
		return TooLarge // what could not be read again is not written in the place of what can
	}
	at.merge(n)
	return Completed
}

// completed reports whether a way leads from here to a block.
func (n *node) completed() (yes bool) {
	n.walk(func(m *node) {
		for _, a := range m.attestations {
			yes = yes || a.tag == tagBitcoin && len(m.message) == rootLength
		}
	})
	return yes
}

// misnamed reports whether something is called the Merkle root of a block that cannot be one.
func (n *node) misnamed() (yes bool) {
	n.walk(func(m *node) {
		for _, a := range m.attestations {
			yes = yes || a.tag == tagBitcoin && m.message != nil && len(m.message) != rootLength
		}
	})
	return yes
}

// weight is how many bytes all messages have together.
func (n *node) weight() (sum int) {
	n.walk(func(m *node) { sum += len(m.message) })
	return sum
}

// Complete reports whether the proof leads to a block; which one, and whether it is so, is for a check.
func (p *Proof) Complete() bool { return p.root.completed() }

var errRedirect = errors.New("redirect is not followed")

// ask returns what a calendar answered, or why that is nothing.
func (c *Client) ask(ctx context.Context, method, address, path string, body []byte) (reply []byte, bad string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, BadAddress
	}
	limit := c.Timeout
	if limit == 0 {
		limit = waits
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, BadAddress
	}
	req.Header.Set("Accept", media)
	client := http.Client{Transport: &http.Transport{
		DialContext:       (&net.Dialer{Timeout: limit}).DialContext,
		DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: maxReply,
	}}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errRedirect }
	resp, err := client.Do(req)
	if err != nil {
		return nil, why(ctx, err)
	}
	defer resp.Body.Close()
	switch {
	case method == http.MethodGet && resp.StatusCode == http.StatusNotFound:
		return nil, NotYet
	case resp.StatusCode != http.StatusOK:
		return nil, BadStatus
	}
	if reply, err = io.ReadAll(io.LimitReader(resp.Body, maxReply+1)); err != nil {
		return nil, why(ctx, err)
	}
	if len(reply) > maxReply {
		return nil, TooLarge
	}
	return reply, ""
}

func why(ctx context.Context, err error) string {
	var slow net.Error
	switch {
	case errors.Is(err, errRedirect):
		return BadRedirect
	case errors.Is(ctx.Err(), context.Canceled):
		return Cancelled
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return TimedOut
	}
	return Unreachable
}
