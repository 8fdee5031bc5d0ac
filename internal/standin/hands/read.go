package main

import (
	"strconv"
	"strings"
	"unicode"
)

// box is a word that was read, and where it stands on the screen, in pixels.
type box struct {
	text       string
	x, y, w, h int
	line       string // words of one line have the same
}

// boxes reads tesseract's table: level, page, block, paragraph, line, word, left, top, width, height,
// confidence, text. The picture was scale times as large as the screen.
func boxes(table []byte, scale int) []box {
	var out []box
	for row := range strings.Lines(string(table)) {
		f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(f) != 12 || f[0] != "5" || letters(f[11]) == "" {
			continue
		}
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(f[6+i])
			n[i] /= scale
		}
		out = append(out, box{text: f[11], x: n[0], y: n[1], w: n[2], h: n[3], line: strings.Join(f[1:5], ".")})
	}
	return out
}

// atMost is how many words of a text are looked for: a long one breaks into lines.
const atMost = 6

// holds finds the place of a text: the lowest, if it stands there more than once. Whole takes a short one
// only where it is a whole line.
func holds(seen []box, text string, whole bool) (box, bool) {
	var want []string
	for _, w := range strings.Fields(text) {
		if l := letters(w); l != "" && len(want) < atMost {
			want = append(want, l)
		}
	}
	whole = whole && len(strings.Fields(text)) <= atMost
	var found box
	ok := false
	for i := range seen {
		if len(want) == 0 || i+len(want) > len(seen) {
			break
		}
		run := seen[i : i+len(want)]
		if !alike(run, want) || whole && !alone(seen, i, i+len(want)) {
			continue
		}
		first, last := run[0], run[len(run)-1]
		at := box{x: first.x, y: first.y, w: last.x + last.w - first.x, h: first.h}
		if last.line != first.line {
			at.w = first.w
		}
		if !ok || at.y >= found.y {
			found, ok = at, true
		}
	}
	return found, ok
}

// alone reports that a short text is a whole line, but for signs, a lone letter that an icon is read as,
// and what stands further away than a word of the same text would.
func alone(seen []box, from, to int) bool {
	beside := func(i, of int) bool {
		if i < 0 || i >= len(seen) || seen[i].line != seen[of].line || len(letters(seen[i].text)) < 2 {
			return false
		}
		if seen[i].h > 3*seen[of].h/2 { // the ends of a frame are read as letters, too
			return false
		}
		left, right := seen[min(i, of)], seen[max(i, of)]
		return right.x-left.x-left.w < left.h+left.h/2
	}
	return !beside(from-1, from) && !beside(to, to-1)
}

func alike(run []box, want []string) bool {
	var a, b strings.Builder
	for i := range run {
		a.WriteString(letters(run[i].text))
		b.WriteString(want[i])
	}
	return distance(a.String(), b.String()) <= b.Len()/6
}

// letters are the letters and digits of a word, small, and without accents that are read badly.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '|' || r == 'l' || r == 'I' || r == '1':
			return 'i'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// distance is how many letters have to be changed, added or left out.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before := row[0]
		row[0] = i + 1
		for j := range y {
			changed := before
			if x[i] != y[j] {
				changed++
			}
			before = row[j+1]
			row[j+1] = min(changed, row[j]+1, before+1)
		}
	}
	return row[len(y)]
}

func said(seen []box) string {
	var b strings.Builder
	for i, w := range seen {
		if i > 0 && w.line != seen[i-1].line {
			b.WriteString(" /")
		}
		b.WriteString(" " + w.text)
	}
	return strings.TrimSpace(b.String())
}
