package whatsapp

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands in front of a message. WhatsApp writes date and time after the
// phone's settings: '[05.01.24, 14:03:22] ' on iOS, '05/01/2024 à 14:03 - ' on
// Android, '05/01/2016, 14:03:22: ' on iOS before 2018 and on Windows phones, with
// digits of any script, names of months, and before or after noon in any
// language. Only the shape is recognised: which number is the day cannot be told
// from the text. Marks for the direction of text are left aside, wherever they
// stand, and every blank counts as one (see [stampText]).
const (
	chatWord   = `[\p{L}\p{M}][\p{L}\p{M}.]{0,12}`
	chatNumber = `\p{Nd}{1,4} ?[./\-年년] ?\p{Nd}{1,2} ?[./\-月월] ?\p{Nd}{1,4}[.日일]?(?: \p{L}{1,3}\.)?`
	chatDayMon = `(?:` + chatWord + `,? )?\p{Nd}{1,2}(?:er|\.|º)? (?:de )?(?:[\p{L}\p{M}]{3,12}|\p{Thai}{1,3}\.\p{Thai}{1,3})\.?(?:,? (?:de )?\p{Nd}{2,4})?`
	chatMonDay = `[\p{L}\p{M}]{3,12}\.? \p{Nd}{1,2}(?:, \p{Nd}{4})?`
	chatDate   = `(?:` + chatNumber + `|` + chatDayMon + `|` + chatMonDay + `)`
	chatClock  = `(?:\p{L}[\p{L}\p{M}.]{0,11} ?)?\p{Nd}{1,2}(?:[:.]|:? ?h ?)\p{Nd}{2}(?:(?:[:.]| ?min ?)\p{Nd}{2}(?: ?s)?)?(?: ?min)?` +
		`(?: ?` + chatWord + `(?: ` + chatWord + `)?)?`
	chatTime = `(?:` + chatDate + `[,،]? (?:\p{L}{1,4}\.? )?` + chatClock + `|` + chatClock + `[,،]? ` + chatDate + `)`
)

var (
	chatIOS     = regexp.MustCompile(`^\[(` + chatTime + `)\] ?`)
	chatAndroid = regexp.MustCompile(`^(` + chatTime + `) [-–] `)
	chatOld     = regexp.MustCompile(`^(` + chatTime + `): `)
)

