package intake

import (
	"encoding/json"
	"io"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"constat/evidence/intake/mailtext"
)

// telegramGone begins what Telegram Desktop writes in the place of a file that was left out.
const telegramGone = "(File "

var telegramKind = regexp.MustCompile(`^(?:saved_messages|personal_chat|bot_chat|(?:private|public)_(?:group|supergroup|channel))$`)

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

// readTelegram: one conversation, or all of an account. Other programs write a result.json as well.
func readTelegram(a *account, entry string, r io.Reader) (found, whole bool) {
	s := newStream(r)
	c := telegramReader{a: a, s: s, entry: entry, thread: -1}
	_, err := s.object(func(key string) error {
		if key != "chats" && key != "left_chats" {
			return c.field(key)
		}
		_, err := s.object(func(key string) error {
			if key != "list" {
				return s.skip()
			}
			is, err := s.array(func() error {
				one := telegramReader{a: a, s: s, entry: entry, thread: -1}
				_, err := s.object(one.field)
				if found = found || one.begun; !one.begun && err == nil {
					a.oddIn(entry)
				}
				return err
			})
			found = found || is
			if !is && err == nil {
				a.oddIn(entry)
			}
			return err
		})
		return err
	})
	return found || c.begun && (c.kind != "" || c.dated) || telegramKind.MatchString(c.kind), s.ended(err)
}

// telegramReader reads one conversation, field by field.
type telegramReader struct {
	a          *account
	s          *stream
	entry      string
	name, kind string
	thread     int
	begun      bool // there are messages, if only a place for them
	dated      bool // one of them has a date of this form
}

func (c *telegramReader) begin() int {
	if !c.begun {
		c.thread, c.begun = c.a.thread(c.entry, c.name), true
	}
	return c.thread
}

func (c *telegramReader) field(key string) (err error) {
	switch key {
	case "name":
		if c.name, err = c.s.text(); c.begun {
			c.a.rename(c.thread, c.name)
		}
	case "type":
		c.kind, err = c.s.text()
	case "messages":
		in := c.name
		if in == "" {
			in = c.entry
		}
		var is bool
		is, err = c.a.entries(c.s, in, c.begin, func() (accountMessage, bool, error) {
			var m telegramMessage
			odd, err := c.s.value(&m)
			_, dated := sortable(m.Date)
			c.dated = c.dated || dated && m.Type != ""
			out, ok := c.a.telegramMessage(c.entry, m)
			return out, odd || !ok, err
		})
		if is {
			c.begin()
		} else if err == nil {
			c.a.oddIn(in)
		}
	default:
		err = c.s.skip()
	}
	return err
}

func (a *account) telegramMessage(entry string, m telegramMessage) (accountMessage, bool) {
	text, ok := telegramText(m.Text)
	out := accountMessage{Time: m.Date, Sender: m.From, Text: text, Notice: m.Type == "service"}
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
		case name == "" || !a.room(&out):
		case strings.HasPrefix(name, telegramGone):
			out.Media = append(out.Media, accountMedia{Name: clip(name)})
		default:
			out.Media = append(out.Media, a.media(entry, name))
		}
	}
	return out, ok
}

// telegramText is a string, or a list of strings and of objects with one. false: it is something else.
func telegramText(b json.RawMessage) (string, bool) {
	var s string
	if len(b) == 0 || json.Unmarshal(b, &s) == nil {
		return s, true
	}
	var list []json.RawMessage
	if json.Unmarshal(b, &list) != nil {
		return "", false
	}
	var out strings.Builder
	whole := true
	for _, part := range list {
		var object struct{ Text *string }
		if json.Unmarshal(part, &s) == nil {
			out.WriteString(s)
		} else if json.Unmarshal(part, &object) == nil && object.Text != nil {
			out.WriteString(*object.Text)
		} else {
			whole = false
		}
	}
	return out.String(), whole
}

// readTelegramPage reads a page of messages: a block for each, with the date in a title, the sender, where
// it is not the one before, the text, and links to files.
func readTelegramPage(a *account, entry string, r io.Reader) (found, whole bool) {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(1 << 20)
	t := -1
	var now accountMessage
	title, sender, field := "", "", ""
	begun, depth := false, 0
	var words, said strings.Builder
	end := 0 // at which depth a field ends
	flush := func() {
		if !begun {
			return
		}
		if !found {
			t, found = a.thread(entry, title), true
		}
		now.Text = strings.TrimSpace(said.String())
		a.add(t, now)
		begun, now = false, accountMessage{}
		said.Reset()
	}
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			flush()
			return found, z.Err() == io.EOF
		}
		tok := z.Token()
		switch {
		case kind == html.StartTagToken && tok.DataAtom == atom.Div:
			depth++
			class := " " + mailtext.Attribute(tok.Attr, "class") + " "
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
					now.Time = mailtext.Attribute(tok.Attr, "title")
				}
			case begun && has("from_name"), begun && has("text"), begun && now.Notice && has("body") && has("details"), !begun && has("text") && has("bold") && title == "":
				field = strings.TrimSpace(class)
				end = depth
				words.Reset()
			}
		case kind == html.StartTagToken && tok.DataAtom == atom.A && begun:
			if to := mailtext.Attribute(tok.Attr, "href"); to != "" && !strings.Contains(to, ":") && !strings.HasPrefix(to, "#") && path.Ext(to) != ".html" {
				if a.room(&now) {
					now.Media = append(now.Media, a.media(entry, to))
				}
			}
		case (kind == html.StartTagToken || kind == html.SelfClosingTagToken) && tok.DataAtom == atom.Br && field != "":
			words.WriteByte('\n')
		case kind == html.TextToken && field != "":
			words.WriteString(tok.Data)
		case kind == html.EndTagToken && tok.DataAtom == atom.Div:
			if field != "" && end == depth {
				text := strings.TrimSpace(words.String())
				switch {
				case !begun:
					title = text
				case strings.Contains(" "+field+" ", " from_name "):
					if said.Len() == 0 { // else it is that of a message that was forwarded in it
						sender, now.Sender = text, text
					}
				default:
					said.WriteString("\n" + text)
				}
				field = ""
			}
			depth--
		}
	}
}
