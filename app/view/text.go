package view

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// span is a piece of text in one style. The zero size is body.
type span struct {
	text       string
	size       float32
	role       fyne.ThemeColorName
	bold, mono bool
}

func (s span) style() fyne.TextStyle { return fyne.TextStyle{Bold: s.bold, Monospace: s.mono} }

func (s span) width(text string) float32 { return fyne.MeasureText(text, s.size, s.style()).Width }

// Spans as the screens use them.
func plain(s string) span     { return span{text: s} }
func strong(s string) span    { return span{text: s, bold: true} }
func muted(s string) span     { return span{text: s, role: roleMute} }
func small(s string) span     { return span{text: s, size: sizeSmall} }
func smallMute(s string) span { return span{text: s, size: sizeSmall, role: roleMute} }
func head(s string) span      { return span{text: s, size: sizeHead, bold: true} }
func mono(s string) span      { return span{text: s, size: sizeMono, mono: true} }
func monoMute(s string) span  { return span{text: s, size: sizeMono, mono: true, role: roleMute} }

// marked splits a text of the catalog at ** into plain and bold spans.
func marked(s string) []span {
	var out []span
	for i, part := range strings.Split(s, "**") {
		if part != "" {
			out = append(out, span{text: part, bold: i%2 == 1})
		}
	}
	return out
}

// text shows spans, broken between words to the width that it is given; a word
// that is wider than that, such as an address, is broken anywhere. Unlike
// Fyne's label it has no padding, mixes styles and knows its height for a width
// before it is laid out.
type text struct {
	widget.BaseWidget
	spans   []span
	oneLine bool // never broken: what does not fit ends in an ellipsis
	centre  bool

	width float32 // that lines were last broken to
	lines []textLine
	drawn []fyne.CanvasObject
}

type textLine struct {
	pieces []span
	width  float32
	height float32
}

func newText(spans ...span) *text {
	t := &text{spans: spans}
	t.ExtendBaseWidget(t)
	return t
}

func line(spans ...span) *text {
	t := &text{spans: spans, oneLine: true}
	t.ExtendBaseWidget(t)
	return t
}

// set shows other spans.
func (t *text) set(spans ...span) {
	t.spans, t.width = spans, 0
	t.Refresh()
}

// content is the text without its styles.
func (t *text) content() string {
	var b strings.Builder
	for _, s := range t.spans {
		b.WriteString(s.text)
	}
	return b.String()
}

func (s span) filled() span {
	if s.size == 0 {
		s.size = sizeBody
	}
	if s.role == "" {
		s.role = roleInk
	}
	return s
}

// breakInto breaks the spans into lines of at most the given width.
func (t *text) breakInto(width float32) []textLine {
	var lines []textLine
	cur := textLine{}
	end := func() {
		if len(cur.pieces) == 0 && len(t.spans) > 0 {
			cur.height = t.spans[0].filled().size * lineHeight
		}
		lines = append(lines, cur)
		cur = textLine{}
	}
	add := func(s span, w float32) {
		if n := len(cur.pieces); n > 0 && sameStyle(cur.pieces[n-1], s) {
			cur.pieces[n-1].text += s.text
		} else {
			cur.pieces = append(cur.pieces, s)
		}
		cur.width += w
		cur.height = max(cur.height, s.size*lineHeight)
	}
	for _, raw := range t.spans {
		s := raw.filled()
		for i, word := range strings.SplitAfter(s.text, " ") {
			if word == "" && i > 0 {
				continue
			}
			bare := strings.TrimSuffix(word, " ")
			w := s.width(word)
			if cur.width+s.width(bare) > width && len(cur.pieces) > 0 && startsWord(cur, i) {
				end()
			}
			if s.width(bare) <= width {
				piece := s
				piece.text = word
				add(piece, w)
				continue
			}
			// Wider than a whole line: broken wherever it must be.
			rest := []rune(word)
			for len(rest) > 0 {
				n := fitting(s, rest, width-cur.width)
				if n == 0 && len(cur.pieces) > 0 {
					end()
					continue
				}
				n = max(n, 1)
				piece := s
				piece.text = string(rest[:n])
				add(piece, s.width(piece.text))
				if rest = rest[n:]; len(rest) > 0 {
					end()
				}
			}
		}
	}
	end()
	return lines
}

// startsWord reports whether a line may be broken here: after a space, not
// between two spans that are written together.
func startsWord(l textLine, wordInSpan int) bool {
	return wordInSpan > 0 || strings.HasSuffix(l.pieces[len(l.pieces)-1].text, " ")
}

func sameStyle(a, b span) bool {
	return a.size == b.size && a.role == b.role && a.bold == b.bold && a.mono == b.mono
}

// fitting returns how many of the runes fit into a width.
func fitting(s span, r []rune, width float32) int {
	lo, hi := 0, len(r)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if s.width(string(r[:mid])) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}

// single puts everything on one line and cuts it with an ellipsis.
func (t *text) single(width float32) []textLine {
	var l textLine
	for _, raw := range t.spans {
		s := raw.filled()
		w := s.width(s.text)
		if width > 0 && l.width+w > width+0.5 {
			r := []rune(s.text)
			n := fitting(s, r, width-l.width-s.width("…"))
			s.text = string(r[:n]) + "…"
			w = s.width(s.text)
			l.pieces, l.width = append(l.pieces, s), l.width+w
			l.height = max(l.height, s.size*lineHeight)
			break
		}
		l.pieces, l.width = append(l.pieces, s), l.width+w
		l.height = max(l.height, s.size*lineHeight)
	}
	return []textLine{l}
}

func (t *text) laidOut(width float32) []textLine {
	if t.lines != nil && t.width == width {
		return t.lines
	}
	if t.oneLine {
		t.lines = t.single(width)
	} else {
		t.lines = t.breakInto(width)
	}
	t.width = width
	return t.lines
}

// natural is the width without any break.
func (t *text) natural() float32 {
	var w float32
	for _, s := range t.spans {
		s = s.filled()
		w += s.width(s.text)
	}
	return w
}

func (t *text) heightFor(width float32) float32 {
	if width <= 0 {
		width = t.natural() + 1
	}
	var h float32
	for _, l := range t.laidOut(width) {
		h += l.height
	}
	return h
}

// MinSize is what the present width needs; a text never makes its screen wider.
func (t *text) MinSize() fyne.Size {
	w := t.Size().Width
	if w <= 0 {
		w = t.natural() + 1
	}
	return fyne.NewSize(min(t.natural(), 40), t.heightFor(w))
}

func (t *text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{t} }

type textRenderer struct{ t *text }

func (r *textRenderer) Layout(size fyne.Size) {
	t := r.t
	lines := t.laidOut(max(size.Width, 1))
	objects := make([]fyne.CanvasObject, 0, len(lines))
	var y float32
	for _, l := range lines {
		var x float32
		if t.centre {
			x = max(0, (size.Width-l.width)/2)
		}
		for _, p := range l.pieces {
			c := canvas.NewText(strings.TrimRight(p.text, " "), tint(p.role))
			c.TextSize, c.TextStyle = p.size, p.style()
			s := c.MinSize()
			// Pieces of different size share a base line, nearly: fonts of one line differ by little.
			c.Move(fyne.NewPos(x, y+(l.height-s.Height)/2+(l.height/lineHeight-p.size)*0.3))
			c.Resize(s)
			objects = append(objects, c)
			x += p.width(p.text)
		}
		y += l.height
	}
	t.drawn = objects
}

func (r *textRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.t.drawn }
func (r *textRenderer) Destroy()                     {}

func (r *textRenderer) Refresh() {
	r.t.lines = nil
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}
