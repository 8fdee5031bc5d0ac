package ots_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/ots"
	"constat/evidence/ots/otstest"
)

var digest = evidence.Sum([]byte("a list of a bundle"))

func submit(t *testing.T, calendars ...string) (*ots.Proof, []ots.Answer) {
	t.Helper()
	c := ots.Client{Timeout: time.Minute}
	p, answers, err := c.Submit(t.Context(), digest, calendars)
	if err != nil {
		t.Fatal(err)
	}
	return p, answers
}

func parse(t *testing.T, b []byte) *ots.Proof {
	t.Helper()
	p, err := ots.Parse(b)
	if err != nil {
		t.Fatalf("%v\n%x", err, b)
	}
	return p
}

// TestOneDay: taken in by two calendars, kept as a file, completed by one of them.
func TestOneDay(t *testing.T) {
	one, two := otstest.Start(t), otstest.Start(t)
	p, answers := submit(t, one.URL, two.URL)
	if answers[0].State != ots.Taken || answers[1].State != ots.Taken || p.Complete() {
		t.Fatalf("%v, complete: %t", answers, p.Complete())
	}
	// No calendar learns the digest, and both learn the same.
	sent := append(one.Asked(), two.Asked()...)
	if len(sent) != 2 || !bytes.Equal(sent[0], sent[1]) || len(sent[0]) != 32 || bytes.Equal(sent[0], digest[:]) {
		t.Errorf("sent: %x", sent)
	}
	if q, _ := submit(t, one.URL); bytes.Equal(one.Asked()[1], sent[0]) || q == nil {
		t.Error("the same digest looks alike to a calendar each time")
	}
	p = parse(t, p.Bytes())
	c := ots.Client{}
	if changed, answers := c.Upgrade(t.Context(), p, []string{one.URL, two.URL}); changed || answers[0].State != ots.NotYet {
		t.Errorf("before there is a block: %t, %v", changed, answers)
	}
	two.Confirm()
	// Whom only the proof names is not asked.
	if changed, answers := c.Upgrade(t.Context(), p, nil); changed || answers[1].State != ots.NotAsked {
		t.Errorf("nobody named the calendars: %t, %v", changed, answers)
	}
	changed, answers := c.Upgrade(t.Context(), p, []string{one.URL, two.URL + "/"})
	if !changed || answers[0].State != ots.NotYet || answers[1].State != ots.Completed || !p.Complete() {
		t.Errorf("with a block: %t, %v", changed, answers)
	}
	p = parse(t, p.Bytes())
	kinds := map[ots.Kind]int{}
	for _, a := range p.Attestations() {
		kinds[a.Kind]++
		if a.Kind != ots.Bitcoin {
			continue
		}
		h, err := ots.ParseHeader(two.Headers()[0])
		if err != nil || !h.Confirms(a) || a.Height != otstest.Height {
			t.Errorf("%v: block %d with Merkle root %s", err, a.Height, a.Root())
		}
		if other, err := ots.ParseHeader(one.Headers()[1]); err != nil || other.Confirms(a) {
			t.Errorf("a header of another block confirms it: %v", err)
		}
	}
	if kinds[ots.Pending] != 2 || kinds[ots.Bitcoin] != 1 {
		t.Errorf("%v", kinds)
	}
}

