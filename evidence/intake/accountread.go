package intake

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"constat/evidence"
)

// Where platforms put the messages of an account. The facts are from programs that read such archives
// and from what they hold; none of it is promised by anybody, so what does not fit is
// counted and named: an entry that is odd costs itself.
var (
	metaFile      = regexp.MustCompile(`^(?:message_[0-9]+|.+_[0-9]+)\.`)
	discordFolder = regexp.MustCompile(`(?:^|/)c?[0-9]+$`)
	xMessages     = regexp.MustCompile(`^direct-messages?(?:-group)?(?:s)?(?:-part[0-9]+)?\.js$`)
	telegramPage  = regexp.MustCompile(`^messages[0-9]*\.html$`)
)

// metaMessages: Instagram and Facebook have a folder for each conversation in one of 'inbox',
// 'message_requests' and others below 'messages'; end-to-end encrypted ones lie in 'messages' itself.
func metaMessages(dir, base, ext string) bool {
	if path.Ext(base) != ext || !metaFile.MatchString(base) {
		return false
	}
	if strings.HasPrefix(base, "message_") && strings.Contains("/"+dir+"/", "/messages/") {
		return true
	}
	return path.Base(dir) == "messages" && ext == ".json"
}

// mended undoes what Instagram and Facebook do to text: each byte of UTF-8 is written as a character of
// its own. Text that this cannot have happened to stays.
func mended(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return s
		}
		b = append(b, byte(r))
	}
	if !utf8.Valid(b) {
		return s
	}
	return string(b)
}

// metaURI is a file as older archives ('uri') and newer ones name it.
type metaURI struct {
	URI string `json:"uri"`
}

// metaMessage is one of either kind.
type metaMessage struct {
	Sender  string    `json:"sender_name"`
	MS      float64   `json:"timestamp_ms"`
	Content string    `json:"content"`
	Photos  []metaURI `json:"photos"`
	Videos  []metaURI `json:"videos"`
	Audio   []metaURI `json:"audio_files"`
	Files   []metaURI `json:"files"`
	Gifs    []metaURI `json:"gifs"`
	Sticker *metaURI  `json:"sticker"`
	Share   *struct {
		Link string `json:"link"`
		Text string `json:"share_text"`
	} `json:"share"`
	Unsent bool `json:"is_unsent"`
	// End-to-end encrypted conversations.
	SenderName string    `json:"senderName"`
	Timestamp  float64   `json:"timestamp"`
	Text       string    `json:"text"`
	Media      []metaURI `json:"media"`
	IsUnsent   bool      `json:"isUnsent"`
	Call       *float64  `json:"call_duration"`
}

func readMeta(a *account, entry string, r io.Reader) (found, whole bool) {
	s := newStream(r)
	t := a.thread(entry, "")
	people, messages := false, false
	_, err := s.object(func(key string) (err error) {
		is := true
		switch key {
		case "title", "threadName":
			var name string
			name, err = s.text()
			a.rename(t, mended(name))
		case "participants":
			n := 0
			is, err = s.array(func() error {
				if n++; n > maxSenders {
					a.oddIn(entry)
					return s.skip()
				}
				name, err := s.metaName()
				a.joined(t, mended(name))
				return err
			})
			people = people || is
		case "messages":
			is, err = a.entries(s, entry, func() int { return t }, func() (out accountMessage, odd bool, err error) {
				var m metaMessage
				if odd, err = s.value(&m); err == nil {
					out = a.metaMessage(entry, m)
				}
				return out, odd, err
			})
			messages = true
		default:
			err = s.skip()
		}
		if !is && err == nil {
			a.oddIn(entry)
		}
		return err
	})
	return people && messages, s.ended(err)
}

// metaName is a participant: a name, or an object with one.
func (s *stream) metaName() (name string, err error) {
	if err := s.dec.Decode(&s.raw); err != nil {
		return "", err
	}
	var object struct{ Name string }
	if len(s.raw) < maxAccountEntry && json.Unmarshal(s.raw, &name) != nil && json.Unmarshal(s.raw, &object) == nil {
		name = object.Name
	}
	return name, nil
}

