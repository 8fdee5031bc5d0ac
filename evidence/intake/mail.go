package intake

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"unicode/utf8"

	"constat/evidence"
	"constat/evidence/intake/mailtext"
)

// MailFormat is the format of email.json.
const MailFormat = "constat-email/1"

const (
	maxMailHeader = 1 << 20 // bytes
	maxMailParts  = 1000
	maxMailDepth  = 10      // multipart in multipart
	maxMailTexts  = 4 << 20 // bytes of the texts of all parts of one file that are listed
	maxAttachment = 1000    // attachments that become facts; email.json lists all
)

// mailList is email.json: what the headers and parts of an e-mail say.
type mailList struct {
	Format  string          `json:"format"`
	Source  evidence.Digest `json:"source"`  // SHA-256 of the e-mail
	Headers []mailHeader    `json:"headers"` // every field, in the order of the file
	Parts   []mailPart      `json:"parts"`
	More    []mailMore      `json:"more,omitempty"` // the further messages of a mailbox file
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
	// Text is what a body says, in UTF-8, of HTML without its form; TextCut: it is longer.
	Text    string       `json:"text,omitempty"`
	TextCut bool         `json:"text_cut,omitempty"`
	Headers []mailHeader `json:"headers,omitempty"` // of a message that is attached; its parts follow, with longer paths
}

// mailShown are the header fields that become facts. Received and the fields
// with the sender's network address are counted only.
var mailShown = []string{"From", "Sender", "Reply-To", "Return-Path", "To", "Cc", "Bcc", "Date", "Subject",
	"Message-Id", "In-Reply-To", "X-Mailer", "User-Agent"}

var mailLeftOut = []string{"X-Originating-Ip", "X-Sender-Ip", "X-Client-Ip", "X-Real-Ip"}

// mailOnce are the fields of which RFC 5322, 3.6 allows one. Programs differ in
// which of two they show.
var mailOnce = []string{"From", "To", "Date", "Subject", "Message-Id", "Reply-To", "Content-Type", "Content-Transfer-Encoding"}

// mail reads headers and parts of an e-mail, or of each message of a mailbox file, and lists them in
// email.json.
func (j *job) mail(file evidence.Artifact) error {
	stretches, more, err := j.mails()
	if err != nil {
		return err
	}
	j.mailbox(file, len(stretches), more)
	list := mailList{Format: MailFormat, Source: file.SHA256, Headers: []mailHeader{}, Parts: []mailPart{}}
	files := 0
	for i, at := range stretches {
		one := mailList{Headers: []mailHeader{}, Parts: []mailPart{}}
		w := mailWalk{j: j, file: file.Name, list: &one, files: files}
		if err := w.message(at, i > 0); err != nil {
			return err
		}
		files = w.files
		if i == 0 {
			list.Headers, list.Parts = one.Headers, one.Parts
		} else {
			list.More = append(list.More, mailMore{Offset: at.from, Headers: one.Headers, Parts: one.Parts})
		}
	}
	if files > maxAttachment {
		j.problem(
			ProblemMailLimit,
			evidence.Say(
				"mail-attachments",
				"{file}: {#n} attachments beyond {#max} stand in the list only",
				file.Name,
				files-maxAttachment,
				maxAttachment,
			),
		)
	}
	return j.putJSON(j.derived("email", file), list)
}

