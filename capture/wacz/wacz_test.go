package wacz

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
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 5e6, time.UTC)

// counting is a source of record ids that are the same in every run.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		c.n++
		p[i] = c.n
	}
	return len(p), nil
}

// write makes a package of the exchanges.
func write(t testing.TB, list ...Exchange) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, Options{Software: "test 1", Created: noon, Random: &counting{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if err := w.Add(x); err != nil {
			t.Fatal(err)
		}
	}
	if w.Exchanges() != len(list) {
		t.Errorf("%d exchanges, not %d", w.Exchanges(), len(list))
	}
	note := []Header{{"exchanges", fmt.Sprint(len(list))}}
	if err := errors.Join(w.Note("http://a.example/", noon, note), w.Close(Page{"http://a.example/", "Title", noon})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// entry reads an entry, which must be stored.
func read(t testing.TB, b []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		if f.Method != zip.Store {
			t.Errorf("%s is packed", name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	t.Fatalf("no %s", name)
	return nil
}

// record is one record, taken apart by the rules of ISO 28500 and nothing of ours.
type record struct {
	fields http.Header
	block  []byte
}

func records(t testing.TB, b []byte) []record {
	t.Helper()
	source := bufio.NewReader(bytes.NewReader(read(t, b, "archive/data.warc.gz")))
	z, err := gzip.NewReader(source)
	var list []record
	for ; err == nil; err = z.Reset(source) {
		z.Multistream(false)
		whole, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, split(t, whole))
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return list
}

func split(t testing.TB, whole []byte) record {
	t.Helper()
	head, rest, found := bytes.Cut(whole, []byte("\r\n\r\n"))
	block, ends := bytes.CutSuffix(rest, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	if !found || !ends || lines[0] != "WARC/1.1" {
		t.Fatalf("record %.300q", whole)
	}
	r := record{http.Header{}, block}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || strings.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("line %q", line)
		}
		r.fields.Add(name, value)
	}
	if r.fields.Get("Content-Length") != fmt.Sprint(len(block)) || r.fields.Get("WARC-Block-Digest") != digestOf(block) {
		t.Errorf("length or digest of %.300q", whole)
	}
	return r
}

func digestOf(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }

// answer reads a response block as a client would.
func (r record) answer(t testing.TB) (*http.Response, []byte) {
	t.Helper()
	a, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(r.block)), nil)
	if err != nil {
		t.Fatalf("%v: %.300q", err, r.block)
	}
	_, body, _ := bytes.Cut(r.block, []byte("\r\n\r\n"))
	return a, body
}

func TestBytesComeBack(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, body := range map[string][]byte{
		"none": nil, "every byte": every, "a header's end": []byte("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), "a record": []byte("WARC/1.1\r\n\r\n"),
		"packed already": append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat(every, 1000)...), "long": bytes.Repeat([]byte("abc\r\n"), 1<<18),
	} {
		t.Run(name, func(t *testing.T) {
			list := records(t, write(t, Exchange{
				URL: "http://a.example/x", Method: "POST", Date: noon, Remote: "192.0.2.7", Posted: every,
				Request: []Header{{"Accept", "*/*"}}, Status: 200, StatusText: "OK", Response: []Header{{"Content-Type", "text/plain"}}, Body: body,
			}))
			var kinds []string
			for _, r := range list {
				kinds = append(kinds, r.fields.Get("WARC-Type"))
			}
			if !slices.Equal(kinds, []string{"warcinfo", "response", "request", "metadata"}) {
				t.Fatalf("records %q", kinds)
			}
			answer, request := list[1], list[2]
			if _, got := answer.answer(t); !bytes.Equal(got, body) || answer.fields.Get("WARC-Payload-Digest") != digestOf(body) {
				t.Errorf("%d bytes came back, digest %s", len(got), answer.fields.Get("WARC-Payload-Digest"))
			}
			if _, got, _ := bytes.Cut(request.block, []byte("\r\n\r\n")); !bytes.Equal(got, every) || request.fields.Get("WARC-Concurrent-To") != answer.fields.Get("WARC-Record-ID") {
				t.Errorf("posted %q", got)
			}
			if answer.fields.Get("WARC-IP-Address") != "192.0.2.7" || answer.fields.Get("WARC-Date") != "2026-11-23T12:00:00.005Z" {
				t.Errorf("fields %q", answer.fields)
			}
			if !bytes.HasPrefix(request.block, []byte("POST /x HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n")) {
				t.Errorf("request %.100q", request.block)
			}
		})
	}
}

func TestHeaderFitsTheBody(t *testing.T) {
	list := records(t, write(t,
		Exchange{URL: "https://a.example/1", Status: 200, Body: []byte("four"),
			Response: []Header{{"content-encoding", "br"}, {"content-length", "2"}, {"X-Same", "1"}, {"X-Same", "2"}}},
		Exchange{URL: "https://a.example/2", Status: 200, Body: []byte("four"), Response: []Header{{"Transfer-Encoding", "chunked"}}},
		Exchange{URL: "https://a.example/3", Status: 304, Truncated: TruncatedTime},
	))
	one, _ := list[1].answer(t)
	if one.ContentLength != 4 || one.Header.Get("Content-Encoding") != "" || one.Header.Get("X-Archive-Orig-Content-Encoding") != "br" ||
		one.Header.Get("X-Archive-Orig-Content-Length") != "2" || len(one.Header["X-Same"]) != 2 {
		t.Errorf("header %q", one.Header)
	}
	if two, _ := list[3].answer(t); two.ContentLength != 4 || two.Header.Get("X-Archive-Orig-Transfer-Encoding") != "chunked" {
		t.Errorf("header %q", two.Header)
	}
	if f := list[5].fields; f.Get("WARC-Truncated") != "time" || f.Get("WARC-Payload-Digest") != "" {
		t.Errorf("a cut body has the fields %q", f)
	}
}

func TestNothingBreaksOutOfItsLine(t *testing.T) {
	const evil = "a\r\nSet-Cookie: x\r\n\r\n<b>\x00\x7f\u0085\u2028"
	list := records(t, write(t, Exchange{
		URL: "http://a.example/" + evil, Method: "GET " + evil, Date: noon, Remote: evil, Status: -7, StatusText: evil,
		Request:  []Header{{"X-Evil", evil}, {evil, "1"}, {"", "2"}, {"a b", "3"}, {":authority", "4"}},
		Response: []Header{{"X-Evil", evil}, {evil, "1"}, {"Content-Type", evil}},
		Body:     []byte("body"),
	}, Exchange{URL: strings.Repeat("u", 1<<20), Status: 99999, StatusText: strings.Repeat("s", 1<<20)}, Exchange{}))
	if len(list) != 1+3*2+1 {
		t.Fatalf("%d records", len(list))
	}
	for _, r := range list[1:7] {
		head, _, _ := bytes.Cut(r.block, []byte("\r\n\r\n"))
		for _, line := range strings.Split(string(head), "\r\n")[1:] {
			if name, _, ok := strings.Cut(line, ": "); !ok || !isToken(name) || strings.EqualFold(name, "Set-Cookie") {
				t.Errorf("line %.100q", line)
			}
		}
	}
}

func TestIndexLeadsToItsRecord(t *testing.T) {
	b := write(t,
		Exchange{URL: "http://b.example/?z=1&a=2", Method: "GET", Date: noon, Status: 200, Response: []Header{{"Content-Type", "text/html; charset=x"}}, Body: []byte("b")},
		Exchange{URL: "http://www.A.example:8080/Path", Method: "POST", Posted: []byte("k=v w"), Date: noon, Status: 201,
			Request: []Header{{"Content-Type", "application/x-www-form-urlencoded"}}},
		Exchange{URL: "http://[2001:db8::1]/%zz\x01 space", Method: "GET", Date: noon, Status: 404, Body: []byte("missing")},
		Exchange{URL: "http://b.example/?z=1&a=2", Method: "GET", Date: noon.Add(time.Second), Status: 200, Body: []byte("again")},
	)
	data := read(t, b, "archive/data.warc.gz")
	var keys []string
	for line := range strings.Lines(string(read(t, b, "indexes/index.cdx"))) {
		key, rest, _ := strings.Cut(line, " ")
		_, object, _ := strings.Cut(rest, " ")
		keys = append(keys, key)
		var at struct{ URL, Offset, Length, Digest, Status, MIME string }
		if err := json.Unmarshal([]byte(object), &at); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		var offset, length int
		fmt.Sscan(at.Offset+" "+at.Length, &offset, &length)
		z, err := gzip.NewReader(bytes.NewReader(data[offset : offset+length]))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(z)
		if r := split(t, whole); err != nil || r.fields.Get("WARC-Type") != "response" || r.fields.Get("WARC-Payload-Digest") != at.Digest {
			t.Errorf("%s leads to %q", line, r.fields)
		}
	}
	want := []string{
		"[2001:db8::1]/%zz%20%20space", "example,a:8080)/path?__wb_method=POST&k=v+w", "example,b)/?a=2&z=1", "example,b)/?a=2&z=1",
	}
	want[0] = strings.ToLower(strings.ReplaceAll(oneLine("http://[2001:db8::1]/%zz\x01 space"), " ", "%20")) // not an address that can be parsed
	want[1] = strings.ReplaceAll(want[1], "POST", "post")
	slices.Sort(want)
	if !slices.Equal(keys, want) {
		t.Errorf("keys\n%q, not\n%q", keys, want)
	}
}

func TestPackageListsItself(t *testing.T) {
	b := write(t, Exchange{URL: "http://a.example/", Status: 200, Body: []byte("page")})
	var list struct {
		Profile, MainPageURL, Title string
		Version                     string `json:"wacz_version"`
		Resources                   []struct {
			Name, Path, Hash string
			Bytes            int
		}
	}
	var digest struct{ Path, Hash string }
	if err := errors.Join(json.Unmarshal(read(t, b, "datapackage.json"), &list), json.Unmarshal(read(t, b, "datapackage-digest.json"), &digest)); err != nil {
		t.Fatal(err)
	}
	if digest.Path != "datapackage.json" || digest.Hash != digestOf(read(t, b, "datapackage.json")) {
		t.Errorf("digest %+v", digest)
	}
	if list.Profile != "data-package" || list.Version != "1.1.1" || list.MainPageURL != "http://a.example/" || len(list.Resources) != 3 {
		t.Errorf("list %+v", list)
	}
	for _, r := range list.Resources {
		if content := read(t, b, r.Path); r.Hash != digestOf(content) || r.Bytes != len(content) {
			t.Errorf("resource %+v", r)
		}
	}
	pages := strings.Split(string(read(t, b, "pages/pages.jsonl")), "\n")
	if len(pages) != 3 || !strings.Contains(pages[0], `"json-pages-1.0"`) || !strings.Contains(pages[1], `"http://a.example/"`) {
		t.Errorf("pages %q", pages)
	}
}

func TestFullPackageCanBeClosed(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, Options{Created: noon, Random: &counting{}})
	if err != nil {
		t.Fatal(err)
	}
	long := Exchange{URL: "http://a.example/" + strings.Repeat("long/", 1<<14), Status: 200}
	for err = w.Add(long); err == nil; err = w.Add(long) {
		if w.Exchanges() > maxIndex/len(long.URL) {
			t.Fatal("the index grows without end")
		}
	}
	if !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	if err := w.Close(Page{}); err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, b.Bytes(), "indexes/index.cdx")); n > maxIndex {
		t.Errorf("an index of %d bytes", n)
	}
}

