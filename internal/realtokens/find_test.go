package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa/der"
)

// sample is a SignedData in shape alone: enough to be found.
func sample() (token []byte, prefix string) {
	token = der.Append(nil, 0x30, append(bytes.Clone(signed), der.Append(nil, 0xa0, bytes.Repeat([]byte{5, 0}, 150))...))
	sum := evidence.Sum(token)
	return token, hex.EncodeToString(sum[:])[:16]
}

func TestTokensAreFoundWhereTheyLie(t *testing.T) {
	token, prefix := sample()
	indefinite := append(append([]byte{0x30, 0x80}, token[4:]...), 0, 0)
	sum := evidence.Sum(indefinite)
	text := base64.StdEncoding.EncodeToString(token)
	var container bytes.Buffer
	z := zip.NewWriter(&container)
	w, err := z.Create("META-INF/signature.xml")
	if err == nil {
		_, err = w.Write([]byte("<x>" + text + "</x>"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"by itself":      token,
		"among others":   append(append([]byte("before"), token...), "after"...),
		"base64 in XML":  []byte("<a>\n" + text[:64] + "\n" + text[64:] + "\n</a>"),
		"escaped":        []byte("<a>" + text[:64] + "&#13;\n" + text[64:] + "</a>"),
		"in JSON":        []byte(`{"a":"` + text[:64] + `\n` + text[64:] + `"}`),
		"hexadecimal":    []byte("/Contents <" + hex.EncodeToString(token) + "0000>"),
		"base64 twice":   []byte(base64.StdEncoding.EncodeToString([]byte("<x> " + text + " </x>"))),
		"entry of a ZIP": unzip(container.Bytes(), "META-INF/signature.xml"),
	} {
		if got := find(file, prefix); !bytes.Equal(got, token) {
			t.Errorf("%s: not found", name)
		}
	}
	if got := find(indefinite, hex.EncodeToString(sum[:])[:16]); !bytes.Equal(got, indefinite) {
		t.Error("of indefinite length: not found")
	}
	if find(token, "0000000000000000") != nil || unzip([]byte("x"), "y") != nil {
		t.Error("found what is not there")
	}
}

func FuzzFind(f *testing.F) {
	token, prefix := sample()
	f.Add(token)
	f.Add([]byte{0x30, 0x80, 0x30, 0x80})
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := find(b, prefix); got != nil && !isWanted(got, prefix) {
			t.Error("found something else")
		}
		look(b)
	})
}
