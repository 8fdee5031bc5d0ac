package look

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"path"
	"regexp"
	"strconv"
	"strings"

	"constat/evidence"
)

// What other programs made of a page, brought as a file: a WACZ, a WARC (gzipped or not), or MHTML. It
// is told by its beginning, not by its name.

const (
	// maxForeign is how much an archive of others may hold, unpacked: more is not looked through.
	maxForeign = 16 << 30
	maxParts   = 20_000 // of an MHTML
	maxDepth   = 3      // of parts in parts
	maxMethod  = 99     // of packing, in a ZIP: what says another is no entry
)

// foreign are the digests of the bodies in a web archive that somebody brought, and whether it could be
// read to its end. What is no web archive holds none.
func foreign(ctx context.Context, r io.Reader, telling bool) (held map[evidence.Digest]bool, whole bool) {
	f := &foreignArchive{ctx: ctx, telling: telling, held: map[evidence.Digest]bool{}, left: maxForeign}
	br := bufio.NewReaderSize(r, 256<<10)
	head, _ := br.Peek(4096)
	var err error
	switch {
	case bytes.HasPrefix(head, []byte("WARC/")):
		err = f.records(br)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}) && f.zippedWARC(head):
		if err = f.members(br); err == nil {
			if _, more := br.Peek(1); more == nil {
				err = errArchive // something else stands behind the records
			}
		}
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) || bytes.HasPrefix(head, []byte("\x5d\x2a\x4d\x18")):
		err = errArchive // Zstandard, in which WARCs come, too; not unpacked here
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		err = f.wacz(br)
	case closedKind(head):
		err = errArchive
	case isMHTML(head):
		var h textproto.MIMEHeader
		if h, err = textproto.NewReader(br).ReadMIMEHeader(); err == nil {
			err = f.part(h, br, 0)
		}
	}
	return f.held, err == nil && !f.missed
}

type foreignArchive struct {
	ctx     context.Context
	telling bool
	held    map[evidence.Digest]bool
	seen    int
	left    int64 // unpacked bytes that may still be read
	missed  bool  // something in it could not be unpacked
}

// zippedWARC looks whether the beginning of what is gzipped is a WARC.
func (f *foreignArchive) zippedWARC(head []byte) bool {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	var b [5]byte
	_, err = io.ReadFull(z, b[:])
	return err == nil && string(b[:]) == "WARC/"
}

// closedKind tells archives that are not unpacked here: Safari's .webarchive and other binary property lists, HAR,
// 7-Zip, RAR, xz, bzip2, tar, and what is gzipped.
func closedKind(head []byte) bool {
	for _, magic := range []string{"bplist", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07", "\xfd7zXZ\x00", "BZh", "\x1f\x8b"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return len(head) > 262 && string(head[257:262]) == "ustar" || har.Match(bytes.TrimPrefix(head, []byte("\ufeff")))
}

// har is how an HTTP archive begins (HAR 1.2): an object whose first member is the log.
var har = regexp.MustCompile(`^\s*\{\s*"log"\s*:\s*\{`)

// packedKinds are endings of archives, within a ZIP.
var packedKinds = map[string]bool{
	".zip": true, ".wacz": true, ".warc": true, ".gz": true, ".mhtml": true, ".mht": true, ".webarchive": true, ".har": true, ".7z": true, ".rar": true,
	".tar": true, ".tgz": true, ".xz": true, ".bz2": true, ".zst": true,
}

// notReached reports an entry of a ZIP with more in it than can be told from here: encrypted, or an archive
// itself. Of a stored ZIP in a ZIP the entries lie open, and are come across.
func notReached(name string, method, flags uint16) bool {
	kind := strings.ToLower(path.Ext(name))
	if strings.HasPrefix(name, "indexes/") { // of a WACZ: it shows nothing
		return false
	}
	return flags&1 != 0 || packedKinds[kind] && !(method == 0 && (kind == ".zip" || kind == ".wacz"))
}

// isMHTML looks for a header that says it, before the first empty line.
func isMHTML(head []byte) bool {
	if before, _, ok := bytes.Cut(bytes.ReplaceAll(head, []byte("\r"), nil), []byte("\n\n")); ok {
		before = bytes.ToLower(before)
		return bytes.Contains(before, []byte("content-type: multipart/related")) && !bytes.ContainsAny(before[:1], " \t")
	}
	return false
}

// unpacked counts what comes out of a decompressor.
func (f *foreignArchive) unpacked(r io.Reader) io.Reader { return &capped{r, f} }

type capped struct {
	r io.Reader
	f *foreignArchive
}

func (c *capped) Read(p []byte) (int, error) {
	if err := c.f.ctx.Err(); err != nil {
		return 0, err
	}
	if c.f.left <= 0 {
		return 0, errArchive
	}
	n, err := c.r.Read(p)
	c.f.left -= int64(n)
	return n, err
}

// members reads gzip members, of which each has a record or more, up to what is none.
func (f *foreignArchive) members(br *bufio.Reader) error {
	z := new(gzip.Reader)
	for {
		magic, err := br.Peek(2)
		if err != nil && !errors.Is(err, io.EOF) {
			return errArchive
		}
		if err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
			return nil
		}
		if err := z.Reset(br); err != nil {
			return errArchive
		}
		z.Multistream(false)
		plain := f.unpacked(z)
		if err := f.records(bufio.NewReader(plain)); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, plain); err != nil {
			return errArchive
		}
	}
}

