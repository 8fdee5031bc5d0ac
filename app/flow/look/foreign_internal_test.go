package look

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"constat/evidence"
)

func aRecord(kind, header string, body []byte) string {
	block := "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n" + header + "\r\n" + string(body)
	if kind == "resource" {
		block = string(body)
	}
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: %s\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, len(block), block)
}

func gzipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&b)
		if _, err := io.WriteString(z, p); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestWhatSomebodyBrought: a picture is found in each kind of web archive, whoever wrote it.
func TestWhatSomebodyBrought(t *testing.T) {
	picture, small := aPicture(t, 500, 400, false), aPicture(t, 20, 20, false)
	chunks := fmt.Sprintf("%x\r\n%s\r\n%x;x=y\r\n%s\r\n0\r\n\r\n", 10, picture[:10], len(picture)-10, picture[10:])
	plain := aRecord("request", "", []byte("GET")) + aRecord("response", "", picture) + aRecord("response", "", small)
	packed := gzipped(t, aRecord("warcinfo", "", nil), aRecord("response", "", picture), aRecord("response", "", small))
	zipOf := func(method uint16, archive []byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, e := range []struct {
			name   string
			method uint16
			data   []byte
		}{{"datapackage.json", zip.Deflate, []byte("{}")}, {"pages/pages.jsonl", zip.Store, []byte("PK\x03\x04 as text")},
			{"archive/rec-1.warc.gz", method, archive}, {"indexes/index.cdx", zip.Store, []byte("x")}} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: e.method})
			if err == nil {
				_, err = w.Write(e.data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	mhtml := func(header, body string) []byte {
		return []byte("From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----x\"\r\n\r\n\r\n" +
			"------x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=A9\r\n" +
			"------x\r\nContent-Type: image/png\r\n" + header + "\r\n" + body + "\r\n------x--\r\n")
	}
	for name, b := range map[string][]byte{
		"plain WARC": []byte(plain), "WARC": packed, "WARC as one member": gzipped(t, plain), "resource": []byte(aRecord("resource", "", picture)),
		"in chunks":       []byte(aRecord("response", "Transfer-Encoding: chunked\r\n", []byte(chunks))),
		"chunks undone":   []byte(aRecord("response", "Transfer-Encoding: chunked\r\n", picture)),
		"packed":          []byte(aRecord("response", "Content-Encoding: gzip\r\n", gzipped(t, string(picture)))),
		"packed, undone":  []byte(aRecord("response", "Content-Encoding: gzip\r\n", picture)),
		"WACZ":            zipOf(zip.Store, packed),
		"WACZ, deflated":  zipOf(zip.Deflate, packed),
		"MHTML":           mhtml("Content-Transfer-Encoding: base64\r\n", base64.StdEncoding.EncodeToString(picture)),
		"MHTML as binary": mhtml("Content-Transfer-Encoding: binary\r\n", string(picture)),
		"our own":         anArchive(t, picture),
	} {
		for _, telling := range []bool{true, false} {
			held, whole := foreign(t.Context(), bytes.NewReader(b), telling)
			if !held[evidence.Sum(picture)] || !whole || telling && len(held) != 1 {
				t.Errorf("%s, telling %v: %d found, whole %v", name, telling, len(held), whole)
			}
		}
		if _, whole := foreign(t.Context(), bytes.NewReader(b[:len(b)/2]), false); whole && name != "WACZ, deflated" && name != "WACZ" && name != "our own" {
			t.Errorf("%s: cut in two, and said to be whole", name)
		}
	}
	for name, b := range map[string][]byte{"a picture": picture, "nothing": nil, "words": []byte("WARC"), "a mail": []byte("From: a\r\nContent-Type: text/plain\r\n\r\nx"), "a ZIP": zipOf(zip.Store, nil)} {
		if held, whole := foreign(t.Context(), bytes.NewReader(b), false); len(held) != 0 || !whole {
			t.Errorf("%s holds %d, whole %v", name, len(held), whole)
		}
	}
	// What cannot be unpacked here is not said to be read.
	aZIP := zipOf(zip.Store, packed)
	shut := bytes.Clone(aZIP)
	if i := bytes.Index(shut, []byte("archive/rec-1")); i > 30 {
		shut[i-24] |= 1 // encrypted
	}
	within := func(name string, method uint16, data []byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = w.Write(data)
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	encrypted := within("a.png", zip.Store, picture)
	encrypted[6] |= 1
	for name, b := range map[string][]byte{"stored": within("kept.wacz", zip.Store, aZIP), "with a picture": within("a.png", zip.Deflate, picture)} {
		if held, whole := foreign(t.Context(), bytes.NewReader(b), false); !whole || held[evidence.Sum(picture)] != (name == "stored") {
			t.Errorf("a ZIP, %s: %d found, whole %v", name, len(held), whole)
		}
	}
	for name, b := range map[string][]byte{
		"packed otherwise": []byte(aRecord("response", "Content-Encoding: br\r\n", []byte("x"))), "Zstandard": []byte("\x28\xb5\x2f\xfdxxxx"),
		"Zstandard in a WACZ": zipOf(zip.Store, []byte("\x28\xb5\x2f\xfdxxxx")), "an encrypted WACZ": shut,
		"not packed as it says": []byte(aRecord("response", "Content-Encoding: gzip\r\n", gzipped(t, string(picture))[:100])),
		"more behind it":        append(bytes.Clone(packed), "x"...),
		"a .webarchive":         []byte("bplist00\xd1\x01\x02_\x10\x0fWebMainResource"), "a HAR": []byte("\xef\xbb\xbf{\n  \"log\": {\"version\": \"1.2\"}}"),
		"7-Zip": []byte("7z\xbc\xaf\x27\x1c\x00\x04"), "RAR": []byte("Rar!\x1a\x07\x01\x00"), "gzipped otherwise": gzipped(t, "tar, or what it may be"),
		"tar": append(append(make([]byte, 257), "ustar"...), make([]byte, 600)...), "a WACZ packed in a ZIP": within("kept.wacz", zip.Deflate, aZIP),
		"a HAR in a ZIP": within("a.har", zip.Deflate, []byte("{}")), "an encrypted picture in a ZIP": encrypted,
	} {
		if _, whole := foreign(t.Context(), bytes.NewReader(b), false); whole {
			t.Errorf("%s: said to be whole", name)
		}
	}
	if _, whole := foreign(t.Context(), bytes.NewReader(aZIP), false); !whole {
		t.Error("the same, not encrypted, is not")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, whole := foreign(ended, bytes.NewReader(packed), false); whole {
		t.Error("nobody waits, and it was read to its end")
	}
	// A little that unpacks to very much ends.
	f := &foreignArchive{ctx: t.Context(), held: map[evidence.Digest]bool{}, left: 1 << 20}
	var bomb bytes.Buffer
	w, err := flate.NewWriter(&bomb, flate.BestCompression)
	if err == nil {
		_, err = w.Write(make([]byte, 64<<20))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, f.unpacked(flate.NewReader(&bomb))); err == nil || n > 2<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// endless is a line that does not end, and counts what is taken of it.
type endless struct {
	begin string
	n     int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.begin)
	e.begin = e.begin[n:]
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	if e.n += int64(len(p)); e.n > 64<<20 {
		return 0, io.EOF
	}
	return len(p), nil
}

// TestALineWithoutEnd: a few bytes unpack to one that is longer than the memory.
func TestALineWithoutEnd(t *testing.T) {
	head := "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 1099511627776\r\n\r\n"
	for _, begin := range []string{"WARC/", "WARC/1.0\r\nX: ", head, head + "HTTP/1.1 200 OK\r\nX: ", head + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx"} {
		e := &endless{begin: begin}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, whole := foreign(t.Context(), e, true)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; whole || took > 24<<20 {
			t.Errorf("%.60q: %d bytes of memory, whole %v", begin, took, whole)
		}
	}
}

func FuzzForeign(f *testing.F) {
	f.Add([]byte(aRecord("response", "Transfer-Encoding: chunked\r\n", []byte("1\r\nx\r\n0\r\n"))), true)
	f.Add(gzipped(f, aRecord("response", "", []byte("x"))), false)
	f.Add([]byte("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\ny\r\n--x--"), false)
	f.Fuzz(func(t *testing.T, b []byte, telling bool) { foreign(t.Context(), bytes.NewReader(b), telling) })
}
