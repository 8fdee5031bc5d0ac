package vault

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/origin"
	"constat/evidence/vault/recovery"
)

func TestRecoveryCode(t *testing.T) {
	// A fixed source gives a fixed code: the format must never change.
	code, err := recovery.New(bytes.NewReader([]byte("0123456789abcdefg")))
	if err != nil {
		t.Fatal(err)
	}
	const want = "60RK-4CSM-6MV3-EE1S-C5H6-6S35-CSKK-AYYC"
	if code != want {
		t.Errorf("code %s, want %s", code, want)
	}
	typed := strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(want))
	for _, s := range []string{want, typed, strings.ReplaceAll(want, "-", ""), strings.ReplaceAll(want, "-", " – "), "\t" + want + "\r\n"} {
		if got, err := ParseRecoveryCode(s); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", s, got, err)
		}
	}
	if _, err := recovery.New(strings.NewReader("short")); err == nil {
		t.Error("a code without enough randomness")
	}
	// Every single wrong character and every swap of neighbours is noticed.
	for i := range want {
		for _, r := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			if b := []byte(want); b[i] != '-' && b[i] != byte(r) {
				b[i] = byte(r)
				if _, err := ParseRecoveryCode(string(b)); !errors.Is(err, ErrRecoveryCode) {
					t.Errorf("%s: %v", b, err)
				}
			}
		}
		if b := []byte(want); i > 0 && b[i] != '-' && b[i-1] != '-' && b[i] != b[i-1] {
			b[i], b[i-1] = b[i-1], b[i]
			if _, err := ParseRecoveryCode(string(b)); !errors.Is(err, ErrRecoveryCode) {
				t.Errorf("%s: %v", b, err)
			}
		}
	}
}

// TestKeyCost: what a real vault's passphrase costs to guess is in its file.
func TestKeyCost(t *testing.T) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	write, err := lockKey(id, "pass", keyMark, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if fields := strings.Fields(lines[1]); len(fields) != 4 || fields[1] != "scrypt" || fields[3] != "18" {
		t.Errorf("header %q", lines[1])
	}
}

func TestLogFile(t *testing.T) {
	for n := range 2100 { // all lengths around the padding's steps
		line := bytes.Repeat([]byte{'x'}, n)
		code := bytes.Repeat([]byte{byte(n)}, origin.CodeLength/2)
		b, err := encodeLogFile(line, record{}, func(_, _, _ []byte) []byte { return code })
		if err != nil || len(b)%origin.Padding != 0 || len(b) > n+2*origin.Padding {
			t.Fatalf("line of %d bytes: file of %d, %v", n, len(b), err)
		}
		got, _, err := decodeLogFile(b)
		if err != nil || !bytes.Equal(got.line, line) || !bytes.Equal(got.code, code) {
			t.Fatalf("line of %d bytes: %d, %v", n, len(got.line), err)
		}
		old, err := encodeLogFile(line, record{}, nil)
		if err != nil || len(old)%origin.Padding != 0 {
			t.Fatalf("line of %d bytes: file of %d, %v", n, len(old), err)
		}
		if got, _, err := decodeLogFile(old); err != nil || !bytes.Equal(got.line, line) || got.code != nil {
			t.Fatalf("line of %d bytes in version 1: %d, %v", n, len(got.line), err)
		}
	}
	if _, err := encodeLogFile(nil, record{Manifest: "../../identity.age"}, nil); !errors.Is(err, errRecord) {
		t.Errorf("a path as object name: %v", err)
	}
}

func FuzzParseRecoveryCode(f *testing.F) {
	for _, s := range []string{"", "60RK-4CSM-6MV3-EE1S-C5H6-6S35-CSKK-AYYC", "60rk4csm", "\u202e60RK", "IIII-llll-OOOO"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseRecoveryCode(s)
		if err != nil {
			if !errors.Is(err, ErrRecoveryCode) || code != "" {
				t.Errorf("%q, %v", code, err)
			}
			return
		}
		if again, err := ParseRecoveryCode(string(code)); err != nil || again != code || len(code) != 39 {
			t.Errorf("%q is read again as %q, %v", code, again, err)
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		f.Fatal(err)
	}
	good, err := newHeader(id.Recipient().String()).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":"constat-vault/2","version":2}`))
	f.Add([]byte(`{"format":"constat-vault/-1","version":1,"recipient":"age1pq1"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, to, err := parseHeader(b)
		if err != nil {
			_, no := errors.AsType[*NotVaultError](err)
			_, newer := errors.AsType[*NewerVersionError](err)
			if !no && !newer {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		if to.String() != h.Recipient {
			t.Errorf("recipient %q is read as %q", h.Recipient, to)
		}
		again, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		if h2, _, err := parseHeader(again); err != nil || h2 != h {
			t.Errorf("%v is read again as %v, %v", h, h2, err)
		}
	})
}

func FuzzDecodeLogFile(f *testing.F) {
	object := strings.Repeat("0a", 16)
	good, err := encodeLogFile([]byte(`{"format":"constat-custody/1"}`), record{
		Manifest: object, Objects: map[string]string{"a.png": strings.Repeat("0b", 16)},
		Authorities: []evidence.Authority{{Name: "tsa"}},
	}, func(_, _, _ []byte) []byte { return make([]byte, origin.CodeLength/2) })
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("{}\n{}\n\n"))
	f.Add([]byte("\n" + `{"format":"constat-record/1","objects":{"a":"../x"}}` + "\n \n"))
	f.Add([]byte("\n" + `{"format":"constat-record/1","reply":{"object":"` + object + `"}}` + "\n \n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, r, err := decodeLogFile(b)
		if err != nil {
			if !errors.Is(err, errRecord) {
				t.Error(err)
			}
			return
		}
		for _, name := range r.objects() {
			if strings.ContainsAny(name, `./\`) || len(name) != 32 {
				t.Errorf("object name %q", name)
			}
		}
		var prove func(_, _, _ []byte) []byte
		if text.code != nil {
			prove = func(_, _, _ []byte) []byte { return text.code }
		}
		again, err := encodeLogFile(text.line, r, prove)
		if err != nil {
			t.Fatal(err)
		}
		text2, r2, err := decodeLogFile(again)
		names, names2 := r.objects(), r2.objects()
		slices.Sort(names)
		slices.Sort(names2)
		if err != nil || !bytes.Equal(text.line, text2.line) || !bytes.Equal(text.code, text2.code) || !slices.Equal(names, names2) {
			t.Errorf("read again: %q %v, %v", text2.line, r2, err)
		}
	})
}
