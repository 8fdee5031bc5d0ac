package record_test

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle/record"
)

func token(t testing.TB, s string) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct{ S []byte }{[]byte(s)})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func digests(h crypto.Hash, files ...string) (out [][]byte) {
	for _, f := range files {
		w := h.New()
		w.Write([]byte(f))
		out = append(out, w.Sum(nil))
	}
	return out
}

// OpenSSL reads what is written as ASN.1, field by field.
func TestOpenSSLReadsIt(t *testing.T) {
	tree, err := record.NewTree(crypto.SHA512, digests(crypto.SHA512, "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := record.New(tree, token(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.ers")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "openssl", "asn1parse", "-inform", "DER", "-in", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		_, depth, _ := strings.Cut(line, "d=")
		_, what, _ := strings.Cut(line, ": ")
		what, _, _ = strings.Cut(what, "[HEX DUMP]")
		got = append(got, depth[:1]+" "+strings.Join(strings.Fields(what), " "))
	}
	want := "0 SEQUENCE,1 INTEGER :01,1 SEQUENCE,2 SEQUENCE,3 OBJECT :sha512,1 SEQUENCE,2 SEQUENCE,3 SEQUENCE," +
		"4 cont [ 0 ],5 OBJECT :sha512,4 cont [ 2 ],5 SEQUENCE,6 OCTET STRING,6 OCTET STRING,4 SEQUENCE,5 OCTET STRING :x"
	if have := strings.Join(got, ","); have != want {
		t.Errorf("%s\nwant\n%s\n%s", have, want, out)
	}
}

func TestWhatIsRefused(t *testing.T) {
	if _, err := record.NewTree(crypto.SHA1, nil); !errors.Is(err, record.ErrRecord) {
		t.Errorf("SHA-1: %v", err)
	}
	if _, err := record.NewTree(crypto.SHA512, nil); !errors.Is(err, record.ErrRecord) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := record.NewTree(crypto.SHA512, digests(crypto.SHA256, "a")); !errors.Is(err, record.ErrRecord) {
		t.Errorf("digests of another hash: %v", err)
	}
	tree, err := record.NewTree(crypto.SHA512, digests(crypto.SHA512, "a"))
	if err != nil || !bytes.Equal(tree.Root(), tree.Sums[0]) {
		t.Errorf("one alone: %v", err)
	}
	for _, bad := range [][]byte{nil, []byte("x"), {4, 1, 0}, append(token(t, "x"), 0)} {
		if _, err := record.New(tree, bad); !errors.Is(err, record.ErrRecord) {
			t.Errorf("token %x: %v", bad, err)
		}
	}
	b, err := record.New(tree, token(t, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := record.Rehash(b, crypto.SHA512, tree.Sums); !errors.Is(err, record.ErrRecord) {
		t.Errorf("the same hash: %v", err)
	}
	for n := range b { // a byte less is no record
		if _, _, err := record.Again(b[:n]); !errors.Is(err, record.ErrRecord) {
			t.Errorf("cut after %d: %v", n, err)
		}
	}
}

// What is renewed keeps all bytes of what was there.
func FuzzRenew(f *testing.F) {
	tree, err := record.NewTree(crypto.SHA512, digests(crypto.SHA512, "a", "b"))
	if err != nil {
		f.Fatal(err)
	}
	b, err := record.New(tree, token(f, "x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, err := record.Again(b); err != nil {
			return
		}
		again, err := record.Renew(b, token(t, "y"))
		if err != nil {
			t.Fatal(err)
		}
		if len(again) <= len(b) || !bytes.Contains(again, token(t, "y")) {
			t.Errorf("%x became %x", b, again)
		}
		if _, _, err := record.Again(again); err != nil {
			t.Errorf("its own renewal: %v", err)
		}
	})
}
