package check

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"constat/evidence/reader"
)

// pad makes three lines of two, as a vault writes them.
func pad(line, private string) []byte {
	text := line + "\n" + private + "\n"
	return []byte(text + strings.Repeat(" ", 1023-len(text)%1024) + "\n")
}

const goodLine = `{"format":"constat-custody/1","seq":1,"time":"2026-11-23T10:00:00Z","action":"case-created","case":"0123456789abcdef","actor":"x"}`

func TestSplitLogFile(t *testing.T) {
	for name, test := range map[string]struct {
		b    []byte
		want string // part of the fault; empty for none
	}{
		"whole":        {pad(goodLine, `{"format":"constat-record/1"}`), ""},
		"empty":        {nil, "three lines"},
		"not padded":   {[]byte(goodLine + "\n{}\n\n"), "three lines"},
		"padding full": {bytes.Replace(pad(goodLine, "{}"), []byte("  "), []byte(" x"), 1), "three lines"},
		"no line":      {pad("", `{"format":"constat-record/1"}`), "custody line"},
		"no record":    {pad(goodLine, "{}"), "record"},
		"later record": {pad(goodLine, `{"format":"constat-record/2"}`), "record"},
	} {
		_, e, err := splitLogFile(test.b)
		if test.want == "" && (err != nil || e.Seq != 1) || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: entry %d, %v", name, e.Seq, err)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]bool{
		strings.Repeat("0f", 16): true, strings.Repeat("0F", 16): false, "": false,
		"../" + strings.Repeat("0", 29): false, strings.Repeat("0", 31) + "/": false,
	} {
		if isObjectName(name) != want {
			t.Errorf("%q as object name: %v", name, !want)
		}
	}
	for name, want := range map[string]bool{"00000001": true, "1": false, "0000001a": false, "00000001.part": false} {
		if isLogName(name) != want {
			t.Errorf("%q as log name: %v", name, !want)
		}
	}
}

func FuzzSplitLogFile(f *testing.F) {
	f.Add(pad(goodLine, `{"format":"constat-record/1"}`))
	f.Add(pad(goodLine, fmt.Sprintf(`{"format":"constat-record/1","manifest":%q,"objects":{"a":"../x"}}`, strings.Repeat("a", 32))))
	f.Add([]byte("{}\n{}\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		line, _, err := splitLogFile(b)
		if err != nil {
			if _, ok := errors.AsType[*errFile](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		if !bytes.HasPrefix(b, append(bytes.Clone(line), '\n')) {
			t.Errorf("%q is not the first line", line)
		}
	})
}

// TestIndexSum: an index is recognised however its bytes are cut into pieces.
func TestIndexSum(t *testing.T) {
	key := []byte("key")
	const id = "0123456789abcdef"
	sum := strings.Repeat("ab", 32)
	body := "constat-index/2 " + id + " 2 " + sum + " 0\nline 1\nrecord 1\nline 2\nrecord 2\n"
	h := hmac.New(sha256.New, key)
	h.Write([]byte(body))
	good := fmt.Sprintf("%s%x\nobject 3\nabc\n", body, h.Sum(nil))
	read := func(text string, piece int) (reader.Head, bool) {
		x := indexSum{mac: hmac.New(sha256.New, key)}
		for part := range slices.Chunk([]byte(text), piece) {
			x.Write(part)
		}
		return x.authentic(id)
	}
	for piece := 1; piece < len(good); piece++ {
		if head, ok := read(good, piece); !ok || head.Seq != 2 || head.SHA256.String() != sum {
			t.Fatalf("pieces of %d: %v, %v", piece, head, ok)
		}
	}
	end := len(body) + 2*sha256.Size
	for i := range end {
		b := []byte(good)
		if b[i] ^= 1; func() bool { _, ok := read(string(b), 1000); return ok }() {
			t.Errorf("byte %d may change", i)
		}
		if _, ok := read(good[:i], 1000); ok {
			t.Errorf("may be cut to %d bytes", i)
		}
	}
}

func FuzzSplitState(f *testing.F) {
	key := []byte("key")
	coded := func(body string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(body))
		return fmt.Appendf(nil, "%x\n%s", h.Sum(nil), body)
	}
	f.Add(coded(`{"format":"constat-state/1"}` + strings.Repeat(" ", 1024-65-29) + "\n"))
	f.Add(coded("{}"))
	f.Add([]byte("00\n{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, reason := splitState(b, key); reason == "" && s.Format != "constat-state/1" {
			t.Errorf("format %q", s.Format)
		}
		if s, reason := splitState(coded(string(b)), key); reason == "" && s.Format != "constat-state/1" {
			t.Errorf("format %q", s.Format)
		}
	})
}

// FuzzIndexSum: what is no index of the case is none, in whatever pieces it comes.
func FuzzIndexSum(f *testing.F) {
	key := []byte("key")
	const id = "0123456789abcdef"
	body := "constat-index/1 " + id + " 1 " + strings.Repeat("ab", 32) + "\nline\nrecord\n"
	h := hmac.New(sha256.New, key)
	h.Write([]byte(body))
	good := fmt.Appendf(nil, "%s%x\n", body, h.Sum(nil))
	f.Add(good, 7)
	f.Add([]byte("constat-index/1 "+id+" 18446744073709551615 "+strings.Repeat("ab", 32)+"\n"), 1)
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		x := indexSum{mac: hmac.New(sha256.New, key)}
		for part := range slices.Chunk(b, max(1, piece%4096)) {
			x.Write(part)
		}
		if _, ok := x.authentic(id); ok && !bytes.HasPrefix(b, good) {
			t.Errorf("%q is taken for an index", b)
		}
	})
}
