package verify

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/ots"
	"constat/evidence/ots/otstest"
)

// The first block of Bitcoin: its only transaction and its header.
const (
	firstTransaction = "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
	firstHeader      = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)

// TestARealBlockConfirms: a proof for 32 bytes of the first transaction, taken as a
// digest, beside the header of its block, another real one, and none.
func TestARealBlockConfirms(t *testing.T) {
	tx, err := hex.DecodeString(firstTransaction)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte("\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08")
	b = append(b, tx[100:132]...)
	b = append(append(b, 0xf1, 100), tx[:100]...)
	b = append(append(b, 0xf0, byte(len(tx)-132)), tx[132:]...)
	b = append(append(b, 8, 8), otstest.Bitcoin(0)...)
	p, err := ots.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	first, err := ots.ParseHeader(firstHeader)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		headers []ots.Header
		state   evidence.CheckState
		says    string
	}{
		{[]ots.Header{first}, evidence.Passed, "2009-01-03T18:15:05Z, and its hash 000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f begins with 43 zero bits; whether it is in the chain, and under that number, was not checked here"},
		{nil, evidence.NotDone, "names Bitcoin block 0; not checked against the block here: its Merkle root has to be 4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"},
	} {
		got := ledBy(p, k.headers)
		if len(got.lines) != 1 || got.lines[0].State != k.state || !strings.Contains(got.lines[0].Detail, k.says) {
			t.Errorf("%+v", got.lines)
		}
		if confirmed := len(got.Blocks) == 1 && !got.Blocks[0].Header.IsZero(); confirmed != (k.state == evidence.Passed) {
			t.Errorf("%+v", got.Blocks)
		}
	}
}

// TestAProofThatNamesALot: what it says fills no pages, and what is not told is counted.
func TestAProofThatNamesALot(t *testing.T) {
	b := append([]byte("\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"), make([]byte, 32)...)
	for n := range 1000 {
		b = append(append(b, 0xff), otstest.Bitcoin(uint64(n))...)
		b = append(append(b, 0xff), otstest.Pending(fmt.Sprintf("https://%d.example", n))...)
	}
	p, err := ots.Parse(append(b, otstest.Bitcoin(1000)...))
	if err != nil {
		t.Fatal(err)
	}
	got := ledBy(p, nil)
	said := fmt.Sprint(got.lines)
	if len(said) > 10000 || len(got.Blocks) != maxNamed || !strings.Contains(said, "names blocks 981 times more, which were not judged") ||
		!strings.Contains(said, "taken in by 1000 calendars by its own account") || !strings.Contains(said, " and 980 more") {
		t.Errorf("%d bytes, %d blocks: %.3000s", len(said), len(got.Blocks), said)
	}
}
