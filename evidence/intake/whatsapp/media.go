package whatsapp

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Media is the file that a message names.
type Media struct {
	Name     string `json:"name"`               // as written
	Artifact string `json:"artifact,omitempty"` // absent: the export does not hold it
}

var (
	// iOS: '<attached: 00000002-PHOTO.jpg>', the word in the phone's language.
	mediaIOS = regexp.MustCompile(`<[^<>:：]{1,40}[:：][\s\p{Zs}]?([^<>/\\]{1,200}\.[\p{L}\p{Nd}]{1,8})>`)
	// Android: 'IMG-20240105-WA0000.jpg (file attached)', likewise; the name may hold brackets.
	mediaAndroid = regexp.MustCompile(`^([^<>/\\\n]{1,200}\.[\p{L}\p{Nd}]{1,8})[\s\p{Zs}]\(([^()\n]{1,60})\)\p{Zs}*$`)
)

// attachedWords are what Android writes behind a file's name, in the languages that were looked up.
var attachedWords = words(`file attached|fichier joint|fichier attaché|bestand bijgevoegd|bijgevoegd bestand|datei angehängt|
	archivo adjunto|arquivo anexado|ficheiro anexado|file allegato|dosya ekli`)

// omittedWords are what the app writes in the place of a file that was left out of an export.
var omittedWords = words(`media omitted|image omitted|video omitted|audio omitted|sticker omitted|gif omitted|document omitted|
	contact card omitted|video note omitted|view once voice message omitted|voice message omitted|poll omitted|
	médias omis|média omis|image absente|vidéo absente|audio omis|audio absent|sticker omis|gif retiré|gif omis|document manquant|
	document omis|fiche contact omise|note vidéo omise|image omise|vidéo omise|fichier omis|
	media weggelaten|afbeelding weggelaten|video weggelaten|audio weggelaten|sticker weggelaten|gif weggelaten|
	document weggelaten|contactkaart weggelaten|videobericht weggelaten|bestand weggelaten|
	medien ausgeschlossen|medien weggelassen|bild weggelassen|video weggelassen|audio weggelassen|sticker weggelassen|
	gif weggelassen|dokument weggelassen|kontaktkarte ausgelassen|kontaktkarte weggelassen|videonachricht weggelassen|datei weggelassen`)

// omittedEnds are the words, of every one of these phrases, that say it: behind the app's own mark or
// in its brackets they are enough, whatever sort of file stands before.
var omittedEnds = words(`omitted|omis|omise|omises|absent|absente|retiré|retirée|manquant|manquante|exclu|exclus|exclue|
	weggelaten|weggelassen|ausgelassen|ausgeschlossen|ausgeblendet|omitido|omitida|omitidos|omitidas|omesso|omessa|omessi|omesse|
	oculto|oculta|ocultado|ocultada|revelado|edilmedi|omisă|utelämnats|utelämnad|utelatt|udeladt|пропущен|пропущено|пропущены|
	отсутствует|استبعاد`)

// omittedSorts begin such a phrase; without the app's mark and brackets, as texts that were stored again
// often are, they and the end must be the whole message.
var omittedSorts = words(`media|médias|média|medien|image|photo|foto|bild|afbeelding|video|vidéo|audio|sticker|gif|document|dokument|
	fichier|bestand|datei|contact|contactkaart|kontaktkarte|fiche|note|videonotitie|videobericht|videonotiz|videonachricht|
	sprachnachricht|spraakbericht|voice|view|poll|peiling|umfrage|sondage`)

// omittedStarts do the same at the beginning, in languages that put the word first.
var omittedStarts = words(`pominięto|без`)

// deletedWords stand, behind the app's mark, for a message that its sender wrote.
var deletedWords = words(`this message was deleted|you deleted this message|waiting for this message|
	ce message a été supprimé|vous avez supprimé ce message|en attente de ce message|
	dit bericht is verwijderd|dit bericht werd verwijderd|u hebt dit bericht verwijderd|je hebt dit bericht verwijderd|
	wachten op dit bericht|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|warten auf diese nachricht`)

// sent reports of a text behind the app's mark that it stands for what the named person sent: a place
// with its address, a poll or an event, whose further lines are marked again, a mention at the
// beginning, a message that was deleted.
func sent(text string) bool {
	if strings.Contains(text, "://") || strings.Contains(text, "\n\u200e") || strings.HasPrefix(strings.TrimLeftFunc(text, isMark), "@") {
		return true
	}
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimFunc(text, isMark)), ".")
	return deletedWords[strings.TrimSpace(first)]
}

func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.SplitSeq(list, "|") {
		m[strings.TrimSpace(w)] = true
	}
	return m
}

