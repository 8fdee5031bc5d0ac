package intake

import (
	"bufio"
	"io"
	"regexp"
	"strings"
)

// readTikTok: conversations stand below 'Direct Messages', under different names over the years; those of groups
// in lists of the same messages under names of their own.
func readTikTok(a *account, entry string, r io.Reader) (found, whole bool) {
	s := newStream(r)
	message := func() (accountMessage, bool, error) {
		var m struct{ Date, From, Content string }
		odd, err := s.value(&m)
		return accountMessage{Time: m.Date, Sender: m.From, Text: m.Content}, odd, err
	}
	var walk func(depth int, in bool) func(key string) error
	walk = func(depth int, in bool) func(key string) error {
		return func(key string) error {
			if name, chat := strings.CutPrefix(key, "Chat History with "); chat {
				found = true
				t := a.thread(entry, strings.TrimSuffix(name, ":"))
				is, err := a.entries(s, key, func() int { return t }, message)
				if !is && err == nil {
					a.oddIn(key)
				}
				return err
			}
			here := in || strings.Contains(key, "Direct Message") || strings.Contains(key, "Chat")
			if depth > 0 && !here || depth > 4 {
				return s.skip()
			}
			found = found || key == "ChatHistory" // also where it is empty
			t, none := -1, true
			element := func() error {
				if a.looked++; a.looked > maxAccountMessages {
					a.cut++
					return s.skip()
				}
				m, odd, err := message()
				_, dated := sortable(m.Time)
				switch {
				case err != nil:
					return err
				case odd || !dated || m.Sender == "":
					a.oddIn(key) // of a form that is not known
					return nil
				case none:
					t, none, found = a.thread(entry, strings.TrimRight(key, ":")), false, true
				}
				a.add(t, m)
				return nil
			}
			if !here {
				element = s.skip
			}
			is, list, err := s.either(walk(depth+1, here), element)
			if lost := key == "ChatHistory" && !is && !list && !s.null; lost && err == nil {
				a.oddIn(key)
			}
			return err
		}
	}
	_, err := s.object(walk(0, false))
	return found, s.ended(err)
}

var (
	tiktokThread  = regexp.MustCompile(`^>>> Chat History with (.{1,300}?):{0,2}\s*$`)
	tiktokMessage = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?: UTC)?) ([^:]{1,200}): ?(.*)$`)
)

// readTikTokText reads the form for people: a heading for each conversation, and below it a line for each message,
// with time and sender. A line of another form is of the message that it stands in.
func readTikTokText(a *account, entry string, r io.Reader) (found, whole bool) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxAccountEntry)
	t, begun := -1, false
	var now accountMessage
	var text strings.Builder
	blank := 0
	flush := func() {
		if !begun {
			return
		}
		begun, now.Text = false, text.String()
		if a.looked++; a.looked > maxAccountMessages {
			a.cut++
			return
		}
		a.add(t, now)
	}
	for lines.Scan() {
		line := strings.TrimPrefix(strings.TrimSuffix(lines.Text(), "\r"), "\ufeff")
		if m := tiktokThread.FindStringSubmatch(line); m != nil {
			flush()
			t, found = a.thread(entry, m[1]), true
			continue
		}
		m := tiktokMessage.FindStringSubmatch(line)
		switch {
		case found && m != nil:
			flush()
			begun, blank, now = true, 0, accountMessage{Time: m[1], Sender: m[2]}
			text.Reset()
			text.WriteString(m[3])
		case strings.TrimSpace(line) == "":
			blank++ // within a message, or behind it
		case begun && text.Len()+blank+len(line) < maxAccountEntry:
			text.WriteString(strings.Repeat("\n", blank+1) + line)
			blank = 0
		default:
			a.oddIn(entry)
		}
	}
	flush()
	return found, lines.Err() == nil
}
