package wacz

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Header is one field of an HTTP header. Several of one name are several.
type Header struct{ Name, Value string }

// Reason says why a body is not whole; ISO 28500, WARC-Truncated.
type Reason string

// The reasons; the empty one means that the body is whole.
const (
	TruncatedLength      Reason = "length"      // larger than what is kept
	TruncatedTime        Reason = "time"        // took longer than was waited
	TruncatedDisconnect  Reason = "disconnect"  // the connection broke
	TruncatedUnspecified Reason = "unspecified" // anything else
)

// Exchange is one request and its answer.
type Exchange struct {
	URL     string // absolute, without credentials and fragment
	Method  string // e.g. "GET"
	Date    time.Time
	Remote  string // IP address of the server, if known
	Request []Header
	Posted  []byte // body of the request
	// PostedCut is set when Posted is not the whole body.
	PostedCut bool

	Status     int
	StatusText string
	Response   []Header
	Body       []byte // of the answer, without its content coding
	Truncated  Reason
}

// field is a named field of a WARC record.
type field struct{ name, value string }

// record writes one record as a gzip member of its own. The block is head and
// body, one after the other.
func (w *Writer) record(kind string, fields []field, head, body []byte) (id string, err error) {
	if id, err = w.newID(); err != nil {
		return "", err
	}
	block := sha256.New()
	block.Write(head)
	block.Write(body)
	var b bytes.Buffer
	b.WriteString("WARC/1.1\r\n")
	fmt.Fprintf(&b, "WARC-Type: %s\r\nWARC-Record-ID: %s\r\n", kind, id)
	for _, f := range fields {
		if f.value != "" {
			fmt.Fprintf(&b, "%s: %s\r\n", f.name, oneLine(f.value))
		}
	}
	fmt.Fprintf(&b, "WARC-Block-Digest: %s\r\nContent-Length: %d\r\n\r\n", digestText(block.Sum(nil)), len(head)+len(body))

	member := w.packed
	if incompressible(body) {
		member = w.stored
	}
	member.Reset(w.archive)
	for _, part := range [][]byte{b.Bytes(), head, body, []byte("\r\n\r\n")} {
		if _, err := member.Write(part); err != nil {
			return "", err
		}
	}
	return id, member.Close()
}

// incompressible knows the beginnings of what is compressed already: pictures,
// fonts, films. Packing those once more costs time and saves nothing.
func incompressible(body []byte) bool {
	for _, magic := range []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "wOF2", "wOFF", "\x1f\x8b", "PK\x03\x04", "\x1aE\xdf\xa3", "ID3", "OggS"} {
		if bytes.HasPrefix(body, []byte(magic)) {
			return true
		}
	}
	return len(body) >= 12 && (string(body[4:8]) == "ftyp" || string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP")
}

// Add writes the records of one exchange. The writer keeps neither headers nor bodies.
func (w *Writer) Add(x Exchange) error {
	// An address stands in its line twice, and every byte of it may have to be escaped.
	if len(w.lines) >= maxExchanges || w.indexed+9*(len(x.URL)+maxPostedKey) > maxIndex {
		return ErrFull
	}
	date := warcDate(x.Date)
	head := responseHead(x)
	fields := []field{
		{"WARC-Target-URI", x.URL}, {"WARC-Date", date}, {"WARC-IP-Address", x.Remote},
		{"Content-Type", "application/http; msgtype=response"}, {"WARC-Truncated", string(x.Truncated)},
	}
	digest := ""
	if x.Truncated == "" {
		sum := sha256.Sum256(x.Body)
		digest = digestText(sum[:])
		fields = append(fields, field{"WARC-Payload-Digest", digest})
	}
	start := w.archive.n
	id, err := w.record("response", fields, head, x.Body)
	if err != nil {
		return err
	}
	line := indexLine(x, digest, start, w.archive.n-start)
	w.lines, w.indexed = append(w.lines, line), w.indexed+len(line)+1

	sum := sha256.Sum256(x.Posted)
	fields = []field{
		{"WARC-Target-URI", x.URL}, {"WARC-Date", date}, {"WARC-IP-Address", x.Remote}, {"WARC-Concurrent-To", id},
		{"Content-Type", "application/http; msgtype=request"},
	}
	if x.PostedCut {
		fields = append(fields, field{"WARC-Truncated", string(TruncatedUnspecified)})
	} else {
		fields = append(fields, field{"WARC-Payload-Digest", digestText(sum[:])})
	}
	_, err = w.record("request", fields, requestHead(x), x.Posted)
	return err
}