// omitted reports whether a text stands for a file that was left out. The app's phrase is the whole
// text, in pointed brackets (Android) or behind U+200E (iOS), there also as the end of a document's
// name.
func omitted(text string) bool {
	text, _, _ = strings.Cut(text, "\n")
	marked := strings.LastIndex(text, "\u200e")
	bare := strings.TrimSpace(strings.TrimFunc(text, isMark))
	if inner, ok := strings.CutPrefix(bare, "<"); ok {
		if inner, ok = strings.CutSuffix(inner, ">"); ok {
			return endsOmitted(inner)
		}
	}
	if omittedWords[strings.ToLower(bare)] {
		return true
	}
	if first := strings.Fields(strings.ToLower(bare)); len(first) > 0 && len(first) < 5 && omittedSorts[first[0]] && endsOmitted(bare) {
		return true
	}
	return marked >= 0 && endsOmitted(text[marked+len("\u200e"):])
}

func endsOmitted(phrase string) bool {
	fields := strings.FieldsFunc(strings.ToLower(phrase), func(r rune) bool { return unicode.IsSpace(r) || isMark(r) })
	if len(fields) < 2 || len(fields) > 7 {
		return false
	}
	// Arabic puts what it is behind the word that says so.
	return omittedEnds[fields[len(fields)-1]] || omittedStarts[fields[0]] || fields[1] == "استبعاد"
}

// mediaOf returns the file that a message names.
func (c *Reader) mediaOf(text string) *Media {
	text = text[:min(len(text), 4<<10)]
	if m := mediaIOS.FindStringSubmatch(text); m != nil && !strings.HasPrefix(m[0], "<mailto:") {
		return &Media{Name: m[1], Artifact: c.has(m[1])}
	}
	line, _, _ := strings.Cut(text, "\n") // words of the sender may follow
	marked := strings.HasPrefix(line, "\u200e")
	m := mediaAndroid.FindStringSubmatch(strings.TrimRight(strings.TrimLeftFunc(line, isMark), "\r"))
	if m == nil {
		return nil
	}
	// Without the app's mark, words or form of name, only the export itself tells
	// a file's name from a sentence that looks like one.
	a := c.has(m[1])
	if a != "" || marked || MediaName(m[1]) || attachedWords[strings.ToLower(m[2])] {
		return &Media{Name: m[1], Artifact: a}
	}
	return nil
}

// clockwork tells whether the times of a chat run back. Which number is the day is not known, so a
// time is earlier only if it is under every reading; one that some stamp of the chat rules out is none.
type clockwork struct {
	last  [3]time.Time
	ruled [3]bool
}

// tolerance: messages that arrived late stand minutes to hours after later ones.
const tolerance = 24 * time.Hour

var stampNumbers = regexp.MustCompile(`\p{Nd}+`)

func (k *clockwork) back(stamp string) bool {
	now, ok := readings(stamp)
	if !ok {
		return false
	}
	back, read := true, false
	for i, t := range now {
		k.ruled[i] = k.ruled[i] || t.IsZero()
		if k.ruled[i] {
			continue
		}
		if k.last[i].IsZero() {
			back = false
		} else {
			read = true
			back = back && t.Before(k.last[i].Add(-tolerance))
		}
		k.last[i] = t
	}
	return read && back
}

// readings are the days that a stamp of numbers can mean, day first, month first and year first; zero
// where one of them is no day.
func readings(stamp string) (out [3]time.Time, ok bool) {
	var n []int
	stamp = strings.TrimLeftFunc(stamp, isMark)
	for _, s := range stampNumbers.FindAllString(stamp, 4) {
		v := 0
		for _, r := range s {
			v = v*10 + digitOf(r)
		}
		n = append(n, v)
	}
	if first := stampNumbers.FindStringIndex(stamp); len(n) < 4 || strings.HasPrefix(stamp[first[1]:], ":") || strings.ContainsFunc(strings.SplitN(stamp, " ", 2)[0], unicode.IsLetter) {
		return out, false
	}
	day := func(y, m, d int) (t time.Time) {
		if y < 100 {
			y += 2000
		}
		if d >= 1 && d <= 31 && m >= 1 && m <= 12 {
			t = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		}
		return t
	}
	if n[0] <= 31 { // else it is a year
		out[0], out[1] = day(n[2], n[1], n[0]), day(n[2], n[0], n[1])
	}
	if n[0] >= 9 { // no message is older than the app, of 2009
		out[2] = day(n[0], n[1], n[2])
	}
	return out, out != [3]time.Time{}
}

// digitOf is the value of a decimal digit of any script: such digits stand in tens.
func digitOf(r rune) int {
	for d := range rune(10) {
		if !unicode.Is(unicode.Nd, r-d-1) || d == 9 {
			return int(d)
		}
	}
	return 0
}