// failing takes so many bytes and no more.
type failing struct{ left int }

var errDisk = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

func TestStreamThatFails(t *testing.T) {
	x := Exchange{URL: "http://a.example/", Status: 200, Body: bytes.Repeat([]byte("\x89PNG"), 1<<12)}
	size := len(write(t, x))
	for left := 0; left < size; left += 997 {
		w, err := NewWriter(&failing{left}, Options{Software: "test 1", Created: noon, Random: &counting{}})
		if err == nil {
			err = errors.Join(w.Add(x), w.Note(x.URL, noon, nil), w.Close(Page{URL: x.URL}))
		}
		if !errors.Is(err, errDisk) {
			t.Fatalf("after %d bytes: %v", left, err)
		}
	}
}

func FuzzExchange(f *testing.F) {
	f.Add("http://a.example/", "GET", "Name", "value", "OK", 200, []byte("body"))
	f.Add("://\r\n", "G T", "a\nb", "\r\n\r\n", "\x00", -1, []byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, url, method, name, value, text string, status int, body []byte) {
		b := write(t, Exchange{URL: url, Method: method, Date: noon, Posted: body, Status: status, StatusText: text, Body: body,
			Remote: value, Request: []Header{{name, value}}, Response: []Header{{name, value}, {"Content-Type", value}}})
		list := records(t, b)
		if len(list) != 4 {
			t.Fatalf("%d records", len(list))
		}
		if _, got, _ := bytes.Cut(list[1].block, []byte("\r\n\r\n")); !bytes.Equal(got, body) {
			t.Errorf("body %q", got)
		}
		if n := bytes.Count(read(t, b, "indexes/index.cdx"), []byte("\n")); n != 1 {
			t.Errorf("%d lines of index", n)
		}
	})
}
