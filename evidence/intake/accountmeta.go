package intake

import (
	"io"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"constat/evidence/intake/mailtext"
)

// Names of the parts of a message in the pages of Instagram and Facebook: those of today, and those until about 2021.
var metaParts = map[string]metaPart{
	"_a6-h": metaSender, "_2lek": metaSender,
	"_a6-p": metaBody, "_2let": metaBody,
	"_a6-o": metaTime, "_2lem": metaTime,
}

type metaPart int

const (
	metaNothing metaPart = iota
	metaSender
	metaBody
	metaTime
)

// metaPage is one page of messages while it is read.
type metaPage struct {
	a     *account
	entry string
	t     int
	title string
	found bool

	depth int // of the elements that hold others
	block int // at which depth the message began; nought: none
	part  metaPart
	until int // at which depth the part ends
	quiet int // at which depth reactions end; nought: none
	words strings.Builder
	now   accountMessage
	count int // blocks so far
}

// readMetaPage reads a page of messages as Instagram and Facebook write them for people: a block for each, with sender,
// text and files, and the time in the words of the account's language. A page in which no message has a
// sender and a time is none.
func readMetaPage(a *account, entry string, r io.Reader) (found, whole bool) {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(1 << 20)
	p := metaPage{a: a, entry: entry, t: -1}
	inTitle := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if p.block > 0 {
				a.oddIn(entry) // it breaks off in a message
			}
			return p.found, z.Err() == io.EOF && p.block == 0
		}
		tok := z.Token()
		switch kind {
		case html.TextToken:
			switch {
			case inTitle:
				p.title += tok.Data
			case p.part != metaNothing && p.quiet == 0:
				p.words.WriteString(tok.Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			inTitle = tok.DataAtom == atom.Title && p.title == ""
			p.start(tok, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			inTitle = false
			p.end(tok.DataAtom)
		}
	}
}

// holds are the elements by which the place in a message is known.
func holds(of atom.Atom) bool { return of == atom.Div || of == atom.H2 || of == atom.Ul }

func (p *metaPage) start(tok html.Token, closed bool) {
	if p.block > 0 && p.part == metaBody && p.quiet == 0 {
		switch tok.DataAtom {
		case atom.Br:
			p.words.WriteByte('\n')
		case atom.Img, atom.Video, atom.Audio, atom.Source, atom.A:
			p.file(mailtext.Attribute(tok.Attr, "src"))
			p.file(mailtext.Attribute(tok.Attr, "href"))
		}
	}
	if closed || !holds(tok.DataAtom) {
		return
	}
	p.depth++
	class := strings.Fields(mailtext.Attribute(tok.Attr, "class"))
	has := func(name string) bool {
		for _, c := range class {
			if c == name {
				return true
			}
		}
		return false
	}
	switch {
	case p.block == 0 && has("pam") && has("uiBoxWhite") && has("noborder"):
		p.block, p.now, p.part, p.quiet = p.depth, accountMessage{}, metaNothing, 0
	case p.block == 0:
	case tok.DataAtom == atom.Ul:
		if p.quiet == 0 {
			p.quiet = p.depth // who reacted to it
		}
	case p.part == metaBody:
		p.words.WriteByte('\n')
	case p.part == metaNothing:
		for _, c := range class {
			if part := metaParts[c]; part != metaNothing {
				p.part, p.until = part, p.depth
				p.words.Reset()
			}
		}
	}
}

func (p *metaPage) end(of atom.Atom) {
	if !holds(of) {
		return
	}
	if p.part != metaNothing && p.depth == p.until {
		text := p.words.String()
		switch p.part {
		case metaSender:
			p.now.Sender = strings.TrimSpace(text)
		case metaTime:
			p.now.Time = strings.TrimSpace(text)
		case metaBody:
			p.now.Text = linesOf(text)
		}
		p.part = metaNothing
	}
	if p.quiet == p.depth {
		p.quiet = 0
	}
	if p.block > 0 && p.depth == p.block {
		p.message()
		p.block = 0
	}
	p.depth = max(p.depth-1, 0)
}

// message takes in a block. The first may be a list of who takes part: it has no time.
func (p *metaPage) message() {
	p.count++
	switch {
	case p.now.Sender == "" || p.now.Time == "":
		if p.count > 1 || p.now.Time != "" {
			p.a.oddIn(p.entry)
		}
		return
	case !p.found:
		p.t, p.found = p.a.thread(p.entry, strings.TrimSpace(p.title)), true
	}
	p.a.add(p.t, p.now)
}

// file notes a file of the archive, or an address, that a message shows; the same is often named twice.
func (p *metaPage) file(name string) {
	if name == "" || strings.HasPrefix(name, "#") || strings.HasPrefix(name, "data:") || path.Ext(name) == ".html" {
		return
	}
	for _, m := range p.now.Media {
		if m.Name == clip(name) {
			return
		}
	}
	if strings.Contains(name, "://") {
		p.words.WriteString("\n" + clip(name) + "\n") // a link that was shared
		return
	}
	if p.a.room(&p.now) {
		p.now.Media = append(p.now.Media, p.a.media(p.entry, name))
	}
}

// linesOf leaves out lines with nothing on them.
func linesOf(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