// TestCalendarsThatLie: slow, huge, cut, redirected, and answers to something else.
func TestCalendarsThatLie(t *testing.T) {
	deep := bytes.Repeat([]byte{0x08}, 255)
	long := append([]byte{0xf0, 0x80, 0x40}, bytes.Repeat([]byte("x"), 8192)...)
	good := otstest.Pending("https://alice.btc.calendar.opentimestamps.org")
	reply := func(b []byte) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { w.Write(b) } }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"nothing":        {reply(nil), ots.Garbled},
		"a page":         {reply([]byte("<html>sign in</html>")), ots.Garbled},
		"cut":            {reply(good[:len(good)-1]), ots.Garbled},
		"more behind it": {reply(append(slices.Clone(good), 0)), ots.Garbled},
		"no end":         {reply([]byte{0x08}), ots.Garbled},
		"too deep":       {reply(append(deep, good...)), ots.Garbled},
		"a long message": {reply(append(long, good...)), ots.Garbled},
		"twice the same": {reply(slices.Concat([]byte{0xff}, good, good)), ots.Garbled},
		"odd address":    {reply(otstest.Pending("https://127.0.0.1/?a=b")), ots.Garbled},
		"huge":           {reply(bytes.Repeat([]byte{0xff}, 1<<20)), ots.TooLarge},
		"an error":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, ots.BadStatus},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}, ots.BadRedirect},
		"it breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write(good)
		}, ots.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			liar, honest := otstest.Start(t), otstest.Start(t)
			liar.Answer = c.answer
			p, answers := submit(t, liar.URL, honest.URL)
			if answers[0].State != c.want || answers[1].State != ots.Taken {
				t.Errorf("%v", answers)
			}
			if list := parse(t, p.Bytes()).Attestations(); len(list) != 1 || list[0].Calendar != honest.URL {
				t.Errorf("kept: %+v", list)
			}
			if p, _ := submit(t, liar.URL); p != nil {
				t.Error("a proof of nobody")
			}
			// The same when it is asked for the rest.
			honest.Answer = c.answer
			before := p.Bytes()
			client := ots.Client{}
			if changed, _ := client.Upgrade(t.Context(), p, []string{honest.URL}); changed || !bytes.Equal(p.Bytes(), before) {
				t.Errorf("taken in: %x", p.Bytes())
			}
		})
	}
	slow := otstest.Start(t)
	slow.Answer = func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then the server sees that nobody waits any more
		<-r.Context().Done()
	}
	c := ots.Client{Timeout: time.Second}
	if p, answers, err := c.Submit(t.Context(), digest, []string{slow.URL, "file:///etc/passwd", "http://127.0.0.1:1"}); p != nil || err != nil ||
		answers[0].State != ots.TimedOut || answers[1].State != ots.BadAddress || answers[2].State != ots.Unreachable {
		t.Errorf("%v %v", answers, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, answers, _ := c.Submit(ctx, digest, []string{slow.URL}); answers[0].State != ots.Cancelled {
		t.Errorf("%v", answers)
	}
}

func TestKnown(t *testing.T) {
	for address, want := range map[string]bool{
		"https://alice.btc.calendar.opentimestamps.org":       true,
		"https://finney.calendar.eternitywall.com/":           true,
		"http://alice.btc.calendar.opentimestamps.org":        false,
		"https://alice.btc.calendar.opentimestamps.org:8443":  false,
		"https://alice.btc.calendar.opentimestamps.org.evil":  false,
		"https://evil/?.calendar.opentimestamps.org":          false,
		"https://evil#.calendar.opentimestamps.org":           false,
		"https://alice.btc.calendar.opentimestamps.org/admin": false,
		"https://127.0.0.1":                                   false,
		"":                                                    false,
	} {
		if ots.Known(address) != want {
			t.Errorf("%s: %t", address, !want)
		}
	}
}

// The first block of Bitcoin: its only transaction and its header.
const (
	firstTransaction = "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"
	firstHeader      = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)

// first is a proof for 32 bytes of that transaction, taken as a digest.
func first(t testing.TB) []byte {
	t.Helper()
	tx, err := hex.DecodeString(firstTransaction)
	if err != nil {
		t.Fatal(err)
	}
	const at = 100
	b := []byte("\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08")
	b = append(b, tx[at:at+32]...)
	b = append(append(b, 0xf1, at), tx[:at]...)
	b = append(append(b, 0xf0, byte(len(tx)-at-32)), tx[at+32:]...)
	return append(append(b, 8, 8), otstest.Bitcoin(0)...)
}

func TestARealBlock(t *testing.T) {
	p := parse(t, first(t))
	list := p.Attestations()
	h, err := ots.ParseHeader(firstHeader)
	if err != nil || len(list) != 1 || !h.Confirms(list[0]) {
		t.Fatalf("%v: %+v", err, list)
	}
	if list[0].Root() != "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b" ||
		h.Hash() != "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f" ||
		h.Zeros() != 43 || h.Time().Format(time.RFC3339) != "2009-01-03T18:15:05Z" {
		t.Errorf("%s %s %d %s", list[0].Root(), h.Hash(), h.Zeros(), h.Time())
	}
	for _, bad := range []string{"", "00", firstHeader + "00", "g" + firstHeader[1:],
		strings.Replace(firstHeader, "ffff001d", "ffff001c", 1), // more work than was done
		strings.Replace(firstHeader, "ffff001d", "0000801d", 1), // a negative target
		firstHeader[:158] + "7d",                                // another nonce
	} {
		if _, err := ots.ParseHeader(bad); err == nil {
			t.Errorf("%s: taken", bad)
		}
	}
	// What is attested behind a step that is not followed confirms nothing.
	odd := append([]byte("\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"), digest[:]...)
	odd = append(append(odd, 3, 8), otstest.Bitcoin(0)...)
	x := parse(t, odd).Attestations()[0]
	if x.Message != nil || h.Confirms(x) || parse(t, odd).Complete() {
		t.Errorf("%+v", x)
	}
}

func TestNoProof(t *testing.T) {
	whole := first(t)
	for n := range whole {
		if _, err := ots.Parse(whole[:n]); !errors.Is(err, ots.ErrProof) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	if _, err := ots.Parse(make([]byte, ots.Max+1)); !errors.Is(err, ots.ErrProof) {
		t.Error("too large")
	}
	for i, b := range map[int]byte{0: 1, 31: 2, 32: 2} { // magic, version, hash
		bad := slices.Clone(whole)
		bad[i] = b
		if _, err := ots.Parse(bad); !errors.Is(err, ots.ErrProof) {
			t.Errorf("byte %d: taken", i)
		}
	}
}

// TestAgainstTheReferenceLibrary: python-opentimestamps reads what we write, as we
// read it, and we read what it writes.
func TestAgainstTheReferenceLibrary(t *testing.T) {
	const python = "/usr/bin/python3" // that of the system, for which the library is packaged
	if err := exec.CommandContext(t.Context(), python, "-c", "import opentimestamps").Run(); err != nil {
		t.Skip("python-opentimestamps is not here:", err)
	}
	one, two := otstest.Start(t), otstest.Start(t)
	p, _ := submit(t, one.URL, two.URL)
	pending := p.Bytes()
	one.Confirm()
	c := ots.Client{}
	c.Upgrade(t.Context(), p, []string{one.URL, two.URL})
	for name, b := range map[string][]byte{"pending": pending, "completed": p.Bytes(), "the first block": first(t)} {
		ours := parse(t, b)
		var want []string
		for _, a := range ours.Attestations() {
			switch a.Kind {
			case ots.Pending:
				want = append(want, "pending "+a.Calendar+" "+hex.EncodeToString(a.Message))
			case ots.Bitcoin:
				want = append(want, "bitcoin "+hex.EncodeToString([]byte{byte(a.Height >> 16), byte(a.Height >> 8), byte(a.Height)})+" "+hex.EncodeToString(a.Message))
			}
		}
		slices.Sort(want)
		cmd := exec.CommandContext(t.Context(), python, "-c", `
import sys
from opentimestamps.core.timestamp import DetachedTimestampFile
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.notary import PendingAttestation
d = DetachedTimestampFile.deserialize(BytesDeserializationContext(bytes.fromhex(sys.stdin.read())))
print(d.file_digest.hex())
for m, a in d.timestamp.all_attestations():
    print("pending %s %s" % (a.uri, m.hex()) if isinstance(a, PendingAttestation) else "bitcoin %06x %s" % (a.height, m.hex()))
c = BytesSerializationContext()
d.serialize(c)
print(c.getbytes().hex())`)
		cmd.Stdin = strings.NewReader(hex.EncodeToString(b))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		lines := strings.Fields(strings.ReplaceAll(strings.TrimSpace(string(out)), " ", "\x00"))
		got := lines[1 : len(lines)-1]
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], "\x00", " ")
		}
		slices.Sort(got)
		if lines[0] != ours.Digest.String() || !slices.Equal(got, want) {
			t.Errorf("%s: it reads\n%s\n%q\nwe read\n%q", name, lines[0], got, want)
		}
		theirs, err := hex.DecodeString(lines[len(lines)-1])
		if err != nil {
			t.Fatal(err)
		}
		if len(theirs) != len(b) || len(parse(t, theirs).Attestations()) != len(ours.Attestations()) {
			t.Errorf("%s: it writes\n%x\nwe write\n%x", name, theirs, b)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(first(f))
	f.Add(first(f)[:60])
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ots.Parse(b)
		if err != nil {
			if !errors.Is(err, ots.ErrProof) {
				t.Fatal(err)
			}
			return
		}
		again := p.Bytes()
		q, err := ots.Parse(again)
		if err != nil || !bytes.Equal(q.Bytes(), again) || len(q.Attestations()) != len(p.Attestations()) || len(p.Attestations()) == 0 {
			t.Fatalf("%v: %x read again is %x", err, b, again)
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	f.Add(firstHeader)
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := ots.ParseHeader(s); err == nil && (len(h.Hash()) != 64 || h.Zeros() > 256) {
			t.Fatal(h)
		}
	})
}