func (a *account) metaMessage(entry string, m metaMessage) accountMessage {
	out := accountMessage{Time: counted(m.MS+m.Timestamp, 1000), Sender: mended(m.Sender + m.SenderName), Text: mended(m.Content + m.Text), Unsent: m.Unsent || m.IsUnsent}
	if m.Sticker != nil {
		m.Media = append(m.Media, *m.Sticker)
	}
	for _, list := range [][]metaURI{m.Photos, m.Videos, m.Audio, m.Files, m.Gifs, m.Media} {
		for _, u := range list {
			if a.room(&out) {
				out.Media = append(out.Media, a.media(entry, mended(u.URI)))
			}
		}
	}
	if m.Call != nil {
		out.Text = strings.TrimSpace(out.Text + fmt.Sprintf("\n[call_duration %g]", *m.Call))
	}
	if m.Share != nil && m.Share.Link != "" {
		out.Text = strings.TrimSpace(out.Text + "\n" + m.Share.Link)
	}
	return out
}

type snapMessage struct {
	From    string `json:"From"`
	To      string `json:"To"`
	Type    string `json:"Media Type"`
	Created string `json:"Created"`
	Content string `json:"Content"`
	Text    string `json:"Text"`
	Title   string `json:"Conversation Title"`
	IDs     string `json:"Media IDs"`
}

// readSnapchat: a list for each conversation, or, in older archives, one of what was sent and one of what
// was received. Media have names that hold their ids.
func readSnapchat(a *account, entry string, r io.Reader) (found, whole bool) {
	s := newStream(r)
	_, err := s.object(func(key string) error {
		t, none := -1, true
		begin := func() int {
			if none {
				t, none = a.thread(entry, key), false
			}
			return t
		}
		is, err := a.entries(s, key, begin, func() (accountMessage, bool, error) {
			var m snapMessage
			odd, err := s.value(&m)
			found = found || m.Created != ""
			if m.Title != "" && none {
				a.rename(begin(), m.Title)
			}
			return a.snapMessage(m), odd, err
		})
		if is && none && err == nil {
			begin()
			found = true
		}
		if !is && err == nil {
			a.oddIn(key)
		}
		return err
	})
	return found, s.ended(err)
}

func (a *account) snapMessage(m snapMessage) accountMessage {
	out := accountMessage{Time: m.Created, Sender: m.From, Text: html.UnescapeString(m.Content + m.Text)}
	if m.From == "" && m.To != "" {
		out.Text = strings.TrimSpace("→ " + m.To + " " + out.Text)
	}
	ids := strings.FieldsFunc(m.IDs, func(r rune) bool { return r == '|' || r == ' ' || r == ',' })
	for _, id := range ids {
		if !a.named(&out, "chat_media", id) && a.room(&out) {
			out.Media = append(out.Media, accountMedia{Name: clip(id)})
		}
	}
	if m.Type != "" && m.Type != "TEXT" {
		out.Text = strings.TrimSpace("[" + m.Type + "] " + out.Text)
		if len(ids) == 0 && (m.Type == "MEDIA" || m.Type == "IMAGE" || m.Type == "VIDEO" || m.Type == "NOTE") && a.room(&out) {
			out.Media = append(out.Media, accountMedia{Name: m.Type}) // a snap that is gone, or a file without a name
		}
	}
	return out
}

// readDiscord: a folder for each channel, with what the account itself sent and nothing else.
func readDiscord(a *account, entry string, r io.Reader) (found, whole bool) {
	t := a.thread(entry, a.discordChannel(entry))
	a.own(t)
	message := func(at, said, files string) accountMessage {
		out := accountMessage{Time: at, Text: said}
		for name := range strings.FieldsSeq(files) {
			if a.room(&out) {
				out.Media = append(out.Media, accountMedia{Name: clip(name)}) // an address: the files are with Discord
			}
		}
		return out
	}
	if strings.HasSuffix(strings.ToLower(entry), ".csv") {
		return a.discordTable(t, entry, r, message)
	}
	s, n := newStream(r), 0
	is, err := a.entries(s, entry, func() int { return t }, func() (accountMessage, bool, error) {
		var m struct{ Timestamp, Contents, Attachments string }
		odd, err := s.value(&m)
		n++
		found = found || m.Timestamp != ""
		return message(m.Timestamp, m.Contents, m.Attachments), odd, err
	})
	return found || is && n == 0 && err == nil, s.ended(err)
}

func (a *account) discordTable(t int, entry string, r io.Reader, message func(at, said, files string) accountMessage) (found, whole bool) {
	rows := csv.NewReader(bufio.NewReader(r))
	rows.ReuseRecord, rows.FieldsPerRecord = true, -1
	for n := 0; ; n++ {
		row, err := rows.Read()
		var odd *csv.ParseError
		switch {
		case err == io.EOF:
			return found, true
		case errors.As(err, &odd) && found:
			a.oddIn(entry) // it costs its line
		case err != nil:
			return found, false
		case n == 0:
			if found = len(row) >= 3 && row[1] == "Timestamp"; !found {
				return false, false
			}
		case len(row) < 3 || row[1]+row[2] == "":
			a.oddIn(entry)
		default:
			files := ""
			if len(row) > 3 {
				files = row[3]
			}
			a.add(t, message(strings.Clone(row[1]), strings.Clone(row[2]), strings.Clone(files)))
		}
	}
}

