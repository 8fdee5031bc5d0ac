package mailtext

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
)

const (
	maxText      = 256 << 10 // bytes of one part's text that are listed
	maxTextDepth = 200       // elements in elements
)

// Head keeps the first bytes of a part that runs through it.
type Head struct {
	b    bytes.Buffer
	More bool // than are kept
}

// Write implements [io.Writer].
func (h *Head) Write(p []byte) (int, error) {
	room := maxText - h.b.Len()
	h.More = h.More || len(p) > room
	h.b.Write(p[:min(len(p), max(room, 0))])
	return len(p), nil
}

// IsBody reports a part that is read, and not saved, by whoever opens the e-mail.
func IsBody(media, disposition, name string) bool {
	return strings.HasPrefix(media, "text/") && disposition != "attachment" && (name == "" || disposition == "inline")
}

// Known reports a label that names an encoding which is read here, or none.
func Known(label string) bool {
	_, err := Charset(label)
	return err == nil || strings.TrimSpace(label) == ""
}

// Text is what a part of a media type says whose characters are called label, in UTF-8; of HTML
// without its form.
func (h *Head) Text(media, label string) string {
	text := decodeBody(label, h.b.Bytes())
	if strings.HasSuffix(media, "html") {
		text = htmlText(text)
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

var ascii = map[string]bool{"us-ascii": true, "ascii": true, "ansi_x3.4-1968": true}

func decodeBody(label string, b []byte) string {
	if ascii[strings.ToLower(strings.TrimSpace(label))] {
		label = "" // whoever writes more than that under the name means what others do without one
	}
	if e, err := Charset(label); err == nil {
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

// unshown are elements that nothing is shown of. What is in <noscript> is shown: who opens e-mails runs
// no scripts.
var unshown = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Title: true, atom.Template: true}

// htmlText is the text of HTML: a line for each block, behind a link its address where the words are
// not the address, and an image's description in brackets. The parser ends a <head> that nothing ends,
// as browsers do.
func htmlText(source string) string {
	if !grows(source) {
		doc, err := html.ParseWithOptions(strings.NewReader(source), html.ParseOptionEnableScripting(false))
		if err == nil {
			var w htmlWords
			w.node(doc) // not deeper than the parser goes
			return w.b.String()
		}
	}
	return deepText(source)
}

// maxNodes is how large a tree may become, at worst, for the parser to make it.
const maxNodes = 1_000_000

// again are elements that the parser opens again in each block, if nothing closed them.
var again = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Nobr: true,
	atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// grows reports HTML that could become a tree of many times its size: elements that are opened again in
// each block. Of those that are alike the parser opens three.
func grows(source string) bool {
	z := html.NewTokenizer(strings.NewReader(source))
	tags, open := 0, 3*len(again)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tags*min(open, 512) > maxNodes
		case html.StartTagToken, html.SelfClosingTagToken:
			z.NextIsNotRawText() // so that nothing hides others
			tags++
			if name, more := z.TagName(); more && again[atom.Lookup(name)] {
				open++
			}
		case html.EndTagToken:
			tags++
		}
	}
}

// deepText is the text of HTML that is too deep for the parser, or would grow in it: whatever stands in it, in its order.
func deepText(source string) string {
	var w htmlWords
	z := html.NewTokenizer(strings.NewReader(source))
	z.SetMaxBuf(maxText)
	var raw atom.Atom
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.b.String()
		case html.TextToken:
			if raw != atom.Script && raw != atom.Style {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			raw = t.DataAtom
			if closed := t.Type == html.SelfClosingTagToken; closed || raw != atom.Script && raw != atom.Style {
				raw = 0
				z.NextIsNotRawText() // a <title> in a drawing would take in all that follows
			}
			w.open(t.DataAtom, t.Attr)
		case html.EndTagToken:
			t := z.Token()
			raw = 0
			w.close(t.DataAtom)
		}
	}
}

// htmlWords is text that is put together.
type htmlWords struct {
	b     strings.Builder
	links []string // addresses of links that are open
	words []int    // where their words begin
}

func (w *htmlWords) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		w.text(n.Data)
	case n.Type == html.ElementNode && unshown[n.DataAtom] && n.Namespace == "":
		return
	case n.Type == html.ElementNode:
		w.open(n.DataAtom, n.Attr)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	if n.Type == html.ElementNode {
		w.close(n.DataAtom)
	}
}

func (w *htmlWords) ends(with string) bool {
	s := w.b.String()
	return s == "" || strings.HasSuffix(s, with) || strings.HasSuffix(s, "\n")
}

func (w *htmlWords) space() {
	if !w.ends(" ") {
		w.b.WriteByte(' ')
	}
}

func (w *htmlWords) text(s string) {
	const blanks = " \t\r\n\u00a0"
	for i, f := range strings.Fields(s) {
		if i > 0 || strings.TrimLeft(s, blanks) != s {
			w.space()
		}
		w.b.WriteString(f)
	}
	if strings.TrimRight(s, blanks) != s {
		w.space()
	}
}

func (w *htmlWords) line() {
	if !w.ends("\n") {
		w.b.WriteByte('\n')
	}
}

func (w *htmlWords) open(tag atom.Atom, attr []html.Attribute) {
	switch {
	case tag == atom.A && len(w.links) < maxTextDepth:
		w.links, w.words = append(w.links, Attribute(attr, "href")), append(w.words, w.b.Len())
	case tag == atom.Img:
		if alt := strings.TrimSpace(Attribute(attr, "alt")); alt != "" {
			w.b.WriteString("[" + alt + "]")
		}
	case blocks[tag]:
		w.line()
	case tag == atom.Td, tag == atom.Th:
		w.space()
	}
}

func (w *htmlWords) close(tag atom.Atom) {
	last := len(w.links) - 1
	switch {
	case tag == atom.A && last >= 0:
		if to, said := w.links[last], strings.TrimSpace(w.b.String()[w.words[last]:]); to != "" && to != said && !strings.HasPrefix(to, "#") {
			w.space()
			w.b.WriteString("<" + to + "> ")
		}
		w.links, w.words = w.links[:last], w.words[:last]
	case blocks[tag] && tag != atom.Br && tag != atom.Hr:
		w.line()
	case tag == atom.Td, tag == atom.Th:
		w.space()
	}
}

// Attribute is the value of an attribute, or empty.
func Attribute(attr []html.Attribute, name string) string {
	for _, a := range attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