// message reads one message of the file; of a further one of a mailbox only who, when and about what
// becomes a fact, and its attachments.
func (w *mailWalk) message(at stretch, further bool) error {
	j := w.j
	section := io.NewSectionReader(j.in, at.from, at.to-at.from)
	// The flow ends the walk with the context; the limit is never reached.
	body := &flow{ctx: j.ctx, r: section, limit: j.size, p: j.p, base: at.from, total: j.size}
	br := bufio.NewReaderSize(body, 64<<10)
	fields, header, _ := j.mailHeader(w.file, br)
	w.list.Headers = fields
	if further {
		w.said(fields, FactMail)
	} else {
		for _, shown := range mailShown {
			for _, f := range fields {
				if strings.EqualFold(f.Name, shown) {
					j.fact(w.file, FromMail, strings.ToLower(shown), f.Value)
				}
			}
		}
		if n := len(header["Received"]); n > 0 {
			j.number(w.file, FromMail, FactReceived, n)
		}
	}
	for _, field := range mailOnce {
		if n := len(header[field]); n > 1 {
			j.problem(ProblemMailHeader, evidence.Say("mail-double", "{file}: {#n} times {field}", w.file, n, field))
		}
	}
	left := map[string]int{leftAddress: len(header["Received"])}
	for _, field := range mailLeftOut {
		left[leftAddress] += len(header[field])
	}
	j.leave(w.file, FromMail, left)
	if err := w.part("", header, br, 0); err != nil && !errors.Is(err, errLimit) {
		return j.readError(err)
	}
	return nil
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

// mailHeader reads a header to the empty line behind it: every field in order with its words
// decoded, and as the standard library looks fields up. Lines that are no fields are left aside, as
// mail programs do, and so is what some programs put in front: a line "From ", a number of bytes,
// empty lines.
func (j *job) mailHeader(file string, in *bufio.Reader) (fields []mailHeader, header textproto.MIMEHeader, err error) {
	fields = []mailHeader{}
	var raw []string
	read, malformed, whole := 0, 0, false
	for !whole && err == nil && read < maxMailHeader {
		var line []byte
		line, err = in.ReadBytes('\n')
		first := read == 0
		read += len(line)
		text := bytes.TrimRight(line, "\r\n")
		if first {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		switch {
		case len(text) == 0:
			whole = err == nil && len(fields) > 0
		case mailField.Match(text):
			field, value, _ := bytes.Cut(text, []byte(":"))
			fields = append(fields, mailHeader{Name: string(bytes.TrimRight(field, " \t"))}) // RFC 5322, 4.5 allows the blanks
			raw = append(raw, strings.TrimSpace(string(value)))
		case len(fields) > 0 && (text[0] == ' ' || text[0] == '\t'):
			raw[len(raw)-1] += " " + strings.TrimSpace(string(text))
		case len(fields) == 0 && (bytes.HasPrefix(bytes.TrimPrefix(text, []byte(">")), []byte("From ")) || mailFront(text)):
		default:
			malformed++
		}
	}
	if !whole && read >= maxMailHeader {
		j.problem(ProblemMailHeader, evidence.Say("mail-endless", "{file}: does not end within {#n} bytes", file, maxMailHeader))
	}
	if malformed > 0 {
		j.problem(ProblemMailHeader, evidence.Say("mail-lines", "{file}: {#n} lines are no fields", file, malformed))
	}
	for i, v := range raw {
		fields[i].Value = clip(mailtext.Words(v))
	}
	return fields, canonical(fields, raw), err
}

// mailFront reports the number of bytes that Apple Mail puts in front of a message (.emlx).
func mailFront(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 0 && len(line) < 20 && len(bytes.Trim(line, "0123456789")) == 0
}

// mailWalk goes through the parts once, from front to back.
type mailWalk struct {
	j     *job
	file  string
	list  *mailList
	parts int
	files int
	quiet bool // inside of a file that is itself inside: only what lies in it is noted
	depth int
}

// say makes a problem, unless the walk is quiet.
func (w *mailWalk) say(code string, what evidence.Said) {
	if !w.quiet {
		w.j.problem(code, what)
	}
}

// part reads one part. Its error ends the walk: a limit, or the file's own.
func (w *mailWalk) part(path string, h textproto.MIMEHeader, body io.Reader, depth int) error {
	if w.parts++; w.parts > maxMailParts {
		w.say(ProblemMailLimit, evidence.Say("mail-parts", "{file}: more than {#n} parts", w.file, maxMailParts))
		return errLimit
	}
	media, params, doubtful := mailtext.MediaType(h.Get("Content-Type"))
	if doubtful {
		w.doubtful(path, "Content-Type")
	}
	if media == "" {
		media = mediaText // RFC 2045, 5.2
		if h.Get("Content-Type") != "" {
			media = mediaUnknown
		}
	}
	if strings.HasPrefix(media, "multipart/") {
		switch {
		case depth >= maxMailDepth:
			w.say(ProblemMailLimit, evidence.Say("mail-deep", "{file}: part {part} lies deeper than {#n}", w.file, path, maxMailDepth))
		case params["boundary"] != "":
			if media == "multipart/encrypted" {
				w.sealed(path, media)
			}
			return w.parted(path, body, params["boundary"], depth, media == "multipart/digest")
		default:
			w.notParted(path)
		}
	}
	if path == "" {
		path = "1"
	}
	return w.leaf(path, h, media, params, body, depth)
}

func (w *mailWalk) parted(path string, body io.Reader, boundary string, depth int, digest bool) error {
	r := multipart.NewReader(body, boundary)
	for n := 1; ; n++ {
		p, err := r.NextRawPart()
		if n == 1 && err != nil && w.j.ctx.Err() == nil && w.j.in.err == nil {
			w.notParted(path)
			return nil
		}
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
		if digest && p.Header.Get("Content-Type") == "" {
			p.Header.Set("Content-Type", mediaEML) // RFC 2046, 5.1.5
		}
		if err := w.part(sub, p.Header, p, depth+1); err != nil {
			return err
		}
	}
}

// notParted: what was to be in several parts could not be taken apart, so its attachments are not
// known.
func (w *mailWalk) notParted(path string) {
	w.say(
		ProblemMailPart,
		evidence.Say("mail-whole", "{file}: part {part} is to hold several parts and could not be taken apart", w.file, cmp.Or(path, "1")),
	)
}

// doubtful: other programs may read another value out of a field.
func (w *mailWalk) doubtful(path, field string) {
	w.say(
		ProblemMailHeader,
		evidence.Say(
			"mail-doubtful",
			"{file}: part {part}: {field} is malformed, and programs may read it differently",
			w.file,
			cmp.Or(path, "1"),
			field,
		),
	)
}

// broken tells a damaged part, which is a problem, from a file that cannot be read.
func (w *mailWalk) broken(path string, err error) error {
	if w.j.ctx.Err() != nil || w.j.in.err != nil {
		return err
	}
	w.say(ProblemMailPart, evidence.Say("mail-part", "{file}: part {part}: {why}", w.file, path, damage(err)))
	return nil
}

// leaf measures one part's content; nothing of it is kept. A message that is attached is read as
// one, too.
func (w *mailWalk) leaf(path string, h textproto.MIMEHeader, media string, params map[string]string, body io.Reader, depth int) error {
	disposition, more, doubtful := mailtext.MediaType(h.Get("Content-Disposition"))
	if doubtful {
		w.doubtful(path, "Content-Disposition")
	}
	name := cmp.Or(more["filename"], params["name"])
	name = clip(mailtext.Words(name))
	p := mailPart{
		Path:       path,
		MediaType:  clip(media),
		Name:       name,
		Attachment: disposition == "attachment" || name != "" || media == mediaEML || !readable(media),
	}
	content, known := decoded(h.Get("Content-Transfer-Encoding"), body)
	if !known {
		w.sealed(path, h.Get("Content-Transfer-Encoding"))
	}
	if is, what := sealedBy(media, name); is {
		w.sealed(path, what)
	}
	if p.Attachment && (media == mediaUnknown || extension(name) == ".eml") && depth < maxMailDepth && !w.quiet {
		head := bufio.NewReaderSize(content, headSize)
		if start, _ := head.Peek(headSize); beginsAsMail(start) { // forwarded by a program that does not call it so
			media = mediaEML
		}
		content = head
	}
	var read mailtext.Head
	if mailtext.IsBody(media, disposition, name) && !w.quiet {
		content = io.TeeReader(content, &read)
	}
	at := len(w.list.Parts)
	w.list.Parts = append(w.list.Parts, p)
	var err error
	called := cmp.Or(name, path)
	if w.quiet {
		called = w.file + " > " + called
	}
	if media == mediaEML && depth < maxMailDepth && !w.quiet {
		hasher := evidence.NewHasher()
		tee := io.TeeReader(content, hasher)
		if p.Headers, err = w.forwarded(path, tee, depth); err == nil {
			_, err = io.Copy(io.Discard, tee)
		}
		p.SHA256, p.SHA512, p.Size = hasher.Sums()
		w.j.out.Within = append(w.j.out.Within, Within{called, p.SHA256})
	} else {
		p.SHA256, p.SHA512, p.Size, err = w.j.measure(called, content, w.depth)
	}
	if err != nil {
		if errors.Is(err, errLimit) {
			return err
		}
		if err := w.broken(path, err); err != nil {
			return err
		}
		p.Damaged = err.Error()
	}
	p.Text, p.TextCut = read.Text(media, params["charset"]), read.More
	if p.Text != "" && !mailtext.Known(params["charset"]) {
		w.say(ProblemMailHeader, evidence.Say("mail-charset", "{file}: part {part}: its characters are called {name:.40q}, which is not known; the text may be wrong", w.file, path, params["charset"]))
	}
	if packedText.MatchString(p.Text) {
		w.sealed(path, "uuencode, yEnc")
	}
	if w.j.texts += len(p.Text); len(p.Text) > 0 && w.j.texts > maxMailTexts {
		p.Text, p.TextCut = "", true
	}
	w.list.Parts[at] = p
	if p.Attachment && !w.quiet {
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
func decoded(encoding string, r io.Reader) (content io.Reader, known bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, base64Only{r}), true
	case "quoted-printable":
		return quotedprintable.NewReader(r), true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		return r, true
	}
	return r, false
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

// clip makes text valid UTF-8 of limited length.
func clip(s string) string {
	if len(s) > maxFact*utf8.UTFMax {
		s = s[:maxFact*utf8.UTFMax] // not a list of millions of characters for the first of them
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxFact {
		return s
	}
	if r := []rune(s); len(r) > maxFact {
		s = string(r[:maxFact])
	}
	return s
}