// records reads WARC records up to the end.
func (f *foreignArchive) records(br *bufio.Reader) error {
	for {
		line, err := readLine(br)
		if err == io.EOF && strings.TrimSpace(line) == "" {
			return nil
		}
		if err != nil {
			return errArchive
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if f.seen++; f.seen > maxRecords || !strings.HasPrefix(line, "WARC/") || f.ctx.Err() != nil {
			return errArchive
		}
		fields, err := mimeHeader(br)
		if err != nil {
			return errArchive
		}
		length, err := strconv.ParseInt(fields.Get("Content-Length"), 10, 64)
		if err != nil || length < 0 {
			return errArchive
		}
		rest := io.LimitReader(br, length)
		switch strings.ToLower(fields.Get("Warc-Type")) {
		case "response":
			f.response(bufio.NewReader(rest))
		case "resource":
			f.body(fields.Get("Content-Type"), rest)
		}
		if _, err := io.Copy(io.Discard, rest); err != nil {
			return errArchive
		}
		if l, ok := rest.(*io.LimitedReader); ok && l.N > 0 {
			return errArchive // it ends before it says
		}
	}
}

// response takes the body out of an answer as it came over the line: in chunks, or packed.
func (f *foreignArchive) response(block *bufio.Reader) {
	if _, err := readLine(block); err != nil { // the status line
		f.missed = true
		return
	}
	h, err := mimeHeader(block)
	if err != nil {
		f.missed = true
		return
	}
	var body io.Reader = block
	if strings.EqualFold(h.Get("Transfer-Encoding"), "chunked") {
		// Some writers undo the chunks and leave the header.
		if line, _ := block.Peek(16); isChunk(line) {
			body = &chunked{r: block}
		}
	}
	switch strings.ToLower(h.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		in := bufio.NewReader(body)
		if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
			if z, err := gzip.NewReader(in); err == nil {
				f.body(h.Get("Content-Type"), f.unpacked(z))
				return
			}
		}
		body = in
	case "", "identity":
	default:
		f.missed = f.missed || maybeShown(h.Get("Content-Type"))
	}
	f.body(h.Get("Content-Type"), body)
}

// body notes one body if it is wanted.
func (f *foreignArchive) body(mediaType string, r io.Reader) {
	var head bytes.Buffer
	hasher := evidence.NewHasher()
	_, _ = io.CopyN(io.MultiWriter(&head, hasher), r, imageHead) // a shorter body is whole
	if _, err := io.Copy(hasher, r); err != nil {
		f.missed = true
		return
	}
	sum, _, size := hasher.Sums()
	if size > 0 && (!f.telling || counts(mediaType, head.Bytes(), size)) {
		f.held[sum] = true
	}
}

