package check

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
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
