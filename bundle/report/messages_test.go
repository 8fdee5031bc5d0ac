package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestExcerptOfMessages(t *testing.T) {
	for _, n := range []int{0, 1, 5, 6, 10, 11, 300} {
		var b strings.Builder
		b.WriteString(`{"format":"constat-messages/1","files":[{"name":"x"}],"messages":[`)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"line":%d,"text":"%d"}`, i+1, i+1)
		}
		b.WriteString("]}\n")
		x, err := readMessages(strings.NewReader(b.String()))
		if err != nil || x.count != n || len(x.first) != min(n, 5) || len(x.last) != min(max(n-5, 0), 5) {
			t.Fatalf("%d: %+v, %v", n, x, err)
		}
		for i, m := range append(append([]message{}, x.first...), x.last...) {
			want := i + 1
			if i >= 5 {
				want = n - len(x.last) + i - 4
			}
			if m.Line != int64(want) {
				t.Errorf("%d: message %d is line %d, want %d", n, i, m.Line, want)
			}
		}
	}
}

// endless is a list of many long messages that is made while it is read.
type endless struct {
	left int
	buf  bytes.Buffer
	head bool
}

func (e *endless) Read(p []byte) (int, error) {
	for e.buf.Len() == 0 {
		switch {
		case !e.head:
			e.head = true
			e.buf.WriteString(`{"format":"constat-messages/1","messages":[`)
		case e.left < 0:
			return 0, io.EOF
		case e.left == 0:
			e.buf.WriteString("]}")
			e.left--
		default:
			fmt.Fprintf(&e.buf, `{"line":%d,"text":"%s"}`, e.left, strings.Repeat("x", 100_000))
			if e.left--; e.left > 0 {
				e.buf.WriteByte(',')
			}
		}
	}
	return e.buf.Read(p)
}

func TestLongListsNeedLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x, err := readMessages(&endless{left: 1000})
	if err != nil || x.count != 1000 {
		t.Fatalf("%d messages, %v", x.count, err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(x)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes are held after a list of 100 MB", grown)
	}
}

func FuzzReadMessages(f *testing.F) {
	for _, s := range []string{``, `{}`, `[]`, `{"format":"constat-messages/1","messages":[{"line":1,"text":"x"}]}`, `{"messages":[{}`, `{"messages":{}}`,
		`{"format":"x"}`, `{"format":1}`, `{"messages":[1]}`, `{"messages":[],"messages":[{}]}`, `{"x":[[[[]]]]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := readMessages(bytes.NewReader(b))
		if err != nil {
			return
		}
		if x.count < len(x.first)+len(x.last) || len(x.first) > firstMessages || len(x.last) > lastMessages {
			t.Errorf("%+v", x)
		}
		if !json.Valid(b) && json.Valid(bytes.TrimSpace(b[:bytes.LastIndexByte(b, '}')+1])) == false {
			// What follows the object is not looked at; the digest covers it.
			var v any
			if err := json.NewDecoder(bytes.NewReader(b)).Decode(&v); err != nil {
				t.Errorf("read from what is no JSON: %q", b)
			}
		}
	})
}
