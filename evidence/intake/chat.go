package intake

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Message is one entry of a WhatsApp chat export.
type Message struct {
	Line   int64  `json:"line"`             // where it begins in the text, counted from 1
	Time   string `json:"time,omitempty"`   // as written; the order of day and month is not known. Empty: text before the first message
	Sender string `json:"sender,omitempty"` // as written; empty for the app's own notices
	Text   string `json:"text"`             // as written, lines joined with a line feed
	Cut    bool   `json:"cut,omitempty"`    // the text is longer than maxMessage
	Media  *Media `json:"media,omitempty"`
}

// Media is the file that a message names.
type Media struct {
	Name     string `json:"name"`               // as written
	Artifact string `json:"artifact,omitempty"` // absent: the export does not hold it
}

const (
	maxMessage  = 1 << 20   // bytes of one message in the list
	maxChatText = 512 << 20 // bytes of the text that are listed
)

// What stands in front of a message. WhatsApp writes date and time after the
// phone's settings: '[05.01.24, 14:03:22] ' on iOS, '05/01/2024 à 14:03 - ' on
// Android, with digits of any script, marks for the direction of text, narrow
// blanks, and before or after noon in any language. Only the shape is
// recognised: which number is the day cannot be told from the text.
const (
	blank     = `[\s\p{Zs}]`
	chatMark  = "^[\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}\\x{feff}]*"
	chatDate  = `\p{Nd}{1,4}` + blank + `?[./\-年]` + blank + `?\p{Nd}{1,2}` + blank + `?[./\-月]` + blank + `?\p{Nd}{1,4}[.日]?`
	chatClock = `(?:\p{L}[\p{L}.]{0,11}` + blank + `?)?\p{Nd}{1,2}[:.]\p{Nd}{2}(?:[:.]\p{Nd}{2})?(?:` + blank + `?\p{L}[\p{L}.]{0,7}(?:` + blank + `\p{L}\.)?)?`
	chatTime  = chatDate + `[,،]?` + blank + `+(?:\p{L}{1,4}\.?` + blank + `+)?` + chatClock
)

var (
	chatIOS     = regexp.MustCompile(chatMark + `\[(` + "[\\x{200e}\\x{200f}]?" + chatTime + `)\]` + blank)
	chatAndroid = regexp.MustCompile(chatMark + `(` + chatTime + `)` + blank + `[-–]` + blank)

	// iOS: '<attached: 00000002-PHOTO.jpg>', the word in the phone's language.
	mediaIOS = regexp.MustCompile(`<[^<>:：]{1,40}[:：]` + blank + `?([^<>/\\]{1,200}\.[\p{L}\p{Nd}]{1,8})>`)
	// Android: 'IMG-20240105-WA0000.jpg (file attached)', likewise.
	mediaAndroid = regexp.MustCompile(chatMark + `([^()<>/\\\n]{1,200}\.[\p{L}\p{Nd}]{1,8})` + blank + `\([^()\n]{1,60}\)`)
	mediaWA      = regexp.MustCompile(`^(?:IMG|VID|AUD|PTT|STK|DOC|GIF)-\p{Nd}{8}-WA\p{Nd}+\.`)
)

// chatName reports whether a text file has a name that WhatsApp gives:
// '_chat.txt', or 'WhatsApp Chat with X.txt' in the phone's language.
func chatName(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, ".txt") && (lower == "_chat.txt" || strings.Contains(lower, "whatsapp"))
}

// looksLikeChat reports whether one of the first lines begins a message.
func looksLikeChat(head []byte) bool {
	n := 0
	for line := range bytes.Lines(head) {
		if n++; n > 20 {
			break
		}
		if stamp, _ := messageStart(line); stamp != "" {
			return true
		}
	}
	return false
}

