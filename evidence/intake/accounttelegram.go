package intake

import (
	"bytes"
	"encoding/json"
	"io"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// telegramGone begins what Telegram Desktop writes in the place of a file that was left out.
const telegramGone = "(File "

type telegramChat struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Messages []telegramMessage `json:"messages"`
}

type telegramMessage struct {
	Type    string          `json:"type"` // "message" or "service"
	Date    string          `json:"date"`
	From    string          `json:"from"`
	FromID  string          `json:"from_id"`
	Actor   string          `json:"actor"`
	Action  string          `json:"action"`
	Text    json.RawMessage `json:"text"`
	Photo   string          `json:"photo"`
	File    string          `json:"file"`
	Forward string          `json:"forwarded_from"`
}

// readTelegram: one conversation, or all of an account.
func readTelegram(a *account, entry string, b []byte) bool {
	var f struct {
		telegramChat
		Chats *struct{ List []telegramChat } `json:"chats"`
		Left  *struct{ List []telegramChat } `json:"left_chats"`
	}
	if json.Unmarshal(b, &f) != nil {
		return false
	}
	chats := []telegramChat{}
	if f.Messages != nil && f.Type != "" {
		chats = append(chats, f.telegramChat)
	}
	for _, more := range []*struct{ List []telegramChat }{f.Chats, f.Left} {
		if more != nil {
			chats = append(chats, more.List...)
		}
	}
	for _, c := range chats {
		t := a.thread(entry, c.Name)
		for _, m := range c.Messages {
			out := accountMessage{Time: m.Date, Sender: m.From, Text: telegramText(m.Text), Notice: m.Type == "service"}
			if out.Sender == "" && !out.Notice {
				out.Sender = m.FromID
			}
			if out.Notice {
				out.Sender, out.Text = "", strings.TrimSpace(m.Actor+": "+m.Action+" "+out.Text)
			}
			if m.Forward != "" {
				out.Text = strings.TrimSpace("[← " + m.Forward + "] " + out.Text)
			}
			for _, name := range []string{m.Photo, m.File} {
				switch {
				case strings.HasPrefix(name, telegramGone):
					out.Media = append(out.Media, accountMedia{Name: clip(name)})
				case name != "":
					out.Media = append(out.Media, a.media(entry, name))
				}
			}
			a.add(t, out)
		}
	}
	return len(chats) > 0
}

// telegramText is a string, or a list of strings and of objects with one.
func telegramText(b json.RawMessage) string {
	var s string
	if json.Unmarshal(b, &s) == nil {
		return s
	}
	var list []json.RawMessage
	if json.Unmarshal(b, &list) != nil {
		return ""
	}
	var out strings.Builder
	for _, part := range list {
		var object struct{ Text string }
		if json.Unmarshal(part, &s) == nil {
			out.WriteString(s)
		} else if json.Unmarshal(part, &object) == nil {
			out.WriteString(object.Text)
		}
	}
	return out.String()
}

// readTelegramPage reads a page of messages: a block for each, with the date in a title, the sender, where
// it is not the one before, the text, and links to files.
func readTelegramPage(a *account, entry string, b []byte) bool {
	z := html.NewTokenizer(bytes.NewReader(b))
	z.SetMaxBuf(1 << 20)
	var t *accountThread
	var now accountMessage
	title, sender, field := "", "", ""
	begun, depth := false, 0
	var words strings.Builder
	ends := map[string]int{} // at which depth a field ends
	flush := func() {
		if !begun {
			return
		}
		if t == nil {
			t = a.thread(entry, title)
		}
		a.add(t, now)
		begun, now = false, accountMessage{}
	}
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if z.Err() != io.EOF {
				return false
			}
			break
		}
		tok := z.Token()
		switch {
		case kind == html.StartTagToken && tok.DataAtom == atom.Div:
			depth++
			class := " " + attribute(tok.Attr, "class") + " "
			has := func(c string) bool { return strings.Contains(class, " "+c+" ") }
			switch {
			case has("message") && (has("default") || has("service")):
				flush()
				begun = true
				now.Notice = has("service")
				if !now.Notice {
					now.Sender = sender
				}
			case begun && has("date") && has("details"):
				if now.Time == "" {
					now.Time = attribute(tok.Attr, "title")
				}
			case begun && has("from_name"), begun && has("text"), begun && now.Notice && has("body") && has("details"), !begun && has("text") && has("bold") && title == "":
				field = strings.TrimSpace(class)
				ends[field] = depth
				words.Reset()
			}
		case kind == html.StartTagToken && tok.DataAtom == atom.A && begun:
			if to := attribute(tok.Attr, "href"); to != "" && !strings.Contains(to, ":") && !strings.HasPrefix(to, "#") && path.Ext(to) != ".html" {
				now.Media = append(now.Media, a.media(entry, to))
			}
		case (kind == html.StartTagToken || kind == html.SelfClosingTagToken) && tok.DataAtom == atom.Br && field != "":
			words.WriteByte('\n')
		case kind == html.TextToken && field != "":
			words.WriteString(tok.Data)
		case kind == html.EndTagToken && tok.DataAtom == atom.Div:
			if field != "" && ends[field] == depth {
				said := strings.TrimSpace(words.String())
				switch {
				case !begun:
					title = said
				case strings.Contains(" "+field+" ", " from_name "):
					if now.Text == "" { // else it is that of a message that was forwarded in it
						sender, now.Sender = said, said
					}
				default:
					now.Text = strings.TrimSpace(now.Text + "\n" + said)
				}
				field = ""
			}
			depth--
		}
	}
	flush()
	return t != nil
}
