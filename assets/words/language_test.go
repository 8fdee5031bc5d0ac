package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// telling are small words that one language has and none of the other three: a
// text that holds one of another language was copied and not translated.
var telling = map[string][]string{
	"fr": strings.Fields("le les une est sont pour dans avec cette ce vous votre pas sur qui ont aux cela"),
	"nl": strings.Fields("het een deze niet wordt voor naar bij uw zijn aan ook nog geen kan"),
	"de": strings.Fields("der und nicht ist ein eine für mit von wird auf oder zu nur kein dem den"),
	"en": strings.Fields("the and this with your you are has have from which they not for by to it"),
}

// same are words that a language shares with English, so that a text of nothing
// else may read alike in both. Names and signs of units (Constat, PEM, s) are in
// all of them.
var same = map[string][]string{
	"fr": strings.Fields("constat s p album code conversation date description film format france luxembourg message messages minute minutes orientation page photo pixels service signature story"),
	"nl": strings.Fields("constat s p account album browser bytes cc code details film later lens pixels platform post script server software status video"),
	"de": strings.Fields("constat s browser details film format name server"),
}

var anyPlaceholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// wordsOf are the words of a text without its placeholders, in lower case.
func wordsOf(text string) []string {
	text = strings.ToLower(anyPlaceholder.ReplaceAllString(text, " "))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

// TestEveryTextIsInItsLanguage: nobody translates a text that is there already.
func TestEveryTextIsInItsLanguage(t *testing.T) {
	spent := map[string]bool{}
	for area, langs := range readCatalog(t) {
		for _, lang := range Languages {
			for key, m := range langs[lang] {
				for form, text := range m {
					at := area + "." + lang + ".json: " + key
					for _, w := range wordsOf(text) {
						for _, other := range Languages {
							if other != lang && slices.Contains(telling[other], w) {
								t.Errorf("%s: %q has %q, which is a word of %s", at, text, w, Names[other])
							}
						}
					}
					if lang == "en" || langs["en"][key][form] != text {
						continue
					}
					for _, w := range wordsOf(text) {
						spent[lang+" "+w] = true
						if !slices.Contains(same[lang], w) {
							t.Errorf("%s: %q is as in English, and %q is not a word of both", at, text, w)
						}
					}
				}
			}
		}
	}
	for lang, list := range same {
		for _, w := range list {
			if !spent[lang+" "+w] {
				t.Errorf("%q need not be said to be a word of %s, too", w, Names[lang])
			}
		}
	}
}

// In French no line begins with a colon or a closing mark, and no number is cut at its thousands.
func TestFrenchKeepsItsMarks(t *testing.T) {
	loose := regexp.MustCompile(` [:;?!»%](?:[\s).,»]|$)|« |\d \d{3}\b`)
	for area, langs := range readCatalog(t) {
		for key, forms := range langs["fr"] {
			for _, text := range forms {
				if s := loose.FindString(text); s != "" {
					t.Errorf("%s: %s wants a no-break space in %q", area, key, s)
				}
			}
		}
	}
}
