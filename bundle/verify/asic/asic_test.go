package asic_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	written "constat/bundle/asic"
	"constat/bundle/verify/asic"
	"constat/internal/stock"
)

func container(t testing.TB) []byte {
	t.Helper()
	c := written.Container{Name: "list.txt", MIME: "text/plain", Data: []byte("a list\n"), Token: []byte("a token")}
	b, err := c.Write(c.Manifest(), []byte("an archive token"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReaderAndWriterAgree(t *testing.T) {
	b := container(t)
	if !bytes.Equal(b, container(t)) {
		t.Error("two are not alike")
	}
	c, err := asic.Read(b)
	if err != nil || c.Name != "list.txt" || string(c.Data) != "a list\n" || string(c.Token) != "a token" || string(c.Archive) != "an archive token" {
		t.Fatalf("%v %+v", err, c)
	}
	if string(b[38:38+31]) != "application/vnd.etsi.asic-s+zip" {
		t.Errorf("at byte 38: %q", b[38:80])
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.asics"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := stock.Run(t, dir, "7z", "t", "x.asics"); !strings.Contains(out, "Everything is Ok") || strings.Contains(out, "Warning") {
		t.Errorf("%s", out)
	}
}

// rebuilt writes the entries of a container anew, changed.
func rebuilt(t *testing.T, b []byte, change func(name string, data []byte) (string, []byte)) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	c := written.Container{Name: "list.txt", MIME: "text/plain"}
	var manifest, archive []byte
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		name, data := change(f.Name, data)
		switch f.Name {
		case "list.txt":
			c.Name, c.Data = name, data
		case "META-INF/timestamp.tst":
			c.Token = data
		case "META-INF/ASiCArchiveManifest.xml":
			manifest = data
		case "META-INF/timestamp002.tst":
			archive = data
		}
	}
	out, err := c.Write(manifest, archive)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// twice has the archive timestamp under the name of the token: readers of others see one of both.
func twice(b []byte) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	in, _ := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	for _, f := range in.File {
		r, _ := f.Open()
		data, _ := io.ReadAll(r)
		name := f.Name
		if name == "META-INF/timestamp002.tst" {
			name = "META-INF/timestamp.tst"
		}
		if f.Name == "META-INF/ASiCArchiveManifest.xml" {
			data = bytes.ReplaceAll(data, []byte("timestamp002.tst"), []byte("timestamp.tst"))
		}
		size := uint64(len(data))
		w, _ := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data), CompressedSize64: size, UncompressedSize64: size})
		_, _ = w.Write(data)
	}
	_ = z.Close()
	return out.Bytes()
}

func TestWrongContainers(t *testing.T) {
	good := container(t)
	swap := func(file, from, to string) []byte {
		return rebuilt(t, good, func(name string, data []byte) (string, []byte) {
			if name == file {
				if !bytes.Contains(data, []byte(from)) {
					t.Fatalf("%s has no %q", file, from)
				}
				data = bytes.ReplaceAll(data, []byte(from), []byte(to))
			}
			return name, data
		})
	}
	const manifest = "META-INF/ASiCArchiveManifest.xml"
	flip := func(at int) []byte {
		b := bytes.Clone(good)
		b[at] ^= 1
		return b
	}
	if _, err := asic.Read(rebuilt(t, good, func(n string, d []byte) (string, []byte) { return n, d })); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "does not end"},
		{"cut", good[:len(good)-1], "does not end"},
		{"a byte more", append(bytes.Clone(good), 0), "does not end"},
		{"a byte before", append([]byte{0}, good...), "does not end"},
		{"another media type", bytes.Replace(good, []byte("asic-s+zip"), []byte("asic-e+zip"), 1), "its checksum"},
		{"a byte of the list", flip(bytes.Index(good, []byte("a list"))), "its checksum"},
		{"a name in the central list", flip(bytes.LastIndex(good, []byte("list.txt"))), "its list says something else of entry 2"},
		{"the list changed", swap("list.txt", "a list", "another"), "list.txt is not as the manifest says"},
		{"its token changed", swap("META-INF/timestamp.tst", "token", "other"), "META-INF/timestamp.tst is not as the manifest says"},
		{"another file named", swap(manifest, `"list.txt"`, `"other.txt"`), `names "other.txt" where "list.txt" is`},
		{"another timestamp named", swap(manifest, "timestamp002.tst", "timestamp003.tst"), "names another timestamp over itself"},
		{"two entries of one name", twice(good), "names another timestamp over itself"},
		{"a weak digest", swap(manifest, "xmlenc#sha512", "xmldsig#sha1"), "digest by"},
		{"a directive", swap(manifest, "</asic:ASiCManifest>", "<!-- x --></asic:ASiCManifest>"), "a directive or a comment"},
		{"an entity", swap(manifest, "<asic:SigReference", "&x;<asic:SigReference"), "manifest: "},
		{"something behind", swap(manifest, "</asic:ASiCManifest>", "</asic:ASiCManifest><x/>"), "something behind its end"},
		{"no manifest", swap(manifest, "asic:ASiCManifest", "asic:Other"), `manifest: "Other"`},
		{"of another namespace", swap(manifest, "v1.2.1#", "v1.1.1#"), "manifest: "},
		{"one file named", swap(manifest, "asic:DataObjectReference URI=\"list.txt\" MimeType=\"text/plain\">", "asic:Other>"), "manifest: "},
	} {
		if _, err := asic.Read(c.b); !errors.Is(err, asic.ErrContainer) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(container(f))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := asic.Read(b)
		if err != nil {
			return
		}
		// Readers of others see the same.
		r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil || len(r.File) != 5 || r.File[1].Name != c.Name {
			t.Fatalf("another reader: %v", err)
		}
		for n, want := range [][]byte{nil, c.Data, c.Token, c.Manifest, c.Archive} {
			in, err := r.File[n].Open()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(in); err != nil || n > 0 && !bytes.Equal(got, want) {
				t.Errorf("%s: another reader: %v", r.File[n].Name, err)
			}
		}
	})
}
