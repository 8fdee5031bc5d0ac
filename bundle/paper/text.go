package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"constat/bundle/paper/glyphs"
)

// run is a piece of a line that one font can draw, or one cluster that is drawn without.
type run struct {
	face  *face
	text  string
	drawn *glyphs.Drawing
}

// width is measured without the library, which would note every font it is asked about.
func (r run) width(st Style) float64 {
	if r.drawn != nil {
		return r.drawn.Advance * st.Size * mmPerPoint
	}
	w := 0
	for _, c := range r.text {
		w += int(max(r.face.advance(c), 0))
	}
	return float64(w) / 1000 * st.Size * mmPerPoint
}

func (d *Doc) runs(st Style, visible string) []run {
	c := d.fonts.of(st)
	var out []run
	for _, cluster := range clusters(visible) {
		if !c.hasAll(cluster) {
			if g := d.glyphs.Shape(cluster); g != nil {
				out = append(out, run{text: cluster, drawn: g})
				continue
			}
		}
		for _, r := range cluster {
			last := len(out) - 1
			f := c.face(r)
			// A space takes the font before it, so that a run is not cut in two.
			if last >= 0 && out[last].drawn == nil && (f == out[last].face || r == ' ') {
				out[last].text += string(r)
				continue
			}
			out = append(out, run{face: f, text: string(r)})
		}
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
	// Marks of their own would stand beside their letters; broken bytes would keep those behind them as they are.
	s = norm.NFC.String(strings.ToValidUTF8(s, string(utf8.RuneError)))
	return joinArabic(d.visible(s, has), has)
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
	d.draw(x-d.width(st, strings.TrimRight(s, " ")), y, st, s)
}

// TextCenter draws one line around x.
func (d *Doc) TextCenter(x, y float64, st Style, s string) {
	s = d.prepare(st, s)
	d.draw(x-d.width(st, strings.TrimRight(s, " "))/2, y, st, s)
}

func (d *Doc) draw(x, y float64, st Style, visible string) float64 {
	start := x
	gray := 20
	if st.Gray {
		gray = 85
	}
	if visible == "" {
		return 0
	}
	d.guard(func() {
		d.reading()
		d.pdf.SetTextColor(gray, gray, gray)
		for _, r := range d.runs(st, readingOrder(visible)) {
			if r.drawn != nil {
				d.drawn(x, y, st, r.text, r.drawn, gray)
			} else {
				d.use(r.face, st.Size)
				d.pdf.Text(x, y, r.text)
			}
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
// long. Nothing is left out; joined again the lines hold every character. An
// explicit line feed breaks as well, and becomes a space for whoever has it read.
func (d *Doc) Wrap(st Style, s string, width float64) []string {
	var lines []string
	for i, part := range strings.Split(s, "\n") {
		if i > 0 {
			lines[len(lines)-1] += " "
		}
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
		line := strings.TrimRight(s[:cut], " ")
		if len(line) < cut || cut < len(s) && s[cut] == ' ' {
			line += " " // reaches over the edge, unseen
		}
		lines = append(lines, line)
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

// fit returns how many bytes of s fit into width: at least one cluster. A long text is looked at a
// stretch at a time.
func (d *Doc) fit(st Style, s string, width float64) int {
	for stretch := 256; ; stretch *= 2 {
		part := s
		if len(s) > stretch {
			end := stretch
			for end > 0 && !utf8.RuneStart(s[end]) {
				end--
			}
			part = s[:end]
		}
		// The last cluster of a stretch may go on behind it.
		if n := d.fitOf(st, part, width); n < len(part) && (len(part) == len(s) || n < len(part)-maxCluster) || len(part) == len(s) {
			return n
		}
	}
}

// maxCluster is the longest that is kept whole where a stretch ends, in bytes.
const maxCluster = 64

func (d *Doc) fitOf(st Style, s string, width float64) int {
	c := d.fonts.of(st)
	used, n := 0.0, 0
	for _, cluster := range clusters(s) {
		w := 0.0
		if len(cluster) == 1 && c[0].has(rune(cluster[0])) {
			w = float64(c[0].advance(rune(cluster[0]))) / 1000 * st.Size * mmPerPoint
		} else {
			w = d.width(st, cluster)
		}
		if used+w > width && n > 0 {
			return n
		}
		used += w
		n += len(cluster)
	}
	return n
}

// breakBefore returns the last place at or before n where a line may end, or 0.
func breakBefore(s string, n int) int {
	if n < len(s) && s[n] == ' ' {
		return n
	}
	best := 0
	for i, r := range s[:n] {
		end := i + len(string(r))
		if r == ' ' ||
			end > n/2 && end < n && strings.ContainsRune("/?&=-_.,;:⟩", r) && !nextIsSpace(s, end) && !(best > 0 && (insideNumber(s, i) || insideID(s, i))) {
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

// insideID tells the sign at i of "E-012", the number of an exhibit.
func insideID(s string, i int) bool {
	return s[i] == '-' && i > 0 && s[i-1] == 'E' && (i == 1 || s[i-2] == ' ' || s[i-2] == '(') && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9'
}

func nextIsSpace(s string, i int) bool {
	for _, r := range s[i:] {
		return unicode.IsSpace(r)
	}
	return true
}