// isMark reports a mark for the direction of text, or the one in front of a file.
func isMark(r rune) bool {
	switch {
	case r == 0x200e, r == 0x200f, r == 0x061c, r == 0xfeff, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// stampText is the front of a line without marks and with plain blanks, and for
// each of its bytes the place in the line; one more place follows the last byte.
func stampText(line []byte) (plain []byte, at []int) {
	for i := 0; i < len(line) && len(plain) < 120; {
		r, n := utf8.DecodeRune(line[i:])
		switch {
		case isMark(r):
		case r == '\n' || r == '\r':
			return plain, append(at, i)
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			plain, at = append(plain, ' '), append(at, i)
		default:
			for k := range n {
				plain, at = append(plain, line[i+k]), append(at, i+k)
			}
		}
		i += n
		if len(plain) >= 120 {
			return plain, append(at, i)
		}
	}
	return plain, append(at, len(line))
}

// messageStart splits a line that begins a message into time and rest. The form
// is what the export's other lines have in common with this one.
func messageStart(line []byte) (stamp, form string, rest []byte) {
	plain, at := stampText(line)
	for _, re := range []*regexp.Regexp{chatIOS, chatAndroid, chatOld} {
		m := re.FindSubmatchIndex(plain)
		if m == nil {
			continue
		}
		from := at[m[2]]
		if m[2] > 0 {
			from = at[m[2]-1] + 1 // a mark behind the bracket is part of what is written
		}
		last := at[m[1]-1]
		_, n := utf8.DecodeRune(line[last:])
		return string(line[from:at[m[3]]]), formOf(string(plain[:m[1]])), line[last+n:] // marks of what follows stay with it
	}
	return "", "", nil
}

var (
	formWords = regexp.MustCompile(`[\p{L}\p{M}]+\.?(?: [\p{L}\p{M}]+\.)*`)
	formDay   = regexp.MustCompile(`d(?:a|\.|º) ?a|d a|a d`)
	formYear  = regexp.MustCompile(`,? Y`)
)

// formOf is a stamp's form: brackets, separators, seconds, words, and a year of
// four digits, whatever numbers and words stand there. An export is written in
// one go, so all of its lines have one form; a line of another one is text. A
// date that names its month leaves the current year out, in the same export.
func formOf(stamp string) string {
	var b strings.Builder
	stamp = strings.ReplaceAll(stamp, " de ", " ")
	for run := 0; ; run = 0 {
		for stamp != "" {
			r, n := utf8.DecodeRuneInString(stamp)
			if !unicode.Is(unicode.Nd, r) {
				break
			}
			run++
			stamp = stamp[n:]
		}
		switch {
		case run > 2:
			b.WriteByte(1)
		case run > 0:
			b.WriteByte(2)
		}
		if stamp == "" {
			break
		}
		_, n := utf8.DecodeRuneInString(stamp)
		b.WriteString(stamp[:n])
		stamp = stamp[n:]
	}
	form := formWords.ReplaceAllString(b.String(), "a")
	form = strings.NewReplacer("\x01", "Y", "\x02", "d").Replace(form)
	if !strings.ContainsAny(form, "/") && formDay.MatchString(form) && !strings.HasPrefix(strings.TrimPrefix(form, "["), "Y") {
		form = strings.NewReplacer("da ", "d ", "d. ", "d ", "dº ", "d ").Replace(form)
		form = formYear.ReplaceAllString(form, "")
	}
	return form
}

// Named reports whether a text file has a name that WhatsApp gives, or a
// copy of one: '_chat.txt', '_chat (1).txt', or 'WhatsApp Chat with X.txt' in the
// phone's language.
func Named(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, ".txt") &&
		(strings.Contains(lower, "chat") || strings.Contains(lower, "whatsapp") || strings.Contains(lower, "واتساب"))
}

// mediaNames are names that WhatsApp gives to the files of an export.
var mediaNames = regexp.MustCompile(
	`^(?:(?:IMG|VID|AUD|PTT|STK|DOC|GIF)-\p{Nd}{8}-WA\p{Nd}+|\p{Nd}{8}-(?:PHOTO|VIDEO|AUDIO|STICKER|GIF)-\p{Nd}{4}[-\p{Nd}]*)\.`,
)

// MediaName reports whether a file has a name that WhatsApp gives.
func MediaName(name string) bool { return mediaNames.MatchString(name) }

// given is a name that the app gives to the text of an export, in the languages that were looked up.
var given = regexp.MustCompile(`(?i)^_chat|whatsapp[ -]?(?:chat|sohbet|トーク)|(?:chat|discussion|conversa\p{L}*|gesprek) (?:\p{L}{1,4} )?whatsapp|واتساب`)

// Given reports a name that says more plainly than [Named] that a text is an export.
func Given(name string) bool { return given.MatchString(name) }

// Holds reports whether one of the first lines of a text begins a message.
func Holds(head []byte) bool { n, _ := starts(head); return n > 0 }

// Begins reports whether the very first line does, and one of the first is somebody's, which a text of
// no telling name must: a list of appointments has the form, and nobody speaks in it.
func Begins(head []byte) bool { n, sender := starts(head); return n == 1 && sender }

// Alone reports a text that begins as an export, though it comes alone and its name says nothing. Logs
// of other programs stand in brackets, too; the app's have its marks in them.
func Alone(head []byte) bool {
	text, _ := decodeText(head)
	return Begins(head) && (!bytes.HasPrefix(bytes.TrimLeft(text, "\ufeff\u200e"), []byte("[")) || bytes.Contains(text, []byte("\u200e")))
}

// starts is the number of the first line that begins a message, of the first twenty that are not empty,
// or zero, and whether one of them has a sender.
func starts(head []byte) (first int, sender bool) {
	text, _ := decodeText(head)
	n := 0
	for line := range bytes.Lines(text) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if n++; n > 20 {
			break
		}
		stamp, _, rest := messageStart(line)
		if stamp == "" {
			continue
		}
		if first == 0 {
			first = n
		}
		_, _, says := cutSender(rest, "")
		sender = sender || says
	}
	return first, sender
}
