package der_test

import (
	"bytes"
	"strings"
	"testing"

	"constat/evidence/tsa/der"
)

func TestToDER(t *testing.T) {
	for _, c := range []struct{ name, ber, der string }{
		{"already DER", "\x30\x03\x02\x01\x05", "\x30\x03\x02\x01\x05"},
		{"indefinite", "\x30\x80\x02\x01\x05\x00\x00", "\x30\x03\x02\x01\x05"},
		{"indefinite and empty", "\x30\x80\x00\x00", "\x30\x00"},
		{"nested", "\x30\x80\xa0\x80\x02\x01\x05\x00\x00\x00\x00", "\x30\x05\xa0\x03\x02\x01\x05"},
		{"long form of a short length", "\x30\x81\x03\x02\x01\x05", "\x30\x03\x02\x01\x05"},
		{"leading zeros of a length", "\x04\x83\x00\x00\x01\xff", "\x04\x01\xff"},
		{"octets in two parts", "\x24\x80\x04\x01\x61\x04\x01\x62\x00\x00", "\x04\x02ab"},
		{"octets in parts of parts", "\x24\x07\x24\x02\x04\x00\x04\x01\x62", "\x04\x01b"},
		{"octets that hold BER", "\x04\x04\x30\x80\x00\x00", "\x04\x04\x30\x80\x00\x00"},
	} {
		if got, err := der.ToDER([]byte(c.ber)); err != nil || string(got) != c.der {
			t.Errorf("%s: %x, %v", c.name, got, err)
		}
	}
	long := append([]byte{0x04, 0x84, 0x00, 0x01, 0x00, 0x00}, make([]byte, 1<<16)...)
	if got, err := der.ToDER(long); err != nil || !bytes.Equal(got[:5], []byte{0x04, 0x83, 0x01, 0x00, 0x00}) {
		t.Errorf("64 KiB: %v", err)
	}
	for name, ber := range map[string]string{
		"child longer than its parent": "\x30\x03\x02\x05\x05\x00\x00\x00\x00",
		"something after it":           "\x30\x00\x00",
		"end inside a definite length": "\x30\x02\x00\x00",
		"tag of two bytes":             "\x3f\x21\x00",
		"nested too deep":              strings.Repeat("\x30\x80", 50) + strings.Repeat("\x00\x00", 50),
	} {
		if got, err := der.ToDER([]byte(ber)); err == nil {
			t.Errorf("%s: %x", name, got)
		}
	}
}

// FuzzToDER: what comes out is DER, so that it comes out unchanged again.
func FuzzToDER(f *testing.F) {
	f.Add([]byte("\x30\x80\x24\x80\x04\x01\x61\x04\x01\x62\x00\x00\x00\x00"))
	f.Add([]byte("\x30\x81\x03\x02\x01\x05"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > der.Max {
			return
		}
		once, err := der.ToDER(b)
		if err != nil {
			return
		}
		if again, err := der.ToDER(once); err != nil || !bytes.Equal(again, once) {
			t.Fatalf("%x became %x, %v", once, again, err)
		}
	})
}
