package tsatest_test

import (
	"bytes"
	"crypto"
	"io"
	"math/big"
	"net/http"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa/tsatest"

	"github.com/digitorus/timestamp"
)

func query(t *testing.T, data string) []byte {
	t.Helper()
	sum := evidence.Sum([]byte(data))
	q, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: big.NewInt(9)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func post(t *testing.T, url string, q []byte) (status int, media string, body []byte, err error) {
	t.Helper()
	resp, err := http.Post(url, "application/timestamp-query", bytes.NewReader(q))
	if err != nil {
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("Content-Type"), body, err
}

// Each fault is what it is called; tests elsewhere build on it.
func TestFaults(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{Name: "mine"})
	q := query(t, "x")
	const reply, html = "application/timestamp-reply", "text/html"
	hits := 0
	for _, c := range []struct {
		fault  tsatest.Fault
		status int
		media  string
		good   bool // a token about x is in it
	}{
		{tsatest.None, 200, reply, true},
		{tsatest.Created, 201, reply, true},
		{tsatest.WrongType, 200, html, true},
		{tsatest.HTML, 200, html, false},
		{tsatest.Truncated, 200, reply, false},
		{tsatest.TooLarge, 200, reply, false},
		{tsatest.Rejects, 200, reply, false},
		{tsatest.OtherDigest, 200, reply, false},
		{tsatest.Offline, 0, "", false},
	} {
		s.SetFault(c.fault)
		hits++
		status, media, body, err := post(t, s.URL, q)
		if (err != nil) != (c.fault == tsatest.Offline) || status != c.status || media != c.media {
			t.Errorf("%q: %d %s %v", c.fault, status, media, err)
		}
		ts, parseErr := timestamp.ParseResponse(body)
		sum := evidence.Sum([]byte("x"))
		if good := parseErr == nil && bytes.Equal(ts.HashedMessage, sum[:]); good != c.good {
			t.Errorf("%q: good is %v, %v", c.fault, good, parseErr)
		}
		if s.Hits() != hits {
			t.Errorf("%q: %d hits", c.fault, s.Hits())
		}
	}
	s.SetFault(tsatest.Broken)
	if status, _, _, err := post(t, s.URL, q); err != nil || status != 500 {
		t.Error(status, err)
	}
	s.SetFault(tsatest.Replays)
	_, _, first, _ := post(t, s.URL, q)
	_, _, second, _ := post(t, s.URL, query(t, "y"))
	if len(first) == 0 || !bytes.Equal(first, second) {
		t.Error("it does not replay")
	}
	if a := s.Authority(); a.Name != "mine" || a.URL != s.URL || a.RootsPEM != s.RootPEM || a.Practice {
		t.Errorf("%+v", a)
	}
	if _, _, _, err := post(t, tsatest.ClosedPort(t), q); err == nil {
		t.Error("somebody listens at a closed port")
	}
}
