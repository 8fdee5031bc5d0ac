package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Span is a piece of text in one style. The zero size is body.
type Span struct {
	Text       string
	Size       float32
	Role       fyne.ThemeColorName
	Bold, Mono bool
}

func (s Span) style() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold, Monospace: s.Mono} }

func (s Span) width(text string) float32 { return fyne.MeasureText(text, s.Size, s.style()).Width }

// Spans as the screens use them.
func Plain(s string) Span     { return Span{Text: s} }
func Strong(s string) Span    { return Span{Text: s, Bold: true} }
func Muted(s string) Span     { return Span{Text: s, Role: RoleMute} }
func Small(s string) Span     { return Span{Text: s, Size: SizeSmall} }
func SmallMute(s string) Span { return Span{Text: s, Size: SizeSmall, Role: RoleMute} }
func Head(s string) Span      { return Span{Text: s, Size: SizeHead, Bold: true} }
func Mono(s string) Span      { return Span{Text: s, Size: SizeMono, Mono: true} }
func MonoMute(s string) Span  { return Span{Text: s, Size: SizeMono, Mono: true, Role: RoleMute} }

// Marked splits a text of the catalog at ** into plain and bold spans.
func Marked(s string) []Span {
	var out []Span
	for i, part := range strings.Split(s, "**") {
		if part != "" {
			out = append(out, Span{Text: part, Bold: i%2 == 1})
		}
	}
	return out
}

// Text shows spans, broken between words to the width that it is given; a word
// that is wider than that, such as an address, is broken anywhere. Unlike
// Fyne's label it has no padding, mixes styles and knows its height for a width
// before it is laid out.
type Text struct {
	widget.BaseWidget
	spans   []Span
	oneLine bool // never broken: what does not fit ends in an ellipsis
	centre  bool

	broken map[measure][]textLine // layouts ask for the same few widths again and again
	whole  map[float32]float32    // the width without any break, at a scale
	drawn  []fyne.CanvasObject
}

// measure is what the lines of a text depend on, beside its words.
type measure struct{ width, scale float32 }

// widths are as many as are remembered: a window whose edge is pulled asks for a new one at each step.
const widths = 16

type textLine struct {
	pieces []Span
	width  float32
	height float32
}

func NewText(spans ...Span) *Text {
	t := &Text{spans: spans}
	t.ExtendBaseWidget(t)
	return t
}

