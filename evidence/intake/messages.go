package intake

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/unicode/norm"

	"constat/evidence"
	"constat/evidence/intake/whatsapp"
)

// MessagesFormat is the format of messages.json.
const MessagesFormat = "constat-messages/1"

// chatFile is a file of a chat export, as the ZIP's list names it.
type chatFile struct {
	Name     string `json:"name"`
	Artifact string `json:"artifact"`
	Modified string `json:"modified,omitempty"` // RFC 3339; without a zone if the ZIP gives none
}

const maxSenders = 1000

var errChanged = errors.New("a second reading differs from the first")

// chat lists the messages of a text that was stored as the artifact text.
func (j *job) chat(text evidence.Artifact, name string, open func() (io.ReadCloser, error), files []chatFile) error {
	r, err := open()
	if err != nil {
		return j.chatError(text, err)
	}
	defer r.Close()
	names := namesOf(files)
	l := &messageList{text: text, files: files, senders: map[string]bool{}, hasher: evidence.NewHasher()}
	l.in = whatsapp.NewReader(
		io.TeeReader(io.LimitReader(r, whatsapp.MaxText), l.hasher),
		whatsapp.Title(name),
		names.artifact,
	)
	meta := j.derived("messages", text)
	if _, _, err := j.put(meta, l, 1<<62, 0, text.Size); err != nil {
		return j.chatError(text, err)
	}
	say := func(name, value string) { j.fact(text.Name, FromWhatsApp, name, value) }
	say(FactChat, whatsapp.Title(name))
	say(FactMessages, fmt.Sprint(l.count))
	say(FactFirst, l.first)
	say(FactLast, l.last)
	if len(l.senders) >= maxSenders {
		say(FactSenders, fmt.Sprintf("%d+", maxSenders))
	} else {
		say(FactSenders, fmt.Sprint(len(l.senders)))
	}
	if l.missing > 0 {
		say(FactMediaMissing, fmt.Sprint(l.missing))
	}
	if l.omitted > 0 {
		say(FactMediaOmitted, fmt.Sprint(l.omitted))
	}
	if n := l.missing + l.omitted; n > 0 {
		j.problem(ProblemChatMedia, evidence.Say("chat-media", "{file}: {#n} messages stand for a file that the export does not hold, {#omitted} of them say that it was left out", text.Name, n, l.omitted))
	}
	if l.notices > 0 {
		say(FactNotices, fmt.Sprint(l.notices))
	}
	if l.back > 0 {
		say(FactTimesBack, fmt.Sprint(l.back))
	}
	if l.in.Stored != whatsapp.UTF8 {
		say(FactTextEncoding, l.in.Stored)
	}
	if l.in.Stored == whatsapp.Windows1252 {
		j.problem(ProblemChatText, evidence.Say("chat-windows", "{file}: not UTF-8, read as {name}", text.Name, l.in.Stored))
	}
	if l.count == 0 {
		j.problem(ProblemChatUnread, evidence.Say("chat-unread", "{file}: no message was found in it", text.Name))
	}
	if l.in.Invalid {
		j.problem(ProblemChatText, evidence.Say("chat-utf8", "{file}: not UTF-8", text.Name))
	}
	if text.Size > whatsapp.MaxText {
		j.problem(
			ProblemChatText,
			evidence.Say("chat-listed", "{file}: listed up to {#n} of {#of} bytes", text.Name, whatsapp.MaxText, text.Size),
		)
	}
	if l.cut > 0 {
		j.problem(
			ProblemChatText,
			evidence.Say("chat-long", "{file}: {#n} messages longer than {#max} bytes", text.Name, l.cut, whatsapp.MaxMessage),
		)
	}
	return nil
}

// chatNames are the artifacts of an export's files, by their names as the ZIP has them, and by these
// without what a computer on the way changes: how accents are composed, small and capital letters.
type chatNames struct{ exact, alike map[string]string }

func namesOf(files []chatFile) chatNames {
	n := chatNames{map[string]string{}, map[string]string{}}
	for _, f := range files {
		base := path.Base(slashed(f.Name))
		if n.exact[base] == "" {
			n.exact[base] = f.Artifact
		}
		if _, twice := n.alike[alike(base)]; twice {
			n.alike[alike(base)] = "" // which of them is meant is not known
		} else {
			n.alike[alike(base)] = f.Artifact
		}
	}
	return n
}

func alike(name string) string { return strings.ToLower(norm.NFC.String(name)) }

func (n chatNames) artifact(name string) string { return cmp.Or(n.exact[name], n.alike[alike(name)]) }

// chatError makes a text that does not read the same twice a problem: the text
// itself is stored.
func (j *job) chatError(text evidence.Artifact, err error) error {
	if j.ctx.Err() != nil || j.in.err != nil {
		return j.readError(j.in.err)
	}
	var damaged *entryError
	if errors.As(err, &damaged) {
		j.problem(ProblemChanged, evidence.Say("", "{file}", text.Name))
		return nil
	}
	return err
}

// messageList is messages.json, written while it is read. One line holds one
// message.
type messageList struct {
	in     *whatsapp.Reader
	text   evidence.Artifact
	files  []chatFile
	hasher *evidence.Hasher

	buf     bytes.Buffer
	begun   bool
	done    bool
	listed  int
	count   int // of those with a time
	cut     int
	missing int
	omitted int
	notices int
	back    int // times earlier than the one before
	first   string
	last    string
	senders map[string]bool
}

// Read implements [io.Reader].
func (l *messageList) Read(p []byte) (int, error) {
	for l.buf.Len() == 0 {
		if l.done {
			return 0, io.EOF
		}
		if err := l.fill(); err != nil {
			return 0, err
		}
	}
	return l.buf.Read(p)
}

func (l *messageList) fill() error {
	enc := json.NewEncoder(&l.buf)
	enc.SetEscapeHTML(false)
	if !l.begun {
		l.begun = true
		fmt.Fprintf(
			&l.buf,
			"{\"format\":%q,\n\"text\":{\"artifact\":%q,\"sha256\":%q},\n\"files\":",
			MessagesFormat,
			l.text.Name,
			l.text.SHA256,
		)
		if l.files == nil {
			l.files = []chatFile{}
		}
		if err := enc.Encode(l.files); err != nil {
			return err
		}
		l.buf.WriteString(",\"messages\":[")
		return nil
	}
	m, err := l.in.Read()
	if err == io.EOF {
		l.done = true
		if sum, _, n := l.hasher.Sums(); n < whatsapp.MaxText && sum != l.text.SHA256 {
			return errChanged
		}
		l.buf.WriteString("\n]}\n")
		return nil
	}
	if err != nil {
		return err
	}
	if l.listed > 0 {
		l.buf.WriteByte(',')
	}
	l.buf.WriteByte('\n')
	l.note(m)
	if err := enc.Encode(m); err != nil {
		return err
	}
	l.buf.Truncate(l.buf.Len() - 1) // the encoder's line feed
	return nil
}

// note counts for the facts.
func (l *messageList) note(m whatsapp.Message) {
	l.listed++
	if m.Cut {
		l.cut++
	}
	if m.Time == "" {
		return // text before the first message
	}
	l.count++
	if l.first == "" {
		l.first = m.Time
	}
	l.last = m.Time
	if m.Sender != "" && len(l.senders) < maxSenders {
		l.senders[m.Sender] = true
	}
	if m.Media != nil && m.Media.Artifact == "" {
		l.missing++
	}
	if m.Omitted {
		l.omitted++
	}
	if m.Notice {
		l.notices++
	}
	if m.Back {
		l.back++
	}
}
