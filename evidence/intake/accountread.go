package intake

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"html"
	"io"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Where platforms put the messages of an account. The facts are from programs that read such archives
// and from what they hold; none of it is promised by anybody, so what does not fit is named.
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

func readMeta(a *account, entry string, b []byte) bool {
	var f struct {
		Title        string            `json:"title"`
		ThreadName   string            `json:"threadName"`
		Participants []json.RawMessage `json:"participants"`
		Messages     []struct {
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
		} `json:"messages"`
	}
	if json.Unmarshal(b, &f) != nil || f.Messages == nil || f.Participants == nil {
		return false
	}
	var names []string
	for _, p := range f.Participants {
		var name string
		var object struct{ Name string }
		if json.Unmarshal(p, &name) != nil && json.Unmarshal(p, &object) == nil {
			name = object.Name
		}
		names = append(names, mended(name))
	}
	t := a.thread(entry, mended(f.Title+f.ThreadName), names...)
	for _, m := range f.Messages {
		out := accountMessage{Time: counted(m.MS+m.Timestamp, 1000), Sender: mended(m.Sender + m.SenderName), Text: mended(m.Content + m.Text), Unsent: m.Unsent || m.IsUnsent}
		for _, list := range [][]metaURI{m.Photos, m.Videos, m.Audio, m.Files, m.Gifs, m.Media} {
			for _, u := range list {
				out.Media = append(out.Media, a.media(entry, mended(u.URI)))
			}
		}
		if m.Sticker != nil {
			out.Media = append(out.Media, a.media(entry, mended(m.Sticker.URI)))
		}
		if m.Share != nil && m.Share.Link != "" {
			out.Text = strings.TrimSpace(out.Text + "\n" + m.Share.Link)
		}
		a.add(t, out)
	}
	return true
}

// readSnapchat: a list for each conversation, or, in older archives, one of what was sent and one of what
// was received. Media have names that hold their ids.
func readSnapchat(a *account, entry string, b []byte) bool {
	type message struct {
		From    string `json:"From"`
		To      string `json:"To"`
		Type    string `json:"Media Type"`
		Created string `json:"Created"`
		Content string `json:"Content"`
		Text    string `json:"Text"`
		Title   string `json:"Conversation Title"`
		IDs     string `json:"Media IDs"`
	}
	read := false
	err := inOrder(b, func(key string, value json.RawMessage) {
		var list []message
		if json.Unmarshal(value, &list) != nil || len(list) > 0 && list[0].Created == "" {
			return
		}
		read = true
		name := key
		if len(list) > 0 && list[0].Title != "" {
			name = list[0].Title
		}
		t := a.thread(entry, name)
		for _, m := range list {
			out := accountMessage{Time: m.Created, Sender: m.From, Text: html.UnescapeString(m.Content + m.Text)}
			if m.From == "" && m.To != "" {
				out.Text = strings.TrimSpace("→ " + m.To + " " + out.Text)
			}
			ids := strings.FieldsFunc(m.IDs, func(r rune) bool { return r == '|' || r == ' ' || r == ',' })
			for _, id := range ids {
				if found := a.named("chat_media", id); len(found) > 0 {
					out.Media = append(out.Media, found...)
				} else {
					out.Media = append(out.Media, accountMedia{Name: clip(id)})
				}
			}
			if m.Type != "" && m.Type != "TEXT" {
				out.Text = strings.TrimSpace("[" + m.Type + "] " + out.Text)
				if len(ids) == 0 && (m.Type == "MEDIA" || m.Type == "IMAGE" || m.Type == "VIDEO" || m.Type == "NOTE") {
					out.Media = append(out.Media, accountMedia{Name: m.Type}) // a snap that is gone, or a file without a name
				}
			}
			a.add(t, out)
		}
	})
	return read && err == nil
}

