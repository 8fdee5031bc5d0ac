package capture

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"constat/evidence"
)

// archived is one record of an archive, read independently of what wrote it.
type archived struct {
	kind, uri, truncated string
	fields               http.Header
	head, body           string // of the HTTP message
}

func (a archived) header(name string) string {
	r, err := http.ReadResponse(bufio.NewReader(strings.NewReader(a.head+"\r\n\r\n")), nil)
	if err != nil {
		return err.Error()
	}
	return r.Header.Get(name)
}

// entriesOf unpacks page.wacz, of which players read ranges: nothing in it may be packed.
func entriesOf(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Method != zip.Store {
			t.Errorf("%s is not stored", f.Name)
		}
	}
	return entriesOfAny(t, b)
}

func entriesOfAny(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if entries[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	return entries
}

// recordsOf reads every record of page.wacz and checks every digest.
func recordsOf(t testing.TB, sink *memory) []archived {
	t.Helper()
	b, ok := sink.files[evidence.WACZName]
	if !ok {
		t.Fatal("no page.wacz")
	}
	r := bufio.NewReader(bytes.NewReader(entriesOf(t, b)["archive/data.warc.gz"]))
	z, err := gzip.NewReader(r)
	var list []archived
	for ; err == nil; err = z.Reset(r) {
		z.Multistream(false)
		record, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, parseRecord(t, record))
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return list
}

func parseRecord(t testing.TB, record []byte) archived {
	t.Helper()
	head, rest, ok := bytes.Cut(record, []byte("\r\n\r\n"))
	version, fields, _ := strings.Cut(string(head), "\r\n")
	block, end := bytes.CutSuffix(rest, []byte("\r\n\r\n"))
	if !ok || !end || version != "WARC/1.1" {
		t.Fatalf("record %.200q", record)
	}
	a := archived{fields: http.Header{}}
	for line := range strings.SplitSeq(fields, "\r\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("line %q", line)
		}
		a.fields.Add(name, value)
	}
	a.kind, a.uri, a.truncated = a.fields.Get("WARC-Type"), a.fields.Get("WARC-Target-URI"), a.fields.Get("WARC-Truncated")
	if a.fields.Get("Content-Length") != fmt.Sprint(len(block)) || a.fields.Get("WARC-Block-Digest") != hexDigest(block) {
		t.Errorf("%s %s: length or block digest is wrong", a.kind, a.uri)
	}
	a.head = string(block)
	if a.kind == "request" || a.kind == "response" {
		a.head, a.body, _ = strings.Cut(string(block), "\r\n\r\n")
	}
	if want := a.fields.Get("WARC-Payload-Digest"); want != "" && want != hexDigest([]byte(a.body)) {
		t.Errorf("%s %s: payload digest is wrong", a.kind, a.uri)
	}
	return a
}

func hexDigest(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }

// answerTo finds the answer to an address that ends so.
func answerTo(t testing.TB, list []archived, end string) archived {
	return recordTo(t, list, "response", end)
}

func recordTo(t testing.TB, list []archived, kind, end string) archived {
	t.Helper()
	for _, a := range list {
		if a.kind == kind && strings.HasSuffix(a.uri, end) {
			return a
		}
	}
	t.Errorf("no %s for %s", kind, end)
	return archived{}
}