func NewLine(spans ...Span) *Text {
	t := &Text{spans: spans, oneLine: true}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows other spans.
func (t *Text) Set(spans ...Span) {
	t.spans = spans
	t.forget()
	t.Refresh()
}

// forget has everything measured anew.
func (t *Text) forget() { t.broken, t.whole = nil, nil }

// Content is the text without its styles.
func (t *Text) Content() string {
	var b strings.Builder
	for _, s := range t.spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func (s Span) filled() Span {
	if s.Size == 0 {
		s.Size = sizeBody
	}
	s.Size *= Scale()
	if s.Role == "" {
		s.Role = RoleInk
	}
	return s
}

// breakInto breaks the spans into lines of at most the given width.
func (t *Text) breakInto(width float32) []textLine {
	var lines []textLine
	cur := textLine{}
	end := func() {
		if len(cur.pieces) == 0 && len(t.spans) > 0 {
			cur.height = t.spans[0].filled().Size * lineHeight
		}
		lines = append(lines, cur)
		cur = textLine{}
	}
	add := func(s Span, w float32) {
		if n := len(cur.pieces); n > 0 && sameStyle(cur.pieces[n-1], s) {
			cur.pieces[n-1].Text += s.Text
		} else {
			cur.pieces = append(cur.pieces, s)
		}
		cur.width += w
		cur.height = max(cur.height, s.Size*lineHeight)
	}
	for _, raw := range t.spans {
		s := raw.filled()
		var pieces []string
		for _, piece := range together(s.Text) {
			if s.width(strings.TrimSuffix(piece, " ")) > width {
				pieces = append(pieces, strings.SplitAfter(piece, " ")...) // there is no room to keep it together
				continue
			}
			pieces = append(pieces, piece)
		}
		for i, word := range pieces {
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
				piece.Text = word
				add(piece, w)
				continue
			}
			// Wider than a whole line: broken between its parts, or wherever it must be.
			rest := []rune(word)
			for len(rest) > 0 {
				n := fitting(s, rest, width-cur.width)
				if n < len(rest) {
					at := lastPart(rest[:n])
					if at == 0 && len(cur.pieces) > 0 {
						end() // a line of its own holds more of it
						continue
					}
					if at > 0 {
						n = at
					}
				}
				n = max(n, 1)
				piece := s
				piece.Text = string(rest[:n])
				add(piece, s.width(piece.Text))
				if rest = rest[n:]; len(rest) > 0 {
					end()
				}
			}
		}
	}
	end()
	return lines
}

// lastPart is where the last part begins that can stand on the next line: behind a sign that file
// names and addresses are made of. 0: there is none but near the beginning, where it would tear off
// little and leave a line almost empty.
func lastPart(r []rune) int {
	for i := len(r); i > len(r)/3; i-- {
		if strings.ContainsRune("-_./\\?&=,;:+~#%)]}", r[i-1]) {
			return i
		}
	}
	return 0
}

// startsWord reports whether a line may be broken here: after a space, not
// between two spans that are written together.
func startsWord(l textLine, wordInSpan int) bool {
	return wordInSpan > 0 || strings.HasSuffix(l.pieces[len(l.pieces)-1].Text, " ")
}

func sameStyle(a, b Span) bool {
	return a.Size == b.Size && a.Role == b.Role && a.Bold == b.Bold && a.Mono == b.Mono
}

// fitting returns how many of the runes fit into a width.
func fitting(s Span, r []rune, width float32) int {
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
func (t *Text) single(width float32) []textLine {
	var l textLine
	for _, raw := range t.spans {
		s := raw.filled()
		w := s.width(s.Text)
		if width > 0 && l.width+w > width+0.5 {
			r := []rune(s.Text)
			n := fitting(s, r, width-l.width-s.width("…"))
			s.Text = string(r[:n]) + "…"
			w = s.width(s.Text)
			l.pieces, l.width = append(l.pieces, s), l.width+w
			l.height = max(l.height, s.Size*lineHeight)
			break
		}
		l.pieces, l.width = append(l.pieces, s), l.width+w
		l.height = max(l.height, s.Size*lineHeight)
	}
	return []textLine{l}
}

func (t *Text) laidOut(width float32) []textLine {
	m := measure{width, Scale()}
	if lines, ok := t.broken[m]; ok {
		return lines
	}
	if t.broken == nil || len(t.broken) >= widths {
		t.broken = map[measure][]textLine{}
	}
	if t.oneLine {
		t.broken[m] = t.single(width)
	} else {
		t.broken[m] = t.breakInto(width)
	}
	return t.broken[m]
}

// CutShort reports whether a line ends in an ellipsis.
func (t *Text) CutShort() bool {
	return t.oneLine && t.Size().Width > 0 && t.natural() > t.Size().Width+1
}

// natural is the width without any break.
func (t *Text) natural() float32 {
	if w, ok := t.whole[Scale()]; ok {
		return w
	}
	var w float32
	for _, s := range t.spans {
		s = s.filled()
		w += s.width(s.Text)
	}
	t.whole = map[float32]float32{Scale(): w}
	return w
}

func (t *Text) heightFor(width float32) float32 {
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
func (t *Text) MinSize() fyne.Size {
	w := t.Size().Width
	if w <= 0 {
		w = t.natural() + 1
	}
	return fyne.NewSize(min(t.natural(), 40), t.heightFor(w))
}

func (t *Text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{t} }

type textRenderer struct{ t *Text }

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
			c := canvas.NewText(strings.TrimRight(p.Text, " "), Tint(p.Role))
			c.TextSize, c.TextStyle = p.Size, p.style()
			s := c.MinSize()
			// Pieces of different size share a base line, nearly: fonts of one line differ by little.
			c.Move(fyne.NewPos(x, y+(l.height-s.Height)/2+(l.height/lineHeight-p.Size)*0.3))
			c.Resize(s)
			objects = append(objects, c)
			x += p.width(p.Text)
		}
		y += l.height
	}
	t.drawn = objects
}

func (r *textRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.t.drawn }
func (r *textRenderer) Destroy()                     {}

func (r *textRenderer) Refresh() {
	r.t.forget()
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}
