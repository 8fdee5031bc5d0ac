package report

import (
	"slices"

	"constat/bundle/paper"
)

// Measures in millimetres, from the sketches of the report.
const (
	left       = 15.9
	right      = paper.PageWidth - left
	width      = right - left
	top        = 14.8
	bottom     = 277.0 // of running text
	footRule   = 281.5
	loosePad   = 1.5 // above and below what is in a row
	tightPad   = 0.9
	colGap     = 2.2
	hair       = 0.2
	hairGray   = 200
	frameWidth = 0.37
	wholeRow   = 80.0 // a row up to this height is not cut in two
)

var (
	titleStyle = paper.Style{Size: 18.5, Bold: true}
	headStyle  = paper.Style{Size: 11.3, Bold: true}
	headGray   = paper.Style{Size: 11.3, Gray: true}
	body       = paper.Style{Size: 9.6}
	bodyBold   = paper.Style{Size: 9.6, Bold: true}
	bodyGray   = paper.Style{Size: 9.6, Gray: true}
	small      = paper.Style{Size: 8.4}
	smallGray  = paper.Style{Size: 8.4, Gray: true}
	label      = paper.Style{Size: 8.4, Bold: true, Gray: true}
	mono       = paper.Style{Size: 8.2, Mono: true}
	monoSmall  = paper.Style{Size: 7.3, Mono: true}
	footStyle  = paper.Style{Size: 7.8, Gray: true}
	footMono   = paper.Style{Size: 7.6, Mono: true, Gray: true}
)

// sheet is a pen that moves down the pages and begins new ones.
type sheet struct {
	*paper.Doc
	y       float64
	bottom  float64
	edge    float64       // where rows end on the right
	tight   bool          // there is less space between things
	section func()        // begins a page and says what it belongs to
	last    paper.Element // the last cell of the last row
	listed  paper.Element // the table of facts that was drawn last
}

// newPage begins a page of the present section.
func (s *sheet) newPage() {
	s.AddPage()
	s.y, s.bottom, s.edge = top, bottom, right
	s.section()
}

// need begins a new page unless h millimetres are left.
func (s *sheet) need(h float64) bool {
	if s.y+h <= s.bottom {
		return false
	}
	s.newPage()
	return true
}

func (s *sheet) skip(h float64) {
	if s.tight {
		h *= 0.5
	}
	s.y += h
}

// pad is the space above and below what is in a row.
func (s *sheet) pad() float64 {
	if s.tight {
		return tightPad
	}
	return loosePad
}

// lines draws wrapped text from x, at most w wide: a paragraph, or a title.
func (s *sheet) lines(st paper.Style, x, w float64, text string) {
	kind := paper.Paragraph
	if st == titleStyle {
		kind = paper.Heading1
	}
	s.In(kind, func() {
		for _, l := range s.Wrap(st, text, w) {
			s.need(st.LineHeight())
			s.Text(x, s.y+st.Ascent(), st, l)
			s.y += st.LineHeight()
		}
	})
}

func (s *sheet) para(st paper.Style, text string) { s.lines(st, left, width, text) }

// head draws a heading that does not stand alone at the foot of a page; what is gray goes below
// where it does not fit beside.
func (s *sheet) head(text, gray string) {
	s.skip(4.6)
	s.need(headStyle.LineHeight() + 16) // what a table needs to begin
	w := s.Width(headStyle, text) + 1.5
	fits := w+s.Width(headGray, gray) <= width
	s.In(paper.Heading2, func() {
		s.Text(left, s.y+headStyle.Ascent(), headStyle, text+" ")
		if fits {
			s.Text(left+w, s.y+headStyle.Ascent(), headGray, gray)
		}
	})
	s.y += headStyle.LineHeight()
	if !fits {
		s.lines(bodyGray, left, width, gray)
	}
	s.skip(0.8)
}

// part is a piece of a cell that begins on its own line.
type part struct {
	text  string
	style paper.Style
}

type cell []part

func text(s string) cell     { return cell{{s, body}} }
func monoCell(s string) cell { return cell{{s, mono}} }

// column is a column of a table; all widths add up to width.
type column struct {
	title string
	width float64
	right bool       // numbers
	kind  paper.Kind // of its cells; none: data
}

func (c column) cells() paper.Kind {
	if c.kind == "" {
		return paper.Cell
	}
	return c.kind
}

