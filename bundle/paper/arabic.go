package paper

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// letterForms maps an Arabic or Persian letter to the first of its presentation
// forms (Unicode, blocks Arabic Presentation Forms A and B), which follow in the
// order isolated, final, initial, medial; joins is 4 for letters that join on
// both sides, 2 for those that join only to the letter before, 1 for none.
var letterForms = map[rune]struct {
	first rune
	joins int
}{
	'ء': {0xfe80, 1}, 'آ': {0xfe81, 2}, 'أ': {0xfe83, 2}, 'ؤ': {0xfe85, 2}, 'إ': {0xfe87, 2}, 'ئ': {0xfe89, 4},
	'ا': {0xfe8d, 2}, 'ب': {0xfe8f, 4}, 'ة': {0xfe93, 2}, 'ت': {0xfe95, 4}, 'ث': {0xfe99, 4}, 'ج': {0xfe9d, 4},
	'ح': {0xfea1, 4}, 'خ': {0xfea5, 4}, 'د': {0xfea9, 2}, 'ذ': {0xfeab, 2}, 'ر': {0xfead, 2}, 'ز': {0xfeaf, 2},
	'س': {0xfeb1, 4}, 'ش': {0xfeb5, 4}, 'ص': {0xfeb9, 4}, 'ض': {0xfebd, 4}, 'ط': {0xfec1, 4}, 'ظ': {0xfec5, 4},
	'ع': {0xfec9, 4}, 'غ': {0xfecd, 4}, 'ف': {0xfed1, 4}, 'ق': {0xfed5, 4}, 'ك': {0xfed9, 4}, 'ل': {0xfedd, 4},
	'م': {0xfee1, 4}, 'ن': {0xfee5, 4}, 'ه': {0xfee9, 4}, 'و': {0xfeed, 2}, 'ى': {0xfeef, 2}, 'ي': {0xfef1, 4},
	'پ': {0xfb56, 4}, 'چ': {0xfb7a, 4}, 'ژ': {0xfb8a, 2}, 'ک': {0xfb8e, 4}, 'گ': {0xfb92, 4}, 'ی': {0xfbfc, 4},
}

const (
	lam     = 'ل'
	tatweel = 'ـ'
)

// lamAlef are the ligatures that Arabic requires: isolated, final.
var lamAlef = map[rune]rune{'آ': 0xfef5, 'أ': 0xfef7, 'إ': 0xfef9, 'ا': 0xfefb}

// joinArabic replaces letters by the form that joins to their neighbours, since
// the PDF library does not shape text. A form that the fonts lack is not used.
func joinArabic(s string, has func(rune) bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return letterForms[r].first != 0 }) {
		return s
	}
	in := []rune(s)
	var out []rune
	before := func(i int) bool { // does the letter before i reach forward?
		for i--; i >= 0 && unicode.Is(unicode.Mn, in[i]); i-- {
		}
		return i >= 0 && (letterForms[in[i]].joins == 4 || in[i] == tatweel)
	}
	after := func(i int) bool { // does the letter after i reach back?
		for i++; i < len(in) && unicode.Is(unicode.Mn, in[i]); i++ {
		}
		return i < len(in) && (letterForms[in[i]].joins >= 2 || in[i] == tatweel)
	}
	for i := 0; i < len(in); i++ {
		r := in[i]
		f, ok := letterForms[r]
		if !ok {
			out = append(out, r)
			continue
		}
		form, step := f.first, 0
		if r == lam && i+1 < len(in) && lamAlef[in[i+1]] != 0 {
			form, step = lamAlef[in[i+1]], 1
			if before(i) {
				form++
			}
		} else {
			prev, next := before(i) && f.joins >= 2, f.joins == 4 && after(i)
			if prev {
				form++
			}
			if next {
				form += 2
			}
		}
		if !has(form) {
			form, step = r, 0
		}
		out = append(out, form)
		i += step
	}
	return string(out)
}

// readingOrder turns stretches of right-to-left text round, so that a pen that
// moves right draws them as they read. The line as a whole runs left to right;
// numbers inside a stretch keep their order. It is for drawing only.
func readingOrder(s string) string {
	if !strings.ContainsFunc(s, rightToLeft) {
		return s
	}
	in := []rune(s)
	for i := 0; i < len(in); {
		if !rightToLeft(in[i]) {
			i++
			continue
		}
		end := i + 1
		for j := end; j < len(in) && class(in[j]) != bidi.L && in[j] != '⟨'; j++ {
			if rightToLeft(in[j]) || unicode.Is(unicode.Mn, in[j]) {
				end = j + 1
			}
		}
		turn(in[i:end])
		i = end
	}
	return string(in)
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

func rightToLeft(r rune) bool {
	c := class(r)
	return c == bidi.R || c == bidi.AL
}

// turn reverses a stretch in place, keeping a cluster and a number whole.
func turn(in []rune) {
	var parts [][]rune
	number := false // the last part is one, and may go on
	list := clusters(string(in))
	for i, c := range list {
		part := []rune(c)
		next := ""
		if i+1 < len(list) {
			next = list[i+1]
		}
		goesOn := unicode.IsDigit(part[0]) || strings.ContainsRune(".,:/-", part[0]) && next != "" && unicode.IsDigit([]rune(next)[0])
		if number && goesOn {
			parts[len(parts)-1] = append(parts[len(parts)-1], part...)
			continue
		}
		number = unicode.IsDigit(part[0])
		if m := strings.IndexRune("()[]{}<>«»", part[0]); m >= 0 && len(part) == 1 {
			all := []rune("()[]{}<>«»")
			part[0] = all[slices.Index(all, part[0])^1]
		}
		parts = append(parts, part)
	}
	slices.Reverse(parts)
	copy(in, slices.Concat(parts...))
}
