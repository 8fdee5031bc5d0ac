package paper

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// run is a piece of a line that one font can draw.
type run struct {
	face *face
	text string
}

// width is measured without the library, which would note every font it is asked about.
func (r run) width(st Style) float64 {
	w := 0
	for _, c := range r.text {
		w += int(max(r.face.advance(c), 0))
	}
	return float64(w) / 1000 * st.Size * mmPerPoint
}

func (d *Doc) runs(st Style, visible string) []run {
	c := d.fonts.of(st)
	var out []run
	start, cur := 0, (*face)(nil)
	for i, r := range visible {
		f := c.face(r)
		// A space takes the font before it, so that a run is not cut in two.
		if f == cur || cur != nil && r == ' ' {
			continue
		}
		if i > start {
			out = append(out, run{cur, visible[start:i]})
		}
		start, cur = i, f
	}
	if start < len(visible) {
		out = append(out, run{cur, visible[start:]})
	}
	return out
}

// use makes a font current; the library learns a font when it is first used.
func (d *Doc) use(f *face, size float64) {
	if !f.loaded {
		d.pdf.AddUTF8FontFromBytes(f.family, "", f.data)
		f.loaded = true
	}
	d.pdf.SetFont(f.family, "", size)
}

// prepare is the gate for all text that is measured or drawn.
func (d *Doc) prepare(st Style, s string) string {
	has := d.fonts.of(st).has
	s = norm.NFC.String(s) // marks of their own would stand beside their letters
	return Visible(joinArabic(Visible(s, has), has), has)
}

// Width returns the width of text in millimetres.
func (d *Doc) Width(st Style, s string) float64 { return d.width(st, d.prepare(st, s)) }

func (d *Doc) width(st Style, visible string) (w float64) {
	for _, r := range d.runs(st, visible) {
		w += r.width(st)
	}
	return w
}

// Text draws one line with its baseline at y and returns its width.
func (d *Doc) Text(x, y float64, st Style, s string) float64 {
	return d.draw(x, y, st, d.prepare(st, s))
}

// TextRight draws one line that ends at x.
func (d *Doc) TextRight(x, y float64, st Style, s string) {
	s = d.prepare(st, s)
	d.draw(x-d.width(st, s), y, st, s)
}

// TextCenter draws one line around x.
func (d *Doc) TextCenter(x, y float64, st Style, s string) {
	s = d.prepare(st, s)
	d.draw(x-d.width(st, s)/2, y, st, s)
}

func (d *Doc) draw(x, y float64, st Style, visible string) float64 {
	start := x
	gray := 20
	if st.Gray {
		gray = 85
	}
	d.guard(func() {
		d.pdf.SetTextColor(gray, gray, gray)
		for _, r := range d.runs(st, readingOrder(visible)) {
			d.use(r.face, st.Size)
			d.pdf.Text(x, y, r.text)
			x += r.width(st)
		}
	})
	return x - start
}

// LineHeight is the distance between two baselines in millimetres.
func (st Style) LineHeight() float64 { return st.Size * 1.45 * mmPerPoint }

// Ascent is how far below the top of a line its baseline lies, in millimetres.
func (st Style) Ascent() float64 { return st.Size * 1.05 * mmPerPoint }

// Wrap breaks text into lines no wider than width millimetres: at spaces,
// after the signs that addresses are made of, and within a word that is too
// long. Nothing is left out; joined again the lines hold every character but
// the spaces at which they were broken. An explicit line feed breaks as well.
func (d *Doc) Wrap(st Style, s string, width float64) []string {
	var lines []string
	for _, part := range strings.Split(s, "\n") {
		lines = append(lines, d.wrapLine(st, d.prepare(st, part), width)...)
	}
	return lines
}

func (d *Doc) wrapLine(st Style, s string, width float64) []string {
	var lines []string
	for {
		s = strings.TrimLeft(s, " ")
		n := d.fit(st, s, width)
		if n >= len(s) {
			return append(lines, s)
		}
		cut := n
		if i := breakBefore(s, n); i > 0 {
			cut = i
		}
		lines = append(lines, strings.TrimRight(s[:cut], " "))
		s = s[cut:]
	}
}

// Cut returns one line of text that is no wider than width; an ellipsis shows the cut.
func (d *Doc) Cut(st Style, s string, width float64) string {
	s = d.prepare(st, s)
	if d.width(st, s) <= width {
		return s
	}
	n := d.fit(st, s, width-d.width(st, "…"))
	return strings.TrimRight(s[:n], " ") + "…"
}

// fit returns how many bytes of s fit into width: at least one character.
func (d *Doc) fit(st Style, s string, width float64) int {
	used, n := 0.0, 0
	for _, r := range s {
		w := d.runeWidth(st, r)
		if used+w > width && n > 0 {
			return n
		}
		used += w
		n += len(string(r))
	}
	return n
}

func (d *Doc) runeWidth(st Style, r rune) float64 { return d.width(st, string(r)) }

// breakBefore returns the last place at or before n where a line may end, or 0.
func breakBefore(s string, n int) int {
	if n < len(s) && s[n] == ' ' {
		return n
	}
	best := 0
	for i, r := range s[:n] {
		end := i + len(string(r))
		if r == ' ' ||
			end > n/2 && end < n && strings.ContainsRune("/?&=-_.,;:⟩", r) && !nextIsSpace(s, end) && !(best > 0 && insideNumber(s, i)) {
			best = end
		}
	}
	return best
}

// insideNumber tells the sign at i of "0,4", "10:42" or "192.0.2.1": where a line can end before,
// it does.
func insideNumber(s string, i int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	return strings.IndexByte(".,:", s[i]) >= 0 && digit(i-1) && digit(i+1)
}

func nextIsSpace(s string, i int) bool {
	for _, r := range s[i:] {
		return unicode.IsSpace(r)
	}
	return true
}
