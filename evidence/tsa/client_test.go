package tsa_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"

	"github.com/digitorus/timestamp"
)

// soon is long enough for a loopback answer and short enough for a test of silence.
const soon = 300 * time.Millisecond

func kindOf(t *testing.T, err error) tsa.ErrorKind {
	t.Helper()
	var ae *tsa.AuthorityError
	if !errors.As(err, &ae) {
		t.Fatalf("%v is no AuthorityError", err)
	}
	if ae.Authority == "" || ae.URL == "" || !strings.Contains(ae.Error(), string(ae.Kind)) {
		t.Errorf("facts are missing: %+v", ae)
	}
	return ae.Kind
}

func TestAskWhenTheAuthorityMisbehaves(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "bad"})
	digest := evidence.Sum(payload)
	for fault, want := range map[tsatest.Fault]struct {
		kind   tsa.ErrorKind
		status int
		detail string
	}{
		tsatest.Offline:   {tsa.Unreachable, 0, ""},
		tsatest.Silent:    {tsa.TimedOut, 0, ""},
		tsatest.Broken:    {tsa.BadStatus, 500, ""},
		tsatest.WrongType: {tsa.BadType, 200, "text/html"},
		tsatest.HTML:      {tsa.BadType, 200, "text/html"},
		tsatest.TooLarge:  {tsa.TooLarge, 200, strconv.Itoa(tsa.MaxReply)},
		tsatest.Truncated: {tsa.Garbled, 200, ""},
		tsatest.Rejects:   {tsa.Refused, 200, "rejection, badDataFormat"},
	} {
		t.Run(string(fault), func(t *testing.T) {
			authority.SetFault(fault)
			c := tsa.Client{}
			if fault == tsatest.Silent {
				c.Timeout = soon
			}
			_, err := c.Ask(t.Context(), authority.Authority(), digest)
			if kind := kindOf(t, err); kind != want.kind {
				t.Fatalf("%v: %v", kind, err)
			}
			var ae *tsa.AuthorityError
			if errors.As(err, &ae); ae.Status != want.status || !strings.Contains(ae.Detail, want.detail) {
				t.Errorf("%+v", ae)
			}
		})
	}
	authority.SetFault(tsatest.None)
	if _, err := new(tsa.Client).Ask(t.Context(), authority.Authority(), digest); err != nil {
		t.Errorf("after it came back: %v", err)
	}
}

func TestAskWhereNobodyIs(t *testing.T) {
	for url, want := range map[string]tsa.ErrorKind{
		tsatest.ClosedPort(t):  tsa.Unreachable,
		"ftp://127.0.0.1/":     tsa.BadAddress,
		"file:///etc/passwd":   tsa.BadAddress,
		"http://":              tsa.BadAddress,
		"http://127.0.0.1:x/":  tsa.BadAddress,
		"timestamp authority!": tsa.BadAddress,
	} {
		_, err := new(tsa.Client).Ask(t.Context(), evidence.Authority{Name: "x", URL: url}, evidence.Sum(payload))
		if kind := kindOf(t, err); kind != want {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Fault: tsatest.Silent})
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	_, err := new(tsa.Client).Ask(ctx, authority.Authority(), evidence.Sum(payload))
	if kindOf(t, err) != tsa.TimedOut || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	_, err = new(tsa.Client).Ask(ctx, authority.Authority(), evidence.Sum(payload))
	if kindOf(t, err) != tsa.Canceled || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAskWhenTheAnswerStopsHalfway(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write([]byte{0x30, 0x82})
		_ = http.NewResponseController(w).Flush()
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer srv.Close()
	c := tsa.Client{Timeout: soon}
	_, err := c.Ask(t.Context(), evidence.Authority{Name: "slow", URL: srv.URL}, evidence.Sum(payload))
	if kindOf(t, err) != tsa.TimedOut {
		t.Error(err)
	}
}

// What leaves the device: a digest, a number, and the wish for certificates.
func TestWhatIsSent(t *testing.T) {
	random := bytes.Repeat([]byte{0xA5}, 8)
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := newForge(t)
	f.nonce = new(big.Int).SetBytes(random)
	raw := f.build(t)
	var query []byte
	var header http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, _ = io.ReadAll(r.Body)
		header = r.Header
		w.Header().Set("Content-Type", "Application/Timestamp-Reply; charset=binary")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(raw)
	}))
	defer srv.Close()
	c := tsa.Client{Rand: bytes.NewReader(random), Now: func() time.Time { return clock }}
	digest := evidence.Sum(payload)
	reply, err := c.Ask(t.Context(), evidence.Authority{Name: "x", URL: srv.URL}, digest)
	if err != nil {
		t.Fatal(err)
	}
	req, err := timestamp.ParseRequest(query)
	if err != nil {
		t.Fatal(err)
	}
	if req.HashAlgorithm != crypto.SHA256 || !bytes.Equal(req.HashedMessage, digest[:]) || !req.Certificates ||
		req.Nonce.Cmp(f.nonce) != 0 || req.TSAPolicyOID != nil || len(req.Extensions) > 0 {
		t.Errorf("%+v", req)
	}
	if !bytes.Equal(reply.Raw, raw) || !bytes.Equal(reply.Query, query) || reply.Nonce.Cmp(f.nonce) != 0 ||
		!reply.Sent.Equal(clock) || !reply.Received.Equal(clock) {
		t.Errorf("%+v", reply)
	}
	for name := range header {
		switch name {
		case "Content-Type", "Content-Length", "Accept", "User-Agent", "Connection":
		default:
			t.Errorf("header %s is sent", name)
		}
	}
	if ua := header.Get("User-Agent"); strings.Contains(strings.ToLower(ua), "constat") {
		t.Errorf("the program names itself to the network: %s", ua)
	}
	if ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{Roots: f.options().Roots, Nonce: reply.Nonce}); ts == nil {
		t.Error(checks)
	}
}