// readTikTok: conversations stand below 'Direct Messages', under different names over the years.
func readTikTok(a *account, entry string, b []byte) bool {
	type message struct{ Date, From, Content string }
	read := false
	var walk func(b json.RawMessage, depth int)
	walk = func(b json.RawMessage, depth int) {
		_ = inOrder(b, func(key string, value json.RawMessage) {
			name, chat := strings.CutPrefix(key, "Chat History with ")
			var list []message
			switch {
			case chat && json.Unmarshal(value, &list) == nil:
				read = true
				t := a.thread(entry, strings.TrimSuffix(name, ":"))
				for _, m := range list {
					a.add(t, accountMessage{Time: m.Date, Sender: m.From, Text: m.Content})
				}
			case key == "ChatHistory":
				read = true // also where it is empty
				walk(value, depth+1)
			case depth < 4 && (depth == 0 || strings.Contains(key, "Direct Message") || strings.Contains(key, "Chat")):
				walk(value, depth+1)
			}
		})
	}
	walk(b, 0)
	return read
}

// readDiscord: a folder for each channel, with what the account itself sent and nothing else.
func readDiscord(a *account, entry string, b []byte) bool {
	type message struct {
		Timestamp   string
		Contents    string
		Attachments string
	}
	var list []message
	if strings.HasSuffix(strings.ToLower(entry), ".csv") {
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil || len(rows) == 0 || len(rows[0]) < 3 || rows[0][1] != "Timestamp" {
			return false
		}
		for _, r := range rows[1:] {
			m := message{Timestamp: r[1], Contents: r[2]}
			if len(r) > 3 {
				m.Attachments = r[3]
			}
			list = append(list, m)
		}
	} else if json.Unmarshal(b, &list) != nil || len(list) > 0 && list[0].Timestamp == "" {
		return false
	}
	var channel struct {
		Name  string
		Guild struct{ Name string }
	}
	if f := a.entries[path.Join(path.Dir(entry), "channel.json")]; f != nil && f.UncompressedSize64 < 1<<20 {
		if r, err := f.Open(); err == nil {
			_ = json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&channel) // a channel without a name has its id
			_ = r.Close()
		}
	}
	name := path.Base(path.Dir(entry))
	if channel.Name != "" {
		name = strings.TrimSpace(channel.Name + " · " + channel.Guild.Name)
		name = strings.TrimSuffix(name, " ·")
	}
	t := a.thread(entry, name)
	t.Own = true
	for _, m := range list {
		out := accountMessage{Time: m.Timestamp, Text: m.Contents}
		for _, at := range strings.Fields(m.Attachments) {
			out.Media = append(out.Media, accountMedia{Name: clip(at)}) // an address: the files are with Discord
		}
		a.add(t, out)
	}
	return true
}

// readX: a script that puts a list into a variable.
func readX(a *account, entry string, b []byte) bool {
	at := bytes.IndexByte(b, '=')
	if at < 0 || !bytes.HasPrefix(bytes.TrimSpace(b), []byte("window.YTD.direct_message")) {
		return false
	}
	var list []struct {
		Conversation struct {
			ID       string `json:"conversationId"`
			Messages []struct {
				Create *struct {
					ID      string   `json:"id"`
					Sender  string   `json:"senderId"`
					Text    string   `json:"text"`
					Created string   `json:"createdAt"`
					Media   []string `json:"mediaUrls"`
				} `json:"messageCreate"`
			} `json:"messages"`
		} `json:"dmConversation"`
	}
	if json.Unmarshal(b[at+1:], &list) != nil {
		return false
	}
	folder := "direct_messages_media"
	if strings.Contains(path.Base(entry), "group") {
		folder = "direct_messages_group_media"
	}
	for _, c := range list {
		t := a.thread(entry, c.Conversation.ID)
		for _, m := range c.Conversation.Messages {
			if m.Create == nil {
				a.add(t, accountMessage{Notice: true}) // somebody joined, left or reacted
				continue
			}
			out := accountMessage{Time: m.Create.Created, Sender: m.Create.Sender, Text: m.Create.Text}
			if found := a.named(folder, m.Create.ID); len(found) > 0 {
				out.Media = found
			} else {
				for _, u := range m.Create.Media {
					out.Media = append(out.Media, accountMedia{Name: clip(u)})
				}
			}
			a.add(t, out)
		}
	}
	return true
}

var errNotObject = errors.New("not a JSON object")

// inOrder goes through the fields of a JSON object as they stand there.
func inOrder(b []byte, do func(key string, value json.RawMessage)) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errNotObject
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
		name, _ := key.(string)
		do(name, value)
	}
	return nil
}
