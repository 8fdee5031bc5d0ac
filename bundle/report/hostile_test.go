package report

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"constat/assets/words"
	"constat/evidence"
)

// spoil puts text that lies and does not end into every string of a manifest,
// and one more element into every list; names and numbers that are checked when
// a manifest is read stay.
func spoil(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		spoil(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				spoil(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Type() != reflect.TypeFor[[]evidence.Artifact]() {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			spoil(v.Index(v.Len()-1), text)
		}
	case reflect.String:
		if v.Type() != reflect.TypeFor[evidence.Kind]() {
			v.SetString(text)
		}
	case reflect.Int:
		v.SetInt(1)
	}
}

func TestHostileManifestsArePrintedSafely(t *testing.T) {
	text := "a\u202egnp.exe\x1b[31m\x00\n\u009b\u2066\u200b\u2028\xff\\(" + strings.Repeat("xy\u202e ", 250_000)
	for i, lang := range words.Languages {
		kind := []evidence.Kind{evidence.WebCapture, evidence.Import, evidence.AddressOnly, "of-a-later-version"}[i]
		e := scene(evidence.PaneName(1, 1), evidence.UncoveredName(1))
		spoil(reflect.ValueOf(&e.Manifest).Elem(), text)
		e.Manifest.Exhibit, e.Manifest.Case, e.Manifest.Kind, e.Manifest.Practice = "E-001", "0123456789abcdef", kind, ""
		e.Manifest.Started = evidence.MomentOf(time.Unix(1_800_000_000, 0))
		e.Platform = []PlatformFact{{Name: text, Value: text, Source: text, Derived: true}}
		e.Stamps = []Stamp{{Authority: evidence.Authority{Name: text}, Reason: text, Checks: []evidence.Check{{Name: text, State: evidence.CheckState(text), Detail: text}}}}
		pages, _ := printed(t, e, lang)
		if len(pages) > 30 {
			t.Errorf("%s: %d pages", kind, len(pages))
		}
		for n, p := range pages {
			if j := strings.IndexFunc(p, func(c rune) bool {
				return c != '\n' && unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp)
			}); j >= 0 {
				t.Errorf("%s: page %d holds %q", kind, n+1, p[j:min(j+8, len(p))])
			}
		}
	}
}
