package whatsapp

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Message is one entry of a WhatsApp chat export.
type Message struct {
	Line   int64  `json:"line"`             // where it begins in the text, counted from 1
	Time   string `json:"time,omitempty"`   // as written; the order of day and month is not known. Empty: text before the first message
	Sender string `json:"sender,omitempty"` // as written; empty for the app's own notices
	Text   string `json:"text"`             // as written, lines joined with a line feed
	Cut    bool   `json:"cut,omitempty"`    // the text is longer than MaxMessage
	Media  *Media `json:"media,omitempty"`
	// Notice: the app's words. On iOS it puts the name of the contact or the group in front of them,
	// which is then Named, and marks the text with U+200E. It marks so, too, what somebody sent that is
	// no text (a poll, a place, a message that was deleted): that keeps its sender.
	Notice bool   `json:"notice,omitempty"`
	Named  string `json:"named,omitempty"`
	// Omitted: the text stands for a file that was left out of the export.
	Omitted bool `json:"omitted,omitempty"`
	// Back: the time is earlier than that of the message before.
	Back bool `json:"back,omitempty"`
}

// Limits of what is listed: the text itself is kept whole, whatever its length.
const (
	MaxMessage = 1 << 20   // bytes of one message in the list
	MaxText    = 512 << 20 // bytes of the text that are listed
)

// Reader yields the messages of a chat's text one by one, so that a text
// of any length needs little memory.
type Reader struct {
	br    *bufio.Reader
	has   func(name string) string // the artifact of a file's name, or empty
	title string                   // of the chat, for names that hold ": "
	form  string                   // of the first message, and so of all
	clock clockwork
	line  int64
	next  *Message // begun, but not known to be whole
	text  bytes.Buffer
	err   error

	Stored  string // the encoding that the text was in; [UTF8] is empty
	Invalid bool   // something was not UTF-8
}

// NewReader reads the text of a chat of a title; has tells the artifact of a file's name, or empty.
func NewReader(r io.Reader, title string, has func(string) string) *Reader {
	text, stored := textReader(r)
	return &Reader{br: bufio.NewReaderSize(text, 64<<10), title: title, Stored: stored, has: has}
}

// Read returns the next message, or io.EOF after the last one.
func (c *Reader) Read() (Message, error) {
	for c.err == nil {
		line, cut, err := c.readLine()
		c.err = err
		if len(line) == 0 && err != nil {
			break
		}
		c.line++
		if !utf8.Valid(line) {
			c.Invalid = true
		}
		if c.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		stamp, form, rest := messageStart(line)
		if stamp != "" && c.form == "" {
			c.form = form
		}
		if form != c.form {
			stamp = "" // a line of another form is text that somebody copied into a message
		}
		if stamp == "" && c.next != nil {
			c.add(line, true, cut)
			continue
		}
		done := c.next
		if done != nil {
			*done = c.finish(*done)
		}
		c.next = &Message{Line: c.line, Time: stamp}
		c.text.Reset()
		if stamp == "" {
			rest = line
		} else {
			c.next.Back = c.clock.back(stamp)
			if sender, text, ok := cutSender(rest, c.title); ok {
				c.next.Sender, rest = strings.ToValidUTF8(sender, "\uFFFD"), text
			} else {
				c.next.Notice = true
			}
		}
		c.add(rest, false, cut)
		if done != nil {
			return *done, nil
		}
	}
	if c.next != nil {
		m := c.finish(*c.next)
		c.next = nil
		return m, nil
	}
	return Message{}, c.err
}

// cutSender divides at the first ': ', as the app writes it; at a later one, if
// what stands before it is the name that the chat itself has. A notice of the
// app that holds ': ' is told by a quotation mark that begins before and ends
// behind it; others are divided, too: the text does not tell them apart.
func cutSender(b []byte, title string) (string, []byte, bool) {
	sender, text, ok := bytes.Cut(b, []byte(": "))
	if !ok {
		if trimmed := bytes.TrimRight(b, "\r\n"); bytes.HasSuffix(trimmed, []byte(":")) {
			sender, text, ok = bytes.TrimSuffix(trimmed, []byte(":")), nil, true
		}
	}
	if !ok || len(sender) == 0 || len(sender) > 400 || openQuote(string(sender)) {
		return "", nil, false
	}
	for end, n := len(sender), 0; n < 3; n++ {
		i := bytes.Index(b[end:], []byte(": "))
		if i < 0 {
			break
		}
		if end += i; n > 0 && namesChat(title, string(b[:end])) {
			return string(b[:end]), b[end+2:], true
		}
		end += 2
	}
	return string(sender), text, true
}

// openQuote reports a quotation mark without its other one.
func openQuote(s string) bool {
	n := func(mark string) int { return strings.Count(s, mark) }
	return n(`"`)%2 == 1 || n("«") > n("»") || n("„")+n("“") > n("”") && (n("„") == 0 || n("“") < n("„"))
}

// namesChat reports whether a chat is called by a name, whose ':' no file's name can hold.
func namesChat(title, name string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	name = letters(name)
	return name != "" && strings.HasSuffix(letters(title), name)
}

func (c *Reader) add(line []byte, further, cut bool) {
	line = bytes.TrimRight(bytes.TrimSuffix(line, []byte("\n")), "\r")
	if room := MaxMessage - c.text.Len(); len(line)+1 > room {
		line, cut = line[:max(room-1, 0)], true
	}
	c.next.Cut = c.next.Cut || cut
	if further && c.text.Len() < MaxMessage {
		c.text.WriteByte('\n')
	}
	c.text.Write(line)
}

func (c *Reader) finish(m Message) Message {
	m.Text = strings.ToValidUTF8(c.text.String(), "\uFFFD")
	if m.Time == "" {
		return m
	}
	m.Media = c.mediaOf(m.Text)
	m.Omitted = m.Media == nil && omitted(m.Text)
	if m.Sender != "" && m.Media == nil && !m.Omitted && strings.HasPrefix(m.Text, "\u200e") && !sent(m.Text) {
		m.Notice, m.Named, m.Sender = true, m.Sender, ""
	}
	return m
}

// readLine reads a line with its end. Of an overlong one only the first
// MaxMessage bytes are returned; the rest is passed over.
func (c *Reader) readLine() (line []byte, cut bool, err error) {
	for {
		part, err := c.br.ReadSlice('\n')
		if room := MaxMessage - len(line); len(part) > room {
			part, cut = part[:room], true
		}
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, cut, err
		}
	}
}

// Title takes the chat's name from its text's file name, where it has one.
func Title(name string) string {
	name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	if strings.EqualFold(name, "_chat") {
		return ""
	}
	return name
}
