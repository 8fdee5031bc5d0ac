// Package prooftest fills cases with timestamped exhibits, for tests and benchmarks.
//
// # What it does
//
// [Case.Grow] writes address-only records into a case of a vault, each with a real
// reply of the practice authorities that [New] starts. It writes what a capture
// would, without the program's own code for it.
//
// # What it does not do
//
// It is for tests alone; a wall keeps everything else from importing it.
package prooftest

import (
	"strconv"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/vault"
)

// Case is a practice case that grows.
type Case struct {
	Authorities []evidence.Authority // on loopback, until the test ends
	N           int                  // exhibits so far

	now func() time.Time
}

// New starts two authorities.
func New(t testing.TB, now func() time.Time) *Case {
	t.Helper()
	x := &Case{now: now}
	for _, name := range []string{"one", "two"} {
		authority, err := practice.New(now)
		if err != nil {
			t.Fatal(err)
		}
		url, stop, err := authority.Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		described := authority.Describe(url)
		described.Name = name
		x.Authorities = append(x.Authorities, described)
	}
	return x
}

// Grow adds exhibits to c until there are n.
func (x *Case) Grow(t testing.TB, c *vault.Case, n int) {
	t.Helper()
	for ; x.N < n; x.N++ {
		e := Record(t, c, "https://example.org/"+strconv.Itoa(x.N), evidence.MomentOf(x.now()), x.Authorities)
		client := &tsa.Client{Now: x.now}
		for _, a := range x.Authorities {
			reply, err := client.Ask(t.Context(), a, e.ManifestDigest)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.AddReply(t.Context(), e.ID, a, reply.Raw, reply.Nonce.Bytes(), reply.Sent, reply.Received); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Record writes an address-only record that nobody was asked to timestamp yet.
func Record(t testing.TB, c *vault.Case, address string, now evidence.Moment, authorities []evidence.Authority) vault.Exhibit {
	t.Helper()
	m := evidence.Manifest{
		Kind:         evidence.AddressOnly,
		Started:      now,
		Finished:     now,
		Outcome:      evidence.Complete,
		Case:         c.Info().ID,
		Software:     evidence.Software{Name: "Constat", Version: "test"},
		Request:      &evidence.Request{Address: address},
		Problems:     []evidence.Problem{},
		Clock:        []evidence.ClockCheck{},
		Precondition: []evidence.Precondition{},
		Redactions:   []evidence.Redaction{},
	}
	if c.Info().Practice {
		m.Practice = evidence.PracticeMark
	}
	e, err := c.Commit(
		t.Context(),
		c.NewDraft(),
		evidence.ActRecorded,
		func(id string, head evidence.LogHead, list []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			m.Exhibit, m.CustodyHead, m.Artifacts = id, head, append([]evidence.Artifact{}, list...)
			b, err := m.Encode()
			return b, evidence.Sum(b), nil, err
		},
		authorities,
	)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