// table draws rows under hairlines. A row that does not fit goes on on the
// next page, line by line; the column titles are repeated there.
func (s *sheet) table(cols []column, rows []([]cell)) {
	s.need(14)
	s.In(paper.Table, func() {
		again := s.titled(cols)
		for _, r := range rows {
			s.row(cols, r, again)
		}
	})
}

// titled draws the titles of columns, if there are any, and returns what draws
// them again on a next page.
func (s *sheet) titled(cols []column) (again func()) {
	row := make([]cell, len(cols))
	heads := slices.Clone(cols)
	some := false
	for i, c := range cols {
		if c.title != "" {
			row[i], heads[i].kind = cell{{c.title, label}}, paper.ColHead
			some = true
		}
	}
	if !some {
		return func() {}
	}
	s.row(heads, row, nil)
	return func() { s.Aside(func() { s.row(heads, row, nil) }) }
}

type placed struct {
	text  string
	style paper.Style
}

// row draws one row; again is called when a new page begins within the table.
func (s *sheet) row(cols []column, row []cell, again func()) {
	kind := paper.Row
	if cols[0].kind == paper.Paragraph { // lines under each other are no table
		kind = paper.Section
	}
	s.In(kind, func() { s.drawRow(cols, row, again) })
}

func (s *sheet) drawRow(cols []column, row []cell, again func()) {
	cells := make([][]placed, len(cols))
	for i, c := range row {
		for j, p := range c {
			if j > 0 && !cols[i].right {
				cells[i][len(cells[i])-1].text += " "
			}
			for _, l := range s.Wrap(p.style, p.text, cols[i].width-colGap) {
				cells[i] = append(cells[i], placed{l, p.style})
			}
		}
	}
	more, full := 0, 0.0
	for i := range cells {
		more = max(more, len(cells[i]))
		h := 0.0
		for _, l := range cells[i] {
			h += l.style.LineHeight()
		}
		full = max(full, h)
	}
	if full < wholeRow { // a short row stays whole, a long one may be cut anywhere
		if s.need(full+2*s.pad()) && again != nil {
			again()
		}
		s.wholeCells(cols, cells)
		s.y += full + 2*s.pad()
		s.Line(left, s.y, s.edge, s.y, hair, hairGray)
		return
	}
	s.y += s.pad()
	parts := make([]paper.Element, len(cols))
	for i, c := range cols {
		s.In(c.cells(), func() { parts[i] = s.Here() })
	}
	s.last = parts[len(parts)-1]
	for i := range more {
		h := 0.0
		for c := range cells {
			if i < len(cells[c]) {
				h = max(h, cells[c][i].style.LineHeight())
			}
		}
		if s.need(h+s.pad()) && again != nil {
			again()
			s.y += s.pad()
		}
		x := left
		for c := range cells {
			if i < len(cells[c]) {
				s.Again(parts[c], func() { s.cellLine(cols[c], x, s.y, cells[c][i]) })
			}
			x += cols[c].width
		}
		s.y += h
	}
	s.y += s.pad()
	s.Line(left, s.y, s.edge, s.y, hair, hairGray)
}

func (s *sheet) wholeCells(cols []column, cells [][]placed) {
	x := left
	for i, lines := range cells {
		y := s.y + s.pad()
		s.In(cols[i].cells(), func() {
			s.last = s.Here()
			for _, l := range lines {
				s.cellLine(cols[i], x, y, l)
				y += l.style.LineHeight()
			}
		})
		x += cols[i].width
	}
}

func (s *sheet) cellLine(c column, x, y float64, l placed) {
	if c.right {
		s.TextRight(x+c.width-2*colGap, y+l.style.Ascent(), l.style, l.text)
	} else {
		s.Text(x, y+l.style.Ascent(), l.style, l.text)
	}
}

// fact is a row of a table of facts.
type fact struct {
	name  string
	value cell
}

// facts draws names beside values; rows without a value are left out.
func (s *sheet) facts(nameWidth float64, rows []fact) {
	cols := []column{{width: nameWidth, kind: paper.RowHead}, {width: s.edge - left - nameWidth}}
	s.inFacts(func() {
		for _, r := range rows {
			if len(r.value) > 0 {
				s.row(cols, []cell{{{r.name, label}}, r.value}, nil)
			}
		}
	})
}

// inFacts is one table for facts that follow each other.
func (s *sheet) inFacts(draw func()) {
	if s.Last(s.listed) {
		s.Again(s.listed, draw)
		return
	}
	s.In(paper.Table, func() {
		s.listed = s.Here()
		draw()
	})
}