// Note writes a metadata record about the address: lines of "name: value"
// (application/warc-fields).
func (w *Writer) Note(url string, date time.Time, facts []Header) error {
	var b bytes.Buffer
	writeHeaders(&b, facts)
	_, err := w.record("metadata", []field{
		{"WARC-Target-URI", url}, {"WARC-Date", warcDate(date)}, {"Content-Type", "application/warc-fields"},
	}, b.Bytes(), nil)
	return err
}

// responseHead is the status line and the header. The browser does not say
// which version of HTTP it spoke here; archives write HTTP/1.1.
func responseHead(x Exchange) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\r\n", max(0, min(x.Status, 999)), oneLine(x.StatusText))
	coded := false
	for _, h := range x.Response {
		coded = coded || strings.EqualFold(h.Name, "Content-Encoding")
	}
	length := strconv.Itoa(len(x.Body))
	fits := true
	kept := make([]Header, 0, len(x.Response)+1)
	for _, h := range x.Response {
		switch {
		case strings.EqualFold(h.Name, "Content-Encoding"), strings.EqualFold(h.Name, "Transfer-Encoding"):
			h.Name = origPrefix + h.Name
			fits = false
		case strings.EqualFold(h.Name, "Content-Length") && (coded || strings.TrimSpace(h.Value) != length):
			h.Name = origPrefix + h.Name
			fits = false
		}
		kept = append(kept, h)
	}
	if !fits {
		kept = append(kept, Header{"Content-Length", length})
	}
	writeHeaders(&b, kept)
	b.WriteString("\r\n")
	return b.Bytes()
}

// origPrefix marks fields that described the bytes on the wire.
const origPrefix = "X-Archive-Orig-"

func requestHead(x Exchange) []byte {
	var b bytes.Buffer
	method := x.Method
	if !isToken(method) {
		method = "GET"
	}
	host, target := splitURL(x.URL)
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", method, oneLine(target))
	kept := x.Request
	named := false
	for _, h := range kept {
		named = named || strings.EqualFold(h.Name, "Host")
	}
	if !named {
		kept = append([]Header{{"Host", host}}, kept...)
	}
	writeHeaders(&b, kept)
	b.WriteString("\r\n")
	return b.Bytes()
}

// splitURL returns host and request target of an absolute address.
func splitURL(u string) (host, target string) {
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		return "", u
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return rest, "/"
	case rest[i] == '?':
		return rest[:i], "/" + rest[i:]
	}
	return rest[:i], rest[i:]
}

func writeHeaders(b *bytes.Buffer, headers []Header) {
	for _, h := range headers {
		if isToken(h.Name) {
			fmt.Fprintf(b, "%s: %s\r\n", h.Name, oneLine(h.Value))
		}
	}
}

// isToken tells whether s can be the name of a field or a method (RFC 9110, 5.6.2).
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return true
}

// oneLine keeps text inside its line: control characters become spaces.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func warcDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func digestText(sum []byte) string { return "sha256:" + hex.EncodeToString(sum) }

// counter counts what goes through it.
type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// gzipAt returns a gzip writer of that level, which is one that exists.
func gzipAt(level int) *gzip.Writer {
	z, _ := gzip.NewWriterLevel(io.Discard, level)
	return z
}