func TestNothingIsAskedWithoutDigestOrRandomness(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{})
	if _, err := new(tsa.Client).Ask(t.Context(), authority.Authority(), evidence.Digest{}); err == nil {
		t.Error("asked about nothing")
	}
	c := tsa.Client{Rand: iotest.ErrReader(io.ErrClosedPipe)}
	if _, err := c.Ask(t.Context(), authority.Authority(), evidence.Sum(payload)); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	if authority.Hits() != 0 {
		t.Error("the authority was asked")
	}
}

func TestRedirects(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{})
	mux := http.NewServeMux()
	to := func(from, target string, status int) {
		mux.HandleFunc(from, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, status) })
	}
	to("/kept", authority.URL, http.StatusTemporaryRedirect)
	to("/permanent", authority.URL, http.StatusPermanentRedirect)
	to("/dropped", authority.URL, http.StatusFound)
	to("/loop", "/loop", http.StatusTemporaryRedirect)
	to("/file", "file:///etc/passwd", http.StatusTemporaryRedirect)
	plain, secure := httptest.NewServer(mux), httptest.NewUnstartedServer(mux)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it reports callers who do not trust it
	secure.StartTLS()
	defer plain.Close()
	defer secure.Close()
	mux.HandleFunc("/up", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secure.URL+"/nowhere", http.StatusTemporaryRedirect)
	})
	for _, c := range []struct {
		url  string
		want tsa.ErrorKind // "" if it is followed and answered
	}{
		{plain.URL + "/kept", ""},
		{plain.URL + "/permanent", ""},
		{plain.URL + "/dropped", tsa.BadRedirect},
		{plain.URL + "/loop", tsa.BadRedirect},
		{plain.URL + "/file", tsa.BadRedirect},
		{plain.URL + "/up", tsa.BadStatus}, // followed, and nothing is there
		{secure.URL + "/kept", tsa.BadRedirect},
	} {
		client := tsa.Client{HTTP: secure.Client()}
		_, err := client.Ask(t.Context(), evidence.Authority{Name: "x", URL: c.url}, evidence.Sum(payload))
		if c.want == "" && err == nil {
			continue
		}
		if err == nil || kindOf(t, err) != c.want {
			t.Errorf("%s: %v", c.url, err)
		}
	}
	// A certificate that nobody vouches for is no connection.
	_, err := new(tsa.Client).Ask(t.Context(), evidence.Authority{Name: "x", URL: secure.URL}, evidence.Sum(payload))
	if kindOf(t, err) != tsa.Unreachable {
		t.Error(err)
	}
}

// Text that an authority sends is clean and short before anybody reads it.
func TestRefusalTextIsCleaned(t *testing.T) {
	f := newForge(t)
	f.status, f.failBit, f.noToken = 2, 14, true
	f.text = "come back\n\u202elater " + strings.Repeat("x", 5000)
	raw := f.build(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(raw)
	}))
	defer srv.Close()
	_, err := new(tsa.Client).Ask(t.Context(), evidence.Authority{Name: "x", URL: srv.URL}, evidence.Sum(payload))
	var ae *tsa.AuthorityError
	if !errors.As(err, &ae) || ae.Kind != tsa.Refused || !strings.HasPrefix(ae.Detail, `rejection, timeNotAvailable, "come back later`) ||
		strings.ContainsAny(err.Error(), "\n\u202e") || len(ae.Detail) > 400 {
		t.Errorf("%+v", ae)
	}
}

func TestGrantedWithoutTokenIsGarbled(t *testing.T) {
	f := newForge(t)
	f.noToken = true
	raw := f.build(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(raw)
	}))
	defer srv.Close()
	_, err := new(tsa.Client).Ask(t.Context(), evidence.Authority{Name: "x", URL: srv.URL}, evidence.Sum(payload))
	if kindOf(t, err) != tsa.Garbled {
		t.Error(err)
	}
}
