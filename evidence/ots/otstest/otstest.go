// Package otstest is an OpenTimestamps calendar for tests, on loopback, with a chain
// of its own that costs nothing.
//
// # How to use it
//
//	calendar := otstest.Start(t)
//	ask(calendar.URL)          // POST /digest
//	calendar.Confirm()         // from now on it gives ways to a block
//	calendar.Headers()         // the headers of those blocks, in hexadecimal
//
// # What it promises
//
// It writes its answers without package ots, by the format alone.
//
// # What it does not do
//
// Its blocks are no blocks of Bitcoin: almost no work is in them.
package otstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Height is the number that its first block has by its own account.
const Height = 900000

// Calendar takes digests in. Answer, if it is set, answers in its place.
type Calendar struct {
	URL    string
	Answer http.HandlerFunc

	mu        sync.Mutex
	asked     [][]byte // what was sent
	taken     [][]byte // what it promised
	confirmed bool
	made      time.Time
}

// Start runs one up to the test's end.
func Start(t testing.TB) *Calendar {
	t.Helper()
	c := &Calendar{made: time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC)}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	c.URL = s.URL
	return c
}

// Confirm brings all that was taken, and what comes, into blocks.
func (c *Calendar) Confirm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.confirmed = true
}

// Asked is what it was sent, so all that it knows.
func (c *Calendar) Asked() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// Headers are those of its blocks, one for each digest.
func (c *Calendar) Headers() (out []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.taken {
		out = append(out, hex.EncodeToString(c.header(x)))
	}
	return out
}

var before, behind = []byte("a transaction of nobody: "), []byte(", and its end")

const nonce = "calendar"

func twice(b []byte) []byte {
	a := sha256.Sum256(b)
	a = sha256.Sum256(a[:])
	return a[:]
}

func (c *Calendar) header(commitment []byte) []byte {
	h := make([]byte, 80)
	h[0] = 4
	copy(h[36:], twice(bytes.Join([][]byte{before, commitment, behind}, nil)))
	binary.LittleEndian.PutUint32(h[68:], uint32(c.made.Unix()))
	binary.LittleEndian.PutUint32(h[72:], 0x207fffff) // every second hash will do
	for n := uint32(0); ; n++ {
		binary.LittleEndian.PutUint32(h[76:], n)
		if twice(h)[31] < 0x7f {
			return h
		}
	}
}

// piece is a length below 128 and as many bytes.
func piece(b []byte) []byte { return append([]byte{byte(len(b))}, b...) }

// Pending is the attestation that promises.
func Pending(address string) []byte {
	tag, _ := hex.DecodeString("0083dfe30d2ef90c8e")
	return append(tag, piece(piece([]byte(address)))...)
}

// Bitcoin is the attestation that names a block.
func Bitcoin(height uint64) []byte {
	tag, _ := hex.DecodeString("000588960d73d71901")
	return append(tag, piece(binary.AppendUvarint(nil, height))...)
}

// ServeHTTP answers as a calendar does.
func (c *Calendar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.Answer != nil {
		c.Answer(w, r)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	name, isQuestion := strings.CutPrefix(r.URL.Path, "/timestamp/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/digest":
		digest, err := io.ReadAll(io.LimitReader(r.Body, 65))
		if err != nil || len(digest) > 64 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.asked = append(c.asked, digest)
		sum := sha256.Sum256(append([]byte(nonce), digest...))
		c.taken = append(c.taken, sum[:])
		out := append([]byte{0xf1}, piece([]byte(nonce))...)
		w.Write(append(append(out, 0x08), Pending(c.URL)...))
	case isQuestion && c.confirmed:
		for i, x := range c.taken {
			if hex.EncodeToString(x) == name {
				out := append([]byte{0xf1}, piece(before)...)
				out = append(append(out, 0xf0), piece(behind)...)
				w.Write(append(append(out, 0x08, 0x08), Bitcoin(Height+uint64(i))...))
				return
			}
		}
		fallthrough
	default:
		http.Error(w, "Pending confirmation in Bitcoin blockchain", http.StatusNotFound)
	}
}