// discordChannel is what a channel is called; one without a name has its id.
func (a *account) discordChannel(entry string) string {
	var channel struct {
		Name  string
		Guild struct{ Name string }
	}
	if f := a.entry(path.Join(path.Dir(entry), "channel.json")); f != nil && f.UncompressedSize64 < 1<<20 {
		if r, err := f.Open(); err == nil {
			_ = json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&channel)
			_ = r.Close()
		}
	}
	if channel.Name == "" {
		return path.Base(path.Dir(entry))
	}
	return strings.TrimSuffix(strings.TrimSpace(channel.Name+" · "+channel.Guild.Name), " ·")
}

type xMessage struct {
	Create *struct {
		ID      string   `json:"id"`
		Sender  string   `json:"senderId"`
		Text    string   `json:"text"`
		Created string   `json:"createdAt"`
		Media   []string `json:"mediaUrls"`
	} `json:"messageCreate"`
	Join     *xEvent `json:"joinConversation"`
	Joined   *xEvent `json:"participantsJoin"`
	Left     *xEvent `json:"participantsLeave"`
	Renamed  *xEvent `json:"conversationNameUpdate"`
	Reaction *xEvent `json:"reactionCreate"`
}

// xEvent is what somebody did that is no message.
type xEvent struct {
	By      string   `json:"initiatingUserId"`
	Sender  string   `json:"senderId"`
	Users   []string `json:"userIds"`
	Name    string   `json:"name"`
	Key     string   `json:"reactionKey"`
	Created string   `json:"createdAt"`
}

// notice says it in the archive's own words.
func (m xMessage) notice() accountMessage {
	out := accountMessage{Notice: true}
	for i, e := range []*xEvent{m.Join, m.Joined, m.Left, m.Renamed, m.Reaction} {
		if e != nil {
			what := []string{"joinConversation", "participantsJoin", "participantsLeave", "conversationNameUpdate", "reactionCreate"}[i]
			who := strings.TrimSpace(e.By + e.Sender)
			out.Time, out.Text = e.Created, strings.TrimSpace(strings.TrimPrefix(who+": ", ": ")+what+" "+strings.TrimSpace(e.Name+e.Key+" "+evidence.ShowIDs(e.Users, 50)))
		}
	}
	return out
}

// readX: a script that puts a list into a variable.
func readX(a *account, entry string, r io.Reader) (found, whole bool) {
	in := bufio.NewReader(r)
	front, err := in.ReadSlice('=')
	if err != nil || !strings.HasPrefix(strings.TrimSpace(string(front)), "window.YTD.direct_message") {
		return false, false
	}
	folder := "direct_messages_media"
	if strings.Contains(path.Base(entry), "group") {
		folder = "direct_messages_group_media"
	}
	s := newStream(in)
	is, err := s.array(func() error {
		t, none, id := -1, true, ""
		begin := func() int {
			if none {
				t, none = a.thread(entry, id), false
			}
			return t
		}
		message := func() (accountMessage, bool, error) {
			var m xMessage
			odd, err := s.value(&m)
			if odd && m.Create == nil {
				return accountMessage{}, true, err
			}
			return a.xMessage(folder, m), odd, err
		}
		_, err := s.object(func(key string) error {
			if key != "dmConversation" {
				return s.skip()
			}
			_, err := s.object(func(key string) (err error) {
				switch key {
				case "conversationId":
					id, err = s.text()
					if id != "" {
						a.rename(begin(), id)
					}
					return err
				case "messages":
					is, err := a.entries(s, entry, begin, message)
					if !is && err == nil {
						a.oddIn(entry)
					}
					return err
				}
				return s.skip()
			})
			return err
		})
		if none && err == nil {
			a.oddIn(entry)
		}
		return err
	})
	return is, s.ended(err)
}

func (a *account) xMessage(folder string, m xMessage) accountMessage {
	if m.Create == nil {
		return m.notice() // somebody joined, left or reacted
	}
	out := accountMessage{Time: m.Create.Created, Sender: m.Create.Sender, Text: m.Create.Text}
	if !a.named(&out, folder, m.Create.ID) {
		for _, u := range m.Create.Media {
			if a.room(&out) {
				out.Media = append(out.Media, accountMedia{Name: clip(u)})
			}
		}
	}
	return out
}
