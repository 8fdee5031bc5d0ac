package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

const (
	maxMailText  = 256 << 10 // bytes of one part's text that are listed
	maxMailTexts = 4 << 20   // of all of one file
	maxTextDepth = 200       // elements in elements
)

// textHead keeps the first bytes of what runs through it.
type textHead struct {
	b    bytes.Buffer
	more bool
}

// Write implements [io.Writer].
func (h *textHead) Write(p []byte) (int, error) {
	room := maxMailText - h.b.Len()
	h.more = h.more || len(p) > room
	h.b.Write(p[:min(len(p), max(room, 0))])
	return len(p), nil
}

// isBody reports a part that is read, and not saved, by whoever opens the e-mail.
func isBody(media, disposition, name string) bool {
	return (media == mediaText || media == "text/html") && disposition != "attachment" && name == ""
}

// bodyText is what a part says, in UTF-8; of HTML without its form.
func bodyText(media, label string, head []byte) string {
	text := decodeBody(label, head)
	if media == "text/html" {
		text = htmlText(text)
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

func decodeBody(label string, b []byte) string {
	if e, err := htmlindex.Get(strings.TrimSpace(label)); err == nil {
		if out, err := io.ReadAll(e.NewDecoder().Reader(bytes.NewReader(b))); err == nil {
			return strings.ToValidUTF8(string(out), "\uFFFD")
		}
	}
	for n := 0; n < utf8.UTFMax && len(b) > n; n++ { // a character may be cut at the end
		if utf8.Valid(b[:len(b)-n]) {
			return string(b[:len(b)-n])
		}
	}
	out, _ := charmap.Windows1252.NewDecoder().Bytes(b) // every byte is a character
	return string(out)
}

// blocks begin a line of their own.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Br: true, atom.Tr: true, atom.Li: true, atom.Blockquote: true, atom.H1: true, atom.H2: true,
	atom.H3: true, atom.H4: true, atom.Table: true, atom.Ul: true, atom.Ol: true, atom.Pre: true, atom.Hr: true,
}

var unread = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true}

// htmlText is the text of HTML: a line for each block, behind a link its address where the words are
// not the address, and an image's description in brackets.
func htmlText(source string) string {
	var b strings.Builder
	skip, depth := 0, 0
	var links []string // addresses of links that are open
	var words []int    // where their words begin
	space := func() {
		if s := b.String(); s != "" && !strings.HasSuffix(s, " ") && !strings.HasSuffix(s, "\n") {
			b.WriteByte(' ')
		}
	}
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(maxMailText)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		t := z.Token()
		opens := kind == html.StartTagToken
		switch {
		case unread[t.DataAtom] && opens:
			skip++
		case unread[t.DataAtom] && kind == html.EndTagToken:
			skip = max(skip-1, 0)
		case skip > 0:
		case kind == html.TextToken:
			for i, f := range strings.Fields(t.Data) {
				if i > 0 || strings.TrimLeft(t.Data, " \t\r\n\u00a0") != t.Data {
					space()
				}
				b.WriteString(f)
			}
			if strings.TrimRight(t.Data, " \t\r\n\u00a0") != t.Data {
				space()
			}
		case t.DataAtom == atom.A && opens && depth < maxTextDepth:
			links, words, depth = append(links, attribute(t, "href")), append(words, b.Len()), depth+1
		case t.DataAtom == atom.A && kind == html.EndTagToken && depth > 0:
			depth--
			if to, said := links[depth], strings.TrimSpace(b.String()[words[depth]:]); to != "" && to != said && !strings.HasPrefix(to, "#") {
				space()
				b.WriteString("<" + to + "> ")
			}
			links, words = links[:depth], words[:depth]
		case t.DataAtom == atom.Img:
			if alt := strings.TrimSpace(attribute(t, "alt")); alt != "" {
				b.WriteString("[" + alt + "]")
			}
		case blocks[t.DataAtom]:
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
		case t.DataAtom == atom.Td || t.DataAtom == atom.Th:
			space()
		}
	}
	return b.String()
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
