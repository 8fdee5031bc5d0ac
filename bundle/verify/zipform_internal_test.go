package verify

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// One ZIP has one reading: whatever is before, between, behind or beside the entries
// makes it two for some program.
func TestAZipHasOneReading(t *testing.T) {
	var plain bytes.Buffer
	z := zip.NewWriter(&plain)
	for _, name := range []string{"top/a.txt", "top/b.txt", "top/c.txt"} {
		out, err := z.Create(name)
		if err == nil {
			_, err = out.Write([]byte("some text"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for kind, whole := range map[string][]byte{"plain": plain.Bytes(), "encrypted": sealedZip(t)} {
		if err := zipForm(bytes.NewReader(whole), int64(len(whole))); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		end := len(whole) - 22
		list := int(binary.LittleEndian.Uint32(whole[end+16:]))
		cut := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
		moved := func(b []byte, by int) []byte { // what is in front is counted in
			b = bytes.Clone(b)
			at := len(b) - 22
			start := int(binary.LittleEndian.Uint32(b[at+16:]))
			for i := start; i < at; {
				binary.LittleEndian.PutUint32(b[i+42:], binary.LittleEndian.Uint32(b[i+42:])+uint32(by))
				i += 46 + int(binary.LittleEndian.Uint16(b[i+28:])) + int(binary.LittleEndian.Uint16(b[i+30:])) + int(binary.LittleEndian.Uint16(b[i+32:]))
			}
			binary.LittleEndian.PutUint32(b[at+16:], uint32(start+by))
			return b
		}
		edit := func(at int, v byte) []byte { b := bytes.Clone(whole); b[at] ^= v; return b }
		comment := append(bytes.Clone(whole), "note"...)
		binary.LittleEndian.PutUint16(comment[end+20:], 4)
		for name, b := range map[string][]byte{
			"two archives":                          cut(whole, whole),
			"two archives, counted in":              cut(whole, moved(whole, len(whole))),
			"something before":                      cut([]byte("MZ"), whole),
			"something before, counted in":          cut([]byte("MZ"), moved(whole, 2)),
			"something behind":                      cut(whole, []byte("x")),
			"a comment":                             comment,
			"between entries and list":              cut(whole[:list], []byte("gap!"), moved(whole, 4)[list:]),
			"another name in front of the entry":    edit(30+2, 1),
			"another method in front of the entry":  edit(8, 8),
			"another kind in front of the entry":    edit(6, 1),
			"another checksum behind the entry":     edit(int(binary.LittleEndian.Uint32(whole[list+46+entryRest(whole, list):][42:]))-12, 1),
			"an entry that the end does not count":  edit(end+10, 1),
			"parts":                                 edit(end+4, 1),
			"another name in the list of the entry": edit(list+46+3, 1),
		} {
			if zipForm(bytes.NewReader(b), int64(len(b))) == nil {
				t.Errorf("%s: %s: is accepted", kind, name)
			}
		}
	}
	// Whoever opens one is told.
	path := filepath.Join(t.TempDir(), "two.zip")
	if err := os.WriteFile(path, append(bytes.Clone(plain.Bytes()), plain.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(t.Context(), path, Options{Policy: Policy{AllowNoTimestamp: true}}); err != nil || r.Verdict != NotValid || r.Checks[1].Name != checkForm || r.Checks[1].State != "failed" {
		t.Errorf("two archives: %+v, %v", r, err)
	}
}

// entryRest is how long name and extra fields of an entry of the list are.
func entryRest(b []byte, at int) int {
	return int(binary.LittleEndian.Uint16(b[at+28:])) + int(binary.LittleEndian.Uint16(b[at+30:])) + int(binary.LittleEndian.Uint16(b[at+32:]))
}
