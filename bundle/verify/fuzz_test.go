package verify

import (
	"archive/zip"
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/bundle/seal"
	"constat/evidence"
)

const maxFuzzRead = 1 << 22

func FuzzParseList(f *testing.F) {
	d := evidence.Sum(nil).String()
	for _, s := range []string{"", d + "  data/x\n", d + "  data/x", d + " *data/x\n", strings.ToUpper(d) + "  x\n", d + "  ../x\n", d + "  x\n" + d + "  x\n", d + "  x\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseList(b, 32)
		if err != nil {
			return
		}
		// What is accepted is exactly what the list would be written as.
		total := 0
		for name, digest := range list {
			if checkName(name) != nil || len(digest) != 64 || strings.ContainsAny(name, "\n\\") {
				t.Errorf("accepted %q %q", digest, name)
			}
			if !bytes.Contains(b, []byte(digest+"  "+name+"\n")) {
				t.Errorf("%q is not in the list", name)
			}
			total += len(digest) + 2 + len(name) + 1
		}
		if total != len(b) {
			t.Errorf("%d bytes of entries in a list of %d", total, len(b))
		}
	})
}

func FuzzParseInfo(f *testing.F) {
	for _, s := range []string{"", "A: b\n", "A: b\nA: c\n", "A:b\n", " A: b\n", "Payload-Oxum: 1.2\r\n", "A: b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := parseInfo(b)
		if err != nil {
			return
		}
		total := 0
		for k, v := range info {
			total += len(k) + 2 + len(v) + 1
		}
		if total != len(b) {
			t.Errorf("%d bytes of tags in %d", total, len(b))
		}
	})
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"data/x", "..", "a/../b", "/x", "C:x", `a\b`, "a//b", "a/", "a\x00", "é/例.txt", "a/. /b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if checkName(s) == nil && (!filepath.IsLocal(s) || filepath.ToSlash(filepath.Clean(s)) != s) {
			t.Errorf("%q is accepted and leads elsewhere", s)
		}
	})
}

// sealedZip is a small archive with a password, for altering.
func sealedZip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := seal.NewWriter(&b, "secret", time.Unix(0, 0))
	for name, content := range map[string]string{"top/a.txt": strings.Repeat("text ", 100), "top/b.png": "picture", "top/empty": ""} {
		if err := w.Add(name, strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzZip(f *testing.F) {
	whole := sealedZip(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	var plain bytes.Buffer
	z := zip.NewWriter(&plain)
	if w, err := z.Create("../x"); err == nil {
		_, _ = w.Write([]byte("x"))
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(plain.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		tree, l, err := openTree(t.Context(), path, "secret")
		if err != nil {
			return
		}
		defer tree.Close()
		for name, size := range l.sizes {
			if checkName(name) != nil {
				t.Errorf("bad name %q", name)
			}
			r, err := tree.open(name)
			if err != nil {
				continue
			}
			if n, err := io.Copy(io.Discard, io.LimitReader(r, maxFuzzRead)); err == nil && n < maxFuzzRead && bytes.Equal(b, whole) && n != size {
				t.Errorf("%s: %d bytes of %d", name, n, size)
			}
			r.Close()
		}
	})
}

func FuzzParseHead(f *testing.F) {
	d := evidence.Sum(nil).String()
	for _, s := range []string{"", "constat-custody-head/1\n0123456789abcdef\n7\n" + d + "\n", "constat-custody-head/1\n0123456789abcdef\n07\n" + d + "\n",
		"constat-custody-head/1\r\n0123456789abcdef\n7\n" + d + "\n", "constat-custody-head/1\n0123456789abcdef\n7\n" + strings.ToUpper(d) + "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseHead(b)
		// What is accepted has one spelling.
		if want := fmt.Sprintf("constat-custody-head/1\n%s\n%d\n%s\n", h.caseID, h.Seq, h.SHA256); err == nil && want != string(b) {
			t.Errorf("%q is accepted for %q", b, want)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA6kqJ8U5YUG1ZrmpRTWJXfXq3EAEVkV4kq0KrAXtAw1I=\n-----END PUBLIC KEY-----\n"))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		key, fingerprint, err := parseKey(b)
		if err != nil {
			return
		}
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil || evidence.Sum(der) != fingerprint {
			t.Errorf("one key with two fingerprints: %q", b)
		}
	})
}