// messageStart splits a line that begins a message into time and rest.
func messageStart(line []byte) (stamp string, rest []byte) {
	front := line[:min(len(line), 200)]
	for _, re := range []*regexp.Regexp{chatIOS, chatAndroid} {
		if m := re.FindSubmatchIndex(front); m != nil {
			return string(line[m[2]:m[3]]), line[m[1]:]
		}
	}
	return "", nil
}

// chatReader yields the messages of a chat's text one by one, so that a text
// of any length needs little memory.
type chatReader struct {
	br      *bufio.Reader
	has     func(name string) string // the artifact of a file's name, or empty
	line    int64
	next    *Message // begun, but not known to be whole
	text    bytes.Buffer
	invalid bool // something was not UTF-8
	err     error
}

func newChatReader(r io.Reader, has func(string) string) *chatReader {
	return &chatReader{br: bufio.NewReaderSize(r, 64<<10), has: has}
}

// read returns the next message, or io.EOF after the last one.
func (c *chatReader) read() (Message, error) {
	for c.err == nil {
		line, cut, err := c.readLine()
		c.err = err
		if len(line) == 0 && err != nil {
			break
		}
		c.line++
		if !utf8.Valid(line) {
			c.invalid = true
		}
		if c.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		stamp, rest := messageStart(line)
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
		} else if sender, text, ok := cutSender(rest); ok {
			c.next.Sender, rest = strings.ToValidUTF8(sender, "\uFFFD"), text
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

// cutSender divides at the first ': ', as the app writes it. A notice of the
// app that holds one is divided, too: the text does not tell them apart.
func cutSender(b []byte) (string, []byte, bool) {
	sender, text, ok := bytes.Cut(b, []byte(": "))
	if !ok {
		if trimmed := bytes.TrimRight(b, "\r\n"); bytes.HasSuffix(trimmed, []byte(":")) {
			sender, text, ok = bytes.TrimSuffix(trimmed, []byte(":")), nil, true
		}
	}
	if !ok || len(sender) == 0 || len(sender) > 400 {
		return "", nil, false
	}
	return string(sender), text, true
}

func (c *chatReader) add(line []byte, further, cut bool) {
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if room := maxMessage - c.text.Len(); len(line)+1 > room {
		line, cut = line[:max(room-1, 0)], true
	}
	c.next.Cut = c.next.Cut || cut
	if further && c.text.Len() < maxMessage {
		c.text.WriteByte('\n')
	}
	c.text.Write(line)
}

func (c *chatReader) finish(m Message) Message {
	m.Text = strings.ToValidUTF8(c.text.String(), "\uFFFD")
	if m.Time != "" {
		m.Media = c.mediaOf(m.Text)
	}
	return m
}

// mediaOf returns the file that a message names.
func (c *chatReader) mediaOf(text string) *Media {
	text = text[:min(len(text), 4<<10)]
	if m := mediaIOS.FindStringSubmatch(text); m != nil {
		return &Media{Name: m[1], Artifact: c.has(m[1])}
	}
	// Without the app's own form of name, only the export itself tells a file's
	// name from a sentence that looks like one.
	if m := mediaAndroid.FindStringSubmatch(text); m != nil {
		if a := c.has(m[1]); a != "" || mediaWA.MatchString(m[1]) {
			return &Media{Name: m[1], Artifact: a}
		}
	}
	return nil
}

// readLine reads a line with its end. Of an overlong one only the first
// maxMessage bytes are returned; the rest is passed over.
func (c *chatReader) readLine() (line []byte, cut bool, err error) {
	for {
		part, err := c.br.ReadSlice('\n')
		if room := maxMessage - len(line); len(part) > room {
			part, cut = part[:room], true
		}
		line = append(line, part...)
		if err != bufio.ErrBufferFull {
			return line, cut, err
		}
	}
}

// chatTitle takes the chat's name from its text's file name, where it has one.
func chatTitle(name string) string {
	name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	if strings.EqualFold(name, "_chat") {
		return ""
	}
	return name
}
