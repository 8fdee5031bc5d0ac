package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"constat/assets/help"
)

//go:embed catalog/*.json
var catalog embed.FS

// Languages are the languages that are complete, French first.
var Languages = []string{"fr", "nl", "de", "en"}

// Names of the languages in themselves, for choosing one.
var Names = map[string]string{"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}

// Text is one language.
type Text struct {
	lang      string
	localizer *i18n.Localizer
}

// bundles read the catalogs of a language once, when it is asked for: they are constant data, and four
// languages of them hold 10 MB.
var bundles = func() map[string]func() (*i18n.Bundle, error) {
	m := map[string]func() (*i18n.Bundle, error){}
	for _, lang := range Languages {
		m[lang] = sync.OnceValues(func() (*i18n.Bundle, error) { return load(lang) })
	}
	return m
}()

func load(lang string) (*i18n.Bundle, error) {
	b := i18n.NewBundle(language.Make(lang))
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	files, err := fs.Glob(catalog, "catalog/*."+lang+".json")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if _, err := b.LoadMessageFileFS(catalog, f); err != nil {
			return nil, fmt.Errorf("catalog %s: %w", f, err)
		}
	}
	return b, nil
}

// For returns the text of a language: "fr", "nl", "de" or "en".
func For(lang string) (*Text, error) {
	bundle, ok := bundles[lang]
	if !ok {
		return nil, fmt.Errorf("language %.20q is not one of %s", lang, strings.Join(Languages, ", "))
	}
	b, err := bundle()
	if err != nil {
		return nil, err
	}
	return &Text{lang: lang, localizer: i18n.NewLocalizer(b, lang)}, nil
}

// Match returns the best of our languages for a locale such as "nl_BE.UTF-8",
// French if none fits.
func Match(locale string) string {
	locale, _, _ = strings.Cut(locale, ".")
	tag, err := language.Parse(strings.ReplaceAll(locale, "_", "-"))
	if err != nil {
		return Languages[0]
	}
	base, _ := tag.Base()
	if slices.Contains(Languages, base.String()) {
		return base.String()
	}
	return Languages[0]
}

// Lang returns the language, e.g. "nl".
func (t *Text) Lang() string { return t.lang }

// T returns the text of a key. Pairs are placeholder names and values:
// T("case.opened", "Title", title) fills {{.Title}}.
func (t *Text) T(key string, pairs ...any) string {
	return t.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data(pairs)}, key)
}

// N is T for a text that depends on a number; the placeholder {{.N}} is n.
func (t *Text) N(key string, n int, pairs ...any) string {
	d := data(pairs)
	d["N"] = t.Number(int64(n))
	if n != 0 && n%1_000_000 == 0 {
		n++ // French has a form of its own for whole millions, which belongs to the word and not to its digits
	}
	return t.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: d, PluralCount: n}, key)
}

// Keys returns every key, sorted, as the French catalogs have them.
func Keys() ([]string, error) {
	files, err := fs.Glob(catalog, "catalog/*.fr.json")
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, f := range files {
		b, err := catalog.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(b, &m); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	slices.Sort(keys)
	return keys, nil
}

// Has reports whether the key exists.
func (t *Text) Has(key string) bool {
	_, err := t.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: 1, TemplateData: data(nil)})
	if err == nil {
		return true
	}
	_, err = t.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data(nil)})
	return err == nil
}

func (t *Text) localize(c *i18n.LocalizeConfig, key string) string {
	s, err := t.localizer.Localize(c)
	if err != nil || s == "" {
		return key
	}
	return s
}

// lines are the numbers that texts name, as {{.Line.police}}; a placeholder cannot have the dashes
// of an id.
var lines = sync.OnceValue(func() map[string]string {
	numbers := map[string]string{}
	for id, number := range help.Numbers(help.Home) {
		numbers[strings.ReplaceAll(id, "-", "")] = number
	}
	return numbers
})

func data(pairs []any) map[string]any {
	d := make(map[string]any, len(pairs)/2+2)
	d["Line"] = lines()
	for i := 0; i+1 < len(pairs); i += 2 {
		d[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return d
}