func utf16le(s string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// served is one fixed answer.
type served struct {
	mediaType, coding string
	body, wire        []byte // wire only if it differs
}

func TestArchiveHoldsTheBytes(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("0123456789abcdef"), 9<<16) // 9 MiB
	css := []byte("body { color: #123456 }\r\n")
	files := map[string]served{
		"/latin.html":  {mediaType: "text/html; charset=iso-8859-1", body: []byte("<p>caf\xe9 \xa4")},
		"/japan.html":  {mediaType: "text/html; charset=shift_jis", body: []byte("<p>\x93\xfa\x96\x7b")},
		"/wide.js":     {mediaType: "text/javascript; charset=utf-16le", body: utf16le("document.title += 'é'")},
		"/bom.js":      {mediaType: "text/javascript", body: []byte("\xef\xbb\xbf'bom'")},
		"/gzip.css":    {mediaType: "text/css", coding: "gzip", body: css, wire: zipped(css)},
		"/zstd.txt":    {mediaType: "text/plain", coding: "zstd", body: css, wire: zstdFrame(string(css))},
		"/lines":       {mediaType: "application/x-ndjson", body: []byte("{}\n{\"\xe9\": 1}\n")},
		"/nul.json":    {mediaType: "application/json", body: []byte("{\"a\": \"\x00\xff\r\n\"}")},
		"/large.bin":   {mediaType: "application/octet-stream", body: large},
		"/favicon.ico": {mediaType: "image/x-icon", body: []byte("icon")},
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			f = served{mediaType: "text/html", body: []byte(`<!doctype html><title>Bytes</title><link rel=stylesheet href=/gzip.css>
				<script src=/wide.js></script><script src=/bom.js></script><iframe src=/latin.html></iframe><iframe src=/japan.html></iframe>
				<script>for (const a of ['/zstd.txt', '/lines', '/nul.json', '/large.bin']) fetch(a).then(r => r.blob())</script>`)}
		}
		w.Header().Set("Content-Type", f.mediaType)
		if f.coding != "" && strings.Contains(r.Header.Get("Accept-Encoding"), f.coding) {
			w.Header().Set("Content-Encoding", f.coding)
			w.Write(f.wire)
			return
		}
		w.Write(f.body)
	})
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	list := recordsOf(t, sink)
	if list[0].kind != "warcinfo" {
		t.Errorf("the first record is %s", list[0].kind)
	}
	for path, f := range files {
		a := answerTo(t, list, path)
		if a.body != string(f.body) || a.truncated != "" {
			t.Errorf("%s: %d bytes, not the %d that were served", path, len(a.body), len(f.body))
		}
		if f.coding != "" && a.header("X-Archive-Orig-Content-Encoding") == "" && f.coding == "gzip" {
			t.Errorf("%s does not tell its coding: %q", path, a.head)
		}
		if a.header("Content-Encoding") != "" || a.header("Content-Length") != fmt.Sprint(len(f.body)) {
			t.Errorf("%s: header %q does not fit the body", path, a.head)
		}
	}
	packageIsSound(t, sink, server.URL+"/", "Bytesé")
}

// packageIsSound follows every digest of the package and every line of its index.
func packageIsSound(t *testing.T, sink *memory, address, title string) {
	t.Helper()
	entries := entriesOf(t, sink.files[evidence.WACZName])
	var digest struct{ Path, Hash string }
	var list struct {
		Version   string `json:"wacz_version"`
		URL       string `json:"mainPageUrl"`
		Title     string
		Resources []struct {
			Path, Hash string
			Bytes      int
		}
	}
	if err := errors.Join(json.Unmarshal(entries["datapackage-digest.json"], &digest), json.Unmarshal(entries["datapackage.json"], &list)); err != nil {
		t.Fatal(err)
	}
	if digest.Path != "datapackage.json" || digest.Hash != hexDigest(entries["datapackage.json"]) {
		t.Errorf("digest %+v", digest)
	}
	if list.Version != "1.1.1" || list.URL != address || list.Title != title || len(list.Resources) != 3 || len(entries) != 5 {
		t.Errorf("datapackage %+v", list)
	}
	for _, r := range list.Resources {
		if b := entries[r.Path]; r.Hash != hexDigest(b) || r.Bytes != len(b) {
			t.Errorf("resource %+v", r)
		}
	}
	data := entries["archive/data.warc.gz"]
	last := ""
	for line := range strings.Lines(string(entries["indexes/index.cdx"])) {
		if line < last {
			t.Error("the index is not sorted")
		}
		last = line
		var at struct{ URL, Offset, Length string }
		_, object, _ := strings.Cut(line, " {")
		var offset, length int
		if err := json.Unmarshal([]byte("{"+object), &at); err != nil {
			t.Fatal(err)
		}
		fmt.Sscan(at.Offset+" "+at.Length, &offset, &length)
		z, err := gzip.NewReader(bytes.NewReader(data[offset : offset+length]))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if a := parseRecord(t, b); err != nil || a.uri != at.URL || a.kind != "response" {
			t.Errorf("index line %s leads to %s %s, %v", line, a.kind, a.uri, err)
		}
	}
}
