package flow

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/text/unicode/norm"

	"constat/assets/guessed"
)

// Strength rates a passphrase.
type Strength int

// From refused to good. Below Enough a vault is not made.
const (
	TooShort Strength = iota // fewer than 10 characters
	Weak                     // common or easily guessed
	Enough
	Good
)

const (
	minPassphrase = 10 // characters
	// A word of more letters may be several without spaces; they are estimated one by one.
	longestWord = 18
	// So many words, with whatever numbers and signs between them, are tried within minutes,
	// whichever they are.
	fewWords = 2
)

// RatePassphrase rates a passphrase without storing or sending it.
func RatePassphrase(p string) Strength {
	if utf8.RuneCountInString(p) < minPassphrase {
		return TooShort
	}
	// The estimate is quadratic in length; a long passphrase is judged by its start.
	if len(p) > 100 {
		p = strings.ToValidUTF8(p[:100], "")
	}
	if fewWordsAndNumbers(p) {
		return Weak
	}
	e := min(entropy(p), entropy(plainLetters(p)))
	switch {
	case e < 35:
		return Weak
	case e < 55:
		return Enough
	default:
		return Good
	}
}

func entropy(p string) float64 { return zxcvbn.PasswordStrength(p, guessed.Words()).Entropy }

// plainLetters are the letters without their accents: "Été" is tried as often as "ete".
func plainLetters(p string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.NewReplacer("ß", "ss", "œ", "oe", "æ", "ae").Replace(p)))
}

// unleet are the signs that stand for letters within a word.
var unleet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// fewWordsAndNumbers reports whether a passphrase is one word or two, and years, numbers or signs
// around them.
func fewWordsAndNumbers(p string) bool {
	p = plainLetters(p)
	return fewRuns(p) || fewRuns(inWords(p))
}

// inWords undoes the signs that stand for letters, where letters stand on both sides.
func inWords(p string) string {
	r := []rune(p)
	for i := 1; i+1 < len(r); i++ {
		if unicode.IsLetter(r[i-1]) && (unicode.IsLetter(r[i+1]) || i+2 < len(r) && unicode.IsLetter(r[i+2])) {
			r[i] = []rune(unleet.Replace(string(r[i])))[0]
		}
	}
	return string(r)
}

func fewRuns(p string) bool {
	runs := strings.FieldsFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	if len(runs) > fewWords {
		return false
	}
	for _, run := range runs {
		if !likeWord(run) {
			return false
		}
	}
	return true
}

// likeWord reports whether letters read like a word of our languages: one that is on the list, or
// one of its vowels and consonants, in small letters but perhaps the first, or in capitals.
func likeWord(run string) bool {
	lower := strings.ToLower(run)
	if rest := run[min(1, len(run)):]; rest != strings.ToLower(rest) && run != strings.ToUpper(run) {
		return false
	}
	n := utf8.RuneCountInString(lower)
	if n > longestWord {
		return false
	}
	if n <= 3 {
		return true
	}
	vowels, streak, longest := 0, 0, 0
	for _, r := range lower {
		if strings.ContainsRune("aeiouy", r) {
			vowels++
			streak = 0
			continue
		}
		streak++
		longest = max(longest, streak)
	}
	share := float64(vowels) / float64(n)
	return share >= 0.2 && share <= 0.75 && longest <= 6
}
