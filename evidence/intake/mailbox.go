package intake

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"

	"constat/evidence"
	"constat/evidence/intake/mailtext"
)

// maxMails are the messages of one file that are listed.
const maxMails = 1000

// stretch is where one message stands in a file.
type stretch struct{ from, to int64 }

// dated is a line "From " as programs write it in front of a message: from whom, and when.
var dated = regexp.MustCompile(`^From \S.*\b\d{1,2}:\d{2}(?::\d{2})?\b.*\b(?:19|20)\d{2}\b`)

// mails finds the messages of a mailbox file (mbox, RFC 4155): each begins with a line "From " that
// is followed by a header field. The line has a date, as the first one does, or follows an empty one.
// Any other e-mail is one. More is how many are not listed.
func (j *job) mails() (all []stretch, more int, err error) {
	br := bufio.NewReaderSize(io.NewSectionReader(j.in, 0, j.size), 64<<10)
	var at int64
	empty, box, stamped, front, candidate := true, false, false, true, int64(-1)
	begin := func(off int64) {
		switch {
		case len(all) == maxMails:
			more++
		default:
			if len(all) > 0 {
				all[len(all)-1].to = off
			}
			all = append(all, stretch{from: off, to: j.size})
		}
	}
	for {
		line, err := br.ReadSlice('\n')
		long, raw := err == bufio.ErrBufferFull, len(line)
		if candidate >= 0 {
			if mailField.Match(line) {
				begin(candidate)
			}
			candidate = -1
		}
		if at == 0 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		switch from := bytes.HasPrefix(line, []byte("From ")); {
		case from && front:
			box, stamped = true, dated.Match(line)
			begin(0)
		case from && box && (stamped && dated.Match(line) || empty && (!stamped || len(bytes.TrimSpace(line)) == len("From"))): // newer Thunderbirds say no more
			candidate = at
		case front && mailFront(line):
			// Apple Mail: so many bytes, and what follows them is no part of the message.
			if n, _ := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64); n > 0 && n < j.size-int64(raw) {
				return []stretch{{0, int64(raw) + n}}, 0, nil
			}
		}
		empty = len(bytes.TrimRight(line, "\r\n")) == 0
		front = front && empty
		at += int64(raw)
		for long {
			var rest []byte
			rest, err = br.ReadSlice('\n')
			at += int64(len(rest))
			long = err == bufio.ErrBufferFull
		}
		if err != nil {
			if cerr := j.ctx.Err(); cerr != nil || j.in.err != nil {
				return nil, 0, j.readError(j.in.err)
			}
			break
		}
		if !box && !front {
			break // not a mailbox: nothing more to look for
		}
	}
	if len(all) == 0 {
		all = []stretch{{0, j.size}}
	}
	if more > 0 {
		all[len(all)-1].to = j.size
	}
	return all, more, nil
}

// mailMore is a further message of a mailbox file, in email.json.
type mailMore struct {
	Offset  int64        `json:"offset"` // byte of the file at which it begins
	Headers []mailHeader `json:"headers"`
	Parts   []mailPart   `json:"parts"`
}

// forwarded is a message inside of a message (message/rfc822): its own header fields, and its parts.
func (w *mailWalk) forwarded(path string, body io.Reader, depth int) ([]mailHeader, error) {
	br := bufio.NewReaderSize(body, 64<<10)
	fields, header, _ := w.j.mailHeader(w.file, br)
	w.said(fields, FactForwarded)
	if media, _, _ := mailtext.MediaType(header.Get("Content-Type")); !strings.HasPrefix(media, "multipart/") {
		path += ".1" // RFC 9051, 6.4.5.1
	}
	err := w.part(path, header, br, depth+1)
	return fields, err
}

// said makes one fact of who, when and about what a message inside of a file is.
func (w *mailWalk) said(fields []mailHeader, name string) {
	var b bytes.Buffer
	for _, want := range []string{"From", "Date", "Subject"} {
		for _, f := range fields {
			if f.Name == want {
				if b.Len() > 0 {
					b.WriteString("; ")
				}
				b.WriteString(want + ": " + f.Value)
				break
			}
		}
	}
	w.j.fact(w.file, FromMail, name, b.String())
}

// mailbox says how many messages a file holds, and which are beyond the limit.
func (j *job) mailbox(file evidence.Artifact, n, more int) {
	if n > 1 {
		j.number(file.Name, FromMail, FactMails, n+more)
	}
	if more > 0 {
		j.problem(
			ProblemMailLimit,
			evidence.Say("mail-more", "{file}: {#n} messages beyond {#max} are not listed", file.Name, more, maxMails),
		)
	}
}
