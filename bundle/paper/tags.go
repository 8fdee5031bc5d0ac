package paper

import (
	"fmt"
	"slices"

	"constat/bundle/paper/after"
)

// Kind is what a piece of a document is, for whoever has it read aloud (PDF 1.7, 14.8.4).
type Kind string

// The kinds that are used. A section, a table and a row hold others; text that is drawn in them
// becomes a paragraph of its own.
const (
	Document  Kind = "Document"
	Section   Kind = "Sect"
	Heading1  Kind = "H1"
	Heading2  Kind = "H2"
	Paragraph Kind = "P"
	Table     Kind = "Table"
	Row       Kind = "TR"
	RowHead   Kind = "TH of its row"
	ColHead   Kind = "TH of its column"
	Cell      Kind = "TD"
	figure    Kind = "Figure"
	linked    Kind = "Link"
)

var holds = []string{string(Document), string(Section), string(Table), string(Row)}

// Element is a piece of the document to which something can be added later; see [Doc.Here].
type Element struct{ e *after.Element }

// tags are what is open while one draws.
type tags struct {
	root  *after.Element
	stack []*after.Element // the innermost last; nil: nothing that is read

	open  *after.Element // of the marked content that is open on the current page
	begun bool           // there is one
	marks map[int]int    // of each page so far
	links map[int][]string
}

func newTags() tags {
	root := &after.Element{Kind: string(Document)}
	return tags{root: root, stack: []*after.Element{root}, marks: map[int]int{}, links: map[int][]string{}}
}

// In makes what is drawn within it a piece of that kind.
func (d *Doc) In(k Kind, draw func()) {
	e := &after.Element{Kind: string(k)}
	switch k {
	case RowHead:
		e.Kind, e.Scope = "TH", "Row"
	case ColHead:
		e.Kind, e.Scope = "TH", "Column"
	}
	d.within(e, draw)
}

// Figure makes what is drawn within it one figure, of which alt is said to whoever does not see it.
func (d *Doc) Figure(alt string, x, y, w, h float64, draw func()) {
	points := func(mm float64) float64 { return mm / mmPerPoint }
	d.within(&after.Element{Kind: string(figure), Alt: oneLine(alt),
		Box: [4]float64{points(x), points(PageHeight - y - h), points(x + w), points(PageHeight - y)}}, draw)
}

// Aside is for what is not read: frames, and what each page repeats.
func (d *Doc) Aside(draw func()) { d.push(nil, draw) }

// Here is the piece that is being drawn, for [Doc.Again].
func (d *Doc) Here() Element { return Element{d.top()} }

// Again draws a further part of a piece.
func (d *Doc) Again(e Element, draw func()) { d.push(e.e, draw) }

// Last tells whether a piece is the last one of what is being drawn, so that it may go on.
func (d *Doc) Last(e Element) bool { return e.e != nil && d.top() != nil && d.top().Last() == e.e }

func (d *Doc) within(e *after.Element, draw func()) {
	top := d.top()
	// What is not read has no parts, a figure is one, and paragraphs do not hold each other.
	if top == nil || top.Kind == string(figure) || e.Kind == string(Paragraph) && !slices.Contains(holds, top.Kind) {
		draw()
		return
	}
	d.top().Add(e)
	d.push(e, draw)
}

func (d *Doc) push(e *after.Element, draw func()) {
	d.tags.stack = append(d.tags.stack, e)
	draw()
	d.tags.stack = d.tags.stack[:len(d.tags.stack)-1]
}

func (d *Doc) top() *after.Element { return d.tags.stack[len(d.tags.stack)-1] }

// reading is called before text or a picture is drawn, and ornament before all else: each piece of a
// page belongs to what is read, or not (ISO 14289-1, 7.1).
func (d *Doc) reading() {
	e := d.top()
	if e != nil && slices.Contains(holds, e.Kind) {
		p := &after.Element{Kind: string(Paragraph)}
		e.Add(p)
		e = p
	}
	d.mark(e)
}

func (d *Doc) ornament() {
	if e := d.top(); e != nil && e.Kind == string(figure) {
		d.mark(e)
		return
	}
	d.mark(nil)
}

func (d *Doc) mark(e *after.Element) {
	if d.tags.begun && d.tags.open == e {
		return
	}
	d.unmark()
	d.tags.begun, d.tags.open = true, e
	if e == nil {
		d.pdf.RawWriteStr("/Artifact BMC")
		return
	}
	page := d.pdf.PageNo()
	n := d.tags.marks[page]
	d.tags.marks[page]++
	e.Mark(page, n)
	d.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.Kind, n))
}

// unmark ends what is open, before another page is drawn on.
func (d *Doc) unmark() {
	if d.tags.begun {
		d.pdf.RawWriteStr("EMC")
	}
	d.tags.begun, d.tags.open = false, nil
}

// leads notes a link of the current page, which belongs to what is being drawn.
func (d *Doc) leads(words string) {
	e := d.top()
	if e == nil { // a link is always read
		e = d.tags.root
	}
	if e.Kind != string(linked) {
		l := &after.Element{Kind: string(linked)}
		e.Add(l)
		e = l
	}
	page := d.pdf.PageNo()
	e.Link(page, len(d.tags.links[page]))
	d.tags.links[page] = append(d.tags.links[page], words)
}