// wacz looks through a ZIP from front to back for the records in archive/. Its list is not
// asked: whatever lies there counts, in whatever order.
func (f *foreignArchive) wacz(br *bufio.Reader) error {
	for {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		h, err := br.Peek(30)
		if len(h) < 30 {
			if err == io.EOF {
				return nil
			}
			return errArchive
		}
		i := bytes.Index(h, []byte("PK\x03\x04"))
		if i != 0 {
			if i < 0 {
				i = 27 // a beginning may stand across
			}
			if _, err := br.Discard(i); err != nil {
				return errArchive
			}
			continue
		}
		method, n, x := binary.LittleEndian.Uint16(h[8:]), int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
		named, err := br.Peek(30 + n)
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return errArchive
		}
		records := len(named) == 30+n && isRecords(string(named[30:30+n]))
		open := (method == 0 || method == 8) && h[6]&1 == 0 // it is not encrypted
		f.missed = f.missed || records && !open
		if !records || !open {
			f.missed = f.missed || method <= maxMethod && len(named) == 30+n && notReached(string(named[30:30+n]), method, binary.LittleEndian.Uint16(h[6:]))
			if _, err := br.Discard(4); err != nil {
				return errArchive
			}
			continue
		}
		if _, err := br.Discard(30 + n + x); err != nil {
			return errArchive
		}
		in := br
		if method == 8 {
			in = bufio.NewReader(f.unpacked(flate.NewReader(br)))
		}
		switch magic, _ := in.Peek(5); {
		case string(magic) == "WARC/" && method == 8:
			err = f.records(in)
		case string(magic) == "WARC/": // stored plain records do not say where they end
			err = errArchive
		case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
			err = f.members(in)
		default: // packed otherwise, unless it is empty
			f.missed = f.missed || len(magic) > 0 && !bytes.HasPrefix(magic, []byte("PK"))
		}
		if err != nil {
			return err
		}
	}
}

// maybeShown reports a kind of file that a page may show, or one that is not told.
func maybeShown(mediaType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(mediaType)), "/")
	return kind != "text" && !strings.Contains(mediaType, "javascript") && !strings.Contains(mediaType, "json")
}

func isRecords(name string) bool {
	ok, _ := path.Match("archive/*.warc*", name)
	return ok
}

// part goes through MHTML.
func (f *foreignArchive) part(h textproto.MIMEHeader, r io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = strings.ToLower(strings.TrimSpace(h.Get("Content-Type")))
	}
	if strings.HasPrefix(kind, "multipart/") {
		if depth >= maxDepth || params["boundary"] == "" {
			return errArchive
		}
		parts := multipart.NewReader(r, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if f.seen++; err != nil || f.seen > maxParts || f.ctx.Err() != nil {
				return errArchive
			}
			if err := f.part(p.Header, p, depth+1); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	f.body(kind, r)
	return nil
}

// isChunk reports a line with a length in hexadecimal.
func isChunk(b []byte) bool {
	line, _, ok := bytes.Cut(b, []byte("\r\n"))
	line, _, _ = bytes.Cut(line, []byte(";"))
	_, err := strconv.ParseUint(strings.TrimSpace(string(line)), 16, 62)
	return ok && err == nil
}

// chunked undoes the transfer coding of HTTP/1.1 (RFC 9112, 7.1).
type chunked struct {
	r    *bufio.Reader
	left int64
	err  error
}

func (c *chunked) Read(p []byte) (int, error) {
	for c.left == 0 && c.err == nil {
		line, err := readLine(c.r)
		if strings.TrimSpace(line) == "" && err == nil {
			continue
		}
		size, _, _ := strings.Cut(line, ";")
		n, bad := strconv.ParseInt(strings.TrimSpace(size), 16, 62)
		switch {
		case err != nil || bad != nil || n < 0:
			c.err = errArchive
		case n == 0:
			c.err = io.EOF
		}
		c.left = n
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
