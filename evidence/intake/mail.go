package intake

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"constat/evidence"
)

// MailFormat is the format of email.json.
const MailFormat = "constat-email/1"

const (
	maxMailHeader = 1 << 20 // bytes
	maxMailParts  = 1000
	maxMailDepth  = 10  // multipart in multipart
	maxAttachment = 100 // attachments that become facts; email.json lists all
)

// mailList is email.json: what the headers and parts of an e-mail say.
type mailList struct {
	Format  string          `json:"format"`
	Source  evidence.Digest `json:"source"` // SHA-256 of the e-mail
	Headers []mailHeader    `json:"headers"`
	Parts   []mailPart      `json:"parts"`
}

type mailHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"` // RFC 2047 words decoded
}

// mailPart is one body or attachment. Size and digests are of the content
// after its transfer encoding was undone: of the file that a mail program saves.
type mailPart struct {
	Path       string             `json:"path"` // e.g. "2.1", as IMAP counts (RFC 9051, 6.4.5.1)
	MediaType  string             `json:"media_type"`
	Name       string             `json:"name,omitempty"`
	Attachment bool               `json:"attachment"`
	Size       int64              `json:"size"`
	SHA256     evidence.Digest    `json:"sha256"`
	SHA512     evidence.Digest512 `json:"sha512"`
	Damaged    string             `json:"damaged,omitempty"` // size and digests are of what could be decoded
}

// mailShown are the header fields that become facts. Received and the fields
// with the sender's network address are counted only.
var mailShown = []string{"From", "Sender", "Reply-To", "Return-Path", "To", "Cc", "Bcc", "Date", "Subject",
	"Message-Id", "In-Reply-To", "X-Mailer", "User-Agent"}

var mailLeftOut = []string{"X-Originating-Ip", "X-Sender-Ip", "X-Client-Ip", "X-Real-Ip"}

// mailOnce are the fields of which RFC 5322, 3.6 allows one. Programs differ in
// which of two they show.
var mailOnce = []string{"From", "To", "Date", "Subject", "Message-Id", "Reply-To"}

// mail reads headers and parts of an e-mail and lists them in email.json.
func (j *job) mail(file evidence.Artifact) error {
	header, start := j.mailHeader(file)
	words := mime.WordDecoder{CharsetReader: charset}
	list := mailList{Format: MailFormat, Source: file.SHA256, Headers: []mailHeader{}, Parts: []mailPart{}}
	for _, field := range mailShown {
		for _, raw := range header[field] {
			value, err := words.DecodeHeader(raw)
			if err != nil {
				value = raw
			}
			list.Headers = append(list.Headers, mailHeader{field, clip(value)})
			j.fact(file.Name, FromMail, strings.ToLower(field), value)
		}
	}
	for _, field := range mailOnce {
		if n := len(header[field]); n > 1 {
			j.problem(ProblemMailHeader, evidence.Say("mail-double", "{file}: {#n} times {field}", file.Name, n, field))
		}
	}
	left := map[string]int{leftAddress: len(header["Received"])}
	for _, field := range mailLeftOut {
		left[leftAddress] += len(header[field])
	}
	if n := len(header["Received"]); n > 0 {
		j.number(file.Name, FromMail, FactReceived, n)
	}
	j.leave(file.Name, FromMail, left)

	body := &flow{ctx: j.ctx, r: io.NewSectionReader(j.in, start, j.size-start), limit: j.size, p: j.p, base: start, total: j.size}
	w := mailWalk{j: j, file: file.Name, words: words, list: &list}
	if err := w.part("", textproto.MIMEHeader(header), body, 0); err != nil && !errors.Is(err, errLimit) {
		return j.readError(err)
	}
	return j.putJSON(j.derived("email", file), list)
}

// putJSON stores a list of ours that is small enough to be held.
func (j *job) putJSON(meta evidence.Artifact, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("list %s: %w", meta.Name, err)
	}
	n := int64(b.Len())
	_, _, err := j.put(meta, &b, n, 0, n)
	return err
}

