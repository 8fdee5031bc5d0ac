package ots_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"testing"

	"constat/evidence/ots"
	"constat/evidence/ots/otstest"
)

// started is a file up to its first step.
func started() []byte {
	return append([]byte("\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"), digest[:]...)
}

// TestAProofIsNoBomb: a few bytes that turn a long message round again and again.
func TestAProofIsNoBomb(t *testing.T) {
	b := started()
	b = append(b, 0xf0, 0x80, 0x1f)
	b = append(b, make([]byte, 31<<7)...)
	end := otstest.Pending("")
	turns := bytes.Repeat([]byte{0xf2}, 240)
	for n := 0; len(b) < ots.Max-600; n++ {
		b = append(b, 0xff, 0xf0, 2, byte(n), byte(n>>8)) // each way is another one
		b = append(append(b, turns...), end...)
	}
	b = append(append(b, turns...), end...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ots.Parse(b)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
		t.Errorf("%d bytes became %d", len(b), grown)
	}
	if !errors.Is(err, ots.ErrProof) {
		t.Error(err)
	}
}

// TestABlockHasARootOf32Bytes: what a calendar calls a block, over anything else, completes nothing, so
// that it is asked again.
func TestABlockHasARootOf32Bytes(t *testing.T) {
	liar := otstest.Start(t)
	p, _ := submit(t, liar.URL)
	liar.Answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Write(append([]byte{0xf0, 1, 'x'}, otstest.Bitcoin(900000)...))
	}
	c := ots.Client{}
	if changed, answers := c.Upgrade(t.Context(), p, []string{liar.URL}); changed || answers[0].State != ots.Garbled || p.Complete() {
		t.Errorf("%t %v, complete: %t", changed, answers, p.Complete())
	}
}

// TestWhomNobodyNamedTakesNoTurn: a proof may name many calendars that are not asked; those that may be, are.
func TestWhomNobodyNamedTakesNoTurn(t *testing.T) {
	calendar := otstest.Start(t)
	p, _ := submit(t, calendar.URL)
	b := p.Bytes()
	tail := otstest.Pending(calendar.URL)
	at := bytes.LastIndex(b, tail)
	var more []byte
	for n := range 20 {
		more = append(append(more, 0xff), otstest.Pending("https://x.example/"+hex.EncodeToString([]byte{byte(n)}))...)
	}
	p = parse(t, slices.Concat(b[:at], more, b[at:]))
	calendar.Confirm()
	c := ots.Client{}
	if changed, answers := c.Upgrade(t.Context(), p, []string{calendar.URL}); !changed || len(answers) != 21 {
		t.Errorf("%t %v", changed, answers)
	}
}

// TestWhatComesStaysReadable: a proof that is nearly as large as one may be does not grow past it.
func TestWhatComesStaysReadable(t *testing.T) {
	calendar := otstest.Start(t)
	p, _ := submit(t, calendar.URL)
	b := p.Bytes()
	at := bytes.LastIndex(b, otstest.Pending(calendar.URL))
	var more []byte
	for n := 0; len(b)+len(more) < ots.Max-8300; n++ {
		other := append([]byte{0xff, 0, 1, 2, 3, 4, 5, 6, 7, byte(n), 0x80, 0x40}, make([]byte, 8192)...)
		more = append(more, other...)
	}
	rest := ots.Max - len(b) - len(more) - 12
	more = append(append(more, 0xff, 0, 9, 9, 9, 9, 9, 9, 9, 9, byte(rest)|0x80, byte(rest>>7)), make([]byte, rest)...)
	p = parse(t, slices.Concat(b[:at], more, b[at:]))
	calendar.Confirm()
	before := p.Bytes()
	c := ots.Client{}
	changed, answers := c.Upgrade(t.Context(), p, []string{calendar.URL})
	if _, err := ots.Parse(p.Bytes()); err != nil || changed || !bytes.Equal(before, p.Bytes()) || !slices.ContainsFunc(answers, func(a ots.Answer) bool { return a.State == ots.TooLarge }) {
		t.Errorf("%t %v: %v", changed, answers, err)
	}
}

// TestWhoIsOneTooManyIsNamed: no more than ten are asked, and the others are not passed over in silence.
func TestWhoIsOneTooManyIsNamed(t *testing.T) {
	calendar := otstest.Start(t)
	_, answers := submit(t, slices.Repeat([]string{calendar.URL}, 11)...)
	if len(answers) != 11 || answers[10].State != ots.NotAsked || answers[9].State != ots.Taken || len(calendar.Asked()) != 10 {
		t.Errorf("%v", answers)
	}
}
