package system_test

import (
	"io"
	"strings"
	"testing"

	"constat/app/flow/system"
)

func TestTextAsEditorsWriteIt(t *testing.T) {
	const text = "Füße 犬 🗝\r\nx"
	for name, written := range map[string]string{
		"UTF-8":                text,
		"UTF-8 with a mark":    "\ufeff" + text,
		"UTF-16LE with a mark": "\xff\xfe" + utf16(text, false),
		"UTF-16BE with a mark": "\xfe\xff" + utf16(text, true),
		"UTF-16LE without":     utf16(text, false),
		"UTF-16BE without":     utf16(text, true),
	} {
		got, err := io.ReadAll(system.Written(strings.NewReader(written)))
		if err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	// Nothing is made of what is none of these.
	for _, s := range []string{"", "x", "\xff", "caf\xe9 noir", "\x00\x00"} {
		if got, err := io.ReadAll(system.Written(strings.NewReader(s))); err != nil || string(got) != s {
			t.Errorf("%q became %q, %v", s, got, err)
		}
	}
}

// utf16 writes a text with two bytes a unit.
func utf16(s string, bigEndian bool) string {
	var b strings.Builder
	unit := func(u rune) {
		if bigEndian {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		} else {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
	}
	for _, r := range s {
		if r > 0xffff {
			unit(0xd800 + (r-0x10000)>>10)
			r = 0xdc00 + (r-0x10000)&0x3ff
		}
		unit(r)
	}
	return b.String()
}