// mailHeader reads the header and returns where the body begins. Lines that
// are no fields are left aside, as mail programs do.
func (j *job) mailHeader(file evidence.Artifact) (mail.Header, int64) {
	br := bufio.NewReader(io.NewSectionReader(j.in, 0, min(j.size, maxMailHeader)))
	var good bytes.Buffer
	var at int64
	malformed, whole := 0, false
	for !whole {
		line, err := br.ReadBytes('\n')
		at += int64(len(line))
		text := bytes.TrimRight(line, "\r\n")
		if at == int64(len(line)) {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		switch {
		case len(text) == 0 && err == nil:
			whole = true
		case mailField.Match(text):
			field, value, _ := bytes.Cut(text, []byte(":"))
			fmt.Fprintf(&good, "%s:%s\r\n", bytes.TrimRight(field, " \t"), value) // RFC 5322, 4.5 allows the blanks
		case good.Len() > 0 && len(text) > 0 && (text[0] == ' ' || text[0] == '\t'):
			fmt.Fprintf(&good, "%s\r\n", text)
		case good.Len() == 0 && bytes.HasPrefix(text, []byte("From ")):
		case len(text) > 0:
			malformed++
		}
		if err != nil {
			break
		}
	}
	if !whole && at >= maxMailHeader {
		j.problem(ProblemMailHeader, evidence.Say("mail-endless", "{file}: does not end within {#n} bytes", file.Name, maxMailHeader))
	}
	if malformed > 0 {
		j.problem(ProblemMailHeader, evidence.Say("mail-lines", "{file}: {#n} lines are no fields", file.Name, malformed))
	}
	good.WriteString("\r\n")
	m, err := mail.ReadMessage(&good)
	if err != nil {
		j.problem(ProblemMailHeader, fileWhy(file.Name, err))
		return nil, at
	}
	return m.Header, at
}

// mailWalk goes through the parts once, from front to back.
type mailWalk struct {
	j     *job
	file  string
	words mime.WordDecoder
	list  *mailList
	parts int
	files int
}

// part reads one part. Its error ends the walk: a limit, or the file's own.
func (w *mailWalk) part(path string, h textproto.MIMEHeader, body io.Reader, depth int) error {
	if w.parts++; w.parts > maxMailParts {
		w.j.problem(ProblemMailLimit, evidence.Say("mail-parts", "{file}: more than {#n} parts", w.file, maxMailParts))
		return errLimit
	}
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if media == "" {
		media = mediaText // RFC 2045, 5.2
		if err != nil && h.Get("Content-Type") != "" {
			media = mediaUnknown
		}
	}
	if strings.HasPrefix(media, "multipart/") && params["boundary"] != "" {
		if depth < maxMailDepth {
			return w.parted(path, body, params["boundary"], depth)
		}
		w.j.problem(ProblemMailLimit, evidence.Say("mail-deep", "{file}: part {part} lies deeper than {#n}", w.file, path, maxMailDepth))
	}
	if path == "" {
		path = "1"
	}
	return w.leaf(path, h, media, params, body)
}

func (w *mailWalk) parted(path string, body io.Reader, boundary string, depth int) error {
	r := multipart.NewReader(body, boundary)
	for n := 1; ; n++ {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return w.broken(path, err)
		}
		sub := fmt.Sprint(n)
		if path != "" {
			sub = path + "." + sub
		}
		if err := w.part(sub, p.Header, p, depth+1); err != nil {
			return err
		}
	}
}

// broken tells a damaged part, which is a problem, from a file that cannot be read.
func (w *mailWalk) broken(path string, err error) error {
	if w.j.ctx.Err() != nil || w.j.in.err != nil {
		return err
	}
	w.j.problem(ProblemMailPart, evidence.Say("mail-part", "{file}: part {part}: {why}", w.file, path, damage(err)))
	return nil
}

// leaf measures one part's content; nothing of it is kept.
func (w *mailWalk) leaf(path string, h textproto.MIMEHeader, media string, params map[string]string, body io.Reader) error {
	disposition, more, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := more["filename"]
	if name == "" {
		name = params["name"]
	}
	if s, err := w.words.DecodeHeader(name); err == nil {
		name = s
	}
	name = clip(name)
	p := mailPart{Path: path, MediaType: clip(media), Name: name, Attachment: disposition == "attachment" || name != ""}
	hasher := evidence.NewHasher()
	_, err := io.Copy(hasher, decoded(h.Get("Content-Transfer-Encoding"), body))
	p.SHA256, p.SHA512, p.Size = hasher.Sums()
	if err != nil {
		if err := w.broken(path, err); err != nil {
			return err
		}
		p.Damaged = err.Error()
	}
	w.list.Parts = append(w.list.Parts, p)
	if p.Attachment {
		if w.files++; w.files <= maxAttachment {
			w.j.fact(w.file, FromMail, FactAttachment, fmt.Sprintf("%s; %s; %d; %s", name, p.MediaType, p.Size, p.SHA256))
		}
		if hidden(name) {
			w.j.problem(ProblemHiddenName, evidence.Say("part-name", "{file}: part {part}: {name:+q}", w.file, path, name))
		}
	}
	return nil
}

// decoded undoes a transfer encoding (RFC 2045, 6). An unknown one is left as it is.
func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, base64Only{r})
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// base64Only drops what is not of the alphabet, as RFC 2045, 6.8 demands.
type base64Only struct{ r io.Reader }

// Read implements [io.Reader].
func (b base64Only) Read(p []byte) (int, error) {
	for {
		n, err := b.r.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// charset decodes the words of a header that are not in UTF-8.
func charset(label string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, evidence.Say("character-set", "character set {name:.40q}: {why}", label, err).Err()
	}
	return e.NewDecoder().Reader(r), nil
}

// clip makes text valid UTF-8 of limited length.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > maxFact {
		s = string(r[:maxFact])
	}
	return s
}
