package parcel_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"constat/evidence/vault/parcel"
)

func TestWhoOpensAParcel(t *testing.T) {
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a picture ", 20_000)
	for _, x := range []struct {
		key string
		id  age.Identity
	}{{classic.Recipient().String(), classic}, {" " + hybrid.Recipient().String() + "\n", hybrid}} {
		to, err := parcel.For([]string{x.key})
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		w, err := to.Wrap(&file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(file.Bytes()), x.id)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); err != nil || string(b) != text {
			t.Errorf("the recipient reads %d bytes, %v", len(b), err)
		}
		plain, n, err := to.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil || n != int64(len(text)) {
			t.Fatalf("%d bytes, %v", n, err)
		}
		if b, err := io.ReadAll(io.NewSectionReader(plain, 0, n)); err != nil || string(b) != text {
			t.Errorf("whoever wrote it reads %d bytes, %v", len(b), err)
		}
		other, err := parcel.For([]string{x.key})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := other.Open(bytes.NewReader(file.Bytes()), int64(file.Len())); err == nil {
			t.Error("the key of another parcel opens it")
		}
	}
	for _, keys := range [][]string{nil, {""}, {"age1x"}, {classic.String()}, {classic.String() + "\""}, {hybrid.String()}, {"age1pq1" + classic.String()}, {"ssh-ed25519 AAAA"}, {classic.Recipient().String(), hybrid.Recipient().String()}} {
		_, err := parcel.For(keys)
		if !errors.Is(err, parcel.ErrRecipient) {
			t.Errorf("%.30q: %v", keys, err)
		} else if strings.Contains(err.Error(), "AGE-SECRET") {
			t.Errorf("a private key is repeated: %v", err)
		}
	}
}
