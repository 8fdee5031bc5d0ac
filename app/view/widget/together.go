package widget

import (
	"strings"
	"unicode"
)

// units stand with the number before them, in the four languages.
var units = func() map[string]bool {
	m := map[string]bool{}
	for _, u := range strings.Fields(`s ms sec min h u uur Std. Uhr heure heures hours hour Stunde Stunden
		jour jours dag dagen Tag Tage Tagen day days semaines weken Wochen weeks mois maanden Monate Monaten months an ans jaar Jahre Jahren years
		octets bytes B kB MB GB TB ko Mo Go To KiB MiB GiB % ‰ px pixels pixel Pixel € EUR euros km m cm mm °C`) {
		m[u] = true
	}
	return m
}()

// together splits a text into the pieces between which a line may be broken. A space inside a telephone
// number, between a number and its unit, inside French quotation marks, and before a sign that French
// sets apart is no such place: '0800 12' at the end of a line is a wrong number.
func together(text string) []string {
	words := strings.SplitAfter(text, " ")
	pieces := words[:0:0]
	for i, word := range words {
		if i > 0 && word != "" && joins(words[i-1], word) {
			pieces[len(pieces)-1] += word
			continue
		}
		pieces = append(pieces, word)
	}
	return pieces
}

// joins reports whether a word stays with the one before it.
func joins(before, word string) bool {
	before, word = strings.TrimSuffix(before, " "), strings.TrimSuffix(word, " ")
	if before == "" || word == "" {
		return false
	}
	if strings.HasSuffix(before, "«") {
		return true
	}
	switch strings.TrimRight(word, ".,)") {
	case "»", ":", ";", "!", "?", "» :", "»,":
		return true
	}
	if strings.HasPrefix(word, "»") {
		return true
	}
	number := strings.TrimLeft(before, "(+±≈<>≥≤«'\"")
	if !figures(number) {
		return false
	}
	bare := strings.TrimRight(word, ".,;:!?)»'\"…")
	return figures(bare) && unicode.IsDigit([]rune(bare)[0]) || units[bare] || units[word]
}

// figures reports whether a word is a number, or a part of one: digits with what stands between them.
func figures(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune(",./-–\u00a0\u202f", r):
			return false
		}
	}
	return digits > 0 && s[len(s)-1] != '.' && s[len(s)-1] != ',' // a sentence or a list goes on behind these
}
